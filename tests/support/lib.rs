//! What the whole-product tests stand on: a private desktop with a keychain, the built programs, a WebDriver client for
//! the window, real input events, and the scan for plaintext.
//!
//! Nothing here links to the product: the tests see what people and scripts see. The programs to test are in the folder
//! that `ABOX_BUILDS` names; `make test` builds them and sets it. Linux only, as the tests are.

mod background;
mod decoders;
mod delivery;
mod desktop;
mod disk;
mod native;
mod organisation;
mod programs;
mod proxy;
pub mod scan;
mod webdriver;
mod window;

pub use background::Background;
pub use decoders::{crash_decoder_of, decoders_of, status};
pub use delivery::coco_of;
pub use desktop::Desktop;
pub use disk::SmallDisk;
pub use native::{DragSource, answer_dialog, close_dialog};
pub use organisation::Organisation;
pub use programs::{Profile, Refusal, Server, StoppedServer};
pub use proxy::{Fault, Proxy};
pub use webdriver::{Driver, Element, WebDriverError};
pub use window::{Camera, Window};

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

/// The folder with the built programs.
///
/// # Panics
/// If `ABOX_BUILDS` is not set: the tests never fall back to some other build.
#[must_use]
pub fn builds() -> PathBuf {
    let folder = std::env::var_os("ABOX_BUILDS")
        .expect("ABOX_BUILDS is not set: run `make test`, which builds the programs");
    PathBuf::from(folder)
}

/// Where screenshots go: `target/screens`, or what `ABOX_SCREENS` says.
#[must_use]
pub fn screens() -> PathBuf {
    let folder =
        std::env::var_os("ABOX_SCREENS").map_or_else(|| workspace().join("target/screens"), PathBuf::from);
    std::fs::create_dir_all(&folder).expect("the folder for screenshots");
    folder
}

/// The top of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Asks again until there is an answer, at most `limit` long.
///
/// # Panics
/// If there is none in time, with `what` in the message.
pub fn eventually<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} in vain for {what}");
        thread::sleep(Duration::from_millis(50));
    }
}
