//! A process that labels and syncs through the use cases is killed at random moments, again and again: every edit that it
//! reported as saved is there at the next start, each time.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use support::{Desktop, Organisation, builds, workspace};

/// Kills in one run.
const KILLS: usize = 300;

#[test]
fn every_saved_edit_survives_three_hundred_kills() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    organisation.enroll_annotator();
    let demo = workspace().join("assets/demo");
    let batch = organisation.seal("Batch", &demo.join("schema.json"), &demo.join("photos/street"));
    let _ = organisation.annotator.abox(&["pull", &batch]);

    let mut saved = BTreeSet::new();
    for kill in 0..KILLS {
        let mut process = desktop
            .command(builds().join("labeller"))
            .env("ABOX_HOME", organisation.annotator.home())
            .arg(&batch)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the labeller starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let mut have = BTreeSet::new();
        let mut ready = false;
        for line in lines.by_ref().map_while(Result::ok) {
            match line.split_once(' ') {
                Some(("have", id)) => drop(have.insert(id.to_owned())),
                Some(("ready", _)) => {
                    ready = true;
                    break;
                }
                _ => {}
            }
        }
        assert!(ready, "start {kill} failed after {} saved edits", saved.len());
        let lost: Vec<_> = saved.difference(&have).collect();
        assert!(lost.is_empty(), "{} of {} saved edits are lost after kill {kill}", lost.len(), saved.len());

        std::thread::sleep(random_moment());
        process.kill().expect("it runs until it is killed");
        for line in lines.map_while(Result::ok) {
            if let Some(("saved", id)) = line.split_once(' ') {
                saved.insert(id.to_owned());
            }
        }
        let _ = process.wait();
    }
    assert!(saved.len() > KILLS / 2, "only {} edits were saved: the kills came too early", saved.len());
}

/// Up to 250 ms: in the middle of the first edit, between edits, in the middle of a sync.
fn random_moment() -> Duration {
    let mut bytes = [0; 1];
    getrandom::fill(&mut bytes).expect("randomness");
    Duration::from_millis(u64::from(bytes[0]))
}
