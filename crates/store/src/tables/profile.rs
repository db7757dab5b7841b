//! Who this device is, to which server and organisation it belongs, and what it pinned at enrolment. One row.

use abox_attest::{Digest, VerifyingKey};
use abox_ids::{DeviceId, MemberId, OrgId};
use rusqlite::{Connection, params};

use crate::StoreError;
use crate::codec::{digest, id};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE profile (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    org BLOB NOT NULL,
    member BLOB NOT NULL,
    device BLOB NOT NULL,
    device_name TEXT NOT NULL,
    server TEXT NOT NULL,
    pin BLOB NOT NULL,
    root BLOB NOT NULL,
    enrolled INTEGER NOT NULL
) STRICT;
"];

/// This device's place in its organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The organisation.
    pub org: OrgId,
    /// Whose device this is.
    pub member: MemberId,
    /// This device.
    pub device: DeviceId,
    /// What its owner calls it.
    pub device_name: String,
    /// The server's address.
    pub server: String,
    /// SHA-256 of the server's certificate.
    pub pin: Digest,
    /// The organisation's root key, pinned at enrolment.
    pub root: VerifyingKey,
    /// When it was enrolled, in Unix milliseconds.
    pub enrolled: i64,
}

pub(crate) fn read(connection: &Connection) -> Result<Option<Profile>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT org, member, device, device_name, server, pin, root, enrolled FROM profile",
    )?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Profile {
        org: id(row, 0)?,
        member: id(row, 1)?,
        device: id(row, 2)?,
        device_name: row.get(3)?,
        server: row.get(4)?,
        pin: digest(row, 5)?,
        root: VerifyingKey(row.get(6)?),
        enrolled: row.get(7)?,
    }))
}

/// Writes the row once; what was pinned is never replaced.
pub(crate) fn insert(connection: &Connection, profile: &Profile) -> Result<(), StoreError> {
    let rows = connection
        .prepare_cached("INSERT OR IGNORE INTO profile VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute(params![
            profile.org.as_bytes(),
            profile.member.as_bytes(),
            profile.device.as_bytes(),
            profile.device_name,
            profile.server,
            profile.pin.0,
            profile.root.0,
            profile.enrolled
        ])?;
    if rows == 1 { Ok(()) } else { Err(StoreError::Exists) }
}
