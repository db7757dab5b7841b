//! The entries of the log, as they are signed. Whether one is allowed is decided elsewhere ([`super::rules`]).

use std::fmt;

use abox_attest::{CanonicalError, Digest, ObjectDigest, Signed, SigningKey, Statement, VerifyingKey};
use abox_ids::{BatchId, DeviceId, MemberId, OrgId};
use serde::{Deserialize, Serialize};

/// The longest confidentiality agreement, in bytes.
pub const MAX_AGREEMENT_BYTES: usize = 64 << 10;
/// The longest name of a member, device or organisation, in characters.
pub const MAX_NAME_CHARACTERS: usize = 80;

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// The organisation.
    pub org: OrgId,
    /// Counts the entries, from 0.
    pub sequence: u64,
    /// The digest of the entry before it; none for the first.
    pub previous: Option<Digest>,
    /// The key that signs. It is part of the entry so that the chain fixes it: the digest of a signed statement
    /// covers what was signed, not by whom.
    pub signer: VerifyingKey,
    /// When it was made, in milliseconds since 1970 (UTC). Never before the entry before it.
    pub time: i64,
    /// What it does.
    pub action: Action,
}

impl Statement for LogEntry {
    const KIND: &'static str = "org-log";
}

impl LogEntry {
    /// The first entry of a new organisation, signed by its root key. `time` in milliseconds since 1970 (UTC).
    ///
    /// # Errors
    /// [`CanonicalError`] is not to be expected.
    pub fn founding(
        org: OrgId,
        founded: Founded,
        time: i64,
        root: &SigningKey,
    ) -> Result<Signed<Self>, CanonicalError> {
        let signer = root.verifying_key();
        let action = Action::Founded(founded);
        Signed::sign(&Self { org, sequence: 0, previous: None, signer, time, action }, root)
    }
}

/// The newest entry of a log, as a device remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its sequence.
    pub sequence: u64,
    /// Its digest.
    pub digest: Digest,
}

/// What a member does in the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Labels batches that were granted to their devices.
    Annotator,
    /// Publishes and grants batches, invites and revokes annotators.
    Lead,
    /// As a lead; the root key is the owner's.
    Owner,
}

impl Role {
    /// Whether this role publishes batches and manages annotators.
    #[must_use]
    pub const fn leads(self) -> bool {
        matches!(self, Self::Lead | Self::Owner)
    }
}

/// A public key for wraps (X25519), as opaque bytes; `abox-vault` knows what to do with it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KemPublicBytes(#[serde(with = "serde_bytes")] pub [u8; 32]);

impl fmt::Debug for KemPublicBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// The organisation begins. By the root key, once, as the first entry.
    Founded(Founded),
    /// A person may enrol one device. For a new member, or another device of an active one (same name and role).
    Invited {
        /// Who.
        member: MemberId,
        /// The member's name.
        name: String,
        /// The member's role.
        role: Role,
        /// The key that signs the enrolment, derived from the secret in the invite code.
        invite_key: VerifyingKey,
        /// The last moment at which it can be used, in milliseconds since 1970 (UTC).
        expires: i64,
    },
    /// An invite that was not used is void.
    InviteWithdrawn {
        /// The key of the invite.
        invite_key: VerifyingKey,
    },
    /// A device joins. By the invite key, once.
    Enrolled(Enrolled),
    /// A member's role is another from now on. The member's open invites are void.
    RoleChanged {
        /// Who.
        member: MemberId,
        /// The new role.
        role: Role,
    },
    /// A member leaves, with all devices and open invites.
    MemberRevoked {
        /// Who.
        member: MemberId,
    },
    /// A device leaves. Open invites that it signed are void.
    DeviceRevoked {
        /// Which.
        device: DeviceId,
    },
    /// A batch is there, or has a new key (the next epoch).
    BatchPublished {
        /// The batch.
        batch: BatchId,
        /// The epoch of its key.
        epoch: u32,
        /// The digest of the sealed manifest.
        manifest: ObjectDigest,
        /// SHA-256 of the wrap of the batch key for the recovery key.
        recovery_wrap: Digest,
    },
    /// A device may open a batch. A later grant of the same epoch replaces the wrap.
    BatchGranted {
        /// The batch.
        batch: BatchId,
        /// The epoch of its key.
        epoch: u32,
        /// The device.
        device: DeviceId,
        /// SHA-256 of the wrap of the batch key for the device.
        wrap: Digest,
    },
    /// The batch is to be destroyed everywhere.
    BatchErased {
        /// The batch.
        batch: BatchId,
    },
}

/// The first entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Founded {
    /// The root key, which signs this entry.
    pub root: VerifyingKey,
    /// The recovery key: every batch key is wrapped for it too.
    pub recovery: KemPublicBytes,
    /// The organisation's name.
    pub name: String,
    /// The confidentiality agreement, word for word.
    pub agreement: String,
    /// The owner.
    pub owner: MemberId,
    /// The owner's name.
    pub owner_name: String,
    /// The key that enrols the owner's first device. It does not expire.
    pub owner_invite_key: VerifyingKey,
}

/// A device with its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolled {
    /// Whose device, as invited.
    pub member: MemberId,
    /// The device.
    pub device: DeviceId,
    /// Its name.
    pub device_name: String,
    /// Its signing key.
    pub signing: VerifyingKey,
    /// Its key for wraps.
    pub kem: KemPublicBytes,
    /// SHA-256 of the agreement that the member accepted.
    pub agreement: Digest,
    /// The proof that the device holds its signing key.
    pub possession: Signed<Possession>,
}

impl Enrolled {
    /// An enrolment with its proof of possession, to be signed by the invite key.
    ///
    /// # Errors
    /// [`CanonicalError`] is not to be expected.
    #[expect(clippy::too_many_arguments, reason = "all of them are parts of the one statement")]
    pub fn prepare(
        org: OrgId,
        member: MemberId,
        device: DeviceId,
        device_name: String,
        signing: &SigningKey,
        kem: KemPublicBytes,
        agreement: Digest,
        invite_key: VerifyingKey,
    ) -> Result<Self, CanonicalError> {
        let possession = Signed::sign(&Possession { org, device, invite_key, kem }, signing)?;
        let signing = signing.verifying_key();
        Ok(Self { member, device, device_name, signing, kem, agreement, possession })
    }
}

/// Signed by a new device's signing key: that key belongs to this device, KEM key and invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Possession {
    /// The organisation.
    pub org: OrgId,
    /// The device.
    pub device: DeviceId,
    /// The invite that is used.
    pub invite_key: VerifyingKey,
    /// The device's key for wraps.
    pub kem: KemPublicBytes,
}

impl Statement for Possession {
    const KIND: &'static str = "possession";
}
