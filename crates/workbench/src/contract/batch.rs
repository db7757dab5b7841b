//! Batches: the list and the opened one.

use abox_ids::{BatchId, ItemId, MemberId, ProjectId};
use abox_model::schema::LabelSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct BatchArguments {
    /// Which.
    pub batch: BatchId,
}

/// How much of a batch is on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// The manifest is here; some or all media are still on the server only.
    Remote,
    /// Everything is here: the batch can be worked on offline.
    Here,
    /// Sealed here and not yet sent to the server.
    Unpushed,
}

/// A member that a batch is assigned to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Assignee {
    /// Who.
    pub member: MemberId,
    /// The name.
    pub name: String,
}

/// How many items are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ItemCounts {
    /// All items.
    pub total: u32,
    /// Open without any label.
    pub untouched: u32,
    /// Open with labels.
    pub labelled: u32,
    /// Waiting for review.
    pub submitted: u32,
    /// Taken by a lead.
    pub accepted: u32,
    /// Sent back by a lead.
    pub rejected: u32,
    /// Items with a conflict that nobody has decided.
    pub conflicts: u32,
    /// Items with changes that the server does not have yet.
    pub waiting: u32,
}

/// A line in the list of batches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BatchSummary {
    /// The batch.
    pub id: BatchId,
    /// Its name (sealed; the server does not know it).
    pub name: String,
    /// The project's name.
    pub project: String,
    /// What is on this device.
    pub presence: Presence,
    /// Bytes of sealed media in all.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Bytes of sealed media on this device.
    #[ts(type = "number")]
    pub bytes_here: u64,
    /// Items that can be worked on as their file is on this device, whole.
    pub items_here: u32,
    /// The items by state.
    pub counts: ItemCounts,
    /// When the work should be done.
    #[ts(type = "number | null")]
    pub due: Option<i64>,
    /// When the batch was sealed.
    #[ts(type = "number")]
    pub created: i64,
    /// Whom it is assigned to.
    pub assignees: Vec<Assignee>,
    /// Whether this member may review it.
    pub can_review: bool,
}

/// An opened batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BatchView {
    /// Its line in the list.
    pub summary: BatchSummary,
    /// The project it belongs to.
    pub project: ProjectId,
    /// What can be labelled.
    pub schema: LabelSchema,
    /// What the lead wrote for the annotators (plain text), if anything.
    pub guide: Option<String>,
    /// Its items in their order.
    pub items: Vec<ItemSummary>,
    /// Where to go on: the item that was open last, else the first that is not done.
    pub resume: Option<ItemId>,
}

/// The state of an item, for lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// Not yet submitted.
    Open,
    /// Waiting for review.
    Submitted,
    /// Taken.
    Accepted,
    /// Sent back.
    Rejected,
}

/// A line in the list of items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ItemSummary {
    /// The item.
    pub id: ItemId,
    /// Its path below the folder that was sealed.
    pub name: String,
    /// Pixels, after orientation.
    pub width: u32,
    /// Pixels, after orientation.
    pub height: u32,
    /// How far it is.
    pub state: ItemState,
    /// Objects and tags on it.
    pub annotations: u32,
    /// Remarks that are not dealt with.
    pub open_comments: u32,
    /// Conflicts that nobody has decided.
    pub conflicts: u32,
    /// Whether the newest change on this device is not on the server yet.
    pub waiting: bool,
    /// Whether its media is on this device.
    pub here: bool,
}
