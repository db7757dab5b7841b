//! A small file system that can be filled to the last byte, for real: a tmpfs with a limit, mounted in a mount namespace
//! of the test's own, which is gone with it.
//!
//! The story runs in a second process of the same test binary inside that namespace. Root makes the namespace directly;
//! anybody else by a user namespace in which they are root.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Set for the process inside; says where the disk is.
const INSIDE: &str = "ABOX_SMALL_DISK";

/// Mounts what the environment says, then becomes the test.
const MOUNT: &str =
    r#"mount -t tmpfs -o "size=$ABOX_SMALL_DISK_SIZE,mode=0755" tmpfs "$ABOX_SMALL_DISK" && exec "$0" "$@""#;

/// The ways into a mount namespace of one's own.
const WAYS: [&[&str]; 2] = [&["--mount"], &["--map-root-user", "--mount"]];

/// A small disk.
#[derive(Debug)]
pub struct SmallDisk {
    root: PathBuf,
}

impl SmallDisk {
    /// Runs the story of the test with this name (as libtest has it) with a disk of so many bytes.
    ///
    /// # Panics
    /// If the story fails, or no way leads to a mount namespace.
    pub fn with(test: &str, size: u64, story: impl FnOnce(&Self)) {
        if let Some(root) = std::env::var_os(INSIDE) {
            return story(&Self { root: root.into() });
        }
        let place = tempfile::Builder::new().prefix("abox-disk-").tempdir().expect("a mount point");
        let way = WAYS.into_iter().find(|way| enters(way)).unwrap_or_else(|| {
            panic!("no file system can be mounted: run the tests as root, or allow user namespaces to ordinary users")
        });
        let output = Command::new("unshare")
            .args(way)
            .args(["sh", "-c", MOUNT])
            .arg(std::env::current_exe().expect("this program"))
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(INSIDE, place.path())
            .env("ABOX_SMALL_DISK_SIZE", size.to_string())
            .stdin(Stdio::null())
            .output()
            .expect("unshare, of the package util-linux");
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        // A wrong name would run no test and succeed.
        assert!(said.contains("1 passed"), "{said}");
    }

    /// Where it is mounted.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Fills it up, but for `room` bytes.
    ///
    /// # Panics
    /// If it has less room than that.
    pub fn fill(&self, room: u64) {
        let path = self.filler();
        let mut filler = fs::OpenOptions::new().create(true).append(true).open(&path).expect("a filler");
        // From large pieces to single bytes, until not one more fits.
        for size in [1 << 16, 1 << 12, 1] {
            while filler.write_all(&vec![0x5a; size]).is_ok() {}
        }
        let length = filler.metadata().expect("its length").len();
        filler.set_len(length.checked_sub(room).expect("so much room")).expect("some room");
    }

    /// Makes room again.
    ///
    /// # Panics
    /// If it was not filled.
    pub fn clear(&self) {
        fs::remove_file(self.filler()).expect("the filler is removed");
    }

    fn filler(&self) -> PathBuf {
        self.root.join("filler")
    }
}

fn enters(way: &[&str]) -> bool {
    let tried = Command::new("unshare")
        .args(way)
        .args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}
