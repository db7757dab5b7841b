//! One item: opening it, saving gestures, undo and redo, submitting.

use abox_ids::{AnnotationId, BatchId, ItemId};
use abox_model::change::{Actor, Change, ChangeSet, plan};
use abox_model::document::{ItemDocument, WorkState};
use abox_model::intent::Intent;
use abox_store::{Edited, History, StoreError};

use super::{Profile, pictures};
use crate::clock;
use crate::contract::{
    DocumentPatch, EditArguments, EditOutcome, ErrorCode, Failure, HistoryState, ItemState, ItemView,
    MemberRole, SubmitArguments, SubmitOutcome, SubmitRefusal,
};
use crate::failure;
use crate::manifest::Manifest;

impl Profile {
    /// Opens an item: decodes its picture if that is not done yet, and remembers that it is open.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::NotPulled`], [`ErrorCode::ObjectDamaged`],
    /// [`ErrorCode::MediaUnreadable`], [`ErrorCode::StoreDamaged`].
    pub fn item(&self, batch: BatchId, item: ItemId) -> Result<ItemView, Failure> {
        let pyramid = self.pyramid(batch, item)?;
        let document = self.store().document(batch, item).map_err(|error| failure::store(&error))?.document;
        // Looking at an item is possible on a full disk, too.
        let _ = self.store().set_last_item(batch, item);
        Ok(ItemView {
            summary: self.item_summary(batch, item)?,
            levels: pictures::levels(&pyramid),
            history: self.history(batch, item)?,
            editable: self.editable(&document),
            document,
        })
    }

    /// What was said about an item.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::StoreDamaged`].
    pub fn document(&self, batch: BatchId, item: ItemId) -> Result<ItemDocument, Failure> {
        Ok(self.store().document(batch, item).map_err(|error| failure::store(&error))?.document)
    }

    fn actor(&self) -> Actor {
        Actor {
            member: self.place.member,
            can_review: self.role() != MemberRole::Annotator,
            now: clock::now(),
        }
    }

    /// Whether this member may change the labels as things are.
    fn editable(&self, document: &ItemDocument) -> bool {
        match document.state {
            WorkState::Open | WorkState::Rejected { .. } => true,
            WorkState::Submitted => self.role() != MemberRole::Annotator,
            WorkState::Accepted => self.role() != MemberRole::Annotator,
        }
    }

    fn history(&self, batch: BatchId, item: ItemId) -> Result<HistoryState, Failure> {
        let History { undo, redo } =
            self.store().history(batch, item).map_err(|error| failure::store(&error))?;
        Ok(HistoryState { undo, redo })
    }

    /// Saves a finished gesture. When it returns, the change is durable.
    ///
    /// # Errors
    /// [`ErrorCode::EditRefused`] if schema, item or role forbid it, [`ErrorCode::DiskFull`], [`ErrorCode::NotFound`].
    /// Nothing was changed then.
    pub fn edit(&self, arguments: &EditArguments) -> Result<EditOutcome, Failure> {
        let (batch, item) = (arguments.batch, arguments.item);
        let manifest = self.manifest(batch)?;
        let (edited, created) = self.save_intents(&manifest, item, &arguments.intents, "edit")?;
        self.outcome(batch, item, &edited, created)
    }

    pub(super) fn save_intents(
        &self,
        manifest: &Manifest,
        item: ItemId,
        intents: &[Intent],
        what: &str,
    ) -> Result<(Edited, Vec<AnnotationId>), Failure> {
        let entry = manifest.item(item).ok_or_else(|| failure::not_found("item"))?;
        let actor = self.actor();
        let mut store = self.store();
        let document = store.document(manifest.batch, item).map_err(|error| failure::store(&error))?.document;
        let changes = plan(&document, &manifest.schema, (entry.width, entry.height), &actor, intents)
            .map_err(|error| failure::intent(&error))?;
        if changes.is_empty() {
            return Ok((Edited { before: document.clone(), after: document }, Vec::new()));
        }
        let created = created(&changes);
        let edited = store
            .edit(manifest.batch, item, &changes, actor.now, what)
            .map_err(|error| failure::store(&error))?;
        Ok((edited, created))
    }

    /// Takes back this device's newest gesture on an item.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] if there is none; [`ErrorCode::Stale`] if others have changed the same since.
    pub fn undo(&self, batch: BatchId, item: ItemId) -> Result<EditOutcome, Failure> {
        self.require_editable(batch, item)?;
        let edited = self.store().undo(batch, item, clock::now()).map_err(|error| step_failure(&error))?;
        self.outcome(batch, item, &edited, Vec::new())
    }

