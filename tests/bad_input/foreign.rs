//! What belongs to another batch or another organisation in place of what should be there: refused, and nothing of it
//! shown.

use std::fs;
use std::path::{Path, PathBuf};

use support::{Desktop, Window};

use crate::client::{Client, by_size};
use crate::server::ask_to_sync;

#[test]
fn objects_of_another_batch_are_refused_and_the_own_ones_taken_later() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    organisation.enroll_annotator();
    // All photos have one length, so that nothing but what is in them tells them apart.
    let batches = [(); 2].map(|()| client.batch_of(&organisation, &client.large_photos(&desktop, 1)));
    // A batch of one photo is three files: the photo, its preview and, the smallest, the manifest.
    let files = batches.map(|batch| by_size(&organisation.server.data().join("objects").join(batch)));
    assert!(files.iter().all(|files| files.len() == 3), "{files:?}");

    exchange(&files[0][2], &files[1][2]);
    let window = Window::open(&desktop, &organisation.annotator);
    window.skip_tour();
    window.wait_attribute("sync-state", "data-code", "server-lied");
    window.wait_text("sync-state", "Server data refused");
    client.unnamed(&window.text("batches-refused"));
    assert_eq!(window.count("batch-row"), 0, "a batch is shown although its manifest was refused");
    window.screenshot("bad-foreign-manifest");
    exchange(&files[0][2], &files[1][2]);
    window.sync();
    window.wait_count("batch-row", 2);
    assert_eq!(window.count("batches-refused"), 0);

    exchange(&files[0][0], &files[1][0]);
    window.press_marked("batch-pull");
    window.wait_attribute("toast", "data-code", "server-lied");
    client.unnamed(&window.text("toast"));
    window.screenshot("bad-foreign-object");
    window.press_marked("toast-dismiss");
    window.close();
    let annotator = &organisation.annotator;
    client.refused(annotator.try_abox(&["pull"]), "server-lied");
    exchange(&files[0][0], &files[1][0]);
    let _ = annotator.abox(&["pull"]);
    let report = annotator.abox(&["verify"]);
    assert_eq!((report["objects"].as_u64(), report["absent"].as_u64()), (Some(4), Some(0)), "{report}");
    client.logs_are_clean(&desktop);
}

#[test]
fn the_data_of_another_organisation_is_refused() {
    let desktop = Desktop::start();
    let client = Client::new();
    let mut organisation = client.organisation(&desktop);
    organisation.enroll_annotator();
    let _ = client.batch(&organisation, 1);
    let window = Window::open(&desktop, &organisation.annotator);
    window.skip_tour();
    window.sync();

    // The server keeps its certificate and gets everything else from another one.
    let elsewhere = Desktop::start();
    let other = Client::new().organisation(&elsewhere).server.stop();
    let own = organisation.server.stop();
    let kept = desktop.folder("kept/server");
    take(own.data(), &kept);
    copy(other.data(), own.data());
    let running = own.restart(&desktop);
    ask_to_sync(&window);
    window.wait_attribute("sync-state", "data-code", "server-refused");
    client.unnamed(&window.text("batches-refused"));
    assert_eq!(window.count("batch-row"), 1, "what is here stays");
    window.screenshot("bad-foreign-organisation");
    client.refused(organisation.lead.try_abox(&["sync"]), "server-refused");

    let stopped = running.stop();
    take(stopped.data(), &desktop.folder("kept/foreign"));
    copy(&kept, stopped.data());
    organisation.server = stopped.restart(&desktop);
    window.sync();
    window.press_marked("batch-pull");
    window.wait_attribute("batch-row", "data-presence", "here");
    window.close();
    client.logs_are_clean(&desktop);
}

/// Puts each of two files in the other's place.
fn exchange(one: &Path, other: &Path) {
    let between = one.with_extension("between");
    fs::rename(one, &between).expect("a file is moved");
    fs::rename(other, one).expect("a file is moved");
    fs::rename(between, other).expect("a file is moved");
}

/// The database and objects of a server: all that is not its certificate or its lock.
fn data(of: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(of).expect("a data directory").flatten().map(|entry| entry.path());
    all.filter(|path| !path.ends_with("identity.pem") && !path.ends_with("lock")).collect()
}

/// Moves the data of a server away.
fn take(from: &Path, to: &Path) {
    for path in data(from) {
        fs::rename(&path, to.join(path.file_name().expect("a name"))).expect("data is moved");
    }
}

/// Copies the data of a server.
fn copy(from: &Path, to: &Path) {
    for path in data(from) {
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("data is copied");
        }
    }
}
