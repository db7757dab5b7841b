//! The server as its clients meet it: a real one on loopback, spoken to over TLS with the pinned certificate.

mod client;
mod flow;
mod office;
