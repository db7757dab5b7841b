//! The routes. Each checks who calls, what the log allows them, and then the bounds; storage does the rest.

mod batches;
mod log;
mod objects;
mod public;
mod revisions;
mod wraps;

use std::sync::Arc;
use std::time::Instant;

use abox_attest::to_canonical;
use abox_ids::BatchId;
use abox_protocol::Batch;
use abox_protocol::wire::CBOR;
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use serde::Serialize;

use crate::auth::Caller;
use crate::journal::{self, Line};
use crate::refusal::{Code, Refusal};
use crate::server::App;

/// Founds the organisation; the one route whose caller is unknown.
pub(crate) const SETUP_PATH: &str = "/v1/setup";

/// All routes.
pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/health", get(public::health))
        .route("/metrics", get(public::metrics))
        .route(SETUP_PATH, post(log::setup))
        .route("/v1/log", get(log::page).post(log::append))
        .route("/v1/batches", get(batches::list).post(batches::declare))
        .route("/v1/batches/{batch}/objects", get(objects::states))
        .route("/v1/batches/{batch}/objects/{object}", put(objects::put).get(objects::get))
        .route("/v1/batches/{batch}/wraps", get(wraps::get).post(wraps::post))
        .route("/v1/batches/{batch}/revisions", get(revisions::page).post(revisions::push))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .layer(from_fn_with_state(Arc::clone(app), observe))
        .with_state(Arc::clone(app))
}

/// Counts and tells each request.
async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    let begun = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = matched.as_ref().map_or("other", MatchedPath::as_str);
    let (status, duration) = (response.status().as_u16(), begun.elapsed());
    let code = response.extensions().get::<Code>().map_or("-", |code| code.0);
    // Clients choose the method: only known ones are told.
    let method = match method.as_str() {
        known @ ("GET" | "POST" | "PUT") => known,
        _ => "other",
    };
    app.metrics.request(route, status, duration);
    journal::request(app.log, &Line { method, route, status, code, duration });
    response
}

/// A successful answer in canonical CBOR.
struct Cbor<T>(T);

impl<T: Serialize> IntoResponse for Cbor<T> {
    fn into_response(self) -> Response<Body> {
        let Ok(bytes) = to_canonical(&self.0) else { return Refusal::internal().into_response() };
        let mut response = Response::new(Body::from(bytes));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CBOR));
        response
    }
}

/// The identifier in a path. A path with anything else leads nowhere.
fn id<K: abox_ids::Kind>(text: &str) -> Result<abox_ids::Id<K>, Refusal> {
    text.parse().map_err(|_| Refusal::not_found())
}

/// The published batch, if the log lets the caller read it.
fn readable(app: &App, caller: &Caller, batch: BatchId) -> Result<Batch, Refusal> {
    app.with_organisation(|organisation| {
        let device = organisation.active_device(&caller.key).ok_or(Refusal::forbidden())?;
        let known = organisation.batch(batch).ok_or(Refusal::not_found())?;
        if organisation.may_read(device, known) {
            return Ok(known.clone());
        }
        let was_theirs = known.publisher == caller.key || known.grants.contains_key(&caller.device);
        Err(if known.erased && was_theirs { Refusal::erased() } else { Refusal::not_found() })
    })
}

/// Lets through whom the log lets read the batch, and the device that declared it, which may not have published it yet.
async fn may_touch(app: &App, caller: &Caller, batch: BatchId) -> Result<(), Refusal> {
    match readable(app, caller, batch) {
        Ok(_) => Ok(()),
        Err(refusal) if refusal.status == StatusCode::GONE => Err(refusal),
        Err(refusal) => match app.database.read(move |reader| reader.declared_by(batch)).await? {
            Some(device) if device == caller.device => Ok(()),
            _ => Err(refusal),
        },
    }
}
