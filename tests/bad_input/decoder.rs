//! Decoders that crash, in the real window and in `abox`: the picture that they were at is named with a reason, the others
//! are shown and sealed. And what such a process is seen to be from outside.

use std::fs;
use std::path::Path;
use std::process;
use std::thread;
use std::time::Duration;

use image::{Rgb, RgbImage};
use support::{Desktop, Window, crash_decoder_of, decoders_of, eventually, status};

use crate::client::Client;
use crate::damage::works;

/// A part of what is said about a picture whose decoder crashed.
const SAID: &str = "could not be decoded safely";

#[test]
fn a_decoder_that_crashes_costs_one_picture_and_nothing_else() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    organisation.enroll_annotator();
    let folder = client.photos(&desktop, 1);
    add_large_photo(&folder, &client);
    let _ = client.batch_of(&organisation, &folder);
    let _ = organisation.annotator.abox(&["pull"]);

    let window = Window::open(&desktop, &organisation.annotator);
    let driver = window.process();
    window.skip_tour();
    crashing(driver, || {
        window.press_marked("batch-open");
        window.wait_attribute("stage-failure", "data-code", "media-unreadable");
    });
    window.wait_text("stage-failure", SAID);
    client.unnamed(&window.text("stage-failure"));
    window.screenshot("bad-decoder-crashed");
    works(&window, "f");
    let decoders = decoders_of(driver);
    assert!(!decoders.is_empty(), "the next picture was decoded by another process");
    decoders.iter().copied().for_each(is_confined);
    // It stays marked, and nothing is risked for it again.
    window.press(&["d"]);
    window.wait_text("stage-failure", SAID);
    window.close();
    let is_gone = |decoder: &u32| status(*decoder, "Name").is_empty();
    eventually("the end of what decodes", Duration::from_secs(5), || {
        decoders.iter().all(is_gone).then_some(())
    });

    let window = Window::open(&desktop, &organisation.annotator);
    window.press_marked("batch-open");
    window.wait_picture();
    window.close();
    client.logs_are_clean(&desktop);
}

#[test]
fn a_file_that_crashes_the_decoder_is_listed_and_the_others_are_sealed() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    let schema = client.schema(&desktop);
    let _ = organisation.lead.abox(&["project", "create", "Plan", "--schema", text(&schema)]);
    let folder = client.photos(&desktop, 3);
    add_large_photo(&folder, &client);

    let name = client.word("Batch");
    let seal = ["seal", "--project", "Plan", "--name", &name, text(&folder)];
    let sealed = crashing(process::id(), || organisation.lead.abox(&seal));
    assert_eq!(sealed["items"], 3, "{sealed}");
    let skipped = sealed["skipped"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(skipped.len(), 1, "{sealed}");
    assert!(skipped[0]["reason"].as_str().is_some_and(|reason| reason.contains(SAID)), "{sealed}");
    client.logs_are_clean(&desktop);
}

/// Does something that decodes the large photo, and crashes the decoder that is at it.
fn crashing<T>(program: u32, work: impl FnOnce() -> T) -> T {
    thread::scope(|scope| {
        let crash = scope.spawn(move || crash_decoder_of(program));
        let done = work();
        crash.join().expect("a decoder crashes while it is at the large photo");
        done
    })
}

/// A photo whose pixels take 144 MB, which goes before the others.
fn add_large_photo(folder: &Path, client: &Client) {
    let pixel = |x: u32, y: u32| Rgb([x, y, x ^ y].map(|value| value.to_le_bytes()[0]));
    let photo = folder.join(format!("-{}.png", client.word("File")));
    RgbImage::from_fn(6000, 6000, pixel).save(photo).expect("a large photo");
}

/// What the kernel says about a process that decodes: no privileges to come, a filter of its system calls, limits, no
/// open files but its pipes, nothing of the program's environment.
fn is_confined(decoder: u32) {
    assert_eq!(status(decoder, "NoNewPrivs"), "1");
    assert_eq!(status(decoder, "Seccomp"), "2");
    assert_eq!(status(decoder, "Threads"), "1");
    let limits = fs::read_to_string(format!("/proc/{decoder}/limits")).expect("the limits of a decoder");
    for unlimited in ["Max address space         unlimited", "Max cpu time              unlimited"] {
        assert!(!limits.contains(unlimited), "{limits}");
    }
    // Only root may look into a process that does not let itself be looked into.
    let folder = format!("/proc/{decoder}");
    let Ok(open) = fs::read_dir(format!("{folder}/fd")) else { return };
    let mut open: Vec<_> = open.flatten().map(|entry| entry.file_name()).collect();
    open.sort();
    assert_eq!(open, ["0", "1", "2"]);
    for (descriptor, leads_to) in [("0", "pipe:"), ("1", "pipe:"), ("2", "/dev/null")] {
        let target = fs::read_link(format!("{folder}/fd/{descriptor}")).expect("an open file");
        assert!(target.to_string_lossy().starts_with(leads_to), "{descriptor}: {}", target.display());
    }
    assert_eq!(fs::read(format!("{folder}/environ")).expect("an environment"), b"Malloc=1\0");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}
