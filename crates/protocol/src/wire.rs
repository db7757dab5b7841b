//! The bodies of the server's routes, all canonical CBOR (`application/cbor`), and the limits that both sides keep.
//! Which route takes which body is in `docs/formats/protocol.md`.

use abox_attest::{ObjectDigest, Signed};
use abox_ids::{BatchId, DeviceId, ObjectId};
use serde::{Deserialize, Serialize};

use crate::org::{Head, LogEntry};
use crate::revision::RevisionEnvelope;

/// The media type of all bodies but parts of objects.
pub const CBOR: &str = "application/cbor";
/// The most bytes of an object in one upload.
pub const PART_BYTES: usize = 4 << 20;
/// The longest sealed object, in bytes.
pub const MAX_OBJECT_BYTES: u64 = 64 << 30;
/// The most objects of one batch.
pub const MAX_BATCH_OBJECTS: u64 = 500_000;
/// The most objects in one declaration or one page of states.
pub const MAX_OBJECTS_PAGE: usize = 5_000;
/// The longest sealed revision, in bytes.
pub const MAX_REVISION_BYTES: usize = 8 << 20;
/// The most parents of one revision.
pub const MAX_REVISION_PARENTS: usize = 64;
/// The most revisions in one request or page.
pub const MAX_REVISIONS_PAGE: usize = 256;
/// The most bytes of revisions in one request or page. A page holds at least one revision.
pub const MAX_REVISIONS_PAGE_BYTES: usize = 12 << 20;
/// The most log entries in one request.
pub const MAX_LOG_APPEND: usize = 1_000;
/// The most log entries in one page.
pub const MAX_LOG_PAGE: usize = 1_000;
/// The longest signed log entry, in bytes.
pub const MAX_LOG_ENTRY_BYTES: usize = 96 << 10;
/// The most bytes of log entries in one request or page.
pub const MAX_LOG_PAGE_BYTES: usize = 4 << 20;
/// The longest wrap of a batch key, in bytes.
pub const MAX_WRAP_BYTES: usize = 4 << 10;
/// The most wraps in one request.
pub const MAX_WRAPS: usize = 500;

/// The codes of [`ErrorBody`]: what programs compare.
pub mod code {
    /// The request is not signed, or wrongly (401).
    pub const UNAUTHENTICATED: &str = "unauthenticated";
    /// The clocks differ too much (401).
    pub const CLOCK: &str = "clock";
    /// The same request was sent before (401).
    pub const REPLAYED: &str = "replayed";
    /// No such key in the organisation (401).
    pub const UNKNOWN_KEY: &str = "unknown_key";
    /// The device or its member was revoked (403).
    pub const REVOKED: &str = "revoked";
    /// The invite was used before (403).
    pub const INVITE_USED: &str = "invite_used";
    /// The invite has expired (403).
    pub const INVITE_EXPIRED: &str = "invite_expired";
    /// The invite was withdrawn (403).
    pub const INVITE_WITHDRAWN: &str = "invite_withdrawn";
    /// Not allowed to this role or device (403).
    pub const FORBIDDEN: &str = "forbidden";
    /// The setup token is wrong (403).
    pub const SETUP_TOKEN: &str = "setup_token";
    /// No organisation was founded here yet (409).
    pub const NOT_FOUNDED: &str = "not_founded";
    /// An organisation was founded here before (409).
    pub const FOUNDED: &str = "founded";
    /// No such route, batch or object, or none for this caller (404).
    pub const NOT_FOUND: &str = "not_found";
    /// The body or query does not decode (400).
    pub const MALFORMED: &str = "malformed";
    /// A body, object or count over its limit (413).
    pub const TOO_LARGE: &str = "too_large";
    /// The log has moved on; `detail` is its head (409).
    pub const LOG_MOVED: &str = "log_moved";
    /// A log entry breaks the rules of the log (422).
    pub const LOG_REFUSED: &str = "log_refused";
    /// The object was declared with another length or digest (409).
    pub const OBJECT_DIFFERS: &str = "object_differs";
    /// The offset is not what is stored; `detail` is the stored length (409).
    pub const OFFSET: &str = "offset";
    /// An uploaded object does not have the declared digest and was discarded (422); or the server's own copy is damaged
    /// (500).
    pub const OBJECT_DAMAGED: &str = "object_damaged";
    /// The object has not been uploaded completely; `detail` is the stored length (409).
    pub const OBJECT_INCOMPLETE: &str = "object_incomplete";
    /// The range lies outside of the object (416).
    pub const RANGE: &str = "range";
    /// The log does not grant this wrap (422).
    pub const WRAP_REFUSED: &str = "wrap_refused";
    /// The revision is not valid (422).
    pub const REVISION_REFUSED: &str = "revision_refused";
    /// The revision does not continue its device's chain; `detail` is the next sequence (409).
    pub const REVISION_CHAIN: &str = "revision_chain";
    /// The batch was erased (410).
    pub const ERASED: &str = "erased";
    /// Too many requests; try again after a moment (429).
    pub const RATE: &str = "rate";
    /// The client sent too slowly (408).
    pub const TIMEOUT: &str = "timeout";
    /// The server has no room left (507).
    pub const STORAGE_FULL: &str = "storage_full";
    /// The server restarted after the request was signed, or is stopping; sign and send it again (503).
    pub const UNAVAILABLE: &str = "unavailable";
    /// Something went wrong inside of the server (500).
    pub const INTERNAL: &str = "internal";
}

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorBody {
    /// One of [`code`]. A client treats one that it does not know by its HTTP status.
    pub code: String,
    /// For people.
    pub message: String,
    /// What the client needs to go on.
    pub detail: Option<ErrorDetail>,
}

