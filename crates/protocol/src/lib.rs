//! What clients and the server say to each other, as values: the organisation log and its replay, revision headers,
//! signed requests, invite codes and the bodies of the routes.
//!
//! Pure: no network, no files, no clock (times are parameters). Nothing here can seal or open; wraps and sealed
//! revisions are opaque bytes with a digest. The formats are written down in `docs/formats/org-log.md` and
//! `docs/formats/protocol.md`.

mod code;
pub mod invite;
pub mod org;
pub mod request;
pub mod revision;
pub mod wire;

pub use code::CodeError;
pub use invite::{InviteCode, SetupToken};
pub use org::{
    Action, Batch, Device, Enrolled, Founded, Grant, Head, Invite, InviteState, KemPublicBytes, LogEntry,
    LogError, Member, MemberStatus, Organisation, Possession, Role, Signer,
};
pub use request::{REQUEST_HEADER, RequestError, RequestStatement};
pub use revision::{RevisionEnvelope, RevisionError, RevisionHeader};
