//! What the replay of the log gives: members, devices, invites and batches. Read only for everybody but the replay.

use std::collections::BTreeMap;

use abox_attest::{Digest, ObjectDigest, VerifyingKey};
use abox_ids::{BatchId, DeviceId, MemberId};

use super::entry::{KemPublicBytes, Role};

/// Whether a member takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberStatus {
    /// Invited; no device has enrolled yet.
    Invited,
    /// At least one device has enrolled.
    Active,
    /// Revoked, or the only invite was withdrawn.
    Revoked,
}

/// A person of the organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Whether they take part.
    pub status: MemberStatus,
    /// When they were first invited, in milliseconds since 1970 (UTC).
    pub since: i64,
}

/// An enrolled device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// Whose.
    pub member: MemberId,
    /// Its name.
    pub name: String,
    /// Its signing key.
    pub signing: VerifyingKey,
    /// Its key for wraps.
    pub kem: KemPublicBytes,
    /// The digest of the log entry that enrolled it: its certificate.
    pub enrolment: Digest,
    /// When it was enrolled, in milliseconds since 1970 (UTC).
    pub enrolled: i64,
    /// Since when it is revoked (alone or with its member), in milliseconds since 1970 (UTC).
    pub revoked: Option<i64>,
}

impl Device {
    /// Whether it takes part.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.revoked.is_none()
    }
}

/// What became of an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteState {
    /// It can be used, until it expires.
    Open,
    /// This device used it.
    Used(DeviceId),
    /// It is void.
    Withdrawn,
}

/// The right to enrol one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Whose device.
    pub member: MemberId,
    /// The key that signs the enrolment.
    pub key: VerifyingKey,
    /// Who signed the invite.
    pub by: VerifyingKey,
    /// The last moment at which it can be used, in milliseconds since 1970 (UTC); none for the owner's first.
    pub expires: Option<i64>,
    /// What became of it.
    pub state: InviteState,
}

impl Invite {
    /// Whether it can be used at this moment (milliseconds since 1970, UTC).
    #[must_use]
    pub fn is_open(&self, time: i64) -> bool {
        self.state == InviteState::Open && self.expires.is_none_or(|expires| time <= expires)
    }
}

/// A device's right to open a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The epoch of the batch key.
    pub epoch: u32,
    /// SHA-256 of the wrap.
    pub wrap: Digest,
    /// Who granted it.
    pub by: VerifyingKey,
    /// When, in milliseconds since 1970 (UTC).
    pub time: i64,
}

/// A published batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Which.
    pub id: BatchId,
    /// The key that published it (the newest epoch): a device's, or the root's. It signs the manifest.
    pub publisher: VerifyingKey,
    /// The current epoch of its key.
    pub epoch: u32,
    /// The digest of the sealed manifest.
    pub manifest: ObjectDigest,
    /// SHA-256 of the wrap for the recovery key.
    pub recovery_wrap: Digest,
    /// When it was published (the newest epoch), in milliseconds since 1970 (UTC).
    pub published: i64,
    /// Who may open it. A device that was revoked later is still here: ask [`super::Organisation::may_read`].
    pub grants: BTreeMap<DeviceId, Grant>,
    /// Whether it was erased.
    pub erased: bool,
}

/// What a key is in the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer<'a> {
    /// The root key.
    Root,
    /// The signing key of an active device, and its member's role.
    Device(&'a Device, Role),
    /// The signing key of a revoked device.
    Revoked(&'a Device),
    /// The key of an invite, open or not.
    Invite(&'a Invite),
}
