//! The revisions of a batch, numbered as they came, each device's in one unbroken chain.

use abox_attest::{Digest, from_canonical, to_canonical};
use abox_ids::{BatchId, DeviceId};
use abox_protocol::wire::{
    ErrorDetail, MAX_REVISIONS_PAGE, MAX_REVISIONS_PAGE_BYTES, NumberedRevision, RevisionsPage,
    RevisionsPushed, code,
};
use abox_protocol::{RevisionEnvelope, RevisionHeader};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::database::{Reader, Writer};
use crate::refusal::Refusal;

fn count(connection: &Connection, batch: BatchId) -> rusqlite::Result<u64> {
    let last: i64 = connection
        .prepare_cached("SELECT coalesce(max(serial), 0) FROM revisions WHERE batch = ?1")?
        .query_row([batch.as_bytes()], |row| row.get(0))?;
    Ok(last.cast_unsigned())
}

/// The next sequence of a device in a batch, and the digest that its next revision has to name.
fn chain_end(
    connection: &Connection,
    batch: BatchId,
    device: DeviceId,
) -> rusqlite::Result<(u64, Option<Digest>)> {
    let last: Option<(i64, [u8; 32])> = connection
        .prepare_cached("SELECT sequence, digest FROM revisions WHERE batch = ?1 AND device = ?2 ORDER BY sequence DESC LIMIT 1")?
        .query_row([batch.as_bytes(), device.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(last.map_or((0, None), |(sequence, digest)| (sequence.cast_unsigned() + 1, Some(Digest(digest)))))
}

fn broken_chain(next: u64) -> Refusal {
    Refusal::new(
        StatusCode::CONFLICT,
        code::REVISION_CHAIN,
        "the revision does not continue what the server has from this device",
    )
    .with(ErrorDetail::NextSequence(next))
}

impl Writer {
    /// Takes verified revisions of one device, all or none. One that is there already keeps its serial.
    pub(crate) fn push(
        &mut self,
        batch: BatchId,
        device: DeviceId,
        revisions: &[(RevisionHeader, RevisionEnvelope)],
    ) -> Result<RevisionsPushed, Refusal> {
        let bytes = revisions.iter().map(|(header, _)| header.sealed_length).sum();
        let used = self.room_for(bytes);
        let before = self.used;
        let transaction = self.transaction()?;
        let (mut next, mut end) = chain_end(&transaction, batch, device)?;
        let mut total = count(&transaction, batch)?;
        let mut serials = Vec::with_capacity(revisions.len());
        let mut added = 0;
        for (header, envelope) in revisions {
            let digest = envelope.digest();
            if header.sequence < next {
                let known: Option<(i64, [u8; 32])> = transaction
                    .prepare_cached("SELECT serial, digest FROM revisions WHERE batch = ?1 AND device = ?2 AND sequence = ?3")?
                    .query_row(
                        params![batch.as_bytes(), device.as_bytes(), header.sequence.cast_signed()],
                        |row| Ok((row.get(0)?, row.get(1)?)),
                    )
                    .optional()?;
                match known {
                    Some((serial, known)) if Digest(known) == digest => {
                        serials.push(serial.cast_unsigned());
                        continue;
                    }
                    _ => return Err(broken_chain(next)),
                }
            }
            if header.sequence != next || header.previous != end {
                return Err(broken_chain(next));
            }
            total += 1;
            let encoded = to_canonical(envelope).map_err(|_| Refusal::internal())?;
            transaction
                .prepare_cached("INSERT INTO revisions(batch, serial, device, sequence, digest, length, envelope) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                .execute(params![
                    batch.as_bytes(),
                    total.cast_signed(),
                    device.as_bytes(),
                    next.cast_signed(),
                    digest.as_bytes(),
                    header.sealed_length.cast_signed(),
                    encoded
                ])?;
            serials.push(total);
            added += header.sealed_length;
            (next, end) = (next + 1, Some(digest));
        }
        if added > 0 {
            used?;
        }
        transaction.commit()?;
        self.used = before + added;
        Ok(RevisionsPushed { serials, total })
    }
}

impl Reader {
    /// How many revisions a batch has.
    pub(crate) fn revision_count(&self, batch: BatchId) -> Result<u64, Refusal> {
        Ok(count(&self.connection, batch)?)
    }

    /// Revisions after a serial, bounded in number and bytes, at least one if there is one.
    pub(crate) fn revisions(
        &self,
        batch: BatchId,
        after: u64,
        limit: usize,
    ) -> Result<RevisionsPage, Refusal> {
        let limit = limit.clamp(1, MAX_REVISIONS_PAGE);
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(
            "SELECT serial, length(envelope), envelope FROM revisions WHERE batch = ?1 AND serial > ?2 ORDER BY serial",
        )?;
        let mut rows = statement.query(params![batch.as_bytes(), after])?;
        let mut revisions = Vec::new();
        let mut bytes = 0;
        while revisions.len() < limit
            && let Some(row) = rows.next()?
        {
            bytes += usize::try_from(row.get::<_, i64>(1)?).unwrap_or(usize::MAX);
            if bytes > MAX_REVISIONS_PAGE_BYTES && !revisions.is_empty() {
                break;
            }
            let encoded = row.get_ref(2)?.as_blob().map_err(|_| Refusal::internal())?;
            let envelope: RevisionEnvelope = from_canonical(encoded).map_err(|_| Refusal::internal())?;
            revisions.push(NumberedRevision { serial: row.get::<_, i64>(0)?.cast_unsigned(), envelope });
        }
        Ok(RevisionsPage { revisions, total: count(&self.connection, batch)? })
    }
}
