//! The processes that decode pictures, seen from outside, and their untimely end.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::scan;

/// The name that such a process gives itself.
const NAME: &str = "image-decoder";

/// Those that a program has started, and that have confined themselves.
#[must_use]
pub fn decoders_of(program: u32) -> Vec<u32> {
    let is_decoder = |process: &u32| {
        fs::read_to_string(format!("/proc/{process}/comm")).is_ok_and(|name| name.trim_end() == NAME)
            && status(*process, "Seccomp") == "2"
    };
    scan::processes_below(program).into_iter().filter(is_decoder).collect()
}

/// A line of what the kernel says about a process; nothing if it is gone.
#[must_use]
pub fn status(process: u32, name: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(|value| value.trim().to_owned())
        .unwrap_or_default()
}

/// Crashes the process of `program` that decodes a large picture, by the signal that broken instructions get, while it
/// does so.
///
/// # Panics
/// If none decodes one within 20 seconds.
pub fn crash_decoder_of(program: u32) {
    /// Only the pixels of a large picture take so much, in KiB.
    const LARGE: u64 = 48 << 10;
    let start = Instant::now();
    loop {
        for process in decoders_of(program) {
            let resident = status(process, "RssAnon");
            let resident = resident.trim_end_matches(" kB").parse().unwrap_or(0_u64);
            let Some(id) = i32::try_from(process).ok().and_then(Pid::from_raw) else { continue };
            if resident > LARGE && kill_process(id, Signal::ILL).is_ok() {
                return;
            }
        }
        assert!(start.elapsed() < Duration::from_secs(20), "no large picture is decoded");
        thread::sleep(Duration::from_millis(1));
    }
}
