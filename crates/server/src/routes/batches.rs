//! Batches: declared by a lead, listed for whom the log grants them.

use std::collections::BTreeMap;
use std::sync::Arc;

use abox_attest::ObjectDigest;
use abox_ids::BatchId;
use abox_protocol::wire::{Batches, DeclareObjects, MAX_OBJECT_BYTES, MAX_OBJECTS_PAGE, ObjectsDeclared};
use axum::extract::State;

use super::{Cbor, may_touch};
use crate::auth::{Call, Standing};
use crate::refusal::Refusal;
use crate::server::App;

const DECLARE_BYTES: usize = 1 << 20;

/// `GET /v1/batches`.
pub(super) async fn list(State(app): State<Arc<App>>, call: Call<0>) -> Result<Cbor<Batches>, Refusal> {
    let mut batches: BTreeMap<BatchId, Option<(u32, ObjectDigest)>> = BTreeMap::new();
    let recipient = match call.standing {
        Standing::Device(caller) => {
            let declared = app.database.read(move |reader| reader.declared(caller.device)).await?;
            batches.extend(declared.into_iter().map(|batch| (batch, None)));
            Some(caller.device)
        }
        // Recovery: all there is.
        Standing::Root => None,
        Standing::Invite | Standing::Founder => return Err(Refusal::forbidden()),
    };
    app.with_organisation(|organisation| {
        let device = recipient.and_then(|device| organisation.device(device));
        for batch in organisation.batches() {
            if device.map_or(!batch.erased, |device| organisation.may_read(device, batch)) {
                batches.insert(batch.id, Some((batch.epoch, batch.manifest)));
            }
        }
        Ok(())
    })?;
    let recipient = recipient.map(|device| device.as_bytes().to_vec()).unwrap_or_default();
    let summarise = move |reader: &crate::storage::Reader| {
        let summaries =
            batches.into_iter().map(|(batch, published)| reader.summary(batch, published, &recipient));
        summaries.collect::<Result<Vec<_>, _>>()
    };
    let batches = app.database.read(summarise).await?;
    Ok(Cbor(Batches { batches }))
}

/// `POST /v1/batches`.
pub(super) async fn declare(
    State(app): State<Arc<App>>,
    call: Call<DECLARE_BYTES>,
) -> Result<Cbor<ObjectsDeclared>, Refusal> {
    let caller = call.lead()?;
    let DeclareObjects { batch, objects } = call.decode()?;
    if objects.len() > MAX_OBJECTS_PAGE || objects.iter().any(|object| object.length > MAX_OBJECT_BYTES) {
        return Err(Refusal::too_large());
    }
    if objects.iter().any(|object| object.length == 0) {
        return Err(Refusal::malformed());
    }
    let known = app.with_organisation(|organisation| match organisation.batch(batch) {
        Some(known) if known.erased => Err(Refusal::erased()),
        known => Ok(known.is_some()),
    })?;
    let declared = app.database.read(move |reader| reader.declared_by(batch)).await?;
    if known || declared.is_some() {
        may_touch(&app, &caller, batch).await?;
    }
    let device = caller.device;
    Ok(Cbor(app.database.write(move |writer| writer.declare(batch, device, &objects)).await?))
}
