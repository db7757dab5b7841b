//! Labels and syncs without an end, for a test that kills it: `labeller BATCH` in the profile of `ABOX_HOME`.
//!
//! At its start it prints a line `have ID` for every object that is there, then `ready`; after each saved edit `saved ID`.
#![expect(clippy::print_stdout, reason = "its output is what the test reads")]

use std::io::Write as _;
use std::process::ExitCode;

use abox_model::annotation::{Point, Shape};
use abox_model::intent::Intent;
use abox_model::schema::ShapeKind;
use abox_workbench::contract::{EditArguments, Failure};
use abox_workbench::{Decoder, Profile, Progress, default_home, serve_when_asked};

fn main() -> Result<ExitCode, Failure> {
    if let Some(served) = serve_when_asked() {
        return Ok(served);
    }
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|_| Failure::new(abox_workbench::contract::ErrorCode::Internal, "no threads"))?;
    let profile = Profile::open(&default_home()?, runtime.handle().clone(), Decoder::own())?;
    let batch = profile.find_batch(&std::env::args().nth(1).unwrap_or_default())?;
    let view = profile.batch(batch)?;
    for item in &view.items {
        for annotation in profile.document(batch, item.id)?.annotations {
            say("have", &annotation.id.to_string());
        }
    }
    say("ready", "");
    let class = view.schema.classes.iter().find(|class| class.shapes.contains(&ShapeKind::Box));
    let Some(class) = class else { return Ok(ExitCode::FAILURE) };
    for number in 0_u32.. {
        let item = &view.items[number as usize % view.items.len()];
        let at = f64::from(number % 20);
        let shape = Shape::Box { min: Point { x: at, y: at }, max: Point { x: at + 10.0, y: at + 10.0 } };
        let intents = vec![Intent::Create { id: None, class: class.id, shape, attributes: Vec::new() }];
        let outcome = profile.edit(&EditArguments { batch, item: item.id, intents })?;
        for id in outcome.created {
            say("saved", &id.to_string());
        }
        if number % 4 == 3 {
            // Offline is fine: the next one sends it.
            let _ = profile.sync(&Progress::unwatched());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn say(what: &str, id: &str) {
    println!("{what} {id}");
    let _ = std::io::stdout().flush();
}
