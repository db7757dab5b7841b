//! Pixels for the window: decoded from the sealed object, in memory only.

use std::sync::Arc;

use abox_ids::{BatchId, ItemId};
use abox_media::{Limits, Pyramid};
use abox_vault::{ItemKey, ObjectRole, Opener, SealContext};

use super::Profile;
use crate::contract::{ErrorCode, Failure, LevelSize};
use crate::failure;
use crate::manifest::{Manifest, ManifestItem, SealedObject};

impl Profile {
    /// A reader of one sealed object of an item.
    pub(super) fn open_object(
        &self,
        manifest: &Manifest,
        item: &ManifestItem,
        object: &SealedObject,
        role: ObjectRole,
    ) -> Result<Opener<std::fs::File>, Failure> {
        if !self.objects.has(object.object, &object.summary) {
            return Err(not_pulled());
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

    /// The decoded picture of an item: from memory, else decoded now.
    pub(super) fn pyramid(&self, batch: BatchId, item: ItemId) -> Result<Arc<Pyramid>, Failure> {
        if let Some(ready) = self.pictures.get(&(batch, item)) {
            return Ok(ready);
        }
        #[cfg(feature = "unsealed-reference")]
        if let Some(file) = super::unsealed::file(item) {
            return self
                .pictures
                .get_or_decode((batch, item), || abox_media::decode(file, &Limits::default()))
                .map_err(|error| failure::media(&error));
        }
        let manifest = self.manifest(batch)?;
        let entry = manifest.item(item).ok_or_else(|| failure::not_found("item"))?;
        let reader = self.open_object(&manifest, entry, &entry.media, ObjectRole::Media)?;
        self.pictures
            .get_or_decode((batch, item), || abox_media::decode(reader, &Limits::default()))
            .map_err(|error| failure::media(&error))
    }

    /// Decodes an item ahead of time. Failures show when the item is opened.
    pub fn prefetch(&self, batch: BatchId, item: ItemId) {
        if !self.pictures.contains(&(batch, item)) {
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
        let mut reader = self.open_object(&manifest, entry, &entry.preview, ObjectRole::Preview)?;
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|error| failure::read(&error))?;
        Ok(bytes)
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

fn not_pulled() -> Failure {
    Failure::new(
        ErrorCode::NotPulled,
        "The files of this batch are not on this device yet. Pull the batch first.",
    )
}
