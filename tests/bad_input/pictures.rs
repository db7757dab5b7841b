//! Pictures that cannot be used: bombs, none at all, of no size, of a huge size. Each is listed with its reason and left
//! out, the good ones are sealed; a folder without a good one is no batch.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use support::{Desktop, Organisation, Window, workspace};

use crate::client::Client;

/// Files of `tests/hostile/images`, one of each kind, and a part of what is said about it.
const BAD: [(&str, &str); 8] = [
    ("empty.jpg", "empty"),
    ("jpeg-14000-square-in-4-kilobytes.jpg", "damaged or incomplete"),
    ("jpeg-cut-in-pixels.jpg", "damaged or incomplete"),
    ("jpeg-zero-height.jpg", "damaged or incomplete"),
    ("png-60000-square.png", "too large"),
    ("png-zero-width.png", "damaged or incomplete"),
    ("text-named-jpg.jpg", "not a JPEG"),
    ("tiff-4-billion-square.tif", "too large"),
];

#[test]
fn bad_pictures_are_listed_with_their_reasons_and_the_good_ones_are_sealed() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    project(&client, &organisation);
    let folder = client.photos(&desktop, 2);
    take(&BAD.map(|(name, _)| name), &folder);

    let window = Window::open(&desktop, &organisation.lead);
    window.skip_tour();
    seal(&window, &client, &folder);
    window.wait_text("seal-report", "2 items encrypted");
    let listed = window.text("seal-skipped");
    for (name, reason) in BAD {
        let line = listed.split(name).nth(1).unwrap_or_else(|| panic!("{name} is not listed: {listed}"));
        assert!(line.lines().take(3).any(|line| line.contains(reason)), "{name}: {line}");
    }
    window.screenshot("bad-pictures");
    window.close();

    // `abox` meets every hostile picture there is.
    let hostile = workspace().join("tests/hostile/images");
    let expected = fs::read_to_string(hostile.join("expected.tsv")).expect("the list of hostile pictures");
    let names: Vec<&str> = expected.lines().filter_map(|line| Some(line.split_once('\t')?.0)).collect();
    take(&names, &folder);
    let name = client.word("Batch");
    let sealed = organisation.lead.abox(&["seal", "--project", "Plan", "--name", &name, text(&folder)]);
    assert_eq!(sealed["items"], 2, "{sealed}");
    let skipped: BTreeMap<&str, &str> = sealed["skipped"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|file| Some((file["path"].as_str()?.rsplit('/').next()?, file["reason"].as_str()?)))
        .collect();
    assert!(names.iter().all(|name| skipped.contains_key(name)), "{skipped:?}");
    assert!(BAD.iter().all(|(name, reason)| skipped[name].contains(reason)), "{skipped:?}");
    client.logs_are_clean(&desktop);
}

#[test]
fn a_folder_with_bad_pictures_only_is_no_batch() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    project(&client, &organisation);
    let folder = desktop.folder("client").join(client.word("Folder"));
    fs::create_dir_all(&folder).expect("a folder");
    for (name, _) in BAD {
        // Under names that can be recognised.
        let target = folder.join(format!("{}-{name}", client.word("File")));
        fs::copy(workspace().join("tests/hostile/images").join(name), target).expect("a hostile picture");
    }

    let name = client.word("Batch");
    let refused = ["seal", "--project", "Plan", "--name", &name, text(&folder)];
    let said = client.refused(organisation.lead.try_abox(&refused), "invalid-input");
    assert!(said.contains("nothing to seal") && said.contains("1 file: The file is empty."), "{said}");
    let window = Window::open(&desktop, &organisation.lead);
    window.skip_tour();
    seal(&window, &client, &folder);
    window.wait_attribute("seal-failure", "data-code", "invalid-input");
    let said = window.text("seal-failure");
    assert!(said.contains("nothing to seal"), "{said}");
    client.unnamed(&said);
    window.screenshot("bad-pictures-only");

    // Other files can be chosen in the same panel, and nothing was kept of the bad ones.
    for _ in 0..3 {
        window.press_marked("new-batch-back");
    }
    let photos = client.photos(&desktop, 1);
    window.fill("new-batch-path", text(&photos));
    window.press_marked("new-batch-path-add");
    for _ in 0..3 {
        window.press_marked("new-batch-next");
    }
    window.wait_text("seal-report", "1 item encrypted");
    window.close();
    let batches = organisation.lead.abox(&["status"])["batches"].clone();
    assert_eq!(batches.as_array().map(Vec::len), Some(1), "{batches}");
    client.logs_are_clean(&desktop);
}

/// Makes the project that is there for all batches.
fn project(client: &Client, organisation: &Organisation<'_>) {
    let schema = client.schema(organisation.desktop);
    let _ = organisation.lead.abox(&["project", "create", "Plan", "--schema", text(&schema)]);
}

/// Copies hostile pictures into a folder.
fn take(names: &[&str], folder: &Path) {
    for name in names {
        let picture = workspace().join("tests/hostile/images").join(name);
        fs::copy(picture, folder.join(name)).expect("a hostile picture");
    }
}

/// Goes through the steps of a new batch of this folder, up to its sealing.
fn seal(window: &Window, client: &Client, folder: &Path) {
    window.press_marked("batches-empty-create");
    window.fill("new-batch-path", text(folder));
    window.press_marked("new-batch-path-add");
    window.press_marked("new-batch-next");
    window.press_marked("new-batch-next");
    window.fill("new-batch-name", &client.word("Batch"));
    window.press_marked("new-batch-next");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}
