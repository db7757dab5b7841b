//! `make run` on a machine without a display and without a keychain: it makes the demo organisation, plays it in the
//! shipped window for an annotator and for a lead, and leaves screenshots.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::{builds, workspace};

/// What it leaves, and how many colours each shows at the least: a page of text has some dozens, a photo thousands.
const SCREENSHOTS: [(&str, usize); 10] = [
    ("annotator-1-first-minute", 60),
    ("annotator-2-batches", 60),
    ("annotator-3-item", 5_000),
    ("annotator-4-drawn", 5_000),
    ("annotator-5-submitted", 5_000),
    ("annotator-6-keys", 1_000),
    ("lead-1-first-minute", 60),
    ("lead-2-batches", 60),
    ("lead-3-item", 5_000),
    ("lead-4-next", 5_000),
];

#[test]
fn the_demo_opens_for_an_annotator_and_a_lead_and_opens_again() {
    let scratch = tempfile::tempdir().expect("a folder");
    let demo = scratch.path().join("demo");
    let first = run(&demo);
    assert!(first.contains("Making the demo organisation"), "{first}");
    let pictures = screenshots();
    for (name, least) in SCREENSHOTS {
        let file = pictures.join(format!("{name}.png"));
        let picture = image::open(&file).unwrap_or_else(|error| panic!("{name}: {error}\n{first}")).to_rgb8();
        let colours: std::collections::HashSet<_> = picture.pixels().map(|pixel| pixel.0).collect();
        assert!(colours.len() >= least, "{name} shows {} colours and not {least}", colours.len());
    }
    let (drawn, submitted) =
        (bytes(&pictures, "annotator-4-drawn"), bytes(&pictures, "annotator-5-submitted"));
    assert_ne!(bytes(&pictures, "annotator-3-item"), drawn, "nothing was drawn");
    assert_ne!(drawn, submitted, "nothing was submitted");

    let again = run(&demo);
    assert!(!again.contains("Making the demo organisation"), "the demo was made anew: {again}");
    assert!(again.contains("annotator-4-drawn.png"), "{again}");
}

fn screenshots() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from).join("run")
}

fn bytes(folder: &Path, name: &str) -> Vec<u8> {
    fs::read(folder.join(format!("{name}.png"))).expect("a screenshot")
}

fn run(demo: &Path) -> String {
    let output = Command::new(workspace().join("scripts/run"))
        .env("ABOX_BUILDS", builds())
        .env("ABOX_DEMO", demo)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .stdin(Stdio::null())
        .output()
        .expect("scripts/run");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(!text.contains("did not show what was expected"), "{text}");
    text
}
