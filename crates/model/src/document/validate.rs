//! What a document has to fulfil, whoever wrote it: checked before a document from elsewhere is used.

use std::collections::BTreeSet;

use abox_ids::{AnnotationId, CommentId};

use super::{Comment, CommentAnchor, ItemDocument, Property, WorkState};
use crate::annotation::{AttributeEntry, Shape};
use crate::schema::{Attribute, LabelSchema, MAX_TEXT_CHARS};

/// A document is not valid. Numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Two objects have the same identifier.
    #[error("object {0} has the same identifier as one before it")]
    DuplicateObject(usize),
    /// Its class is not in the schema.
    #[error("object {0} has a class that the schema does not have")]
    NoSuchClass(usize),
    /// Its class does not allow its shape.
    #[error("object {0} has a shape that its class does not allow")]
    ShapeNotAllowed(usize),
    /// Its shape is degenerate, not finite, or reaches outside the image.
    #[error("object {0} has a shape that is degenerate or outside the image")]
    BadShape(usize),
    /// An attribute that its class does not have, or a value that it does not take, or attributes out of order.
    #[error("object {0} has an attribute that its class does not take")]
    BadAttribute(usize),
    /// As [`DocumentError::BadAttribute`], for the item.
    #[error("the item has an attribute that the schema does not take")]
    BadItemAttribute,
    /// A remark without text, with too much, out of order, twice, or pinned outside the image.
    #[error("comment {0} is not valid")]
    BadComment(usize),
    /// A conflict about nothing, with fewer than two sides, or out of order.
    #[error("conflict {0} is not valid")]
    BadConflict(usize),
    /// Rejected without a reason, or with too long a one.
    #[error("the reason of the rejection is missing or too long")]
    BadReason,
}

/// Whether a person's text has between 1 and 10,000 characters and is not blank.
pub(crate) fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().take(MAX_TEXT_CHARS + 1).count() <= MAX_TEXT_CHARS
}

fn attributes_fit<'a>(
    entries: &[AttributeEntry],
    find: impl Fn(&AttributeEntry) -> Option<&'a Attribute>,
) -> bool {
    entries.is_sorted_by(|a, b| a.attribute < b.attribute)
        && entries.iter().all(|entry| find(entry).is_some_and(|attribute| attribute.accepts(&entry.value)))
}

impl ItemDocument {
    /// Checks that the document fits the schema and an image of `size` (width, height) pixels.
    ///
    /// # Errors
    /// The first [`DocumentError`], with its place and without content.
    pub fn validate(&self, schema: &LabelSchema, size: (u32, u32)) -> Result<(), DocumentError> {
        let mut objects = BTreeSet::new();
        for (index, annotation) in self.annotations.iter().enumerate() {
            let at = index + 1;
            if !objects.insert(annotation.id) {
                return Err(DocumentError::DuplicateObject(at));
            }
            let class = schema.class(annotation.class).ok_or(DocumentError::NoSuchClass(at))?;
            if !class.allows(annotation.shape.kind()) {
                return Err(DocumentError::ShapeNotAllowed(at));
            }
            if !is_clipped(&annotation.shape, size) {
                return Err(DocumentError::BadShape(at));
            }
            if !attributes_fit(&annotation.attributes, |entry| class.attribute(entry.attribute)) {
                return Err(DocumentError::BadAttribute(at));
            }
        }
        if !attributes_fit(&self.attributes, |entry| schema.attribute(entry.attribute)) {
            return Err(DocumentError::BadItemAttribute);
        }
        if matches!(&self.state, WorkState::Rejected { reason } if !is_text(reason)) {
            return Err(DocumentError::BadReason);
        }
        self.validate_comments(size)?;
        self.validate_conflicts(&objects)
    }

    fn validate_comments(&self, size: (u32, u32)) -> Result<(), DocumentError> {
        let mut ids = BTreeSet::new();
        for (index, comment) in self.comments.iter().enumerate() {
            let in_order = index == 0 || self.comments[index - 1].age() < comment.age();
            // The object of a remark may have been deleted; the remark stays.
            let placed = match comment.anchor {
                CommentAnchor::Place { at } => at.clip(size) == Ok(at),
                CommentAnchor::Item | CommentAnchor::Annotation { .. } => true,
            };
            if !(in_order && placed && ids.insert(comment.id) && is_text(&comment.text)) {
                return Err(DocumentError::BadComment(index + 1));
            }
        }
        Ok(())
    }

    fn validate_conflicts(&self, objects: &BTreeSet<AnnotationId>) -> Result<(), DocumentError> {
        for (index, conflict) in self.conflicts.iter().enumerate() {
            let in_order = index == 0 || self.conflicts[index - 1].id < conflict.id;
            let about_something = conflict.property.annotation().is_none_or(|id| objects.contains(&id));
            let only_one = !self.conflicts[..index].iter().any(|other| other.property == conflict.property);
            let fitting = conflict.sides.iter().all(|side| conflict.property.takes(&side.value));
            if !(in_order && about_something && only_one && fitting && conflict.sides.len() >= 2) {
                return Err(DocumentError::BadConflict(index + 1));
            }
        }
        Ok(())
    }
}

fn is_clipped(shape: &Shape, size: (u32, u32)) -> bool {
    shape.clip(size).is_ok_and(|clipped| clipped == *shape)
}

impl Comment {
    /// What comments are sorted by: time, then identifier, so that all devices agree.
    pub(crate) const fn age(&self) -> (i64, CommentId) {
        (self.time, self.id)
    }
}

impl Property {
    /// The object that it is about; `None` for properties of the item.
    #[must_use]
    pub const fn annotation(&self) -> Option<AnnotationId> {
        match self {
            Self::State | Self::ItemAttribute { .. } => None,
            Self::Existence { annotation }
            | Self::Shape { annotation }
            | Self::Class { annotation }
            | Self::Attribute { annotation, .. } => Some(*annotation),
        }
    }

    /// Whether such a value can be a side of a conflict about it.
    fn takes(&self, value: &super::PropertyValue) -> bool {
        use super::PropertyValue as Value;
        matches!(
            (self, value),
            (Self::State, Value::State(_))
                | (Self::Existence { .. }, Value::Annotation(_) | Value::Absent)
                | (Self::Shape { .. }, Value::Shape(_))
                | (Self::Class { .. }, Value::Class(_))
                | (Self::ItemAttribute { .. } | Self::Attribute { .. }, Value::Attribute(_) | Value::Absent)
        )
    }
}
