//! Checking a revision that the server sent, before anything of it counts.

use std::collections::BTreeMap;

use abox_attest::{Digest, VerifyingKey, from_canonical};
use abox_ids::{BatchId, DeviceId, ItemId, MemberId, OrgId};
use abox_model::document::ItemDocument;
use abox_model::schema::LabelSchema;
use abox_protocol::revision::{RevisionEnvelope, RevisionHeader};
use abox_vault::{BatchKey, open_bytes};

use crate::review::oversteps;
use crate::{ChainEnd, Node, SyncError};

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
    /// All revisions of an item that were verified before; none if there are none.
    pub history: &'a dyn Fn(ItemId) -> Option<&'a BTreeMap<Digest, Node>>,
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

impl Received {
    /// Its place among the revisions of its item.
    #[must_use]
    pub fn node(&self) -> Node {
        Node {
            revision: self.revision,
            parents: self.header.parents.clone(),
            author: self.author,
            document: self.document.clone(),
        }
    }
}

/// Checks a revision: who made it, its place in its device's chain, what it was made from, its document, and whether
/// its author may say that.
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
    let revision = envelope.digest();
    let nothing = BTreeMap::new();
    let history = (expected.history)(header.item).unwrap_or(&nothing);
    check_chain(&header, (expected.chain)(header.device), history.contains_key(&revision))?;
    if header.parents.iter().any(|parent| !history.contains_key(parent)) {
        return Err(SyncError::ParentMissing);
    }
    let context = crate::make::context(header.org, header.batch, header.epoch, header.item);
    let plain = open_bytes(expected.key, &context, &envelope.sealed).map_err(|_| SyncError::Unopenable)?;
    let document: ItemDocument = from_canonical(&plain).map_err(|_| SyncError::Invalid)?;
    document.validate(expected.schema, size).map_err(|_| SyncError::Invalid)?;
    if !author.can_review && oversteps(&document, &header.parents, history) {
        return Err(SyncError::NotAllowed);
    }
    Ok(Received { revision, header, author: author.member, document })
}

/// `known`: whether this very revision was seen before. As all verified revisions of an item are known, one that is not
/// and stands where its device's chain has been already is another one than that which was seen there.
fn check_chain(header: &RevisionHeader, seen: Option<ChainEnd>, known: bool) -> Result<(), SyncError> {
    let next = seen.map_or(0, |end| end.sequence + 1);
    if header.sequence > next {
        return Err(SyncError::Dropped);
    }
    if header.sequence < next {
        return Err(if known { SyncError::Replayed } else { SyncError::Forked });
    }
    if header.previous != seen.map(|end| end.digest) {
        return Err(SyncError::Forked);
    }
    Ok(())
}
