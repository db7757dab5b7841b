//! The organisation log as it was verified: canonical bytes of its signed entries, without gaps, never replaced.

use abox_attest::Digest;
use rusqlite::{Connection, params};

use crate::StoreError;
use crate::codec::{digest, int, uint};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE log_entries (
    sequence INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    entry BLOB NOT NULL
) STRICT;
"];

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Its place; the first entry's own sequence is where the log starts.
    pub sequence: u64,
    /// Its name in the chain.
    pub digest: Digest,
    /// Canonical bytes of the signed entry.
    pub entry: Vec<u8>,
}

/// The newest entry's place and digest.
pub(crate) fn head(connection: &Connection) -> Result<Option<(u64, Digest)>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT sequence, digest FROM log_entries ORDER BY sequence DESC LIMIT 1")?;
    let mut rows = statement.query([])?;
    rows.next()?.map(|row| Ok((uint(row, 0)?, digest(row, 1)?))).transpose()
}

/// Adds the next entry.
pub(crate) fn append(connection: &Connection, row: &LogRow) -> Result<(), StoreError> {
    if head(connection)?.is_some_and(|(sequence, _)| sequence + 1 != row.sequence) {
        return Err(StoreError::NotNext);
    }
    connection.prepare_cached("INSERT INTO log_entries VALUES (?1, ?2, ?3)")?.execute(params![
        int(row.sequence)?,
        row.digest.0,
        row.entry
    ])?;
    Ok(())
}

/// All entries in order.
pub(crate) fn list(connection: &Connection) -> Result<Vec<LogRow>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT sequence, digest, entry FROM log_entries ORDER BY sequence")?;
    let mut rows = statement.query([])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push(LogRow { sequence: uint(row, 0)?, digest: digest(row, 1)?, entry: row.get(2)? });
    }
    Ok(list)
}
