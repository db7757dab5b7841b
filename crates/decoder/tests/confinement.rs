//! What a decoder that was taken over can do: nothing. The enemy is inside the process, past all barriers that it
//! raised for itself, and tries.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may fail loudly, too")]

mod support;

use std::fs::{self, File};
use std::net::TcpListener;

use abox_decoder::Barrier;
use support::{attempt, expect_a_picture, pool};

#[test]
fn whatever_reaches_out_ends_the_process() {
    let pool = pool();
    let folder = tempfile::tempdir().unwrap();
    let (there, new) = (folder.path().join("there"), folder.path().join("new"));
    fs::write(&there, b"client").unwrap();
    let (there, new) = (there.to_str().unwrap(), new.to_str().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for deed in [
        "read /etc/passwd",
        "read /proc/self/environ",
        "list /",
        &format!("read {there}"),
        &format!("write {there}"),
        &format!("write {new}"),
        &format!("remove {there}"),
        "write /dev/shm/abox-pixels",
        &format!("connect {address}"),
        "listen",
        "datagram",
        "unix-socket",
        "spawn",
        "exec",
        "thread",
        "signal",
        "raise-limits",
    ] {
        assert_eq!(attempt(&pool, deed), "image-forbidden-call", "{deed}");
        expect_a_picture(&pool);
    }
    assert_eq!(fs::read(there).unwrap(), b"client");
    assert!(!fs::exists(new).unwrap());
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nobody has called");
}

#[test]
fn the_process_inherits_nothing() {
    let pool = pool();
    assert_eq!(attempt(&pool, "environment"), "image-broken", "there are no variables but one");

    // As a library does that forgets to say that a file is its own.
    let secret = File::open("/etc/passwd").unwrap();
    rustix::io::fcntl_setfd(&secret, rustix::io::FdFlags::empty()).unwrap();
    let pool = support::pool();
    pool.confinement().unwrap();
    let processes = children();
    assert!(!processes.is_empty());
    for process in processes {
        // Only the owner of the process, or who looks after all, may see these.
        let Ok(open) = fs::read_dir(format!("/proc/{process}/fd")) else { continue };
        let mut open: Vec<_> = open.map(|entry| entry.unwrap().file_name()).collect();
        open.sort();
        assert_eq!(open, ["0", "1", "2"]);
        assert_eq!(fs::read(format!("/proc/{process}/environ")).unwrap(), b"Malloc=1\0");
        let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
        let limit = |name: &str| {
            let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().to_owned()
        };
        assert_eq!(limit("Max core file size"), "1", "none is written");
        assert_eq!(limit("Max file size"), "0");
        assert_eq!(limit("Max open files"), "3");
        assert_eq!(limit("Max processes"), "0");
        assert_ne!(limit("Max address space"), "unlimited");
        assert_ne!(limit("Max cpu time"), "unlimited");
    }
    drop(secret);
}

#[test]
fn the_kernel_says_the_same_as_the_greeting() {
    let pool = pool();
    let confinement = pool.confinement().unwrap();
    for barrier in [Barrier::Descriptors, Barrier::Limits, Barrier::Calls] {
        assert!(confinement.holds(barrier), "{barrier}");
    }
    for process in children() {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let value = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().to_owned()
        };
        assert_eq!(value("NoNewPrivs:"), "1");
        assert_eq!(value("Seccomp:"), "2", "a filter");
        assert_eq!(value("Threads:"), "1");
    }
    // Kernels without Landlock are rare, and the process says so there.
    let landlock = [Barrier::Files, Barrier::Network, Barrier::Processes];
    let missing: Vec<_> = landlock.into_iter().filter(|barrier| !confinement.holds(*barrier)).collect();
    assert_eq!(confinement.missing(), missing);
}

/// The decoders of this process. Tests run in parallel here or one by one, so these may be those of another test.
fn children() -> Vec<u32> {
    let own = std::process::id();
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok())
        .filter(|process| {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            // `id (name) state parent …`; the name is the decoder's own once it has begun to confine itself.
            let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
            parent == Some(own) && is_confined(*process)
        })
        .collect()
}

/// The filter is the last barrier to be raised.
fn is_confined(process: u32) -> bool {
    fs::read_to_string(format!("/proc/{process}/status"))
        .is_ok_and(|status| status.lines().any(|line| line == "Seccomp:\t2"))
}
