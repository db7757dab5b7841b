//! SHA-256, as the name of what was said: statements, keys, certificates, wraps, a client's file. Sealed objects have
//! [`crate::ObjectDigest`].

use sha2::Digest as _;

/// A SHA-256 digest. Hexadecimal as text, 32 bytes in CBOR.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A digest is hexadecimal where people read, and 32 bytes elsewhere.
macro_rules! as_text_and_bytes {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::KeyError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::key::bytes_from_hex(text).map(Self)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::key::serialize_bytes(&self.0, serializer)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::key::deserialize_bytes(deserializer).map(Self)
            }
        }
    };
}
pub(crate) use as_text_and_bytes;

as_text_and_bytes!(Digest);
