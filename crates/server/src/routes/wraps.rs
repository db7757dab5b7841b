//! Wrapped batch keys. The server takes those whose digest the log grants, and gives each device its own.

use std::sync::Arc;

use abox_attest::Digest;
use abox_ids::DeviceId;
use abox_protocol::wire::{MAX_WRAP_BYTES, MAX_WRAPS, Wraps, code};
use abox_protocol::{Batch, wire::Wrap};
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::{Cbor, id, readable};
use crate::auth::{Call, Standing};
use crate::refusal::Refusal;
use crate::server::App;

const WRAPS_BYTES: usize = 3 << 20;

const REFUSED: Refusal = Refusal::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    code::WRAP_REFUSED,
    "the log does not grant this wrap; append the grant to the log first",
);

/// `POST /v1/batches/{batch}/wraps`.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    Path(batch): Path<String>,
    call: Call<WRAPS_BYTES>,
) -> Result<Cbor<()>, Refusal> {
    let batch = id(&batch)?;
    let known = match call.standing {
        Standing::Root => live(&app, batch)?,
        _ => {
            call.lead()?;
            // Any lead may grant, so any may bring what the log grants.
            live(&app, batch)?
        }
    };
    let Wraps { wraps } = call.decode()?;
    if wraps.len() > MAX_WRAPS || wraps.iter().any(|wrap| wrap.bytes.len() > MAX_WRAP_BYTES) {
        return Err(Refusal::too_large());
    }
    if !wraps.iter().all(|wrap| granted(&known, wrap)) {
        return Err(REFUSED);
    }
    app.database.write(move |writer| writer.store_wraps(batch, &wraps)).await?;
    Ok(Cbor(()))
}

/// `GET /v1/batches/{batch}/wraps`.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Path(batch): Path<String>,
    call: Call<0>,
) -> Result<Cbor<Wraps>, Refusal> {
    let batch = id(&batch)?;
    let (known, recipient): (Batch, Option<DeviceId>) = match call.standing {
        Standing::Root => (live(&app, batch)?, None),
        _ => {
            let caller = call.device()?;
            (readable(&app, &caller, batch)?, Some(caller.device))
        }
    };
    let wrap = app.database.read(move |reader| reader.wrap(batch, recipient)).await?;
    // One that the log has replaced meanwhile is of no use.
    let wraps = wrap.into_iter().filter(|wrap| granted(&known, wrap)).collect();
    Ok(Cbor(Wraps { wraps }))
}

fn live(app: &App, batch: abox_ids::BatchId) -> Result<Batch, Refusal> {
    app.with_organisation(|organisation| match organisation.batch(batch) {
        None => Err(Refusal::not_found()),
        Some(known) if known.erased => Err(Refusal::erased()),
        Some(known) => Ok(known.clone()),
    })
}

fn granted(batch: &Batch, wrap: &Wrap) -> bool {
    let digest = match wrap.device {
        None => Some(batch.recovery_wrap),
        Some(device) => batch.grants.get(&device).map(|grant| grant.wrap),
    };
    wrap.epoch == batch.epoch && digest == Some(Digest::of(&wrap.bytes))
}
