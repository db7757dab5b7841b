//! The connection to the company's server: HTTPS with the pinned certificate, every request signed by a key of this
//! device. Nothing here opens a seal, and nothing is kept.

mod pin;
mod transfer;

pub(crate) use transfer::Transfer;

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::time::Duration;

use abox_attest::{Digest, SigningKey, from_canonical, to_canonical};
use abox_protocol::request::{REQUEST_HEADER, RequestStatement};
use abox_protocol::wire::{self, ErrorBody, ErrorDetail};
use reqwest::{Client, Method, Response};
use serde::{Serialize, de::DeserializeOwned};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::contract::{ErrorCode, Failure};
use crate::failure;

/// Answers larger than this are refused unread; the protocol's pages are far smaller.
const MAX_ANSWER: usize = 32 << 20;

/// One server with its pinned certificate.
pub(crate) struct Server {
    client: Client,
    url: String,
    pin: Digest,
    runtime: Handle,
    hung_up: watch::Sender<bool>,
}

/// Why a request did not succeed.
#[derive(Debug)]
pub(crate) enum ServerError {
    /// No connection, or it broke.
    Unreachable,
    /// Somebody answered with another certificate.
    WrongCertificate,
    /// The server refused.
    Refused { code: String, message: String, detail: Option<ErrorDetail> },
    /// The answer does not decode or is too large.
    Malformed,
}

impl ServerError {
    /// Whether the server refused with this code of [`wire::code`].
    pub(crate) fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Self {
        match error {
            ServerError::Unreachable => Self::new(
                ErrorCode::Offline,
                "The server cannot be reached. Check the network and try again; what is on this device is safe.",
            ),
            ServerError::WrongCertificate => Self::new(
                ErrorCode::WrongServer,
                "The server at this address is not the one that this device trusts: its certificate is another one. \
                 Nothing was sent. Tell the operator.",
            ),
            ServerError::Refused { code, message, .. } => {
                let kind = match code.as_str() {
                    wire::code::INVITE_USED | wire::code::INVITE_EXPIRED | wire::code::INVITE_WITHDRAWN => {
                        ErrorCode::InviteInvalid
                    }
                    wire::code::FORBIDDEN | wire::code::REVOKED => ErrorCode::NotAllowed,
                    wire::code::NOT_FOUND | wire::code::ERASED => ErrorCode::NotFound,
                    wire::code::UNAVAILABLE => ErrorCode::Offline,
                    wire::code::OBJECT_DAMAGED => ErrorCode::ObjectDamaged,
                    _ => ErrorCode::ServerRefused,
                };
                // About an invite the server says all there is to say; otherwise who refused is half of it.
                let about = if kind == ErrorCode::InviteInvalid { "" } else { "The server refused" };
                Self::new(kind, failure::sentence(about, &message))
            }
            ServerError::Malformed => Self::new(
                ErrorCode::ServerRefused,
                "The server gave an answer that does not fit. It may be of another version; tell the operator.",
            ),
        }
    }
}

impl Server {
    /// The server at `url`, which has to show the certificate with this SHA-256.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`] for an address that is none.
    pub(crate) fn new(url: &str, pin: Digest, runtime: Handle) -> Result<Self, Failure> {
        let tls = pin::tls_config(pin)?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(60))
            .pool_idle_timeout(Duration::from_secs(30))
            .build()
            .map_err(|_| failure::bad_address())?;
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self { client, url, pin, runtime, hung_up: watch::Sender::new(false) })
    }

    /// Cuts every request, now and from now on, as a lost connection does.
    pub(crate) fn hang_up(&self) {
        self.hung_up.send_replace(true);
    }

    /// Waits for requests, unless they are cut.
    fn wait<T, E: From<ServerError>>(&self, requests: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let mut hung_up = self.hung_up.subscribe();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                _ = hung_up.wait_for(|is| *is) => Err(ServerError::Unreachable.into()),
                outcome = requests => outcome,
            }
        })
    }

    /// `GET` of a route that answers in CBOR.
    pub(crate) fn get<R>(&self, key: &SigningKey, path: &str) -> Result<R, ServerError>
    where
        R: Serialize + DeserializeOwned,
    {
        self.wait(async {
            let response = self.send(key, &Method::GET, path, Vec::new()).await?;
            decode(&read(response).await?)
        })
    }

    /// `POST` of a CBOR body to a route that answers in CBOR.
    pub(crate) fn post<B, R>(&self, key: &SigningKey, path: &str, body: &B) -> Result<R, ServerError>
    where
        B: Serialize,
        R: Serialize + DeserializeOwned,
    {
        let body = to_canonical(body).map_err(|_| ServerError::Malformed)?;
        self.wait(async {
            let response = self.send(key, &Method::POST, path, body).await?;
            decode(&read(response).await?)
        })
    }

    async fn send(
        &self,
        key: &SigningKey,
        method: &Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Response, ServerError> {
        self.send_with(key, method, path, body, None).await
    }

    async fn send_with(
        &self,
        key: &SigningKey,
        method: &Method,
        path: &str,
        body: Vec<u8>,
        range_from: Option<u64>,
    ) -> Result<Response, ServerError> {
        let header = RequestStatement::sign(method.as_str(), path, &body, crate::clock::now(), self.pin, key);
        let mut request =
            self.client.request(method.clone(), format!("{}{path}", self.url)).header(REQUEST_HEADER, header);
        if let Some(from) = range_from {
            request = request.header(reqwest::header::RANGE, format!("bytes={from}-"));
        }
        if !body.is_empty() {
            request = request.header(reqwest::header::CONTENT_TYPE, wire::CBOR).body(body);
        }
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let bytes = read(response).await?;
        let ErrorBody { code, message, detail } = decode(&bytes)?;
        Err(ServerError::Refused { code, message, detail })
    }
}

/// Why there is no answer: the pin refused whoever is there, or nobody is.
fn unreachable(error: &reqwest::Error) -> ServerError {
    let mut cause = error.source();
    while let Some(error) = cause {
        let mut inner = error;
        // I/O errors do not count what they wrap among their sources.
        while let Some(wrapped) = inner.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            inner = wrapped;
        }
        if inner.downcast_ref() == Some(&pin::REFUSED) {
            return ServerError::WrongCertificate;
        }
        cause = error.source();
    }
    ServerError::Unreachable
}

async fn read(mut response: Response) -> Result<Vec<u8>, ServerError> {
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|_| ServerError::Unreachable)? {
        if bytes.len() + part.len() > MAX_ANSWER {
            return Err(ServerError::Malformed);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

fn decode<R: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<R, ServerError> {
    from_canonical(bytes).map_err(|_| ServerError::Malformed)
}
