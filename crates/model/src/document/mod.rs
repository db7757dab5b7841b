//! The document of one item: everything that people said about it. It is what revisions carry and what merges.

use abox_ids::{AnnotationId, AttributeId, ClassId, CommentId, ConflictId, MemberId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::annotation::{Annotation, AttributeEntry, Point, Shape};
use crate::schema::AttributeValue;

mod validate;

pub use validate::DocumentError;
pub(crate) use validate::is_text;

/// How far the work on an item is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum WorkState {
    /// Being labelled (also before the first label).
    Open,
    /// The annotator says that it is done.
    Submitted,
    /// A lead took it.
    Accepted,
    /// A lead sent it back.
    Rejected {
        /// Why, in the lead's words.
        reason: String,
    },
}

/// Everything that was said about one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ItemDocument {
    /// How far the work is.
    pub state: WorkState,
    /// Objects and tags, from the bottom to the top.
    pub annotations: Vec<Annotation>,
    /// Attributes of the item itself that have a value, sorted by identifier.
    pub attributes: Vec<AttributeEntry>,
    /// Remarks, oldest first.
    pub comments: Vec<Comment>,
    /// What two people changed at the same time, until a person chooses. Sorted by identifier.
    pub conflicts: Vec<Conflict>,
}

impl Default for ItemDocument {
    /// An item that nobody has touched.
    fn default() -> Self {
        Self {
            state: WorkState::Open,
            annotations: Vec::new(),
            attributes: Vec::new(),
            comments: Vec::new(),
            conflicts: Vec::new(),
        }
    }
}

/// What a comment is pinned to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CommentAnchor {
    /// The item as a whole.
    Item,
    /// One object.
    Annotation {
        /// Which.
        id: AnnotationId,
    },
    /// A place in the image.
    Place {
        /// Where.
        at: Point,
    },
}

/// A remark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// Its lasting identifier.
    pub id: CommentId,
    /// Who wrote it.
    pub author: MemberId,
    /// Unix milliseconds.
    #[ts(type = "number")]
    pub time: i64,
    /// What it is about.
    pub anchor: CommentAnchor,
    /// 1 to 10,000 characters.
    pub text: String,
    /// Whether it has been dealt with.
    pub resolved: bool,
}

/// The property of an item that a conflict is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Property {
    /// How far the work is.
    State,
    /// An attribute of the item.
    ItemAttribute {
        /// Which.
        attribute: AttributeId,
    },
    /// Whether the object is there at all: one side deleted it, the other changed it.
    Existence {
        /// Which object.
        annotation: AnnotationId,
    },
    /// Where an object is.
    Shape {
        /// Which object.
        annotation: AnnotationId,
    },
    /// The class of an object.
    Class {
        /// Which object.
        annotation: AnnotationId,
    },
    /// An attribute of an object.
    Attribute {
        /// Which object.
        annotation: AnnotationId,
        /// Which attribute.
        attribute: AttributeId,
    },
}

/// What one side of a conflict wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum PropertyValue {
    /// The object is gone, or the attribute has no value.
    Absent,
    /// For [`Property::State`].
    State(WorkState),
    /// For [`Property::Existence`].
    Annotation(Annotation),
    /// For [`Property::Shape`].
    Shape(Shape),
    /// For [`Property::Class`].
    Class(ClassId),
    /// For the attributes.
    Attribute(AttributeValue),
}

/// One side of a conflict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConflictSide {
    /// Whose revision.
    pub author: MemberId,
    /// What it wants.
    pub value: PropertyValue,
}

/// Two changes of the same property at the same time. The document shows `sides[0]` until a person chooses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// Derived from the property and the two values, so that everybody who merges finds the same conflict.
    pub id: ConflictId,
    /// What it is about.
    pub property: Property,
    /// The values that exclude each other, in an order that does not depend on who merges. At least two.
    pub sides: Vec<ConflictSide>,
}

#[cfg(test)]
mod tests;
