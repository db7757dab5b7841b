//! Objects: parts, resumption, ranges, damage.

use abox_attest::ObjectDigest;
use abox_ids::{BatchId, ObjectId};
use abox_protocol::Role;
use abox_protocol::wire::{
    ErrorDetail, MAX_OBJECT_BYTES, ObjectDeclaration, ObjectsDeclared, ObjectsPage, PART_BYTES, PartStored,
    code,
};

use crate::client::Client;
use crate::office::{Desk, Office, Site, declaration, declare, noise, put_part, upload};

async fn lead(site: &Site) -> (Office, Desk) {
    let mut office = Office::at(site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    (office, lead)
}

async fn stored(client: &Client, batch: BatchId, object: ObjectId) -> (u64, bool) {
    let page: ObjectsPage = client.get(&format!("/v1/batches/{batch}/objects")).await.ok();
    let state = page.objects.iter().find(|state| state.object == object).unwrap();
    (state.stored, state.complete)
}

#[tokio::test]
async fn an_upload_goes_on_where_it_was_cut_at_any_offset() {
    let site = Site::start(|_| {}).await;
    let (_office, lead) = lead(&site).await;
    let client = &lead.client;
    let batch = BatchId::random();
    let bytes = noise(9_000_001, 5);
    let mut random = noise(4096, 77).into_iter();
    let mut next = || usize::from(random.next().unwrap());
    for _ in 0..12 {
        let declared = declaration(&bytes);
        declare(client, batch, &[declared]).await.ok::<ObjectsDeclared>();
        let mut offset = 0;
        while offset < bytes.len() {
            let length = 1 + (next() << 16 | next() << 8 | next()) % PART_BYTES;
            let end = bytes.len().min(offset + length);
            let part: PartStored =
                put_part(client, batch, declared.object, offset, &bytes[offset..end]).await.ok();
            assert_eq!(part, PartStored { stored: end as u64, complete: end == bytes.len() });
            assert_eq!(stored(client, batch, declared.object).await, (end as u64, end == bytes.len()));
            offset = end;
        }
        let path = format!("/v1/batches/{batch}/objects/{}", declared.object);
        assert!(client.get(&path).await.body == bytes);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_within_a_part_leaves_what_was_there() {
    use tokio::io::AsyncWriteExt as _;
    let site = Site::start(|_| {}).await;
    let (_office, lead) = lead(&site).await;
    let client = &lead.client;
    let batch = BatchId::random();
    let bytes = noise(3_000_000, 6);
    let declared = declaration(&bytes);
    declare(client, batch, &[declared]).await.ok::<ObjectsDeclared>();
    put_part(client, batch, declared.object, 0, &bytes[..1_000_000]).await.ok::<PartStored>();
    let path = format!("/v1/batches/{batch}/objects/{}?offset=1000000", declared.object);
    let part = &bytes[1_000_000..];
    let header = client.header("PUT", &path, part);
    for cut in [1, 70_000, 1_999_999] {
        let mut stream = crate::hostile::connect(&site, &[&rustls::version::TLS13]).await.unwrap();
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: x\r\nabox-request: {header}\r\ncontent-length: {}\r\n\r\n",
            part.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&part[..cut]).await.unwrap();
        stream.flush().await.unwrap();
        drop(stream);
        assert_eq!(stored(client, batch, declared.object).await, (1_000_000, false));
    }
    upload(client, batch, declared.object, &bytes, 1_000_000).await;
}

#[tokio::test]
async fn an_offset_that_does_not_fit_is_told_the_right_one() {
    let site = Site::start(|_| {}).await;
    let (_office, lead) = lead(&site).await;
    let client = &lead.client;
    let batch = BatchId::random();
    let bytes = noise(1000, 7);
    let declared = declaration(&bytes);
    declare(client, batch, &[declared]).await.ok::<ObjectsDeclared>();
    put_part(client, batch, declared.object, 0, &bytes[..400]).await.ok::<PartStored>();
    for wrong in [0, 399, 401, 1000, 5000] {
        let answer = put_part(client, batch, declared.object, wrong, &bytes[400..500]).await;
        assert_eq!(answer.told(), (409, code::OFFSET.to_owned()));
        assert_eq!(answer.error().detail, Some(ErrorDetail::Stored(400)));
    }
    let answer = put_part(client, batch, declared.object, 400, &noise(601, 1)).await;
    assert_eq!(answer.told(), (413, code::TOO_LARGE.to_owned()));
    let answer = put_part(client, batch, declared.object, 400, b"").await;
    assert_eq!(answer.told(), (400, code::MALFORMED.to_owned()));
    let answer = client.get(&format!("/v1/batches/{batch}/objects/{}", declared.object)).await;
    assert_eq!(answer.told(), (409, code::OBJECT_INCOMPLETE.to_owned()));
    assert_eq!(answer.error().detail, Some(ErrorDetail::Stored(400)));
}

#[tokio::test]
async fn two_uploads_of_one_object_at_once_do_not_mix() {
    let site = Site::start(|_| {}).await;
    let (_office, lead) = lead(&site).await;
    let batch = BatchId::random();
    let bytes = noise(2_000_000, 8);
    let declared = declaration(&bytes);
    declare(&lead.client, batch, &[declared]).await.ok::<ObjectsDeclared>();
    for (from, to) in [(0, 1_000_000), (1_000_000, 2_000_000)] {
        let part = &bytes[from..to];
        let puts = (0..8).map(|_| put_part(&lead.client, batch, declared.object, from, part));
        let mut statuses = Vec::new();
        for answer in futures_join(puts).await {
            statuses.push(answer.status);
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    }
    let path = format!("/v1/batches/{batch}/objects/{}", declared.object);
    assert!(lead.client.get(&path).await.body == bytes);
}

/// Polls all of them at once.
async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(Box::pin).map(Some).collect();
    let mut done: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (slot, result) in waiting.iter_mut().zip(&mut done) {
            if let Some(future) = slot
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                (*slot, *result) = (None, Some(output));
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn an_object_that_is_not_the_declared_one_is_discarded() {
    let site = Site::start(|_| {}).await;
    let (_office, lead) = lead(&site).await;
    let client = &lead.client;
    let batch = BatchId::random();
    let bytes = noise(100_000, 9);
    let declared = declaration(&bytes);
    declare(client, batch, &[declared]).await.ok::<ObjectsDeclared>();
    let mut flipped = bytes.clone();
    flipped[50_000] ^= 1;
    put_part(client, batch, declared.object, 0, &flipped[..60_000]).await.ok::<PartStored>();
    let answer = put_part(client, batch, declared.object, 60_000, &flipped[60_000..]).await;
    assert_eq!(answer.told(), (422, code::OBJECT_DAMAGED.to_owned()));
    assert_eq!(stored(client, batch, declared.object).await, (0, false));
    let file = site.data().join("objects").join(batch.to_string()).join(declared.object.to_string());
    assert!(!file.exists());
    upload(client, batch, declared.object, &bytes, 0).await;
}

#[tokio::test]
async fn a_part_file_that_was_lost_begins_anew() {
    let site = Site::start(|_| {}).await;
    let (_office, lead) = lead(&site).await;
    let client = &lead.client;
    let batch = BatchId::random();
    let bytes = noise(1000, 10);
    let declared = declaration(&bytes);
    declare(client, batch, &[declared]).await.ok::<ObjectsDeclared>();
    put_part(client, batch, declared.object, 0, &bytes[..600]).await.ok::<PartStored>();
    let file = site.data().join("objects").join(batch.to_string()).join(declared.object.to_string());
    std::fs::write(&file, &bytes[..100]).unwrap();
    let answer = put_part(client, batch, declared.object, 600, &bytes[600..]).await;
    assert_eq!(answer.error().detail, Some(ErrorDetail::Stored(0)));
    upload(client, batch, declared.object, &bytes, 0).await;
}

#[tokio::test]
async fn declaring_is_idempotent_and_bounded() {
    let site = Site::start(|_| {}).await;
    let (mut office, lead) = lead(&site).await;
    let other = office.hire("Other lead", Role::Lead).await;
    let client = &lead.client;
    let batch = BatchId::random();
    let declared = declaration(b"object");
    let first: ObjectsDeclared = declare(client, batch, &[declared]).await.ok();
    upload(client, batch, declared.object, b"object", 0).await;
    let again: ObjectsDeclared = declare(client, batch, &[declared]).await.ok();
    assert_eq!((first.declared, first.complete, again.declared, again.complete), (1, 0, 1, 1));
    let differs = (409, code::OBJECT_DIFFERS.to_owned());
    let longer = ObjectDeclaration { length: 7, ..declared };
    assert_eq!(declare(client, batch, &[longer]).await.told(), differs);
    let swapped = ObjectDeclaration { digest: ObjectDigest::of(b"other"), ..declared };
    assert_eq!(declare(client, batch, &[declaration(b"new"), swapped]).await.told(), differs);
    let states: ObjectsPage = client.get(&format!("/v1/batches/{batch}/objects")).await.ok();
    assert_eq!(states.objects.len(), 1, "a refused declaration declares nothing");
    assert_eq!(declare(&other.client, batch, &[declaration(b"x")]).await.status, 404, "it is not theirs");
    let huge = ObjectDeclaration { length: MAX_OBJECT_BYTES + 1, ..declaration(b"x") };
    assert_eq!(declare(client, batch, &[huge]).await.told(), (413, code::TOO_LARGE.to_owned()));
    let empty = ObjectDeclaration { length: 0, ..declaration(b"x") };
    assert_eq!(declare(client, batch, &[empty]).await.told(), (400, code::MALFORMED.to_owned()));
}

#[tokio::test]
async fn states_come_in_pages_that_miss_nothing() {
    let site = Site::start(|_| {}).await;
    let (_office, lead) = lead(&site).await;
    let batch = BatchId::random();
    let all: Vec<_> = (0..5200u32).map(|number| declaration(&number.to_le_bytes())).collect();
    for some in all.chunks(4000) {
        declare(&lead.client, batch, some).await.ok::<ObjectsDeclared>();
    }
    let mut seen: Vec<ObjectId> = Vec::new();
    loop {
        let after = seen.last().map(|last| format!("?after={last}")).unwrap_or_default();
        let page: ObjectsPage = lead.client.get(&format!("/v1/batches/{batch}/objects{after}")).await.ok();
        if page.objects.is_empty() {
            break;
        }
        seen.extend(page.objects.iter().map(|state| state.object));
    }
    let mut expected: Vec<_> = all.iter().map(|declared| declared.object).collect();
    expected.sort_unstable();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn downloads_go_on_from_any_offset() {
    let site = Site::start(|_| {}).await;
    let (mut office, lead) = lead(&site).await;
    let annotator = office.hire("Annotator", Role::Annotator).await;
    let bytes = noise(1_500_000, 11);
    let published = office.publish(&lead, &[&bytes], &[&annotator]).await;
    let path = format!("/v1/batches/{}/objects/{}", published.batch, published.objects[0]);
    let client = &annotator.client;
    for (range, expected) in [
        ("bytes=0-0", 0..1),
        ("bytes=0-262143", 0..262_144),
        ("bytes=262143-262145", 262_143..262_146),
        ("bytes=700001-", 700_001..1_500_000),
        ("bytes=-16", 1_499_984..1_500_000),
        ("bytes=1499999-9999999", 1_499_999..1_500_000),
    ] {
        let answer = client.range(&path, range).await;
        assert_eq!(answer.status, 206, "{range}");
        let told = format!("bytes {}-{}/1500000", expected.start, expected.end - 1);
        assert_eq!(answer.headers["content-range"], told.as_str());
        assert!(answer.body == bytes[expected], "{range}");
    }
    let outside = client.range(&path, "bytes=1500000-").await;
    assert_eq!(outside.told(), (416, code::RANGE.to_owned()));
    let whole = client.range(&path, "bytes=0-1,5-6").await;
    assert_eq!((whole.status, whole.body.len()), (200, 1_500_000));
    // A file that was cut or lost behind the server's back is not sent: the client could not tell it from a connection
    // that broke.
    let file =
        site.data().join("objects").join(published.batch.to_string()).join(published.objects[0].to_string());
    std::fs::File::options().write(true).open(&file).unwrap().set_len(1000).unwrap();
    let damaged = (500, code::OBJECT_DAMAGED.to_owned());
    assert_eq!(client.range(&path, "bytes=0-").await.told(), damaged);
    std::fs::remove_file(file).unwrap();
    assert_eq!(client.range(&path, "bytes=0-").await.told(), damaged);
}
