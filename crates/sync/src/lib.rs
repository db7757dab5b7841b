//! What revisions mean: making them, checking them, and deciding what an item's document becomes.
//!
//! Deterministic and free of transport, clock, randomness and storage: the caller passes in what is known and carries
//! out what is decided. Every device that sees the same revisions comes to the same documents, whatever the order and
//! whatever the server does; a server that drops, repeats, reorders, alters or swaps revisions is found out by
//! [`receive`]. The layout of revisions is in `docs/formats/revisions.md`.

mod converge;
mod error;
mod graph;
mod make;
mod receive;
mod review;

pub use converge::{Decision, Local, converge};
pub use error::SyncError;
pub use graph::{Node, heads, merged, nearest_common_ancestors};
pub use make::{Made, Origin, make};
pub use receive::{Author, Expected, Received, receive};

use abox_attest::Digest;

/// The end of one device's chain of revisions in one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainEnd {
    /// The sequence of the newest revision.
    pub sequence: u64,
    /// Its digest.
    pub digest: Digest,
}
