//! Merging one object: whether it is there, and its properties.

use std::collections::{BTreeMap, BTreeSet};

use abox_ids::{AnnotationId, AttributeId, MemberId};

use super::candidates::{self, Candidates, key};
use crate::annotation::{Annotation, AttributeEntry};
use crate::document::{Conflict, ConflictSide, Property, PropertyValue};

/// The objects of one document.
pub(super) struct Objects<'a> {
    pub(super) versions: BTreeMap<AnnotationId, Version<'a>>,
    pub(super) order: Vec<AnnotationId>,
}

/// One object as a document has it, with what is disputed about it.
pub(super) struct Version<'a> {
    pub(super) annotation: &'a Annotation,
    pub(super) conflicts: Vec<&'a Conflict>,
    /// Of the revision; `None` in the base.
    pub(super) author: Option<MemberId>,
}

impl Version<'_> {
    fn key(&self) -> Vec<u8> {
        key(&(self.annotation, &self.conflicts))
    }

    fn existence(&self) -> Option<&Conflict> {
        self.conflicts
            .iter()
            .find(|conflict| matches!(conflict.property, Property::Existence { .. }))
            .copied()
    }

    fn candidates(&self, property: &Property, value: PropertyValue) -> Candidates {
        Candidates::of(self.conflicts.iter().copied(), property, || value, self.author)
    }

    fn owned(&self) -> (Annotation, Vec<Conflict>) {
        (self.annotation.clone(), self.conflicts.iter().map(|conflict| (*conflict).clone()).collect())
    }
}

/// The value of an attribute, as a property.
pub(super) fn attribute(entries: &[AttributeEntry], id: AttributeId) -> PropertyValue {
    entries
        .iter()
        .find(|entry| entry.attribute == id)
        .map_or(PropertyValue::Absent, |entry| PropertyValue::Attribute(entry.value.clone()))
}

