//! The session counter outside the database: what an attacker who can only put old files back cannot put back.

use crate::StoreError;

/// A number kept where files are not, in practice the operating system's keychain.
pub trait Anchor {
    /// The number that was kept last; `None` if there never was one.
    ///
    /// # Errors
    /// [`StoreError::Keychain`] on anything but a clear "no such entry".
    fn session(&self) -> Result<Option<u64>, StoreError>;

    /// Keeps `session`, durably.
    ///
    /// # Errors
    /// [`StoreError::Keychain`].
    fn set_session(&self, session: u64) -> Result<(), StoreError>;
}
