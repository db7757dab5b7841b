//! The revisions of one item as a graph: newest ones and common ancestors.

use std::collections::{BTreeMap, BTreeSet};

use abox_attest::Digest;
use abox_ids::MemberId;
use abox_model::document::ItemDocument;

/// One verified revision of the item.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its digest.
    pub revision: Digest,
    /// What it was made from.
    pub parents: Vec<Digest>,
    /// Who made it.
    pub author: MemberId,
    /// Its document.
    pub document: ItemDocument,
}

/// The revisions that no other was made from, sorted.
#[must_use]
pub fn heads(nodes: &BTreeMap<Digest, Node>) -> Vec<Digest> {
    let parents: BTreeSet<&Digest> = nodes.values().flat_map(|node| &node.parents).collect();
    nodes.keys().filter(|revision| !parents.contains(revision)).copied().collect()
}

/// A revision and everything that it was made from.
fn ancestry(nodes: &BTreeMap<Digest, Node>, from: &[Digest]) -> BTreeSet<Digest> {
    let mut found = BTreeSet::new();
    let mut next = from.to_vec();
    while let Some(revision) = next.pop() {
        if found.insert(revision)
            && let Some(node) = nodes.get(&revision)
        {
            next.extend_from_slice(&node.parents);
        }
    }
    found
}

/// The revision from which both sides were made and which no other such revision was made from. Where there are several
/// (both sides merged the same two revisions), the one with the least digest: every device picks the same.
#[must_use]
pub fn nearest_common_ancestor(nodes: &BTreeMap<Digest, Node>, a: &[Digest], b: &[Digest]) -> Option<Digest> {
    let ours = ancestry(nodes, a);
    let theirs = ancestry(nodes, b);
    let common: BTreeSet<Digest> = ours.intersection(&theirs).copied().collect();
    let overtaken: BTreeSet<Digest> = common
        .iter()
        .filter_map(|revision| nodes.get(revision))
        .flat_map(|node| node.parents.clone())
        .collect();
    common.difference(&overtaken).next().copied()
}
