//! Wrapped batch keys: opaque bytes for one device each, or for the recovery key. The newest for each recipient is kept.

use abox_ids::{BatchId, DeviceId};
use abox_protocol::wire::Wrap;
use rusqlite::{OptionalExtension as _, params};

use super::database::{Reader, Writer};
use crate::refusal::Refusal;

fn recipient(device: Option<DeviceId>) -> Vec<u8> {
    device.map(|device| device.as_bytes().to_vec()).unwrap_or_default()
}

impl Writer {
    /// Stores wraps that the log was found to grant.
    pub(crate) fn store_wraps(&mut self, batch: BatchId, wraps: &[Wrap]) -> Result<(), Refusal> {
        let transaction = self.transaction()?;
        for wrap in wraps {
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO wraps(batch, device, epoch, bytes) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![batch.as_bytes(), recipient(wrap.device), wrap.epoch, wrap.bytes])?;
        }
        Ok(transaction.commit()?)
    }
}

impl Reader {
    /// The wrap for one recipient.
    pub(crate) fn wrap(&self, batch: BatchId, device: Option<DeviceId>) -> Result<Option<Wrap>, Refusal> {
        let found = self
            .connection
            .prepare_cached("SELECT epoch, bytes FROM wraps WHERE batch = ?1 AND device = ?2")?
            .query_row(params![batch.as_bytes(), recipient(device)], |row| {
                Ok(Wrap { device, epoch: row.get(0)?, bytes: row.get(1)? })
            })
            .optional()?;
        Ok(found)
    }
}
