//! How far this device has read the server's list of revisions, batch by batch. It never goes back.

use abox_ids::BatchId;
use rusqlite::{Connection, params};

use crate::StoreError;
use crate::codec::{int, uint};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE cursors (
    batch BLOB PRIMARY KEY REFERENCES batches ON DELETE CASCADE,
    serial INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"];

pub(crate) fn get(connection: &Connection, batch: BatchId) -> Result<u64, StoreError> {
    let mut statement = connection.prepare_cached("SELECT serial FROM cursors WHERE batch = ?1")?;
    let mut rows = statement.query([batch.as_bytes()])?;
    rows.next()?.map_or(Ok(0), |row| uint(row, 0))
}

pub(crate) fn advance(connection: &Connection, batch: BatchId, serial: u64) -> Result<(), StoreError> {
    if serial < get(connection, batch)? {
        return Err(StoreError::NotNext);
    }
    connection
        .prepare_cached("INSERT OR REPLACE INTO cursors VALUES (?1, ?2)")?
        .execute(params![batch.as_bytes(), int(serial)?])?;
    Ok(())
}
