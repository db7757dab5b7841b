//! Authenticating small local records that lie outside the encrypted database.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::VaultKey;
use crate::keys::{KeyBytes as _, derive};

fn prepare(key: &VaultKey, label: &str, bytes: &[u8]) -> Hmac<Sha256> {
    let key = derive(key.bytes(), b"abox/v1/local-records");
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_ref()).expect("a key");
    mac.update(&(label.len() as u64).to_be_bytes());
    mac.update(label.as_bytes());
    mac.update(bytes);
    mac
}

/// HMAC-SHA-256 over `bytes`, for the purpose `label`, under a key derived from the device's vault key.
#[must_use]
pub fn mac(key: &VaultKey, label: &str, bytes: &[u8]) -> [u8; 32] {
    prepare(key, label, bytes).finalize().into_bytes().into()
}

/// Whether `tag` is the [`mac`] of `bytes`, compared in constant time.
#[must_use]
pub fn verify_mac(key: &VaultKey, label: &str, bytes: &[u8], tag: &[u8]) -> bool {
    prepare(key, label, bytes).verify_slice(tag).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_fits_one_key_label_and_record() {
        let key = VaultKey::generate();
        let tag = mac(&key, "head", b"record");
        assert!(verify_mac(&key, "head", b"record", &tag));
        assert!(!verify_mac(&key, "hea", b"drecord", &tag));
        assert!(!verify_mac(&key, "head", b"other", &tag));
        assert!(!verify_mac(&VaultKey::generate(), "head", b"record", &tag));
    }
}
