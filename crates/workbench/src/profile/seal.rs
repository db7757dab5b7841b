//! Sealing a batch on this device. It is on this device only until it is pushed.

use std::path::PathBuf;
use std::sync::Arc;

use abox_attest::{Signed, to_canonical};
use abox_ids::ObjectId;
use abox_store::{BatchRow, ObjectRow, StoredRole};
use abox_vault::{BatchKey, ObjectRole, Recipient, SealContext, Sealer, WrapPurpose, wrap_batch_key};

use super::Profile;
use crate::contract::{ErrorCode, Failure, SealArguments, SealReport};
use crate::failure;
use crate::manifest::SealedObject;
use crate::sealing::{self, FIRST_EPOCH, Order};
use crate::task::Progress;
use crate::{audit, clock};

/// Names are shown in lists and written into exports.
const MAX_NAME: usize = 200;

impl Profile {
    /// Seals files and folders into a new batch. Progress counts files.
    ///
    /// # Errors
    /// [`ErrorCode::NotAllowed`] for annotators, [`ErrorCode::NotFound`] for an unknown project,
    /// [`ErrorCode::InvalidInput`] if no file can be used, [`ErrorCode::DiskFull`], [`ErrorCode::Cancelled`]. Nothing is
    /// left behind.
    pub fn seal(&self, arguments: SealArguments, progress: &Progress<'_>) -> Result<SealReport, Failure> {
        self.require_lead()?;
        let name = arguments.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(Failure::new(
                ErrorCode::InvalidInput,
                format!("Give the batch a name of 1 to {MAX_NAME} characters on one line."),
            ));
        }
        let project = self.project(arguments.project)?;
        let organisation = self.organisation();
        let key = BatchKey::generate();
        let order = Order {
            org: organisation.id(),
            project: project.id,
            project_name: project.name,
            schema: project.schema,
            name: name.to_owned(),
            guide: arguments.guide.filter(|guide| !guide.trim().is_empty()),
            due: arguments.due,
            now: clock::now(),
            paths: arguments.paths.iter().map(PathBuf::from).collect(),
        };
        let sealed = sealing::seal(order, &key, &self.objects, self.pictures.decoder(), progress)?;
        let report = SealReport {
            batch: sealed.manifest.batch,
            items: u32::try_from(sealed.manifest.items.len()).unwrap_or(u32::MAX),
            bytes: sealed.bytes,
            skipped: sealed.skipped,
        };
        self.keep_sealed(&sealed.manifest, key).inspect_err(|_| {
            for object in sealed.manifest.objects() {
                self.objects.remove(object.object);
            }
        })?;
        Ok(report)
    }

    fn keep_sealed(&self, manifest: &crate::manifest::Manifest, key: BatchKey) -> Result<(), Failure> {
        let signed = Signed::sign(manifest, &self.keys.signing).map_err(|_| failure::unencodable())?;
        let bytes = to_canonical(&signed).map_err(|_| failure::unencodable())?;
        let object = self.seal_manifest(manifest, &bytes, &key)?;
        let own = Recipient {
            purpose: WrapPurpose::Device { device: self.place.device },
            kem: self.keys.kem.public(),
            certificate: self.certificate()?,
        };
        let wrap = wrap_batch_key(&key, &own, manifest.org, manifest.batch, FIRST_EPOCH, &self.keys.signing)
            .map_err(|error| failure::vault(&error))?;
        let wrap = to_canonical(&wrap).map_err(|_| failure::unencodable())?;

        let row = BatchRow {
            batch: manifest.batch,
            project: manifest.project,
            epoch: u64::from(manifest.epoch),
            manifest: bytes,
            published: false,
            created: manifest.created,
            last_item: None,
            synced: None,
        };
        let mut objects = super::pull::object_rows(manifest, true);
        objects.push(ObjectRow {
            object: object.object,
            batch: manifest.batch,
            item: None,
            role: StoredRole::Manifest,
            sealed_length: object.summary.sealed_length,
            stored_length: object.summary.sealed_length,
            complete: true,
        });
        let items: Vec<_> = manifest.items.iter().map(|item| item.id).collect();
        self.store()
            .add_batch(
                &row,
                &items,
                &objects,
                &[(self.place.device, wrap)],
                &audit::event("seal", manifest.batch),
            )
            .map_err(|error| failure::store(&error))?;
        self.remember_key(manifest.batch, &Arc::new(key));
        Ok(())
    }

    fn seal_manifest(
        &self,
        manifest: &crate::manifest::Manifest,
        bytes: &[u8],
        key: &BatchKey,
    ) -> Result<SealedObject, Failure> {
        use std::io::Write;
        let object = ObjectId::random();
        let context = SealContext {
            org: manifest.org,
            batch: manifest.batch,
            item: None,
            role: ObjectRole::Manifest,
            epoch: manifest.epoch,
        };
        let sink = self.objects.create(object).map_err(|error| failure::write(&error))?;
        let mut sealer = Sealer::new(key, &context, sink);
        sealer.write_all(bytes).map_err(|error| failure::write(&error))?;
        let (sink, summary) = sealer.finish().map_err(|error| failure::vault(&error))?;
        self.objects.finish(object, sink).map_err(|error| failure::write(&error))?;
        Ok(SealedObject { object, summary })
    }
}
