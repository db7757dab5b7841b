//! Opening, checking and writing: every writing transaction counts, and the count is kept outside too.

use std::fs;
use std::path::Path;

use abox_vault::VaultKey;
use rusqlite::{Connection, Transaction};

use crate::head::{Head, Record};
use crate::tables::audit::{self, AuditEvent, Tail};
use crate::tables::state;
use crate::{Anchor, StoreError, connection, tables};

/// The file of the database in a profile's directory.
pub const DATABASE_FILE: &str = "store.db";
const HEAD_FILE: &str = "head";

/// The open database of a profile.
pub struct Store {
    pub(crate) connection: Connection,
    head: Head,
    key: VaultKey,
    counter: u64,
    audit: Tail,
}

impl Store {
    /// Creates the database of a new profile.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is one; [`StoreError::Keychain`], [`StoreError::DiskFull`], [`StoreError::Io`].
    pub fn create(directory: &Path, key: VaultKey, anchor: &dyn Anchor) -> Result<Self, StoreError> {
        let path = directory.join(DATABASE_FILE);
        if path.exists() {
            return Err(StoreError::Exists);
        }
        let mut connection = connection::open(&path, &key.sqlcipher_raw_key(), true)?;
        connection::accept(&connection)?;
        tables::migrate(&mut connection)?;
        state::set_session(&connection, 1)?;
        let mut head = Head::create(&directory.join(HEAD_FILE))?;
        head.write(&Record { counter: 0, audit: Tail::START.digest }, &key)?;
        head.sync()?;
        connection::inspect(&path)?;
        anchor.set_session(1)?;
        Ok(Self { connection, head, key, counter: 0, audit: Tail::START })
    }

    /// Opens the database of a profile.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::NotEncrypted`], [`StoreError::Damaged`], [`StoreError::TooNew`],
    /// [`StoreError::RolledBack`], [`StoreError::Tampered`], [`StoreError::Keychain`]; nothing was written then.
    pub fn open(directory: &Path, key: VaultKey, anchor: &dyn Anchor) -> Result<Self, StoreError> {
        let path = directory.join(DATABASE_FILE);
        connection::inspect(&path)?;
        let mut connection = connection::open(&path, &key.sqlcipher_raw_key(), false)?;
        tables::check_version(&connection)?;
        let (head, record) = Head::open(&directory.join(HEAD_FILE), &key)?;
        let (counter, session) = state::read(&connection)?;
        let tail = audit::tail(&connection)?;
        if counter < record.counter {
            return Err(StoreError::RolledBack);
        }
        if counter == record.counter && tail.digest != record.audit {
            return Err(StoreError::Tampered);
        }
        let anchored = anchor.session()?.ok_or(StoreError::Tampered)?;
        if session < anchored {
            return Err(StoreError::RolledBack);
        }
        // From here on the file is ours, and written to.
        connection::accept(&connection)?;
        tables::migrate(&mut connection)?;
        let session = session.checked_add(1).ok_or(StoreError::Unstorable)?;
        // The database first: a crash in between leaves it ahead of the keychain, which is no rollback.
        state::set_session(&connection, session)?;
        anchor.set_session(session)?;
        let mut store = Self { connection, head, key, counter, audit: tail };
        store.remember()?;
        store.head.sync()?;
        Ok(store)
    }

    /// Removes a database that was just created and must not stay.
    pub fn remove(directory: &Path) {
        for name in [DATABASE_FILE, "store.db-wal", "store.db-shm", HEAD_FILE] {
            // What is not there need not be removed.
            let _ = fs::remove_file(directory.join(name));
        }
    }

    /// Reads every page and checks its authenticity, and the audit chain. Takes a while on a large database.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Tampered`].
    pub fn check(&self) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare("PRAGMA cipher_integrity_check")?;
        if statement.query([])?.next()?.is_some() {
            return Err(StoreError::Damaged);
        }
        let answer: String = self.connection.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
        if answer != "ok" {
            return Err(StoreError::Damaged);
        }
        audit::verify(&self.connection)
    }

    /// Runs `work` in one writing transaction, with `events` put on record in it.
    pub(crate) fn write<T>(
        &mut self,
        events: &[AuditEvent],
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = self.connection.transaction()?;
        let done = work(&transaction)?;
        let mut tail = self.audit;
        for event in events {
            tail = audit::append(&transaction, tail, event)?;
        }
        let counter = self.counter + 1;
        state::set_counter(&transaction, counter)?;
        transaction.commit()?;
        self.counter = counter;
        self.audit = tail;
        // The work is durable. A head that could not be written only lags behind, and the next write mends it.
        let _ = self.remember();
        Ok(done)
    }

    fn remember(&mut self) -> Result<(), StoreError> {
        self.head.write(&Record { counter: self.counter, audit: self.audit.digest }, &self.key)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // So that a copy taken after closing is whole; losing it only makes the head lag.
        let _ = self.head.sync();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct NoKeychain;

    impl Anchor for NoKeychain {
        fn session(&self) -> Result<Option<u64>, StoreError> {
            Ok(Some(1))
        }

        fn set_session(&self, _: u64) -> Result<(), StoreError> {
            Ok(())
        }
    }

    #[test]
    fn when_no_page_can_be_added_the_write_fails_as_a_full_disk_and_works_again_later() {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::create(directory.path(), VaultKey::generate(), &NoKeychain).unwrap();
        let limit = |store: &Store, pages: i64| {
            store.connection.pragma_update(None, "max_page_count", pages).unwrap()
        };
        store.set_setting("a", "before").unwrap();
        limit(&store, 1);
        let long = "x".repeat(100_000);
        assert_eq!(store.set_setting("a", &long), Err(StoreError::DiskFull));
        assert_eq!(store.setting("a").unwrap().as_deref(), Some("before"));
        limit(&store, 100_000);
        store.set_setting("a", &long).unwrap();
        store
            .record(&AuditEvent { time: 1, what: "x".into(), batch: None, item: None, detail: None })
            .unwrap();
        assert_eq!(store.check().unwrap(), 1);
    }
}
