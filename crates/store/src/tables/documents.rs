//! The documents of items, with what lists show of them, and the revisions that each stands on.

use abox_attest::Digest;
use abox_ids::{BatchId, ItemId};
use abox_model::document::{ItemDocument, WorkState};
use rusqlite::{Connection, Row, params};

use crate::StoreError;
use crate::codec::{bytes, count, id, uint, value};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE documents (
    batch BLOB NOT NULL REFERENCES batches ON DELETE CASCADE,
    item BLOB NOT NULL,
    position INTEGER NOT NULL,
    document BLOB NOT NULL,
    base BLOB NOT NULL,
    edits INTEGER NOT NULL,
    state TEXT NOT NULL,
    annotations INTEGER NOT NULL,
    open_comments INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    PRIMARY KEY (batch, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    batch BLOB NOT NULL,
    item BLOB NOT NULL,
    edits INTEGER NOT NULL,
    PRIMARY KEY (batch, item),
    FOREIGN KEY (batch, item) REFERENCES documents ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
"];

/// How far an item is, without the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredState {
    /// Being labelled.
    Open,
    /// Waiting for review.
    Submitted,
    /// Taken.
    Accepted,
    /// Sent back.
    Rejected,
}

impl StoredState {
    fn of(state: &WorkState) -> Self {
        match state {
            WorkState::Open => Self::Open,
            WorkState::Submitted => Self::Submitted,
            WorkState::Accepted => Self::Accepted,
            WorkState::Rejected { .. } => Self::Rejected,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    fn from_name(name: &str) -> Result<Self, StoreError> {
        [Self::Open, Self::Submitted, Self::Accepted, Self::Rejected]
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or(StoreError::Damaged)
    }
}

/// What lists show of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemRow {
    /// The item.
    pub item: ItemId,
    /// How far it is.
    pub state: StoredState,
    /// Objects and tags.
    pub annotations: u32,
    /// Remarks that are not dealt with.
    pub open_comments: u32,
    /// Conflicts that nobody decided.
    pub conflicts: u32,
    /// Whether it holds a change that the server does not have.
    pub waiting: bool,
}

/// A document with its place among revisions.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDocument {
    /// What was said about the item.
    pub document: ItemDocument,
    /// The revisions that it stands on, sorted; none before the first sync.
    pub base: Vec<Digest>,
    /// Counts the local changes of the document.
    pub edits: u64,
    /// Whether it holds a change that is in no revision yet.
    pub dirty: bool,
}

const EMPTY_BASE: &[Digest] = &[];

pub(crate) fn insert_empty(
    connection: &Connection,
    batch: BatchId,
    items: &[ItemId],
) -> Result<(), StoreError> {
    let document = bytes(&ItemDocument::default())?;
    let base = bytes(EMPTY_BASE)?;
    let mut statement =
        connection.prepare_cached("INSERT INTO documents VALUES (?1, ?2, ?3, ?4, ?5, 0, 'open', 0, 0, 0)")?;
    for (position, item) in items.iter().enumerate() {
        let position = i64::try_from(position).map_err(|_| StoreError::Unstorable)?;
        statement.execute(params![batch.as_bytes(), item.as_bytes(), position, document, base])?;
    }
    Ok(())
}

pub(crate) fn get(
    connection: &Connection,
    batch: BatchId,
    item: ItemId,
) -> Result<StoredDocument, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT document, base, edits,
                EXISTS (SELECT 1 FROM outbox o WHERE o.batch = d.batch AND o.item = d.item)
         FROM documents d WHERE batch = ?1 AND item = ?2",
    )?;
    let mut rows = statement.query(params![batch.as_bytes(), item.as_bytes()])?;
    let row = rows.next()?.ok_or(StoreError::NotFound)?;
    Ok(StoredDocument {
        document: value(&row.get::<_, Vec<u8>>(0)?)?,
        base: value(&row.get::<_, Vec<u8>>(1)?)?,
        edits: uint(row, 2)?,
        dirty: row.get(3)?,
    })
}

