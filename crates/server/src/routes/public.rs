//! What anybody may ask: whether the server is there, and its counters. Nothing about the organisation.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};

use crate::connection::Peer;
use crate::metrics::Levels;
use crate::refusal::Refusal;
use crate::server::App;

/// `GET /health`: `ok` when the database answers.
pub(super) async fn health(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
) -> Result<Response<Body>, Refusal> {
    bounded(&app, peer)?;
    app.database.read(|reader| reader.revision_count(abox_ids::BatchId::from_bytes([0; 16]))).await?;
    Ok(text("ok\n".to_owned()))
}

/// `GET /metrics`: counters in the text format of Prometheus.
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
) -> Result<Response<Body>, Refusal> {
    bounded(&app, peer)?;
    let counts = match app.metrics.recent_counts() {
        Some(counts) => counts,
        None => {
            let counts = app.database.read(crate::storage::Reader::counts).await?;
            app.metrics.keep_counts(counts);
            counts
        }
    };
    let log_entries =
        app.with_organisation(|organisation| Ok(organisation.entries().len() as u64)).unwrap_or_default();
    let levels = Levels {
        connections: app.connections.count(),
        used_bytes: counts.used,
        quota_bytes: app.quota,
        log_entries,
        batches: counts.batches,
        objects: counts.objects,
        revisions: counts.revisions,
    };
    Ok(text(app.metrics.text(&levels)))
}

fn bounded(app: &App, peer: Peer) -> Result<(), Refusal> {
    if app.address_rates.allows(peer.0) { Ok(()) } else { Err(Refusal::rate()) }
}

fn text(text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
