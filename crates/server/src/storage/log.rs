//! The organisation log in the database: the signed entries and the root key, nothing derived.

use abox_attest::{Signed, VerifyingKey, from_canonical, to_canonical};
use abox_ids::BatchId;
use abox_protocol::{Action, LogEntry, Organisation};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::database::{Reader, Writer};
use crate::error::ServerError;
use crate::refusal::Refusal;

impl Reader {
    /// Replays the stored log. None when no organisation was founded yet.
    pub(crate) fn organisation(&self) -> Result<Option<Organisation>, ServerError> {
        let root: Option<[u8; 32]> =
            self.connection.query_row("SELECT key FROM root", [], |row| row.get(0)).optional()?;
        let Some(root) = root.map(VerifyingKey) else { return Ok(None) };
        let mut statement = self.connection.prepare("SELECT entry FROM log ORDER BY sequence")?;
        let mut rows = statement.query([])?;
        let mut organisation: Option<Organisation> = None;
        while let Some(row) = rows.next()? {
            let entry: Signed<LogEntry> =
                from_canonical(row.get_ref(0)?.as_blob().map_err(|_| ServerError::Damaged)?)
                    .map_err(|error| ServerError::Log(error.into()))?;
            match &mut organisation {
                None => organisation = Some(Organisation::found(&entry, &root).map_err(ServerError::Log)?),
                Some(organisation) => organisation.apply(&entry).map_err(ServerError::Log)?,
            }
        }
        organisation.ok_or(ServerError::Damaged).map(Some)
    }
}

impl Writer {
    /// Stores the first entries and the root key that they begin with.
    pub(crate) fn found(&mut self, organisation: &Organisation) -> Result<(), Refusal> {
        let transaction = self.transaction()?;
        transaction.execute("INSERT INTO root(one, key) VALUES (1, ?1)", [organisation.root().as_bytes()])?;
        insert(&transaction, organisation, 0)?;
        Ok(transaction.commit()?)
    }

    /// Stores the entries from sequence `from` on, and lets go of what they erase.
    pub(crate) fn append(
        &mut self,
        organisation: &Organisation,
        from: usize,
        erased: &[BatchId],
    ) -> Result<(), Refusal> {
        let transaction = self.transaction()?;
        insert(&transaction, organisation, from)?;
        let mut freed = 0;
        for batch in erased {
            freed += forget(&transaction, *batch)?;
        }
        transaction.commit()?;
        self.used = self.used.saturating_sub(freed);
        Ok(())
    }
}

/// The batches that these entries erase.
pub(crate) fn erasures(entries: &[Signed<LogEntry>]) -> Vec<BatchId> {
    let claims = entries.iter().filter_map(|entry| entry.claim().ok());
    claims
        .filter_map(|entry| match entry.action {
            Action::BatchErased { batch } => Some(batch),
            _ => None,
        })
        .collect()
}

fn insert(transaction: &Transaction<'_>, organisation: &Organisation, from: usize) -> Result<(), Refusal> {
    let mut statement = transaction.prepare("INSERT INTO log(sequence, entry) VALUES (?1, ?2)")?;
    for (sequence, entry) in organisation.entries().iter().enumerate().skip(from) {
        let bytes = to_canonical(entry.as_ref()).map_err(|_| Refusal::internal())?;
        let sequence = i64::try_from(sequence).map_err(|_| Refusal::internal())?;
        statement.execute(params![sequence, bytes])?;
    }
    Ok(())
}

fn forget(transaction: &Transaction<'_>, batch: BatchId) -> Result<u64, Refusal> {
    let key = batch.as_bytes();
    let freed: i64 = transaction.query_row(
        "SELECT (SELECT coalesce(sum(length), 0) FROM objects WHERE batch = ?1) + (SELECT coalesce(sum(length), 0) FROM revisions WHERE batch = ?1)",
        [key],
        |row| row.get(0),
    )?;
    for table in ["objects", "revisions", "wraps", "batches"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE batch = ?1"), [key])?;
    }
    Ok(freed.cast_unsigned())
}
