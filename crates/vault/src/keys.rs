//! Symmetric keys. They erase themselves, print nothing and do not serialise.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

mod private {
    pub trait Sealed {
        fn bytes(&self) -> &[u8; 32];
    }
}
pub(crate) use private::Sealed as KeyBytes;

/// A key that seals objects: a batch's or an item's.
pub trait ObjectKey: KeyBytes {}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; 32]);

        impl $name {
            /// A new random key.
            ///
            /// # Panics
            /// If the operating system has no random source.
            #[must_use]
            pub fn generate() -> Self {
                Self(*random_bytes())
            }

            pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
                Self(*bytes)
            }
        }

        impl KeyBytes for $name {
            fn bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

keys! {
    /// The key of a batch: wraps the items' keys; seals its manifest and revisions.
    BatchKey;
    /// The key of one item: seals its media and preview. Destroying it erases the item.
    ItemKey;
    /// The key of this device's database.
    VaultKey;
}

impl ObjectKey for BatchKey {}
impl ObjectKey for ItemKey {}

impl VaultKey {
    /// The raw key of the database: 64 hexadecimal digits for `PRAGMA key = "x'…'"`.
    #[must_use]
    pub fn sqlcipher_raw_key(&self) -> Zeroizing<String> {
        let raw = derive(self.bytes(), b"abox/v1/database");
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in raw.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text
    }
}

/// 32 bytes from the operating system's random source.
pub(crate) fn random_bytes() -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    #[expect(
        clippy::expect_used,
        reason = "nothing sensible can go on without a random source; documented panic"
    )]
    getrandom::fill(bytes.as_mut()).expect("the operating system's random source");
    bytes
}

/// A key for one purpose out of a uniformly random key (HKDF-Expand-SHA-256).
pub(crate) fn derive(key: &[u8; 32], label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut derived = Zeroizing::new([0; 32]);
    #[expect(clippy::expect_used, reason = "32 bytes are always a valid key and a valid length for SHA-256")]
    Hkdf::<Sha256>::from_prk(key)
        .expect("a key of the hash's length")
        .expand(label, derived.as_mut())
        .expect("a short output");
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_print_nothing() {
        assert_eq!(format!("{:?}", BatchKey::from_bytes(&[7; 32])), "BatchKey(…)");
    }

    #[test]
    fn each_purpose_has_its_own_key() {
        let key = VaultKey::from_bytes(&[1; 32]);
        assert_eq!(key.sqlcipher_raw_key().len(), 64);
        assert_ne!(derive(&[1; 32], b"a"), derive(&[1; 32], b"b"));
        assert_ne!(*key.sqlcipher_raw_key(), *VaultKey::generate().sqlcipher_raw_key());
    }
}
