//! The manifest of a batch: what was sealed, under which schema. Signed by the sealing lead's device and sealed under
//! the batch key as one object, whose digest stands in the organisation's log.

use abox_attest::{Digest, Statement};
use abox_ids::{BatchId, ItemId, ObjectId, OrgId, ProjectId};
use abox_model::schema::LabelSchema;
use abox_vault::{ObjectSummary, WrappedItemKey};
use serde::{Deserialize, Serialize};

/// What was sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The organisation.
    pub(crate) org: OrgId,
    /// The batch.
    pub(crate) batch: BatchId,
    /// The epoch of the batch key that wraps the item keys.
    pub(crate) epoch: u32,
    /// The project.
    pub(crate) project: ProjectId,
    /// The project's name.
    pub(crate) project_name: String,
    /// The batch's name.
    pub(crate) name: String,
    /// What annotators should know.
    pub(crate) guide: Option<String>,
    /// Unix milliseconds.
    pub(crate) created: i64,
    /// Unix milliseconds.
    pub(crate) due: Option<i64>,
    /// What can be labelled.
    pub(crate) schema: LabelSchema,
    /// The items in their order: by name.
    pub(crate) items: Vec<ManifestItem>,
}

impl Statement for Manifest {
    const KIND: &'static str = "manifest";
}

/// One item of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ManifestItem {
    /// The item.
    pub(crate) id: ItemId,
    /// Its path below what was sealed, with `/`.
    pub(crate) name: String,
    /// Pixels after orientation.
    pub(crate) width: u32,
    /// Pixels after orientation.
    pub(crate) height: u32,
    /// SHA-256 of the client's file.
    pub(crate) content: Digest,
    /// The item's key, wrapped by the batch key.
    pub(crate) key: WrappedItemKey,
    /// The client's file.
    pub(crate) media: SealedObject,
    /// A small JPEG of it.
    pub(crate) preview: SealedObject,
}

/// One sealed object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealedObject {
    /// Its name on the server and on disk.
    pub(crate) object: ObjectId,
    /// Length and digest as sealed, length as opened.
    pub(crate) summary: ObjectSummary,
}

impl Manifest {
    /// The sealed bytes of all media and previews.
    #[must_use]
    pub(crate) fn sealed_bytes(&self) -> u64 {
        self.objects().map(|object| object.summary.sealed_length).sum()
    }

    /// Every object of every item: first all previews, so that lists fill early, then all media.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &SealedObject> {
        self.items.iter().map(|item| &item.preview).chain(self.items.iter().map(|item| &item.media))
    }

    /// The item with this identifier.
    #[must_use]
    pub(crate) fn item(&self, id: ItemId) -> Option<&ManifestItem> {
        self.items.iter().find(|item| item.id == id)
    }
}
