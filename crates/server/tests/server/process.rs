//! The program itself: started, killed, stopped, refused.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use abox_attest::{Digest, SigningKey};
use abox_ids::BatchId;
use abox_protocol::Role;
use abox_protocol::wire::{ObjectsPage, PartStored, PushRevisions, RevisionsPage, RevisionsPushed};

use crate::client::Client;
use crate::office::{Chain, Desk, Office, copy, declaration, declare, noise};

struct Program {
    child: Child,
    url: String,
    pin: Digest,
    setup_token: Option<String>,
}

impl Program {
    fn start(data: &Path) -> Self {
        let lines = File::create(data.with_extension("lines")).unwrap();
        let mut child = Self::command(data).stdout(Stdio::piped()).stderr(lines).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let first: serde_json::Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| first[name].as_str().map(str::to_owned);
        Self {
            child,
            url: text("url").unwrap(),
            pin: text("pin").unwrap().parse().unwrap(),
            setup_token: text("setup_token"),
        }
    }

    fn command(data: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_abox-server"));
        command.args(["--listen", "127.0.0.1:0", "--json", "--data"]).arg(data);
        command
    }

    fn client(&self, key: SigningKey) -> Client {
        Client::new(&self.url, self.pin, key)
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop; its exit status.
    fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

async fn crew(program: &Program) -> (Office, Desk, Desk, BatchId) {
    let client = program.client(SigningKey::generate());
    let mut office = Office::found(&client, program.setup_token.as_ref().unwrap()).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let annotator = office.hire("Annotator", Role::Annotator).await;
    let batch = office.publish(&lead, &[b"manifest"], &[&annotator]).await.batch;
    (office, lead, annotator, batch)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut program = Program::start(&data);
    let (office, mut lead, mut annotator, batch) = crew(&program).await;
    let bytes = noise(40_000_000, 1);
    let declared = declaration(&bytes);
    declare(&lead.client, batch, &[declared]).await;
    let (mut offset, mut sequence, mut previous, mut pushed) = (0, 0, None, Vec::new());
    for round in 0..6u64 {
        let stop = tokio::time::sleep(Duration::from_millis(40 + 37 * round));
        let path = format!("/v1/batches/{batch}/objects/{}?offset=", declared.object);
        let uploading = async {
            while offset < bytes.len() {
                let end = bytes.len().min(offset + 150_000);
                let (path, part) = (format!("{path}{offset}"), bytes[offset..end].to_vec());
                let header = lead.client.header("PUT", &path, &part);
                let Ok(answer) = lead.client.raw("PUT", &path, Some(&header), None, part).await else {
                    break;
                };
                let stored: PartStored = answer.ok();
                assert_eq!(stored.stored, end as u64);
                offset = end;
            }
        };
        let pushing = async {
            let path = format!("/v1/batches/{batch}/revisions");
            loop {
                let mut chain = Chain { sequence, previous, ..Chain::new(&office, batch, &annotator) };
                let envelope = chain.next(noise(2000, sequence));
                let push = PushRevisions { revisions: vec![envelope.clone()] };
                let body = abox_attest::to_canonical(&push).unwrap();
                let header = annotator.client.header("POST", &path, &body);
                let Ok(answer) = annotator.client.raw("POST", &path, Some(&header), None, body).await else {
                    break;
                };
                let _: RevisionsPushed = answer.ok();
                pushed.push(envelope.digest());
                (sequence, previous) = (chain.sequence, chain.previous);
            }
        };
        let program_killed = async {
            stop.await;
            program.kill();
        };
        tokio::join!(program_killed, uploading, pushing);
        program = Program::start(&data);
        assert_eq!(program.setup_token, None);
        lead.client = program.client(copy(&lead.client.key));
        annotator.client = program.client(copy(&annotator.client.key));
        let states: ObjectsPage = lead.client.get(&format!("/v1/batches/{batch}/objects")).await.ok();
        let state = states.objects.iter().find(|state| state.object == declared.object).unwrap();
        let stored = usize::try_from(state.stored).unwrap();
        assert!(stored >= offset, "round {round}: {offset} bytes were acknowledged, {stored} are there");
        offset = stored;
        let mut found = Vec::new();
        loop {
            let after = found.len();
            let path = format!("/v1/batches/{batch}/revisions?after={after}");
            let page: RevisionsPage = lead.client.get(&path).await.ok();
            if page.revisions.is_empty() {
                break;
            }
            found.extend(page.revisions.iter().map(|numbered| numbered.envelope.digest()));
        }
        assert!(found.len() >= pushed.len() && found[..pushed.len()] == pushed, "round {round}");
        // One more may have arrived whose answer was lost: the device goes on after it.
        pushed = found;
        (sequence, previous) = (pushed.len() as u64, pushed.last().copied());
    }
    crate::office::upload(&lead.client, batch, declared.object, &bytes, offset).await;
    let path = format!("/v1/batches/{batch}/objects/{}", declared.object);
    assert!(lead.client.get(&path).await.body == bytes);
    program.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_finishes_what_is_under_way_and_the_request_lines_tell_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::start(&data);
    let (office, lead, annotator, batch) = crew(&program).await;
    let (stopping, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (url, org) = (program.url.clone(), office.org.clone());
    let working = {
        let (stopping, acknowledged) = (Arc::clone(&stopping), Arc::clone(&acknowledged));
        let annotator = Desk { client: program.client(copy(&annotator.client.key)), ..annotator };
        let office = Office { org, root: copy(&office.root), owner: office.owner };
        tokio::spawn(async move {
            let mut chain = Chain::new(&office, batch, &annotator);
            let path = format!("/v1/batches/{batch}/revisions");
            for seed in 0.. {
                let push = PushRevisions { revisions: vec![chain.next(noise(300_000, seed))] };
                let body = abox_attest::to_canonical(&push).unwrap();
                let header = annotator.client.header("POST", &path, &body);
                match annotator.client.raw("POST", &path, Some(&header), None, body).await {
                    Ok(answer) => {
                        assert_eq!(answer.status, 200);
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                    }
                    Err(_) => {
                        assert!(stopping.load(Ordering::SeqCst), "no request failed before the stop");
                        break;
                    }
                }
            }
        })
    };
    tokio::time::sleep(Duration::from_millis(400)).await;
    stopping.store(true, Ordering::SeqCst);
    let status = tokio::task::spawn_blocking(|| program.terminate()).await.unwrap();
    working.await.unwrap();
    assert_eq!(status, Some(0));
    assert!(
        reqwest::Client::builder()
            .tls_backend_preconfigured(crate::client::tls(Digest([0; 32]), &[&rustls::version::TLS13]))
            .build()
            .unwrap()
            .get(url)
            .send()
            .await
            .is_err()
    );
    let unsettled = std::fs::metadata(data.join("server.db-wal")).map_or(0, |file| file.len());
    assert_eq!(unsettled, 0, "the database is settled");
    let lines = std::fs::read_to_string(data.with_extension("lines")).unwrap();
    let again = Program::start(&data);
    let client = again.client(copy(&lead.client.key));
    let page: RevisionsPage =
        client.get(&format!("/v1/batches/{batch}/revisions?after=0&limit=1")).await.ok();
    let acknowledged = acknowledged.load(Ordering::SeqCst) as u64;
    assert!(acknowledged > 0 && page.total >= acknowledged, "{} of {acknowledged}", page.total);
    assert!(page.total <= acknowledged + 1);
    again.kill();

    assert!(lines.lines().any(|line| line.contains("POST /v1/batches/{batch}/revisions 200 - ")), "{lines}");
    for secret in ["Lead", "Annotator", "Demo", &batch.to_string(), &lead.device.to_string()] {
        assert!(!lines.contains(secret), "a request line tells {secret}");
    }
}

fn refusal(data: &Path, more: &[&str]) -> (String, String) {
    let output = Program::command(data).args(more).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |name: &str| told["error"][name].as_str().unwrap().to_owned();
    (text("code"), text("message"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_served_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::start(&data);
    let (code, message) = refusal(&data, &[]);
    assert_eq!(code, "in_use");
    assert!(message.contains("another server"), "{message}");
    crew(&program).await;
    let taken = program.url.trim_start_matches("https://").to_owned();
    let other = folder.path().join("other");
    let output = Command::new(env!("CARGO_BIN_EXE_abox-server"))
        .args(["--json", "--listen", &taken, "--data"])
        .arg(&other)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"listen\""));
    assert_eq!(program.terminate(), Some(0));

    let identity = data.join("identity.pem");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&identity).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let kept = std::fs::read(&identity).unwrap();
    std::fs::remove_file(&identity).unwrap();
    assert_eq!(refusal(&data, &[]).0, "identity", "a new certificate would lock all clients out");
    std::fs::write(&identity, "nonsense").unwrap();
    assert_eq!(refusal(&data, &[]).0, "identity");
    std::fs::write(&identity, kept).unwrap();

    let database = data.join("server.db");
    let sound = std::fs::read(&database).unwrap();
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection
        .execute("UPDATE log SET entry = (SELECT entry FROM log WHERE sequence = 2) WHERE sequence = 3", [])
        .unwrap();
    drop(connection);
    assert_eq!(refusal(&data, &[]).0, "damaged_log");
    std::fs::write(&database, &sound).unwrap();
    let mut damaged = sound.clone();
    let end = damaged.len();
    damaged[4096..end].fill(0xff);
    std::fs::write(&database, damaged).unwrap();
    assert_eq!(refusal(&data, &[]).0, "damaged_database");
    std::fs::write(&database, b"This is not a database, but it is long enough to look at.".repeat(20))
        .unwrap();
    assert_eq!(refusal(&data, &[]).0, "foreign_database");
    std::fs::write(&database, &sound).unwrap();
    Program::start(&data).kill();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert_eq!(refusal(&file, &[]).0, "data_directory");
}
