//! The server as its clients meet it: a real one on loopback, spoken to over TLS with the pinned certificate.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail as tests do")]

mod access;
mod client;
mod flow;
mod hostile;
mod limits;
mod objects;
mod office;
mod process;
mod revisions;
