//! What the server keeps: a SQLite database and one file for each sealed object, in a directory of its own that one
//! server at a time may use.

mod database;
mod files;
pub(crate) mod log;
mod objects;
mod revisions;
mod wraps;

use std::fs::File;
use std::io;
use std::path::Path;

pub(crate) use database::{Counts, Database, Reader, Writer};
pub(crate) use files::ObjectFiles;
pub(crate) use objects::ObjectRow;

/// Makes new and removed names in a directory durable.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(directory)?.sync_all()?;
    // Elsewhere a directory cannot be opened as a file; its metadata is journalled by the file system.
    #[cfg(not(unix))]
    let _ = directory;
    Ok(())
}

/// The lock of a data directory. The operating system lets go of it when the process ends, however it ends.
pub(crate) struct DirectoryLock(#[expect(dead_code, reason = "held, never read")] File);

impl DirectoryLock {
    /// `None` when another process or server holds it.
    pub(crate) fn acquire(data: &Path) -> io::Result<Option<Self>> {
        let file = File::options().create(true).truncate(false).write(true).open(data.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }
}
