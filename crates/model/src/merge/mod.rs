//! Merging two documents that grew apart, by object and by property.
//!
//! The result does not depend on which side is called `a`, on the device, or on anything but the three documents and
//! the two authors, so that every device that merges the same revisions gets the same bytes. Nothing that a person did
//! is lost: two different changes of one property become a [`Conflict`] that keeps both until a person chooses, and so
//! do a deletion and a change of one object.
//!
//! Each property is a small set of candidates: one value, or the sides of an open conflict. [`candidates`] merges such
//! sets; [`object`] puts objects together from them; [`order`] merges the stacking order; [`state`] knows how far the
//! work is. There is no access to the schema here: where a class was changed on one side, the shape's kind and the
//! attributes that show are those of that side, which fit its class, and what the other side says waits in a conflict.
//!
//! The documents are expected to be valid ([`ItemDocument::validate`]). Others are merged without a panic, and just as
//! symmetrically, but what they break may stay broken.

mod candidates;
mod object;
mod order;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use abox_ids::{AnnotationId, MemberId};

use crate::annotation::AttributeEntry;
use crate::document::{Comment, Conflict, ItemDocument, Property, PropertyValue};
use candidates::{Candidates, key};
use object::{Objects, Version};

/// One of the two documents that come together.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The document.
    pub document: &'a ItemDocument,
    /// Who made the revision: shown with the values in a conflict.
    pub author: MemberId,
}

/// The document that follows from both. `base` is the nearest common ancestor; without one, everything counts as new
/// on both sides.
#[must_use]
pub fn merge(base: Option<&ItemDocument>, a: &Side<'_>, b: &Side<'_>) -> ItemDocument {
    let untouched = ItemDocument::default();
    let base = base.unwrap_or(&untouched);
    let mut conflicts = Vec::new();

    let (old, ours, theirs) =
        (Objects::of(base, None), Objects::of(a.document, Some(a)), Objects::of(b.document, Some(b)));
    let ids: BTreeSet<AnnotationId> = ours.versions.keys().chain(theirs.versions.keys()).copied().collect();
    let mut kept = BTreeMap::new();
    for id in ids {
        let versions = [&old, &ours, &theirs].map(|objects| objects.versions.get(&id));
        if let Some((annotation, disputed)) = object::merge(versions, (a.author, b.author)) {
            conflicts.extend(disputed);
            kept.insert(id, annotation);
        }
    }
    let order = order::merge(&old.order, &ours.order, &theirs.order, |id| kept.contains_key(id));
    let annotations = order.iter().filter_map(|id| kept.remove(id)).collect();

    let attributes = item_attributes(base, a, b, &mut conflicts);
    let work = state::merge(base, a, b, labels_differ(base, a.document), labels_differ(base, b.document));
    let state = match work.shown() {
        Some(PropertyValue::State(state)) => state.clone(),
        _ => a.document.state.clone(),
    };
    conflicts.extend(work.into_conflict(Property::State));
    conflicts.sort_by_key(|conflict| conflict.id);
    ItemDocument { state, annotations, attributes, comments: comments(base, a, b), conflicts }
}

/// Whether a side did anything to the labels: what a review is about. Comments are not.
fn labels_differ(base: &ItemDocument, side: &ItemDocument) -> bool {
    key(&base.annotations) != key(&side.annotations) || key(&base.attributes) != key(&side.attributes)
}

fn item_attributes(
    base: &ItemDocument,
    a: &Side<'_>,
    b: &Side<'_>,
    conflicts: &mut Vec<Conflict>,
) -> Vec<AttributeEntry> {
    let ids: BTreeSet<_> = [base, a.document, b.document]
        .iter()
        .flat_map(|document| {
            let disputed = document.conflicts.iter().filter_map(|conflict| match conflict.property {
                Property::ItemAttribute { attribute } => Some(attribute),
                _ => None,
            });
            document.attributes.iter().map(|entry| entry.attribute).chain(disputed).collect::<Vec<_>>()
        })
        .collect();
    let mut merged = Vec::new();
    for attribute in ids {
        let property = Property::ItemAttribute { attribute };
        let of = |document: &ItemDocument, author| {
            Candidates::of(
                &document.conflicts,
                &property,
                || object::attribute(&document.attributes, attribute),
                author,
            )
        };
        let choice = candidates::merge(
            &of(base, None),
            &of(a.document, Some(a.author)),
            &of(b.document, Some(b.author)),
        );
        let choice = choice.into_candidates();
        if let Some(PropertyValue::Attribute(value)) = choice.shown() {
            merged.push(AttributeEntry { attribute, value: value.clone() });
        }
        conflicts.extend(choice.into_conflict(property));
    }
    merged
}

/// The remarks of both, without those that either side deleted. Whether one is dealt with is what the side says that
/// changed it.
fn comments(base: &ItemDocument, a: &Side<'_>, b: &Side<'_>) -> Vec<Comment> {
    let by_id = |document: &ItemDocument| -> BTreeMap<_, _> {
        document.comments.iter().map(|comment| (comment.id, comment.clone())).collect()
    };
    let (old, ours, theirs) = (by_id(base), by_id(a.document), by_id(b.document));
    let ids: BTreeSet<_> = ours.keys().chain(theirs.keys()).copied().collect();
    let mut merged: Vec<Comment> = ids
        .iter()
        .filter_map(|id| match (old.get(id), ours.get(id), theirs.get(id)) {
            (before, Some(one), Some(other)) => {
                // A remark is never rewritten; should two texts have one identifier, all devices take the same.
                let mut comment = if key(one) <= key(other) { one.clone() } else { other.clone() };
                comment.resolved = match before {
                    Some(before) if one.resolved == before.resolved => other.resolved,
                    Some(_) => one.resolved,
                    None => one.resolved || other.resolved,
                };
                Some(comment)
            }
            (None, Some(one), None) | (None, None, Some(one)) => Some(one.clone()),
            _ => None,
        })
        .collect();
    merged.sort_by_key(Comment::age);
    merged
}

impl<'a> Objects<'a> {
    fn of(document: &'a ItemDocument, side: Option<&Side<'_>>) -> Self {
        let mut conflicts: BTreeMap<AnnotationId, Vec<&Conflict>> = BTreeMap::new();
        for conflict in &document.conflicts {
            if let Some(id) = conflict.property.annotation() {
                conflicts.entry(id).or_default().push(conflict);
            }
        }
        let author = side.map(|side| side.author);
        let versions = document
            .annotations
            .iter()
            .map(|annotation| {
                let conflicts = conflicts.get(&annotation.id).cloned().unwrap_or_default();
                (annotation.id, Version { annotation, conflicts, author })
            })
            .collect();
        Self { versions, order: document.annotations.iter().map(|annotation| annotation.id).collect() }
    }
}

#[cfg(test)]
mod tests;
