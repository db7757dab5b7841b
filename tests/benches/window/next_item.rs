//! The next item, by key, until the first frame with its picture: photos of 12 megapixels, sealed, against the same
//! photos unsealed in the same window. The two take turns, so that a busy moment hits both.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Desktop, Profile, Window, workspace};

use crate::{organisation, percentile, photos, row};

/// More pictures than fit into the cache of decoded ones: none is there when it comes again.
const PHOTOS: usize = 24;
/// Times through each of the two batches.
const ROUNDS: usize = 4;
/// How long somebody looks at an item, at the least: long enough to have the next one ready.
const LOOK: Duration = Duration::from_millis(1200);

pub(crate) fn measure() -> Vec<Value> {
    let desktop = Desktop::start();
    let organisation = organisation(&desktop);
    let client = desktop.folder("client/photos");
    photos::twelve_megapixels(&client, PHOTOS);
    let schema = workspace().join("assets/demo/schema.json");
    let unsealed = desktop.folder("unsealed");
    let batches: Vec<_> = ["Sealed", "Unsealed"].map(|name| organisation.seal(name, &schema, &client)).into();
    for batch in &batches {
        let _ = organisation.annotator.abox(&["pull", batch]);
    }
    for (item, name) in items(&organisation.annotator, &batches[1]) {
        fs::copy(client.join(name), unsealed.join(item)).expect("an unsealed copy");
    }

    let folder = unsealed.to_str().expect("a plain path");
    let window = Window::open_with(&desktop, &organisation.annotator, &[("ABOX_UNSEALED", folder)]);
    window.skip_tour();
    let mut times: [[Vec<f64>; 2]; 2] = Default::default();
    for round in 0..ROUNDS {
        for (pace, look) in [Duration::ZERO, LOOK].into_iter().enumerate() {
            // Whoever comes first has the colder caches.
            for side in if round % 2 == 0 { [0, 1] } else { [1, 0] } {
                times[pace][side].extend(step_through(&window, &batches[side], look));
            }
        }
    }
    window.close();

    let mut rows = Vec::new();
    for (pace, [sealed, plain]) in ["at-full-speed", "after-a-look"].into_iter().zip(&mut times) {
        for (name, part) in [("p50", 0.5), ("p95", 0.95)] {
            let name = format!("window.next-item.{pace}.{name}");
            rows.push(row(&name, percentile(sealed, part), "ms", percentile(plain, part)));
        }
    }
    rows
}

/// Opens the batch, goes from its first item to its last, and back to the list. Answers the milliseconds of each step.
fn step_through(window: &Window, batch: &str, look: Duration) -> Vec<f64> {
    const MEASURED: &str = "return performance.getEntriesByName('next-item').map((entry) => entry.duration)";
    window.script("performance.clearMeasures('next-item')", &json!([])).expect("a clean start");
    let open =
        window.find(&format!("[data-testid=batch-row][data-batch=\"{batch}\"] [data-testid=batch-open]"));
    window.click(&open);
    window.wait_picture();
    // An opened batch goes on where one left it.
    window.press(&["Home"]);
    window.wait_picture();
    thread::sleep(Duration::from_secs(2));
    window.script("performance.clearMeasures('next-item')", &json!([])).expect("a clean start");
    let mut steps = Vec::new();
    for step in 1..PHOTOS {
        thread::sleep(look);
        window.press(&["f"]);
        window.wait_script("the next item", &format!("return {COUNT} === {step}"), &json!([]));
        steps = window
            .script(MEASURED, &json!([]))
            .expect("the measures")
            .as_array()
            .cloned()
            .unwrap_or_default();
    }
    window.press_marked("nav-batches");
    let _ = window.marked("batches");
    steps.iter().filter_map(Value::as_f64).collect()
}

const COUNT: &str = "performance.getEntriesByName('next-item').length";

/// The items of a batch and their names.
fn items(profile: &Profile<'_>, batch: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let items = profile.abox(&["items", batch]);
    items.as_array().expect("items").iter().map(|item| (text(&item["item"]), text(&item["name"]))).collect()
}
