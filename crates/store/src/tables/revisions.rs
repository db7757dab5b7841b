//! Revisions of items, this device's and others', and the chain of revisions of each device. A row with an envelope
//! has not been taken by the server yet.

use abox_attest::Digest;
use abox_ids::{BatchId, DeviceId, ItemId, MemberId};
use abox_model::document::ItemDocument;
use rusqlite::{Connection, Row, params};

use crate::StoreError;
use crate::codec::{bytes, digest, id, int, uint, value};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE revisions (
    revision BLOB PRIMARY KEY,
    batch BLOB NOT NULL,
    item BLOB NOT NULL,
    device BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    author BLOB NOT NULL,
    parents BLOB NOT NULL,
    document BLOB NOT NULL,
    envelope BLOB,
    UNIQUE (batch, device, sequence),
    FOREIGN KEY (batch, item) REFERENCES documents ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX revisions_of_item ON revisions (batch, item);
CREATE INDEX revisions_to_send ON revisions (batch, sequence) WHERE envelope IS NOT NULL;
CREATE TABLE device_chains (
    batch BLOB NOT NULL REFERENCES batches ON DELETE CASCADE,
    device BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (batch, device)
) STRICT, WITHOUT ROWID;
"];

/// A verified revision.
#[derive(Debug, Clone, PartialEq)]
pub struct RevisionRow {
    /// The digest of its header.
    pub revision: Digest,
    /// Its batch.
    pub batch: BatchId,
    /// Its item.
    pub item: ItemId,
    /// The device that made it.
    pub device: DeviceId,
    /// Its place in the device's chain in this batch, from 0.
    pub sequence: u64,
    /// Whose device.
    pub author: MemberId,
    /// What it was made from.
    pub parents: Vec<Digest>,
    /// The document as it says it is.
    pub document: ItemDocument,
    /// Canonical bytes of the envelope while the server does not have it.
    pub envelope: Option<Vec<u8>>,
}

/// The end of a device's chain in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainRow {
    /// The sequence of its newest revision.
    pub sequence: u64,
    /// The digest of that revision.
    pub digest: Digest,
}

/// Adds the next revision of a device's chain.
pub(crate) fn insert(connection: &Connection, row: &RevisionRow) -> Result<(), StoreError> {
    let next = chain(connection, row.batch, row.device)?.map_or(0, |end| end.sequence + 1);
    if row.sequence != next {
        return Err(StoreError::NotNext);
    }
    connection.prepare_cached("INSERT INTO revisions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?.execute(
        params![
            row.revision.0,
            row.batch.as_bytes(),
            row.item.as_bytes(),
            row.device.as_bytes(),
            int(row.sequence)?,
            row.author.as_bytes(),
            bytes(&row.parents)?,
            bytes(&row.document)?,
            row.envelope,
        ],
    )?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO device_chains VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![row.batch.as_bytes(), row.device.as_bytes(), int(row.sequence)?, row.revision.0])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<RevisionRow, StoreError> {
    Ok(RevisionRow {
        revision: digest(row, 0)?,
        batch: id(row, 1)?,
        item: id(row, 2)?,
        device: id(row, 3)?,
        sequence: uint(row, 4)?,
        author: id(row, 5)?,
        parents: value(&row.get::<_, Vec<u8>>(6)?)?,
        document: value(&row.get::<_, Vec<u8>>(7)?)?,
        envelope: row.get(8)?,
    })
}

/// All revisions of an item.
pub(crate) fn of_item(
    connection: &Connection,
    batch: BatchId,
    item: ItemId,
) -> Result<Vec<RevisionRow>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT * FROM revisions WHERE batch = ?1 AND item = ?2 ORDER BY revision")?;
    let mut rows = statement.query(params![batch.as_bytes(), item.as_bytes()])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push(read(row)?);
    }
    Ok(list)
}

/// Whether a revision is here.
pub(crate) fn has(connection: &Connection, revision: &Digest) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM revisions WHERE revision = ?1")?;
    Ok(statement.exists([revision.0])?)
}

/// The envelopes of this device that the server does not have, in the order of its chain, at most `limit`.
pub(crate) fn unsent(
    connection: &Connection,
    batch: BatchId,
    limit: u32,
) -> Result<Vec<(Digest, Vec<u8>)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT revision, envelope FROM revisions WHERE batch = ?1 AND envelope IS NOT NULL ORDER BY sequence LIMIT ?2",
    )?;
    let mut rows = statement.query(params![batch.as_bytes(), limit])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push((digest(row, 0)?, row.get(1)?));
    }
    Ok(list)
}

/// The server has these now.
pub(crate) fn mark_sent(connection: &Connection, revisions: &[Digest]) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare_cached("UPDATE revisions SET envelope = NULL WHERE revision = ?1")?;
    for revision in revisions {
        statement.execute([revision.0])?;
    }
    Ok(())
}

pub(crate) fn chain(
    connection: &Connection,
    batch: BatchId,
    device: DeviceId,
) -> Result<Option<ChainRow>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT sequence, digest FROM device_chains WHERE batch = ?1 AND device = ?2")?;
    let mut rows = statement.query(params![batch.as_bytes(), device.as_bytes()])?;
    rows.next()?.map(|row| Ok(ChainRow { sequence: uint(row, 0)?, digest: digest(row, 1)? })).transpose()
}
