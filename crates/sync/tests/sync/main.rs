//! Revisions as devices meet them: made, sent over a server that may do anything, checked and merged. Real seals and
//! signatures; only the server is a list, and the database a few maps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod ancestors;
mod encodings;
mod hostile;
mod refusals;
mod reviews;
mod simulation;
mod world;
