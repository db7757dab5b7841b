//! Signed statements: Ed25519 over `"abox/v1/<kind>\0"` and the canonical bytes of the statement.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{CanonicalError, Digest, Signature, SigningKey, VerifyingKey, from_canonical, to_canonical};

/// Something a key can vouch for. Each kind has a domain string of its own, so no two kinds verify as each other.
pub trait Statement: Serialize + DeserializeOwned {
    /// The word in the domain string: lower-case letters and hyphens, unique among all statements of the product.
    const KIND: &'static str;
}

/// A statement with its signature. The statement is out of reach until it has been verified.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct Signed<T> {
    #[serde(with = "serde_bytes")]
    body: Vec<u8>,
    signer: VerifyingKey,
    signature: Signature,
    #[serde(skip)]
    statement: PhantomData<fn() -> T>,
}

/// Why a signed statement was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It was signed by another key than the one that had to sign it.
    #[error("signed by an unexpected key")]
    UnexpectedSigner,
    /// The signature does not fit the statement.
    #[error("the signature does not match")]
    Mismatch,
    /// The signature fits, but what was signed is not a statement of this kind.
    #[error("the signed bytes are not a valid statement: {0}")]
    Malformed(#[from] CanonicalError),
}

fn message<T: Statement>(body: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(16 + T::KIND.len() + body.len());
    message.extend_from_slice(b"abox/v1/");
    message.extend_from_slice(T::KIND.as_bytes());
    message.push(0);
    message.extend_from_slice(body);
    message
}

impl<T: Statement> Signed<T> {
    /// `statement`, signed by `key`.
    ///
    /// # Errors
    /// [`CanonicalError::Unencodable`] for a statement without a canonical encoding.
    pub fn sign(statement: &T, key: &SigningKey) -> Result<Self, CanonicalError> {
        let body = to_canonical(statement)?;
        let signature = key.sign(&message::<T>(&body));
        Ok(Self { body, signer: key.verifying_key(), signature, statement: PhantomData })
    }

    /// The statement, once it is certain that `expected` signed it.
    ///
    /// # Errors
    /// [`SignatureError`], without any part of the statement.
    pub fn verify(&self, expected: &VerifyingKey) -> Result<T, SignatureError> {
        if self.signer != *expected {
            return Err(SignatureError::UnexpectedSigner);
        }
        if !expected.verifies(&message::<T>(&self.body), &self.signature) {
            return Err(SignatureError::Mismatch);
        }
        Ok(from_canonical(&self.body)?)
    }

    /// What the statement claims, before anything is known about it. For routing only: to learn whose key has to be
    /// passed to [`Signed::verify`].
    ///
    /// # Errors
    /// [`CanonicalError`] if it does not decode.
    pub fn claim(&self) -> Result<T, CanonicalError> {
        from_canonical(&self.body)
    }

    /// The key that is said to have signed.
    #[must_use]
    pub fn signer(&self) -> VerifyingKey {
        self.signer
    }

    /// The canonical bytes that were signed.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The name of this statement in chains: the digest of its domain and body. The signature is left out, as the
    /// signer may sign the same statement twice.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&message::<T>(&self.body))
    }
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self {
            body: self.body.clone(),
            signer: self.signer,
            signature: self.signature,
            statement: PhantomData,
        }
    }
}
impl<T> PartialEq for Signed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.body == other.body && self.signer == other.signer && self.signature == other.signature
    }
}
impl<T> Eq for Signed<T> {}
impl<T: Statement> std::fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signed {} {}", T::KIND, self.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Apple {
        weight: u32,
    }
    impl Statement for Apple {
        const KIND: &'static str = "apple";
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Pear {
        weight: u32,
    }
    impl Statement for Pear {
        const KIND: &'static str = "pear";
    }

    #[test]
    fn a_statement_verifies_as_itself_and_as_nothing_else() {
        let key = SigningKey::generate();
        let signed = Signed::sign(&Apple { weight: 3 }, &key).unwrap();
        assert_eq!(signed.verify(&key.verifying_key()), Ok(Apple { weight: 3 }));
        let bytes = to_canonical(&signed).unwrap();
        let as_pear: Signed<Pear> = from_canonical(&bytes).unwrap();
        assert_eq!(as_pear.verify(&key.verifying_key()), Err(SignatureError::Mismatch));
        let other = SigningKey::generate();
        assert_eq!(signed.verify(&other.verifying_key()), Err(SignatureError::UnexpectedSigner));
    }

    proptest! {
        #[test]
        fn no_single_bit_can_be_changed(weight: u32, position: prop::sample::Index, bit in 0u8..8) {
            let key = SigningKey::generate();
            let mut bytes = to_canonical(&Signed::sign(&Apple { weight }, &key).unwrap()).unwrap();
            let at = position.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(signed) = from_canonical::<Signed<Apple>>(&bytes) {
                prop_assert!(signed.verify(&key.verifying_key()).is_err());
            }
        }
    }
}
