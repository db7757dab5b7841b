//! From the start of the process to the first frame with an item, when somebody opens their batch at once.

use std::fs;

use serde_json::{Value, json};
use support::{Desktop, Profile, Window, scan, workspace};

use crate::{organisation, percentile, photos, row};

const STARTS: usize = 5;

/// Milliseconds from the navigation until the page shows the first element of this test id; `null` until then.
const WHEN_SHOWN: &str = r"
    const done = window.aboxShown ??= {};
    const find = () => document.querySelector(arguments[0]);
    if (arguments[1] && !done.pressed) { const open = document.querySelector(arguments[1]); if (open) { open.click(); done.pressed = true } }
    if (done.time === undefined && !done.watching) {
      done.watching = true;
      const look = () => {
        if (arguments[1] && !done.pressed) { const open = document.querySelector(arguments[1]); if (open) { open.click(); done.pressed = true } }
        if (find()) done.time = performance.timeOrigin + performance.now(); else requestAnimationFrame(look);
      };
      look();
    }
    return done.time ?? null";

pub(crate) fn measure() -> Vec<Value> {
    let desktop = Desktop::start();
    let organisation = organisation(&desktop);
    let client = desktop.folder("client/photos");
    photos::twelve_megapixels(&client, 24);
    let batch = organisation.seal("Batch", &workspace().join("assets/demo/schema.json"), &client);
    let _ = organisation.annotator.abox(&["pull", &batch]);
    // The tour stands before everything at the first start.
    let first = Window::open(&desktop, &organisation.annotator);
    first.skip_tour();
    first.close();

    let nobody = Profile::new(&desktop, "nobody");
    let (mut first_item, mut first_page) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let stage = r#"[data-testid="stage"][data-shown="true"]"#;
        first_item.push(start(
            &desktop,
            &organisation.annotator,
            stage,
            Some(r#"[data-testid="batch-open"]"#),
        ));
        first_page.push(start(&desktop, &nobody, r#"[data-testid="enrol-code"]"#, None));
    }
    vec![row(
        "window.start.first-item",
        percentile(&mut first_item, 0.5),
        "s",
        percentile(&mut first_page, 0.5),
    )]
}

/// Seconds from the start of the process until the page shows `wanted`, pressing `press` as soon as it is there.
fn start(desktop: &Desktop, profile: &Profile<'_>, wanted: &str, press: Option<&str>) -> f64 {
    let window = Window::open(desktop, profile);
    let shown = window.wait_script("what is waited for", WHEN_SHOWN, &json!([wanted, press]));
    let shown = shown.as_f64().expect("a time") / 1000.0;
    let program = scan::processes_below(window.process())
        .into_iter()
        .find(|id| {
            fs::read_to_string(format!("/proc/{id}/comm"))
                .is_ok_and(|name| name.starts_with("annotation-box"))
        })
        .expect("the process of the window");
    let started = started(program);
    window.close();
    shown - started
}

/// When a process started, in seconds since 1970, to a hundredth.
fn started(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a running process");
    // The 22nd field, counted after the name in parentheses, in hundredths since the machine started.
    let ticks = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(19)).expect("a start time");
    let ticks: f64 = ticks.parse().expect("a number");
    let booted = fs::read_to_string("/proc/stat").expect("the machine's counters");
    let booted =
        booted.lines().find_map(|line| line.strip_prefix("btime ")).expect("the start of the machine");
    booted.parse::<f64>().expect("a number") + ticks / 100.0
}
