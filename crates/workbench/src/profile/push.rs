//! Sending a sealed batch to the server, and publishing it on the log once all of it is there.

use std::collections::BTreeMap;

use abox_attest::{Digest, ObjectDigest, to_canonical};
use abox_ids::{BatchId, ObjectId};
use abox_protocol::org::Action;
use abox_protocol::wire::{
    self, DeclareObjects, ObjectDeclaration, ObjectState, ObjectsDeclared, ObjectsPage, Wrap, Wraps,
};
use abox_store::{ObjectRow, StoredRole};
use abox_vault::{KemPublic, Recipient, WrapPurpose, wrap_batch_key};

use super::Profile;
use crate::contract::{ErrorCode, Failure};
use crate::failure;
use crate::manifest::Manifest;
use crate::server::Transfer;
use crate::task::Progress;

impl Profile {
    /// Sends a batch. Progress counts bytes. What the server has already is not sent again.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Offline`], [`ErrorCode::Cancelled`] and the server's refusals. It can be
    /// started again and goes on where it was.
    pub fn push(&self, batch: BatchId, progress: &Progress<'_>) -> Result<(), Failure> {
        self.require_lead()?;
        self.refresh_log()?;
        let manifest = self.manifest(batch)?;
        let rows = self.store().objects(batch).map_err(|error| failure::store(&error))?;
        if self.organisation().batch(batch).is_none() {
            let manifest_row = rows
                .iter()
                .find(|row| row.role == StoredRole::Manifest)
                .ok_or_else(|| failure::not_found("batch"))?;
            // The log vouches for it for ever, so it has to be whole.
            self.open_manifest(batch, manifest.epoch, manifest_row.object, manifest_row.sealed_length)
                .map_err(|failure| match failure.code {
                    ErrorCode::ObjectDamaged => failure::seal_again(),
                    _ => failure,
                })?;
            let manifest_digest = self.digest_of(manifest_row)?;
            self.send_objects(&manifest, manifest_row, manifest_digest, progress)?;
            self.publish(&manifest, manifest_digest)?;
        }
        self.grant_to_self(batch, manifest.epoch)?;
        self.store().set_published(batch, true).map_err(|error| failure::store(&error))
    }

    fn digest_of(&self, row: &ObjectRow) -> Result<ObjectDigest, Failure> {
        let file = self.objects.open(row.object).map_err(|error| failure::read(&error))?;
        let (digest, _) = ObjectDigest::of_stream(file).map_err(|error| failure::read(&error))?;
        Ok(digest)
    }

    fn send_objects(
        &self,
        manifest: &Manifest,
        manifest_row: &ObjectRow,
        manifest_digest: ObjectDigest,
        progress: &Progress<'_>,
    ) -> Result<(), Failure> {
        let batch = manifest.batch;
        let declarations: Vec<ObjectDeclaration> = manifest
            .objects()
            .map(|object| ObjectDeclaration {
                object: object.object,
                length: object.summary.sealed_length,
                digest: object.summary.sealed_digest,
            })
            .chain([ObjectDeclaration {
                object: manifest_row.object,
                length: manifest_row.sealed_length,
                digest: manifest_digest,
            }])
            .collect();
        for page in declarations.chunks(wire::MAX_OBJECTS_PAGE) {
            let declare = DeclareObjects { batch, objects: page.to_vec() };
            self.server.post::<_, ObjectsDeclared>(&self.keys.signing, "/v1/batches", &declare)?;
        }
        let states = self.object_states(batch)?;
        let total: u64 = declarations.iter().map(|object| object.length).sum();
        let mut done: u64 = states.values().map(|state| state.stored).sum();
        progress.step(done, Some(total))?;
        let transfer = Transfer { key: &self.keys.signing, batch, objects: &self.objects, progress };
        for declared in &declarations {
            let stored = match states.get(&declared.object) {
                Some(state) if state.complete => continue,
                Some(state) => state.stored,
                None => 0,
            };
            self.server.upload(&transfer, declared.object, stored, |bytes| {
                done += bytes;
                progress.step(done, Some(total))
            })?;
        }
        Ok(())
    }

    fn object_states(&self, batch: BatchId) -> Result<BTreeMap<ObjectId, ObjectState>, Failure> {
        let mut states = BTreeMap::new();
        let mut query = String::new();
        loop {
            let page: ObjectsPage =
                self.server.get(&self.keys.signing, &format!("/v1/batches/{batch}/objects{query}"))?;
            let Some(last) = page.objects.last() else { return Ok(states) };
            query = format!("?after={}", last.object);
            states.extend(page.objects.iter().map(|state| (state.object, *state)));
        }
    }

    fn publish(&self, manifest: &Manifest, manifest_digest: ObjectDigest) -> Result<(), Failure> {
        let organisation = self.organisation();
        let recipient = Recipient {
            purpose: WrapPurpose::Recovery,
            kem: KemPublic(organisation.recovery().0),
            certificate: organisation.founding_digest(),
        };
        let key = self.batch_key(manifest.batch)?;
        let wrap = wrap_batch_key(
            &key,
            &recipient,
            manifest.org,
            manifest.batch,
            manifest.epoch,
            &self.keys.signing,
        )
        .map_err(|error| failure::vault(&error))?;
        let bytes = to_canonical(&wrap).map_err(|_| failure::unencodable())?;
        let publish = Action::BatchPublished {
            batch: manifest.batch,
            epoch: manifest.epoch,
            manifest: manifest_digest,
            recovery_wrap: Digest::of(&bytes),
        };
        self.append_log(&publish, &self.keys.signing)?;
        self.send_wrap(manifest.batch, Wrap { device: None, epoch: manifest.epoch, bytes })
    }

    fn grant_to_self(&self, batch: BatchId, epoch: u32) -> Result<(), Failure> {
        let bytes = self
            .store()
            .wrap(batch, u64::from(epoch), self.place.device)
            .map_err(|error| failure::store(&error))?
            .ok_or_else(|| failure::not_found("key of this batch"))?;
        let wrap = Digest::of(&bytes);
        let granted = self
            .organisation()
            .batch(batch)
            .and_then(|entry| entry.grants.get(&self.place.device).copied())
            .is_some_and(|grant| grant.wrap == wrap);
        if !granted {
            let grant = Action::BatchGranted { batch, epoch, device: self.place.device, wrap };
            self.append_log(&grant, &self.keys.signing)?;
        }
        self.send_wrap(batch, Wrap { device: Some(self.place.device), epoch, bytes })
    }

    pub(super) fn send_wrap(&self, batch: BatchId, wrap: Wrap) -> Result<(), Failure> {
        let (): () = self.server.post(
            &self.keys.signing,
            &format!("/v1/batches/{batch}/wraps"),
            &Wraps { wraps: vec![wrap] },
        )?;
        Ok(())
    }
}

/// A batch that is not published cannot be assigned or synced.
pub(super) fn unpublished() -> Failure {
    Failure::new(ErrorCode::InvalidInput, "This batch is on this device only. Push it to the server first.")
}
