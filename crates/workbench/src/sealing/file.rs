//! Sealing one file: read once into memory, checked by decoding it, sealed with a preview under a key of its own.

use std::collections::HashSet;
use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::sync::{Mutex, PoisonError};

use abox_attest::Digest;
use abox_decoder::DecoderPool;
use abox_ids::{BatchId, ItemId, ObjectId, OrgId};
use abox_media::{Limits, MediaError};
use abox_vault::{BatchKey, ItemKey, ObjectRole, SealContext, Sealer};
use zeroize::Zeroizing;

use super::discover::Found;
use crate::contract::Failure;
use crate::failure;
use crate::manifest::{ManifestItem, SealedObject};
use crate::objects::Objects;
use crate::task::Progress;

/// Longest side of a preview in pixels.
pub(crate) const PREVIEW_SIDE: u32 = 256;

/// Larger files are refused before they are read; no image that can be decoded is so large.
const MAX_FILE: u64 = 1 << 30;

pub(super) const DUPLICATE: &str = "It is the same as another file of this batch.";

/// Where the sealed form goes.
pub(super) struct Place<'a> {
    pub(super) org: OrgId,
    pub(super) batch: BatchId,
    pub(super) epoch: u32,
    pub(super) key: &'a BatchKey,
    pub(super) objects: &'a Objects,
    pub(super) decoder: &'a DecoderPool,
}

/// What became of a file.
pub(super) enum Outcome {
    Sealed(Box<ManifestItem>),
    Skipped(String),
}

/// Seals one file, or says why it is left out.
///
/// # Errors
/// Only what concerns the whole batch: the disk is full, the sealing itself failed, nothing decodes, it was cancelled.
pub(super) fn seal_file(
    found: &Found,
    place: &Place<'_>,
    seen: &Mutex<HashSet<Digest>>,
    progress: &Progress<'_>,
) -> Result<Outcome, Failure> {
    let content = match read(found) {
        Ok(content) => content,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let digest = Digest::of(&content);
    if !seen.lock().unwrap_or_else(PoisonError::into_inner).insert(digest) {
        return Ok(Outcome::Skipped(DUPLICATE.to_owned()));
    }
    let (width, height, preview) = match look(&content, place.decoder, progress) {
        Ok(looked) => looked,
        Err(MediaError::Stopped) => {
            progress.check()?;
            return Err(failure::media(&MediaError::Stopped));
        }
        Err(error @ MediaError::NoDecoder) => return Err(failure::media(&error)),
        Err(error) => return Ok(Outcome::Skipped(error.to_string())),
    };
    let id = ItemId::random();
    let key = ItemKey::generate();
    let wrapped = place
        .key
        .wrap_item(&key, place.org, place.batch, id, place.epoch)
        .map_err(|error| failure::vault(&error))?;
    let media = seal_object(&content, ObjectRole::Media, id, &key, place)?;
    let preview = seal_object(&preview, ObjectRole::Preview, id, &key, place).inspect_err(|_| {
        place.objects.remove(media.object);
    })?;
    Ok(Outcome::Sealed(Box::new(ManifestItem {
        id,
        name: found.name.clone(),
        width,
        height,
        content: digest,
        key: wrapped,
        media,
        preview,
    })))
}

fn read(found: &Found) -> Result<Zeroizing<Vec<u8>>, String> {
    let unreadable = |_| "It cannot be read.".to_owned();
    let file = File::open(&found.path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length > MAX_FILE {
        return Err("It is larger than 1 GiB.".to_owned());
    }
    let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1));
    file.take(MAX_FILE).read_to_end(&mut content).map_err(unreadable)?;
    Ok(content)
}

/// Decodes the whole picture: what cannot be shown later is better known now.
fn look(
    content: &[u8],
    decoder: &DecoderPool,
    progress: &Progress<'_>,
) -> Result<(u32, u32, Vec<u8>), MediaError> {
    let cancelled = || progress.is_cancelled();
    let picture = decoder.decode(Cursor::new(content), &Limits::default(), &cancelled)?;
    let preview = abox_media::preview(&picture, PREVIEW_SIDE)?;
    Ok((picture.width(), picture.height(), preview))
}

fn seal_object(
    content: &[u8],
    role: ObjectRole,
    item: ItemId,
    key: &ItemKey,
    place: &Place<'_>,
) -> Result<SealedObject, Failure> {
    let object = ObjectId::random();
    let context =
        SealContext { org: place.org, batch: place.batch, item: Some(item), role, epoch: place.epoch };
    let write = || -> Result<SealedObject, Failure> {
        let sink = place.objects.create(object).map_err(|error| failure::write(&error))?;
        let mut sealer = Sealer::new(key, &context, sink);
        sealer.write_all(content).map_err(|error| failure::write(&error))?;
        let (sink, summary) = sealer.finish().map_err(|error| failure::vault(&error))?;
        place.objects.finish(object, sink).map_err(|error| failure::write(&error))?;
        Ok(SealedObject { object, summary })
    };
    write().inspect_err(|_| place.objects.remove(object))
}
