//! The search for plaintext: what was planted in client material (canaries), and every place where it could lie.
//!
//! A picture is searched for in all the forms in which a program would leave it behind: stretches of its compressed file,
//! stretches of its decoded rows at full size and at each halving (RGB, RGBA, BGRA), and any JPEG or PNG, whole or inside
//! another file, that looks like it (a re-encoded thumbnail). Texts are searched for in UTF-8 and UTF-16.
//!
//! Not searched: memory that has no place on a disk (`memfd`, `/dev/shm`, the graphics driver's buffers). Sealed files
//! cannot match but by a failure of the cipher.

mod canary;
mod places;

pub use canary::{Canaries, CanaryPicture};
pub use places::{Report, changed_since, deleted_but_open, processes_below, tree};
