//! The server's own certificate. Clients pin its digest, so its names and dates mean nothing, and it is never renewed:
//! a new one would have to be told to every client.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use abox_attest::Digest;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::ServerError;

const FILE: &str = "identity.pem";

/// The TLS configuration (1.3 only) and the pin. A certificate is made when there is none and `may_create`.
pub(crate) fn load_or_create(
    data: &Path,
    may_create: bool,
) -> Result<(Arc<ServerConfig>, Digest), ServerError> {
    let path = data.join(FILE);
    let pem = match fs::read(&path) {
        Ok(pem) => pem,
        Err(error) if error.kind() == io::ErrorKind::NotFound && may_create => create(data, &path)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ServerError::Identity),
        Err(error) => return Err(ServerError::Data(error)),
    };
    let certificate = CertificateDer::from_pem_slice(&pem).map_err(|_| ServerError::Identity)?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| ServerError::Identity)?;
    let pin = Digest::of(&certificate);
    let mut tls =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(ServerError::Tls)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .map_err(ServerError::Tls)?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((Arc::new(tls), pin))
}

fn create(data: &Path, path: &Path) -> Result<Vec<u8>, ServerError> {
    let made = rcgen::generate_simple_self_signed(["abox-server".to_owned()])
        .map_err(|_| ServerError::Certificate)?;
    let pem = format!("{}{}", made.cert.pem(), made.signing_key.serialize_pem());
    write_private(data, path, pem.as_bytes()).map_err(ServerError::Data)?;
    Ok(pem.into_bytes())
}

/// All of it or nothing, readable to the owner of the process only, and durable.
fn write_private(data: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let staged = path.with_extension("new");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&staged)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&staged, path)?;
    crate::storage::sync_directory(data)
}
