//! One item: opening, editing, submitting.

use abox_ids::{AnnotationId, BatchId, ItemId};
use abox_model::annotation::{Annotation, AttributeEntry};
use abox_model::document::{Comment, Conflict, ItemDocument, WorkState};
use abox_model::intent::Intent;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ItemSummary;

/// An item of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ItemArguments {
    /// The batch.
    pub batch: BatchId,
    /// The item.
    pub item: ItemId,
}

/// Items to decode ahead of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PrefetchArguments {
    /// The batch.
    pub batch: BatchId,
    /// The items, most wanted first.
    pub items: Vec<ItemId>,
}

/// The size of one level of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LevelSize {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// An opened item. Its pixels are fetched by the media protocol: `region?level=0&x=0&y=0&w=512&h=512` gives
/// w × h × 4 bytes of RGBA.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ItemView {
    /// Its line in the list.
    pub summary: ItemSummary,
    /// What was said about it.
    pub document: ItemDocument,
    /// The picture's levels: the first is the full size, each further one half of the one before, rounded up.
    pub levels: Vec<LevelSize>,
    /// What can be undone and redone.
    pub history: HistoryState,
    /// Whether this member may change the labels as things are.
    pub editable: bool,
}

/// What can be undone and redone on an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryState {
    /// Gestures that can be undone.
    pub undo: u32,
    /// Gestures that can be done again.
    pub redo: u32,
}

/// A finished gesture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct EditArguments {
    /// The batch.
    pub batch: BatchId,
    /// The item.
    pub item: ItemId,
    /// What to change, all or nothing.
    pub intents: Vec<Intent>,
}

/// What a saved edit changed. Fields that are absent did not change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DocumentPatch {
    /// Objects that are gone.
    pub removed: Vec<AnnotationId>,
    /// Objects that are new or changed.
    pub changed: Vec<Annotation>,
    /// The new stacking order, all objects from the bottom to the top, if it changed.
    pub order: Option<Vec<AnnotationId>>,
    /// The new state.
    pub state: Option<WorkState>,
    /// The attributes of the item.
    pub attributes: Option<Vec<AttributeEntry>>,
    /// The remarks.
    pub comments: Option<Vec<Comment>>,
    /// The conflicts.
    pub conflicts: Option<Vec<Conflict>>,
}

/// The result of an edit, undo or redo: it is durably saved on this device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EditOutcome {
    /// What changed.
    pub patch: DocumentPatch,
    /// Objects that the gesture created, in the order of its intents.
    pub created: Vec<AnnotationId>,
    /// What can be undone and redone now.
    pub history: HistoryState,
    /// The item's line in the list.
    pub summary: ItemSummary,
    /// Whether this member may still change the labels.
    pub editable: bool,
}

/// What to submit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SubmitArguments {
    /// The batch.
    pub batch: BatchId,
    /// The items; absent means every open or rejected item.
    pub items: Option<Vec<ItemId>>,
}

/// An item that could not be submitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SubmitRefusal {
    /// Which.
    pub item: ItemId,
    /// Why, in plain words.
    pub reason: String,
}

/// What was submitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SubmitOutcome {
    /// How many items.
    pub submitted: u32,
    /// Those that were not, and why.
    pub refused: Vec<SubmitRefusal>,
    /// The new lines of all items concerned.
    pub items: Vec<ItemSummary>,
}
