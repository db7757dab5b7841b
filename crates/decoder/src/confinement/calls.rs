//! seccomp: the few system calls that a decoder needs. Any other ends the process at once.
//!
//! A decoder takes memory, reads its input and writes its output; the rest of the list is what the C library and Rust do
//! when a process takes random numbers for a table, panics, runs out of memory or ends. Reading and writing work on the
//! pipes only, whatever else may be open, and no memory can be made executable.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter_all_threads,
};

/// Calls that are harmless whatever they are given.
const ALLOWED: [i64; 17] = [
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
];

/// False if the kernel has no seccomp, or this processor is not known.
pub(super) fn forbid_all_but_decoding() -> bool {
    filter(SeccompAction::KillProcess).is_ok_and(|filter| apply_filter_all_threads(&filter).is_ok())
}

/// The filter, with what happens to calls that are not on the list.
fn filter(otherwise: SeccompAction) -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.into_iter().map(|call| (call, vec![])).collect();
    let executable = libc::PROT_EXEC.cast_unsigned().into();
    let anonymous = libc::MAP_ANONYMOUS.cast_unsigned().into();
    let not_executable = || argument(2, SeccompCmpOp::MaskedEq(executable), 0);
    rules.insert(libc::SYS_read, vec![SeccompRule::new(vec![argument(0, SeccompCmpOp::Eq, 0)?])?]);
    rules.insert(
        libc::SYS_write,
        vec![
            SeccompRule::new(vec![argument(0, SeccompCmpOp::Eq, 1)?])?,
            // Nobody reads it, but Rust says there why it aborts.
            SeccompRule::new(vec![argument(0, SeccompCmpOp::Eq, 2)?])?,
        ],
    );
    rules.insert(
        libc::SYS_mmap,
        vec![SeccompRule::new(vec![
            not_executable()?,
            argument(3, SeccompCmpOp::MaskedEq(anonymous), anonymous)?,
        ])?],
    );
    rules.insert(libc::SYS_mprotect, vec![SeccompRule::new(vec![not_executable()?])?]);
    // To abort is to signal oneself, and nobody else.
    let own: u64 = std::process::id().into();
    rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![argument(0, SeccompCmpOp::Eq, own)?])?]);
    let architecture = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, otherwise, SeccompAction::Allow, architecture)?.try_into()
}

fn argument(index: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, operator, value)
}

/// On threads of their own, where calls that are not on the list are refused instead of ending the test.
#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::thread;

    use abox_media::{Limits, decode};
    use seccompiler::apply_filter;

    use super::*;

    const REFUSED: i32 = 77;

    fn confined<T: Send>(work: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| {
            let work = move || {
                let filter = filter(SeccompAction::Errno(REFUSED.cast_unsigned())).unwrap();
                apply_filter(&filter).unwrap();
                work()
            };
            scope.spawn(work).join()
        })
        .unwrap()
    }

    fn refused<T>(outcome: std::io::Result<T>) -> bool {
        outcome.is_err_and(|error| error.raw_os_error() == Some(REFUSED))
    }

    #[test]
    fn what_decoding_never_does_is_refused() {
        let (from, to) = std::io::pipe().unwrap();
        let parent = rustix::process::getppid().unwrap();
        confined(move || {
            assert!(refused(std::fs::read("/etc/passwd")));
            assert!(refused(std::fs::write("/tmp/abox-not-there", b"x")));
            assert!(refused(std::net::TcpStream::connect("127.0.0.1:9")));
            assert!(refused(std::net::UdpSocket::bind("127.0.0.1:0")));
            assert!(refused(thread::Builder::new().spawn(|| ())));
            assert!(refused(std::env::current_dir()));
            assert!(rustix::process::test_kill_process(parent).is_err());
            // Open files other than the pipes are of no use, either.
            assert!(refused(std::io::Read::read(&mut &from, &mut [0])));
            assert!(refused(std::io::Write::write(&mut &to, b"x")));
            // Whatever drops them would close them, which is refused, too.
            std::mem::forget((from, to));
        });
    }

    #[test]
    fn decoding_works_within_it() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../media/tests/data");
        for file in ["cat.jpg", "ball.png", "animated.webp", "cmyk.tif", "palette.bmp"] {
            let file = std::fs::read(folder.join(file)).unwrap();
            confined(|| decode(Cursor::new(&file), &Limits::default()).map(|_| ())).unwrap();
        }
    }
}
