//! Applying a change set: every `before` must match, and nothing is changed when one does not.

use abox_ids::AnnotationId;

use super::{Change, ChangeSet};
use crate::annotation::{Annotation, AttributeEntry};
use crate::document::ItemDocument;
use crate::schema::AttributeValue;
use abox_ids::AttributeId;

/// A change set does not fit the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// What the change says was there is not there (any more): somebody else's work came in between.
    #[error("this has been changed in the meantime, so that step {change} cannot be applied")]
    Stale {
        /// Which change of the set, counted from 1.
        change: usize,
    },
}

impl ItemDocument {
    /// Applies all changes, or none.
    ///
    /// # Errors
    /// [`ApplyError::Stale`]: the document is as it was.
    pub fn apply(&mut self, set: &ChangeSet) -> Result<(), ApplyError> {
        let mut were = Vec::with_capacity(set.changes.len());
        for (index, change) in set.changes.iter().enumerate() {
            let Some(was) = self.apply_one(change) else {
                for (done, was) in set.changes.iter().zip(were).rev() {
                    // Each was just applied, so this fits.
                    let _ = self.apply_one(&taken_back(done, was));
                }
                return Err(ApplyError::Stale { change: index + 1 });
            };
            were.push(was);
        }
        Ok(())
    }

    /// Where the object is in the stacking order.
    #[must_use]
    pub fn index_of(&self, id: AnnotationId) -> Option<usize> {
        self.annotations.iter().position(|annotation| annotation.id == id)
    }

    /// The object with this identifier.
    #[must_use]
    pub fn annotation(&self, id: AnnotationId) -> Option<&Annotation> {
        self.annotations.iter().find(|annotation| annotation.id == id)
    }

    fn annotation_mut(&mut self, id: AnnotationId) -> Option<&mut Annotation> {
        self.annotations.iter_mut().find(|annotation| annotation.id == id)
    }

    /// The index at which the object was, for changes that move or remove one; `None` when the change does not fit, and
    /// then nothing was changed.
    pub(super) fn apply_one(&mut self, change: &Change) -> Option<usize> {
        let mut was = 0;
        match change {
            Change::AddAnnotation { index, annotation } => {
                if self.annotation(annotation.id).is_some() {
                    return None;
                }
                self.annotations.insert((*index as usize).min(self.annotations.len()), annotation.clone());
            }
            Change::RemoveAnnotation { annotation, .. } => {
                let index = self.index_of(annotation.id)?;
                if self.annotations[index] != *annotation {
                    return None;
                }
                self.annotations.remove(index);
                was = index;
            }
            Change::SetShape { annotation, before, after } => {
                let annotation = self.annotation_mut(*annotation)?;
                replace(&mut annotation.shape, before, after)?;
            }
            Change::SetClass { annotation, before, after, attributes_before, attributes_after } => {
                let annotation = self.annotation_mut(*annotation)?;
                if annotation.class != *before {
                    return None;
                }
                replace(&mut annotation.attributes, attributes_before, attributes_after)?;
                annotation.class = *after;
            }
            Change::SetAttribute { annotation, attribute, before, after } => {
                set_attribute(&mut self.annotation_mut(*annotation)?.attributes, *attribute, before, after)?;
            }
            Change::SetItemAttribute { attribute, before, after } => {
                set_attribute(&mut self.attributes, *attribute, before, after)?;
            }
            Change::Reorder { annotation, after, .. } => {
                let index = self.index_of(*annotation)?;
                let moved = self.annotations.remove(index);
                was = index;
                self.annotations.insert((*after as usize).min(self.annotations.len()), moved);
            }
            Change::AddComment { comment } => {
                if self.comments.iter().any(|other| other.id == comment.id) {
                    return None;
                }
                let at = self.comments.partition_point(|other| other.age() < comment.age());
                self.comments.insert(at, comment.clone());
            }
            Change::RemoveComment { comment } => {
                let index = self.comments.iter().position(|other| other == comment)?;
                self.comments.remove(index);
            }
            Change::SetCommentResolved { comment, before, after } => {
                let comment = self.comments.iter_mut().find(|other| other.id == *comment)?;
                replace(&mut comment.resolved, before, after)?;
            }
            Change::SetState { before, after } => replace(&mut self.state, before, after)?,
            Change::AddConflict { conflict } => {
                if self.conflicts.iter().any(|other| other.property == conflict.property) {
                    return None;
                }
                let at = self.conflicts.partition_point(|other| other.id < conflict.id);
                self.conflicts.insert(at, conflict.clone());
            }
            Change::RemoveConflict { conflict } => {
                let index = self.conflicts.iter().position(|other| other == conflict)?;
                self.conflicts.remove(index);
            }
        }
        Some(was)
    }
}

/// The inverse of a change that was applied, with the index that the object really had: where a merge has moved it, the
/// change says another.
fn taken_back(change: &Change, was: usize) -> Change {
    let was = u32::try_from(was).unwrap_or(u32::MAX);
    match change.inverse() {
        Change::AddAnnotation { annotation, .. } => Change::AddAnnotation { index: was, annotation },
        Change::Reorder { annotation, before, .. } => Change::Reorder { annotation, before, after: was },
        other => other,
    }
}

fn replace<T: PartialEq + Clone>(place: &mut T, before: &T, after: &T) -> Option<()> {
    if place != before {
        return None;
    }
    place.clone_from(after);
    Some(())
}

fn set_attribute(
    entries: &mut Vec<AttributeEntry>,
    attribute: AttributeId,
    before: &Option<AttributeValue>,
    after: &Option<AttributeValue>,
) -> Option<()> {
    let found = entries.binary_search_by_key(&attribute, |entry| entry.attribute);
    let present = found.ok().map(|index| &entries[index].value);
    if present != before.as_ref() {
        return None;
    }
    match (found, after) {
        (Ok(index), Some(value)) => entries[index].value = value.clone(),
        (Ok(index), None) => {
            entries.remove(index);
        }
        (Err(index), Some(value)) => {
            entries.insert(index, AttributeEntry { attribute, value: value.clone() });
        }
        (Err(_), None) => {}
    }
    Some(())
}
