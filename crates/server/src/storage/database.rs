//! The database: opened, checked and made here; its tables are beside. One connection writes, another reads, so that
//! readers never wait for the disk.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use abox_ids::BatchId;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::error::ServerError;
use crate::refusal::Refusal;

/// "abox" in ASCII, in the header of the file.
const APPLICATION_ID: i64 = 0x6162_6f78;
/// The format that this program writes.
const VERSION: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE root(one INTEGER PRIMARY KEY CHECK (one = 1), key BLOB NOT NULL) STRICT;
CREATE TABLE log(sequence INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;
CREATE TABLE batches(batch BLOB PRIMARY KEY, declared_by BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE objects(
  batch BLOB NOT NULL, object BLOB NOT NULL, length INTEGER NOT NULL, digest BLOB NOT NULL,
  stored INTEGER NOT NULL, complete INTEGER NOT NULL, PRIMARY KEY(batch, object)) STRICT, WITHOUT ROWID;
CREATE INDEX objects_by_digest ON objects(batch, digest);
CREATE TABLE wraps(
  batch BLOB NOT NULL, device BLOB NOT NULL, epoch INTEGER NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY(batch, device)) STRICT, WITHOUT ROWID;
CREATE TABLE revisions(
  id INTEGER PRIMARY KEY, batch BLOB NOT NULL, serial INTEGER NOT NULL, device BLOB NOT NULL,
  sequence INTEGER NOT NULL, digest BLOB NOT NULL, length INTEGER NOT NULL, envelope BLOB NOT NULL,
  UNIQUE(batch, serial), UNIQUE(batch, device, sequence)) STRICT;
CREATE INDEX revisions_by_length ON revisions(batch, length);
";

/// The open database.
#[derive(Clone)]
pub(crate) struct Database {
    writer: Arc<Mutex<Writer>>,
    reader: Arc<Mutex<Reader>>,
}

/// The connection that writes, one transaction at a time.
pub(crate) struct Writer {
    connection: Connection,
    /// Bytes of declared objects and stored revisions.
    pub(super) used: u64,
    pub(super) quota: Option<u64>,
}

/// The connection that reads.
pub(crate) struct Reader {
    pub(super) connection: Connection,
}

/// Counts for the metrics.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) batches: u64,
    pub(crate) objects: u64,
    pub(crate) revisions: u64,
    pub(crate) used: u64,
}

impl Database {
    /// Opens the database, or makes it.
    pub(crate) fn open(path: &Path, quota: Option<u64>) -> Result<Self, ServerError> {
        let mut connection = Connection::open(path)?;
        prepare(&mut connection).map_err(refused)?;
        let used: i64 = connection.query_row(
            "SELECT (SELECT coalesce(sum(length), 0) FROM objects) + (SELECT coalesce(sum(length), 0) FROM revisions)",
            [],
            |row| row.get(0),
        )?;
        let used = used.cast_unsigned();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reading = Connection::open_with_flags(path, flags)?;
        Ok(Self {
            writer: Arc::new(Mutex::new(Writer { connection, used, quota })),
            reader: Arc::new(Mutex::new(Reader { connection: reading })),
        })
    }

    /// Runs `work` where it may block, with the writing connection. Nothing of it stays if it is refused.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let writer = Arc::clone(&self.writer);
        let run = move || work(&mut writer.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(run).await.unwrap_or(Err(Refusal::internal()))
    }

    /// Runs `work` where it may block, with the reading connection.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let reader = Arc::clone(&self.reader);
        let run = move || work(&reader.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(run).await.unwrap_or(Err(Refusal::internal()))
    }

    /// The same before anything else runs, on this thread.
    pub(crate) fn read_now<T>(&self, work: impl FnOnce(&Reader) -> T) -> T {
        work(&self.reader.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Moves everything from the write-ahead log into the database file.
    pub(crate) fn settle(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // A failure leaves the write-ahead log in place, which is as durable.
        let _ = writer.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

impl Writer {
    /// A transaction that takes the write lock at once. It is rolled back unless committed.
    pub(super) fn transaction(&mut self) -> rusqlite::Result<Transaction<'_>> {
        self.connection.transaction_with_behavior(TransactionBehavior::Immediate)
    }

    /// Refuses `bytes` more than the quota allows.
    pub(super) fn room_for(&self, bytes: u64) -> Result<u64, Refusal> {
        let used = self.used.checked_add(bytes).ok_or(Refusal::storage_full())?;
        if self.quota.is_some_and(|quota| used > quota) { Err(Refusal::storage_full()) } else { Ok(used) }
    }
}

impl Reader {
    pub(crate) fn counts(&self) -> Result<Counts, Refusal> {
        let row = self.connection.query_row(
            "SELECT (SELECT count(*) FROM batches), (SELECT count(*) FROM objects WHERE complete = 1), (SELECT count(*) FROM revisions),
                    (SELECT coalesce(sum(length), 0) FROM objects) + (SELECT coalesce(sum(length), 0) FROM revisions)",
            [],
            |row| Ok([row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get(3)?]),
        )?;
        let [batches, objects, revisions, used] = row.map(i64::cast_unsigned);
        Ok(Counts { batches, objects, revisions, used })
    }

    /// The batches that have a directory of objects.
    pub(crate) fn known_batches(&self) -> rusqlite::Result<Vec<BatchId>> {
        let mut statement = self.connection.prepare("SELECT batch FROM batches")?;
        let rows = statement.query_map([], |row| row.get::<_, [u8; 16]>(0))?;
        rows.map(|row| row.map(BatchId::from_bytes)).collect()
    }
}

fn prepare(connection: &mut Connection) -> Result<(), ServerError> {
    let pragma = |name: &str| -> rusqlite::Result<i64> {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
    };
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    let new = tables == 0 && application == 0 && version == 0;
    if !new && application != APPLICATION_ID {
        return Err(ServerError::Foreign);
    }
    if version > VERSION {
        return Err(ServerError::Newer { found: version, known: VERSION });
    }
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
    if new {
        let transaction = connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        transaction.execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
        ))?;
        transaction.commit()?;
        return Ok(());
    }
    let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound == "ok" { Ok(()) } else { Err(ServerError::Damaged) }
}

/// Tells damage and foreign files from failures of the machine.
fn refused(error: ServerError) -> ServerError {
    let ServerError::Database(inner) = error else { return error };
    match inner.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => ServerError::Foreign,
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => ServerError::Damaged,
        _ => ServerError::Database(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_database_opens_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        drop(Database::open(&path, None).unwrap());
        drop(Database::open(&path, None).unwrap());
    }

    #[test]
    fn a_foreign_database_and_a_foreign_file_are_refused_and_not_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("foreign.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE other(x)").unwrap();
        assert!(matches!(Database::open(&path, None), Err(ServerError::Foreign)));
        let file = folder.path().join("file.db");
        std::fs::write(&file, vec![7; 5000]).unwrap();
        assert!(matches!(Database::open(&file, None), Err(ServerError::Foreign)));
        assert_eq!(std::fs::read(&file).unwrap(), vec![7; 5000]);
    }

    #[test]
    fn a_newer_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        drop(Database::open(&path, None).unwrap());
        Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 9").unwrap();
        assert!(matches!(Database::open(&path, None), Err(ServerError::Newer { found: 9, known: 1 })));
    }

    #[tokio::test]
    async fn a_full_database_is_told_as_full_storage() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("server.db"), None).unwrap();
        let batch = BatchId::random();
        let object = |number: u64| abox_protocol::wire::ObjectDeclaration {
            object: abox_ids::ObjectId::random(),
            length: number + 1,
            digest: abox_attest::ObjectDigest([1; 32]),
        };
        let declare = move |writer: &mut Writer| {
            let _: i64 = writer.connection.query_row("PRAGMA max_page_count = 20", [], |row| row.get(0))?;
            let objects: Vec<_> = (0..4000).map(object).collect();
            writer.declare(batch, abox_ids::DeviceId::random(), &objects)
        };
        let refusal = database.write(declare).await.unwrap_err();
        assert_eq!(refusal.code, abox_protocol::wire::code::STORAGE_FULL);
        let count = database.read(|reader| reader.counts()).await.unwrap();
        assert_eq!((count.batches, count.used), (0, 0), "nothing of it stays");
    }

    #[test]
    fn a_damaged_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        let database = Database::open(&path, None).unwrap();
        database.settle();
        drop(database);
        let mut bytes = std::fs::read(&path).unwrap();
        let (start, end) = (4096, bytes.len());
        bytes[start..end].fill(0xff);
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(Database::open(&path, None), Err(ServerError::Damaged)));
    }
}
