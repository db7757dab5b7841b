//! One line for each request on the standard error stream: time, method, route template, status, code, duration,
//! bytes. Never a path, a name or an identifier.

use std::io::Write as _;
use std::time::Duration;

use crate::config::Log;

/// What is told about a request.
pub(crate) struct Line<'a> {
    pub(crate) method: &'a str,
    pub(crate) route: &'a str,
    pub(crate) status: u16,
    pub(crate) code: &'a str,
    pub(crate) duration: Duration,
}

/// Writes the line. A broken error stream is no reason to refuse a request.
pub(crate) fn request(log: Log, line: &Line<'_>) {
    if log == Log::Stderr {
        let Line { method, route, status, code, duration } = line;
        let (now, took) = (crate::auth::now(), duration.as_millis());
        let _ = writeln!(std::io::stderr(), "{now} {method} {route} {status} {code} {took}ms");
    }
}

/// Tells what happened to the server itself.
pub(crate) fn event(log: Log, text: &str) {
    if log == Log::Stderr {
        let _ = writeln!(std::io::stderr(), "{} {text}", crate::auth::now());
    }
}
