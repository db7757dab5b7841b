//! A leak on purpose: decoded media to a file in the temporary directory.
//!
//! Only in builds with the feature `deliberate-leak`, which nobody ships: the at-rest test runs its scan against such a
//! build and fails unless the scan finds what was written here.

/// Writes a body of the media protocol to a new file. A test that misses it fails, so errors need no handling here.
pub(crate) fn write(body: &[u8]) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let _ = std::fs::write(std::env::temp_dir().join(format!("annotation-box-leak-{number}")), body);
}
