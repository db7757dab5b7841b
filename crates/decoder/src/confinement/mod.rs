//! What a process that decodes gives up before it takes the first byte, and how far this system lets it.
//!
//! Everything is done by the process to itself, once and for good; nothing can be taken back. What this system does not
//! offer is left out, told in the greeting, and the rest holds without it.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod landlock;
#[cfg(unix)]
mod limits;

use std::fmt;

/// One of the barriers around a process that decodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barrier {
    /// No open files or connections but the pipes.
    Descriptors,
    /// No file can be opened, made or removed.
    Files,
    /// No connection can be made or taken.
    Network,
    /// No process outside can be signalled.
    Processes,
    /// Memory, time, files and processes are limited, and no memory is dumped.
    Limits,
    /// Any system call that decoding does not need ends the process.
    Calls,
}

impl Barrier {
    /// All of them.
    pub const ALL: [Barrier; 6] = [
        Barrier::Descriptors,
        Barrier::Files,
        Barrier::Network,
        Barrier::Processes,
        Barrier::Limits,
        Barrier::Calls,
    ];

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Barrier::Descriptors => "inherited files are closed",
            Barrier::Files => "no files (Landlock)",
            Barrier::Network => "no TCP (Landlock)",
            Barrier::Processes => "no signals to other processes (Landlock)",
            Barrier::Limits => "limits of memory, time, files and processes",
            Barrier::Calls => "no system calls but those of decoding (seccomp)",
        })
    }
}

/// The barriers that hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confinement(u8);

impl Confinement {
    /// Whether this barrier holds.
    #[must_use]
    pub fn holds(self, barrier: Barrier) -> bool {
        self.0 & barrier.bit() != 0
    }

    /// The barriers that this system does not offer.
    #[must_use]
    pub fn missing(self) -> Vec<Barrier> {
        Barrier::ALL.into_iter().filter(|barrier| !self.holds(*barrier)).collect()
    }

    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    pub(crate) fn from_bits(bits: u8) -> Self {
        Confinement(bits)
    }

    #[cfg_attr(not(unix), expect(dead_code, reason = "there is nothing yet that holds"))]
    fn raise(&mut self, barrier: Barrier, holds: bool) {
        if holds {
            self.0 |= barrier.bit();
        }
    }
}

/// Confines this process. The order matters: later barriers forbid what earlier ones need.
#[cfg(target_os = "linux")]
pub(crate) fn confine() -> Confinement {
    let mut confinement = Confinement(0);
    confinement.raise(Barrier::Descriptors, descriptors::close_all_but_standard().is_ok());
    // For whoever looks at the list of processes. Without it, it is only harder to tell them apart.
    let _ = rustix::thread::set_name(c"image-decoder");
    let own_memory = limits::own_memory();
    limits::be_the_first_to_go();
    // Another thread would stay outside of Landlock, and this one could act through it.
    let alone = threads() == Some(1);
    confinement.raise(Barrier::Files, landlock::forbid_files() && alone);
    confinement.raise(Barrier::Network, landlock::forbid_network() && alone);
    confinement.raise(Barrier::Processes, landlock::forbid_processes() && alone);
    let is_private = limits::keep_memory_to_oneself();
    confinement.raise(Barrier::Limits, limits::lower(own_memory) && is_private);
    confinement.raise(Barrier::Calls, calls::forbid_all_but_decoding());
    confinement
}

#[cfg(target_os = "linux")]
fn threads() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/task").ok()?.count())
}

/// Not tested: a process of its own with limits, where they are known, but nothing that keeps it from files or the
/// network.
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn confine() -> Confinement {
    let mut confinement = Confinement(0);
    confinement.raise(Barrier::Limits, limits::lower(None));
    confinement
}

/// Not tested: a process of its own, and nothing more.
#[cfg(not(unix))]
pub(crate) fn confine() -> Confinement {
    Confinement(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_and_what_is_missing_are_all() {
        let mut confinement = Confinement(0);
        assert_eq!(confinement.missing(), Barrier::ALL);
        confinement.raise(Barrier::Files, true);
        confinement.raise(Barrier::Calls, false);
        assert!(confinement.holds(Barrier::Files) && !confinement.holds(Barrier::Calls));
        assert_eq!(confinement.missing().len(), Barrier::ALL.len() - 1);
        assert_eq!(Confinement::from_bits(confinement.bits()), confinement);
    }
}
