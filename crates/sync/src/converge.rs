//! What the document of an item becomes, given all revisions that are here and what was changed on this device.

use std::collections::BTreeMap;

use abox_attest::Digest;
use abox_model::document::ItemDocument;
use abox_model::merge::{Side, merge};

use crate::graph::{Node, heads, nearest_common_ancestor};

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

/// Decides. Local changes become a revision first; then revisions that exclude each other are merged two by two, in an
/// order that all devices share. Two devices that merge the same two revisions get equal documents, and newest revisions
/// with equal documents are not merged again but stood on together: so merging ends.
#[must_use]
pub fn converge(nodes: &BTreeMap<Digest, Node>, local: &Local<'_>) -> Decision {
    if local.dirty {
        return Decision::Revise { document: local.document.clone(), parents: local.base.to_vec() };
    }
    let heads = heads(nodes);
    let Some(first) = heads.first().and_then(|head| nodes.get(head)) else { return Decision::Nothing };
    let other = heads.iter().filter_map(|head| nodes.get(head)).find(|head| head.document != first.document);
    let Some(other) = other else {
        if local.base == heads.as_slice() {
            return Decision::Nothing;
        }
        return Decision::FastForward { document: first.document.clone(), base: heads };
    };
    let ancestor = nearest_common_ancestor(nodes, &[first.revision], &[other.revision])
        .and_then(|revision| nodes.get(&revision))
        .map(|node| &node.document);
    let document = merge(
        ancestor,
        &Side { document: &first.document, author: first.author },
        &Side { document: &other.document, author: other.author },
    );
    // All newest revisions that say what one of the two says are settled by the merge, too.
    let parents = heads
        .iter()
        .filter_map(|head| nodes.get(head))
        .filter(|head| head.document == first.document || head.document == other.document)
        .map(|head| head.revision)
        .collect();
    Decision::Revise { document, parents }
}
