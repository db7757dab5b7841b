//! Bytes of client content that are overwritten before their memory is given back.

use std::ops::{Deref, DerefMut};

/// A buffer that is filled with zeros when it is dropped.
pub struct Wiped(Vec<u8>);

impl Wiped {
    /// Zeros, to be read into.
    pub(crate) fn zeros(length: usize) -> Self {
        Wiped(vec![0; length])
    }

    /// The bytes, to be wiped by someone else.
    pub(crate) fn take(mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

impl Deref for Wiped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Wiped {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        abox_media::wipe(&mut self.0);
    }
}
