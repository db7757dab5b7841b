//! What a person waits for in the real window: the next item, the first item after a start, a saved gesture; and the
//! memory that a large batch takes. Prints a JSON list of `{name, value, unit, reference, ratio}`; `ratio` is reference
//! divided by value, so more is better. Each reference is measured in the same run:
//!
//! | name | reference |
//! |---|---|
//! | `window.next-item.*` | the same photos, never sealed, in the same window (target: at least 1 / 1.1) |
//! | `window.start.first-item` | the same program until it shows its first page, without a profile |
//! | `window.memory.10000-items` | the same program with a batch of 24 items open |
//! | `window.edit.1000-polygons` | the same gesture on an item without objects |
//!
//! `ABOX_BUILDS` names the folder with the programs, as for the tests. `make bench` builds and sets it.

mod edit;
mod memory;
mod next_item;
mod photos;
mod start;

use serde_json::{Value, json};
use support::{Desktop, Organisation};

fn main() {
    // `cargo test --benches` runs benchmarks too, unless they notice.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let wanted = std::env::var("ABOX_BENCH_ONLY").unwrap_or_default();
    let mut rows = Vec::new();
    for (name, measure) in [
        ("next-item", next_item::measure as fn() -> Vec<Value>),
        ("start", start::measure),
        ("memory", memory::measure),
        ("edit", edit::measure),
    ] {
        if name.contains(&wanted) {
            rows.extend(measure());
        }
    }
    println!("{:#}", Value::Array(rows));
}

/// One line of the report.
fn row(name: &str, value: f64, unit: &str, reference: f64) -> Value {
    let round = |number: f64| (number * 1000.0).round() / 1000.0;
    json!({
        "name": name,
        "value": round(value),
        "unit": unit,
        "reference": round(reference),
        "ratio": round(reference / value),
    })
}

/// The value below which this part of the sorted values lies.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of a short list")]
fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * part).round() as usize]
}

/// An organisation whose annotator is enrolled.
fn organisation(desktop: &Desktop) -> Organisation<'_> {
    let organisation = Organisation::found(desktop);
    organisation.enroll_annotator();
    organisation
}
