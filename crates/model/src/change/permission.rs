//! Who may change what: by state of the item, by role, by authorship.

use super::{Actor, Change, ChangeSet};
use crate::document::{ItemDocument, WorkState};
use crate::geometry::ShapeError;

/// An intent cannot be carried out. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IntentError {
    /// No such object: perhaps somebody else deleted it.
    #[error("this object is not there any more")]
    NoSuchObject,
    /// The schema has no such class.
    #[error("this class is not in the schema")]
    NoSuchClass,
    /// The class, or the item, has no such attribute.
    #[error("this class or item has no such attribute")]
    NoSuchAttribute,
    /// No such remark.
    #[error("this comment is not there any more")]
    NoSuchComment,
    /// The conflict is not there, or has been settled.
    #[error("this conflict has been settled already")]
    NoSuchConflict,
    /// The conflict has fewer sides.
    #[error("this conflict has no such side")]
    NoSuchSide,
    /// An object with this identifier exists.
    #[error("an object with this identifier exists already")]
    DuplicateObject,
    /// The same attribute given twice.
    #[error("the same attribute is given twice")]
    DuplicateAttribute,
    /// The image has this tag.
    #[error("the image has this tag already")]
    DuplicateTag,
    /// The class does not allow the shape.
    #[error("the class does not allow this shape: choose another tool or class")]
    ShapeNotAllowed,
    /// The shape cannot be stored.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The attribute does not take the value.
    #[error("the attribute does not take this value")]
    ValueNotAllowed,
    /// A comment or reason that is blank or too long.
    #[error("write between 1 and 10,000 characters")]
    TextLength,
    /// Somebody else's comment.
    #[error("only the author of a comment can delete it")]
    NotAuthor,
    /// Only a lead accepts, rejects, and settles what leads disagree about.
    #[error("only a lead can review")]
    NotReviewer,
    /// The item was accepted.
    #[error("this item has been accepted: ask a lead to send it back before changing it")]
    Accepted,
    /// The item was submitted.
    #[error("this item has been submitted: take it back before changing it")]
    Submitted,
    /// There is nothing to review yet.
    #[error("this item has not been submitted")]
    NotSubmitted,
    /// Two people changed it at the same time.
    #[error("two people changed this at the same time: choose a version first")]
    InConflict,
    /// Required attributes have no value.
    #[error("{objects} required attributes of objects and {item} of the item have no value")]
    Missing {
        /// Attributes of objects, all objects together.
        objects: usize,
        /// Attributes of the item.
        item: usize,
    },
    /// Conflicts wait for a choice.
    #[error("{count} conflicts wait for a choice")]
    Unresolved {
        /// How many.
        count: usize,
    },
}

/// Whether the labels of an item in this state may be changed. A lead may correct in every state, and the state stays.
pub(super) fn may_label(state: &WorkState, who: &Actor) -> Result<(), IntentError> {
    match state {
        WorkState::Accepted if !who.can_review => Err(IntentError::Accepted),
        WorkState::Submitted if !who.can_review => Err(IntentError::Submitted),
        _ => Ok(()),
    }
}

/// Whether a person may take an item from one state to another.
pub(super) fn may_set_state(before: &WorkState, after: &WorkState, who: &Actor) -> Result<(), IntentError> {
    let decision = |state: &WorkState| matches!(state, WorkState::Accepted | WorkState::Rejected { .. });
    match (before, after) {
        _ if who.can_review => Ok(()),
        (WorkState::Accepted, _) => Err(IntentError::Accepted),
        (_, after) if decision(after) => Err(IntentError::NotReviewer),
        _ => Ok(()),
    }
}

impl ChangeSet {
    /// Whether the person may apply this to the document as it is now: the rules of [`super::plan`], for change sets
    /// that do not come from it, such as undo and redo after the item was submitted or accepted. Taking back one's own
    /// step to a state that a lead set (a resubmission to "rejected") is allowed.
    ///
    /// # Errors
    /// [`IntentError`], before anything is changed.
    pub fn permitted(&self, document: &ItemDocument, who: &Actor) -> Result<(), IntentError> {
        let mut state = document.state.clone();
        for change in &self.changes {
            match change {
                Change::AddComment { comment } | Change::RemoveComment { comment } => {
                    if comment.author != who.member {
                        return Err(IntentError::NotAuthor);
                    }
                }
                Change::SetCommentResolved { .. } => {}
                Change::SetState { after, .. } => {
                    let back = matches!(
                        (&state, after),
                        (WorkState::Submitted | WorkState::Open, WorkState::Rejected { .. })
                    );
                    if !back {
                        may_set_state(&state, after, who)?;
                    }
                    state = after.clone();
                }
                Change::AddConflict { conflict } | Change::RemoveConflict { conflict }
                    if conflict.property == crate::document::Property::State => {}
                _ => may_label(&state, who)?,
            }
        }
        Ok(())
    }
}
