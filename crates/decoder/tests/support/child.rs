//! A process that decodes, as the product's programs start it, but with an enemy inside: a "picture" that begins with
//! [`DO`] names what to try, as a file would that has taken the decoder over. What works although it should not is
//! answered as a picture; what is refused as a broken one.

use std::fs;
use std::io::Cursor;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Command, ExitCode};
use std::time::Duration;

use abox_decoder::{Wiped, serve_with};
use abox_media::{Limits, MediaError, Picture, decode};

/// The beginning of a file that is a deed.
const DO: &[u8] = b"do:";

fn main() -> ExitCode {
    serve_with(|file: Cursor<Wiped>, limits: &Limits| match file.get_ref().strip_prefix(DO) {
        Some(deed) if attempt(&String::from_utf8_lossy(deed)) => Picture::from_rgba(1, 1, vec![0; 4]),
        Some(_) => Err(MediaError::Broken),
        None => decode(file, limits),
    })
}

/// Tries something. True if it worked.
fn attempt(deed: &str) -> bool {
    let (name, place) = deed.split_once(' ').unwrap_or((deed, ""));
    match name {
        "read" => fs::read(place).is_ok(),
        "write" => fs::write(place, b"pixels").is_ok(),
        "remove" => fs::remove_file(place).is_ok(),
        "list" => fs::read_dir(place).is_ok(),
        "connect" => TcpStream::connect(place).is_ok(),
        "listen" => TcpListener::bind("127.0.0.1:0").is_ok(),
        "datagram" => UdpSocket::bind("127.0.0.1:0").is_ok(),
        #[cfg(unix)]
        "unix-socket" => std::os::unix::net::UnixStream::pair().is_ok(),
        "spawn" => Command::new("/bin/true").spawn().is_ok(),
        #[cfg(unix)]
        "exec" => {
            // Returns only if it fails.
            let _ = std::os::unix::process::CommandExt::exec(&mut Command::new("/bin/true"));
            false
        }
        "thread" => std::thread::Builder::new().spawn(|| ()).is_ok(),
        #[cfg(unix)]
        "signal" => rustix::process::getppid()
            .is_some_and(|parent| rustix::process::test_kill_process(parent).is_ok()),
        #[cfg(unix)]
        "raise-limits" => {
            use rustix::process::{Resource, Rlimit, setrlimit};
            setrlimit(Resource::Nofile, Rlimit { current: Some(3), maximum: Some(3) }).is_ok()
        }
        "environment" => std::env::vars_os().any(|(name, _)| name != "Malloc"),
        "panic" => std::panic::catch_unwind(|| std::panic::resume_unwind(Box::new(place.len()))).is_ok(),
        "hang" => loop {
            std::thread::park_timeout(Duration::from_secs(3600));
        },
        "spin" => loop {
            std::hint::spin_loop();
        },
        "eat-memory" => {
            let mut eaten = Vec::new();
            loop {
                eaten.push(vec![1u8; 64 << 20]);
                std::hint::black_box(&eaten);
            }
        }
        "overflow-stack" => deeper(1) == 0,
        "abort" => std::process::abort(),
        "leave" => std::process::exit(0),
        "chatter" => {
            use std::io::Write;
            std::io::stdout().write_all(&[0xa5; 64]).is_ok()
        }
        _ => false,
    }
}

#[expect(unconditional_recursion, reason = "this is what it is for")]
fn deeper(depth: u64) -> u64 {
    let here = std::hint::black_box([depth; 512]);
    deeper(depth + 1) + here[7]
}
