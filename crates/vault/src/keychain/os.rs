//! The keychain of the operating system: Secret Service on Linux, Credential Manager on Windows, Keychain on macOS.
//! Tested here on Linux only.

use std::collections::HashMap;

use abox_ids::ProfileId;
use data_encoding::BASE64;
use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

use super::Keychain;
use crate::VaultError;

const SERVICE: &str = "annotation-box";

/// The keychain entries of one profile. Values are base64 text, for not every keychain takes other bytes.
#[derive(Debug, Clone, Copy)]
pub struct OsKeychain {
    profile: ProfileId,
}

impl OsKeychain {
    /// The entries of `profile`.
    #[must_use]
    pub fn new(profile: ProfileId) -> Self {
        Self { profile }
    }

    fn entry(self, name: &str) -> Result<Entry, VaultError> {
        if keyring::Entry::store_status().is_err() {
            return Err(VaultError::KeychainUnavailable);
        }
        Entry::new_with_modifiers(SERVICE, &format!("{}/{name}", self.profile), &platform::modifiers())
            .map_err(|error| refusal(&error))
    }
}

impl Keychain for OsKeychain {
    fn load(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        match self.entry(name)?.get_password().map(Zeroizing::new) {
            Ok(text) => {
                let secret = BASE64.decode(text.as_bytes()).map_err(|_| VaultError::KeychainDamaged)?;
                Ok(Some(Zeroizing::new(secret)))
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(refusal(&error)),
        }
    }

    fn store(&self, name: &str, secret: &[u8]) -> Result<(), VaultError> {
        let text = Zeroizing::new(BASE64.encode(secret));
        self.entry(name)?.set_password(&text).map_err(|error| refusal(&error))
    }

    fn delete(&self, name: &str) -> Result<(), VaultError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(refusal(&error)),
        }
    }
}

/// The keychain's own words are not passed on: they can name entries.
fn refusal(error: &Error) -> VaultError {
    match error {
        Error::NoStorageAccess(_) => VaultError::KeychainLocked,
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) | Error::Ambiguous(_) => {
            VaultError::KeychainDamaged
        }
        _ => VaultError::KeychainUnavailable,
    }
}

#[cfg(target_os = "windows")]
mod platform {
    //! Credentials roam with the user's profile by default, to machines that were never enrolled.
    use super::HashMap;

    pub(super) fn modifiers() -> HashMap<&'static str, &'static str> {
        HashMap::from([("persistence", "Local")])
    }
}

#[cfg(not(target_os = "windows"))]
mod platform {
    //! Entries stay on the machine by default: the default collection on Linux, the login keychain on macOS, which does
    //! not synchronise.
    use super::HashMap;

    pub(super) fn modifiers() -> HashMap<&'static str, &'static str> {
        HashMap::new()
    }
}
