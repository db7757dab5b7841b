//! A keyed SQLCipher connection with the settings that every one has.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use crate::StoreError;

/// The first bytes of every database that is not encrypted.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// Refuses a file which cannot be one of ours, by looking at it without SQLite.
pub(crate) fn inspect(path: &Path) -> Result<(), StoreError> {
    let mut file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::Missing,
        _ => error.into(),
    })?;
    let mut header = [0; 16];
    match file.read_exact(&mut header) {
        Ok(()) if header == *PLAIN_HEADER => Err(StoreError::NotEncrypted),
        Ok(()) => Ok(()),
        // SQLite would take an empty file for a new database, and this program for an empty one.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(StoreError::Damaged),
        Err(error) => Err(error.into()),
    }
}

/// Opens the file with its key. Nothing has been written to it yet when this returns.
pub(crate) fn open(path: &Path, key: &str, create: bool) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, create);
    let connection = Connection::open_with_flags(path, flags)?;
    // Until the file is accepted, closing must not fold an old write-ahead log into it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "cipher_memory_security", "ON")?;
    // Callers get errors as values; SQLCipher would write them to the terminal, too.
    connection.pragma_update(None, "cipher_log_level", "NONE")?;
    // `pragma_update` would quote the raw key once more and leave copies behind.
    // The key is random already: the blob literal makes SQLCipher take it as it is instead of deriving one from it.
    let statement = Zeroizing::new(format!("PRAGMA key = \"x'{key}'\""));
    connection.execute_batch(&statement)?;
    if version(&connection)?.is_empty() {
        return Err(StoreError::NotEncrypted);
    }
    // One process at a time. The index of the write-ahead log then stays in memory, too.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "journal_size_limit", 4 << 20)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// SQLCipher's version; empty when the library is plain SQLite.
fn version(connection: &Connection) -> Result<String, StoreError> {
    match connection.query_row("PRAGMA cipher_version", [], |row| row.get(0)) {
        Ok(version) => Ok(version),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(String::new()),
        Err(error) => Err(error.into()),
    }
}

/// Lets the connection write-ahead and fold its log on closing, now that the file is accepted.
pub(crate) fn accept(connection: &Connection) -> Result<(), StoreError> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Database(0));
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(())
}
