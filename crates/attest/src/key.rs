//! Ed25519 keys and signatures, verified strictly (no small-order keys, no malleable signatures).

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use ed25519_dalek::Signer as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

/// A private signing key. It is erased from memory when dropped, and prints only its public half's fingerprint.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// A public key. Two are equal when their bytes are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifyingKey(pub [u8; 32]);

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// Text or bytes that are not a key, signature or digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a key: wrong length or characters")]
pub struct KeyError;

impl SigningKey {
    /// A new key from the operating system's random source.
    ///
    /// # Panics
    /// If the operating system has no random source.
    #[must_use]
    pub fn generate() -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        #[expect(clippy::expect_used, reason = "documented panic")]
        getrandom::fill(seed.as_mut()).expect("the operating system's random source");
        Self::from_seed(&seed)
    }

    /// The key that grows from this secret seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The secret seed, to be kept in the keychain.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key().to_bytes())
    }

    /// Signs raw bytes. Only [`crate::Signed`] does so, after the domain string.
    pub(crate) fn sign(&self, bytes: &[u8]) -> Signature {
        Signature(self.0.sign(bytes).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey of {}", self.verifying_key())
    }
}

impl VerifyingKey {
    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `signature` over raw `bytes` is by this key, checked strictly.
    #[must_use]
    pub(crate) fn verifies(&self, bytes: &[u8], signature: &Signature) -> bool {
        ed25519_dalek::VerifyingKey::from_bytes(&self.0)
            .and_then(|key| key.verify_strict(bytes, &ed25519_dalek::Signature::from_bytes(&signature.0)))
            .is_ok()
    }

    /// What people compare: 8 groups of 4 characters, the first 20 bytes of the key's digest.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = crate::Digest::of(&self.0);
        let text = data_encoding::BASE32_NOPAD.encode(&digest.as_bytes()[..20]);
        text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}
impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for VerifyingKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        bytes_from_hex(text).map(Self)
    }
}
impl Serialize for VerifyingKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_bytes(&self.0, serializer)
    }
}
impl<'de> Deserialize<'de> for VerifyingKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_bytes(deserializer).map(Self)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}
impl FromStr for Signature {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        bytes_from_hex(text).map(Self)
    }
}
impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_bytes(&self.0, serializer)
    }
}
impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_bytes(deserializer).map(Self)
    }
}

pub(crate) fn bytes_from_hex<const N: usize>(text: &str) -> Result<[u8; N], KeyError> {
    let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| KeyError)?;
    bytes.try_into().map_err(|_| KeyError)
}

/// Hexadecimal where people read, bytes elsewhere.
pub(crate) fn serialize_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        serializer.serialize_str(&HEXLOWER.encode(bytes))
    } else {
        serializer.serialize_bytes(bytes)
    }
}

pub(crate) fn deserialize_bytes<'de, const N: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    if deserializer.is_human_readable() {
        let text = String::deserialize(deserializer)?;
        bytes_from_hex(&text).map_err(de::Error::custom)
    } else {
        let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
        bytes.into_vec().try_into().map_err(|_| de::Error::custom(KeyError))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wycheproof calls valid what RFC 8032 calls valid; strict verification must agree on every one of them, and
    /// refuse all others.
    #[test]
    fn wycheproof_ed25519_strictly() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/ed25519_test.json")).unwrap();
        let hex = |value: &serde_json::Value| HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap();
        let (mut valid, mut invalid) = (0, 0);
        for group in file["testGroups"].as_array().unwrap() {
            let key = VerifyingKey(hex(&group["publicKey"]["pk"]).try_into().unwrap());
            for test in group["tests"].as_array().unwrap() {
                // A signature of another length is refused by the type.
                let verified = <[u8; 64]>::try_from(hex(&test["sig"]))
                    .is_ok_and(|signature| key.verifies(&hex(&test["msg"]), &Signature(signature)));
                assert_eq!(verified, test["result"] == "valid", "{}: {}", test["tcId"], test["comment"]);
                if verified { valid += 1 } else { invalid += 1 }
            }
        }
        assert_eq!(Some(valid + invalid), file["numberOfTests"].as_u64());
        assert!(valid > 80 && invalid > 50, "{valid} valid, {invalid} invalid");
    }

    /// A key of small order would let one signature fit many messages: eight such points, none may verify anything.
    #[test]
    fn a_key_of_small_order_verifies_nothing() {
        let mut identity = [0; 32];
        identity[0] = 1;
        // R = identity and s = 0 satisfy the plain equation for the key "identity" and any message.
        let mut signature = [0; 64];
        signature[0] = 1;
        let lenient = ed25519_dalek::VerifyingKey::from_bytes(&identity).unwrap();
        let forged = ed25519_dalek::Signature::from_bytes(&signature);
        assert!(
            ed25519_dalek::Verifier::verify(&lenient, b"anything", &forged).is_ok(),
            "the attack is real"
        );
        assert!(!VerifyingKey(identity).verifies(b"anything", &Signature(signature)));
    }

    #[test]
    fn a_private_key_prints_only_its_public_half() {
        let key = SigningKey::from_seed(&[0x5a; 32]);
        assert_eq!(format!("{key:?}"), format!("SigningKey of {}", key.verifying_key()));
        assert!(!format!("{key:?}").contains(&"5a".repeat(8)));
    }
}
