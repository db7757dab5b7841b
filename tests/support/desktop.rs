//! A private desktop: a virtual display, a D-Bus session, an unlocked keychain daemon, and home, cache, config, state,
//! runtime and temporary directories of its own, so that everything a program writes can be found.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::{Background, eventually};

/// The size of the virtual display in pixels.
const DISPLAY: &str = "1600x1000x24";

/// What unlocks the keychain.
const PASSWORD: &[u8] = b"a password of the tests";

/// A desktop of its own. Programs started by [`Desktop::command`] live in it.
#[derive(Debug)]
pub struct Desktop {
    root: TempDir,
    display: String,
    bus: String,
    _keychain: Background,
    _bus: Background,
    _display: Background,
}

impl Desktop {
    /// Starts a desktop.
    ///
    /// # Panics
    /// If Xvfb, dbus-daemon or gnome-keyring-daemon cannot be started: `scripts/setup` installs them.
    #[must_use]
    pub fn start() -> Self {
        let root = tempfile::Builder::new().prefix("abox-desktop-").tempdir().expect("a temporary directory");
        for folder in FOLDERS {
            fs::create_dir_all(root.path().join(folder.1)).expect("a folder of the desktop");
        }

        let mut screen = Background::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", DISPLAY, "-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let display = format!(":{}", first_line(&mut screen));

        let mut bus = Background::start(
            in_folders(
                Command::new("dbus-daemon").args(["--session", "--nofork", "--print-address"]),
                root.path(),
            )
            .env("DISPLAY", &display)
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
        );
        let address = first_line(&mut bus);

        let mut keychain = Background::start(
            in_folders(
                Command::new("gnome-keyring-daemon").args([
                    "--unlock",
                    "--components=secrets",
                    "--foreground",
                ]),
                root.path(),
            )
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
        );
        let mut password = keychain.child().stdin.take().expect("a pipe");
        password.write_all(PASSWORD).expect("the keychain daemon reads its password");
        drop(password);

        let desktop = Self { root, display, bus: address, _keychain: keychain, _bus: bus, _display: screen };
        eventually("the keychain daemon", Duration::from_secs(20), || {
            let answer = desktop
                .command("dbus-send")
                .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"])
                .args(["org.freedesktop.DBus.GetNameOwner", "string:org.freedesktop.secrets"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            answer.is_ok_and(|status| status.success()).then_some(())
        });
        desktop
    }

    /// A program that will run in this desktop.
    #[must_use]
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        in_folders(&mut command, self.root.path())
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            // Software rendering, whatever the machine has: the same pixels everywhere.
            .env("LIBGL_ALWAYS_SOFTWARE", "1");
        command
    }

    /// The folder that holds all folders of this desktop.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// What a program says goes to the end of `<name>.log` in the folder `logs` of this desktop.
    ///
    /// # Panics
    /// If it cannot be opened.
    #[must_use]
    pub fn log(&self, name: &str) -> fs::File {
        let file = self.folder("logs").join(format!("{name}.log"));
        fs::OpenOptions::new().create(true).append(true).open(file).expect("a log")
    }

    /// A folder below [`Desktop::root`], made if it is missing.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.root.path().join(name);
        fs::create_dir_all(&folder).expect("a folder of the desktop");
        folder
    }

