//! What a person wants to change, as the window says it. The document turns an intent into a change set, which knows
//! what was there before; the window does not have to.

use abox_ids::{AnnotationId, AttributeId, ClassId, CommentId, ConflictId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::annotation::{AttributeEntry, Shape};
use crate::document::CommentAnchor;
use crate::schema::AttributeValue;

/// One wish. A finished gesture is a list of them, applied together or not at all, and undone together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Intent {
    /// Draw a new object. Attributes that are not given take the schema's defaults.
    Create {
        /// Its identifier, chosen by the core when absent.
        id: Option<AnnotationId>,
        /// Its class.
        class: ClassId,
        /// Where.
        shape: Shape,
        /// Attributes, as when pasting.
        attributes: Vec<AttributeEntry>,
    },
    /// Remove an object.
    Delete {
        /// Which.
        id: AnnotationId,
    },
    /// Move, resize or reshape an object.
    SetShape {
        /// Which.
        id: AnnotationId,
        /// Where it is now. Must be of a kind that the class allows.
        shape: Shape,
    },
    /// Give an object another class. Attributes that the new class does not have are dropped (and come back on undo).
    SetClass {
        /// Which.
        id: AnnotationId,
        /// The new class.
        class: ClassId,
    },
    /// Set or clear an attribute of an object.
    SetAttribute {
        /// Which object.
        id: AnnotationId,
        /// Which attribute.
        attribute: AttributeId,
        /// `None` clears it.
        value: Option<AttributeValue>,
    },
    /// Set or clear an attribute of the item.
    SetItemAttribute {
        /// Which attribute.
        attribute: AttributeId,
        /// `None` clears it.
        value: Option<AttributeValue>,
    },
    /// Move an object in the stacking order.
    Reorder {
        /// Which.
        id: AnnotationId,
        /// Its new index from the bottom; beyond the end means the top.
        index: u32,
    },
    /// Write a remark.
    AddComment {
        /// What it is about.
        anchor: CommentAnchor,
        /// 1 to 10,000 characters.
        text: String,
    },
    /// Mark a remark as dealt with, or not.
    ResolveComment {
        /// Which.
        id: CommentId,
        /// Whether it is.
        resolved: bool,
    },
    /// Remove one's own remark.
    DeleteComment {
        /// Which.
        id: CommentId,
    },
    /// Choose a side of a conflict.
    Choose {
        /// Which conflict.
        conflict: ConflictId,
        /// Index of the side.
        side: u32,
    },
    /// The item is done.
    Submit,
    /// Take the item back for more work (before it was reviewed).
    Reopen,
    /// A lead takes the item.
    Accept,
    /// A lead sends the item back.
    Reject {
        /// Why: 1 to 10,000 characters.
        reason: String,
    },
}
