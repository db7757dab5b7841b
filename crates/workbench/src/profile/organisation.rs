//! The organisation's log: kept, refreshed from the server, appended to. What is used is what was verified.

use std::sync::PoisonError;

use abox_attest::{Signed, SigningKey, from_canonical, to_canonical};
use abox_protocol::org::{Action, Head, LogEntry, LogError, Organisation};
use abox_protocol::wire::{self, LogAppend, LogAppended, LogPage};
use abox_store::{LogRow, Store};

use super::Profile;
use crate::clock;
use crate::contract::{ErrorCode, Failure};
use crate::failure;
use crate::server::Server;

/// How often an append is tried again when others append at the same time.
const ATTEMPTS: usize = 8;

/// The organisation out of the entries that this device has verified before, verified again.
pub(super) fn replay_stored(store: &Store, place: &abox_store::Profile) -> Result<Organisation, Failure> {
    let rows = store.log_entries().map_err(|error| failure::store(&error))?;
    let entries: Vec<Signed<LogEntry>> =
        rows.iter().map(|row| from_canonical(&row.entry).map_err(|_| damaged())).collect::<Result<_, _>>()?;
    let organisation = Organisation::replay(&entries, &place.root).map_err(|_| damaged())?;
    if organisation.id() == place.org { Ok(organisation) } else { Err(damaged()) }
}

fn damaged() -> Failure {
    Failure::new(
        ErrorCode::StoreDamaged,
        "The organisation's log on this device does not verify. Enrol it anew.",
    )
}

/// The whole log from the server, verified from the pinned root, as the invite with this key may read it.
pub(super) fn fetch_all(
    server: &Server,
    key: &SigningKey,
    root: &abox_attest::VerifyingKey,
) -> Result<Organisation, Failure> {
    let mut organisation: Option<Organisation> = None;
    loop {
        let from = organisation.as_ref().map_or(0, |organisation| organisation.head().sequence + 1);
        let page: LogPage = server.get(key, &format!("/v1/log?from={from}")).map_err(|error| {
            if error.is(wire::code::UNKNOWN_KEY) {
                failure::log(&LogError::UnknownInvite)
            } else {
                error.into()
            }
        })?;
        if page.entries.is_empty() {
            break;
        }
        for entry in &page.entries {
            match &mut organisation {
                Some(organisation) => organisation.apply(entry),
                None => Organisation::found(entry, root).map(|founded| organisation = Some(founded)),
            }
            .map_err(|error| failure::log(&error))?;
        }
    }
    organisation.ok_or_else(|| failure::log(&LogError::NotFounded))
}

pub(super) fn row(entry: &Signed<LogEntry>) -> Result<LogRow, Failure> {
    let claim = entry.claim().map_err(|_| failure::unencodable())?;
    let bytes = to_canonical(entry).map_err(|_| failure::unencodable())?;
    Ok(LogRow { sequence: claim.sequence, digest: entry.digest(), entry: bytes })
}

impl Profile {
    /// Takes in what the log has gained. A log that lost or changed an entry that this device has seen is refused.
    pub(super) fn refresh_log(&self) -> Result<(), Failure> {
        loop {
            let head = self.organisation().head();
            let page: LogPage =
                self.server.get(&self.keys.signing, &format!("/v1/log?from={}", head.sequence + 1))?;
            contradiction(&head, &page).map_err(|error| failure::log(&error))?;
            if page.entries.is_empty() {
                return Ok(());
            }
            self.take_in(&page.entries)?;
        }
    }

    fn take_in(&self, entries: &[Signed<LogEntry>]) -> Result<(), Failure> {
        let mut current = self.organisation.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = current.clone();
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            next.apply(entry).map_err(|error| failure::log(&error))?;
            rows.push(row(entry)?);
        }
        self.store().append_log(&rows).map_err(|error| failure::store(&error))?;
        *current = next;
        Ok(())
    }

    /// Puts an entry on the log, signed by `key`, after what others put there in the meantime.
    pub(super) fn append_log(&self, action: &Action, key: &SigningKey) -> Result<(), Failure> {
        for _ in 0..ATTEMPTS {
            self.refresh_log()?;
            let entry = self
                .organisation()
                .propose(action.clone(), clock::now(), key)
                .map_err(|error| failure::log(&error))?;
            let append = LogAppend { entries: vec![entry.clone()] };
            match self.server.post::<_, LogAppended>(&self.keys.signing, "/v1/log", &append) {
                Ok(_) => return self.take_in(&[entry]),
                Err(error) if error.is(wire::code::LOG_MOVED) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::new(
            ErrorCode::ServerRefused,
            "Others are changing the organisation at the same time. Try again in a moment.",
        ))
    }
}

/// Whether a page shows that the server forgot or changed what this device has seen.
fn contradiction(head: &Head, page: &LogPage) -> Result<(), LogError> {
    if page.head.sequence < head.sequence {
        return Err(LogError::Rollback);
    }
    if page.head.sequence == head.sequence && page.head.digest != head.digest {
        return Err(LogError::Fork);
    }
    Ok(())
}
