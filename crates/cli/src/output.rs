//! What is printed: one JSON document for scripts, lines for people.

use std::io::{IsTerminal as _, Write as _};
use std::sync::OnceLock;

use abox_workbench::contract::Failure;
use abox_workbench::{Cancel, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

/// Prints an answer. A broken pipe is not this program's trouble.
pub(crate) fn answer(answer: &Value, json: bool) {
    let mut out = std::io::stdout().lock();
    let _ = if json {
        serde_json::to_writer(&mut out, answer)
            .map_err(std::io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
    } else {
        out.write_all(text(answer, 0).as_bytes())
    };
}

/// Prints an error: as JSON on the standard output for scripts, as a sentence on the standard error for people.
pub(crate) fn failure(failure: &Failure, json: bool) {
    let code = serde_json::to_value(failure.code).unwrap_or_default();
    let _ = if json {
        let document = json!({"error": {"code": code, "message": failure.message}});
        writeln!(std::io::stdout(), "{document}")
    } else {
        writeln!(std::io::stderr(), "abox: {}", failure.message)
    };
}

/// `key: value` lines, nested values indented, lists with a dash.
fn text(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| match value {
                Value::Object(_) | Value::Array(_) => format!("{indent}{key}:\n{}", text(value, depth + 1)),
                value => format!("{indent}{key}: {}\n", plain(value)),
            })
            .collect(),
        Value::Array(values) => values
            .iter()
            .map(|value| match value {
                Value::Object(fields) => {
                    let line: Vec<String> = fields
                        .iter()
                        .filter(|(_, value)| !value.is_object() && !value.is_array())
                        .map(|(key, value)| format!("{key} {}", plain(value)))
                        .collect();
                    format!("{indent}- {}\n", line.join(", "))
                }
                value => format!("{indent}- {}\n", plain(value)),
            })
            .collect(),
        value => format!("{indent}{}\n", plain(value)),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A bar on a terminal, nothing elsewhere.
pub(crate) struct Bar {
    bar: ProgressBar,
    styled: OnceLock<()>,
}

impl Bar {
    pub(crate) fn new(words: &'static str, json: bool) -> Self {
        let bar = ProgressBar::new_spinner();
        if json || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar.set_message(words);
        Self { bar, styled: OnceLock::new() }
    }

    /// Runs `work`, showing how far it is.
    pub(crate) fn run<T>(&self, cancel: Cancel, work: impl FnOnce(&Progress<'_>) -> T) -> T {
        let report = |done: u64, total: Option<u64>| {
            if let Some(total) = total {
                self.styled.get_or_init(|| {
                    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent}%") {
                        self.bar.set_style(style);
                    }
                });
                self.bar.set_length(total);
            }
            self.bar.set_position(done);
        };
        let done = work(&Progress::new(&report, cancel));
        self.bar.finish_and_clear();
        done
    }
}
