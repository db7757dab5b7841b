//! Checking a revision that the server sent, before anything of it counts.

use abox_attest::{Digest, VerifyingKey, from_canonical};
use abox_ids::{BatchId, DeviceId, ItemId, MemberId, OrgId};
use abox_model::document::{ItemDocument, WorkState};
use abox_model::schema::LabelSchema;
use abox_protocol::revision::{RevisionEnvelope, RevisionHeader};
use abox_vault::{BatchKey, open_bytes};

use crate::{ChainEnd, SyncError};

/// A device that the organisation's log vouches for, and what it may do in this batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// Its signing key.
    pub signing: VerifyingKey,
    /// Whose device.
    pub member: MemberId,
    /// Whether the member is a lead: may accept and reject.
    pub can_review: bool,
}

/// The batch that revisions are expected for.
pub struct Expected<'a> {
    /// The organisation.
    pub org: OrgId,
    /// The batch.
    pub batch: BatchId,
    /// The epoch of its key.
    pub epoch: u32,
    /// Its key.
    pub key: &'a BatchKey,
    /// Its schema.
    pub schema: &'a LabelSchema,
    /// The size in pixels of an item's image; none if the batch has no such item.
    pub item_size: &'a dyn Fn(ItemId) -> Option<(u32, u32)>,
    /// The device that made it, if the log grants it the batch.
    pub author: &'a dyn Fn(DeviceId) -> Option<Author>,
    /// The end of a device's chain, as far as it was seen.
    pub chain: &'a dyn Fn(DeviceId) -> Option<ChainEnd>,
    /// The document of a revision of this item that was verified before.
    pub known: &'a dyn Fn(ItemId, &Digest) -> Option<ItemDocument>,
}

/// A verified revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// Its digest.
    pub revision: Digest,
    /// Its header.
    pub header: RevisionHeader,
    /// Whose it is.
    pub author: MemberId,
    /// Its document.
    pub document: ItemDocument,
}

/// Checks a revision: who made it, its place in its device's chain, what it was made from, its document.
///
/// # Errors
/// [`SyncError`]. A refused revision changes nothing, and neither does anything after it.
pub fn receive(envelope: &RevisionEnvelope, expected: &Expected<'_>) -> Result<Received, SyncError> {
    let claim = envelope.header.claim().map_err(|_| SyncError::OtherPlace)?;
    let author = (expected.author)(claim.device).ok_or(SyncError::UnknownDevice)?;
    let header = envelope.verify(&author.signing)?;
    if header.org != expected.org || header.batch != expected.batch || header.epoch != expected.epoch {
        return Err(SyncError::OtherPlace);
    }
    let size = (expected.item_size)(header.item).ok_or(SyncError::OtherPlace)?;
    check_chain(&header, (expected.chain)(header.device))?;
    let parents = header
        .parents
        .iter()
        .map(|parent| (expected.known)(header.item, parent).ok_or(SyncError::ParentMissing))
        .collect::<Result<Vec<_>, _>>()?;
    let context = crate::make::context(header.org, header.batch, header.epoch, header.item);
    let plain = open_bytes(expected.key, &context, &envelope.sealed).map_err(|_| SyncError::Unopenable)?;
    let document: ItemDocument = from_canonical(&plain).map_err(|_| SyncError::Invalid)?;
    document.validate(expected.schema, size).map_err(|_| SyncError::Invalid)?;
    if !author.can_review && reviews(&document, &parents) {
        return Err(SyncError::NotAllowed);
    }
    Ok(Received { revision: envelope.digest(), header, author: author.member, document })
}

fn check_chain(header: &RevisionHeader, seen: Option<ChainEnd>) -> Result<(), SyncError> {
    let next = seen.map_or(0, |end| end.sequence + 1);
    if header.sequence > next {
        return Err(SyncError::Dropped);
    }
    if header.sequence < next {
        return Err(SyncError::Replayed);
    }
    if header.previous != seen.map(|end| end.digest) {
        return Err(SyncError::Forked);
    }
    Ok(())
}

/// Whether a document is accepted or rejected although none of those that it was made from was in just that state:
/// then its author reviewed it. (A merge takes over a review that one of its parents holds.)
fn reviews(document: &ItemDocument, parents: &[ItemDocument]) -> bool {
    let reviewed = matches!(document.state, WorkState::Accepted | WorkState::Rejected { .. });
    reviewed && !parents.iter().any(|parent| parent.state == document.state)
}
