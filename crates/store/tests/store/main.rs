//! The local database as its callers meet it: real files, real SQLCipher; only the keychain is one of the tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod at_rest;
mod editing;
mod faults;
mod profile;
mod refusals;
mod revisions;
mod schema;
