//! The invite code and the setup token: what travels outside of the network, so that the first connection is already
//! pinned. Deriving the invite key from the secret is the vault's.

use std::fmt;

use abox_attest::{Digest, VerifyingKey};
use abox_ids::{MemberId, OrgId};
use zeroize::Zeroizing;

use crate::code::{self, CodeError};

const INVITE_PREFIX: &str = "abox-invite-";
const SETUP_PREFIX: &str = "abox-setup-";
const VERSION: u8 = 1;
/// More than any server address needs.
const MAX_URL_BYTES: usize = 512;

/// All that a new device needs to enrol: where the server is, which certificate it shows, which organisation and root
/// key to trust, who is invited, and the one-time secret.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteCode {
    /// The address of the server, such as `https://192.0.2.7:8443`.
    pub server_url: String,
    /// SHA-256 of the server's certificate (DER).
    pub pin: Digest,
    /// The organisation.
    pub org: OrgId,
    /// Its root key.
    pub root: VerifyingKey,
    /// Who is invited.
    pub member: MemberId,
    /// The one-time secret from which both sides derive the invite key.
    pub secret: Zeroizing<[u8; 32]>,
}

impl InviteCode {
    /// The code as one line of text. It is as secret as [`InviteCode::secret`].
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(129 + self.server_url.len()));
        bytes.push(VERSION);
        bytes.extend_from_slice(self.org.as_bytes());
        bytes.extend_from_slice(self.member.as_bytes());
        bytes.extend_from_slice(self.root.as_bytes());
        bytes.extend_from_slice(self.pin.as_bytes());
        bytes.extend_from_slice(self.secret.as_ref());
        bytes.extend_from_slice(self.server_url.as_bytes());
        code::encode(INVITE_PREFIX, &bytes)
    }

    /// Reads a code. White space and the case of letters do not matter.
    ///
    /// # Errors
    /// [`CodeError`], which tells a mistyped code from something that is no invite code.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let bytes = code::decode(INVITE_PREFIX, "an invite code", text)?;
        let mut rest = versioned(&bytes)?;
        let org = OrgId::from_bytes(take(&mut rest)?);
        let member = MemberId::from_bytes(take(&mut rest)?);
        let root = VerifyingKey(take(&mut rest)?);
        let pin = Digest(take(&mut rest)?);
        let secret = Zeroizing::new(take(&mut rest)?);
        let server_url = String::from_utf8(rest.to_vec()).map_err(|_| CodeError::Mistyped)?;
        if !server_url.starts_with("https://")
            || server_url.len() > MAX_URL_BYTES
            || server_url.chars().any(|letter| letter.is_control() || letter.is_whitespace())
        {
            return Err(CodeError::Mistyped);
        }
        Ok(Self { server_url, pin, org, root, member, secret })
    }
}

impl fmt::Debug for InviteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InviteCode")
            .field("org", &self.org)
            .field("member", &self.member)
            .finish_non_exhaustive()
    }
}

/// What a server without an organisation prints at its start: the right to found one there, and the server's pin.
#[derive(Clone, PartialEq, Eq)]
pub struct SetupToken {
    /// SHA-256 of the server's certificate (DER).
    pub pin: Digest,
    /// What the server compares.
    pub secret: Zeroizing<[u8; 16]>,
}

impl SetupToken {
    /// The token as one line of text, as secret as [`SetupToken::secret`].
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(vec![VERSION]);
        bytes.extend_from_slice(self.pin.as_bytes());
        bytes.extend_from_slice(self.secret.as_ref());
        code::encode(SETUP_PREFIX, &bytes)
    }

    /// Reads a token. White space and the case of letters do not matter.
    ///
    /// # Errors
    /// [`CodeError`].
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let bytes = code::decode(SETUP_PREFIX, "a setup token", text)?;
        let mut rest = versioned(&bytes)?;
        let pin = Digest(take(&mut rest)?);
        let secret = Zeroizing::new(take(&mut rest)?);
        if rest.is_empty() { Ok(Self { pin, secret }) } else { Err(CodeError::Mistyped) }
    }
}

impl fmt::Debug for SetupToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetupToken").field("pin", &self.pin).finish_non_exhaustive()
    }
}

fn versioned(bytes: &[u8]) -> Result<&[u8], CodeError> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => Ok(rest),
        Some(_) => Err(CodeError::Newer),
        None => Err(CodeError::Mistyped),
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], CodeError> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(CodeError::Mistyped)?;
    *rest = tail;
    Ok(*head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code() -> InviteCode {
        InviteCode {
            server_url: "https://127.0.0.1:8443".to_owned(),
            pin: Digest([1; 32]),
            org: OrgId::from_bytes([2; 16]),
            root: VerifyingKey([3; 32]),
            member: MemberId::from_bytes([4; 16]),
            secret: Zeroizing::new([5; 32]),
        }
    }

    #[test]
    fn the_text_form_is_stable() {
        insta::assert_snapshot!(*code().to_text());
        let token = SetupToken { pin: Digest([1; 32]), secret: Zeroizing::new([9; 16]) };
        insta::assert_snapshot!(*token.to_text());
        assert_eq!(SetupToken::parse(&token.to_text()), Ok(token));
    }

    #[test]
    fn a_code_leads_back_even_wrapped_and_in_capitals() {
        let text = code().to_text();
        assert_eq!(InviteCode::parse(&text), Ok(code()));
        let (left, right) = text.split_at(70);
        assert_eq!(InviteCode::parse(&format!("  {}\r\n {right}\n", left.to_uppercase())), Ok(code()));
    }

    #[test]
    fn debug_prints_no_secret() {
        let text = format!("{:?}", code());
        assert!(!text.contains("5, 5") && !text.contains("0505"), "{text}");
    }

    #[test]
    fn a_setup_token_is_not_an_invite_code() {
        let token = SetupToken { pin: Digest([1; 32]), secret: Zeroizing::new([9; 16]) };
        assert_eq!(InviteCode::parse(&token.to_text()), Err(CodeError::WrongPrefix("an invite code")));
    }

    #[test]
    fn a_newer_kind_of_code_says_so() {
        let text = code::encode(INVITE_PREFIX, &[2, 0, 0]);
        assert_eq!(InviteCode::parse(&text), Err(CodeError::Newer));
    }

    proptest! {
        #[test]
        fn one_wrong_letter_is_noticed(position in 12usize..240, letter in "[a-z2-7]") {
            let text = code().to_text();
            let mut wrong = text.as_bytes().to_vec();
            let at = position % (wrong.len() - 12) + 12;
            prop_assume!(wrong[at] != letter.as_bytes()[0]);
            wrong[at] = letter.as_bytes()[0];
            prop_assert_eq!(InviteCode::parse(std::str::from_utf8(&wrong).unwrap()), Err(CodeError::Mistyped));
        }

        #[test]
        fn a_cut_code_is_noticed(length in 12usize..240) {
            let text = code().to_text();
            prop_assume!(length < text.len());
            prop_assert_eq!(InviteCode::parse(&text[..length]), Err(CodeError::Mistyped));
        }

        #[test]
        fn any_text_is_refused_without_a_panic(text: String) {
            prop_assert!(InviteCode::parse(&text).is_err());
            let prefixed = format!("{INVITE_PREFIX}{text}");
            prop_assert!(InviteCode::parse(&prefixed).is_err());
        }
    }
}
