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
/// A database that is not complete yet.
const NEW_FILE: &str = "new.db";
const FIRST_SESSION: u64 = 1;

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
        // Under another name until everything is there that opening asks for: being killed in between leaves nothing
        // that is neither a profile nor the absence of one.
        remove(directory, &[NEW_FILE, "new.db-wal", "new.db-journal"]);
        let new = directory.join(NEW_FILE);
        let mut connection = connection::open(&new, &key.sqlcipher_raw_key(), true)?;
        connection::accept(&connection)?;
        tables::migrate(&mut connection)?;
        state::set_session(&connection, FIRST_SESSION)?;
        connection.close().map_err(|(_, error)| error)?;
        connection::inspect(&new)?;
        let mut head = Head::create(&directory.join(HEAD_FILE))?;
        head.write(&Record { counter: 0, audit: Tail::START.digest }, &key)?;
        head.sync()?;
        anchor.set_session(FIRST_SESSION)?;
        fs::rename(new, &path)?;
        sync_directory(directory)?;
        let connection = connection::open(&path, &key.sqlcipher_raw_key(), false)?;
        connection::accept(&connection)?;
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
        // After a crash the database may be ahead of the head, but only on the way that the head remembers.
        let same_way = if counter == record.counter {
            tail.digest == record.audit
        } else {
            audit::has(&connection, &record.audit)?
        };
        if !same_way {
            return Err(StoreError::Tampered);
        }
        let anchored = anchor.session()?.ok_or(StoreError::Tampered)?;
        if session < anchored {
            return Err(StoreError::RolledBack);
        }
        // From here on the file is ours, and written to.
        connection::accept(&connection)?;
        tables::migrate(&mut connection)?;
        let mut store = Self { connection, head, key, counter, audit: tail };
        store.advance_session(anchor)?;
        store.remember()?;
        store.head.sync()?;
        Ok(store)
    }

    /// Makes every copy of the profile's files that was taken until now one of the past: put back, it is refused. Opening
    /// does this; do it when closing too, or else a copy from the last session passes for the newest state.
    ///
    /// # Errors
    /// [`StoreError::Keychain`], [`StoreError::DiskFull`]. The store can be used on.
    pub fn advance_session(&mut self, anchor: &dyn Anchor) -> Result<(), StoreError> {
        let (_, session) = state::read(&self.connection)?;
        let session = session.checked_add(1).ok_or(StoreError::Unstorable)?;
        // The database first: a crash in between leaves it ahead of the keychain, which is no rollback.
        state::set_session(&self.connection, session)?;
        anchor.set_session(session)
    }

    /// Removes a database that was just created and must not stay.
    pub fn remove(directory: &Path) {
        remove(
            directory,
            &[DATABASE_FILE, "store.db-wal", "store.db-shm", HEAD_FILE, NEW_FILE, "new.db-wal"],
        );
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

fn remove(directory: &Path, names: &[&str]) {
    for name in names {
        // What is not there need not be removed.
        let _ = fs::remove_file(directory.join(name));
    }
}

/// Makes the names in a directory durable.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> Result<(), StoreError> {
    Ok(fs::File::open(directory)?.sync_all()?)
}

/// Names are durable with the files on other platforms; there is no such call there. Not tested.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the signature of the other platforms")]
fn sync_directory(_: &Path) -> Result<(), StoreError> {
    Ok(())
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
            store.connection.pragma_update(None, "max_page_count", pages).unwrap();
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
