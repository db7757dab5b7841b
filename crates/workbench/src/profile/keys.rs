//! The keys of batches, from their wraps, and the counter in the keychain that anchors the database.

use std::sync::{Arc, PoisonError};

use abox_attest::{Digest, Signed, from_canonical};
use abox_ids::BatchId;
use abox_store::{Anchor, StoreError};
use abox_vault::{BatchKey, OsKeychain, VaultError, Wrap, load_anchor, store_anchor, unwrap_batch_key};

use super::Profile;
use crate::contract::{ErrorCode, Failure};
use crate::failure;
use crate::sealing::FIRST_EPOCH;

/// The database's anchor in the keychain.
pub(super) struct KeychainAnchor(pub(super) OsKeychain);

impl Anchor for KeychainAnchor {
    fn session(&self) -> Result<Option<u64>, StoreError> {
        load_anchor(&self.0).map_err(|_| StoreError::Keychain)
    }

    fn set_session(&self, session: u64) -> Result<(), StoreError> {
        store_anchor(&self.0, session).map_err(|_| StoreError::Keychain)
    }
}

impl Profile {
    /// The digest of the log entry that vouches for this device.
    pub(super) fn certificate(&self) -> Result<Digest, Failure> {
        self.organisation().enrolment_digest(self.place.device).ok_or_else(revoked)
    }

    /// The key of a batch, unwrapped with this device's key. Kept in memory while the profile is open.
    pub(super) fn batch_key(&self, batch: BatchId) -> Result<Arc<BatchKey>, Failure> {
        if let Some(key) = self.batch_keys.lock().unwrap_or_else(PoisonError::into_inner).get(&batch) {
            return Ok(Arc::clone(key));
        }
        let organisation = self.organisation();
        let granted = organisation.batch(batch).and_then(|entry| entry.grants.get(&self.place.device));
        let epoch = granted.map_or(FIRST_EPOCH, |grant| grant.epoch);
        let bytes = self
            .store()
            .wrap(batch, u64::from(epoch), self.place.device)
            .map_err(|error| failure::store(&error))?
            .ok_or_else(|| {
                Failure::new(
                    ErrorCode::NotPulled,
                    "The key of this batch has not arrived yet. Sync, or ask a lead to assign the batch again.",
                )
            })?;
        // A batch that was sealed here and not published yet is wrapped by this device itself.
        let signer = granted.map_or_else(|| self.keys.signing.verifying_key(), |grant| grant.by);
        if granted.is_some_and(|grant| grant.wrap != Digest::of(&bytes)) {
            return Err(failure::vault(&VaultError::WrapUnexpected));
        }
        let wrap: Signed<Wrap> =
            from_canonical(&bytes).map_err(|_| failure::vault(&VaultError::WrapUnexpected))?;
        let (key, found) = unwrap_batch_key(
            &wrap,
            &signer,
            organisation.id(),
            batch,
            self.place.device,
            self.certificate()?,
            &self.keys.kem,
        )
        .map_err(|error| failure::vault(&error))?;
        if found != epoch {
            return Err(failure::vault(&VaultError::WrapUnexpected));
        }
        let key = Arc::new(key);
        self.remember_key(batch, &key);
        Ok(key)
    }

    pub(super) fn remember_key(&self, batch: BatchId, key: &Arc<BatchKey>) {
        self.batch_keys.lock().unwrap_or_else(PoisonError::into_inner).insert(batch, Arc::clone(key));
    }
}

fn revoked() -> Failure {
    Failure::new(ErrorCode::NotAllowed, "This device is not in the organisation's log any more. Ask a lead.")
}
