//! Bringing batches here: the wrap of the key, the manifest, the sealed media. Everything is checked against the log
//! and the signed manifest before it counts.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::{Arc, PoisonError};

use abox_attest::{Digest, ObjectDigest, Signed, from_canonical, to_canonical};
use abox_ids::{BatchId, ObjectId};
use abox_protocol::wire::{BatchSummary, Batches, ObjectsPage, Wraps};
use abox_store::{BatchRow, ObjectRow, StoredRole};
use abox_vault::{ObjectRole, ObjectSummary, Opener, SealContext};

use super::Profile;
use crate::audit;
use crate::contract::{ErrorCode, Failure};
use crate::failure;
use crate::manifest::{Manifest, SealedObject};
use crate::server::Transfer;
use crate::task::Progress;

impl Profile {
    /// Learns of batches that were granted to this device since, with their manifests. Media is brought by
    /// [`Profile::pull`]. Returns whether there are new ones, and why one had to be left out, if so.
    pub(super) fn discover_batches(&self) -> Result<(bool, Option<Failure>), Failure> {
        let listed: Batches = self.server.get(&self.keys.signing, "/v1/batches")?;
        let (mut found, mut refused) = (false, None);
        for summary in &listed.batches {
            let known = self.store().batch(summary.batch).map_err(|error| failure::store(&error))?;
            if known.is_none() && summary.manifest.is_some() && summary.wrap {
                match self.bring_manifest(summary) {
                    Ok(()) => found = true,
                    Err(failure) if concerns_one_batch(&failure) => {
                        refused.get_or_insert(failure);
                    }
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok((found, refused))
    }

    fn bring_manifest(&self, summary: &BatchSummary) -> Result<(), Failure> {
        let batch = summary.batch;
        let organisation = self.organisation();
        // Not on the verified log, or not granted: whatever the server says, it is none of this device's business.
        let Some(published) = organisation.batch(batch) else { return Ok(()) };
        let Some(grant) = published.grants.get(&self.place.device) else { return Ok(()) };
        let wraps: Wraps = self.server.get(&self.keys.signing, &format!("/v1/batches/{batch}/wraps"))?;
        let wrap = wraps
            .wraps
            .iter()
            .find(|wrap| wrap.device == Some(self.place.device) && Digest::of(&wrap.bytes) == grant.wrap)
            .ok_or_else(lied)?;
        self.store()
            .put_wrap(batch, u64::from(grant.epoch), self.place.device, &wrap.bytes)
            .map_err(|error| failure::store(&error))?;
        let object = summary.manifest.ok_or_else(lied)?;
        let sealed = self.manifest_object(batch, object, published.manifest)?;
        let bytes = self.open_manifest(batch, published.epoch, object, sealed.sealed_length)?;
        let signed: Signed<Manifest> = from_canonical(&bytes).map_err(|_| lied())?;
        let manifest = signed.verify(&published.publisher).map_err(|_| lied())?;
        if manifest.org != organisation.id() || manifest.batch != batch || manifest.epoch != published.epoch {
            return Err(lied());
        }
        manifest.schema.validate().map_err(|_| lied())?;

        let row = BatchRow {
            batch,
            project: manifest.project,
            epoch: u64::from(manifest.epoch),
            manifest: to_canonical(&signed).map_err(|_| failure::unencodable())?,
            published: true,
            created: manifest.created,
            last_item: None,
            synced: None,
        };
        let mut objects = object_rows(&manifest, false);
        objects.push(ObjectRow {
            object,
            batch,
            item: None,
            role: StoredRole::Manifest,
            sealed_length: sealed.sealed_length,
            stored_length: sealed.sealed_length,
            complete: true,
        });
        let items: Vec<_> = manifest.items.iter().map(|item| item.id).collect();
        self.store()
            .add_batch(&row, &items, &objects, &[], &audit::event("receive", batch))
            .map_err(|error| failure::store(&error))
    }

    /// What is in a batch's sealed manifest on this device.
    pub(super) fn open_manifest(
        &self,
        batch: BatchId,
        epoch: u32,
        object: ObjectId,
        sealed_length: u64,
    ) -> Result<Vec<u8>, Failure> {
        let key = self.batch_key(batch)?;
        let context =
            SealContext { org: self.place.org, batch, item: None, role: ObjectRole::Manifest, epoch };
        let file = self.objects.open(object).map_err(|error| failure::read(&error))?;
        let mut opener =
            Opener::open(&*key, &context, file, sealed_length).map_err(|error| failure::vault(&error))?;
        let mut bytes = Vec::new();
        opener.read_to_end(&mut bytes).map_err(|error| failure::read(&error))?;
        Ok(bytes)
    }

    /// The sealed manifest, on this device, with the digest that the log names.
    fn manifest_object(
        &self,
        batch: BatchId,
        object: ObjectId,
        digest: ObjectDigest,
    ) -> Result<ObjectSummary, Failure> {
        let progress = Progress::unwatched();
        let transfer =
            Transfer { key: &self.keys.signing, batch, objects: &self.objects, progress: &progress };
        let mut query = String::new();
        loop {
            let page: ObjectsPage =
                self.server.get(&self.keys.signing, &format!("/v1/batches/{batch}/objects{query}"))?;
            let Some(last) = page.objects.last() else { return Err(lied()) };
            if let Some(state) = page.objects.iter().find(|state| state.object == object) {
                let summary =
                    ObjectSummary { sealed_length: state.length, sealed_digest: digest, plain_length: 0 };
                self.server.download(&transfer, object, &summary, |_| Ok(()))?;
                return Ok(summary);
            }
            query = format!("?after={}", last.object);
        }
    }

    /// Brings all sealed media of a batch here. Progress counts bytes; it goes on where it was. What was found damaged on
    /// this device is replaced. An object that the server does not have as it should be is left out, and the others
    /// are brought all the same.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Offline`], [`ErrorCode::Cancelled`], [`ErrorCode::DiskFull`],
    /// [`ErrorCode::ServerLied`] if an object is not what the signed manifest says, [`ErrorCode::ObjectDamaged`] if the
    /// server says so itself.
    pub fn pull(&self, batch: BatchId, progress: &Progress<'_>) -> Result<(), Failure> {
        if self.store().batch(batch).map_err(|error| failure::store(&error))?.is_none() {
            self.refresh_log()?;
            if let (_, Some(failure)) = self.discover_batches()? {
                return Err(failure);
            }
        }
        let manifest = self.manifest(batch)?;
        let rows = self.store().objects(batch).map_err(|error| failure::store(&error))?;
        let complete: BTreeSet<ObjectId> =
            rows.iter().filter(|row| row.complete).map(|row| row.object).collect();
        let total = manifest.sealed_bytes();
        let mut done = 0;
        let mut refused = None;
        for object in manifest.objects() {
            let here = complete.contains(&object.object) && self.objects.has(object.object, &object.summary);
            if !here {
                let brought = self
                    .bring_object(batch, object, progress, |bytes| progress.step(done + bytes, Some(total)));
                match brought {
                    Err(failure) if concerns_one_batch(&failure) => {
                        refused.get_or_insert(failure);
                    }
                    brought => brought?,
                }
            }
            done += object.summary.sealed_length;
        }
        progress.step(total, Some(total))?;
        refused.map_or(Ok(()), Err)
    }

    /// Brings one object here, unless only the note is missing that it is. `here` is told how many bytes there are.
    fn bring_object(
        &self,
        batch: BatchId,
        object: &SealedObject,
        progress: &Progress<'_>,
        here: impl Fn(u64) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let SealedObject { object, summary } = object;
        let mut bytes = self.objects.partial_length(*object);
        here(bytes)?;
        if !self.objects.is_whole(*object, summary) {
            let transfer = Transfer { key: &self.keys.signing, batch, objects: &self.objects, progress };
            let brought = self.server.download(&transfer, *object, summary, |more| {
                // A second try counts no byte twice.
                bytes = (bytes + more).min(summary.sealed_length);
                here(bytes)
            });
            let mut withheld = self.withheld.lock().unwrap_or_else(PoisonError::into_inner);
            if brought.as_ref().is_err_and(concerns_one_batch) {
                withheld.insert(*object);
            } else {
                withheld.remove(object);
            }
            brought?;
        }
        self.store()
            .set_object_progress(*object, summary.sealed_length, true)
            .map_err(|error| failure::store(&error))
    }

    /// The manifest of a batch on this device, as it was verified.
    pub(super) fn manifest(&self, batch: BatchId) -> Result<Arc<Manifest>, Failure> {
        if let Some(manifest) = self.manifests.lock().unwrap_or_else(PoisonError::into_inner).get(&batch) {
            return Ok(Arc::clone(manifest));
        }
        let row = self
            .store()
            .batch(batch)
            .map_err(|error| failure::store(&error))?
            .ok_or_else(|| failure::not_found("batch"))?;
        let signed: Signed<Manifest> = from_canonical(&row.manifest).map_err(|_| damaged())?;
        let organisation = self.organisation();
        let publisher = organisation
            .batch(batch)
            .map_or_else(|| self.keys.signing.verifying_key(), |published| published.publisher);
        let manifest = Arc::new(signed.verify(&publisher).map_err(|_| damaged())?);
        self.manifests.lock().unwrap_or_else(PoisonError::into_inner).insert(batch, Arc::clone(&manifest));
        Ok(manifest)
    }
}

/// The rows of a batch's objects, all here or none.
pub(super) fn object_rows(manifest: &Manifest, here: bool) -> Vec<ObjectRow> {
    let row = |item: abox_ids::ItemId, object: &SealedObject, role| ObjectRow {
        object: object.object,
        batch: manifest.batch,
        item: Some(item),
        role,
        sealed_length: object.summary.sealed_length,
        stored_length: if here { object.summary.sealed_length } else { 0 },
        complete: here,
    };
    manifest
        .items
        .iter()
        .flat_map(|item| {
            [row(item.id, &item.media, StoredRole::Media), row(item.id, &item.preview, StoredRole::Preview)]
        })
        .collect()
}

/// Whether a failure is about what the server has of one batch, so that the others can be exchanged all the same.
pub(super) fn concerns_one_batch(failure: &Failure) -> bool {
    matches!(failure.code, ErrorCode::ServerLied | ErrorCode::ObjectDamaged | ErrorCode::NotPulled)
}

fn lied() -> Failure {
    Failure::new(
        ErrorCode::ServerLied,
        "The server's copy of a batch does not match the organisation's log. It was refused. Tell the operator.",
    )
}

fn damaged() -> Failure {
    Failure::new(ErrorCode::StoreDamaged, "The manifest of this batch does not verify on this device.")
}
