//! Preferences and the like: JSON under a name. Losing them loses no work.

use rusqlite::{Connection, params};

use crate::StoreError;

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"];

pub(crate) fn get(connection: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT value FROM settings WHERE name = ?1")?;
    let mut rows = statement.query([name])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

pub(crate) fn set(connection: &Connection, name: &str, value: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO settings VALUES (?1, ?2)")?
        .execute(params![name, value])?;
    Ok(())
}
