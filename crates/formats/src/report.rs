//! What was written and read, and what was not, with reasons and counts. The texts are fixed: they hold no content.

use std::collections::BTreeMap;

use serde::Serialize;

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// What, in the plural.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
    /// How many.
    pub count: u64,
}

/// What a format cannot carry of a dataset. Known before anything is written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LossReport {
    /// Only what occurs in the dataset; empty when nothing is lost.
    pub dropped: Vec<Dropped>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WriteReport {
    /// Objects in the file.
    pub written: u64,
    /// Items in the file.
    pub items: u64,
    /// What is not in the file.
    pub dropped: Vec<Dropped>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadReport {
    /// Objects in the file.
    pub read: u64,
    /// Objects that became intents.
    pub applied: u64,
    /// What did not.
    pub dropped: Vec<Dropped>,
}

/// Counts what is left out, by what and why.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<(&'static str, &'static str), u64>);

impl Tally {
    pub(crate) fn add(&mut self, what: &'static str, why: &'static str, count: usize) {
        if count > 0 {
            *self.0.entry((what, why)).or_default() += count as u64;
        }
    }

    pub(crate) fn into_dropped(self) -> Vec<Dropped> {
        self.0.into_iter().map(|((what, why), count)| Dropped { what, why, count }).collect()
    }
}
