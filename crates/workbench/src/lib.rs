//! The use cases of the product, without a window: what `abox` and the desktop shell both do.
//!
//! [`contract`] is what the window may ask and is told; its TypeScript is generated from here. [`Profile`] is an enrolled
//! data directory that is open, with the use cases as methods; `abox` calls them directly. [`Workbench`] answers the
//! window with them, runs long work beside it, and syncs in the background.
//!
//! Nothing here draws, knows Tauri, or does cryptography by itself.

mod audit;
mod clock;
pub mod contract;
mod failure;
mod home;
mod manifest;
mod objects;
mod pictures;
mod profile;
mod sealing;
mod server;
mod task;
mod workbench;

/// Which program decodes pictures, and what that program does first in its `main`.
pub use abox_decoder::{Program as Decoder, serve_when_asked};
pub use home::default_home;
pub use profile::{
    AuditLine, CreateOrganisation, INVITE_LIFETIME, ImportReport, Profile, Synced, VerifyReport,
    create_organisation, enroll, inspect_invite,
};
pub use task::{Cancel, Progress};
pub use workbench::Workbench;
