//! Who said what: canonical bytes, digests and Ed25519-signed statements.
//!
//! This is the half of the cryptography that clients and the server share. It can sign and verify; it can not seal,
//! open, wrap or derive anything, so that the server, which stands on it, cannot either (see
//! `docs/adr/0002-leaf-crates.md`). Encryption and key storage live in `abox-vault`.
//!
//! A [`Signed<T>`] is built from a [`Statement`] and gives it back only through [`Signed::verify`]: what was verified
//! is the very object that is used.

mod canonical;
mod digest;
mod key;
mod object_digest;
mod signed;

pub use canonical::{CanonicalError, from_canonical, to_canonical};
pub use digest::Digest;
pub use key::{KeyError, Signature, SigningKey, VerifyingKey};
pub use object_digest::{ObjectDigest, ObjectHasher};
pub use signed::{SignatureError, Signed, Statement};
