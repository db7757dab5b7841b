//! The one row that counts writing transactions and sessions. What it is compared with is in `head` and the anchor.

use rusqlite::Connection;

use crate::StoreError;
use crate::codec::{int, uint};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    counter INTEGER NOT NULL CHECK (counter >= 0),
    session INTEGER NOT NULL CHECK (session >= 0)
) STRICT;
INSERT INTO state VALUES (1, 0, 0);
"];

/// The transactions and sessions counted so far.
pub(crate) fn read(connection: &Connection) -> Result<(u64, u64), StoreError> {
    connection
        .prepare_cached("SELECT counter, session FROM state")?
        .query_row([], |row| Ok((uint(row, 0), uint(row, 1))))
        .map_err(StoreError::from)
        .and_then(|(counter, session)| Ok((counter?, session?)))
}

/// Sets the number of writing transactions.
pub(crate) fn set_counter(connection: &Connection, counter: u64) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE state SET counter = ?1")?.execute([int(counter)?])?;
    Ok(())
}

/// Sets the number of sessions.
pub(crate) fn set_session(connection: &Connection, session: u64) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE state SET session = ?1")?.execute([int(session)?])?;
    Ok(())
}