/// The object that follows from both sides, with what is disputed about it; `None` when it is gone.
pub(super) fn merge(
    [base, a, b]: [Option<&Version<'_>>; 3],
    (author_a, author_b): (MemberId, MemberId),
) -> Option<(Annotation, Vec<Conflict>)> {
    match (a, b) {
        (Some(a), Some(b)) => Some(both(base, a, b)),
        (Some(present), None) => one(base, present, author_b),
        (None, Some(present)) => one(base, present, author_a),
        (None, None) => None,
    }
}

/// Only one side has it: it is new there, or the other side deleted it.
fn one(
    base: Option<&Version<'_>>,
    present: &Version<'_>,
    deleter: MemberId,
) -> Option<(Annotation, Vec<Conflict>)> {
    let Some(base) = base else { return Some(present.owned()) };
    if base.key() == present.key() {
        return None;
    }
    let (annotation, mut conflicts) = present.owned();
    if present.existence().is_none() {
        let keeper = present.author.unwrap_or(annotation.author);
        conflicts.extend(existence(&annotation, keeper, deleter));
    }
    Some((annotation, conflicts))
}

/// One side deleted the object that the other changed. It stays until a person chooses.
fn existence(annotation: &Annotation, keeper: MemberId, deleter: MemberId) -> Option<Conflict> {
    let side = |author, value: PropertyValue| (key(&value), ConflictSide { author, value });
    let present = side(keeper, PropertyValue::Annotation(annotation.clone()));
    let shown = present.0.clone();
    let sides = BTreeMap::from([present, side(deleter, PropertyValue::Absent)]);
    Candidates { sides, shown }.into_conflict(Property::Existence { annotation: annotation.id })
}

fn both(base: Option<&Version<'_>>, a: &Version<'_>, b: &Version<'_>) -> (Annotation, Vec<Conflict>) {
    let (key_a, key_b) = (a.key(), b.key());
    // The usual case, and the one in which everything is taken as it is: one side did not touch the object.
    if key_a == key_b {
        return a.owned();
    }
    if let Some(key_base) = base.map(Version::key) {
        if key_a == key_base {
            return b.owned();
        }
        if key_b == key_base {
            return a.owned();
        }
    }
    let id = a.annotation.id;
    let mut conflicts = Vec::new();

    let property = Property::Class { annotation: id };
    let class =
        |version: &Version<'_>| version.candidates(&property, PropertyValue::Class(version.annotation.class));
    let (class_a, class_b) = (class(a), class(b));
    let choice = candidates::merge(&nothing_or(base, class), &class_a, &class_b).into_candidates();
    // The side whose class shows, when the two differ: its shape and attributes are sure to fit the class.
    let leading = match (choice.shown == class_a.shown, choice.shown == class_b.shown) {
        (true, false) => Some(a),
        (false, true) => Some(b),
        _ => None,
    };
    let class = match choice.shown() {
        Some(PropertyValue::Class(class)) => *class,
        _ => a.annotation.class.min(b.annotation.class),
    };
    let disputed = choice.sides.len() > 1;
    conflicts.extend(choice.into_conflict(property));

    let property = Property::Shape { annotation: id };
    let value = |version: &Version<'_>| PropertyValue::Shape(version.annotation.shape.clone());
    let shape = |version: &Version<'_>| version.candidates(&property, value(version));
    let mut choice = candidates::merge(&nothing_or(base, shape), &shape(a), &shape(b)).into_candidates();
    if let Some(leading) = leading {
        let same_kind = matches!(choice.shown(), Some(PropertyValue::Shape(shape)) if shape.kind() == leading.annotation.shape.kind());
        if !same_kind {
            choice = showing(choice, leading, value(leading));
        }
    }
    let shape = match choice.shown() {
        Some(PropertyValue::Shape(shape)) => shape.clone(),
        _ => a.annotation.shape.clone(),
    };
    conflicts.extend(choice.into_conflict(property));

    let mut attributes = Vec::new();
    for attribute_id in attribute_ids([base, Some(a), Some(b)]) {
        let property = Property::Attribute { annotation: id, attribute: attribute_id };
        let value = |version: &Version<'_>| attribute(&version.annotation.attributes, attribute_id);
        let of = |version: &Version<'_>| version.candidates(&property, value(version));
        let mut choice =
            candidates::merge(&base.map_or_else(|| absent(&property), of), &of(a), &of(b)).into_candidates();
        if let Some(leading) = leading {
            if choice.shown != key(&value(leading)) {
                choice = showing(choice, leading, value(leading));
            }
            // Which class holds is open, and only one of them may have the attribute: its value waits for the answer.
            if disputed && [a, b].iter().any(|version| value(version) == PropertyValue::Absent) {
                choice.sides.extend(candidates::union(&of(a), &of(b)));
            }
        }
        if let Some(PropertyValue::Attribute(value)) = choice.shown() {
            attributes.push(AttributeEntry { attribute: attribute_id, value: value.clone() });
        }
        conflicts.extend(choice.into_conflict(property));
    }

    let author = match base.map(|version| version.annotation.author) {
        Some(before) if before == a.annotation.author => b.annotation.author,
        Some(before) if before == b.annotation.author => a.annotation.author,
        _ => a.annotation.author.min(b.annotation.author),
    };
    let annotation = Annotation { id, class, shape, attributes, author };
    conflicts.extend(still_disputed(base, a, b, &annotation));
    (annotation, conflicts)
}

/// Whether it is still disputed that the object is there: not when one side has settled it.
fn still_disputed(
    base: Option<&Version<'_>>,
    a: &Version<'_>,
    b: &Version<'_>,
    annotation: &Annotation,
) -> Option<Conflict> {
    let was = base.is_some_and(|base| base.existence().is_some());
    let disputed = [a.existence(), b.existence()];
    if disputed.iter().all(Option::is_none) || (was && disputed.iter().any(Option::is_none)) {
        return None;
    }
    let sides = || disputed.iter().flatten().flat_map(|conflict| &conflict.sides);
    let deleter = sides().filter(|side| side.value == PropertyValue::Absent).map(|side| side.author).min();
    let keeper = sides().filter(|side| side.value != PropertyValue::Absent).map(|side| side.author).min();
    existence(annotation, keeper?, deleter?)
}

/// Candidates of the base, or none when the object is new on both sides.
fn nothing_or(base: Option<&Version<'_>>, of: impl Fn(&Version<'_>) -> Candidates) -> Candidates {
    base.map_or_else(|| Candidates { sides: BTreeMap::new(), shown: Vec::new() }, of)
}

fn absent(property: &Property) -> Candidates {
    Candidates::of([], property, || PropertyValue::Absent, None)
}

fn attribute_ids<'a>(versions: [Option<&'a Version<'a>>; 3]) -> BTreeSet<AttributeId> {
    let mut ids = BTreeSet::new();
    for version in versions.into_iter().flatten() {
        ids.extend(version.annotation.attributes.iter().map(|entry| entry.attribute));
        ids.extend(version.conflicts.iter().filter_map(|conflict| match conflict.property {
            Property::Attribute { attribute, .. } => Some(attribute),
            _ => None,
        }));
    }
    ids
}

/// The same choice, but showing this value of this side; what it would have shown stays as a candidate.
fn showing(mut choice: Candidates, version: &Version<'_>, value: PropertyValue) -> Candidates {
    let shown = key(&value);
    let author = version.author.unwrap_or(version.annotation.author);
    choice.sides.entry(shown.clone()).or_insert(ConflictSide { author, value });
    choice.shown = shown;
    choice
}
