//! The newest state of the database, kept outside of it in the file `head`: how many writing transactions there were,
//! and where the audit chain stood. A database that counts fewer was put back (`docs/adr/0005-rollback.md`).
//!
//! Two slots of 72 bytes, 512 bytes apart, written in turn and in place: a torn write leaves the other slot. Each slot
//! is a counter (8 bytes), a digest (32) and a MAC (32) under the vault key. It is written after each commit and not
//! forced to disk: it may lag behind the database, never run ahead of it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use abox_attest::Digest;
use abox_vault::{VaultKey, mac, verify_mac};

use crate::StoreError;

const SLOT: usize = 72;
const STRIDE: u64 = 512;
const LABEL: &str = "store-head";

/// What the file remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) counter: u64,
    pub(crate) audit: Digest,
}

/// The open file.
pub(crate) struct Head {
    file: File,
}

impl Head {
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        let file = OpenOptions::new().create(true).truncate(true).read(true).write(true).open(path)?;
        Ok(Self { file })
    }

    /// Opens the file and reads its newest genuine slot.
    ///
    /// # Errors
    /// [`StoreError::Tampered`] if the file is missing or neither slot is genuine.
    pub(crate) fn open(path: &Path, key: &VaultKey) -> Result<(Self, Record), StoreError> {
        let mut file =
            OpenOptions::new().read(true).write(true).open(path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => StoreError::Tampered,
                _ => error.into(),
            })?;
        let mut newest: Option<Record> = None;
        for slot in 0..2 {
            if let Some(record) = read_slot(&mut file, slot, key)?
                && newest.is_none_or(|other| record.counter > other.counter)
            {
                newest = Some(record);
            }
        }
        Ok((Self { file }, newest.ok_or(StoreError::Tampered)?))
    }

    pub(crate) fn write(&mut self, record: &Record, key: &VaultKey) -> Result<(), StoreError> {
        let mut slot = [0; SLOT];
        slot[..8].copy_from_slice(&record.counter.to_be_bytes());
        slot[8..40].copy_from_slice(&record.audit.0);
        let tag = mac(key, LABEL, &slot[..40]);
        slot[40..].copy_from_slice(&tag);
        self.file.seek(SeekFrom::Start((record.counter % 2) * STRIDE))?;
        self.file.write_all(&slot)?;
        Ok(())
    }

    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        Ok(self.file.sync_all()?)
    }
}

fn read_slot(file: &mut File, slot: u64, key: &VaultKey) -> Result<Option<Record>, StoreError> {
    file.seek(SeekFrom::Start(slot * STRIDE))?;
    let mut bytes = [0; SLOT];
    match file.read_exact(&mut bytes) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    if !verify_mac(key, LABEL, &bytes[..40], &bytes[40..]) {
        return Ok(None);
    }
    let mut counter = [0; 8];
    counter.copy_from_slice(&bytes[..8]);
    let mut audit = [0; 32];
    audit.copy_from_slice(&bytes[8..40]);
    Ok(Some(Record { counter: u64::from_be_bytes(counter), audit: Digest(audit) }))
}
