//! One running server: what all requests share, how it starts and how it stops.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use abox_attest::{Digest, VerifyingKey};
use abox_protocol::wire::code;
use abox_protocol::{Organisation, SetupToken};
use axum::http::StatusCode;
use tokio::net::TcpListener;
use tokio::sync::{Mutex as AsyncMutex, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

use crate::config::{Config, Limits, Log};
use crate::error::ServerError;
use crate::limit::{Connections, Nonces, Rates};
use crate::metrics::Metrics;
use crate::refusal::Refusal;
use crate::storage::{Database, DirectoryLock, ObjectFiles};
use crate::{auth, certificate, connection, journal, routes};

/// So many objects can be written to at the same moment.
const UPLOAD_LOCKS: usize = 64;
/// All request bodies together take at most so much memory, in KiB. More requests wait.
const BODY_KIBIBYTES: usize = 256 << 10;

/// What all requests share.
pub(crate) struct App {
    pub(crate) pin: Digest,
    organisation: RwLock<Option<Organisation>>,
    setup_token: Mutex<Option<SetupToken>>,
    pub(crate) database: Database,
    pub(crate) files: ObjectFiles,
    pub(crate) nonces: Nonces,
    pub(crate) key_rates: Rates<VerifyingKey>,
    pub(crate) address_rates: Rates<IpAddr>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) metrics: Metrics,
    pub(crate) limits: Limits,
    pub(crate) quota: Option<u64>,
    pub(crate) log: Log,
    /// Requests signed before this are refused: their nonces may have been forgotten. Milliseconds since 1970 (UTC).
    pub(crate) refuse_before: i64,
    pub(crate) body_memory: Arc<Semaphore>,
    pub(crate) uploads: [AsyncMutex<()>; UPLOAD_LOCKS],
    _lock: DirectoryLock,
}

impl App {
    /// Looks at the organisation, if it was founded.
    pub(crate) fn with_organisation<T>(
        &self,
        look: impl FnOnce(&Organisation) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        match &*self.organisation.read().unwrap_or_else(PoisonError::into_inner) {
            Some(organisation) => look(organisation),
            None => Err(Refusal::new(
                StatusCode::CONFLICT,
                code::NOT_FOUNDED,
                "no organisation was founded on this server yet",
            )),
        }
    }

    /// The organisation as it is, for a change.
    pub(crate) fn organisation(&self) -> Option<Organisation> {
        self.organisation.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a changed organisation in place. Only for who holds the database's writer, so that none is lost.
    pub(crate) fn replace_organisation(&self, organisation: Organisation) {
        *self.organisation.write().unwrap_or_else(PoisonError::into_inner) = Some(organisation);
    }

    /// Whether this is the setup token.
    pub(crate) fn is_setup_token(&self, given: &SetupToken) -> bool {
        let token = self.setup_token.lock().unwrap_or_else(PoisonError::into_inner);
        // Digests are compared, so that the time it takes says nothing about the secret.
        token
            .as_ref()
            .is_some_and(|token| Digest::of(token.secret.as_ref()) == Digest::of(given.secret.as_ref()))
    }

    /// The setup token has done its work.
    pub(crate) fn spend_setup_token(&self) {
        *self.setup_token.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Starts servers.
#[derive(Debug)]
pub struct Server;

/// A server that runs until it is told to stop. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Running {
    /// Its address, `https://…`.
    pub url: String,
    /// SHA-256 of its certificate (DER): what clients pin.
    pub pin: Digest,
    /// The text of the setup token, as long as no organisation was founded.
    pub setup_token: Option<String>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    finish: Finish,
}

struct Finish(Arc<App>);

impl std::fmt::Debug for Finish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Finish")
    }
}

impl Server {
    /// Opens the data directory and begins to serve. Has to be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`ServerError`] when the address or the data directory cannot be used.
    pub async fn start(config: Config) -> Result<Running, ServerError> {
        let Config { listen, data, url, quota, limits, log } = config;
        let opened = move || open(&data, quota);
        let opened = tokio::task::spawn_blocking(opened).await;
        let Opened { lock, database, files, organisation, tls, pin } =
            opened.map_err(|error| ServerError::Data(std::io::Error::other(error)))??;
        let listener = TcpListener::bind(listen).await.map_err(ServerError::Listen)?;
        let address = listener.local_addr().map_err(ServerError::Listen)?;
        let founded = organisation.is_some();
        let token = if founded { None } else { Some(new_token(pin)?) };
        let setup_token = token.as_ref().map(|token| token.to_text().to_string());
        let app = Arc::new(App {
            pin,
            organisation: RwLock::new(organisation),
            setup_token: Mutex::new(token),
            database,
            files,
            nonces: Nonces::default(),
            key_rates: Rates::new(limits.key_rate, limits.key_burst),
            address_rates: Rates::new(limits.address_rate, limits.address_burst),
            connections: Connections::new(limits.connections, limits.connections_per_address),
            metrics: Metrics::default(),
            limits,
            quota,
            log,
            refuse_before: if founded { auth::now() } else { 0 },
            body_memory: Arc::new(Semaphore::new(BODY_KIBIBYTES)),
            uploads: [const { AsyncMutex::const_new(()) }; UPLOAD_LOCKS],
            _lock: lock,
        });
        let (stop, stopping) = watch::channel(false);
        let router = routes::router(&app);
        let task = connection::serve(listener, TlsAcceptor::from(tls), router, Arc::clone(&app), stopping);
        journal::event(log, "started");
        Ok(Running {
            url: url.unwrap_or_else(|| format!("https://{address}")),
            pin,
            setup_token,
            stop,
            task: tokio::spawn(task),
            finish: Finish(app),
        })
    }
}

impl Running {
    /// Stops accepting, lets the requests under way finish, and settles the database. Nothing acknowledged is lost.
    pub async fn stop(self) {
        let Self { stop, task, finish, .. } = self;
        let _ = stop.send(true);
        let _ = task.await;
        let app = finish.0;
        let log = app.log;
        let _ = tokio::task::spawn_blocking(move || app.database.settle()).await;
        journal::event(log, "stopped");
    }
}

struct Opened {
    lock: DirectoryLock,
    database: Database,
    files: ObjectFiles,
    organisation: Option<Organisation>,
    tls: Arc<rustls::ServerConfig>,
    pin: Digest,
}

fn open(data: &std::path::Path, quota: Option<u64>) -> Result<Opened, ServerError> {
    std::fs::create_dir_all(data).map_err(ServerError::Data)?;
    let lock = DirectoryLock::acquire(data).map_err(ServerError::Data)?.ok_or(ServerError::InUse)?;
    let database = Database::open(&data.join("server.db"), quota)?;
    let organisation = database.read_now(crate::storage::Reader::organisation)?;
    let (tls, pin) = certificate::load_or_create(data, organisation.is_none())?;
    let files = ObjectFiles::open(data).map_err(ServerError::Data)?;
    let known = database.read_now(crate::storage::Reader::known_batches)?;
    files.sweep(&known).map_err(ServerError::Data)?;
    Ok(Opened { lock, database, files, organisation, tls, pin })
}

fn new_token(pin: Digest) -> Result<SetupToken, ServerError> {
    let mut secret = Zeroizing::new([0; 16]);
    getrandom::fill(secret.as_mut()).map_err(|error| ServerError::Data(std::io::Error::other(error)))?;
    Ok(SetupToken { pin, secret })
}
