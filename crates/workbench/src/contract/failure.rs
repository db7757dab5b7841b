//! Errors as the window and `abox` see them: a code to react to and a message to show.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the window or a script may have to react to differently. Kebab-case as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// The call itself does not fit the contract.
    BadRequest,
    /// There is no such thing, or it is not on this device.
    NotFound,
    /// A name fits several things.
    Ambiguous,
    /// The profile is not enrolled yet.
    NotEnrolled,
    /// The profile is enrolled already.
    AlreadyEnrolled,
    /// The invite code is mistyped, used, withdrawn or expired.
    InviteInvalid,
    /// The confidentiality agreement was not accepted.
    AgreementNeeded,
    /// The member's role does not allow it.
    NotAllowed,
    /// Another window or `abox` has this profile open.
    ProfileInUse,
    /// There is no keychain.
    KeychainUnavailable,
    /// The keychain is locked.
    KeychainLocked,
    /// The keys of this profile are not in the keychain.
    KeysMissing,
    /// The local database is damaged, not encrypted, or an older copy was put back.
    StoreDamaged,
    /// The local database was written by a newer program.
    StoreTooNew,
    /// The disk is full.
    DiskFull,
    /// The server cannot be reached.
    Offline,
    /// The server's certificate is not the pinned one.
    WrongServer,
    /// The server refused.
    ServerRefused,
    /// The server showed something that contradicts what was verified before.
    ServerLied,
    /// A sealed object is damaged or is not what it claims to be.
    ObjectDamaged,
    /// The media of the item is not on this device yet.
    NotPulled,
    /// A file cannot be decoded.
    MediaUnreadable,
    /// The edit does not fit the schema, the item or the role.
    EditRefused,
    /// The document has changed in the meantime.
    Stale,
    /// A schema, label file or other input is invalid.
    InvalidInput,
    /// The task was cancelled.
    Cancelled,
    /// The profile is locked.
    Locked,
    /// Work is running that would have to be stopped.
    Busy,
    /// Something unexpected; the message says what is safe to say.
    Internal,
}

/// An error that can be shown: what is wrong and what to do, without any client content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(deny_unknown_fields)]
#[error("{message}")]
pub struct Failure {
    /// What to react to.
    pub code: ErrorCode,
    /// What to show.
    pub message: String,
}

impl Failure {
    /// A failure with this code and message.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(crate) fn locked() -> Self {
        Self::new(ErrorCode::Locked, "The workbench is locked. Unlock it to go on.")
    }

    pub(crate) fn bad_request() -> Self {
        Self::new(ErrorCode::BadRequest, "The window asked for something that this version does not know.")
    }
}