    /// Sends real input events: the arguments of `xdotool`.
    ///
    /// # Panics
    /// If `xdotool` fails.
    pub fn input(&self, arguments: &[&str]) -> String {
        let output = self.command("xdotool").args(arguments).output().expect("xdotool");
        assert!(
            output.status.success(),
            "xdotool {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Presses a key, such as `ctrl+z`, in the window that has the focus.
    pub fn press(&self, key: &str) {
        self.input(&["key", "--clearmodifiers", key]);
    }

    /// Types text into the window that has the focus.
    pub fn type_text(&self, text: &str) {
        self.input(&["type", "--delay", "15", "--clearmodifiers", "--", text]);
    }

    /// Drags with the first button from one place on the display to another, in steps, as a hand does.
    pub fn drag(&self, from: (i32, i32), to: (i32, i32)) {
        let place = |(x, y): (i32, i32)| ["mousemove".to_owned(), x.to_string(), y.to_string()];
        let mut all: Vec<String> = place(from).into();
        all.extend(["mousedown", "1"].map(str::to_owned));
        for step in 1..=8 {
            let part = |a: i32, b: i32| a + (b - a) * step / 8;
            all.extend(place((part(from.0, to.0), part(from.1, to.1))));
            all.extend(["sleep", "0.02"].map(str::to_owned));
        }
        all.extend(["mouseup", "1"].map(str::to_owned));
        self.input(&all.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Waits until a part of the display (left, upper, width, height) shows at least so many colours: a blank surface has
    /// one or two, text some dozens, a photo thousands.
    ///
    /// # Panics
    /// If it never does.
    pub fn wait_colours(&self, what: &str, (x, y, width, height): (u32, u32, u32, u32), least: usize) {
        eventually(what, Duration::from_secs(30), || {
            let crop = format!("{width}x{height}+{x}+{y}");
            let shot =
                self.command("import").args(["-window", "root", "-crop", &crop, "png:-"]).output().ok()?;
            let picture = image::load_from_memory(&shot.stdout).ok()?.to_rgb8();
            let colours: std::collections::HashSet<_> = picture.pixels().map(|pixel| pixel.0).collect();
            (colours.len() >= least).then_some(())
        });
    }

    /// Locks the keychain as a screen lock does, over D-Bus. Nobody is there to be asked for the password: a program that
    /// needs the keychain would otherwise wait for a person.
    ///
    /// # Panics
    /// If the keychain daemon does not do it.
    pub fn lock_keychain(&self) {
        self.call_bus(
            ("org.freedesktop.DBus", "/org/freedesktop/DBus"),
            ["org.freedesktop.DBus.UpdateActivationEnvironment", "dict:string:string:DISPLAY,nowhere"],
        );
        self.call_bus(
            ("org.freedesktop.secrets", "/org/freedesktop/secrets"),
            [
                "org.freedesktop.Secret.Service.Lock",
                "array:objpath:/org/freedesktop/secrets/collection/login",
            ],
        );
    }

    fn call_bus(&self, (service, object): (&str, &str), call: [&str; 2]) {
        let mut command = self.command("dbus-send");
        command.args(["--session", "--print-reply", &format!("--dest={service}"), object]).args(call);
        let done = command.output().expect("dbus-send");
        assert!(done.status.success(), "{call:?}: {done:?}");
    }

    /// Unlocks the keychain with its password as a login does: over the daemon's control socket, with the request that
    /// PAM sends.
    ///
    /// # Panics
    /// If the keychain daemon does not take it.
    pub fn unlock_keychain(&self) {
        const UNLOCK: u32 = 1;
        let runtime = FOLDERS.iter().find(|folder| folder.0 == "XDG_RUNTIME_DIR").expect("a runtime folder");
        let socket = self.root.path().join(runtime.1).join("keyring/control");
        let mut daemon = UnixStream::connect(socket).expect("the keychain daemon");
        let length = |bytes: usize| u32::try_from(bytes).expect("a short password").to_be_bytes();
        // A byte that carries the credentials, then length, operation and the password with its own length.
        let mut request = vec![0];
        request.extend(length(12 + PASSWORD.len()));
        request.extend(UNLOCK.to_be_bytes());
        request.extend(length(PASSWORD.len()));
        request.extend(PASSWORD);
        daemon.write_all(&request).expect("the keychain daemon reads");
        let mut answer = [0; 8];
        daemon.read_exact(&mut answer).expect("the keychain daemon answers");
        assert_eq!(answer, [0, 0, 0, 8, 0, 0, 0, 0], "the keychain was not unlocked");
    }

    /// A picture of the whole display, kept in [`crate::screens`].
    ///
    /// # Panics
    /// If it cannot be taken.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let file = crate::screens().join(format!("{name}.png"));
        let status = self.command("import").args(["-window", "root"]).arg(&file).status().expect("import");
        assert!(status.success(), "no screenshot {name}");
        file
    }
}

/// The directories that programs ask the environment for.
const FOLDERS: [(&str, &str); 7] = [
    ("HOME", "home"),
    ("XDG_DATA_HOME", "home/.local/share"),
    ("XDG_STATE_HOME", "home/.local/state"),
    ("XDG_CACHE_HOME", "home/.cache"),
    ("XDG_CONFIG_HOME", "home/.config"),
    ("XDG_RUNTIME_DIR", "run"),
    ("TMPDIR", "tmp"),
];

fn in_folders<'a>(command: &'a mut Command, root: &Path) -> &'a mut Command {
    for (variable, folder) in FOLDERS {
        command.env(variable, root.join(folder));
    }
    // What a person's own session may say must not reach the tests.
    for variable in ["ABOX_HOME", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "SSH_AUTH_SOCK", "XAUTHORITY"] {
        command.env_remove(variable);
    }
    command
}

fn first_line(program: &mut Background) -> String {
    let output = program.child().stdout.take().expect("a pipe");
    let mut reader = BufReader::new(output);
    let mut line = String::new();
    reader.read_line(&mut line).expect("a first line");
    // The pipe stays open until the program ends: some die of a closed one.
    std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    let line = line.trim().to_owned();
    assert!(!line.is_empty(), "a program of the desktop did not start: scripts/setup installs what it needs");
    line
}
