//! Where this device's keys live: the keychain of the operating system, and nowhere else.
//!
//! Only "no such entry" means that a key is absent. On any other answer nothing is created and nothing is overwritten:
//! a locked or unreachable keychain must never lead to new keys.

mod os;

pub use os::OsKeychain;

use abox_attest::SigningKey;
use zeroize::Zeroizing;

use crate::keys::KeyBytes as _;
use crate::{KemKey, VaultError, VaultKey};

/// A place that keeps secrets under names.
pub trait Keychain: Send + Sync {
    /// The secret under `name`, or `None` if it is certain that there is none.
    ///
    /// # Errors
    /// [`VaultError::KeychainUnavailable`], [`VaultError::KeychainLocked`], [`VaultError::KeychainDamaged`].
    fn load(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError>;

    /// Keeps `secret` under `name`, in place of what was there.
    ///
    /// # Errors
    /// As [`Keychain::load`].
    fn store(&self, name: &str, secret: &[u8]) -> Result<(), VaultError>;

    /// Removes what is under `name`; it is no error if there is nothing.
    ///
    /// # Errors
    /// As [`Keychain::load`].
    fn delete(&self, name: &str) -> Result<(), VaultError>;
}

/// The keys that are made when a device is enrolled.
#[derive(Debug)]
pub struct DeviceKeys {
    /// Signs revisions, log entries, wraps and requests.
    pub signing: SigningKey,
    /// Receives batch keys.
    pub kem: KemKey,
    /// Protects the local database.
    pub vault: VaultKey,
}

const SIGNING: &str = "device-signing";
const KEM: &str = "device-kem";
const VAULT: &str = "vault";
const ROOT: &str = "organisation-root";
const ANCHOR: &str = "anchor";

impl DeviceKeys {
    /// New random keys.
    #[must_use]
    pub fn generate() -> Self {
        Self { signing: SigningKey::generate(), kem: KemKey::generate(), vault: VaultKey::generate() }
    }

    /// The keys of this profile, or `None` if it certainly has none.
    ///
    /// # Errors
    /// The keychain's; [`VaultError::KeychainDamaged`] if only some of the keys are there.
    pub fn load(keychain: &dyn Keychain) -> Result<Option<Self>, VaultError> {
        match (load_key(keychain, SIGNING)?, load_key(keychain, KEM)?, load_key(keychain, VAULT)?) {
            (Some(signing), Some(kem), Some(vault)) => Ok(Some(Self {
                signing: SigningKey::from_seed(&signing),
                kem: KemKey::from_bytes(&kem)?,
                vault: VaultKey::from_bytes(&vault),
            })),
            (None, None, None) => Ok(None),
            _ => Err(VaultError::KeychainDamaged),
        }
    }

    /// Keeps the keys. The database's key goes first, so that a crash in between leaves a profile that says what is
    /// missing.
    ///
    /// # Errors
    /// The keychain's.
    pub fn save(&self, keychain: &dyn Keychain) -> Result<(), VaultError> {
        keychain.store(VAULT, self.vault.bytes())?;
        keychain.store(KEM, self.kem.bytes().as_ref())?;
        keychain.store(SIGNING, self.signing.seed().as_ref())
    }

    /// Removes the keys of this profile, as when its enrolment failed before anything depended on them.
    ///
    /// # Errors
    /// The keychain's.
    pub fn delete(keychain: &dyn Keychain) -> Result<(), VaultError> {
        [SIGNING, KEM, VAULT].iter().try_for_each(|name| keychain.delete(name))
    }
}

fn load_key(keychain: &dyn Keychain, name: &str) -> Result<Option<Zeroizing<[u8; 32]>>, VaultError> {
    keychain
        .load(name)?
        .map(|secret| {
            let bytes: &[u8; 32] = secret.as_slice().try_into().map_err(|_| VaultError::KeychainDamaged)?;
            Ok(Zeroizing::new(*bytes))
        })
        .transpose()
}

/// Keeps the organisation's root key: on the owner's device only.
///
/// # Errors
/// The keychain's.
pub fn store_root(keychain: &dyn Keychain, root: &SigningKey) -> Result<(), VaultError> {
    keychain.store(ROOT, root.seed().as_ref())
}

/// The organisation's root key, if this device has it.
///
/// # Errors
/// The keychain's.
pub fn load_root(keychain: &dyn Keychain) -> Result<Option<SigningKey>, VaultError> {
    Ok(load_key(keychain, ROOT)?.map(|seed| SigningKey::from_seed(&seed)))
}

/// The counter outside the database that reveals a restored old database.
///
/// # Errors
/// The keychain's; [`VaultError::KeychainDamaged`] for an entry that is no counter.
pub fn load_anchor(keychain: &dyn Keychain) -> Result<Option<u64>, VaultError> {
    keychain
        .load(ANCHOR)?
        .map(|bytes| {
            bytes.as_slice().try_into().map(u64::from_be_bytes).map_err(|_| VaultError::KeychainDamaged)
        })
        .transpose()
}

/// Keeps the counter.
///
/// # Errors
/// The keychain's.
pub fn store_anchor(keychain: &dyn Keychain, counter: u64) -> Result<(), VaultError> {
    keychain.store(ANCHOR, &counter.to_be_bytes())
}
