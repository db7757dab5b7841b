//! Long work and what the window is told unasked.

use abox_ids::{BatchId, ItemId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ExportReport, Failure, ItemSummary, SealReport, SyncState};

/// The number of a task, unique while the program runs.
pub type TaskNumber = u32;

/// A task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TaskArguments {
    /// Which.
    pub task: TaskNumber,
}

/// A task has started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TaskStarted {
    /// Its number, for progress and cancelling.
    pub task: TaskNumber,
}

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TaskKind {
    /// Sealing files.
    Seal,
    /// Sending a batch.
    Push,
    /// Bringing a batch here.
    Pull,
    /// Writing an export.
    Export,
    /// Exchanging revisions.
    Sync,
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TaskOutcome {
    /// Done.
    Done,
    /// Sealed.
    Sealed {
        /// What.
        report: SealReport,
    },
    /// Exported.
    Exported {
        /// What.
        report: ExportReport,
    },
    /// Failed or cancelled; what was there before is untouched, and the work can be started again.
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// Something that the window is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// The profile was locked: what the window holds of it has to go.
    Locked,
    /// The sync state changed.
    Sync {
        /// The new state.
        state: SyncState,
    },
    /// A task made progress.
    Progress {
        /// Which.
        task: TaskNumber,
        /// What it does.
        work: TaskKind,
        /// The batch it is about.
        batch: Option<BatchId>,
        /// How much is done, in files or bytes.
        #[ts(type = "number")]
        done: u64,
        /// Of how much, when known.
        #[ts(type = "number | null")]
        total: Option<u64>,
    },
    /// A task ended.
    Finished {
        /// Which.
        task: TaskNumber,
        /// What it did.
        work: TaskKind,
        /// The batch it was about.
        batch: Option<BatchId>,
        /// How it ended.
        outcome: TaskOutcome,
    },
    /// The list of batches, members or projects changed: ask again.
    BatchesChanged,
    /// Lines of items changed, by sync or by a task.
    ItemsChanged {
        /// The batch.
        batch: BatchId,
        /// The new lines.
        items: Vec<ItemSummary>,
    },
    /// Documents changed by sync: whoever shows one asks again.
    DocumentsChanged {
        /// The batch.
        batch: BatchId,
        /// The items.
        items: Vec<ItemId>,
    },
}
