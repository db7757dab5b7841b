//! Everything else that is read and written row by row: the profile, the log, projects, batches, objects, settings.

use abox_ids::{BatchId, DeviceId, ItemId, ObjectId};

use crate::tables::{audit, batches, documents, log_entries, objects, profile, projects, settings, wraps};
use crate::{
    AuditEvent, AuditRow, BatchRow, LogRow, ObjectRow, ObjectTotals, Profile, ProjectRow, Store, StoreError,
};

impl Store {
    /// This device's place in its organisation; `None` before enrolment.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn profile(&self) -> Result<Option<Profile>, StoreError> {
        profile::read(&self.connection)
    }

    /// Keeps this device's place in its organisation.
    ///
    /// # Errors
    /// The database's.
    pub fn set_profile(&mut self, row: &Profile) -> Result<(), StoreError> {
        self.write(&[], |transaction| profile::insert(transaction, row))
    }

    /// The verified log.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn log_entries(&self) -> Result<Vec<LogRow>, StoreError> {
        log_entries::list(&self.connection)
    }

    /// Adds verified entries to the log.
    ///
    /// # Errors
    /// [`StoreError::NotNext`] if there is a gap; nothing was added then.
    pub fn append_log(&mut self, rows: &[LogRow]) -> Result<(), StoreError> {
        self.write(&[], |transaction| rows.iter().try_for_each(|row| log_entries::append(transaction, row)))
    }

    /// The projects on this device.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn projects(&self) -> Result<Vec<ProjectRow>, StoreError> {
        projects::list(&self.connection)
    }

    /// Adds or replaces a project.
    ///
    /// # Errors
    /// The database's.
    pub fn put_project(&mut self, row: &ProjectRow) -> Result<(), StoreError> {
        self.write(&[], |transaction| projects::put(transaction, row))
    }

    /// The batches on this device, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn batches(&self) -> Result<Vec<BatchRow>, StoreError> {
        batches::list(&self.connection)
    }

    /// One batch, if it is on this device.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn batch(&self, batch: BatchId) -> Result<Option<BatchRow>, StoreError> {
        match batches::get(&self.connection, batch) {
            Ok(row) => Ok(Some(row)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Adds a batch with its items in their order, its objects, and wraps of its key.
    ///
    /// # Errors
    /// [`StoreError::Exists`]; nothing was added then.
    pub fn add_batch(
        &mut self,
        row: &BatchRow,
        items: &[ItemId],
        objects: &[ObjectRow],
        wraps: &[(DeviceId, Vec<u8>)],
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.write(std::slice::from_ref(event), |transaction| {
            batches::insert(transaction, row)?;
            documents::insert_empty(transaction, row.batch, items)?;
            objects.iter().try_for_each(|object| objects::put(transaction, object))?;
            wraps
                .iter()
                .try_for_each(|(device, wrap)| wraps::put(transaction, row.batch, row.epoch, *device, wrap))
        })
    }

    /// Whether the organisation's log has the batch.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn set_published(&mut self, batch: BatchId, published: bool) -> Result<(), StoreError> {
        self.write(&[], |transaction| {
            batches::change(transaction, batch, &batches::Change::Published(published))
        })
    }

    /// The item that is open, to come back to.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn set_last_item(&mut self, batch: BatchId, item: ItemId) -> Result<(), StoreError> {
        self.write(&[], |transaction| {
            batches::change(transaction, batch, &batches::Change::LastItem(Some(item)))
        })
    }

    /// Forgets a batch and everything that hangs on it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn remove_batch(&mut self, batch: BatchId, event: &AuditEvent) -> Result<(), StoreError> {
        self.write(std::slice::from_ref(event), |transaction| {
            wraps::delete_batch(transaction, batch)?;
            batches::delete(transaction, batch)
        })
    }

    /// The wrap of a batch's key for a device.
    ///
    /// # Errors
    /// The database's.
    pub fn wrap(&self, batch: BatchId, epoch: u64, device: DeviceId) -> Result<Option<Vec<u8>>, StoreError> {
        wraps::get(&self.connection, batch, epoch, device)
    }

    /// Keeps the wrap of a batch's key for a device.
    ///
    /// # Errors
    /// The database's.
    pub fn put_wrap(
        &mut self,
        batch: BatchId,
        epoch: u64,
        device: DeviceId,
        wrap: &[u8],
    ) -> Result<(), StoreError> {
        self.write(&[], |transaction| wraps::put(transaction, batch, epoch, device, wrap))
    }

    /// The sealed objects of a batch.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn objects(&self, batch: BatchId) -> Result<Vec<ObjectRow>, StoreError> {
        objects::list(&self.connection, batch)
    }

    /// How much of a batch's sealed objects is on this device.
    ///
    /// # Errors
    /// The database's.
    pub fn object_totals(&self, batch: BatchId) -> Result<ObjectTotals, StoreError> {
        objects::totals(&self.connection, batch)
    }

    /// How much of an object is here.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn set_object_progress(
        &mut self,
        object: ObjectId,
        stored_length: u64,
        complete: bool,
    ) -> Result<(), StoreError> {
        self.write(&[], |transaction| objects::progress(transaction, object, stored_length, complete))
    }

    /// A setting's JSON text.
    ///
    /// # Errors
    /// The database's.
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        settings::get(&self.connection, name)
    }

    /// Keeps a setting.
    ///
    /// # Errors
    /// The database's.
    pub fn set_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        self.write(&[], |transaction| settings::set(transaction, name, value))
    }

    /// Puts something on record that changes nothing else, such as an export.
    ///
    /// # Errors
    /// The database's.
    pub fn record(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        self.write(std::slice::from_ref(event), |_| Ok(()))
    }

    /// The record, of one batch or all, after a sequence, at most `limit` rows.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn audit(&self, batch: Option<BatchId>, after: u64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        audit::list(&self.connection, batch, after, limit)
    }
}
