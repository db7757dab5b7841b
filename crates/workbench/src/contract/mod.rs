//! The contract of the window: every command with its arguments and result, every event, every type that crosses.
//!
//! It is declared once, here. TypeScript is generated from it (`ui/src/generated/contract.ts`) and a test fails when
//! the file has drifted. Bodies live in the use cases; nothing here knows of Tauri. Times are Unix milliseconds,
//! sizes are bytes, coordinates are image pixels after EXIF orientation.

mod batch;
mod event;
mod failure;
mod item;
mod lead;
mod session;
mod typescript;

pub use batch::*;
pub use event::*;
pub use failure::*;
pub use item::*;
pub use lead::*;
pub use session::*;
pub use typescript::typescript;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Arguments of a command that takes none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The commands that are answered while the profile is locked; every other is refused with [`ErrorCode::Locked`].
const WHILE_LOCKED: [&str; 4] = ["session", "preferences", "lock", "unlock"];

/// Declares the commands: their names, arguments and results, the trait that answers them, the dispatcher and the
/// table for TypeScript.
macro_rules! commands {
    ($($(#[doc = $doc:literal])* $name:ident($arguments:ty) -> $result:ty;)*) => {
        /// The names of all commands.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];

        /// Whoever answers the window's commands.
        pub trait Commands {
            /// Whether only the few commands are answered that work without an open profile.
            fn is_locked(&self) -> bool;

            $($(#[doc = $doc])*
            ///
            /// # Errors
            /// A [`Failure`] that the window can show.
            fn $name(&self, arguments: $arguments) -> Result<$result, Failure>;)*
        }

        /// Decodes the arguments of the command called `name`, runs it and encodes its result as JSON.
        ///
        /// # Errors
        /// The command's own [`Failure`], [`ErrorCode::Locked`], or [`ErrorCode::BadRequest`] for an unknown command
        /// or arguments that do not fit.
        pub fn dispatch(
            commands: &impl Commands,
            name: &str,
            arguments: serde_json::Value,
        ) -> Result<serde_json::Value, Failure> {
            if commands.is_locked() && !WHILE_LOCKED.contains(&name) {
                return Err(Failure::locked());
            }
            match name {
                $(stringify!($name) => {
                    let arguments: $arguments =
                        serde_json::from_value(arguments).map_err(|_| Failure::bad_request())?;
                    let result = commands.$name(arguments)?;
                    serde_json::to_value(result).map_err(|_| Failure::bad_request())
                })*
                _ => Err(Failure::bad_request()),
            }
        }

        pub(crate) fn command_table(config: &ts_rs::Config) -> String {
            let mut text = String::new();
            $({
                let lines: &[&str] = &[$($doc),*];
                for line in lines {
                    text.push_str(&format!("  /**{line} */\n"));
                }
                text.push_str(&format!(
                    "  {}: {{ arguments: {}; result: {} }};\n",
                    stringify!($name),
                    <$arguments as TS>::name(config),
                    <$result as TS>::name(config),
                ));
            })*
            text
        }
    };
}

commands! {
    /// Who and where I am.
    session(Nothing) -> Session;
    /// Closes the profile: database, keys and everything decrypted go from memory. Returns when they have.
    lock(LockArguments) -> Nothing;
    /// Opens the locked profile again, with the keys from the keychain.
    unlock(Nothing) -> Session;
    /// What an invite code says, checked against the organisation's log; nothing is changed yet.
    inspect_invite(InviteArguments) -> InvitePreview;
    /// Makes this device's keys and enrols it.
    enroll(EnrollArguments) -> Session;
    /// The preferences of this profile, kept in its encrypted database.
    preferences(Nothing) -> Preferences;
    /// Replaces the preferences.
    set_preferences(Preferences) -> Nothing;
    /// Starts a sync unless one runs. Progress comes as events.
    sync_now(Nothing) -> Nothing;
    /// Whether the server is reached, what waits, when it last worked.
    sync_state(Nothing) -> SyncState;
    /// Stops a task as soon as it can stop without losing anything.
    cancel_task(TaskArguments) -> Nothing;
    /// The batches that this device may open, and for a lead those that the device sealed.
    list_batches(Nothing) -> Vec<BatchSummary>;
    /// Brings a batch's sealed files onto this device. A task.
    pull_batch(BatchArguments) -> TaskStarted;
    /// Opens a batch: its schema and items.
    open_batch(BatchArguments) -> BatchView;
    /// Opens an item: its document, and the sizes of its picture's levels.
    open_item(ItemArguments) -> ItemView;
    /// Decodes items ahead of time, in this order, into memory only.
    prefetch(PrefetchArguments) -> Nothing;
    /// Applies a finished gesture. Returns when it is durably saved on this device.
    edit(EditArguments) -> EditOutcome;
    /// Undoes this device's newest gesture on the item that is not undone yet.
    undo(ItemArguments) -> EditOutcome;
    /// Does again what was undone last.
    redo(ItemArguments) -> EditOutcome;
    /// Submits the given items, or all open and rejected ones that are complete.
    submit(SubmitArguments) -> SubmitOutcome;
    /// The members of the organisation, as the verified log has them.
    list_members(Nothing) -> Vec<MemberSummary>;
    /// Invites a member. Leads and the owner only.
    invite(InviteMemberArguments) -> InviteIssued;
    /// The projects on this device.
    list_projects(Nothing) -> Vec<ProjectSummary>;
    /// Creates a project with a label schema. Leads and the owner only.
    create_project(CreateProjectArguments) -> ProjectSummary;
    /// Seals files and folders into a new batch. A task; its result is a [`SealReport`].
    seal_batch(SealArguments) -> TaskStarted;
    /// Sends a sealed batch to the server. A task.
    push_batch(BatchArguments) -> TaskStarted;
    /// Grants a batch to all devices of a member.
    assign_batch(AssignArguments) -> Nothing;
    /// What an export would write and what the format cannot carry.
    plan_export(ExportPlanArguments) -> ExportPlan;
    /// Writes an export. A task; its result is an [`ExportReport`].
    export_batch(ExportArguments) -> TaskStarted;
}
