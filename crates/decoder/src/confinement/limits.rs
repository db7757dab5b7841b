//! Limits of the operating system on what one process may take. They hold where the other barriers are not known, and
//! they bound a process whose program was killed and that nobody watches any more.

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::{BUSY_PER_PROCESS, PATIENCE};

/// Three times the largest picture, which is what [`abox_media::Limits`] promises to need, and room for the rest.
const MEMORY: u64 = (3 << 30) + (256 << 20);

/// Sets all limits, on top of the memory that this process has already. False if one could not be set.
pub(super) fn lower(own_memory: Option<u64>) -> bool {
    // One more picture is begun at the most when the time per process is over.
    let processor = (BUSY_PER_PROCESS + PATIENCE).as_secs();
    let limits = [
        // One and not zero: a limit of one also stops dumps that the kernel would hand to a program, which would write
        // them to a disk. For dumps to files both are too small.
        (Resource::Core, 1),
        (Resource::Fsize, 0),
        (Resource::Cpu, processor),
        (Resource::Nproc, 0),
        // The standard three are open already.
        (Resource::Nofile, 3),
    ];
    let memory = own_memory.map(|own| (Resource::As, own.saturating_add(MEMORY)));
    // All are tried, whatever becomes of one.
    let failed = limits.into_iter().chain(memory).filter(|(resource, limit)| !set(*resource, *limit)).count();
    failed == 0 && own_memory.is_some()
}

fn set(resource: Resource, limit: u64) -> bool {
    // One second is between the signal that tells why and the one that only ends.
    let spare = u64::from(resource == Resource::Cpu);
    let lower = |limit: u64| {
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit + spare) }).is_ok()
    };
    // A limit of zero that holds already cannot be raised to one, and is as good.
    lower(limit) || lower(0)
}

/// The address space that this process has, in bytes. The window's libraries take some hundred megabytes of it.
#[cfg(target_os = "linux")]
pub(super) fn own_memory() -> Option<u64> {
    let sizes = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = sizes.split_whitespace().next()?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// No memory of this process goes to a dump, and no other process of this account may look into it.
#[cfg(target_os = "linux")]
pub(super) fn keep_memory_to_oneself() -> bool {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
}

/// When the machine is out of memory, the kernel ends this process rather than the program with the unsaved work.
#[cfg(target_os = "linux")]
pub(super) fn be_the_first_to_go() {
    // It is a wish, and the kernel decides without it as well.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}
