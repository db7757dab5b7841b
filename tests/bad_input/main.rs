//! What bad input gets, in the real window and in `abox`: a clear message with its code, nothing lost, and no name of a
//! client's file, class, batch or of a member in a message or a log.

mod client;
mod cut;
mod damage;
mod decoder;
mod disk;
mod foreign;
mod invites;
mod keychain;
mod pictures;
mod schemas;
mod server;
