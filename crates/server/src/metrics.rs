//! Counters in the text format of Prometheus: counts, bytes and durations. No identifiers, no addresses.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::storage::Counts;

/// Upper bounds of the buckets of durations, in milliseconds.
const BOUNDS: [u64; 9] = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 30_000];

/// How long counts of the database are told again.
const COUNTS_LAST: Duration = Duration::from_secs(5);

/// The counters of one server.
#[derive(Default)]
pub(crate) struct Metrics {
    /// By route template and status.
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    durations: [AtomicU64; BOUNDS.len() + 1],
    duration_sum_microseconds: AtomicU64,
    /// Counting costs time, and anybody may ask.
    counts: Mutex<Option<(Instant, Counts)>>,
    pub(crate) received_bytes: AtomicU64,
    pub(crate) sent_object_bytes: AtomicU64,
    pub(crate) refused_connections: AtomicU64,
    pub(crate) failed_handshakes: AtomicU64,
}

/// What is counted elsewhere and told here.
pub(crate) struct Levels {
    pub(crate) connections: usize,
    pub(crate) used_bytes: u64,
    pub(crate) quota_bytes: Option<u64>,
    pub(crate) log_entries: u64,
    pub(crate) batches: u64,
    pub(crate) objects: u64,
    pub(crate) revisions: u64,
}

impl Metrics {
    pub(crate) fn request(&self, route: &str, status: u16, duration: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route.to_owned(), status)).or_default() += 1;
        drop(requests);
        let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.iter().position(|bound| milliseconds <= *bound).unwrap_or(BOUNDS.len());
        if let Some(counter) = self.durations.get(bucket) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.duration_sum_microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }

    /// What was counted a moment ago.
    pub(crate) fn recent_counts(&self) -> Option<Counts> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.filter(|(when, _)| when.elapsed() < COUNTS_LAST).map(|(_, counts)| counts)
    }

    /// Keeps what was counted.
    pub(crate) fn keep_counts(&self, counts: Counts) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), counts));
    }

    /// Everything as text.
    pub(crate) fn text(&self, levels: &Levels) -> String {
        let mut text = String::new();
        text.push_str("# TYPE abox_requests_total counter\n");
        for ((route, status), count) in self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = writeln!(text, "abox_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}");
        }
        text.push_str("# TYPE abox_request_seconds histogram\n");
        let mut cumulative = 0;
        for (bound, counter) in BOUNDS.iter().zip(&self.durations) {
            cumulative += counter.load(Ordering::Relaxed);
            let (seconds, thousandths) = (bound / 1000, bound % 1000);
            let _ = writeln!(
                text,
                "abox_request_seconds_bucket{{le=\"{seconds}.{thousandths:03}\"}} {cumulative}"
            );
        }
        cumulative += self.durations[BOUNDS.len()].load(Ordering::Relaxed);
        let sum = self.duration_sum_microseconds.load(Ordering::Relaxed);
        let _ = writeln!(text, "abox_request_seconds_bucket{{le=\"+Inf\"}} {cumulative}");
        let _ = writeln!(text, "abox_request_seconds_sum {}.{:06}", sum / 1_000_000, sum % 1_000_000);
        let _ = writeln!(text, "abox_request_seconds_count {cumulative}");
        for (name, counter) in [
            ("received_bytes", &self.received_bytes),
            ("sent_object_bytes", &self.sent_object_bytes),
            ("refused_connections", &self.refused_connections),
            ("failed_handshakes", &self.failed_handshakes),
        ] {
            let value = counter.load(Ordering::Relaxed);
            let _ = writeln!(text, "# TYPE abox_{name}_total counter\nabox_{name}_total {value}");
        }
        for (name, value) in [
            ("connections", Some(levels.connections as u64)),
            ("storage_used_bytes", Some(levels.used_bytes)),
            ("storage_quota_bytes", levels.quota_bytes),
            ("log_entries", Some(levels.log_entries)),
            ("batches", Some(levels.batches)),
            ("objects", Some(levels.objects)),
            ("revisions", Some(levels.revisions)),
        ] {
            if let Some(value) = value {
                let _ = writeln!(text, "# TYPE abox_{name} gauge\nabox_{name} {value}");
            }
        }
        text
    }
}
