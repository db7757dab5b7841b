//! Revisions: taken from their authors only, in the order of each author's chain, given to all who may read the batch.

use std::sync::Arc;

use abox_protocol::wire::{
    MAX_REVISIONS_PAGE, MAX_REVISIONS_PAGE_BYTES, PushRevisions, RevisionsPage, RevisionsPushed, code,
};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::{Cbor, id, readable};
use crate::auth::Call;
use crate::refusal::Refusal;
use crate::server::App;

/// Headers and framing come on top of the sealed documents.
const PUSH_BYTES: usize = MAX_REVISIONS_PAGE_BYTES + (1 << 20);

const MISPLACED: Refusal = Refusal::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    code::REVISION_REFUSED,
    "the revision is of another organisation, batch, device or key than it was sent for",
);

/// `POST /v1/batches/{batch}/revisions`.
pub(super) async fn push(
    State(app): State<Arc<App>>,
    Path(batch): Path<String>,
    call: Call<PUSH_BYTES>,
) -> Result<Cbor<RevisionsPushed>, Refusal> {
    let batch = id(&batch)?;
    let caller = call.device()?;
    let known = readable(&app, &caller, batch)?;
    let org = app.with_organisation(|organisation| Ok(organisation.id()))?;
    let PushRevisions { revisions } = call.decode()?;
    if revisions.len() > MAX_REVISIONS_PAGE {
        return Err(Refusal::too_large());
    }
    let verify = move || {
        let verified = revisions.into_iter().map(|envelope| {
            let header = envelope.verify(&caller.key).map_err(Refusal::revision)?;
            let fits = header.org == org
                && header.batch == batch
                && header.device == caller.device
                && header.epoch <= known.epoch;
            if fits { Ok((header, envelope)) } else { Err(MISPLACED) }
        });
        verified.collect::<Result<Vec<_>, Refusal>>()
    };
    let verified = tokio::task::spawn_blocking(verify).await.map_err(|_| Refusal::internal())??;
    let shared = Arc::clone(&app);
    let pushed = app.database.write(move |writer| {
        // The log may have moved on while this waited for its turn.
        readable(&shared, &caller, batch)?;
        writer.push(batch, caller.device, &verified)
    });
    Ok(Cbor(pushed.await?))
}

/// The query of [`page`].
#[derive(Deserialize)]
pub(super) struct RevisionsQuery {
    after: u64,
    limit: Option<usize>,
}

/// `GET /v1/batches/{batch}/revisions?after=SERIAL&limit=N`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Path(batch): Path<String>,
    query: Result<Query<RevisionsQuery>, QueryRejection>,
    call: Call<0>,
) -> Result<Cbor<RevisionsPage>, Refusal> {
    let Query(RevisionsQuery { after, limit }) = query.map_err(|_| Refusal::malformed())?;
    let batch = id(&batch)?;
    readable(&app, &call.device()?, batch)?;
    let limit = limit.unwrap_or(MAX_REVISIONS_PAGE);
    Ok(Cbor(app.database.read(move |reader| reader.revisions(batch, after, limit)).await?))
}
