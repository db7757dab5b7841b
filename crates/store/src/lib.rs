//! The encrypted database of one device: everything that a profile knows, in one SQLCipher file.
//!
//! What has to be one transaction is one call: an edit with its document, undo step, outbox row and audit row; a page of
//! revisions with its chains and cursor. A call that returns without an error is durable (WAL, `synchronous=FULL`).
//!
//! A file that is not encrypted, damaged, of a newer program, or older than this device remembers is refused and never
//! written to. Sealed objects are not in here but in files of their own; keys come from `abox-vault`.

mod anchor;
mod codec;
mod connection;
mod error;
mod head;
mod labels;
mod revisions;
mod rows;
mod store;
mod tables;

pub use anchor::Anchor;
pub use error::StoreError;
pub use labels::Edited;
pub use store::{DATABASE_FILE, Store};
pub use tables::audit::{AuditEvent, AuditRow};
pub use tables::batches::BatchRow;
pub use tables::documents::{ItemRow, StoredDocument, StoredState};
pub use tables::edits::History;
pub use tables::log_entries::LogRow;
pub use tables::objects::{ObjectRow, ObjectTotals, StoredRole};
pub use tables::profile::Profile;
pub use tables::projects::ProjectRow;
pub use tables::revisions::{ChainRow, RevisionRow};
