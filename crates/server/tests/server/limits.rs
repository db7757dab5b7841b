//! Bounds: quota, rate, connections, slow clients, too much at once.

use std::time::{Duration, Instant};

use abox_ids::BatchId;
use abox_protocol::Role;
use abox_protocol::wire::{ObjectDeclaration, ObjectsDeclared, PART_BYTES, PushRevisions, code};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::hostile::connect;
use crate::office::{Chain, Office, Site, declaration, declare, noise, put_part, upload};

#[tokio::test]
async fn a_full_quota_is_told_clearly_and_what_is_there_stays() {
    let site = Site::start(|config| config.quota = Some(10_000)).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let bytes = noise(6_000, 1);
    let published = office.publish(&lead, &[&bytes], &[]).await;
    let full = (507, code::STORAGE_FULL.to_owned());
    let more = declaration(&noise(5_000, 2));
    let answer = declare(&lead.client, published.batch, &[more]).await;
    assert_eq!(answer.told(), full);
    assert!(answer.error().message.contains("full"));
    assert_eq!(declare(&lead.client, BatchId::random(), &[more]).await.told(), full);
    let mut chain = Chain::new(&office, published.batch, &lead);
    let path = format!("/v1/batches/{}/revisions", published.batch);
    let big = PushRevisions { revisions: vec![chain.next(noise(4_001, 3))] };
    assert_eq!(lead.client.send("POST", &path, &big).await.told(), full);
    let mut chain = Chain::new(&office, published.batch, &lead);
    let fits = PushRevisions { revisions: vec![chain.next(noise(4_000, 3))] };
    assert_eq!(lead.client.send("POST", &path, &fits).await.status, 200);
    assert_eq!(lead.client.send("POST", &path, &fits).await.status, 200, "what is there needs no room");
    let path = format!("/v1/batches/{}/objects/{}", published.batch, published.objects[0]);
    assert!(lead.client.get(&path).await.body == bytes);
    // Erasing makes room.
    office.by(&lead, abox_protocol::Action::BatchErased { batch: published.batch }).await;
    let batch = BatchId::random();
    declare(&lead.client, batch, &[more]).await.ok::<ObjectsDeclared>();
    upload(&lead.client, batch, more.object, &noise(5_000, 2), 0).await;
}

#[tokio::test]
async fn one_key_that_asks_too_often_waits_and_others_do_not() {
    let site = Site::start(|config| {
        config.limits.key_rate = 1;
        config.limits.key_burst = 30;
        config.limits.key_patience = Duration::ZERO;
    })
    .await;
    let mut office = Office::at(&site).await;
    let greedy = office.hire("Greedy", Role::Annotator).await;
    let modest = office.hire("Modest", Role::Annotator).await;
    let mut told = Vec::new();
    for _ in 0..40 {
        told.push(greedy.client.get("/v1/batches").await.told());
    }
    let refused = told.iter().filter(|told| **told == (429, code::RATE.to_owned())).count();
    assert!((5..=10).contains(&refused), "{refused} of 40 were refused");
    assert_eq!(modest.client.get("/v1/batches").await.status, 200);
}

