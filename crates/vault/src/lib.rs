//! Keys and sealed data: the only code of the product that encrypts, decrypts, derives or keeps a key.
//!
//! Callers ask for whole operations: seal an object of a role ([`Sealer`]), open one ([`Opener`]), wrap an item's key,
//! wrap a batch's key for a device, keep a device's keys in the keychain. They never see a cipher, a nonce or a key's
//! bytes. Signatures and digests, which the server needs too, live in `abox-attest`.
//!
//! Key types erase themselves when dropped, cannot be cloned by accident, and print nothing.
//!
//! The byte layouts are specified in `docs/formats/sealed-object.md` and `docs/formats/wraps.md`.

mod chunk;
mod context;
mod error;
mod invite;
mod item_key;
mod keychain;
mod keys;
mod mac;
mod opener;
mod recovery;
mod seal_worker;
mod sealer;
#[cfg(test)]
mod vector_tests;
mod wrap;

pub use chunk::{CHUNK_LENGTH, sealed_length};
pub use context::{ObjectRole, SealContext};
pub use error::{Damage, VaultError};
pub use invite::InviteSecret;
pub use item_key::WrappedItemKey;
pub use keychain::{DeviceKeys, Keychain, OsKeychain, load_anchor, load_root, store_anchor, store_root};
pub use keys::{BatchKey, ItemKey, ObjectKey, VaultKey};
pub use mac::{mac, verify_mac};
pub use opener::{Opener, open_bytes};
pub use recovery::{RecoveryKit, RecoveryWordsError};
pub use sealer::{ObjectSummary, Sealer, seal_bytes};
pub use wrap::{
    KemKey, KemPublic, Recipient, Wrap, WrapPurpose, unwrap_batch_key, unwrap_for_recovery, wrap_batch_key,
};
