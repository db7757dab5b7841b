//! Who I am, enrolment, preferences, sync state.

use abox_ids::{DeviceId, MemberId, OrgId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Failure;

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum MemberRole {
    /// Holds the root key; may do all that leads may.
    Owner,
    /// Seals, assigns, reviews, exports.
    Lead,
    /// Labels.
    Annotator,
}

/// The state of this profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Session {
    /// No keys yet: the window asks for an invite code.
    Unenrolled,
    /// Ready to work.
    Ready {
        /// Who I am.
        me: Me,
        /// Whose member I am.
        organisation: OrganisationSummary,
    },
    /// Closed on demand: no keys and nothing decrypted in memory, until it is unlocked.
    Locked,
    /// The profile exists but cannot be opened. Nothing was changed.
    Blocked {
        /// Why, and what to do.
        failure: Failure,
    },
}

/// This member on this device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The member.
    pub member: MemberId,
    /// The member's name.
    pub name: String,
    /// The member's role.
    pub role: MemberRole,
    /// This device.
    pub device: DeviceId,
    /// Its name.
    pub device_name: String,
    /// The fingerprint of its signing key, for people to compare.
    pub fingerprint: String,
}

/// The organisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OrganisationSummary {
    /// Its identifier.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// The fingerprint of its root key, for people to compare.
    pub fingerprint: String,
}

/// Locking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LockArguments {
    /// Whether running tasks are stopped. Otherwise they are a reason not to lock.
    pub stop: bool,
}

/// An invite code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct InviteArguments {
    /// As typed or pasted.
    pub code: String,
}

/// What an invite offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct InvitePreview {
    /// The organisation whose root key the code pins.
    pub organisation: OrganisationSummary,
    /// The member's name as the inviter wrote it.
    pub name: String,
    /// The role.
    pub role: MemberRole,
    /// The server's address.
    pub server: String,
    /// The text of the confidentiality agreement.
    pub agreement: String,
    /// When the invite ends.
    #[ts(type = "number")]
    pub expires: i64,
}

/// Enrolment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnrollArguments {
    /// The invite code.
    pub code: String,
    /// What to call this device.
    pub device_name: String,
    /// Whether the person accepts the confidentiality agreement.
    pub agree: bool,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the desktop has it.
    #[default]
    System,
    /// Dark text on light surfaces.
    Light,
    /// Light text on dark surfaces.
    Dark,
}

/// Preferences of this profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// Light or dark.
    pub theme: Theme,
    /// Whether the first-run tour was seen.
    pub tour_seen: bool,
    /// Opacity of filled shapes, 0 to 1.
    pub fill_opacity: f64,
    /// Whether class names are drawn at the objects.
    pub show_labels: bool,
    /// Whether shapes are drawn without their fill.
    pub outlines_only: bool,
    /// What is drawn over the picture to find one's way.
    pub overlays: Overlays,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            tour_seen: false,
            fill_opacity: 0.2,
            show_labels: true,
            outlines_only: false,
            overlays: Overlays::default(),
        }
    }
}

/// What is drawn over the picture to find one's way on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Overlays {
    /// Lines at round coordinates.
    pub grid: bool,
    /// Lines through the pointer.
    pub crosshair: bool,
    /// The borders of pixels, and their values, where they are drawn large enough.
    pub pixels: bool,
    /// Coordinates along the edges.
    pub rulers: bool,
    /// The whole picture in small, with the part that is shown.
    pub minimap: bool,
}

/// How the device stands with the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncState {
    /// Whether the server answered the last time.
    pub connection: Connection,
    /// Whether a sync runs now.
    pub running: bool,
    /// How many items hold changes that the server does not have yet.
    pub waiting: u32,
    /// When everything was last in step.
    #[ts(type = "number | null")]
    pub last_synced: Option<i64>,
}

/// The connection to the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Connection {
    /// Not tried yet since the start.
    Unknown,
    /// The server answered.
    Online,
    /// The server cannot be reached. Work goes on.
    Offline,
    /// The server answered, but something is wrong that a person has to look at.
    Refused {
        /// What.
        failure: Failure,
    },
}
