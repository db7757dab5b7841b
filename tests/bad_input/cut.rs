//! A download that breaks: it goes on where it was and not anew, says truly how far it is and that nobody answers, and
//! can be stopped while nothing comes.

use std::fs;
use std::time::Duration;

use serde_json::json;
use support::{Desktop, Fault, Window, eventually};

use crate::client::{Client, by_size};

/// What one connection costs beyond the objects: handshakes, log, batches, and what was on its way when it broke.
const COST: u64 = 150_000;

#[test]
fn a_download_that_breaks_goes_on_where_it_was() {
    let desktop = Desktop::start();
    let client = Client::new();
    let (organisation, proxy) = client.organisation_behind(&desktop);
    organisation.enroll_annotator();
    let batch = client.batch_of(&organisation, &client.large_photos(&desktop, 3));
    let annotator = &organisation.annotator;
    let window = Window::open(&desktop, annotator);
    window.skip_tour();
    window.sync();
    let before = proxy.received();

    // Nothing more comes in the middle. The row says how far it is, and stopping does not wait for the server.
    proxy.plan(&[Fault::Hold { after: 2_500_000 }]);
    window.press_marked("batch-pull");
    let shown = eventually("a download that stands still", Duration::from_secs(20), || {
        let percent = percent(&window)?;
        (proxy.received() - before >= 2_500_000 && percent >= 40).then_some(percent)
    });
    assert!(shown < 60, "{shown} % of 5.5 MB are not 2.5 MB");
    window.screenshot("bad-cut-held");
    window.press_marked("batch-cancel");
    window.wait_text("toast", "Stopped");
    window.wait_attribute("batch-row", "data-presence", "remote");

    // Nobody answers: that is what is said, and the rest waits.
    proxy.refuse();
    window.press_marked("batch-pull");
    window.wait_attribute("sync-state", "data-state", "offline");
    let _ = window.find("[data-testid=toast][data-code=offline]");
    window.screenshot("bad-cut-offline");
    client.refused(organisation.lead.try_abox(&["sync"]), "offline");

    // It comes back, and breaks twice more. The download survives that by itself.
    proxy.repair();
    proxy.plan(&[Fault::Cut { after: 700_000 }, Fault::Cut { after: 900_000 }]);
    window.press_marked("batch-pull");
    window.wait_attribute("batch-row", "data-presence", "here");
    assert_eq!(proxy.cuts(), 2, "the connection was not cut");
    let files = by_size(&annotator.home().join("objects"));
    let bytes: u64 = files.iter().map(|file| fs::metadata(file).expect("an object").len()).sum();
    let received = proxy.received() - before;
    assert!(
        received < bytes + 6 * COST,
        "{received} bytes came for {bytes} that were missing: the download began anew"
    );
    window.press_marked("batch-open");
    window.wait_picture();
    window.close();
    let report = annotator.abox(&["verify", &batch]);
    assert_eq!((report["objects"].as_u64(), report["absent"].as_u64()), (Some(6), Some(0)), "{report}");
    client.logs_are_clean(&desktop);
}

/// How far the row of the batch says that the download is.
fn percent(window: &Window) -> Option<u64> {
    const LOOK: &str = "return document.querySelector('[data-testid=\"batch-task\"]')?.innerText ?? null";
    let said = window.script(LOOK, &json!([])).ok()?;
    said.as_str()?.split(' ').find_map(|word| word.parse().ok())
}
