//! Batches: the verified manifest and where the batch stands on this device. Its items are in `documents`.

use abox_ids::{BatchId, ProjectId};
use rusqlite::{Connection, Row, params};

use crate::StoreError;
use crate::codec::{id, int, uint};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE batches (
    batch BLOB PRIMARY KEY,
    project BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    manifest BLOB NOT NULL,
    published INTEGER NOT NULL,
    created INTEGER NOT NULL,
    last_item BLOB,
    synced INTEGER
) STRICT, WITHOUT ROWID;
"];

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// The batch.
    pub batch: BatchId,
    /// Its project.
    pub project: ProjectId,
    /// The epoch of its key.
    pub epoch: u64,
    /// Canonical bytes of the signed manifest, as they were verified.
    pub manifest: Vec<u8>,
    /// Whether the organisation log has it; false between sealing and pushing.
    pub published: bool,
    /// When it was sealed, in Unix milliseconds.
    pub created: i64,
    /// The item that was open last.
    pub last_item: Option<abox_ids::ItemId>,
    /// When it was last in step with the server, in Unix milliseconds.
    pub synced: Option<i64>,
}

const COLUMNS: &str = "batch, project, epoch, manifest, published, created, last_item, synced";

fn read(row: &Row<'_>) -> Result<BatchRow, StoreError> {
    Ok(BatchRow {
        batch: id(row, 0)?,
        project: id(row, 1)?,
        epoch: uint(row, 2)?,
        manifest: row.get(3)?,
        published: row.get(4)?,
        created: row.get(5)?,
        last_item: row.get::<_, Option<_>>(6)?.map(abox_ids::ItemId::from_bytes),
        synced: row.get(7)?,
    })
}

pub(crate) fn insert(connection: &Connection, row: &BatchRow) -> Result<(), StoreError> {
    let rows = connection
        .prepare_cached("INSERT OR IGNORE INTO batches VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute(params![
            row.batch.as_bytes(),
            row.project.as_bytes(),
            int(row.epoch)?,
            row.manifest,
            row.published,
            row.created,
            row.last_item.as_ref().map(|id| id.as_bytes()),
            row.synced
        ])?;
    if rows == 1 { Ok(()) } else { Err(StoreError::Exists) }
}

pub(crate) fn list(connection: &Connection) -> Result<Vec<BatchRow>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM batches ORDER BY created, batch"))?;
    let mut rows = statement.query([])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push(read(row)?);
    }
    Ok(list)
}

pub(crate) fn get(connection: &Connection, batch: BatchId) -> Result<BatchRow, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM batches WHERE batch = ?1"))?;
    let mut rows = statement.query([batch.as_bytes()])?;
    rows.next()?.ok_or(StoreError::NotFound).and_then(read)
}

/// What may change about a batch.
pub(crate) enum Change {
    Published(bool),
    LastItem(Option<abox_ids::ItemId>),
    Synced(i64),
}

pub(crate) fn change(connection: &Connection, batch: BatchId, change: &Change) -> Result<(), StoreError> {
    let rows = match change {
        Change::Published(published) => connection
            .prepare_cached("UPDATE batches SET published = ?2 WHERE batch = ?1")?
            .execute(params![batch.as_bytes(), published]),
        Change::LastItem(item) => connection
            .prepare_cached("UPDATE batches SET last_item = ?2 WHERE batch = ?1")?
            .execute(params![batch.as_bytes(), item.as_ref().map(|id| id.as_bytes())]),
        Change::Synced(time) => connection
            .prepare_cached("UPDATE batches SET synced = ?2 WHERE batch = ?1")?
            .execute(params![batch.as_bytes(), time]),
    }?;
    if rows == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Forgets a batch; everything that hangs on it goes with it.
pub(crate) fn delete(connection: &Connection, batch: BatchId) -> Result<(), StoreError> {
    let rows =
        connection.prepare_cached("DELETE FROM batches WHERE batch = ?1")?.execute([batch.as_bytes()])?;
    if rows == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}
