//! What the document of an item becomes, given all revisions that are here and what was changed on this device.

use std::collections::BTreeMap;

use abox_attest::Digest;
use abox_model::document::ItemDocument;
use abox_protocol::wire::MAX_REVISION_PARENTS;

use crate::graph::{Node, heads, merged};

/// The item on this device.
#[derive(Debug, Clone, Copy)]
pub struct Local<'a> {
    /// The document as this device shows it.
    pub document: &'a ItemDocument,
    /// The revisions that it stands on.
    pub base: &'a [Digest],
    /// Whether it holds changes that are in no revision yet.
    pub dirty: bool,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Everything is in step.
    Nothing,
    /// Show this document, which stands on these revisions. Nothing has to be sent.
    FastForward {
        /// The document.
        document: ItemDocument,
        /// The revisions.
        base: Vec<Digest>,
    },
    /// Make a revision with this document from these parents, then ask again.
    Revise {
        /// The document.
        document: ItemDocument,
        /// What it is made from.
        parents: Vec<Digest>,
    },
}

/// Decides. Local changes become a revision first; then all revisions that exclude each other are merged into one. Two
/// devices that merge the same revisions get equal documents, and newest revisions with equal documents are not merged
/// again but stood on together: so merging ends.
#[must_use]
pub fn converge(nodes: &BTreeMap<Digest, Node>, local: &Local<'_>) -> Decision {
    if local.dirty {
        return Decision::Revise { document: local.document.clone(), parents: local.base.to_vec() };
    }
    let mut heads = heads(nodes);
    let document = |head: &Digest| nodes.get(head).map(|node| &node.document);
    let Some(first) = heads.first().and_then(document) else { return Decision::Nothing };
    // A revision names so many parents at most. With more heads than that (of as many devices), one that differs is
    // taken early, so that each merge brings the end nearer.
    if heads.len() > MAX_REVISION_PARENTS {
        heads[1..].sort_by_key(|head| document(head) == Some(first));
        heads.truncate(MAX_REVISION_PARENTS);
        heads.sort_unstable();
    }
    if heads.iter().any(|head| document(head) != Some(first)) {
        let document = merged(nodes, &heads).unwrap_or_default();
        return Decision::Revise { document, parents: heads };
    }
    if local.base == heads.as_slice() {
        return Decision::Nothing;
    }
    Decision::FastForward { document: first.clone(), base: heads }
}
