//! What goes on record: words of this program, identifiers and counts, never content.

use abox_ids::BatchId;
use abox_store::AuditEvent;

use crate::clock;

/// Something that happened to a whole batch.
pub(crate) fn event(what: &str, batch: BatchId) -> AuditEvent {
    AuditEvent { time: clock::now(), what: what.to_owned(), batch: Some(batch), item: None, detail: None }
}

/// The same with counts.
pub(crate) fn counted(what: &str, batch: BatchId, detail: String) -> AuditEvent {
    AuditEvent { detail: Some(detail), ..event(what, batch) }
}
