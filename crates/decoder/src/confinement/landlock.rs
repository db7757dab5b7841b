//! Landlock: rules of the kernel about files, ports and processes, of which every one is refused here. Kernels know it
//! since 5.13, TCP since 6.7, signals since 6.12; some are built or started without.
//!
//! Each kind is a rule set of its own, so that one that the kernel does not know leaves the others in force.

use landlock::{
    ABI, Access, AccessFs, AccessNet, RestrictionStatus, Ruleset, RulesetAttr, RulesetError, RulesetStatus,
    Scope,
};

/// The newest that the crate knows. What the kernel does not know of it is left out.
const NEWEST: ABI = ABI::V10;

/// An old kernel knows opening, making and removing but not cutting short, which system call filters forbid.
pub(super) fn forbid_files() -> bool {
    holds(|| Ruleset::default().handle_access(AccessFs::from_all(NEWEST))?.create()?.restrict_self())
}

pub(super) fn forbid_network() -> bool {
    holds(|| Ruleset::default().handle_access(AccessNet::from_all(NEWEST))?.create()?.restrict_self())
}

pub(super) fn forbid_processes() -> bool {
    holds(|| Ruleset::default().scope(Scope::from_all(NEWEST))?.create()?.restrict_self())
}

fn holds(restrict: impl FnOnce() -> Result<RestrictionStatus, RulesetError>) -> bool {
    restrict().is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}

/// Each on a thread of its own: only that thread is restricted. A kernel without Landlock has nothing to test.
#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream};
    use std::{fs, thread};

    use super::*;

    fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| scope.spawn(work).join()).unwrap()
    }

    #[test]
    fn no_file_can_be_read_written_or_listed() {
        let folder = std::env::temp_dir();
        let file = folder.join(format!("abox-landlock-{}", std::process::id()));
        apart(|| {
            if !forbid_files() {
                return;
            }
            let refused = |outcome: std::io::Result<()>| {
                assert_eq!(outcome.unwrap_err().kind(), ErrorKind::PermissionDenied);
            };
            refused(fs::read("/etc/passwd").map(|_| ()));
            refused(fs::write(&file, b"x"));
            refused(fs::read_dir(&folder).map(|_| ()));
            refused(fs::create_dir(&file));
        });
        assert!(fs::read("/etc/passwd").is_ok(), "only the other thread was restricted");
    }

    #[test]
    fn no_connection_can_be_made_or_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        apart(|| {
            if !forbid_network() {
                return;
            }
            assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::PermissionDenied);
            assert_eq!(TcpListener::bind("127.0.0.1:0").unwrap_err().kind(), ErrorKind::PermissionDenied);
        });
        assert!(TcpStream::connect(address).is_ok());
    }

    #[test]
    fn no_process_can_be_signalled() {
        let parent = rustix::process::getppid().unwrap();
        apart(|| {
            if forbid_processes() {
                assert!(rustix::process::test_kill_process(parent).is_err());
            }
        });
    }
}
