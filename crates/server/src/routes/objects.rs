//! Sealed objects: uploaded in parts that continue where the last one ended, downloaded whole or from any offset.

use std::ops::Range;
use std::sync::Arc;

use abox_ids::{BatchId, ObjectId};
use abox_protocol::wire::{ErrorDetail, MAX_OBJECTS_PAGE, ObjectsPage, PART_BYTES, PartStored, code};
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use serde::Deserialize;

use super::{Cbor, id, may_touch};
use crate::auth::Call;
use crate::body;
use crate::refusal::Refusal;
use crate::server::App;
use crate::storage::ObjectRow;

/// The query of [`states`].
#[derive(Deserialize)]
pub(super) struct StatesQuery {
    after: Option<String>,
}

/// `GET /v1/batches/{batch}/objects?after=OBJECT`.
pub(super) async fn states(
    State(app): State<Arc<App>>,
    Path(batch): Path<String>,
    query: Result<Query<StatesQuery>, QueryRejection>,
    call: Call<0>,
) -> Result<Cbor<ObjectsPage>, Refusal> {
    let Query(StatesQuery { after }) = query.map_err(|_| Refusal::malformed())?;
    let after = after.map(|after| after.parse()).transpose().map_err(|_| Refusal::malformed())?;
    let batch = id(&batch)?;
    may_touch(&app, &call.device()?, batch).await?;
    let objects = app.database.read(move |reader| reader.objects(batch, after, MAX_OBJECTS_PAGE)).await?;
    Ok(Cbor(ObjectsPage { objects }))
}

/// The query of [`put`].
#[derive(Deserialize)]
pub(super) struct PartQuery {
    offset: u64,
}

/// `PUT /v1/batches/{batch}/objects/{object}?offset=N`.
pub(super) async fn put(
    State(app): State<Arc<App>>,
    Path((batch, object)): Path<(String, String)>,
    query: Result<Query<PartQuery>, QueryRejection>,
    call: Call<PART_BYTES>,
) -> Result<Cbor<PartStored>, Refusal> {
    let Query(PartQuery { offset }) = query.map_err(|_| Refusal::malformed())?;
    let caller = call.lead()?;
    let (batch, object) = (id(&batch)?, id(&object)?);
    may_touch(&app, &caller, batch).await?;
    if call.body.is_empty() {
        return Err(Refusal::malformed());
    }
    // A request that the client gave up must still end in order, file and database together: it runs by itself.
    let part = call.body;
    let work = async move {
        let stripe = object.as_bytes()[0] as usize % app.uploads.len();
        let _turn = app.uploads[stripe].lock().await;
        store(&app, batch, object, offset, part).await
    };
    tokio::spawn(work).await.unwrap_or(Err(Refusal::internal())).map(Cbor)
}

async fn store(
    app: &Arc<App>,
    batch: BatchId,
    object: ObjectId,
    offset: u64,
    part: Bytes,
) -> Result<PartStored, Refusal> {
    let row = find(app, batch, object).await?;
    if offset != row.stored {
        return Err(wrong_offset(row.stored));
    }
    let stored = offset + part.len() as u64;
    if stored > row.length {
        return Err(Refusal::too_large());
    }
    let files = app.files.clone();
    let append = move || files.append(batch, object, offset, &part);
    match blocking(append).await? {
        true => {}
        false => {
            // The file was lost or cut behind the server's back.
            app.database.write(move |writer| writer.record(batch, object, 0, false)).await?;
            return Err(wrong_offset(0));
        }
    }
    let complete = stored == row.length;
    if complete {
        let files = app.files.clone();
        let digest = blocking(move || files.digest(batch, object)).await?;
        if digest != row.digest {
            app.database.write(move |writer| writer.record(batch, object, 0, false)).await?;
            let files = app.files.clone();
            blocking(move || files.discard(batch, object)).await?;
            return Err(Refusal::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                code::OBJECT_DAMAGED,
                "the object is not the one that was declared; it was discarded. Upload it again",
            )
            .with(ErrorDetail::Stored(0)));
        }
    }
    let recorded = app.database.write(move |writer| writer.record(batch, object, stored, complete)).await;
    if recorded.is_err_and(|refusal| refusal.status == StatusCode::NOT_FOUND) {
        // Erased while this part was on its way.
        let files = app.files.clone();
        blocking(move || files.erase(batch)).await?;
        return Err(Refusal::erased());
    }
    recorded?;
    Ok(PartStored { stored, complete })
}

