//! The organisation log: founded once, then extended. The server replays every entry itself and stores none that the
//! log's rules refuse.

use std::sync::Arc;

use abox_attest::{Signed, to_canonical};
use abox_protocol::request::MAX_CLOCK_SKEW;
use abox_protocol::wire::{
    ErrorDetail, LogAppend, LogAppended, LogPage, MAX_LOG_APPEND, MAX_LOG_ENTRY_BYTES, MAX_LOG_PAGE,
    MAX_LOG_PAGE_BYTES, Setup, code,
};
use abox_protocol::{Action, LogEntry, LogError, Organisation, SetupToken};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::Cbor;
use crate::auth::{Call, Standing, now};
use crate::journal;
use crate::refusal::Refusal;
use crate::server::App;
use crate::storage::log::erasures;

const SETUP_BYTES: usize = 512 << 10;
const APPEND_BYTES: usize = MAX_LOG_PAGE_BYTES + (64 << 10);

const FOUNDED: Refusal = Refusal::new(
    StatusCode::CONFLICT,
    code::FOUNDED,
    "an organisation was founded on this server before; one server serves one organisation",
);
const WRONG_TOKEN: Refusal = Refusal::new(
    StatusCode::FORBIDDEN,
    code::SETUP_TOKEN,
    "the setup token is not the one that the server printed",
);

/// `POST /v1/setup`.
pub(super) async fn setup(
    State(app): State<Arc<App>>,
    call: Call<SETUP_BYTES>,
) -> Result<Cbor<LogAppended>, Refusal> {
    if app.organisation().is_some() {
        return Err(FOUNDED);
    }
    let Setup { setup_token, entries } = call.decode()?;
    let token = SetupToken::parse(&setup_token).map_err(|_| WRONG_TOKEN)?;
    if !app.is_setup_token(&token) {
        return Err(WRONG_TOKEN);
    }
    check_sizes(&entries)?;
    check_times(&entries)?;
    let organisation = Organisation::replay(&entries, &call.key)?;
    // Without a device nobody could go on.
    if organisation.devices().next().is_none() {
        return Err(LogError::UnknownDevice.into());
    }
    let head = organisation.head();
    let shared = Arc::clone(&app);
    let found = move |writer: &mut crate::storage::Writer| {
        if shared.organisation().is_some() {
            return Err(FOUNDED);
        }
        writer.found(&organisation)?;
        shared.replace_organisation(organisation);
        shared.spend_setup_token();
        Ok(())
    };
    app.database.write(found).await?;
    Ok(Cbor(LogAppended { head }))
}

/// The query of [`page`].
#[derive(Deserialize)]
pub(super) struct PageQuery {
    from: u64,
}

/// `GET /v1/log?from=N`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    query: Result<Query<PageQuery>, QueryRejection>,
    call: Call<0>,
) -> Result<Cbor<LogPage>, Refusal> {
    let Query(PageQuery { from }) = query.map_err(|_| Refusal::malformed())?;
    if matches!(call.standing, Standing::Founder) {
        return Err(Refusal::forbidden());
    }
    app.with_organisation(|organisation| {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let mut bytes = 0;
        let newer = organisation.entries().iter().skip(from).take(MAX_LOG_PAGE);
        let entries: Vec<_> = newer
            .take_while(|entry| {
                bytes += entry.body().len() + 128;
                bytes <= MAX_LOG_PAGE_BYTES
            })
            .map(|entry| entry.as_ref().clone())
            .collect();
        Ok(Cbor(LogPage { entries, head: organisation.head() }))
    })
}

/// `POST /v1/log`.
pub(super) async fn append(
    State(app): State<Arc<App>>,
    call: Call<APPEND_BYTES>,
) -> Result<Cbor<LogAppended>, Refusal> {
    let LogAppend { entries } = call.decode()?;
    match call.standing {
        Standing::Root => {}
        Standing::Device(caller) => {
            caller.leads()?;
        }
        Standing::Invite if is_own_enrolment(&entries, &call) => {}
        Standing::Invite | Standing::Founder => return Err(Refusal::forbidden()),
    }
    if entries.is_empty() {
        return Err(Refusal::malformed());
    }
    check_sizes(&entries)?;
    check_times(&entries)?;
    let shared = Arc::clone(&app);
    let (head, erased) = app.database.write(move |writer| extend(&shared, writer, &entries)).await?;
    let files = app.files.clone();
    let erase = move || erased.into_iter().try_for_each(|batch| files.erase(batch));
    if !matches!(tokio::task::spawn_blocking(erase).await, Ok(Ok(()))) {
        // The next start tries again.
        journal::event(
            app.log,
            "the files of an erased batch could not be removed; they will be at the next start",
        );
    }
    Ok(Cbor(LogAppended { head }))
}

/// Applies what is new of `entries`. Called with the writer, so that nothing else changes the organisation meanwhile.
fn extend(
    app: &App,
    writer: &mut crate::storage::Writer,
    entries: &[Signed<LogEntry>],
) -> Result<(abox_protocol::Head, Vec<abox_ids::BatchId>), Refusal> {
    let mut organisation = app.organisation().ok_or(Refusal::internal())?;
    let known = organisation.entries().len();
    let first = entries.first().and_then(|entry| entry.claim().ok()).ok_or(Refusal::malformed())?;
    let start = usize::try_from(first.sequence).unwrap_or(usize::MAX);
    let moved = Refusal::new(
        StatusCode::CONFLICT,
        code::LOG_MOVED,
        "the log has moved on; fetch it and sign the entry again",
    )
    .with(ErrorDetail::Head(organisation.head()));
    if start > known {
        return Err(moved);
    }
    // What is there already is taken once: an answer may have been lost.
    let repeated = known.saturating_sub(start).min(entries.len());
    let (there, new) = entries.split_at(repeated);
    let same = organisation.entries().iter().skip(start).zip(there).all(|(known, sent)| **known == *sent);
    if !same {
        return Err(moved);
    }
    for entry in new {
        organisation.apply(entry)?;
    }
    let head = organisation.head();
    if new.is_empty() {
        return Ok((head, Vec::new()));
    }
    let erased = erasures(new);
    writer.append(&organisation, known, &erased)?;
    app.replace_organisation(organisation);
    Ok((head, erased))
}

/// Whether this is the one thing that an invite may do.
fn is_own_enrolment(entries: &[Signed<LogEntry>], call: &Call<APPEND_BYTES>) -> bool {
    let [entry] = entries else { return false };
    entry.signer() == call.key && entry.claim().is_ok_and(|entry| matches!(entry.action, Action::Enrolled(_)))
}

fn check_sizes(entries: &[Signed<LogEntry>]) -> Result<(), Refusal> {
    let fits =
        |entry: &Signed<LogEntry>| to_canonical(entry).is_ok_and(|bytes| bytes.len() <= MAX_LOG_ENTRY_BYTES);
    if entries.len() <= MAX_LOG_APPEND && entries.iter().all(fits) {
        Ok(())
    } else {
        Err(Refusal::too_large())
    }
}

/// An entry from the future would keep everybody else from signing: times never go back.
fn check_times(entries: &[Signed<LogEntry>]) -> Result<(), Refusal> {
    let limit = now().saturating_add(MAX_CLOCK_SKEW);
    let late = entries.iter().any(|entry| entry.claim().is_ok_and(|entry| entry.time > limit));
    if late {
        return Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            code::CLOCK,
            "a log entry is dated in the future; set this computer's clock right and try again",
        ));
    }
    Ok(())
}
