//! Files and connections that the program had open by accident when it started this process.

use std::{fs, io};

/// Those of the pipes, and the standard error, which leads nowhere.
const STANDARD: [i32; 3] = [0, 1, 2];

pub(super) fn close_all_but_standard() -> io::Result<()> {
    // First the list, then the closing: the list is itself read from an open folder.
    let open: Vec<i32> = fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for descriptor in open {
        if !STANDARD.contains(&descriptor) {
            // That of the folder is closed already. Nothing in this process owns any other.
            let _ = nix::unistd::close(descriptor);
        }
    }
    Ok(())
}
