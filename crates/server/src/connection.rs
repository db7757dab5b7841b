//! Connections: accepted within bounds, TLS 1.3, HTTP/1.1 or HTTP/2, and brought to an end in an orderly way.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::journal;
use crate::limit::Seat;
use crate::server::App;
use crate::stream::IdleStream;

/// The address of the other end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Serves until `stop` says so, then waits for the requests under way, for a while.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: TlsAcceptor,
    router: Router,
    app: Arc<App>,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let mut running = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = running.join_next() => continue,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok((stream, address)) = accepted else {
            // Out of file descriptors, most likely: let some connections end.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Some(seat) = app.connections.seat(address.ip()) else {
            app.metrics.refused_connections.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        let router = router.clone().layer(axum::Extension(Peer(address.ip())));
        let connection =
            Connection { tls: tls.clone(), router, app: Arc::clone(&app), seat, stop: stop.clone() };
        running.spawn(connection.run(stream, graceful.watcher()));
    }
    drop(listener);
    if timeout(app.limits.grace, graceful.shutdown()).await.is_err() {
        journal::event(app.log, "stopped with requests under way: the time to finish was over");
    }
    // Whoever starts a server on the same data next must not find this one in the way.
    running.shutdown().await;
}

struct Connection {
    tls: TlsAcceptor,
    router: Router,
    app: Arc<App>,
    seat: Seat,
    stop: watch::Receiver<bool>,
}

impl Connection {
    async fn run(self, stream: TcpStream, watcher: Watcher) {
        let Self { tls, router, app, seat, mut stop } = self;
        let limits = app.limits;
        // Small answers should not wait for more.
        let _ = stream.set_nodelay(true);
        let handshake = timeout(limits.head_timeout, tls.accept(IdleStream::new(stream, limits.idle)));
        let stream = tokio::select! {
            handshake = handshake => handshake,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let Ok(Ok(stream)) = stream else {
            app.metrics.failed_handshakes.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_timeout)
            .max_buf_size(64 << 10);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(32)
            .max_header_list_size(16 << 10)
            .initial_stream_window_size(1 << 20)
            .initial_connection_window_size(4 << 20)
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(20));
        let service = TowerToHyperService::new(router);
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        // The client learns of a broken connection by itself; there is nobody else to tell.
        let _ = watcher.watch(connection).await;
        drop(seat);
    }
}