/// Replaces a document; its summary follows.
pub(crate) fn put(
    connection: &Connection,
    batch: BatchId,
    item: ItemId,
    document: &ItemDocument,
) -> Result<(), StoreError> {
    let number = |count: usize| i64::try_from(count).map_err(|_| StoreError::Unstorable);
    let rows = connection
        .prepare_cached(
            "UPDATE documents SET document = ?3, state = ?4, annotations = ?5, open_comments = ?6, conflicts = ?7
             WHERE batch = ?1 AND item = ?2",
        )?
        .execute(params![
            batch.as_bytes(),
            item.as_bytes(),
            bytes(document)?,
            StoredState::of(&document.state).name(),
            number(document.annotations.len())?,
            number(document.comments.iter().filter(|comment| !comment.resolved).count())?,
            number(document.conflicts.len())?,
        ])?;
    if rows == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Counts a local change and puts the item into the outbox.
pub(crate) fn mark_edited(connection: &Connection, batch: BatchId, item: ItemId) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE documents SET edits = edits + 1 WHERE batch = ?1 AND item = ?2")?
        .execute(params![batch.as_bytes(), item.as_bytes()])?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO outbox SELECT batch, item, edits FROM documents WHERE batch = ?1 AND item = ?2",
        )?
        .execute(params![batch.as_bytes(), item.as_bytes()])?;
    Ok(())
}

/// Takes the item out of the outbox if it has not been changed since `edits`.
pub(crate) fn clear_outbox(
    connection: &Connection,
    batch: BatchId,
    item: ItemId,
    edits: u64,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM outbox WHERE batch = ?1 AND item = ?2 AND edits <= ?3")?
        .execute(params![batch.as_bytes(), item.as_bytes(), crate::codec::int(edits)?])?;
    Ok(())
}

pub(crate) fn set_base(
    connection: &Connection,
    batch: BatchId,
    item: ItemId,
    base: &[Digest],
) -> Result<(), StoreError> {
    let rows = connection
        .prepare_cached("UPDATE documents SET base = ?3 WHERE batch = ?1 AND item = ?2")?
        .execute(params![batch.as_bytes(), item.as_bytes(), bytes(base)?])?;
    if rows == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

fn read(row: &Row<'_>) -> Result<ItemRow, StoreError> {
    Ok(ItemRow {
        item: id(row, 0)?,
        state: StoredState::from_name(row.get_ref(1)?.as_str().map_err(|_| StoreError::Damaged)?)?,
        annotations: count(row, 2)?,
        open_comments: count(row, 3)?,
        conflicts: count(row, 4)?,
        waiting: row.get(5)?,
    })
}

const SUMMARY: &str = "SELECT item, state, annotations, open_comments, conflicts,
       EXISTS (SELECT 1 FROM outbox o WHERE o.batch = d.batch AND o.item = d.item)
    OR EXISTS (SELECT 1 FROM revisions r WHERE r.batch = d.batch AND r.item = d.item AND r.envelope IS NOT NULL)
    FROM documents d WHERE batch = ?1";

/// The rows of a batch's items in their order.
pub(crate) fn list(connection: &Connection, batch: BatchId) -> Result<Vec<ItemRow>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{SUMMARY} ORDER BY position"))?;
    let mut rows = statement.query([batch.as_bytes()])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push(read(row)?);
    }
    Ok(list)
}

pub(crate) fn summary(connection: &Connection, batch: BatchId, item: ItemId) -> Result<ItemRow, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{SUMMARY} AND item = ?2"))?;
    let mut rows = statement.query(params![batch.as_bytes(), item.as_bytes()])?;
    rows.next()?.ok_or(StoreError::NotFound).and_then(read)
}

/// The items of a batch that wait in the outbox, in their order.
pub(crate) fn outbox(connection: &Connection, batch: BatchId) -> Result<Vec<ItemId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT d.item FROM documents d JOIN outbox o ON o.batch = d.batch AND o.item = d.item
         WHERE d.batch = ?1 ORDER BY d.position",
    )?;
    let mut rows = statement.query([batch.as_bytes()])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push(id(row, 0)?);
    }
    Ok(list)
}

/// How many items of all batches hold changes that the server does not have.
pub(crate) fn waiting(connection: &Connection) -> Result<u32, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM (SELECT batch, item FROM outbox
                               UNION SELECT batch, item FROM revisions WHERE envelope IS NOT NULL)",
    )?;
    let mut rows = statement.query([])?;
    rows.next()?.map_or(Ok(0), |row| count(row, 0))
}
