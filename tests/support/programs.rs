//! The programs without a window: `abox` in a profile, and the server.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::{Background, Desktop, builds};

/// An error that `abox --json` reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its code.
    pub code: String,
    /// Its message.
    pub message: String,
}

/// A profile: a data directory of one member's device.
#[derive(Debug)]
pub struct Profile<'a> {
    desktop: &'a Desktop,
    home: PathBuf,
}

impl<'a> Profile<'a> {
    /// A profile whose data directory has this name.
    #[must_use]
    pub fn new(desktop: &'a Desktop, name: &str) -> Self {
        Self::at(desktop, desktop.root().join("profiles").join(name))
    }

    /// A profile with its data directory at this place.
    #[must_use]
    pub fn at(desktop: &'a Desktop, home: PathBuf) -> Self {
        Self { desktop, home }
    }

    /// Its data directory.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Runs `abox` with these arguments and `--json`.
    ///
    /// # Errors
    /// What `abox` reported.
    ///
    /// # Panics
    /// If it says neither a result nor an error as JSON.
    pub fn try_abox(&self, arguments: &[&str]) -> Result<Value, Refusal> {
        let output = self
            .desktop
            .command(builds().join("abox"))
            .env("ABOX_HOME", &self.home)
            .args(arguments)
            .arg("--json")
            .stdin(Stdio::null())
            .output()
            .expect("abox starts");
        self.desktop.log("abox").write_all(&output.stderr).expect("the log of abox");
        let text = String::from_utf8_lossy(&output.stdout);
        let value: Value = serde_json::from_str(text.trim()).unwrap_or_else(|_| {
            panic!("abox {arguments:?} printed no JSON: {text}\n{}", String::from_utf8_lossy(&output.stderr))
        });
        match value.get("error") {
            Some(error) => {
                assert!(
                    !output.status.success(),
                    "abox {arguments:?} reported an error and exited with zero"
                );
                let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
                Err(Refusal { code: text("code"), message: text("message") })
            }
            None => {
                assert!(output.status.success(), "abox {arguments:?} failed without an error: {value}");
                Ok(value)
            }
        }
    }

    /// Runs `abox` and expects it to work.
    ///
    /// # Panics
    /// If it does not.
    #[must_use]
    pub fn abox(&self, arguments: &[&str]) -> Value {
        self.try_abox(arguments).unwrap_or_else(|refusal| panic!("abox {arguments:?}: {refusal:?}"))
    }

    /// Runs `abox` and takes one text out of what it says.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn abox_text(&self, arguments: &[&str], field: &str) -> String {
        let value = self.abox(arguments);
        value[field]
            .as_str()
            .unwrap_or_else(|| panic!("abox {arguments:?} says no {field}: {value}"))
            .to_owned()
    }
}

/// A running `abox-server`.
#[derive(Debug)]
pub struct Server {
    running: Background,
    name: String,
    data: PathBuf,
    /// Where it listens.
    pub url: String,
    /// The digest of its certificate.
    pub pin: String,
    /// The token for founding an organisation; only at the first start.
    pub setup_token: Option<String>,
}

impl Server {
    /// Starts a server on a free port.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(desktop: &Desktop) -> Self {
        Self::start_at(desktop, "server", "127.0.0.1:0")
    }

    /// Starts a server of this name, which has a data directory and a log of its own, at an address.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_at(desktop: &Desktop, name: &str, address: &str) -> Self {
        let data = desktop.folder(name).join("data");
        let mut running = Background::start(
            desktop
                .command(builds().join("abox-server"))
                .args(["--listen", address, "--json", "--data"])
                .arg(&data)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(desktop.log(name)),
        );
        let mut reader = BufReader::new(running.child().stdout.take().expect("a pipe"));
        let mut line = String::new();
        reader.read_line(&mut line).expect("the server's first line");
        std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
        let said: Value =
            serde_json::from_str(line.trim()).unwrap_or_else(|_| panic!("the server said {line:?}"));
        let text = |name: &str| said[name].as_str().map(str::to_owned);
        Self {
            running,
            name: name.to_owned(),
            data,
            url: text("url").expect("a url"),
            pin: text("pin").expect("a pin"),
            setup_token: text("setup_token"),
        }
    }

    /// Stops it gracefully. [`StoppedServer::restart`] starts it again at the same address.
    #[must_use]
    pub fn stop(self) -> StoppedServer {
        let address = self.address();
        let status = self.running.stop();
        assert!(status.success(), "the server ended with {status}");
        StoppedServer { address, name: self.name, data: self.data, pin: self.pin }
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> String {
        self.url.trim_start_matches("https://").trim_end_matches('/').to_owned()
    }

    /// Its data directory.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }
}

/// A server that was stopped.
#[derive(Debug)]
pub struct StoppedServer {
    name: String,
    data: PathBuf,
    /// The address that it listened on.
    pub address: String,
    /// The digest of its certificate.
    pub pin: String,
}

impl StoppedServer {
    /// Starts it again where it was.
    #[must_use]
    pub fn restart(self, desktop: &Desktop) -> Server {
        Server::start_at(desktop, &self.name, &self.address)
    }

    /// Its data directory.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }
}
