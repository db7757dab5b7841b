//! Sealing: client files become a batch of encrypted objects with a signed manifest.
//!
//! Nothing of a file reaches this device's disk but its sealed form. A file that is broken, empty, unsupported or the
//! same as another is listed with the reason and left out; it never stops the rest. Cancelling or failing removes what
//! was sealed so far, so there is no half batch.

mod discover;
mod file;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use abox_attest::Digest;
use abox_decoder::DecoderPool;
use abox_ids::{BatchId, ObjectId, OrgId, ProjectId};
use abox_model::schema::LabelSchema;
use abox_vault::BatchKey;

use crate::contract::{ErrorCode, Failure, SkippedFile};
use crate::manifest::{Manifest, ManifestItem};
use crate::objects::Objects;
use crate::task::Progress;
use file::Outcome;

/// The first epoch of every batch key.
pub(crate) const FIRST_EPOCH: u32 = 1;

/// What to seal, under which schema.
pub(crate) struct Order {
    pub(crate) org: OrgId,
    pub(crate) project: ProjectId,
    pub(crate) project_name: String,
    pub(crate) schema: LabelSchema,
    pub(crate) name: String,
    pub(crate) guide: Option<String>,
    pub(crate) due: Option<i64>,
    pub(crate) now: i64,
    pub(crate) paths: Vec<PathBuf>,
}

/// A sealed batch: its objects lie in [`Objects`], the rest is here.
pub(crate) struct SealedBatch {
    pub(crate) manifest: Manifest,
    pub(crate) bytes: u64,
    pub(crate) skipped: Vec<SkippedFile>,
}

/// Seals the files of `order` under a key that wraps theirs. What `decoder` cannot decode is left out. Progress counts files.
pub(crate) fn seal(
    order: Order,
    key: &BatchKey,
    objects: &Objects,
    decoder: &DecoderPool,
    progress: &Progress<'_>,
) -> Result<SealedBatch, Failure> {
    let mut skipped = Vec::new();
    let found = discover::discover(&order.paths, &mut skipped, progress)?;
    let total = found.len() as u64;
    progress.step(0, Some(total))?;

    let place =
        file::Place { org: order.org, batch: BatchId::random(), epoch: FIRST_EPOCH, key, objects, decoder };
    let seen = Mutex::new(HashSet::<Digest>::new());
    let outcomes: Vec<Mutex<Option<Result<Outcome, Failure>>>> =
        found.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(found) = found.get(index) else { break };
                    let outcome =
                        progress.check().and_then(|()| file::seal_file(found, &place, &seen, progress));
                    let failed = outcome.is_err();
                    *outcomes[index].lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if failed || progress.step(done as u64, Some(total)).is_err() {
                        // The others stop too: nothing of this batch will be kept.
                        next.store(found_end(), Ordering::Relaxed);
                    }
                }
            });
        }
    });

    let mut written = Written { objects, all: Vec::new() };
    let mut items = Vec::new();
    let mut bytes = 0;
    let mut failure = progress.check().err();
    for (found, outcome) in found.iter().zip(outcomes) {
        match outcome.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(Ok(Outcome::Sealed(item))) => {
                written.all.extend([item.media.object, item.preview.object]);
                bytes += item.media.summary.plain_length;
                items.push(*item);
            }
            Some(Ok(Outcome::Skipped(reason))) => {
                skipped.push(SkippedFile { path: found.path.to_string_lossy().into_owned(), reason });
            }
            Some(Err(error)) => failure = Some(failure.unwrap_or(error)),
            None => {}
        }
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    if items.is_empty() {
        return Err(nothing(&skipped));
    }
    drop_duplicates(&mut items, &mut skipped, &mut bytes, objects);
    written.all.clear();
    let manifest = Manifest {
        org: order.org,
        batch: place.batch,
        epoch: FIRST_EPOCH,
        project: order.project,
        project_name: order.project_name,
        name: order.name,
        guide: order.guide,
        created: order.now,
        due: order.due,
        schema: order.schema,
        items,
    };
    Ok(SealedBatch { manifest, bytes, skipped })
}

/// How many different reasons a message names.
const REASONS: usize = 4;

/// Why there is no batch: the reasons with the number of files that each holds for, the most frequent first.
fn nothing(skipped: &[SkippedFile]) -> Failure {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in skipped {
        *counts.entry(&file.reason).or_default() += 1;
    }
    let mut reasons: Vec<_> = counts.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut message = "There is nothing to seal: none of the files can be used.".to_owned();
    for (reason, count) in reasons.into_iter().take(REASONS) {
        let files = if count == 1 { "file" } else { "files" };
        message.push_str(&format!(" {count} {files}: {reason}"));
    }
    Failure::new(ErrorCode::InvalidInput, message)
}

const fn found_end() -> usize {
    usize::MAX / 2
}

/// Removes what was written unless it was emptied first: on every way out but success.
struct Written<'a> {
    objects: &'a Objects,
    all: Vec<ObjectId>,
}

impl Drop for Written<'_> {
    fn drop(&mut self) {
        for object in &self.all {
            self.objects.remove(*object);
        }
    }
}

/// Two workers can meet the same content at the same time; of equal files the first by name stays.
fn drop_duplicates(
    items: &mut Vec<ManifestItem>,
    skipped: &mut Vec<SkippedFile>,
    bytes: &mut u64,
    objects: &Objects,
) {
    let mut seen = HashSet::new();
    items.retain(|item| {
        let first = seen.insert(item.content);
        if !first {
            skipped.push(SkippedFile { path: item.name.clone(), reason: file::DUPLICATE.to_owned() });
            *bytes -= item.media.summary.plain_length;
            objects.remove(item.media.object);
            objects.remove(item.preview.object);
        }
        first
    });
}
