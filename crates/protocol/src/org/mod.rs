//! The organisation log: signed, hash-chained entries and the organisation that their replay gives.
//!
//! Each entry names the one before it and the key that signs it; the first is signed by the root key, which every
//! device pins at enrolment. What an entry may do is decided in [`rules`], from the entries before it and nothing
//! else, so that all devices and the server come to the same result.

mod entry;
mod error;
mod name;
mod replay;
mod rules;
mod state;

pub use entry::{
    Action, Enrolled, Founded, Head, KemPublicBytes, LogEntry, MAX_AGREEMENT_BYTES, MAX_NAME_CHARACTERS,
    Possession, Role,
};
pub use error::LogError;
pub use name::checked_name;
pub use replay::Organisation;
pub use state::{Batch, Device, Grant, Invite, InviteState, Member, MemberStatus, Signer};
