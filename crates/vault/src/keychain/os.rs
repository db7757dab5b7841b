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

    /// Does `work` with the entry `name`. A connection to a daemon that has ended since, or was not there yet, is made
    /// anew, once: so a keychain that starts late, or again, needs no restart of the program.
    fn with<T>(self, name: &str, work: impl Fn(&Entry) -> Result<T, Error>) -> Result<T, Error> {
        let attempt = || {
            let user = format!("{}/{name}", self.profile);
            work(&Entry::new_with_modifiers(SERVICE, &user, &platform::modifiers())?)
        };
        platform::connect()?;
        match attempt() {
            Err(error) if is_unreachable(&error) => {
                platform::reconnect()?;
                attempt()
            }
            outcome => outcome,
        }
    }
}

impl Keychain for OsKeychain {
    fn load(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        match self.with(name, |entry| entry.get_password().map(Zeroizing::new)) {
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
        self.with(name, |entry| entry.set_password(&text)).map_err(|error| refusal(&error))
    }

    fn delete(&self, name: &str) -> Result<(), VaultError> {
        match self.with(name, Entry::delete_credential) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(refusal(&error)),
        }
    }
}

/// Whether the error says nothing about the entry, only that nobody answered.
fn is_unreachable(error: &Error) -> bool {
    matches!(refusal(error), VaultError::KeychainUnavailable)
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

#[cfg(target_os = "linux")]
mod platform {
    //! The Secret Service. Entries stay on the machine: they go into the default collection.
    use super::{Error, HashMap};
    use zbus_secret_service_keyring_store::Store;

    pub(super) fn modifiers() -> HashMap<&'static str, &'static str> {
        HashMap::new()
    }

    pub(super) fn connect() -> Result<(), Error> {
        // `keyring` tries once in the life of a process.
        if keyring::Entry::store_status().is_ok() || keyring_core::get_default_store().is_some() {
            return Ok(());
        }
        reconnect()
    }

    pub(super) fn reconnect() -> Result<(), Error> {
        keyring_core::set_default_store(Store::new()?);
        Ok(())
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    //! Credential Manager and Keychain: nothing that has to be connected to. The login keychain of macOS does not
    //! synchronise.
    use super::{Error, HashMap};

    pub(super) fn modifiers() -> HashMap<&'static str, &'static str> {
        // Credentials of Windows roam with the user's profile by default, to machines that were never enrolled.
        if cfg!(windows) { HashMap::from([("persistence", "Local")]) } else { HashMap::new() }
    }

    pub(super) fn connect() -> Result<(), Error> {
        keyring::Entry::store_status().as_ref().map_or(Err(Error::NoDefaultStore), |()| Ok(()))
    }

    pub(super) fn reconnect() -> Result<(), Error> {
        connect()
    }
}
