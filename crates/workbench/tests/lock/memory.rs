//! What the memory of a process holds before and after it locked: read from outside, while it waits.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::process::{Child, Command, Stdio};

/// How often each needle is in the writable memory of a process: heaps, stacks and data, freed or not.
pub(crate) fn search(process: u32, needles: &[(String, Vec<u8>)]) -> BTreeMap<String, usize> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mut memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut found: BTreeMap<String, usize> = needles.iter().map(|(name, _)| (name.clone(), 0)).collect();
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (Some(range), Some(rights)) = (fields.next(), fields.next()) else { continue };
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        memory.seek(SeekFrom::Start(from)).unwrap();
        // A mapping can go while others are read.
        if memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        for (name, needle) in needles {
            let hits = bytes.windows(needle.len()).filter(|window| window == needle).count();
            *found.get_mut(name).unwrap() += hits;
        }
    }
    found
}

/// A run of a test of this program that goes on when it is told to.
pub(crate) struct Other {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Other {
    pub(crate) fn start(case: &str, environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", case, "--nocapture", "--test-threads", "1"])
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Self { child, said }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it says this.
    pub(crate) fn wait(&mut self, word: &str) {
        let mut line = String::new();
        while line.trim() != word {
            line.clear();
            assert!(
                self.said.read_line(&mut line).unwrap() > 0,
                "the other process ended before it said {word}"
            );
        }
    }

    pub(crate) fn go_on(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    pub(crate) fn end(mut self) {
        self.go_on();
        assert!(self.child.wait().unwrap().success());
    }
}

/// In the other process: says a word and waits until it may go on.
pub(crate) fn pause(word: &str) {
    println!("\n{word}");
    std::io::stdout().flush().unwrap();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
}
