//! One-line codes that people copy: a prefix, base 32 and a checksum. Not encryption: whoever has the code has all of it.

use abox_attest::Digest;
use data_encoding::BASE32_NOPAD;
use zeroize::Zeroizing;

const CHECKSUM_BYTES: usize = 4;

/// Why a typed or pasted code was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It does not begin with the prefix of such a code.
    #[error("this is not {0}; paste the whole line, from its first letter on")]
    WrongPrefix(&'static str),
    /// A character is wrong or missing.
    #[error("the code is incomplete or has a typing error; copy it again")]
    Mistyped,
    /// The code is whole, but of a kind that this program does not know.
    #[error("the code was made by a newer version of this program; update it")]
    Newer,
}

/// `prefix`, then `bytes` and their checksum in lower-case base 32.
pub(crate) fn encode(prefix: &str, bytes: &[u8]) -> Zeroizing<String> {
    let mut whole = Zeroizing::new(Vec::with_capacity(bytes.len() + CHECKSUM_BYTES));
    whole.extend_from_slice(bytes);
    whole.extend_from_slice(&checksum(prefix, bytes));
    let mut text = Zeroizing::new(BASE32_NOPAD.encode(&whole));
    text.make_ascii_lowercase();
    let mut line = Zeroizing::new(String::with_capacity(prefix.len() + text.len()));
    line.push_str(prefix);
    line.push_str(&text);
    line
}

/// The bytes of a code. White space anywhere (mail programs wrap lines) and the case of letters do not matter.
pub(crate) fn decode(prefix: &str, name: &'static str, text: &str) -> Result<Zeroizing<Vec<u8>>, CodeError> {
    let mut clean = Zeroizing::new(String::with_capacity(text.len()));
    clean.extend(
        text.chars().filter(|letter| !letter.is_whitespace()).map(|letter| letter.to_ascii_lowercase()),
    );
    let rest = clean.strip_prefix(prefix).ok_or(CodeError::WrongPrefix(name))?;
    let upper = Zeroizing::new(rest.to_ascii_uppercase());
    let mut bytes = Zeroizing::new(BASE32_NOPAD.decode(upper.as_bytes()).map_err(|_| CodeError::Mistyped)?);
    let length = bytes.len().checked_sub(CHECKSUM_BYTES).ok_or(CodeError::Mistyped)?;
    if bytes[length..] != checksum(prefix, &bytes[..length]) {
        return Err(CodeError::Mistyped);
    }
    bytes.truncate(length);
    Ok(bytes)
}

fn checksum(prefix: &str, bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut whole = Zeroizing::new(prefix.as_bytes().to_vec());
    whole.extend_from_slice(bytes);
    let [a, b, c, d, ..] = *Digest::of(&whole).as_bytes();
    [a, b, c, d]
}
