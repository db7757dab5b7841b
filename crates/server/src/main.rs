//! `abox-server`: the sync server as a program. Everything it does is in the library.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use abox_server::{Config, Log, Running, Server, ServerError};
use clap::Parser;

/// The Annotation Box sync server. It stores sealed objects and signed statements, and cannot open them.
#[derive(Parser)]
#[command(name = "abox-server", version)]
struct Arguments {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDR:PORT", env = "ABOX_SERVER_LISTEN")]
    listen: SocketAddr,
    /// The data directory; made if it is not there.
    #[arg(long, value_name = "DIR", env = "ABOX_SERVER_DATA")]
    data: PathBuf,
    /// The address that clients use, if it is not the one that is listened on, such as https://labels.example:8443.
    #[arg(long, value_name = "URL", env = "ABOX_SERVER_URL")]
    url: Option<String>,
    /// The most bytes of sealed objects and revisions.
    #[arg(long, value_name = "BYTES", env = "ABOX_SERVER_QUOTA")]
    quota: Option<u64>,
    /// Write no line for each request.
    #[arg(long)]
    quiet: bool,
    /// Print one JSON document: where the server is, its pin and, before an organisation is founded, the setup token.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json;
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if json {
                let document =
                    serde_json::json!({"error": {"code": error.code(), "message": error.to_string()}});
                let _ = writeln!(std::io::stdout(), "{document}");
            } else {
                let _ = writeln!(std::io::stderr(), "abox-server: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), ServerError> {
    let Arguments { listen, data, url, quota, quiet, json } = arguments;
    let log = if quiet { Log::Off } else { Log::Stderr };
    let config = Config { url, quota, log, ..Config::new(listen, data) };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServerError::Data)?;
    runtime.block_on(async {
        // Before anything is printed, so that whoever reads it can stop the server in an orderly way.
        let stop = StopSignal::new().map_err(ServerError::Data)?;
        let running = Server::start(config).await?;
        announce(&running, json);
        stop.wait().await;
        running.stop().await;
        Ok(())
    })
}

fn announce(running: &Running, json: bool) {
    let mut output = std::io::stdout().lock();
    // Whoever started the server may have closed its output; that is no reason not to serve.
    if json {
        let mut document = serde_json::json!({"url": running.url, "pin": running.pin});
        if let (Some(token), Some(document)) = (&running.setup_token, document.as_object_mut()) {
            document.insert("setup_token".to_owned(), token.clone().into());
        }
        let _ = writeln!(output, "{document}");
    } else {
        let _ = writeln!(output, "address      {}\npin          {}", running.url, running.pin);
        if let Some(token) = &running.setup_token {
            let _ = writeln!(output, "setup token  {token}");
        }
    }
    let _ = output.flush();
}

#[cfg(unix)]
struct StopSignal(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl StopSignal {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct StopSignal;

#[cfg(not(unix))]
impl StopSignal {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
