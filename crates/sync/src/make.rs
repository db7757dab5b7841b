//! Making a revision of an item.

use abox_attest::{Digest, Signed, SigningKey, to_canonical};
use abox_ids::{BatchId, DeviceId, ItemId, OrgId};
use abox_model::document::ItemDocument;
use abox_protocol::revision::{RevisionEnvelope, RevisionHeader};
use abox_protocol::wire::MAX_REVISION_BYTES;
use abox_vault::{BatchKey, ObjectRole, SealContext, seal_bytes};
use zeroize::Zeroizing;

use crate::{ChainEnd, SyncError};

/// Where a revision belongs and who makes it.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The organisation.
    pub org: OrgId,
    /// The batch.
    pub batch: BatchId,
    /// The epoch of its key.
    pub epoch: u32,
    /// The batch key.
    pub key: &'a BatchKey,
    /// This device.
    pub device: DeviceId,
    /// Its signing key.
    pub signing: &'a SigningKey,
    /// Unix milliseconds.
    pub now: i64,
}

/// A new revision.
#[derive(Debug)]
pub struct Made {
    /// To be sent.
    pub envelope: RevisionEnvelope,
    /// The end of this device's chain now.
    pub chain: ChainEnd,
}

/// The next revision of this device: `document` as the new state of `item`, made from `parents`.
///
/// # Errors
/// [`SyncError::TooLarge`].
pub fn make(
    origin: &Origin<'_>,
    item: ItemId,
    document: &ItemDocument,
    parents: &[Digest],
    chain: Option<ChainEnd>,
) -> Result<Made, SyncError> {
    let plain = Zeroizing::new(to_canonical(document).map_err(|_| SyncError::TooLarge)?);
    let context = context(origin.org, origin.batch, origin.epoch, item);
    let (sealed, summary) = seal_bytes(origin.key, &context, &plain).map_err(|_| SyncError::TooLarge)?;
    if sealed.len() > MAX_REVISION_BYTES {
        return Err(SyncError::TooLarge);
    }
    let mut parents = parents.to_vec();
    parents.sort_unstable();
    parents.dedup();
    let sequence = chain.map_or(0, |end| end.sequence + 1);
    let header = RevisionHeader {
        org: origin.org,
        batch: origin.batch,
        item,
        epoch: origin.epoch,
        device: origin.device,
        sequence,
        previous: chain.map(|end| end.digest),
        parents,
        time: origin.now,
        sealed: summary.sealed_digest,
        sealed_length: summary.sealed_length,
    };
    let header = Signed::sign(&header, origin.signing).map_err(|_| SyncError::TooLarge)?;
    let chain = ChainEnd { sequence, digest: header.digest() };
    Ok(Made { envelope: RevisionEnvelope { header, sealed }, chain })
}

pub(crate) fn context(org: OrgId, batch: BatchId, epoch: u32, item: ItemId) -> SealContext {
    SealContext { org, batch, item: Some(item), role: ObjectRole::Revision, epoch }
}