/// What a client needs to go on after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ErrorDetail {
    /// The head of the log.
    Head(Head),
    /// How many bytes of the object are stored.
    Stored(u64),
    /// The next sequence number of the caller's revisions in the batch.
    NextSequence(u64),
    /// The caller's clock minus the server's, in milliseconds.
    ClockSkew(i64),
}

/// `POST /v1/setup`: founds the organisation on this server. Signed by the root key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The text of the setup token.
    pub setup_token: String,
    /// `Founded`, and the enrolment of the owner's first device.
    pub entries: Vec<Signed<LogEntry>>,
}

/// `POST /v1/log`: entries to append, in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogAppend {
    /// The entries. All of them are taken or none.
    pub entries: Vec<Signed<LogEntry>>,
}

/// The answer to an append and to a setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogAppended {
    /// The head after it.
    pub head: Head,
}

/// `GET /v1/log?from=N`: entries from sequence N on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogPage {
    /// The entries, in order. Ask again from the sequence after the last until none come.
    pub entries: Vec<Signed<LogEntry>>,
    /// The head of the whole log.
    pub head: Head,
}

/// One sealed object of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectDeclaration {
    /// The object.
    pub object: ObjectId,
    /// Its sealed length in bytes.
    pub length: u64,
    /// The digest of the sealed bytes.
    pub digest: ObjectDigest,
}

/// `POST /v1/batches`: declares objects of a batch. Repeating it changes nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclareObjects {
    /// The batch.
    pub batch: BatchId,
    /// The objects.
    pub objects: Vec<ObjectDeclaration>,
}

/// The answer to [`DeclareObjects`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectsDeclared {
    /// How many objects of the batch are declared now.
    pub declared: u64,
    /// How many of them are complete.
    pub complete: u64,
}

/// How far the upload of an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectState {
    /// The object.
    pub object: ObjectId,
    /// Its sealed length in bytes.
    pub length: u64,
    /// The digest of the sealed bytes.
    pub digest: ObjectDigest,
    /// How many bytes are stored.
    pub stored: u64,
    /// Whether all of it is stored and has the declared digest.
    pub complete: bool,
}

/// `GET /v1/batches/{batch}/objects?after=OBJECT`: states in the order of the identifiers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectsPage {
    /// The states. Ask again after the last object until none come.
    pub objects: Vec<ObjectState>,
}

/// The answer to `PUT /v1/batches/{batch}/objects/{object}?offset=N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartStored {
    /// How many bytes are stored now.
    pub stored: u64,
    /// Whether that is all, durable and with the declared digest.
    pub complete: bool,
}

/// A wrapped batch key, which only its device can open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrap {
    /// Whom it is for; none for the recovery key.
    pub device: Option<DeviceId>,
    /// The epoch of the batch key.
    pub epoch: u32,
    /// The wrap. The log grants its SHA-256.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// `POST /v1/batches/{batch}/wraps`, and the answer to `GET`, which holds the caller's only (the root key's: recovery's).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wraps {
    /// The wraps.
    pub wraps: Vec<Wrap>,
}

/// `POST /v1/batches/{batch}/revisions`: revisions of the calling device, in the order of its chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushRevisions {
    /// The revisions. All of them are taken or none; those that are there already are not taken twice.
    pub revisions: Vec<RevisionEnvelope>,
}

/// The answer to [`PushRevisions`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionsPushed {
    /// The serial of each revision in the batch, in the order of the request.
    pub serials: Vec<u64>,
    /// How many revisions the batch has now.
    pub total: u64,
}

/// One revision with the number that the server gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberedRevision {
    /// Counts the revisions of the batch, from 1, without gaps. Not signed: it is for paging only.
    pub serial: u64,
    /// The revision.
    pub envelope: RevisionEnvelope,
}

/// `GET /v1/batches/{batch}/revisions?after=SERIAL&limit=N`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionsPage {
    /// The revisions, in the order of their serials. Ask again after the last until none come.
    pub revisions: Vec<NumberedRevision>,
    /// How many revisions the batch has.
    pub total: u64,
}

/// What the server knows about a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchSummary {
    /// The batch.
    pub batch: BatchId,
    /// The epoch of its key as published; none while it is only declared.
    pub epoch: Option<u32>,
    /// The object whose digest the log names as the manifest, if it is there.
    pub manifest: Option<ObjectId>,
    /// How many objects are declared.
    pub objects: u64,
    /// How many of them are complete.
    pub complete: u64,
    /// How many bytes all declared objects have.
    pub bytes: u64,
    /// How many revisions there are.
    pub revisions: u64,
    /// Whether the wrap for the calling device is there.
    pub wrap: bool,
}

/// `GET /v1/batches`: the batches that were granted to the calling device, or that it declared or published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batches {
    /// The batches, in the order of their identifiers.
    pub batches: Vec<BatchSummary>,
}
