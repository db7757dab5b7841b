//! This device's gestures, item by item: what undo and redo walk through. Rows are never removed; the audit trail and
//! the undo stack are one and the same list.
//!
//! A gesture is `done`, `undone` (it can be done again), or `gone`: undone and then overtaken by a new gesture, or no
//! longer fitting after a merge.

use abox_ids::{BatchId, ItemId};
use abox_model::change::ChangeSet;
use rusqlite::{Connection, params};

use crate::StoreError;
use crate::codec::{bytes, count, uint, value};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE edits (
    edit INTEGER PRIMARY KEY AUTOINCREMENT,
    batch BLOB NOT NULL,
    item BLOB NOT NULL,
    time INTEGER NOT NULL,
    changes BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'gone')),
    FOREIGN KEY (batch, item) REFERENCES documents ON DELETE CASCADE
) STRICT;
CREATE INDEX edits_of_item ON edits (batch, item, state, edit);
"];

/// What can be undone and redone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct History {
    /// Gestures that can be undone.
    pub undo: u32,
    /// Gestures that can be done again.
    pub redo: u32,
}

/// A gesture.
pub(crate) struct Gesture {
    pub(crate) edit: u64,
    pub(crate) changes: ChangeSet,
}

pub(crate) fn push(
    connection: &Connection,
    batch: BatchId,
    item: ItemId,
    time: i64,
    changes: &ChangeSet,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE edits SET state = 'gone' WHERE batch = ?1 AND item = ?2 AND state = 'undone'",
        )?
        .execute(params![batch.as_bytes(), item.as_bytes()])?;
    connection
        .prepare_cached(
            "INSERT INTO edits (batch, item, time, changes, state) VALUES (?1, ?2, ?3, ?4, 'done')",
        )?
        .execute(params![batch.as_bytes(), item.as_bytes(), time, bytes(changes)?])?;
    Ok(())
}

/// The gesture that undo would take back, or redo would do again.
pub(crate) fn next(
    connection: &Connection,
    batch: BatchId,
    item: ItemId,
    redo: bool,
) -> Result<Gesture, StoreError> {
    let (state, order) = if redo { ("undone", "ASC") } else { ("done", "DESC") };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT edit, changes FROM edits WHERE batch = ?1 AND item = ?2 AND state = ?3 ORDER BY edit {order} LIMIT 1"
    ))?;
    let mut rows = statement.query(params![batch.as_bytes(), item.as_bytes(), state])?;
    let row = rows.next()?.ok_or(StoreError::NothingThere)?;
    Ok(Gesture { edit: uint(row, 0)?, changes: value(&row.get::<_, Vec<u8>>(1)?)? })
}

pub(crate) fn set_state(connection: &Connection, edit: u64, state: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE edits SET state = ?2 WHERE edit = ?1")?
        .execute(params![crate::codec::int(edit)?, state])?;
    Ok(())
}

pub(crate) fn history(connection: &Connection, batch: BatchId, item: ItemId) -> Result<History, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(state = 'done'), 0), coalesce(sum(state = 'undone'), 0)
         FROM edits WHERE batch = ?1 AND item = ?2",
    )?;
    let mut rows = statement.query(params![batch.as_bytes(), item.as_bytes()])?;
    let row = rows.next()?.ok_or(StoreError::Damaged)?;
    Ok(History { undo: count(row, 0)?, redo: count(row, 1)? })
}
