//! Change sets: what a finished gesture does to a document, with what was there before, so that it can be taken back.
//!
//! [`plan`] makes one from intents and checks that the person may do it; [`ItemDocument::apply`] applies it, all or
//! nothing; [`ChangeSet::inverse`] is its undo. Values are exact: when what a change says was there is not there any
//! more, applying it is refused as stale. Positions in the stacking order are only where things go: a merge may have
//! moved them, and that must not make an undo impossible.
//!
//! Merging two documents is not here but in [`crate::merge`].

mod apply;
mod permission;
mod plan;

use std::collections::BTreeSet;

use abox_ids::{AnnotationId, AttributeId, ClassId, CommentId, MemberId};
use serde::{Deserialize, Serialize};

pub use apply::ApplyError;
pub use permission::IntentError;
pub use plan::plan;

use crate::annotation::{Annotation, AttributeEntry, Shape};
#[cfg(doc)]
use crate::document::ItemDocument;
use crate::document::{Comment, Conflict, WorkState};
use crate::schema::AttributeValue;

/// Who wants to change something, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The member.
    pub member: MemberId,
    /// Whether the member is a lead or owner: may accept, reject, and correct what was submitted.
    pub can_review: bool,
    /// Unix milliseconds: the time of comments.
    pub now: i64,
}

/// A list of changes that belong together: one finished gesture, one step of undo.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeSet {
    /// In the order in which they are applied.
    pub changes: Vec<Change>,
}

/// One change, with what was there before and what is there after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// A new object.
    AddAnnotation {
        /// Where in the stacking order, from the bottom.
        index: u32,
        /// The object.
        annotation: Annotation,
    },
    /// An object goes.
    RemoveAnnotation {
        /// Where in the stacking order it was.
        index: u32,
        /// The whole object, as it was.
        annotation: Annotation,
    },
    /// An object is moved or reshaped.
    SetShape {
        /// Which object.
        annotation: AnnotationId,
        /// Where it was.
        before: Shape,
        /// Where it is.
        after: Shape,
    },
    /// An object gets another class. Its attributes change with it.
    SetClass {
        /// Which object.
        annotation: AnnotationId,
        /// Its class before.
        before: ClassId,
        /// Its class after.
        after: ClassId,
        /// All its attributes before.
        attributes_before: Vec<AttributeEntry>,
        /// Those that the new class has.
        attributes_after: Vec<AttributeEntry>,
    },
    /// An attribute of an object is set or cleared.
    SetAttribute {
        /// Which object.
        annotation: AnnotationId,
        /// Which attribute.
        attribute: AttributeId,
        /// The value before.
        before: Option<AttributeValue>,
        /// The value after.
        after: Option<AttributeValue>,
    },
    /// An attribute of the item is set or cleared.
    SetItemAttribute {
        /// Which attribute.
        attribute: AttributeId,
        /// The value before.
        before: Option<AttributeValue>,
        /// The value after.
        after: Option<AttributeValue>,
    },
    /// An object is moved in the stacking order.
    Reorder {
        /// Which object.
        annotation: AnnotationId,
        /// Its index before.
        before: u32,
        /// Its index after.
        after: u32,
    },
    /// A new remark. It goes where its time puts it.
    AddComment {
        /// The remark.
        comment: Comment,
    },
    /// A remark goes.
    RemoveComment {
        /// The whole remark, as it was.
        comment: Comment,
    },
    /// A remark is dealt with, or is not.
    SetCommentResolved {
        /// Which remark.
        comment: CommentId,
        /// Whether it was.
        before: bool,
        /// Whether it is.
        after: bool,
    },
    /// The work on the item goes on, or back.
    SetState {
        /// The state before.
        before: WorkState,
        /// The state after.
        after: WorkState,
    },
    /// A conflict comes back: only as the inverse of choosing.
    AddConflict {
        /// The conflict.
        conflict: Conflict,
    },
    /// A conflict is settled.
    RemoveConflict {
        /// The whole conflict, as it was.
        conflict: Conflict,
    },
}

impl Change {
    fn inverse(&self) -> Self {
        match self.clone() {
            Self::AddAnnotation { index, annotation } => Self::RemoveAnnotation { index, annotation },
            Self::RemoveAnnotation { index, annotation } => Self::AddAnnotation { index, annotation },
            Self::SetShape { annotation, before, after } => {
                Self::SetShape { annotation, before: after, after: before }
            }
            Self::SetClass { annotation, before, after, attributes_before, attributes_after } => {
                Self::SetClass {
                    annotation,
                    before: after,
                    after: before,
                    attributes_before: attributes_after,
                    attributes_after: attributes_before,
                }
            }
            Self::SetAttribute { annotation, attribute, before, after } => {
                Self::SetAttribute { annotation, attribute, before: after, after: before }
            }
            Self::SetItemAttribute { attribute, before, after } => {
                Self::SetItemAttribute { attribute, before: after, after: before }
            }
            Self::Reorder { annotation, before, after } => {
                Self::Reorder { annotation, before: after, after: before }
            }
            Self::AddComment { comment } => Self::RemoveComment { comment },
            Self::RemoveComment { comment } => Self::AddComment { comment },
            Self::SetCommentResolved { comment, before, after } => {
                Self::SetCommentResolved { comment, before: after, after: before }
            }
            Self::SetState { before, after } => Self::SetState { before: after, after: before },
            Self::AddConflict { conflict } => Self::RemoveConflict { conflict },
            Self::RemoveConflict { conflict } => Self::AddConflict { conflict },
        }
    }

    /// The object that it changes, if it changes one.
    #[must_use]
    pub const fn annotation(&self) -> Option<AnnotationId> {
        match self {
            Self::AddAnnotation { annotation, .. } | Self::RemoveAnnotation { annotation, .. } => {
                Some(annotation.id)
            }
            Self::SetShape { annotation, .. }
            | Self::SetClass { annotation, .. }
            | Self::SetAttribute { annotation, .. }
            | Self::Reorder { annotation, .. } => Some(*annotation),
            Self::AddConflict { conflict } | Self::RemoveConflict { conflict } => {
                conflict.property.annotation()
            }
            Self::SetItemAttribute { .. }
            | Self::AddComment { .. }
            | Self::RemoveComment { .. }
            | Self::SetCommentResolved { .. }
            | Self::SetState { .. } => None,
        }
    }
}

impl ChangeSet {
    /// Whether it changes nothing, so that it leaves no step of undo.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// What takes it back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self { changes: self.changes.iter().rev().map(Change::inverse).collect() }
    }

    /// The objects that it adds, removes or changes, each once.
    #[must_use]
    pub fn touched(&self) -> Vec<AnnotationId> {
        self.changes.iter().filter_map(Change::annotation).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
