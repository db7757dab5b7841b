//! Bodies: requests are read up to a bound and against the clock; objects are sent from their file, piece by piece.

use std::fs::File;
use std::io::Read as _;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::{header, request::Parts};
use bytes::{Bytes, BytesMut};
use hyper::body::Frame;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, timeout, timeout_at};

use crate::refusal::Refusal;
use crate::server::App;

/// The size of the pieces in which an object is read and sent.
const PIECE_BYTES: usize = 256 << 10;

/// A body, and its share of the memory for bodies, which is given back when this is dropped.
pub(crate) struct Received {
    pub(crate) bytes: Bytes,
    pub(crate) share: OwnedSemaphorePermit,
}

/// The whole body, if it has at most `limit` bytes and keeps coming.
pub(crate) async fn read(parts: &Parts, body: Body, limit: usize, app: &App) -> Result<Received, Refusal> {
    let announced =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > limit) {
        return Err(Refusal::too_large());
    }
    let limits = &app.limits;
    let kibibytes = u32::try_from(announced.unwrap_or(limit).div_ceil(1024)).unwrap_or(u32::MAX);
    let share = Arc::clone(&app.body_memory).acquire_many_owned(kibibytes);
    let Ok(Ok(share)) = timeout(limits.body_pause, share).await else { return Err(Refusal::rate()) };
    let seconds = limit as u64 / limits.body_rate.max(1);
    let deadline = Instant::now() + limits.body_pause + Duration::from_secs(seconds);
    let mut body = body;
    let mut whole = BytesMut::with_capacity(announced.unwrap_or(0));
    loop {
        let next = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let frame = timeout_at(deadline, timeout(limits.body_pause, next)).await;
        let frame = match frame {
            Ok(Ok(Some(Ok(frame)))) => frame,
            Ok(Ok(None)) => break,
            Ok(Ok(Some(Err(_)))) => return Err(Refusal::malformed()),
            Ok(Err(_)) | Err(_) => return Err(Refusal::timeout()),
        };
        if let Ok(data) = frame.into_data() {
            if whole.len() + data.len() > limit {
                return Err(Refusal::too_large());
            }
            whole.extend_from_slice(&data);
        }
    }
    app.metrics.received_bytes.fetch_add(whole.len() as u64, Ordering::Relaxed);
    Ok(Received { bytes: whole.freeze(), share })
}

/// Sends `length` bytes of a file from where it stands.
pub(crate) fn send(file: File, length: u64, app: &Arc<App>) -> Body {
    let (sender, pieces) = mpsc::channel(2);
    tokio::spawn(pump(file, length, sender, Arc::clone(app)));
    Body::new(FileBody { pieces, left: length })
}

/// Reads where it may block and waits for the client where it does not: a slow client holds no thread.
async fn pump(file: File, mut left: u64, sender: mpsc::Sender<std::io::Result<Bytes>>, app: Arc<App>) {
    let mut file = Some(file);
    while left > 0
        && let Some(mut open) = file.take()
    {
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE_BYTES);
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; size];
            open.read_exact(&mut piece).map(|()| (open, Bytes::from(piece)))
        });
        let piece = read.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        let piece = piece.map(|(open, bytes)| {
            file = Some(open);
            bytes
        });
        // The receiver is gone when the client is.
        if sender.send(piece).await.is_err() {
            return;
        }
        app.metrics.sent_object_bytes.fetch_add(size as u64, Ordering::Relaxed);
        left -= size as u64;
    }
}

struct FileBody {
    pieces: mpsc::Receiver<std::io::Result<Bytes>>,
    left: u64,
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.pieces.poll_recv(context).map(|piece| {
            piece.map(|piece| {
                piece.map(|bytes| {
                    self.left = self.left.saturating_sub(bytes.len() as u64);
                    Frame::data(bytes)
                })
            })
        })
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        hyper::body::SizeHint::with_exact(self.left)
    }
}
