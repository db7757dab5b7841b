//! Batch keys as wrapped for devices: opaque bytes, opened by the vault.

use abox_ids::{BatchId, DeviceId};
use rusqlite::{Connection, params};

use crate::StoreError;
use crate::codec::int;

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE wraps (
    batch BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    device BLOB NOT NULL,
    wrap BLOB NOT NULL,
    PRIMARY KEY (batch, epoch, device)
) STRICT, WITHOUT ROWID;
"];

pub(crate) fn put(
    connection: &Connection,
    batch: BatchId,
    epoch: u64,
    device: DeviceId,
    wrap: &[u8],
) -> Result<(), StoreError> {
    connection.prepare_cached("INSERT OR REPLACE INTO wraps VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        batch.as_bytes(),
        int(epoch)?,
        device.as_bytes(),
        wrap
    ])?;
    Ok(())
}

pub(crate) fn get(
    connection: &Connection,
    batch: BatchId,
    epoch: u64,
    device: DeviceId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT wrap FROM wraps WHERE batch = ?1 AND epoch = ?2 AND device = ?3")?;
    let mut rows = statement.query(params![batch.as_bytes(), int(epoch)?, device.as_bytes()])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

pub(crate) fn delete_batch(connection: &Connection, batch: BatchId) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM wraps WHERE batch = ?1")?.execute([batch.as_bytes()])?;
    Ok(())
}