    /// Does again what was undone last.
    ///
    /// # Errors
    /// As [`Profile::undo`].
    pub fn redo(&self, batch: BatchId, item: ItemId) -> Result<EditOutcome, Failure> {
        self.require_editable(batch, item)?;
        let edited = self.store().redo(batch, item, clock::now()).map_err(|error| step_failure(&error))?;
        self.outcome(batch, item, &edited, Vec::new())
    }

    fn require_editable(&self, batch: BatchId, item: ItemId) -> Result<(), Failure> {
        // An annotator may still take back the submission itself, as long as it was not reviewed.
        let document = self.document(batch, item)?;
        if self.editable(&document) || document.state == WorkState::Submitted {
            Ok(())
        } else {
            Err(Failure::new(
                ErrorCode::EditRefused,
                "This item is accepted. Ask a lead to send it back first.",
            ))
        }
    }

    fn outcome(
        &self,
        batch: BatchId,
        item: ItemId,
        edited: &Edited,
        created: Vec<AnnotationId>,
    ) -> Result<EditOutcome, Failure> {
        Ok(EditOutcome {
            patch: patch(&edited.before, &edited.after),
            created,
            history: self.history(batch, item)?,
            summary: self.item_summary(batch, item)?,
            editable: self.editable(&edited.after),
        })
    }

    /// Submits items: those given, or all that are open or rejected and have been worked on or not.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::DiskFull`]. Items that are not complete are listed, not an error.
    pub fn submit(&self, arguments: &SubmitArguments) -> Result<SubmitOutcome, Failure> {
        let manifest = self.manifest(arguments.batch)?;
        let wanted: Vec<ItemId> = match &arguments.items {
            Some(items) => items.clone(),
            None => self
                .batch(arguments.batch)?
                .items
                .iter()
                .filter(|item| matches!(item.state, ItemState::Open | ItemState::Rejected))
                .map(|item| item.id)
                .collect(),
        };
        let mut outcome = SubmitOutcome { submitted: 0, refused: Vec::new(), items: Vec::new() };
        for item in wanted {
            match self.save_intents(&manifest, item, &[Intent::Submit], "submit") {
                Ok(_) => outcome.submitted += 1,
                Err(failure) if failure.code == ErrorCode::EditRefused => {
                    outcome.refused.push(SubmitRefusal { item, reason: failure.message });
                }
                Err(failure) => return Err(failure),
            }
            outcome.items.push(self.item_summary(arguments.batch, item)?);
        }
        Ok(outcome)
    }
}

fn step_failure(error: &StoreError) -> Failure {
    match error {
        StoreError::Stale => Failure::new(
            ErrorCode::Stale,
            "This cannot be undone: somebody else has changed the same since. The older steps can still be undone.",
        ),
        error => failure::store(error),
    }
}

fn created(changes: &ChangeSet) -> Vec<AnnotationId> {
    changes
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::AddAnnotation { annotation, .. } => Some(annotation.id),
            _ => None,
        })
        .collect()
}

/// What the window has to change to show `after` in place of `before`.
fn patch(before: &ItemDocument, after: &ItemDocument) -> DocumentPatch {
    let old: std::collections::BTreeMap<_, _> =
        before.annotations.iter().map(|annotation| (annotation.id, annotation)).collect();
    let new: std::collections::BTreeSet<_> =
        after.annotations.iter().map(|annotation| annotation.id).collect();
    let order = |document: &ItemDocument| -> Vec<AnnotationId> {
        document.annotations.iter().map(|annotation| annotation.id).collect()
    };
    let changed = after
        .annotations
        .iter()
        .filter(|annotation| old.get(&annotation.id).is_none_or(|other| other != annotation))
        .cloned()
        .collect();
    fn changed_value<T: Clone + PartialEq>(before: &T, after: &T) -> Option<T> {
        (before != after).then(|| after.clone())
    }
    DocumentPatch {
        removed: old.keys().filter(|id| !new.contains(id)).copied().collect(),
        changed,
        order: changed_value(&order(before), &order(after)),
        state: changed_value(&before.state, &after.state),
        attributes: changed_value(&before.attributes, &after.attributes),
        comments: changed_value(&before.comments, &after.comments),
        conflicts: changed_value(&before.conflicts, &after.conflicts),
    }
}

impl Profile {
    /// A lead takes an item or sends it back with a reason.
    ///
    /// # Errors
    /// [`ErrorCode::EditRefused`] for annotators, without a reason, or if the item is not in review.
    pub fn review(
        &self,
        batch: BatchId,
        item: ItemId,
        accept: bool,
        reason: Option<&str>,
    ) -> Result<(), Failure> {
        let manifest = self.manifest(batch)?;
        let intent = if accept {
            Intent::Accept
        } else {
            Intent::Reject { reason: reason.unwrap_or_default().to_owned() }
        };
        self.save_intents(&manifest, item, &[intent], "review").map(|_| ())
    }
}
