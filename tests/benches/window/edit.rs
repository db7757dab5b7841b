//! A gesture on an item with 1,000 polygons of 20 points, from the release of the pointer until the bar says "saved".

use std::fs;

use serde_json::{Value, json};
use support::{Desktop, Window, workspace};

use crate::{organisation, percentile, row};

const GESTURES: usize = 20;
const PHOTO: &str = "000000116740.jpg";

/// Notes when the pointer was released last, and when the bar said "saved" after it.
const WATCH: &str = r#"
    const noted = window.aboxSaved = { released: null, times: [] };
    addEventListener("pointerup", () => (noted.released = performance.now()), true);
    const bar = document.querySelector('[data-testid="saved-state"]');
    new MutationObserver(() => {
      if (bar.dataset.state !== "saved" || noted.released === null) return;
      noted.times.push(performance.now() - noted.released);
      noted.released = null;
    }).observe(bar, { attributes: true, attributeFilter: ["data-state"] })"#;

pub(crate) fn measure() -> Vec<Value> {
    let mut full = gestures(1_000);
    let mut empty = gestures(0);
    vec![row("window.edit.1000-polygons", percentile(&mut full, 0.5), "ms", percentile(&mut empty, 0.5))]
}

/// Milliseconds of each of some boxes that are drawn on an item with so many polygons.
fn gestures(polygons: u32) -> Vec<f64> {
    let desktop = Desktop::start();
    let organisation = organisation(&desktop);
    let client = desktop.folder("client/photos");
    fs::copy(workspace().join("assets/demo/photos/street").join(PHOTO), client.join(PHOTO)).expect("a photo");
    let schema = workspace().join("assets/demo/schema.json");
    let batch = organisation.seal("Batch", &schema, &client);
    let size = organisation.lead.abox(&["items", &batch]);
    let labels = desktop.folder("client").join("labels.json");
    fs::write(&labels, coco(polygons, &size[0]).to_string()).expect("the labels");
    let _ = organisation.lead.abox(&[
        "import",
        &batch,
        "--format",
        "coco",
        labels.to_str().expect("a plain path"),
    ]);

    let window = Window::open(&desktop, &organisation.lead);
    window.skip_tour();
    window.press_marked("batch-open");
    window.wait_picture();
    window.press(&["1"]);
    window.press_marked("tool-box");
    window.script(WATCH, &json!([])).expect("a watch");
    let camera = window.camera();
    for gesture in 0..GESTURES {
        let at = 10.0 + 5.0 * gesture as f64;
        window.drag(
            &[(at, 10.0), (at + 20.0, 30.0), (at + 40.0, 60.0)]
                .map(|place| camera.viewport_from_image(place)),
        );
        let counted = format!("return window.aboxSaved.times.length === {}", gesture + 1);
        window.wait_script("the gesture to be saved", &counted, &json!([]));
    }
    let times = window.script("return window.aboxSaved.times", &json!([])).expect("the times");
    window.close();
    times.as_array().expect("times").iter().filter_map(Value::as_f64).collect()
}

/// Polygons of 20 points, in rows.
fn coco(count: u32, item: &Value) -> Value {
    let (width, height) =
        (item["width"].as_f64().expect("a width"), item["height"].as_f64().expect("a height"));
    let annotations: Vec<_> = (0..count)
        .map(|number| {
            let middle = (
                8.0 + f64::from(number % 40) / 40.0 * (width - 16.0),
                8.0 + f64::from(number / 40) / 25.0 * (height - 16.0),
            );
            let points: Vec<f64> = (0..20)
                .flat_map(|step| {
                    let angle = f64::from(step) * std::f64::consts::TAU / 20.0;
                    [middle.0 + 6.0 * angle.cos(), middle.1 + 6.0 * angle.sin()]
                })
                .collect();
            json!({ "id": number + 1, "image_id": 1, "category_id": 1, "segmentation": [points], "iscrowd": 0,
                "bbox": [middle.0 - 6.0, middle.1 - 6.0, 12.0, 12.0], "area": 110.0 })
        })
        .collect();
    json!({
        "images": [{ "id": 1, "file_name": PHOTO, "width": width, "height": height }],
        "categories": [{ "id": 1, "name": "person" }],
        "annotations": annotations,
    })
}
