//! What the operator decides, with the defaults.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen. Port 0 picks a free one.
    pub listen: SocketAddr,
    /// The data directory; made if it is not there.
    pub data: PathBuf,
    /// The address that clients are told, when it is not the one that is listened on.
    pub url: Option<String>,
    /// The most bytes of sealed objects and revisions; none for as much as the disk holds.
    pub quota: Option<u64>,
    /// Bounds on rates, connections and slowness.
    pub limits: Limits,
    /// Where request lines go.
    pub log: Log,
}

impl Config {
    /// A server at `listen` over `data` with all defaults.
    #[must_use]
    pub fn new(listen: SocketAddr, data: PathBuf) -> Self {
        Self { listen, data, url: None, quota: None, limits: Limits::default(), log: Log::Off }
    }
}

/// Where request lines go. They hold route templates, codes, sizes and durations only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// Nowhere.
    Off,
    /// To the standard error stream.
    Stderr,
}

/// Bounds on rates, connections and slowness. They protect against mistakes and abuse, not against many machines.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests a second of one key.
    pub key_rate: u32,
    /// Requests at once of one key.
    pub key_burst: u32,
    /// How long a request of a key that asks too often is held back before it is refused instead.
    pub key_patience: Duration,
    /// Requests a second from one address that nobody in the organisation signed.
    pub address_rate: u32,
    /// The same at once.
    pub address_burst: u32,
    /// Open connections.
    pub connections: usize,
    /// Open connections of one address. Many people may share one behind a router.
    pub connections_per_address: usize,
    /// How long a TLS handshake or the head of a request may take.
    pub head_timeout: Duration,
    /// How long a body may pause.
    pub body_pause: Duration,
    /// The least bytes a second at which a body has to arrive on the whole, beyond one pause.
    pub body_rate: u64,
    /// How long a connection may stand still in both directions.
    pub idle: Duration,
    /// How long requests may take to finish after the server was told to stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            key_rate: 300,
            key_burst: 900,
            key_patience: Duration::from_secs(5),
            address_rate: 20,
            address_burst: 200,
            connections: 2048,
            connections_per_address: 256,
            head_timeout: Duration::from_secs(10),
            body_pause: Duration::from_secs(15),
            body_rate: 16 << 10,
            idle: Duration::from_secs(120),
            grace: Duration::from_secs(30),
        }
    }
}
