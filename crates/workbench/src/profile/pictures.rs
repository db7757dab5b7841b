//! Pixels for the window: decoded from the sealed object, in memory only.

use std::fs::File;
use std::sync::{Arc, PoisonError};

use abox_ids::{BatchId, ItemId};
use abox_media::Pyramid;
use abox_vault::{ItemKey, ObjectRole, Opener, SealContext};

use super::Profile;
use crate::contract::{ErrorCode, Failure, LevelSize};
use crate::failure;
use crate::manifest::{Manifest, ManifestItem, SealedObject};

impl Profile {
    /// Reads a sealed object of an item. What turns out to be damaged is noted, so that the next pull replaces it.
    pub(super) fn read_object<T>(
        &self,
        manifest: &Manifest,
        item: &ManifestItem,
        object: &SealedObject,
        role: ObjectRole,
        read: impl FnOnce(Opener<File>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let outcome = self.open_object(manifest, item, object, role).and_then(read);
        match outcome {
            Err(failure) if failure.code == ErrorCode::ObjectDamaged => {
                Err(self.note_damage(manifest, item, object, failure))
            }
            outcome => outcome,
        }
    }

    /// Notes that the copy on this device is damaged. Answers what to say about it.
    fn note_damage(
        &self,
        manifest: &Manifest,
        item: &ManifestItem,
        object: &SealedObject,
        failure: Failure,
    ) -> Failure {
        if self.organisation().batch(manifest.batch).is_none() {
            // There is no other copy to replace it with.
            return Failure::new(
                ErrorCode::ObjectDamaged,
                format!(
                    "The sealed object of item {} is damaged, and the server has no copy of it. Seal the batch again \
                     from the original files.",
                    item.id
                ),
            );
        }
        // A note that cannot be written is made when the damage is met again.
        let _ = self.store().set_object_progress(object.object, 0, false);
        failure
    }

    fn open_object(
        &self,
        manifest: &Manifest,
        item: &ManifestItem,
        object: &SealedObject,
        role: ObjectRole,
    ) -> Result<Opener<File>, Failure> {
        if !self.objects.has(object.object, &object.summary) {
            let withheld = self.withheld.lock().unwrap_or_else(PoisonError::into_inner);
            return Err(if withheld.contains(&object.object) { withheld_by_server() } else { not_pulled() });
        }
        let key = self.item_key(manifest, item)?;
        let context = SealContext {
            org: manifest.org,
            batch: manifest.batch,
            item: Some(item.id),
            role,
            epoch: manifest.epoch,
        };
        let file = self.objects.open(object.object).map_err(|_| not_pulled())?;
        Opener::open(&key, &context, file, object.summary.sealed_length)
            .map_err(|error| failure::vault(&error))
    }

    fn item_key(&self, manifest: &Manifest, item: &ManifestItem) -> Result<ItemKey, Failure> {
        self.batch_key(manifest.batch)?
            .unwrap_item(&item.key, manifest.org, manifest.batch, item.id, manifest.epoch)
            .map_err(|error| failure::vault(&error))
    }

    /// The decoded picture of an item: from memory, else decoded now in a process without keys.
    pub(super) fn pyramid(&self, batch: BatchId, item: ItemId) -> Result<Arc<Pyramid>, Failure> {
        if let Some(ready) = self.pictures.get(&(batch, item)) {
            return Ok(ready);
        }
        if let Some(error) = self.pictures.mark(&(batch, item)) {
            return Err(failure::media(&error));
        }
        #[cfg(feature = "unsealed-reference")]
        if let Some(file) = super::unsealed::file(item) {
            return self.pictures.decode((batch, item), file).map_err(|error| failure::media(&error));
        }
        let manifest = self.manifest(batch)?;
        let entry = manifest.item(item).ok_or_else(|| failure::not_found("item"))?;
        self.read_object(&manifest, entry, &entry.media, ObjectRole::Media, |reader| {
            self.pictures.decode((batch, item), reader).map_err(|error| failure::media(&error))
        })
    }

    /// Decodes an item ahead of time. Failures show when the item is opened.
    pub fn prefetch(&self, batch: BatchId, item: ItemId) {
        if !self.pictures.is_known(&(batch, item)) {
            let _ = self.pyramid(batch, item);
        }
    }

    /// RGBA rows of a part of a level of an item's picture, clipped to the level.
    ///
    /// # Errors
    /// [`ErrorCode::NotPulled`], [`ErrorCode::ObjectDamaged`], [`ErrorCode::MediaUnreadable`].
    #[expect(clippy::too_many_arguments, reason = "a rectangle of a level of an item")]
    pub fn region(
        &self,
        batch: BatchId,
        item: ItemId,
        level: u32,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
    ) -> Result<Vec<u8>, Failure> {
        Ok(self.pyramid(batch, item)?.region(level, x, y, width, height))
    }

    /// A small JPEG of an item.
    ///
    /// # Errors
    /// As [`Profile::region`].
    pub fn preview(&self, batch: BatchId, item: ItemId) -> Result<Vec<u8>, Failure> {
        use std::io::Read;
        let manifest = self.manifest(batch)?;
        let entry = manifest.item(item).ok_or_else(|| failure::not_found("item"))?;
        self.read_object(&manifest, entry, &entry.preview, ObjectRole::Preview, |mut reader| {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map_err(|error| failure::read(&error))?;
            Ok(bytes)
        })
    }
}

/// The sizes of the levels that [`Profile::region`] offers: halves, rounded up, down to one pixel.
pub(super) fn levels(pyramid: &Pyramid) -> Vec<LevelSize> {
    (0..pyramid.level_count())
        .map(|level| {
            let (width, height) = pyramid.level_size(level);
            LevelSize { width, height }
        })
        .collect()
}

fn withheld_by_server() -> Failure {
    Failure::new(
        ErrorCode::ServerLied,
        "The server does not have this item as it was sealed, so it was not taken. Tell the operator.",
    )
}

fn not_pulled() -> Failure {
    Failure::new(
        ErrorCode::NotPulled,
        "The files of this batch are not on this device yet. Pull the batch first.",
    )
}
