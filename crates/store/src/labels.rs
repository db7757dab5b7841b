//! Documents and edits: saving a gesture, undo and redo.

use abox_ids::{BatchId, ItemId};
use abox_model::change::ChangeSet;
use abox_model::document::ItemDocument;

use crate::tables::audit::AuditEvent;
use crate::tables::{documents, edits};
use crate::{History, ItemRow, Store, StoreError, StoredDocument};

/// A saved edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// The document before.
    pub before: ItemDocument,
    /// The document now.
    pub after: ItemDocument,
}

#[derive(Clone, Copy)]
enum Step {
    Undo,
    Redo,
}

impl Store {
    /// The document of an item.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Damaged`] for a document that does not decode, which is never shown as
    /// an empty one.
    pub fn document(&self, batch: BatchId, item: ItemId) -> Result<StoredDocument, StoreError> {
        documents::get(&self.connection, batch, item)
    }

    /// What lists show of a batch's items, in their order.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn items(&self, batch: BatchId) -> Result<Vec<ItemRow>, StoreError> {
        documents::list(&self.connection, batch)
    }

    /// What lists show of one item.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn item(&self, batch: BatchId, item: ItemId) -> Result<ItemRow, StoreError> {
        documents::summary(&self.connection, batch, item)
    }

    /// How many items of all batches hold changes that the server does not have.
    ///
    /// # Errors
    /// The database's.
    pub fn waiting(&self) -> Result<u32, StoreError> {
        documents::waiting(&self.connection)
    }

    /// What can be undone and redone on an item.
    ///
    /// # Errors
    /// The database's.
    pub fn history(&self, batch: BatchId, item: ItemId) -> Result<History, StoreError> {
        edits::history(&self.connection, batch, item)
    }

    /// Saves a gesture: the document, the step of undo, the outbox and the record, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if the document is not what the gesture started from, [`StoreError::DiskFull`]. Nothing
    /// was changed then.
    pub fn edit(
        &mut self,
        batch: BatchId,
        item: ItemId,
        changes: &ChangeSet,
        time: i64,
        what: &str,
    ) -> Result<Edited, StoreError> {
        let before = self.document(batch, item)?.document;
        let mut after = before.clone();
        after.apply(changes).map_err(|_| StoreError::Stale)?;
        let event = event(time, what, batch, item, changes);
        self.write(&[event], |transaction| {
            documents::put(transaction, batch, item, &after)?;
            documents::mark_edited(transaction, batch, item)?;
            edits::push(transaction, batch, item, time, changes)
        })?;
        Ok(Edited { before, after })
    }

    /// Takes back this device's newest gesture on an item.
    ///
    /// # Errors
    /// [`StoreError::NothingThere`]; [`StoreError::Stale`] if others have changed since what the gesture changed: then
    /// it is dropped from what can be undone, and nothing else happens.
    pub fn undo(&mut self, batch: BatchId, item: ItemId, time: i64) -> Result<Edited, StoreError> {
        self.step(batch, item, time, Step::Undo)
    }

    /// Does again what was undone last on an item.
    ///
    /// # Errors
    /// As [`Store::undo`].
    pub fn redo(&mut self, batch: BatchId, item: ItemId, time: i64) -> Result<Edited, StoreError> {
        self.step(batch, item, time, Step::Redo)
    }

    fn step(&mut self, batch: BatchId, item: ItemId, time: i64, step: Step) -> Result<Edited, StoreError> {
        let gesture = edits::next(&self.connection, batch, item, matches!(step, Step::Redo))?;
        let (what, new_state, changes) = match step {
            Step::Undo => ("undo", "undone", gesture.changes.inverse()),
            Step::Redo => ("redo", "done", gesture.changes),
        };
        let before = self.document(batch, item)?.document;
        let mut after = before.clone();
        if after.apply(&changes).is_err() {
            let event = event(time, "undo-dropped", batch, item, &changes);
            self.write(&[event], |transaction| edits::set_state(transaction, gesture.edit, "gone"))?;
            return Err(StoreError::Stale);
        }
        let event = event(time, what, batch, item, &changes);
        self.write(&[event], |transaction| {
            documents::put(transaction, batch, item, &after)?;
            documents::mark_edited(transaction, batch, item)?;
            edits::set_state(transaction, gesture.edit, new_state)
        })?;
        Ok(Edited { before, after })
    }
}

/// Only counts go on record, no values.
fn event(time: i64, what: &str, batch: BatchId, item: ItemId, changes: &ChangeSet) -> AuditEvent {
    AuditEvent {
        time,
        what: what.to_owned(),
        batch: Some(batch),
        item: Some(item),
        detail: Some(format!("{} changes", changes.changes.len())),
    }
}
