//! What can go wrong with keys and sealed data. No text here carries content, a name or any part of a key.

use abox_ids::ItemId;

/// Where a sealed object is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// The header: the object was sealed under another key or for another place, or its first bytes were changed.
    Header,
    /// The length: bytes are missing or there are too many.
    Length,
    /// A chunk of 16 KiB, counted from 0.
    Chunk(u64),
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header => f.write_str("header"),
            Self::Length => f.write_str("length"),
            Self::Chunk(index) => write!(f, "chunk {index}"),
        }
    }
}

/// Why the vault refused.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VaultError {
    /// A sealed object is not what it should be. Nothing of the damaged part was released.
    #[error("The sealed object {} is damaged ({damage}). Get it again from the server.", subject(*item))]
    Damaged {
        /// The item, or `None` for an object of the whole batch.
        item: Option<ItemId>,
        /// Where.
        damage: Damage,
    },
    /// More than 4 PiB.
    #[error("This is too large to be sealed.")]
    TooLarge,
    /// A wrapped key does not open: wrong key, other place, or changed.
    #[error("A wrapped key does not open on this device. It was made for another device or was changed.")]
    WrapRefused,
    /// The wrap does not bind what it was expected to bind, or its signature is wrong.
    #[error("A wrapped key was refused: it is not addressed to this device or not signed as it has to be.")]
    WrapUnexpected,
    /// There is no keychain.
    #[error(
        "The keychain of the operating system cannot be reached. Start it (on Linux a Secret Service such as GNOME \
         Keyring or KWallet) and try again. Keys are never kept anywhere else."
    )]
    KeychainUnavailable,
    /// The keychain is locked and was not unlocked.
    #[error("The keychain of the operating system is locked. Unlock it and try again.")]
    KeychainLocked,
    /// An entry of the keychain is there but is not what was stored.
    #[error(
        "An entry in the keychain is damaged. Restore the keychain from a backup, or enrol this device anew."
    )]
    KeychainDamaged,
    /// Reading or writing the sealed bytes failed.
    #[error("Reading or writing sealed data failed.")]
    Io(std::io::ErrorKind),
}

fn subject(item: Option<ItemId>) -> String {
    item.map_or_else(|| "of the batch".to_owned(), |item| format!("of item {item}"))
}

impl From<VaultError> for std::io::Error {
    /// Readers pass damage on through `std::io`; [`VaultError::from_io`] gets it back.
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Io(kind) => kind.into(),
            error => Self::new(std::io::ErrorKind::InvalidData, error),
        }
    }
}

impl VaultError {
    /// The vault's own error inside an I/O error, if there is one.
    #[must_use]
    pub fn from_io(error: &std::io::Error) -> Option<&Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref())
    }
}

impl From<std::io::Error> for VaultError {
    fn from(error: std::io::Error) -> Self {
        Self::from_io(&error).cloned().unwrap_or(Self::Io(error.kind()))
    }
}
