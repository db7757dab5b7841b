//! Values as columns: integers within SQLite's 63 bits, identifiers and digests as blobs, statements as canonical CBOR.

use abox_attest::{Digest, from_canonical, to_canonical};
use abox_ids::{Id, Kind};
use rusqlite::Row;
use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// A counter as SQLite holds it.
pub(crate) fn int(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Unstorable)
}

/// A counter from a column; a negative one was not written by this program.
pub(crate) fn uint(row: &Row<'_>, column: usize) -> Result<u64, StoreError> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| StoreError::Damaged)
}

/// A count from a column.
pub(crate) fn count(row: &Row<'_>, column: usize) -> Result<u32, StoreError> {
    u32::try_from(row.get::<_, i64>(column)?).map_err(|_| StoreError::Damaged)
}

/// An identifier from a column.
pub(crate) fn id<K: Kind>(row: &Row<'_>, column: usize) -> Result<Id<K>, StoreError> {
    Ok(Id::from_bytes(row.get(column)?))
}

/// A digest from a column.
pub(crate) fn digest(row: &Row<'_>, column: usize) -> Result<Digest, StoreError> {
    Ok(Digest(row.get(column)?))
}

/// The canonical bytes of a value.
pub(crate) fn bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, StoreError> {
    to_canonical(value).map_err(|_| StoreError::Unstorable)
}

/// The value of canonical bytes that this program wrote.
pub(crate) fn value<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    from_canonical(bytes).map_err(|_| StoreError::Damaged)
}
