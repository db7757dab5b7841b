//! The media protocol: decoded pixels and previews for the window, under the scheme `abox`.
//!
//! ```text
//! abox://localhost/region/<batch>/<item>?level=L&x=X&y=Y&w=W&h=H    raw RGBA, 8 bits, rows from the top
//! abox://localhost/preview/<batch>/<item>                            image/jpeg
//! ```
//!
//! Decoding happens in `crates/workbench`, in memory. Answers carry `no-store`, and only the application's own page may
//! read them. Failures are answered as an HTTP status with a contract `Failure` as JSON. A few threads answer; regions
//! go before previews, so that a long list of thumbnails never keeps the picture waiting.

use std::collections::VecDeque;
use std::str::FromStr;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use abox_workbench::Workbench;
use abox_workbench::contract::{ErrorCode, Failure};
use tauri::http::{Method, Request, Response, StatusCode, header};
use tauri::{Runtime, UriSchemeContext, UriSchemeResponder};

use crate::window;

/// The scheme. On Windows the WebView spells it `http://abox.localhost`.
pub(crate) const SCHEME: &str = "abox";

/// Threads that decode. More than the processors would only contend.
const MOST_WORKERS: usize = 4;

/// What the window asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Region { batch: String, item: String, level: u32, x: u32, y: u32, w: u32, h: u32 },
    Preview { batch: String, item: String },
}

type Job = Box<dyn FnOnce() + Send>;

/// Jobs that wait: regions first.
#[derive(Default)]
struct Waiting {
    regions: VecDeque<Job>,
    previews: VecDeque<Job>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    more: Condvar,
}

