//! Why the store refuses or fails. Texts are for people, without any client content.

use std::io;

use rusqlite::ErrorCode;

/// What can go wrong with the local database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no database in this directory.
    #[error("there is no local database here: enrol this device first")]
    Missing,
    /// There is a database already where one was to be created.
    #[error("there is a local database here already: open it, or choose another directory")]
    Exists,
    /// Another process has the database open.
    #[error("this profile is open in another window or program: close it there first")]
    InUse,
    /// The file is a database, but not an encrypted one. It was not written to.
    #[error("the local database is not encrypted, so this program did not make it: it was left untouched")]
    NotEncrypted,
    /// The database does not authenticate, or what is in it does not decode. It was not written to.
    #[error(
        "the local database is damaged or belongs to other keys: it was left untouched; restore the disk, \
         or enrol this device again and pull"
    )]
    Damaged,
    /// A newer program wrote the database. It was not written to.
    #[error("the local database was written by a newer version of this program: install that version")]
    TooNew,
    /// The database is older than what this device remembers of it.
    #[error(
        "an older copy of the local database was put back: work that was saved later is missing from it; \
         restore the newest copy, or ask a lead how to go on"
    )]
    RolledBack,
    /// The file or keychain entry that remembers the newest state is gone or forged.
    #[error(
        "the record of the newest saved state is missing or was tampered with: restore it, or ask a lead how to go on"
    )]
    Tampered,
    /// The keychain did not answer when asked for or told the session counter.
    #[error("the keychain did not answer: unlock it and try again")]
    Keychain,
    /// No space is left. Nothing of what was being saved was kept, everything from before is.
    #[error("the disk is full: free some space and try again; everything saved so far is safe")]
    DiskFull,
    /// The change starts from a state that the document is no longer in.
    #[error("the document has changed in the meantime, so this no longer fits")]
    Stale,
    /// There is nothing to undo or redo.
    #[error("there is nothing to undo or redo here")]
    NothingThere,
    /// No such thing on this device.
    #[error("this is not on this device")]
    NotFound,
    /// A log entry or revision that does not follow what is stored, or contradicts it.
    #[error("this does not follow what is stored already")]
    NotNext,
    /// A value that cannot be stored: without a canonical encoding, or beyond 63 bits.
    #[error("this value cannot be stored")]
    Unstorable,
    /// The operating system refused a file operation.
    #[error("the profile's directory cannot be read or written ({0}): check its permissions and disk")]
    Io(io::ErrorKind),
    /// Anything else that the database reports, by its extended result code.
    #[error("the local database failed (code {0}): restart the program")]
    Database(i32),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::DiskFull,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::InUse,
                // A page that does not authenticate comes back as "out of memory" from some of SQLite's paths, as the
                // codec can only answer with a null pointer there.
                ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::OutOfMemory => {
                    Self::Damaged
                }
                _ => Self::Database(failure.extended_code),
            },
            // A stored value of another type or length than the program writes.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => Self::Damaged,
            rusqlite::Error::ToSqlConversionFailure(_) => Self::Unstorable,
            _ => Self::Database(0),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            kind => Self::Io(kind),
        }
    }
}
