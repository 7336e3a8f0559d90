//! The address of a team dataset: `postgres://NAME@HOST:PORT/DATABASE`, with `sslmode` and
//! `sslrootcert`.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::PathBuf;

use super::{Location, Result, TeamError};

/// The port of PostgreSQL.
const DEFAULT_PORT: u16 = 5432;

/// How the connection is encrypted, by libpq's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all.
    Disable,
    /// Encrypted, but whoever answers is believed.
    Require,
    /// The certificate must come from the root certificate; the host may differ.
    VerifyCa,
    /// The certificate must come from the root certificate and name the host.
    VerifyFull,
}

impl TlsMode {
    /// The word in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [
            Self::Disable,
            Self::Require,
            Self::VerifyCa,
            Self::VerifyFull,
        ]
        .into_iter()
        .find(|mode| mode.as_str() == word)
    }
}

/// Where a team dataset is and who logs in. It holds no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    /// The login.
    pub user: String,
    /// The name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The database.
    pub database: String,
    /// How the connection is encrypted.
    pub tls: TlsMode,
    /// The file of the root certificate; `None` for `~/.postgresql/root.crt`.
    pub root_certificate: Option<PathBuf>,
}

impl ServerAddress {
    /// Whether these words are meant as an address of a server, and not as a file.
    #[must_use]
    pub fn is_address(words: &str) -> bool {
        words.starts_with("postgres://") || words.starts_with("postgresql://")
    }

    /// Parses an address. Without `sslmode` it is `verify-full`, or `disable` on this computer.
    ///
    /// # Errors
    /// [`TeamError::Address`]. It never repeats what follows the name, which may be a password.
    pub fn parse(words: &str) -> Result<Self> {
        let wrong = |what: &str| TeamError::Address {
            what: what.to_owned(),
        };
        let rest = words
            .strip_prefix("postgres://")
            .or_else(|| words.strip_prefix("postgresql://"))
            .ok_or_else(|| wrong("it does not begin with postgres://"))?;
        let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest
            .split_once('/')
            .ok_or_else(|| wrong("it names no database"))?;
        let (user, host) = authority
            .rsplit_once('@')
            .ok_or_else(|| wrong("it names nobody who logs in"))?;
        if user.contains(':') {
            return Err(TeamError::PasswordInAddress);
        }
        let (host, port) = split_port(host).ok_or_else(|| wrong("its port is not a number"))?;
        let part = |words: &str, what: &str| match decode(words) {
            Some(part) if !part.is_empty() && !part.contains('\0') => Ok(part),
            _ => Err(wrong(what)),
        };
        let host = part(host, "it names no host")?;
        if host.contains(':') && host.parse::<Ipv6Addr>().is_err() {
            return Err(wrong("its host is neither a name nor an IP address"));
        }
        let mut address = Self {
            user: part(user, "it names nobody who logs in")?,
            port,
            database: part(database, "it names no database")?,
            tls: if is_loopback(&host) {
                TlsMode::Disable
            } else {
                TlsMode::VerifyFull
            },
            host,
            root_certificate: None,
        };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let value = decode(value).ok_or_else(|| wrong("an option is not UTF-8"))?;
            match name {
                "sslmode" => {
                    address.tls = TlsMode::parse(&value).ok_or_else(|| {
                        wrong("sslmode is not one of disable, require, verify-ca, verify-full")
                    })?;
                }
                "sslrootcert" => address.root_certificate = Some(PathBuf::from(value)),
                "password" => return Err(TeamError::PasswordInAddress),
                _ => return Err(wrong("it has an option other than sslmode and sslrootcert")),
            }
        }
        Ok(address)
    }

    /// Returns what messages may show of it.
    #[must_use]
    pub fn location(&self) -> Location {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        Location::server(&host, self.port, &self.database)
    }

    /// Returns the same place for another login.
    #[must_use]
    pub fn for_user(&self, user: &str) -> Self {
        Self {
            user: user.to_owned(),
            ..self.clone()
        }
    }
}

impl fmt::Display for ServerAddress {
    /// Writes an address that [`ServerAddress::parse`] reads back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            encode(&self.host)
        };
        write!(
            f,
            "postgres://{}@{host}:{}/{}?sslmode={}",
            encode(&self.user),
            self.port,
            encode(&self.database),
            self.tls.as_str()
        )?;
        if let Some(root) = &self.root_certificate {
            write!(f, "&sslrootcert={}", encode(&root.display().to_string()))?;
        }
        Ok(())
    }
}

/// Whether a host is this computer.
fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Splits the port off; a host in brackets may contain colons.
fn split_port(host: &str) -> Option<(&str, u16)> {
    if let Some(rest) = host.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        return match after.strip_prefix(':') {
            None if after.is_empty() => Some((host, DEFAULT_PORT)),
            None => None,
            Some(port) => Some((host, port.parse().ok()?)),
        };
    }
    match host.rsplit_once(':') {
        None => Some((host, DEFAULT_PORT)),
        Some((host, port)) => Some((host, port.parse().ok()?)),
    }
}

/// Resolves `%41`; `None` if the bytes are not UTF-8.
fn decode(words: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(words.len());
    let mut rest = words.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn encode(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for byte in words.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written() {
        let address = ServerAddress::parse(
            "postgres://ada%20b@news.example.org/gold?sslmode=verify-ca&sslrootcert=/etc/ca.pem",
        )
        .unwrap();
        assert_eq!(
            (address.user.as_str(), address.host.as_str()),
            ("ada b", "news.example.org")
        );
        assert_eq!((address.port, address.database.as_str()), (5432, "gold"));
        assert_eq!(address.tls, TlsMode::VerifyCa);
        assert_eq!(ServerAddress::parse(&address.to_string()).unwrap(), address);
        assert_eq!(address.location().to_string(), "news.example.org:5432/gold");
    }

    #[test]
    fn a_server_elsewhere_is_verified_unless_the_address_says_otherwise() {
        let mode = |words: &str| ServerAddress::parse(words).unwrap().tls;
        assert_eq!(
            mode("postgres://ada@db.example.org/gold"),
            TlsMode::VerifyFull
        );
        for here in ["localhost", "127.0.0.1:5433", "[::1]:5433"] {
            assert_eq!(
                mode(&format!("postgres://ada@{here}/gold")),
                TlsMode::Disable
            );
        }
        assert_eq!(
            mode("postgres://ada@localhost/gold?sslmode=verify-full"),
            TlsMode::VerifyFull
        );
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_never_repeated() {
        for words in [
            "postgres://ada:s3cret@db/gold",
            "postgres://ada@db/gold?password=s3cret",
            "postgres://ada:s3cret@db",
            "postgres://ada:s3cret@db:x/gold",
            "postgres://s3cret/gold",
            "postgres://ada@db/gold?passwd=s3cret",
        ] {
            let error = ServerAddress::parse(words).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for words in [
            "mysql://ada@db/gold",
            "postgres://db/gold",
            "postgres://ada@db",
            "postgres://ada@db/",
            "postgres://@db/gold",
            "postgres://ada@db:port/gold",
            "postgres://ada@db/gold?sslmode=prefer",
            "postgres://ada@%ff/gold",
            "postgres://ada@W::1]:1/gold",
            "postgres://ada@db:5432:5432/gold",
        ] {
            assert!(ServerAddress::parse(words).is_err(), "{words}");
        }
    }
}
