//! What happened on this device, each row naming the digest of the one before. Rows are only ever added.

use abox_attest::Digest;
use abox_ids::{BatchId, ItemId};
use rusqlite::{Connection, Row, params};
use serde::Serialize;

use crate::StoreError;
use crate::codec::{bytes, digest, int, uint};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    what TEXT NOT NULL,
    batch BLOB,
    item BLOB,
    detail TEXT,
    previous BLOB NOT NULL,
    digest BLOB NOT NULL
) STRICT;
CREATE INDEX audit_of_batch ON audit (batch, sequence);
"];

/// Something to put on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEvent {
    /// Unix milliseconds.
    pub time: i64,
    /// A kebab-case word of this program, such as `edit`, `undo`, `export`.
    pub what: String,
    /// The batch it is about.
    pub batch: Option<BatchId>,
    /// The item it is about.
    pub item: Option<ItemId>,
    /// Identifiers, digests and counts. Never content, names or labels.
    pub detail: Option<String>,
}

/// A row of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// From 1 without gaps.
    pub sequence: u64,
    /// What happened.
    pub event: AuditEvent,
    /// The digest of the row before; zeros for the first.
    pub previous: Digest,
    /// The digest of this row.
    pub digest: Digest,
}

/// The end of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tail {
    pub(crate) sequence: u64,
    pub(crate) digest: Digest,
}

impl Tail {
    /// Before the first row.
    pub(crate) const START: Self = Self { sequence: 0, digest: Digest([0; 32]) };
}

fn digest_of(sequence: u64, event: &AuditEvent, previous: &Digest) -> Result<Digest, StoreError> {
    Ok(Digest::of(&bytes(&("abox/v1/audit", sequence, event, previous))?))
}

/// Adds a row after `tail`.
pub(crate) fn append(connection: &Connection, tail: Tail, event: &AuditEvent) -> Result<Tail, StoreError> {
    let sequence = tail.sequence + 1;
    let digest = digest_of(sequence, event, &tail.digest)?;
    connection.prepare_cached("INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(
        params![
            int(sequence)?,
            event.time,
            event.what,
            event.batch.as_ref().map(|id| id.as_bytes()),
            event.item.as_ref().map(|id| id.as_bytes()),
            event.detail,
            tail.digest.0,
            digest.0
        ],
    )?;
    Ok(Tail { sequence, digest })
}

/// The end of the chain as stored.
pub(crate) fn tail(connection: &Connection) -> Result<Tail, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT sequence, digest FROM audit ORDER BY sequence DESC LIMIT 1")?;
    let mut rows = statement.query([])?;
    match rows.next()? {
        Some(row) => Ok(Tail { sequence: uint(row, 0)?, digest: digest(row, 1)? }),
        None => Ok(Tail::START),
    }
}

/// Whether the chain goes through this digest. The start is on every chain.
pub(crate) fn has(connection: &Connection, digest: &Digest) -> Result<bool, StoreError> {
    if *digest == Tail::START.digest {
        return Ok(true);
    }
    Ok(connection.prepare("SELECT 1 FROM audit WHERE digest = ?1")?.exists([digest.0])?)
}

fn read(row: &Row<'_>) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        sequence: uint(row, 0)?,
        event: AuditEvent {
            time: row.get(1)?,
            what: row.get(2)?,
            batch: row.get::<_, Option<_>>(3)?.map(BatchId::from_bytes),
            item: row.get::<_, Option<_>>(4)?.map(ItemId::from_bytes),
            detail: row.get(5)?,
        },
        previous: digest(row, 6)?,
        digest: digest(row, 7)?,
    })
}

/// The rows after `after`, of one batch or of all, at most `limit`.
pub(crate) fn list(
    connection: &Connection,
    batch: Option<BatchId>,
    after: u64,
    limit: u32,
) -> Result<Vec<AuditRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT sequence, time, what, batch, item, detail, previous, digest FROM audit
         WHERE sequence > ?1 AND (?2 IS NULL OR batch = ?2) ORDER BY sequence LIMIT ?3",
    )?;
    let mut rows = statement.query(params![int(after)?, batch.as_ref().map(|id| id.as_bytes()), limit])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push(read(row)?);
    }
    Ok(list)
}

/// Recomputes the whole chain.
pub(crate) fn verify(connection: &Connection) -> Result<u64, StoreError> {
    let mut statement = connection.prepare(
        "SELECT sequence, time, what, batch, item, detail, previous, digest FROM audit ORDER BY sequence",
    )?;
    let mut rows = statement.query([])?;
    let mut tail = Tail::START;
    while let Some(row) = rows.next()? {
        let row = read(row)?;
        let fits = row.sequence == tail.sequence + 1
            && row.previous == tail.digest
            && row.digest == digest_of(row.sequence, &row.event, &row.previous)?;
        if !fits {
            return Err(StoreError::Tampered);
        }
        tail = Tail { sequence: row.sequence, digest: row.digest };
    }
    Ok(tail.sequence)
}
