//! What a sealed object is bound to: a sealed object that is moved to another place does not open there.

use abox_ids::{BatchId, ItemId, OrgId};

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectRole {
    /// A client's file.
    Media,
    /// A small picture of it.
    Preview,
    /// The list of a batch's items.
    Manifest,
    /// The document of an item as one revision has it.
    Revision,
    /// A label schema.
    Schema,
}

/// Where an object belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealContext {
    /// The organisation.
    pub org: OrgId,
    /// The batch.
    pub batch: BatchId,
    /// The item, for objects of one item.
    pub item: Option<ItemId>,
    /// What it is.
    pub role: ObjectRole,
    /// The epoch of the batch key.
    pub epoch: u32,
}

const DOMAIN: &[u8; 16] = b"abox/v1/object\0\0";

impl SealContext {
    /// Fixed-length fields, one after another: domain, organisation, batch, item (zeros if none), role, epoch.
    pub(crate) fn bytes(&self) -> [u8; 69] {
        let mut bytes = [0; 69];
        bytes[..16].copy_from_slice(DOMAIN);
        bytes[16..32].copy_from_slice(self.org.as_bytes());
        bytes[32..48].copy_from_slice(self.batch.as_bytes());
        if let Some(item) = self.item {
            bytes[48..64].copy_from_slice(item.as_bytes());
        }
        bytes[64] = match self.role {
            ObjectRole::Media => 1,
            ObjectRole::Preview => 2,
            ObjectRole::Manifest => 3,
            ObjectRole::Revision => 4,
            ObjectRole::Schema => 5,
        };
        bytes[65..].copy_from_slice(&self.epoch.to_be_bytes());
        bytes
    }
}
