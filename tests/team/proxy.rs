//! A line to the server that can be disturbed.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use copydesk::dataset::team::{Link, ServerAddress};

use super::server::{Team, password};

/// A line to the server that can be disturbed.
pub struct Proxy {
    pub port: u16,
    pub state: Arc<Disturbance>,
}

#[derive(Default)]
pub struct Disturbance {
    /// Nothing goes through any more, and nobody hears of it.
    pub is_frozen: AtomicBool,
    /// The answer to every second save is swallowed, and the line cut.
    pub swallows: AtomicBool,
    pub saves: AtomicUsize,
    pub swallowed: AtomicUsize,
    /// The line is cut before a save arrives, every third time.
    pub cuts: AtomicBool,
    /// There is no line: those that were are cut, and new ones are refused.
    pub is_away: AtomicBool,
    lines: Mutex<Vec<TcpStream>>,
}

impl Disturbance {
    /// Cuts all lines, and lets nobody through until [`Disturbance::come_back`].
    pub fn go_away(&self) {
        self.is_away.store(true, Ordering::SeqCst);
        for line in self.lines.lock().unwrap().drain(..) {
            let _ = line.shutdown(Shutdown::Both);
        }
    }

    pub fn come_back(&self) {
        self.is_away.store(false, Ordering::SeqCst);
    }
}

impl Proxy {
    pub fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Disturbance::default());
        let shared = Arc::clone(&state);
        named("proxy", move || {
            for client in listener.incoming().flatten() {
                if shared.is_away.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else {
                    continue;
                };
                let line = client.try_clone().unwrap();
                shared.lines.lock().unwrap().push(line);
                forward(&client, &server, &shared);
            }
        });
        Self { port, state }
    }

    /// The address of a member, through the proxy.
    pub fn address(&self, team: &Team, name: &str) -> ServerAddress {
        ServerAddress {
            port: self.port,
            ..team.address(name)
        }
    }

    pub fn link(&self, team: &Team, name: &str) -> Link {
        Link::new(
            self.address(team, name),
            password(&format!("password-of-{name}")),
        )
    }
}

fn named(name: &str, work: impl FnOnce() + Send + 'static) {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .unwrap();
}

fn forward(client: &TcpStream, server: &TcpStream, state: &Arc<Disturbance>) {
    let armed = Arc::new(AtomicBool::new(false));
    for from_client in [true, false] {
        let (from, to) = if from_client {
            (client, server)
        } else {
            (server, client)
        };
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        let (state, armed) = (Arc::clone(state), Arc::clone(&armed));
        named("proxy-line", move || {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(length) = from.read(&mut bytes) {
                if length == 0 {
                    break;
                }
                while state.is_frozen.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(20));
                }
                let chunk = &bytes[..length];
                let is_save = from_client && chunk.windows(7).any(|some| some == b"\"kind\":");
                if is_save {
                    let count = state.saves.fetch_add(1, Ordering::SeqCst);
                    if state.cuts.load(Ordering::SeqCst) && count % 3 == 0 {
                        break;
                    }
                    armed.store(
                        state.swallows.load(Ordering::SeqCst) && count % 2 == 0,
                        Ordering::SeqCst,
                    );
                }
                if !from_client && armed.load(Ordering::SeqCst) {
                    state.swallowed.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                if to.write_all(chunk).is_err() {
                    break;
                }
            }
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
}
