//! Sealed objects of batches and how much of each is on this device. The ciphertext itself is in files.

use abox_ids::{BatchId, ItemId, ObjectId};
use rusqlite::{Connection, Row, params};

use crate::StoreError;
use crate::codec::{count, id, int, uint};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE objects (
    object BLOB PRIMARY KEY,
    batch BLOB NOT NULL REFERENCES batches ON DELETE CASCADE,
    item BLOB,
    role TEXT NOT NULL,
    sealed_length INTEGER NOT NULL,
    stored_length INTEGER NOT NULL,
    complete INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX objects_of_batch ON objects (batch, item);
"];

/// What an object holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredRole {
    /// The batch's manifest.
    Manifest,
    /// The file of an item.
    Media,
    /// The small picture of an item.
    Preview,
}

impl StoredRole {
    const fn name(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Media => "media",
            Self::Preview => "preview",
        }
    }

    fn from_name(name: &str) -> Result<Self, StoreError> {
        [Self::Manifest, Self::Media, Self::Preview]
            .into_iter()
            .find(|role| role.name() == name)
            .ok_or(StoreError::Damaged)
    }
}

/// A sealed object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRow {
    /// The object.
    pub object: ObjectId,
    /// The batch it belongs to.
    pub batch: BatchId,
    /// The item it belongs to; none for manifests.
    pub item: Option<ItemId>,
    /// What it holds.
    pub role: StoredRole,
    /// Bytes when complete.
    pub sealed_length: u64,
    /// Bytes that are in the file on this device.
    pub stored_length: u64,
    /// Whether all of it is here and its digest was found right.
    pub complete: bool,
}

fn read(row: &Row<'_>) -> Result<ObjectRow, StoreError> {
    Ok(ObjectRow {
        object: id(row, 0)?,
        batch: id(row, 1)?,
        item: row.get::<_, Option<_>>(2)?.map(ItemId::from_bytes),
        role: StoredRole::from_name(row.get_ref(3)?.as_str().map_err(|_| StoreError::Damaged)?)?,
        sealed_length: uint(row, 4)?,
        stored_length: uint(row, 5)?,
        complete: row.get(6)?,
    })
}

const COLUMNS: &str = "object, batch, item, role, sealed_length, stored_length, complete";

pub(crate) fn put(connection: &Connection, row: &ObjectRow) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO objects VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (object) DO UPDATE
             SET stored_length = excluded.stored_length, complete = excluded.complete",
        )?
        .execute(params![
            row.object.as_bytes(),
            row.batch.as_bytes(),
            row.item.as_ref().map(|id| id.as_bytes()),
            row.role.name(),
            int(row.sealed_length)?,
            int(row.stored_length)?,
            row.complete
        ])?;
    Ok(())
}

pub(crate) fn progress(
    connection: &Connection,
    object: ObjectId,
    stored_length: u64,
    complete: bool,
) -> Result<(), StoreError> {
    let rows = connection
        .prepare_cached("UPDATE objects SET stored_length = ?2, complete = ?3 WHERE object = ?1")?
        .execute(params![object.as_bytes(), int(stored_length)?, complete])?;
    if rows == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

pub(crate) fn list(connection: &Connection, batch: BatchId) -> Result<Vec<ObjectRow>, StoreError> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM objects WHERE batch = ?1 ORDER BY item, object"))?;
    let mut rows = statement.query([batch.as_bytes()])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push(read(row)?);
    }
    Ok(list)
}

/// How much of a batch's objects is on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectTotals {
    /// Bytes of all objects.
    pub bytes: u64,
    /// Bytes that are here.
    pub bytes_here: u64,
    /// Items whose file is here, whole.
    pub items_here: u32,
}

pub(crate) fn totals(connection: &Connection, batch: BatchId) -> Result<ObjectTotals, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(sealed_length), 0),
                coalesce(sum(CASE WHEN complete THEN sealed_length ELSE stored_length END), 0),
                coalesce(sum(complete AND role = 'media'), 0)
         FROM objects WHERE batch = ?1",
    )?;
    let mut rows = statement.query([batch.as_bytes()])?;
    let row = rows.next()?.ok_or(StoreError::Damaged)?;
    Ok(ObjectTotals { bytes: uint(row, 0)?, bytes_here: uint(row, 1)?, items_here: count(row, 2)? })
}
