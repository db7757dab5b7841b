//! The memory of the program with a batch of 10,000 items open: what its processes do not share, and their part of what
//! they do (proportional set size).

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use support::{Desktop, Window, scan, workspace};

use crate::{organisation, photos, row};

pub(crate) fn measure() -> Vec<Value> {
    let (many, few) = (open_with(10_000), open_with(24));
    vec![row("window.memory.10000-items", many, "MiB", few)]
}

/// MiB with a batch of so many items open, on its first item.
fn open_with(items: u32) -> f64 {
    let desktop = Desktop::start();
    let organisation = organisation(&desktop);
    let client = desktop.folder("client/pictures");
    photos::tiny(&client, items);
    let schema = workspace().join("assets/demo/schema.json");
    let text = |path: &std::path::Path| path.to_str().expect("a plain path").to_owned();
    let project =
        organisation.lead.abox_text(&["project", "create", "Tiny", "--schema", &text(&schema)], "project");
    let sealed = organisation.lead.abox(&["seal", "--project", &project, "--name", "Tiny", &text(&client)]);
    assert_eq!(sealed["items"], items, "{sealed}");

    let window = Window::open(&desktop, &organisation.lead);
    window.skip_tour();
    // It is not sent yet, so that the row offers to send it first.
    window.press_marked("batch-more");
    window.press_marked("menu-open");
    window.wait_picture();
    // Thumbnails in sight, and what is fetched ahead.
    thread::sleep(Duration::from_secs(5));
    let total: u64 = scan::processes_below(window.process())
        .into_iter()
        .filter(|id| {
            !fs::read_to_string(format!("/proc/{id}/comm"))
                .is_ok_and(|name| name.starts_with("WebKitWebDriver"))
        })
        .map(proportional_kib)
        .sum();
    window.close();
    total as f64 / 1024.0
}

fn proportional_kib(process: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
