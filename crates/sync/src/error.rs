//! Why a revision was refused. No text names an item, a member or a label.

use abox_protocol::revision::RevisionError;

/// Why a revision was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// Signature, digest or size.
    #[error(transparent)]
    Envelope(#[from] RevisionError),
    /// It is for another organisation, batch or epoch, or for an item that the batch does not have.
    #[error("a revision belongs to another place")]
    OtherPlace,
    /// Its author's device is not one that may work on this batch.
    #[error("a revision is by a device that may not work on this batch")]
    UnknownDevice,
    /// A revision before it in its device's chain is missing.
    #[error("a revision is missing: the server left out what a device sent before")]
    Dropped,
    /// It was seen before, or is older than what was seen.
    #[error("a revision came a second time or out of order")]
    Replayed,
    /// Its device's chain continues in two ways.
    #[error("a device's revisions contradict each other")]
    Forked,
    /// A revision that it was made from is missing.
    #[error("a revision is missing: one that others were made from")]
    ParentMissing,
    /// The sealed document does not open.
    #[error("a revision's document does not open")]
    Unopenable,
    /// The document opens, but is not valid under the batch's schema.
    #[error("a revision's document is not valid")]
    Invalid,
    /// An annotator's revision does what only leads may do.
    #[error("a revision does what its author may not do")]
    NotAllowed,
    /// It cannot be made: the document has no encoding or is too large.
    #[error("the document is too large to be sent; remove some of its objects")]
    TooLarge,
}
