//! Checking what is on this device, and showing what is on record.

use abox_ids::BatchId;
use abox_vault::ObjectRole;
use serde::Serialize;

use super::Profile;
use crate::contract::{ErrorCode, Failure};
use crate::failure;
use crate::task::Progress;

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Entries of the organisation's log.
    pub log_entries: u64,
    /// Rows of the audit record.
    pub audit_rows: u64,
    /// Batches whose manifest verified.
    pub batches: u32,
    /// Sealed objects that were read and verified to their end.
    pub objects: u32,
    /// Sealed objects that are not on this device.
    pub absent: u32,
}

/// A line of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// From 1 without gaps.
    pub sequence: u64,
    /// Unix milliseconds.
    pub time: i64,
    /// What happened.
    pub what: String,
    /// The batch.
    pub batch: Option<String>,
    /// The item.
    pub item: Option<String>,
    /// Counts.
    pub detail: Option<String>,
}

impl Profile {
    /// Reads everything that is on this device, or all of one batch, and checks it: database, record, manifests, every
    /// chunk of every sealed object. Progress counts objects. What is found damaged is replaced by the next pull.
    ///
    /// # Errors
    /// [`ErrorCode::StoreDamaged`]; [`ErrorCode::ObjectDamaged`] after all was read, naming every item that is concerned
    /// by its identifier.
    pub fn verify(&self, batch: Option<BatchId>, progress: &Progress<'_>) -> Result<VerifyReport, Failure> {
        let audit_rows = self.store().check().map_err(|error| failure::store(&error))?;
        let mut report = VerifyReport {
            log_entries: self.organisation().head().sequence + 1,
            audit_rows,
            batches: 0,
            objects: 0,
            absent: 0,
        };
        let batches: Vec<BatchId> = match batch {
            Some(batch) => vec![batch],
            None => self
                .store()
                .batches()
                .map_err(|error| failure::store(&error))?
                .iter()
                .map(|row| row.batch)
                .collect(),
        };
        let mut damaged: Vec<Failure> = Vec::new();
        for batch in batches {
            let manifest = self.manifest(batch)?;
            report.batches += 1;
            for item in &manifest.items {
                for (object, role) in [(&item.preview, ObjectRole::Preview), (&item.media, ObjectRole::Media)]
                {
                    if !self.objects.has(object.object, &object.summary) {
                        report.absent += 1;
                        continue;
                    }
                    let checked = self.read_object(&manifest, item, object, role, |mut reader| {
                        std::io::copy(&mut reader, &mut std::io::sink())
                            .map(drop)
                            .map_err(|error| failure::read(&error))
                    });
                    match checked {
                        Err(failure) if failure.code == ErrorCode::ObjectDamaged => damaged.push(failure),
                        checked => checked?,
                    }
                    report.objects += 1;
                    progress.step(u64::from(report.objects), None)?;
                }
            }
        }
        if damaged.is_empty() {
            return Ok(report);
        }
        let all: Vec<&str> = damaged.iter().map(|failure| failure.message.as_str()).collect();
        Err(Failure::new(ErrorCode::ObjectDamaged, all.join(" ")))
    }

    /// The record of this device, of one batch or all.
    ///
    /// # Errors
    /// The database's.
    pub fn audit(&self, batch: Option<BatchId>) -> Result<Vec<AuditLine>, Failure> {
        let rows = self.store().audit(batch, 0, u32::MAX).map_err(|error| failure::store(&error))?;
        Ok(rows
            .into_iter()
            .map(|row| AuditLine {
                sequence: row.sequence,
                time: row.event.time,
                what: row.event.what,
                batch: row.event.batch.map(|id| id.to_string()),
                item: row.event.item.map(|id| id.to_string()),
                detail: row.event.detail,
            })
            .collect())
    }
}

impl Profile {
    /// Recomputes the chain of the record and gives its length.
    ///
    /// # Errors
    /// [`crate::contract::ErrorCode::StoreDamaged`] if a row was changed or removed.
    pub fn verify_audit(&self) -> Result<u64, Failure> {
        self.store().check().map_err(|error| failure::store(&error))
    }
}
