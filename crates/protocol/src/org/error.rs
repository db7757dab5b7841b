//! Why the log, or an entry of it, was refused.

use abox_attest::{CanonicalError, SignatureError};

/// Why a log or an entry was refused. The text names no member, device or batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The signature or the encoding is wrong.
    #[error("a log entry was refused: {0}")]
    Signature(#[from] SignatureError),
    /// The entry does not decode.
    #[error("a log entry does not decode: {0}")]
    Malformed(#[from] CanonicalError),
    /// The log is empty or does not begin with the founding of the organisation.
    #[error("the log does not begin with the founding of the organisation")]
    NotFounded,
    /// The first entry is not by the pinned root key.
    #[error("the log is not by the root key that this device trusts")]
    WrongRoot,
    /// The entry belongs to another organisation.
    #[error("the log entry belongs to another organisation")]
    ForeignOrg,
    /// Not the next sequence number: an entry was dropped, replayed or moved.
    #[error("the log has a gap or a repetition: expected entry {expected}, found {found}")]
    Sequence {
        /// The next sequence.
        expected: u64,
        /// The sequence of the entry.
        found: u64,
    },
    /// The sequence fits, but the entry continues another log.
    #[error("the log entry does not follow the one before it")]
    BrokenChain,
    /// The entry is dated before the one before it.
    #[error("the log entry is dated before the one that it follows")]
    TimeBackwards,
    /// The remembered newest entry is missing: this log is older than what this device has seen.
    #[error(
        "the server's log is older than what this device has already seen; it may have been restored from a backup. Tell the owner"
    )]
    Rollback,
    /// The remembered newest entry is another one: this is not the same log.
    #[error("the server's log differs from what this device has already seen. Do not go on; tell the owner")]
    Fork,
    /// The signer is nobody in this organisation.
    #[error("the log entry is signed by a key that the organisation does not know")]
    UnknownSigner,
    /// The signer was revoked.
    #[error("the log entry is signed by a device that was revoked")]
    RevokedSigner,
    /// The signer's role does not allow this.
    #[error("the signer's role does not allow this")]
    NotAllowed,
    /// The invite was used before.
    #[error("this invite was used before; ask for a new one")]
    InviteUsed,
    /// The invite has expired.
    #[error("this invite has expired; ask for a new one")]
    InviteExpired,
    /// The invite was withdrawn.
    #[error("this invite was withdrawn; ask for a new one")]
    InviteWithdrawn,
    /// No such invite.
    #[error("the organisation does not know this invite; ask for a new one")]
    UnknownInvite,
    /// The enrolment is for another member than the invite.
    #[error("the invite is for somebody else")]
    WrongMember,
    /// Another agreement than the organisation's was accepted.
    #[error("the agreement that was accepted is not the organisation's current one")]
    AgreementDiffers,
    /// The new device did not prove that it holds its key.
    #[error("the new device did not prove that it holds its key")]
    Possession,
    /// The key was used before.
    #[error("this key was used before in this organisation")]
    KeyReused,
    /// The identifier was used before.
    #[error("this identifier was used before in this organisation")]
    IdReused,
    /// Not a name.
    #[error("a name must have 1 to 80 visible characters, without spaces around it")]
    BadName,
    /// Somebody has this name.
    #[error("an active member has this name already; choose another")]
    NameTaken,
    /// An invite for an existing member with another name or role.
    #[error("the member is known under another name or role")]
    MemberDiffers,
    /// The agreement is empty or too long.
    #[error("the agreement must have 1 byte to 64 KiB of text")]
    BadAgreement,
    /// No such member, or not any more.
    #[error("there is no such active member")]
    UnknownMember,
    /// No such device, or not any more.
    #[error("there is no such active device")]
    UnknownDevice,
    /// The organisation would have no owner.
    #[error("the organisation needs an owner; appoint another one first")]
    LastOwner,
    /// It is so already.
    #[error("there is nothing to change")]
    NothingToChange,
    /// No such batch.
    #[error("there is no such batch")]
    UnknownBatch,
    /// The batch was erased.
    #[error("the batch was erased")]
    BatchErased,
    /// Not the batch's current (or, to publish again, next) epoch.
    #[error("the epoch of the batch key is not the current one")]
    WrongEpoch,
}
