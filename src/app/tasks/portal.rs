//! Whether the desktop has a portal that can open file dialogs, asked over D-Bus.
//!
//! The library that opens the dialogs gives the same answer for "cancelled" and for "there is no
//! dialog", so that has to be known beforehand. One call is made: the version of the portal's file
//! chooser, which the bus starts if it can.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// How long the bus and the portal may take together. A portal that has to be started takes about a
/// second.
const PATIENCE: Duration = Duration::from_secs(4);
/// The longest message that is read, in bytes; the answers are some hundred.
const LONGEST: usize = 1 << 20;

const METHOD_RETURN: u8 = 2;
const ERROR: u8 = 3;
/// The number of our question.
const SERIAL: u32 = 2;

/// Whether the desktop's portal can open file dialogs.
#[must_use]
pub fn has_file_chooser() -> bool {
    addresses()
        .iter()
        .filter_map(|address| connect(address).ok())
        .any(|bus| ask(bus).unwrap_or(false))
}

/// Where the session's bus may be.
fn addresses() -> Vec<String> {
    if let Ok(told) = std::env::var("DBUS_SESSION_BUS_ADDRESS")
        && !told.is_empty()
    {
        return told.split(';').map(str::to_owned).collect();
    }
    let runtime = std::env::var("XDG_RUNTIME_DIR").unwrap_or_default();
    if runtime.is_empty() {
        return Vec::new();
    }
    vec![format!("unix:path={runtime}/bus")]
}

