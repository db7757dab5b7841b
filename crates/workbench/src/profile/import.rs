//! Taking labels from a file of another tool: each item's objects are one gesture, which can be undone.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use abox_formats::Target;
use abox_ids::BatchId;
use serde::Serialize;

use super::Profile;
use super::export::{dropped, find_format};
use crate::audit;
use crate::contract::{DroppedKind, ErrorCode, Failure};
use crate::failure;

/// What was imported.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportReport {
    /// Objects in the file.
    pub read: u64,
    /// Objects that are labels of the batch now.
    pub applied: u64,
    /// What was left out.
    pub dropped: Vec<DroppedKind>,
}

impl Profile {
    /// Adds the labels of a file to a batch.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`] for a file that cannot be read as this format, [`ErrorCode::EditRefused`] if an item
    /// may not be changed; items before it keep their labels, and each can be undone.
    pub fn import(&self, batch: BatchId, format: &str, path: &Path) -> Result<ImportReport, Failure> {
        let format = find_format(format)?;
        let manifest = self.manifest(batch)?;
        let targets: Vec<Target<'_>> = manifest
            .items
            .iter()
            .map(|item| Target { path: &item.name, width: item.width, height: item.height })
            .collect();
        let file = File::open(path).map_err(|_| {
            Failure::new(
                ErrorCode::InvalidInput,
                "The label file cannot be read: it does not exist or is not yours.",
            )
        })?;
        let (items, report) = (format.read)(&mut BufReader::new(file), &manifest.schema, &targets)
            .map_err(|error| failure::format(&error))?;
        for item in items {
            let target = manifest.items.get(item.target).ok_or_else(|| failure::not_found("item"))?;
            self.save_intents(&manifest, target.id, &item.intents, "import")?;
        }
        self.store()
            .record(&audit::counted("import", batch, format!("{} objects", report.applied)))
            .map_err(|error| failure::store(&error))?;
        Ok(ImportReport { read: report.read, applied: report.applied, dropped: dropped(report.dropped) })
    }
}
