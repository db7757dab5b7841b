//! Which objects a batch has and how much of each is stored.

use abox_attest::ObjectDigest;
use abox_ids::{BatchId, DeviceId, ObjectId};
use abox_protocol::wire::{
    BatchSummary, MAX_BATCH_OBJECTS, ObjectDeclaration, ObjectState, ObjectsDeclared, code,
};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::database::{Reader, Writer};
use crate::refusal::Refusal;

/// One object as the database knows it.
pub(crate) type ObjectRow = ObjectState;

fn object_row(row: &Row<'_>) -> rusqlite::Result<ObjectRow> {
    Ok(ObjectRow {
        object: ObjectId::from_bytes(row.get(0)?),
        length: row.get::<_, i64>(1)?.cast_unsigned(),
        digest: ObjectDigest(row.get(2)?),
        stored: row.get::<_, i64>(3)?.cast_unsigned(),
        complete: row.get(4)?,
    })
}

fn find(connection: &Connection, batch: BatchId, object: ObjectId) -> rusqlite::Result<Option<ObjectRow>> {
    connection
        .prepare_cached(
            "SELECT object, length, digest, stored, complete FROM objects WHERE batch = ?1 AND object = ?2",
        )?
        .query_row([batch.as_bytes(), object.as_bytes()], object_row)
        .optional()
}

impl Writer {
    /// Declares objects of a batch; the first declaration makes the batch the caller's.
    pub(crate) fn declare(
        &mut self,
        batch: BatchId,
        device: DeviceId,
        objects: &[ObjectDeclaration],
    ) -> Result<ObjectsDeclared, Refusal> {
        let (used, quota) = (self.used, self.quota);
        let transaction = self.transaction()?;
        transaction.execute(
            "INSERT INTO batches(batch, declared_by) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            [batch.as_bytes(), device.as_bytes()],
        )?;
        let mut added: u64 = 0;
        for declared in objects {
            match find(&transaction, batch, declared.object)? {
                Some(known) if known.length == declared.length && known.digest == declared.digest => {}
                Some(_) => {
                    return Err(Refusal::new(
                        StatusCode::CONFLICT,
                        code::OBJECT_DIFFERS,
                        "an object was declared before with another length or digest",
                    ));
                }
                None => {
                    added = added.saturating_add(declared.length);
                    transaction
                        .prepare_cached("INSERT INTO objects(batch, object, length, digest, stored, complete) VALUES (?1, ?2, ?3, ?4, 0, 0)")?
                        .execute(params![
                            batch.as_bytes(),
                            declared.object.as_bytes(),
                            declared.length.cast_signed(),
                            declared.digest.as_bytes()
                        ])?;
                }
            }
        }
        let counted = count(&transaction, batch)?;
        if counted.declared > MAX_BATCH_OBJECTS {
            return Err(Refusal::too_large());
        }
        let total = used.saturating_add(added);
        if added > 0 && quota.is_some_and(|quota| total > quota) {
            return Err(Refusal::storage_full());
        }
        transaction.commit()?;
        self.used = total;
        Ok(counted)
    }

    /// Records how much of an object is stored.
    pub(crate) fn record(
        &mut self,
        batch: BatchId,
        object: ObjectId,
        stored: u64,
        complete: bool,
    ) -> Result<(), Refusal> {
        let transaction = self.transaction()?;
        let changed = transaction
            .prepare_cached("UPDATE objects SET stored = ?3, complete = ?4 WHERE batch = ?1 AND object = ?2")?
            .execute(params![batch.as_bytes(), object.as_bytes(), stored.cast_signed(), complete])?;
        transaction.commit()?;
        // It may have been erased meanwhile.
        if changed == 1 { Ok(()) } else { Err(Refusal::not_found()) }
    }
}

fn count(connection: &Connection, batch: BatchId) -> rusqlite::Result<ObjectsDeclared> {
    connection.query_row(
        "SELECT count(*), coalesce(sum(complete), 0) FROM objects WHERE batch = ?1",
        [batch.as_bytes()],
        |row| {
            let (declared, complete) = (row.get::<_, i64>(0)?, row.get::<_, i64>(1)?);
            Ok(ObjectsDeclared { declared: declared.cast_unsigned(), complete: complete.cast_unsigned() })
        },
    )
}

impl Reader {
    /// The device that declared the batch first.
    pub(crate) fn declared_by(&self, batch: BatchId) -> Result<Option<DeviceId>, Refusal> {
        let found: Option<[u8; 16]> = self
            .connection
            .prepare_cached("SELECT declared_by FROM batches WHERE batch = ?1")?
            .query_row([batch.as_bytes()], |row| row.get(0))
            .optional()?;
        Ok(found.map(DeviceId::from_bytes))
    }

    /// The batches that a device declared.
    pub(crate) fn declared(&self, device: DeviceId) -> Result<Vec<BatchId>, Refusal> {
        let mut statement =
            self.connection.prepare_cached("SELECT batch FROM batches WHERE declared_by = ?1")?;
        let rows = statement.query_map([device.as_bytes()], |row| row.get::<_, [u8; 16]>(0))?;
        Ok(rows.map(|row| row.map(BatchId::from_bytes)).collect::<Result<_, _>>()?)
    }

    /// One object.
    pub(crate) fn object(&self, batch: BatchId, object: ObjectId) -> Result<Option<ObjectRow>, Refusal> {
        Ok(find(&self.connection, batch, object)?)
    }

    /// The states of at most `limit` objects after `after`.
    pub(crate) fn objects(
        &self,
        batch: BatchId,
        after: Option<ObjectId>,
        limit: usize,
    ) -> Result<Vec<ObjectRow>, Refusal> {
        let after = after.map(|object| object.as_bytes().to_vec()).unwrap_or_default();
        let mut statement = self.connection.prepare_cached(
            "SELECT object, length, digest, stored, complete FROM objects WHERE batch = ?1 AND object > ?2 ORDER BY object LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![batch.as_bytes(), after, limit], object_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Counts of a batch. `published` is the epoch and the digest of the manifest, from the log.
    pub(crate) fn summary(
        &self,
        batch: BatchId,
        published: Option<(u32, ObjectDigest)>,
        device: &[u8],
    ) -> Result<BatchSummary, Refusal> {
        let ObjectsDeclared { declared, complete } = count(&self.connection, batch)?;
        let key = batch.as_bytes();
        let bytes: i64 = self.connection.query_row(
            "SELECT coalesce(sum(length), 0) FROM objects WHERE batch = ?1",
            [key],
            |row| row.get(0),
        )?;
        let manifest: Option<[u8; 16]> = match published {
            None => None,
            Some((_, digest)) => self
                .connection
                .query_row(
                    "SELECT object FROM objects WHERE batch = ?1 AND digest = ?2 AND complete = 1 ORDER BY object LIMIT 1",
                    params![key, digest.as_bytes()],
                    |row| row.get(0),
                )
                .optional()?,
        };
        let wrap = self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM wraps WHERE batch = ?1 AND device = ?2 AND epoch = ?3)",
            params![key, device, published.map(|(epoch, _)| epoch)],
            |row| row.get(0),
        )?;
        Ok(BatchSummary {
            batch,
            epoch: published.map(|(epoch, _)| epoch),
            manifest: manifest.map(ObjectId::from_bytes),
            objects: declared,
            complete,
            bytes: bytes.cast_unsigned(),
            revisions: self.revision_count(batch)?,
            wrap,
        })
    }
}
