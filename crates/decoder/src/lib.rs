//! Decoding in another process, which has no keys and can reach nothing.
//!
//! Files of clients are hostile until shown otherwise, and a decoder is where a hostile file does its work. So the
//! program starts itself again as a process that only decodes ([`serve_when_asked`]), and that gives up files, network,
//! other processes and all system calls that decoding does not need before it takes the first byte. [`DecoderPool`] hands
//! it one file at a time over a pipe and takes back pixels or an error; what a process answers is checked as any other
//! hostile input. A process that crashes, hangs or takes too much costs one picture: the next one has a new process.
//!
//! Nothing here decodes ([`abox_media`] does), knows keys or sealed objects, or keeps pictures.

mod confinement;
mod ending;
mod pool;
mod program;
mod protocol;
mod serve;
mod watch;
mod wiped;
mod worker;

pub use confinement::{Barrier, Confinement};
pub use pool::DecoderPool;
pub use program::Program;
pub use serve::{ARGUMENT, serve, serve_when_asked, serve_with};
pub use wiped::Wiped;

use std::time::Duration;

/// How long a picture may take. The largest that is allowed takes a tenth of it on an ordinary machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// After this many pictures a process is replaced, so that one that was taken over unnoticed does not see the whole batch.
const PICTURES_PER_PROCESS: u32 = 32;
/// After this much work it is replaced as well, so that a short limit of the processor's time can hold for its whole life.
const BUSY_PER_PROCESS: Duration = Duration::from_secs(30);
