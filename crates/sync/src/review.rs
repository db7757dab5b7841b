//! What only leads may do: whether an annotator's revision oversteps it.
//!
//! The window refuses such a change before it is made; this is the check of those who receive it. It looks at reviews
//! only: what is accepted stays as a lead saw it, and nobody but a lead accepts, rejects, or settles a disputed review.
//! Merging is allowed to all, so a revision is compared with what its parents come to together.

use std::collections::{BTreeMap, BTreeSet};

use abox_attest::Digest;
use abox_model::document::{Conflict, ItemDocument, Property, PropertyValue, WorkState};

use crate::graph::{Node, merged};

/// Whether a document, as a revision of `parents`, says what only a lead may say.
pub(crate) fn oversteps(
    document: &ItemDocument,
    parents: &[Digest],
    history: &BTreeMap<Digest, Node>,
) -> bool {
    let before = || parents.iter().filter_map(|parent| history.get(parent)).map(|node| &node.document);
    if states(document).chain(before().flat_map(states)).all(|state| !is_review(state)) {
        return false;
    }
    let before = merged(history, parents).unwrap_or_default();
    let (dispute_before, dispute) = (dispute(&before), dispute(document));
    if before.state == WorkState::Accepted
        || dispute_before.is_some_and(|dispute| disputed(dispute).any(|state| *state == WorkState::Accepted))
    {
        // Remarks may still be written, and labels be changed while the item does not show as accepted.
        let labels_free = before.state != WorkState::Accepted;
        return document.state != before.state
            || dispute != dispute_before
            || !(labels_free || same_labels(document, &before));
    }
    // A rejection comes back when a resubmission is undone, and so does a dispute of two rejections.
    let said = rejections(parents, history);
    states(document).any(|state| match state {
        WorkState::Accepted => true,
        WorkState::Rejected { reason } => !said.contains(reason.as_str()),
        WorkState::Open | WorkState::Submitted => false,
    })
}

/// The dispute about how far the work is, if there is one.
fn dispute(document: &ItemDocument) -> Option<&Conflict> {
    document.conflicts.iter().find(|conflict| conflict.property == Property::State)
}

/// The state that a document shows, and those that are disputed.
fn states(document: &ItemDocument) -> impl Iterator<Item = &WorkState> {
    let disputed = dispute(document).into_iter().flat_map(disputed);
    std::iter::once(&document.state).chain(disputed)
}

fn disputed(dispute: &Conflict) -> impl Iterator<Item = &WorkState> {
    dispute.sides.iter().filter_map(|side| match &side.value {
        PropertyValue::State(state) => Some(state),
        _ => None,
    })
}

const fn is_review(state: &WorkState) -> bool {
    matches!(state, WorkState::Accepted | WorkState::Rejected { .. })
}

fn same_labels(a: &ItemDocument, b: &ItemDocument) -> bool {
    a.annotations == b.annotations && a.attributes == b.attributes && a.conflicts == b.conflicts
}

/// The reasons of all rejections in the revisions and those that they were made from.
fn rejections<'a>(from: &[Digest], history: &'a BTreeMap<Digest, Node>) -> BTreeSet<&'a str> {
    let mut reasons = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut next = from.to_vec();
    while let Some(revision) = next.pop() {
        if seen.insert(revision)
            && let Some(node) = history.get(&revision)
        {
            reasons.extend(states(&node.document).filter_map(|state| match state {
                WorkState::Rejected { reason } => Some(reason.as_str()),
                _ => None,
            }));
            next.extend_from_slice(&node.parents);
        }
    }
    reasons
}