impl Queue {
    fn start() -> Arc<Self> {
        let queue = Arc::new(Self::default());
        let workers = thread::available_parallelism().map_or(2, usize::from).clamp(2, MOST_WORKERS);
        for _ in 0..workers {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                loop {
                    queue.next()();
                }
            });
        }
        queue
    }

    fn push(&self, job: Job, region: bool) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if region {
            waiting.regions.push_back(job);
        } else {
            waiting.previews.push_back(job);
        }
        drop(waiting);
        self.more.notify_one();
    }

    fn next(&self) -> Job {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let job = waiting.regions.pop_front();
            if let Some(job) = job.or_else(|| waiting.previews.pop_front()) {
                return job;
            }
            waiting = self.more.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The handler to register with Tauri.
pub(crate) fn protocol<R: Runtime>(
    workbench: Arc<Workbench>,
) -> impl Fn(UriSchemeContext<'_, R>, Request<Vec<u8>>, UriSchemeResponder) + Send + Sync + 'static {
    let queue = Queue::start();
    move |_, request, responder| {
        let origin =
            request.headers().get(header::ORIGIN).and_then(|value| value.to_str().ok()).map(str::to_owned);
        if request.method() != Method::GET
            || origin.as_deref().is_some_and(|o| !window::is_own_origin_header(o))
        {
            responder.respond(refused(&bad_request(), None));
            return;
        }
        match wanted(request.uri().path(), request.uri().query().unwrap_or_default()) {
            Ok(wanted) => {
                let workbench = Arc::clone(&workbench);
                let region = matches!(wanted, Wanted::Region { .. });
                let job = move || responder.respond(answer(&workbench, &wanted, origin.as_deref()));
                queue.push(Box::new(job), region);
            }
            Err(failure) => responder.respond(refused(&failure, origin.as_deref())),
        }
    }
}

fn answer(workbench: &Workbench, wanted: &Wanted, origin: Option<&str>) -> Response<Vec<u8>> {
    let found = match wanted {
        Wanted::Region { batch, item, level, x, y, w, h } => identifier(batch)
            .and_then(|batch| workbench.region(batch, identifier(item)?, *level, *x, *y, *w, *h))
            .map(|body| ("application/octet-stream", body)),
        Wanted::Preview { batch, item } => identifier(batch)
            .and_then(|batch| workbench.preview(batch, identifier(item)?))
            .map(|body| ("image/jpeg", body)),
    };
    match found {
        Ok((kind, body)) => {
            #[cfg(feature = "deliberate-leak")]
            crate::leak::write(&body);
            respond(StatusCode::OK, kind, body, origin)
        }
        Err(failure) => refused(&failure, origin),
    }
}

fn refused(failure: &Failure, origin: Option<&str>) -> Response<Vec<u8>> {
    let status = match failure.code {
        ErrorCode::BadRequest | ErrorCode::InvalidInput => StatusCode::BAD_REQUEST,
        ErrorCode::NotFound | ErrorCode::NotPulled => StatusCode::NOT_FOUND,
        ErrorCode::NotAllowed | ErrorCode::NotEnrolled | ErrorCode::Locked => StatusCode::FORBIDDEN,
        ErrorCode::MediaUnreadable | ErrorCode::ObjectDamaged => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    respond(status, "application/json", serde_json::to_vec(failure).unwrap_or_default(), origin)
}

fn respond(status: StatusCode, kind: &'static str, body: Vec<u8>, origin: Option<&str>) -> Response<Vec<u8>> {
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Some(origin) = origin {
        response = response.header(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response.body(body).unwrap_or_else(|_| {
        let mut empty = Response::new(Vec::new());
        *empty.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        empty
    })
}

fn wanted(path: &str, query: &str) -> Result<Wanted, Failure> {
    let mut parts = path.strip_prefix('/').unwrap_or(path).split('/');
    let (Some(what), Some(batch), Some(item), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(bad_request());
    };
    let (batch, item) = (batch.to_owned(), item.to_owned());
    match what {
        "preview" => Ok(Wanted::Preview { batch, item }),
        "region" => {
            let number = |name| number(query, name);
            Ok(Wanted::Region {
                batch,
                item,
                level: number("level")?,
                x: number("x")?,
                y: number("y")?,
                w: number("w")?,
                h: number("h")?,
            })
        }
        _ => Err(bad_request()),
    }
}

fn number(query: &str, name: &str) -> Result<u32, Failure> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .and_then(|(_, value)| value.parse().ok())
        .ok_or_else(bad_request)
}

fn identifier<T: FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| bad_request())
}

fn bad_request() -> Failure {
    Failure::new(ErrorCode::BadRequest, "The window asked for something that this version does not know.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_and_a_preview_are_understood() {
        assert_eq!(
            wanted("/region/b/i", "level=1&x=2&y=3&w=512&h=256"),
            Ok(Wanted::Region { batch: "b".into(), item: "i".into(), level: 1, x: 2, y: 3, w: 512, h: 256 })
        );
        assert_eq!(wanted("/preview/b/i", ""), Ok(Wanted::Preview { batch: "b".into(), item: "i".into() }));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (path, query) in [
            ("", ""),
            ("/", ""),
            ("/region/b", "level=0&x=0&y=0&w=1&h=1"),
            ("/region/b/i/more", "level=0&x=0&y=0&w=1&h=1"),
            ("/region/b/i", ""),
            ("/region/b/i", "level=0&x=-1&y=0&w=1&h=1"),
            ("/region/b/i", "level=0&x=0&y=0&w=4294967296&h=1"),
            ("/original/b/i", ""),
        ] {
            assert_eq!(wanted(path, query).unwrap_err().code, ErrorCode::BadRequest, "{path}?{query}");
        }
    }

    #[test]
    fn answers_are_never_stored_and_only_for_the_own_origin() {
        let own = respond(StatusCode::OK, "image/jpeg", vec![1], Some("tauri://localhost"));
        assert_eq!(own.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(own.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "tauri://localhost");
        let none = respond(StatusCode::OK, "image/jpeg", vec![1], None);
        assert!(none.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_none());
    }

    #[test]
    fn regions_go_before_previews() {
        let queue = Queue::default();
        let seen = Arc::new(Mutex::new(Vec::new()));
        for (name, region) in [("preview", false), ("region", true)] {
            let seen = Arc::clone(&seen);
            queue.push(Box::new(move || seen.lock().unwrap().push(name)), region);
        }
        queue.next()();
        queue.next()();
        assert_eq!(*seen.lock().unwrap(), ["region", "preview"]);
    }
}
