//! Which program to start, and how: with pipes for everything, nothing of this process's environment, and a group of
//! its own, so that a key press in a terminal does not reach it.
//!
//! The window's libraries are loaded before `main`, and WebKit's starts a thread for its heap then. Landlock confines only the
//! thread that asks for it, so one variable tells WebKit to have no heap of its own. That it has worked is seen by the
//! process itself, which counts its threads.

use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::ARGUMENT;

/// The only variable of a process that decodes: WebKit uses the C library's heap, and starts no thread.
const WEBKIT_HEAP: (&str, &str) = ("Malloc", "1");

/// A program that serves as a decoder when it is started with [`ARGUMENT`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program(Option<PathBuf>);

impl Program {
    /// The program that is running. Its `main` has to begin with [`crate::serve_when_asked`].
    #[must_use]
    pub fn own() -> Self {
        Program(None)
    }

    /// Another one, for tests: they run in a program of the test harness.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Program(Some(path.into()))
    }

    pub(crate) fn start(&self) -> io::Result<Child> {
        let path = match &self.0 {
            Some(path) => path.clone(),
            None => running_program()?,
        };
        let mut command = Command::new(path);
        command
            .arg(ARGUMENT)
            .env_clear()
            .env(WEBKIT_HEAP.0, WEBKIT_HEAP.1)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        set_apart(&mut command);
        command.spawn()
    }
}

/// The very file that is running, even if a new version has replaced it meanwhile: both sides are of one build.
#[cfg(target_os = "linux")]
#[expect(clippy::unnecessary_wraps, reason = "on other systems it can fail")]
fn running_program() -> io::Result<PathBuf> {
    Ok("/proc/self/exe".into())
}

#[cfg(not(target_os = "linux"))]
fn running_program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

#[cfg(unix)]
fn set_apart(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0).current_dir("/");
}

/// Not tested. Without this flag a console window would open for each process.
#[cfg(windows)]
fn set_apart(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}
