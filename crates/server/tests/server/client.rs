//! A client: pins the certificate, signs each request, decodes answers.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use abox_attest::{Digest, SigningKey, from_canonical, to_canonical};
use abox_protocol::wire::ErrorBody;
use abox_protocol::{REQUEST_HEADER, RequestStatement};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme, SupportedProtocolVersion};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Trusts the one certificate with this digest.
#[derive(Debug)]
struct Pinned(Digest, Arc<CryptoProvider>);

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if Digest::of(end_entity) == self.0 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General("the certificate is not the pinned one".to_owned()))
        }
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.1.signature_verification_algorithms)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.1.signature_verification_algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.1.signature_verification_algorithms.supported_schemes()
    }
}

pub(crate) fn tls(pin: Digest, versions: &[&'static SupportedProtocolVersion]) -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned(pin, provider)))
        .with_no_client_auth()
}

/// Speaks for one key.
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) pin: Digest,
    pub(crate) key: SigningKey,
    /// Added to the clock.
    pub(crate) skew: i64,
}

/// What the server said.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(url: &str, pin: Digest, key: SigningKey) -> Self {
        let config = tls(pin, &[&rustls::version::TLS13]);
        let http = reqwest::Client::builder().tls_backend_preconfigured(config).build().unwrap();
        Self { http, url: url.to_owned(), pin, key, skew: 0 }
    }

    /// The same connection pool for another key.
    pub(crate) fn with_key(&self, key: SigningKey) -> Self {
        Self { http: self.http.clone(), url: self.url.clone(), pin: self.pin, key, skew: 0 }
    }

    pub(crate) fn header(&self, method: &str, path: &str, body: &[u8]) -> String {
        RequestStatement::sign(method, path, body, now() + self.skew, self.pin, &self.key)
    }

    /// Sends with a given signature, or none.
    pub(crate) async fn raw(
        &self,
        method: &str,
        path: &str,
        header: Option<&str>,
        range: Option<&str>,
        body: Vec<u8>,
    ) -> reqwest::Result<Answer> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.url)).body(body);
        if let Some(header) = header {
            request = request.header(REQUEST_HEADER, header);
        }
        if let Some(range) = range {
            request = request.header("range", range);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
    }

    pub(crate) async fn bytes(&self, method: &str, path: &str, body: Vec<u8>) -> Answer {
        let header = self.header(method, path, &body);
        self.raw(method, path, Some(&header), None, body).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.bytes("GET", path, Vec::new()).await
    }

    pub(crate) async fn send<T: Serialize>(&self, method: &str, path: &str, body: &T) -> Answer {
        self.bytes(method, path, to_canonical(body).unwrap()).await
    }

    pub(crate) async fn range(&self, path: &str, range: &str) -> Answer {
        let header = self.header("GET", path, b"");
        self.raw("GET", path, Some(&header), Some(range), Vec::new()).await.unwrap()
    }
}

impl Answer {
    /// The decoded body of a success.
    #[track_caller]
    pub(crate) fn ok<T: Serialize + DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        from_canonical(&self.body).unwrap()
    }

    /// The decoded body of a refusal.
    #[track_caller]
    pub(crate) fn error(&self) -> ErrorBody {
        assert!(self.status >= 400, "{}", self.status);
        from_canonical(&self.body).unwrap()
    }

    /// Status and code; "-" for a success.
    pub(crate) fn told(&self) -> (u16, String) {
        let code = if self.status < 400 { "-".to_owned() } else { self.error().code };
        (self.status, code)
    }
}
