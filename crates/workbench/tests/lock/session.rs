//! A D-Bus session with a keychain of its own, in which a test runs itself again, and an organisation in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use abox_server::{Config, Running, Server};
use abox_workbench::contract::{self, Event, Failure, TaskOutcome};
use abox_workbench::{CreateOrganisation, Decoder, Workbench, create_organisation};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Set for the inner run; names the case.
const INSIDE: &str = "ABOX_LOCK_CASE";

/// The daemon goes into the background before it can be reached.
const START_KEYCHAIN: &str =
    "printf password | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
until dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
  org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1; do sleep 0.02; done";

const STOP_KEYCHAIN: &str =
    "pid=$(dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
  org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets | awk '/uint32/ {print $2}')
kill \"$pid\"
while dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
  org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1; do sleep 0.02; done";

/// Runs test `case` again inside a new session with an unlocked keychain. True if this is the inner run.
pub(crate) fn inside(case: &str) -> bool {
    if std::env::var(INSIDE).is_ok_and(|inner| inner == case) {
        return true;
    }
    let home = tempfile::tempdir().unwrap();
    let bus = home.path().join("bus.conf");
    // The system's configuration would start a daemon on demand, also where there should be none.
    fs::write(
        &bus,
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
         \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\"><busconfig><type>session</type>\
         <listen>unix:tmpdir=/tmp</listen><policy context=\"default\"><allow send_destination=\"*\"/>\
         <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
    )
    .unwrap();
    let runtime = home.path().join("run");
    fs::create_dir(&runtime).unwrap();
    let output = Command::new("dbus-run-session")
        .arg("--config-file")
        .arg(&bus)
        .args(["--", "sh", "-ec"])
        .arg(format!("{START_KEYCHAIN}\n\"$0\" --exact {case} --nocapture --test-threads 1"))
        .arg(std::env::current_exe().unwrap())
        .env(INSIDE, case)
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_RUNTIME_DIR", &runtime)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("GNOME_KEYRING_CONTROL")
        .stdin(Stdio::null())
        .output()
        .expect("dbus-run-session (Debian package dbus) and gnome-keyring have to be installed");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    // A wrong name would run no test and succeed.
    assert!(text.contains("1 passed"), "{text}");
    false
}

pub(crate) fn start_keychain() {
    assert!(Command::new("sh").args(["-ec", START_KEYCHAIN]).status().unwrap().success());
}

/// Ends the keychain daemon and waits until nobody answers for it.
pub(crate) fn stop_keychain() {
    assert!(Command::new("sh").args(["-ec", STOP_KEYCHAIN]).status().unwrap().success());
}

/// The tests' own program cannot decode: its `main` is the test harness's.
pub(crate) fn decoder() -> Decoder {
    Decoder::at(env!("CARGO_BIN_EXE_decoder-of-tests"))
}

/// The core of a lead's window with one sealed photo, and what it has told.
pub(crate) struct Desk {
    pub(crate) core: Workbench,
    pub(crate) home: PathBuf,
    pub(crate) batch: String,
    pub(crate) item: String,
    pub(crate) class: String,
    pub(crate) runtime: Runtime,
    pub(crate) server: Option<Running>,
    pub(crate) data: PathBuf,
    events: Arc<Mutex<Vec<Event>>>,
    _folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (home, data) = (folder.path().join("profile"), folder.path().join("server"));
        let runtime = Runtime::new().unwrap();
        let server =
            runtime.block_on(Server::start(Config::new("127.0.0.1:0".parse().unwrap(), data.clone())));
        let server = server.unwrap();
        let order = CreateOrganisation {
            server: server.url.clone(),
            setup_token: server.setup_token.clone().unwrap(),
            name: "Tests".into(),
            member: "Lead".into(),
            recovery_kit: folder.path().join("kit.txt"),
            agreement: None,
        };
        drop(create_organisation(&home, order, runtime.handle().clone(), decoder()).unwrap());

        let core = Workbench::open(home.clone(), decoder()).unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&events);
        core.set_listener(Box::new(move |event| told.lock().unwrap().push(event)));
        let mut desk = Self {
            core,
            home,
            batch: String::new(),
            item: String::new(),
            class: String::new(),
            runtime,
            server: Some(server),
            data,
            events,
            _folder: folder,
        };
        let schema = json!({ "classes": [{ "name": "car", "shapes": ["box"] }] }).to_string();
        let project = desk.ask("create_project", json!({ "name": "Streets", "schema": schema }));
        desk.class = text(&project["schema"]["classes"][0]["id"]);
        let photo =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo/photos/street/000000116740.jpg");
        let task = desk.ask(
            "seal_batch",
            json!({ "project": project["id"], "name": "First", "paths": [photo], "due": null, "guide": null }),
        );
        match desk.outcome(&task) {
            TaskOutcome::Sealed { report } => desk.batch = report.batch.to_string(),
            other => panic!("not sealed: {other:?}"),
        }
        let view = desk.ask("open_batch", json!({ "batch": desk.batch }));
        desk.item = text(&view["items"][0]["id"]);
        desk
    }

    pub(crate) fn try_ask(&self, name: &str, arguments: Value) -> Result<Value, Failure> {
        contract::dispatch(&self.core, name, arguments)
    }

    pub(crate) fn ask(&self, name: &str, arguments: Value) -> Value {
        self.try_ask(name, arguments).unwrap_or_else(|failure| panic!("{name}: {failure:?}"))
    }

    /// The names of batch and item, as most commands take them.
    pub(crate) fn place(&self) -> Value {
        json!({ "batch": self.batch, "item": self.item })
    }

    pub(crate) fn draw(&self) {
        let shape =
            json!({ "kind": "box", "min": { "x": 10.0, "y": 10.0 }, "max": { "x": 60.0, "y": 50.0 } });
        let intent =
            json!({ "kind": "create", "id": null, "class": self.class, "shape": shape, "attributes": [] });
        let _ = self.ask("edit", json!({ "batch": self.batch, "item": self.item, "intents": [intent] }));
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// Waits for the end of a task.
    pub(crate) fn outcome(&self, started: &Value) -> TaskOutcome {
        let start = Instant::now();
        loop {
            let ended = self.events().into_iter().find_map(|event| match event {
                Event::Finished { task, outcome, .. } if started["task"] == task => Some(outcome),
                _ => None,
            });
            if let Some(outcome) = ended {
                return outcome;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "a task does not end");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
