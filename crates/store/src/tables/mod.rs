//! The tables, one module each with its migrations beside it.

pub(crate) mod audit;
pub(crate) mod batches;
pub(crate) mod cursors;
pub(crate) mod documents;
pub(crate) mod edits;
pub(crate) mod log_entries;
pub(crate) mod objects;
pub(crate) mod profile;
pub(crate) mod projects;
pub(crate) mod revisions;
pub(crate) mod settings;
pub(crate) mod state;
pub(crate) mod wraps;

use rusqlite::Connection;

use crate::StoreError;

/// Every migration in the order in which it came to be. New ones go to the end; `user_version` counts them.
fn migrations() -> Vec<&'static str> {
    [
        state::MIGRATIONS[0],
        profile::MIGRATIONS[0],
        log_entries::MIGRATIONS[0],
        projects::MIGRATIONS[0],
        batches::MIGRATIONS[0],
        wraps::MIGRATIONS[0],
        objects::MIGRATIONS[0],
        documents::MIGRATIONS[0],
        edits::MIGRATIONS[0],
        revisions::MIGRATIONS[0],
        cursors::MIGRATIONS[0],
        audit::MIGRATIONS[0],
        settings::MIGRATIONS[0],
    ]
    .to_vec()
}

/// Refuses a database of a newer program, and one without any tables: what is left when the write-ahead log of a new
/// profile was taken away.
pub(crate) fn check_version(connection: &Connection) -> Result<(), StoreError> {
    match version(connection)? {
        0 => Err(StoreError::RolledBack),
        version if version > migrations().len() => Err(StoreError::TooNew),
        _ => Ok(()),
    }
}

/// Brings the database to the program's version, all in one transaction.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let migrations = migrations();
    let from = version(connection)?;
    if from == migrations.len() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for migration in migrations.iter().skip(from) {
        transaction.execute_batch(migration)?;
    }
    let version = i64::try_from(migrations.len()).map_err(|_| StoreError::Unstorable)?;
    transaction.pragma_update(None, "user_version", version)?;
    Ok(transaction.commit()?)
}

fn version(connection: &Connection) -> Result<usize, StoreError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    usize::try_from(version).map_err(|_| StoreError::Damaged)
}
