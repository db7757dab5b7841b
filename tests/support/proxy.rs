//! A TCP proxy in front of the server, for connections that break: it passes bytes through, which TLS with a pinned
//! certificate allows, counts what comes from the server, and cuts, holds or refuses when it is told to.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How many bytes are passed on at once.
const PIECE: usize = 4096;

/// What is to happen after some more bytes from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// All connections are cut. New ones are let through.
    Cut {
        /// After so many bytes.
        after: u64,
    },
    /// No more bytes come, until [`Proxy::repair`] or [`Proxy::refuse`].
    Hold {
        /// After so many bytes.
        after: u64,
    },
}

impl Fault {
    const fn after(self) -> u64 {
        match self {
            Self::Cut { after } | Self::Hold { after } => after,
        }
    }
}

/// A running proxy. It ends with the test.
#[derive(Debug)]
pub struct Proxy {
    address: String,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    upstream: String,
    refusing: bool,
    faults: VecDeque<Fault>,
    /// Bytes from the server since the last fault.
    since: u64,
    /// Bytes from the server in all.
    received: u64,
    cuts: u32,
    connections: Vec<TcpStream>,
}

impl State {
    fn cut(&mut self) {
        for connection in self.connections.drain(..) {
            // One that has ended already needs no end.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

impl Proxy {
    /// Starts a proxy in front of a server's address.
    ///
    /// # Panics
    /// If there is no port for it.
    #[must_use]
    pub fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port for the proxy");
        let address = listener.local_addr().expect("the proxy's address").to_string();
        let state = State { upstream: upstream.to_owned(), ..State::default() };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let inside = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                inside.connect(client);
            }
        });
        Self { address, shared }
    }

    /// The address for clients.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// What is to happen next, one after the other.
    pub fn plan(&self, faults: &[Fault]) {
        let mut state = self.shared.state();
        state.since = 0;
        state.faults = faults.iter().copied().collect();
    }

    /// Cuts all connections and takes no new ones: the server is gone.
    pub fn refuse(&self) {
        let mut state = self.shared.state();
        state.refusing = true;
        state.faults.clear();
        state.cut();
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Cuts all connections; new ones lead to another server.
    pub fn lead_to(&self, upstream: &str) {
        let mut state = self.shared.state();
        state.upstream = upstream.to_owned();
        state.cut();
    }

    /// Lets everything through again.
    pub fn repair(&self) {
        let mut state = self.shared.state();
        state.refusing = false;
        state.faults.clear();
        drop(state);
        self.shared.changed.notify_all();
    }

    /// How many bytes have come from the server and were passed on.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.shared.state().received
    }

    /// How often connections were cut by plan.
    #[must_use]
    pub fn cuts(&self) -> u32 {
        self.shared.state().cuts
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(self: &Arc<Self>, client: TcpStream) {
        let mut state = self.state();
        if state.refusing {
            return;
        }
        let Ok(server) = TcpStream::connect(&state.upstream) else { return };
        let copies = (client.try_clone(), server.try_clone(), client.try_clone(), server.try_clone());
        let (Ok(to_client), Ok(to_server), Ok(kept_client), Ok(kept_server)) = copies else { return };
        state.connections.extend([kept_client, kept_server]);
        drop(state);
        let shared = Arc::clone(self);
        thread::spawn(move || shared.pass_down(server, to_client));
        thread::spawn(move || pass_up(client, to_server));
    }

    /// From the server to the client.
    fn pass_down(&self, mut server: TcpStream, mut client: TcpStream) {
        let mut piece = [0; PIECE];
        while let Ok(count @ 1..) = server.read(&mut piece) {
            let mut rest = &piece[..count];
            while !rest.is_empty() {
                let Some(allowed) = self.allowed(rest.len()) else { return };
                let (now, later) = rest.split_at(allowed);
                if client.write_all(now).is_err() {
                    return;
                }
                rest = later;
            }
        }
        let _ = client.shutdown(Shutdown::Write);
    }

    /// How many of these bytes may pass now; none when the connections were cut. Waits while they are held.
    fn allowed(&self, wanted: usize) -> Option<usize> {
        let mut state = self.state();
        loop {
            if state.refusing {
                return None;
            }
            let left = state.faults.front().map(|fault| fault.after().saturating_sub(state.since));
            let allowed = left.map_or(wanted, |left| wanted.min(usize::try_from(left).unwrap_or(wanted)));
            if allowed > 0 {
                state.since += allowed as u64;
                state.received += allowed as u64;
                return Some(allowed);
            }
            match state.faults.front() {
                Some(Fault::Cut { .. }) => {
                    state.faults.pop_front();
                    state.since = 0;
                    state.cuts += 1;
                    state.cut();
                    return None;
                }
                _ => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// From the client to the server.
fn pass_up(mut client: TcpStream, mut server: TcpStream) {
    let mut piece = [0; PIECE];
    while let Ok(count @ 1..) = client.read(&mut piece) {
        if server.write_all(&piece[..count]).is_err() {
            return;
        }
    }
    let _ = server.shutdown(Shutdown::Write);
}
