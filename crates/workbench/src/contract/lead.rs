//! What leads do: members, projects, sealing, assigning, export.

use abox_ids::{BatchId, MemberId, ProjectId};
use abox_model::schema::LabelSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MemberRole;

/// A member of the organisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MemberSummary {
    /// The member.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// The role.
    pub role: MemberRole,
    /// The devices that are enrolled and not revoked.
    pub devices: Vec<DeviceSummary>,
    /// Whether an invite is open.
    pub invited: bool,
}

/// A device of a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DeviceSummary {
    /// Its name.
    pub name: String,
    /// The fingerprint of its signing key.
    pub fingerprint: String,
}

/// Whom to invite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct InviteMemberArguments {
    /// The name: 1 to 80 characters, not yet taken.
    pub name: String,
    /// The role.
    pub role: MemberRole,
}

/// An invite. The code is shown once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct InviteIssued {
    /// To be handed over in person or by another trusted way.
    pub code: String,
    /// When it ends.
    #[ts(type = "number")]
    pub expires: i64,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ProjectSummary {
    /// The project.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Its label schema.
    pub schema: LabelSchema,
}

/// A new project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateProjectArguments {
    /// Its name.
    pub name: String,
    /// A schema file's text (JSON).
    pub schema: String,
}

/// What to seal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SealArguments {
    /// The project whose schema applies.
    pub project: ProjectId,
    /// The batch's name.
    pub name: String,
    /// Files and folders on this machine.
    pub paths: Vec<String>,
    /// When the work should be done.
    #[ts(type = "number | null")]
    pub due: Option<i64>,
    /// What annotators should know, plain text.
    pub guide: Option<String>,
}

/// A file that was not sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SkippedFile {
    /// Its path, as given.
    pub path: String,
    /// Why, in plain words.
    pub reason: String,
}

/// What was sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SealReport {
    /// The new batch.
    pub batch: BatchId,
    /// How many items it has.
    pub items: u32,
    /// Bytes of client files.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Files that were left out.
    pub skipped: Vec<SkippedFile>,
}

/// Whom to assign a batch to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AssignArguments {
    /// The batch.
    pub batch: BatchId,
    /// The member.
    pub member: MemberId,
}

/// An export to plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportPlanArguments {
    /// The batch.
    pub batch: BatchId,
    /// The name of the format.
    pub format: String,
}

/// Something that a format cannot carry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DroppedKind {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
    /// How many.
    pub count: u32,
}

/// What an export would write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExportPlan {
    /// Items.
    pub items: u32,
    /// Items that a lead has accepted.
    pub accepted: u32,
    /// Objects that would be written.
    pub annotations: u32,
    /// What would be lost.
    pub dropped: Vec<DroppedKind>,
}

/// An export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportArguments {
    /// The batch.
    pub batch: BatchId,
    /// The name of the format.
    pub format: String,
    /// A folder that does not exist yet or is empty.
    pub out: String,
    /// Whether to write the decrypted media too.
    pub media: bool,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExportReport {
    /// Objects that were written.
    pub written: u32,
    /// What was lost.
    pub dropped: Vec<DroppedKind>,
}