/// `GET /v1/batches/{batch}/objects/{object}`, whole or with `Range`.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Path((batch, object)): Path<(String, String)>,
    headers: HeaderMap,
    call: Call<0>,
) -> Result<Response<Body>, Refusal> {
    let (batch, object) = (id(&batch)?, id(&object)?);
    may_touch(&app, &call.device()?, batch).await?;
    let row = find(&app, batch, object).await?;
    if !row.complete {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            code::OBJECT_INCOMPLETE,
            "the object has not been uploaded completely yet; try again later",
        )
        .with(ErrorDetail::Stored(row.stored)));
    }
    let asked = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let (status, range) = match asked.and_then(|text| parse_range(text, row.length)) {
        None => (StatusCode::OK, 0..row.length),
        Some(Some(range)) => (StatusCode::PARTIAL_CONTENT, range),
        Some(None) => {
            return Err(Refusal::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                code::RANGE,
                "the range lies outside of the object",
            ));
        }
    };
    let (files, start) = (app.files.clone(), range.start);
    let file = blocking(move || files.read_from(batch, object, row.length, start)).await?;
    // A client must not take a copy that ends early for a bad connection.
    let file = file.ok_or(Refusal::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        code::OBJECT_DAMAGED,
        "its copy of an object is damaged. Tell the operator",
    ))?;
    let length = range.end - range.start;
    let mut response = Response::new(body::send(file, length, &app));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if status == StatusCode::PARTIAL_CONTENT {
        let text = format!("bytes {}-{}/{}", range.start, range.end - 1, row.length);
        headers.insert(header::CONTENT_RANGE, HeaderValue::from_str(&text).map_err(|_| Refusal::internal())?);
    }
    Ok(response)
}

async fn find(app: &App, batch: BatchId, object: ObjectId) -> Result<ObjectRow, Refusal> {
    app.database.read(move |reader| reader.object(batch, object)).await?.ok_or(Refusal::not_found())
}

fn wrong_offset(stored: u64) -> Refusal {
    Refusal::new(StatusCode::CONFLICT, code::OFFSET, "the upload has to go on where the stored part ends")
        .with(ErrorDetail::Stored(stored))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|error| Refusal::from_io(&error)),
        Err(_) => Err(Refusal::internal()),
    }
}

/// One range of bytes, as RFC 9110 has it. The outer none: no range that is understood, so the whole is sent. The
/// inner none: outside of the object.
fn parse_range(text: &str, length: u64) -> Option<Option<Range<u64>>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok())?;
    let range = match (first, last) {
        ("", suffix) => length.saturating_sub(number(suffix)?)..length,
        (first, "") => number(first)?..length,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return None;
            }
            first..last.saturating_add(1).min(length)
        }
    };
    Some((range.start < range.end).then_some(range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        for (text, expected) in [
            ("bytes=0-9", Some(Some(0..10))),
            ("bytes=90-", Some(Some(90..100))),
            ("bytes=-10", Some(Some(90..100))),
            ("bytes=-200", Some(Some(0..100))),
            ("bytes=99-500", Some(Some(99..100))),
            ("bytes=100-", Some(None)),
            ("bytes=100-200", Some(None)),
            ("bytes=-0", Some(None)),
            ("bytes=5-2", None),
            ("bytes=a-b", None),
            ("bytes=+1-2", None),
            ("bytes=0-1,4-5", None),
            ("bytes=-", None),
            ("items=0-1", None),
            ("bytes=99999999999999999999-", None),
        ] {
            assert_eq!(parse_range(text, 100), expected, "{text}");
        }
    }
}