#[tokio::test]
async fn a_steady_client_is_slowed_down_and_not_refused() {
    let site = Site::start(|config| {
        config.limits.key_rate = 50;
        config.limits.key_burst = 10;
    })
    .await;
    let mut office = Office::at(&site).await;
    let steady = office.hire("Steady", Role::Annotator).await;
    let begun = Instant::now();
    for _ in 0..40 {
        assert_eq!(steady.client.get("/v1/batches").await.status, 200);
    }
    assert!(begun.elapsed() > Duration::from_millis(500), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn strangers_are_bounded_by_address() {
    let site = Site::start(|config| {
        config.limits.address_rate = 1;
        config.limits.address_burst = 10;
    })
    .await;
    let office = Office::at(&site).await;
    let stranger = office.owner.client.with_key(abox_attest::SigningKey::generate());
    let mut told = Vec::new();
    for _ in 0..30 {
        told.push(stranger.get("/v1/log?from=0").await.status);
    }
    assert!(told.contains(&401) && told.contains(&429), "{told:?}");
    assert_eq!(office.owner.client.get("/v1/log?from=0").await.status, 200, "members are not kept out");
}

#[tokio::test]
async fn connections_of_one_address_are_bounded() {
    let site = Site::start(|config| config.limits.connections_per_address = 4).await;
    let versions: &[&'static rustls::SupportedProtocolVersion] = &[&rustls::version::TLS13];
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(connect(&site, versions).await.unwrap());
    }
    assert!(connect(&site, versions).await.is_err());
    drop(open);
    let until = Instant::now() + Duration::from_secs(5);
    while connect(&site, versions).await.is_err() {
        assert!(Instant::now() < until, "seats are given back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_client_that_sends_too_slowly_is_let_go() {
    let site = Site::start(|config| {
        config.limits.head_timeout = Duration::from_millis(400);
        config.limits.body_pause = Duration::from_millis(400);
        config.limits.idle = Duration::from_millis(800);
    })
    .await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let (batch, declared) = (BatchId::random(), declaration(&noise(1000, 1)));
    declare(&lead.client, batch, &[declared]).await.ok::<ObjectsDeclared>();

    // A handshake that never comes.
    let address = site.running().url.trim_start_matches("https://").to_owned();
    let mut silent = tokio::net::TcpStream::connect(&address).await.unwrap();
    let begun = Instant::now();
    assert_eq!(silent.read(&mut [0; 10]).await.unwrap_or(0), 0);
    assert!(begun.elapsed() < Duration::from_secs(4));

    // Half a head.
    let mut stream = connect(&site, &[&rustls::version::TLS13]).await.unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nhost:").await.unwrap();
    stream.flush().await.unwrap();
    let begun = Instant::now();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert!(!answer.starts_with(b"HTTP/1.1 200"));

    // A body that pauses.
    let path = format!("/v1/batches/{batch}/objects/{}?offset=0", declared.object);
    let header = lead.client.header("PUT", &path, &noise(1000, 1));
    let mut stream = connect(&site, &[&rustls::version::TLS13]).await.unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nhost: x\r\nabox-request: {header}\r\ncontent-length: 1000\r\n\r\nhello"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    let begun = Instant::now();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(lead.client.get("/v1/batches").await.status, 200);
}

#[tokio::test]
async fn too_much_at_once_is_refused_before_it_is_read() {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let batch = BatchId::random();
    let huge = ObjectDeclaration { length: 50 << 20, ..declaration(b"x") };
    declare(&lead.client, batch, &[huge]).await.ok::<ObjectsDeclared>();
    let answer = put_part(&lead.client, batch, huge.object, 0, &noise(PART_BYTES + 1, 1)).await;
    assert_eq!(answer.told(), (413, code::TOO_LARGE.to_owned()));
    let answer = lead.client.bytes("POST", "/v1/batches", vec![0; 2 << 20]).await;
    assert_eq!(answer.told(), (413, code::TOO_LARGE.to_owned()));
    let answer = lead.client.bytes("POST", "/v1/log", vec![0; 5 << 20]).await;
    assert_eq!(answer.told(), (413, code::TOO_LARGE.to_owned()));
    let answer = lead.client.bytes("GET", "/v1/batches", vec![0; 10]).await;
    assert_eq!(answer.told(), (413, code::TOO_LARGE.to_owned()), "a question has no body");
    // Nobody in the organisation: turned away before the body.
    let nobody = lead.client.with_key(abox_attest::SigningKey::generate());
    let answer = put_part(&nobody, batch, huge.object, 0, &noise(PART_BYTES, 1)).await;
    assert_eq!(answer.told(), (401, code::UNKNOWN_KEY.to_owned()));
}

/// The kernel's own "no space left", from `/dev/full` in the place of the object's file.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told_clearly_and_the_upload_goes_on_when_there_is_room() {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let bytes = noise(100_000, 1);
    let (batch, declared) = (BatchId::random(), declaration(&bytes));
    declare(&lead.client, batch, &[declared]).await.ok::<ObjectsDeclared>();
    let folder = site.data().join("objects").join(batch.to_string());
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join(declared.object.to_string());
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    let answer = put_part(&lead.client, batch, declared.object, 0, &bytes).await;
    assert_eq!(answer.told(), (507, code::STORAGE_FULL.to_owned()));
    std::fs::remove_file(&file).unwrap();
    upload(&lead.client, batch, declared.object, &bytes, 0).await;
}

#[test]
fn slow_downloads_keep_nobody_else_waiting() {
    // Four threads for all that blocks, twelve clients that do not read what they asked for.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().max_blocking_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let site = Site::start(|_| {}).await;
        let mut office = Office::at(&site).await;
        let lead = office.hire("Lead", Role::Lead).await;
        let published = office.publish(&lead, &[&noise(24 << 20, 1)], &[]).await;
        let path = format!("/v1/batches/{}/objects/{}", published.batch, published.objects[0]);
        let mut stalled = Vec::new();
        for _ in 0..12 {
            let mut stream = connect(&site, &[&rustls::version::TLS13]).await.unwrap();
            let header = lead.client.header("GET", &path, b"");
            let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nabox-request: {header}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            let mut first = [0; 12];
            stream.read_exact(&mut first).await.unwrap();
            assert_eq!(&first, b"HTTP/1.1 200");
            stalled.push(stream);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let others = tokio::time::timeout(Duration::from_secs(5), lead.client.get("/v1/batches"));
        assert_eq!(others.await.unwrap().status, 200);
    });
}