/// The value of a key of an address such as `unix:path=/run/user/1000/bus,guid=…`.
fn value_of(address: &str, key: &str) -> Option<String> {
    let rest = address.strip_prefix("unix:")?;
    let mut pairs = rest.split(',').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == key)?;
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = str::from_utf8(&digits).ok()?.to_owned();
        bytes.push(u8::from_str_radix(&digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

fn connect(address: &str) -> io::Result<UnixStream> {
    if let Some(path) = value_of(address, "path") {
        return UnixStream::connect(path);
    }
    #[cfg(target_os = "linux")]
    if let Some(name) = value_of(address, "abstract") {
        use std::os::linux::net::SocketAddrExt as _;
        let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        return UnixStream::connect_addr(&address);
    }
    Err(io::Error::other("no address that is understood"))
}

/// Asks a bus for the version of the portal's file chooser.
fn ask(mut bus: UnixStream) -> io::Result<bool> {
    let end = Instant::now() + PATIENCE;
    bus.set_write_timeout(Some(PATIENCE))?;
    bus.set_read_timeout(Some(PATIENCE))?;
    // The bus knows who we are by the socket.
    bus.write_all(b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n")?;
    for wanted in ["DATA", "OK"] {
        let line = line(&mut bus)?;
        if !line.starts_with(wanted) {
            return Err(io::Error::other("the bus refuses"));
        }
    }
    let hello = call(
        1,
        "org.freedesktop.DBus",
        "/org/freedesktop/DBus",
        "org.freedesktop.DBus",
        "Hello",
        &[],
    );
    bus.write_all(&hello)?;
    let question = call(
        SERIAL,
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.DBus.Properties",
        "Get",
        &["org.freedesktop.portal.FileChooser", "version"],
    );
    bus.write_all(&question)?;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        bus.set_read_timeout(Some(left))?;
        match message(&mut bus)? {
            (METHOD_RETURN, Some(SERIAL)) => return Ok(true),
            (ERROR, Some(SERIAL)) => return Ok(false),
            _ => {}
        }
    }
}

/// A line of the greeting.
fn line(bus: &mut UnixStream) -> io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < 1000 {
        bus.read_exact(&mut byte)?;
        match byte {
            [b'\n'] => break,
            [b'\r'] => {}
            [other] => line.push(other),
        }
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

/// A call of a method with words, in the bus's own notation.
fn call(
    serial: u32,
    to: &str,
    path: &str,
    interface: &str,
    member: &str,
    words: &[&str],
) -> Vec<u8> {
    let mut body = Vec::new();
    for word in words {
        string(&mut body, word);
    }
    let mut fields = Vec::new();
    for (code, kind, value) in [
        (1, b'o', path),
        (2, b's', interface),
        (3, b's', member),
        (6, b's', to),
    ] {
        align(&mut fields, 8);
        fields.extend([code, 1, kind, 0]);
        string(&mut fields, value);
    }
    if !words.is_empty() {
        align(&mut fields, 8);
        let signature = "s".repeat(words.len());
        fields.extend([8, 1, b'g', 0, signature.len() as u8]);
        fields.extend(signature.as_bytes());
        fields.push(0);
    }
    let mut message = vec![b'l', 1, 0, 1];
    message.extend((body.len() as u32).to_le_bytes());
    message.extend(serial.to_le_bytes());
    message.extend((fields.len() as u32).to_le_bytes());
    message.extend(fields);
    align(&mut message, 8);
    message.extend(body);
    message
}

fn align(bytes: &mut Vec<u8>, to: usize) {
    bytes.resize(bytes.len().next_multiple_of(to), 0);
}

fn string(bytes: &mut Vec<u8>, words: &str) {
    align(bytes, 4);
    bytes.extend((words.len() as u32).to_le_bytes());
    bytes.extend(words.as_bytes());
    bytes.push(0);
}

/// Reads a message: its kind, and the number of the question that it answers.
fn message(bus: &mut UnixStream) -> io::Result<(u8, Option<u32>)> {
    let mut head = [0; 16];
    bus.read_exact(&mut head)?;
    let is_little = head.first() == Some(&b'l');
    let number = |bytes: &[u8], at: usize| -> Option<u32> {
        let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(if is_little {
            u32::from_le_bytes(four)
        } else {
            u32::from_be_bytes(four)
        })
    };
    let length = |at: usize| number(&head, at).map_or(0, |length| length as usize);
    let (body, fields) = (length(4), length(12));
    if body.max(fields) > LONGEST {
        return Err(io::Error::other("the bus says too much"));
    }
    let mut rest = vec![0; fields.next_multiple_of(8) + body];
    bus.read_exact(&mut rest)?;
    let mut answers = None;
    let mut at = 0;
    while at < fields {
        at = at.next_multiple_of(8);
        let Some(&[code, 1, kind, 0]) = rest.get(at..at + 4) else {
            break;
        };
        at += 4;
        at = match kind {
            b'u' | b'h' => {
                if (code, kind) == (5, b'u') {
                    answers = number(&rest, at);
                }
                at + 4
            }
            b's' | b'o' => at + 5 + number(&rest, at).map_or(LONGEST, |n| n as usize),
            b'g' => at + 2 + rest.get(at).map_or(0, |n| usize::from(*n)),
            _ => break,
        };
    }
    let kind = head.get(1).copied().unwrap_or_default();
    Ok((kind, answers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;
    use std::process::{Child, Command, Stdio};

    #[test]
    fn an_address_is_read_as_the_bus_writes_it() {
        let address = "unix:path=/run/user/1000/a%20b%2c,guid=1234";
        assert_eq!(
            value_of(address, "path").as_deref(),
            Some("/run/user/1000/a b,")
        );
        assert_eq!(value_of(address, "abstract"), None);
        assert_eq!(value_of("tcp:host=localhost,port=1", "path"), None);
        assert_eq!(value_of("unix:path=%zz", "path"), None);
    }

    /// A bus that greets as it should, and answers the question with a message of this kind.
    fn answered(kind: u8) -> io::Result<bool> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus");
        let listener = UnixListener::bind(&path).unwrap();
        let serve = move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut greeting = [0; 29];
            stream.read_exact(&mut greeting).unwrap();
            assert_eq!(&greeting, b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n");
            stream.write_all(b"DATA\r\nOK 1234deadbeef\r\n").unwrap();
            let hello = message(&mut stream).unwrap();
            let question = message(&mut stream).unwrap();
            assert_eq!((hello, question), ((1, None), (1, None)));
            // A signal comes first, as `NameAcquired` does; then the answer.
            for (kind, of) in [(4, 1), (kind, SERIAL)] {
                let mut answer = vec![b'l', kind, 0, 1, 0, 0, 0, 0, 9, 0, 0, 0, 8, 0, 0, 0];
                answer.extend([5, 1, b'u', 0]);
                answer.extend(u32::to_le_bytes(of));
                stream.write_all(&answer).unwrap();
            }
        };
        let serve = std::thread::Builder::new().spawn(serve).unwrap();
        let found = ask(connect(&format!("unix:path={}", path.display()))?);
        serve.join().unwrap();
        found
    }

    #[test]
    fn an_answer_means_that_there_is_a_file_chooser_and_an_error_that_there_is_none() {
        assert!(answered(METHOD_RETURN).unwrap());
        assert!(!answered(ERROR).unwrap());
    }

    /// A real bus, ended with the test.
    struct Bus(Child);

    impl Drop for Bus {
        fn drop(&mut self) {
            let _gone = self.0.kill();
            let _waited = self.0.wait();
        }
    }

    #[test]
    fn a_real_bus_without_a_portal_is_understood() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("unix:path={}/bus", folder.path().display());
        let started = Command::new("dbus-daemon")
            .args([
                "--session",
                "--nofork",
                "--nopidfile",
                "--address",
                &address,
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(started) = started else {
            println!("skipped: there is no dbus-daemon");
            return;
        };
        let bus = Bus(started);
        let stream = (0..200).find_map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            connect(&address).ok()
        });
        let Some(stream) = stream else {
            println!("skipped: dbus-daemon does not start here");
            return;
        };
        // The bus is spoken to, and says in its own words that nobody has that name.
        assert!(!ask(stream).unwrap());
        drop(bus);
    }
}
