//! Wrong certificates, old TLS, replays, wrong clocks, altered requests, nonsense.

use abox_attest::{Digest, SigningKey};
use abox_protocol::Role;
use abox_protocol::wire::{ErrorDetail, code};
use rustls::SupportedProtocolVersion;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::client::{Client, tls};
use crate::office::{Office, Site, copy, noise};

/// A bare TLS connection to the site.
pub(crate) async fn connect(
    site: &Site,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<TlsStream<TcpStream>> {
    let address = site.running().url.trim_start_matches("https://").to_owned();
    let stream = TcpStream::connect(address).await?;
    let connector = TlsConnector::from(std::sync::Arc::new(tls(site.running().pin, versions)));
    connector.connect(ServerName::try_from("abox-server").unwrap(), stream).await
}

#[tokio::test]
async fn only_tls_1_3_is_spoken() {
    let site = Site::start(|_| {}).await;
    assert!(connect(&site, &[&rustls::version::TLS12]).await.is_err());
    let stream = connect(&site, &[&rustls::version::TLS12, &rustls::version::TLS13]).await.unwrap();
    assert_eq!(stream.get_ref().1.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    assert!(connect(&site, &[&rustls::version::TLS13]).await.is_ok());
}

#[tokio::test]
async fn a_client_refuses_another_certificate_and_http_in_clear_gets_nothing() {
    let site = Site::start(|_| {}).await;
    let wrong = Client::new(&site.running().url, Digest([1; 32]), SigningKey::generate());
    assert!(wrong.raw("GET", "/health", None, None, vec![]).await.is_err());
    let clear = site.running().url.replace("https://", "http://");
    let answer = reqwest::Client::builder()
        .tls_backend_preconfigured(tls(Digest([1; 32]), &[&rustls::version::TLS13]));
    assert!(answer.build().unwrap().get(format!("{clear}/health")).send().await.is_err());
}

#[tokio::test]
async fn a_replayed_request_is_refused() {
    let site = Site::start(|_| {}).await;
    let office = Office::at(&site).await;
    let client = &office.owner.client;
    let header = client.header("GET", "/v1/log?from=0", b"");
    let first = client.raw("GET", "/v1/log?from=0", Some(&header), None, vec![]).await.unwrap();
    assert_eq!(first.status, 200);
    let second = client.raw("GET", "/v1/log?from=0", Some(&header), None, vec![]).await.unwrap();
    assert_eq!(second.told(), (401, code::REPLAYED.to_owned()));
}

#[tokio::test]
async fn a_request_from_before_a_restart_is_refused_as_its_nonce_is_forgotten() {
    let mut site = Site::start(|_| {}).await;
    let office = Office::at(&site).await;
    let header = office.owner.client.header("GET", "/v1/log?from=0", b"");
    let answer = office.owner.client.raw("GET", "/v1/log?from=0", Some(&header), None, vec![]).await.unwrap();
    assert_eq!(answer.status, 200);
    site.running.take().unwrap().stop().await;
    site.running = Some(abox_server::Server::start(site.config.clone()).await.unwrap());
    let client = site.client(copy(&office.owner.client.key));
    let answer = client.raw("GET", "/v1/log?from=0", Some(&header), None, vec![]).await.unwrap();
    assert_eq!(answer.told(), (503, code::UNAVAILABLE.to_owned()));
    assert_eq!(client.get("/v1/log?from=0").await.status, 200);
}

#[tokio::test]
async fn a_wrong_clock_is_told_with_the_difference() {
    let site = Site::start(|_| {}).await;
    let office = Office::at(&site).await;
    for (skew, status) in
        [(-299_000, 200), (299_000, 200), (-310_000, 401), (310_000, 401), (i64::MIN / 2, 401)]
    {
        let mut client = office.owner.client.with_key(copy(&office.owner.client.key));
        client.skew = skew;
        let answer = client.get("/v1/log?from=0").await;
        assert_eq!(answer.status, status, "{skew}");
        if status == 401 {
            let error = answer.error();
            assert_eq!(error.code, code::CLOCK);
            assert!(error.message.contains("clock"));
            let Some(ErrorDetail::ClockSkew(told)) = error.detail else { panic!("no skew") };
            assert!((told - skew).abs() < 5000, "{told} is not {skew}");
        }
    }
}

#[tokio::test]
async fn a_request_is_worth_nothing_elsewhere_or_altered() {
    let site = Site::start(|_| {}).await;
    let office = Office::at(&site).await;
    let client = &office.owner.client;
    let refused = (401, code::UNAUTHENTICATED.to_owned());
    let header = client.header("GET", "/v1/log?from=0", b"");
    for (method, path) in [("GET", "/v1/log?from=1"), ("POST", "/v1/log?from=0"), ("GET", "/v1/batches")] {
        let answer = client.raw(method, path, Some(&header), None, vec![]).await.unwrap();
        assert_eq!(answer.told(), refused, "{method} {path}");
    }
    // Another body than was signed.
    let header = client.header("POST", "/v1/log", b"signed");
    let answer = client.raw("POST", "/v1/log", Some(&header), None, b"sent".to_vec()).await.unwrap();
    assert_eq!(answer.told(), refused);
    // Signed for another server.
    let elsewhere = Client { pin: Digest([1; 32]), ..client.with_key(copy(&client.key)) };
    assert_eq!(elsewhere.get("/v1/log?from=0").await.told(), refused);
    // Any letter changed, cut, or too long.
    let header = client.header("GET", "/v1/log?from=0", b"");
    for at in (0..header.len()).step_by(17) {
        let mut altered = header.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        let answer = client.raw("GET", "/v1/log?from=0", Some(&altered), None, vec![]).await.unwrap();
        assert_eq!(answer.status, 401, "letter {at}");
    }
    for nonsense in ["", "AAAA", "ü", &"A".repeat(9000), &header[..header.len() - 8]] {
        let answer = client.raw("GET", "/v1/log?from=0", Some(nonsense), None, vec![]).await.unwrap();
        assert_eq!(answer.told(), refused);
    }
}

#[tokio::test]
async fn nonsense_is_refused_and_the_server_goes_on() {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let batch = office.publish(&lead, &[b"one"], &[]).await.batch;
    for (method, path) in [
        ("POST", "/v1/log".to_owned()),
        ("POST", "/v1/batches".to_owned()),
        ("POST", format!("/v1/batches/{batch}/wraps")),
        ("POST", format!("/v1/batches/{batch}/revisions")),
    ] {
        for seed in 0..20 {
            let body = noise(usize::try_from(seed).unwrap() * 37, seed);
            let answer = lead.client.bytes(method, &path, body).await;
            assert_eq!(answer.told(), (400, code::MALFORMED.to_owned()), "{path}");
        }
        // Claims four billion entries.
        let body = vec![0xa1, 0x67, b'e', b'n', b't', b'r', b'i', b'e', b's', 0x9a, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(lead.client.bytes(method, &path, body).await.status, 400);
        let deep = vec![0x81; 100_000];
        assert_eq!(lead.client.bytes(method, &path, deep).await.status, 400);
    }
    for path in
        ["/v1/log?from=-1", "/v1/log?from=x", "/v1/log", &format!("/v1/batches/{batch}/objects?after=x")]
    {
        assert_eq!(lead.client.get(path).await.told(), (400, code::MALFORMED.to_owned()), "{path}");
    }
    for path in
        ["/v1/batches/x/objects", "/v1/batches/..%2f..%2fetc/objects", "/v1/batches/%00/wraps", "//", "/v1"]
    {
        assert_eq!(lead.client.get(path).await.status, 404, "{path}");
    }
    let far = lead.client.get("/v1/log?from=18446744073709551615").await;
    assert_eq!(far.status, 200);
}

#[tokio::test]
async fn metrics_and_health_hold_no_content() {
    let site = Site::start(|config| config.quota = Some(1 << 30)).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Very Special Name", Role::Lead).await;
    let published = office.publish(&lead, &[b"twelve bytes"], &[]).await;
    let answer = lead.client.raw("GET", "/metrics", None, None, vec![]).await.unwrap();
    let text = String::from_utf8(answer.body).unwrap();
    for line in [
        "abox_storage_used_bytes 12",
        "abox_storage_quota_bytes 1073741824",
        "abox_log_entries 5",
        "abox_batches 1",
        "abox_objects 1",
        "abox_requests_total{route=\"/v1/batches/{batch}/objects/{object}\",status=\"200\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
    for secret in [published.batch.to_string(), lead.device.to_string(), "Special".into(), "127.0.0.1".into()]
    {
        assert!(!text.contains(&secret));
    }
    let health = lead.client.raw("GET", "/health", None, None, vec![]).await.unwrap();
    assert_eq!(health.body, b"ok\n");
}
