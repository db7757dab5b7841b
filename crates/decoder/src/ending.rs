//! What the end of a process says about the picture that it was at.

use std::process::ExitStatus;

use abox_media::Ending;

/// The way in which the process ended, which nobody here asked it to.
#[cfg(unix)]
pub(crate) fn of(status: ExitStatus) -> Ending {
    use std::os::unix::process::ExitStatusExt;

    use rustix::process::Signal;

    match status.signal().and_then(Signal::from_named_raw) {
        Some(Signal::SYS) => Ending::Forbidden,
        Some(Signal::XCPU) => Ending::Time,
        // Rust's answer to memory that is not given, and to a stack that is at its end. The C library aborts as well when
        // it finds its heap damaged, which cannot be told apart from here.
        Some(Signal::ABORT) => Ending::Memory,
        // A file that has taken the process over can only signal itself, and gains nothing by it.
        Some(Signal::KILL | Signal::TERM | Signal::INT | Signal::HUP) => Ending::Outside,
        _ => Ending::Crash,
    }
}

/// Other systems tell no reasons.
#[cfg(not(unix))]
pub(crate) fn of(_: ExitStatus) -> Ending {
    Ending::Crash
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn signals_tell_why() {
        let ended = |signal: rustix::process::Signal| of(ExitStatus::from_raw(signal.as_raw()));
        assert_eq!(ended(rustix::process::Signal::SYS), Ending::Forbidden);
        assert_eq!(ended(rustix::process::Signal::XCPU), Ending::Time);
        assert_eq!(ended(rustix::process::Signal::ABORT), Ending::Memory);
        assert_eq!(ended(rustix::process::Signal::SEGV), Ending::Crash);
        assert_eq!(ended(rustix::process::Signal::KILL), Ending::Outside);
        assert_eq!(of(ExitStatus::from_raw(0)), Ending::Crash, "it had no reason to leave");
    }
}
