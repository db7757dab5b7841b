//! The sync server: it keeps the organisation log, sealed objects, wraps and revisions, and gives them to those whom
//! the log allows. It has no code that opens a seal: it stands on `abox-protocol`, `abox-attest` and `abox-ids` only.
//!
//! What it knows: sizes, counts, times, and the staff names on the log. Names of files, batches and labels never
//! reach it. Its routes are written down in `docs/formats/protocol.md`, its operation in `docs/operators.md`.

mod auth;
mod body;
mod certificate;
mod config;
mod connection;
mod error;
mod journal;
mod limit;
mod metrics;
mod refusal;
mod routes;
mod server;
mod storage;
mod stream;

pub use config::{Config, Limits, Log};
pub use error::ServerError;
pub use server::{Running, Server};
