//! Exchanging revisions: what came, what goes, and where the documents stand after it.

use abox_attest::Digest;
use abox_ids::{BatchId, DeviceId, ItemId};
use abox_model::document::ItemDocument;

use crate::tables::{batches, cursors, documents, revisions};
use crate::{ChainRow, RevisionRow, Store, StoreError};

impl Store {
    /// How far the server's list of a batch's revisions has been read.
    ///
    /// # Errors
    /// The database's.
    pub fn cursor(&self, batch: BatchId) -> Result<u64, StoreError> {
        cursors::get(&self.connection, batch)
    }

    /// The end of a device's chain in a batch, as far as it was seen.
    ///
    /// # Errors
    /// The database's.
    pub fn chain(&self, batch: BatchId, device: DeviceId) -> Result<Option<ChainRow>, StoreError> {
        revisions::chain(&self.connection, batch, device)
    }

    /// Whether a revision is here.
    ///
    /// # Errors
    /// The database's.
    pub fn has_revision(&self, revision: &Digest) -> Result<bool, StoreError> {
        revisions::has(&self.connection, revision)
    }

    /// All revisions of an item that are here.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn revisions(&self, batch: BatchId, item: ItemId) -> Result<Vec<RevisionRow>, StoreError> {
        revisions::of_item(&self.connection, batch, item)
    }

    /// The items of a batch with changes that are in no revision yet.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox(&self, batch: BatchId) -> Result<Vec<ItemId>, StoreError> {
        documents::outbox(&self.connection, batch)
    }

    /// Takes in a page of verified revisions of other devices, those of its own that the server has now, and the cursor.
    ///
    /// # Errors
    /// [`StoreError::NotNext`] if the cursor would go back or a revision is not the next of its device's chain; nothing
    /// was changed then.
    pub fn receive(
        &mut self,
        batch: BatchId,
        new: &[RevisionRow],
        confirmed: &[Digest],
        cursor: u64,
    ) -> Result<(), StoreError> {
        self.write(&[], |transaction| {
            for row in new {
                revisions::insert(transaction, row)?;
            }
            revisions::mark_sent(transaction, confirmed)?;
            cursors::advance(transaction, batch, cursor)
        })
    }

    /// Keeps a revision that this device made of an item, to be sent. The item leaves the outbox unless it was changed
    /// after `edits`; its document becomes `document` and stands on this revision.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if the document was changed since `edits`, [`StoreError::NotNext`] if the revision is not the
    /// next of this device's chain; nothing was changed then.
    pub fn keep_own_revision(&mut self, row: &RevisionRow, edits: u64) -> Result<(), StoreError> {
        if self.document(row.batch, row.item)?.edits != edits {
            return Err(StoreError::Stale);
        }
        self.write(&[], |transaction| {
            revisions::insert(transaction, row)?;
            documents::put(transaction, row.batch, row.item, &row.document)?;
            documents::set_base(transaction, row.batch, row.item, &[row.revision])?;
            documents::clear_outbox(transaction, row.batch, row.item, edits)
        })
    }

    /// Moves an item without local changes to the document of others' revisions.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if the document was changed since `edits`; nothing was changed then.
    pub fn fast_forward(
        &mut self,
        batch: BatchId,
        item: ItemId,
        document: &ItemDocument,
        base: &[Digest],
        edits: u64,
    ) -> Result<(), StoreError> {
        let stored = self.document(batch, item)?;
        if stored.edits != edits || stored.dirty {
            return Err(StoreError::Stale);
        }
        self.write(&[], |transaction| {
            documents::put(transaction, batch, item, document)?;
            documents::set_base(transaction, batch, item, base)
        })
    }

    /// Envelopes that the server does not have, in the order in which it has to get them.
    ///
    /// # Errors
    /// The database's.
    pub fn unsent(&self, batch: BatchId, limit: u32) -> Result<Vec<(Digest, Vec<u8>)>, StoreError> {
        revisions::unsent(&self.connection, batch, limit)
    }

    /// The server has taken these.
    ///
    /// # Errors
    /// The database's.
    pub fn mark_sent(&mut self, sent: &[Digest]) -> Result<(), StoreError> {
        self.write(&[], |transaction| revisions::mark_sent(transaction, sent))
    }

    /// The batch was in step with the server at `time` (Unix milliseconds).
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn set_synced(&mut self, batch: BatchId, time: i64) -> Result<(), StoreError> {
        self.write(&[], |transaction| batches::change(transaction, batch, &batches::Change::Synced(time)))
    }
}
