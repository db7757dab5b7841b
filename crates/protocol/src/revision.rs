//! One revision of one item, as it travels: a signed header in the clear and a sealed document that only clients open.
//! Merging and the order of revisions are `abox-sync`'s.

use abox_attest::{Digest, ObjectDigest, SignatureError, Signed, Statement, VerifyingKey};
use abox_ids::{BatchId, DeviceId, ItemId, OrgId};
use serde::{Deserialize, Serialize};

use crate::wire::{MAX_REVISION_BYTES, MAX_REVISION_PARENTS};

/// What the author's device vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionHeader {
    /// The organisation.
    pub org: OrgId,
    /// The batch.
    pub batch: BatchId,
    /// The item that was revised.
    pub item: ItemId,
    /// The epoch of the batch key that sealed the document.
    pub epoch: u32,
    /// The author's device.
    pub device: DeviceId,
    /// Counts this device's revisions in this batch, from 0, without gaps.
    pub sequence: u64,
    /// The digest of this device's previous header in this batch; none for the first.
    pub previous: Option<Digest>,
    /// The digests of the headers that this revision was made from.
    pub parents: Vec<Digest>,
    /// When it was made, by the author's clock, in milliseconds since 1970 (UTC).
    pub time: i64,
    /// The digest of the sealed document.
    pub sealed: ObjectDigest,
    /// Length of the sealed document in bytes.
    pub sealed_length: u64,
}

impl Statement for RevisionHeader {
    const KIND: &'static str = "revision";
}

/// A header with its sealed document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionEnvelope {
    /// The signed header.
    pub header: Signed<RevisionHeader>,
    /// The sealed document.
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
}

/// Why a revision was refused, before its place in any chain was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RevisionError {
    /// The header is not by the device that it names, or was altered.
    #[error("the revision's signature was refused: {0}")]
    Signature(#[from] SignatureError),
    /// The sealed document is not the one that the header names.
    #[error("the revision's sealed document is not the one that was signed")]
    SealedDiffers,
    /// It is larger than a revision may be, or names too many parents.
    #[error("the revision is larger than allowed")]
    TooLarge,
    /// The sequence number and the link to the previous revision contradict each other.
    #[error("the revision's place in its device's chain contradicts itself")]
    Chain,
}

impl RevisionEnvelope {
    /// The header, once it is certain that `device_key` signed it and that the sealed document is the signed one.
    /// Whether that key was the device's, and the revision's place among others, is for the caller.
    ///
    /// # Errors
    /// [`RevisionError`].
    pub fn verify(&self, device_key: &VerifyingKey) -> Result<RevisionHeader, RevisionError> {
        let header = self.header.verify(device_key)?;
        if self.sealed.len() > MAX_REVISION_BYTES || header.parents.len() > MAX_REVISION_PARENTS {
            return Err(RevisionError::TooLarge);
        }
        if header.sealed_length != self.sealed.len() as u64 || header.sealed != ObjectDigest::of(&self.sealed)
        {
            return Err(RevisionError::SealedDiffers);
        }
        if (header.sequence == 0) != header.previous.is_none() {
            return Err(RevisionError::Chain);
        }
        Ok(header)
    }

    /// The name of this revision in chains and as a parent.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.header.digest()
    }
}
