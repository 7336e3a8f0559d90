//! Where a password comes from: `PGPASSWORD`, the password file, or the person at the terminal. It
//! is never stored, logged or shown.

use std::env;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{Result, ServerAddress, TeamError};

/// The longest password file that is read.
const MOST_BYTES: u64 = 1 << 20;

/// The characters of made passwords: none that look alike.
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A password. It cannot be printed.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Takes a password as somebody typed it.
    #[must_use]
    pub fn new(words: String) -> Self {
        Self(words)
    }

    /// Returns its characters, to log in or to hand them over.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Asks the person for a password with this prompt; `None` if nobody can be asked.
pub type AskPassword<'a> = &'a mut dyn FnMut(&str) -> Option<Password>;

/// Finds the password for a login: from `PGPASSWORD`, then from `PGPASSFILE` or `~/.pgpass`, then
/// from `ask`.
///
/// # Errors
/// If there is none, or others may read the password file.
pub fn find_password(address: &ServerAddress, ask: AskPassword<'_>) -> Result<Password> {
    if let Ok(words) = env::var("PGPASSWORD")
        && !words.is_empty()
    {
        return Ok(Password(words));
    }
    if let Some(file) = password_file()
        && let Some(password) = in_file(&file, address)?
    {
        return Ok(password);
    }
    let prompt = format!("Password of {} at {}: ", address.user, address.location());
    ask(&prompt).ok_or_else(|| TeamError::NoPassword {
        user: address.user.clone(),
        location: address.location(),
    })
}

fn password_file() -> Option<PathBuf> {
    if let Some(file) = env::var_os("PGPASSFILE").filter(|file| !file.is_empty()) {
        return Some(file.into());
    }
    home().map(|home| home.join(".pgpass"))
}

/// Returns the home folder, where libpq keeps its files.
pub(super) fn home() -> Option<PathBuf> {
    let home = env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    home.filter(|home| !home.is_empty()).map(PathBuf::from)
}

/// Looks a login up in a password file, if there is one.
fn in_file(path: &Path, address: &ServerAddress) -> Result<Option<Password>> {
    let Ok(file) = File::open(path) else {
        return Ok(None);
    };
    let wrong = |reason: std::io::Error| TeamError::File {
        file: path.display().to_string(),
        reason: reason.to_string(),
    };
    let metadata = file.metadata().map_err(wrong)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    if is_open_to_others(&metadata) {
        return Err(TeamError::OpenPasswordFile {
            file: path.display().to_string(),
        });
    }
    let mut words = String::new();
    file.take(MOST_BYTES)
        .read_to_string(&mut words)
        .map_err(wrong)?;
    Ok(lookup(&words, address))
}

#[cfg(unix)]
fn is_open_to_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_metadata: &std::fs::Metadata) -> bool {
    false
}

/// Finds the first line `host:port:database:user:password` that fits.
fn lookup(words: &str, address: &ServerAddress) -> Option<Password> {
    let wanted = [
        address.host.clone(),
        address.port.to_string(),
        address.database.clone(),
        address.user.clone(),
    ];
    words
        .lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let fields = fields(line);
            let [places @ .., password] = fields.as_slice() else {
                return None;
            };
            let fits = places.len() == wanted.len()
                && places
                    .iter()
                    .zip(&wanted)
                    .all(|(place, wanted)| place == "*" || place == wanted);
            fits.then(|| Password(password.clone()))
        })
}

/// Splits a line at its first four colons; a backslash keeps the character after it.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let is_password = fields.len() == 5;
        match (c, fields.last_mut()) {
            (':', _) if !is_password => fields.push(String::new()),
            ('\\', Some(field)) => field.extend(chars.next()),
            (c, Some(field)) => field.push(c),
            (_, None) => {}
        }
    }
    fields
}

/// Makes a password of 20 characters from these random bytes.
#[must_use]
pub fn random_password(random: &[u8; 32]) -> Password {
    let letters = random.iter().take(20).map(|byte| {
        // 56 letters: the first 32 of 256 come a little more often, which costs half a bit in all.
        let at = usize::from(*byte) % ALPHABET.len();
        ALPHABET.get(at).map_or('x', |letter| char::from(*letter))
    });
    Password(letters.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> ServerAddress {
        ServerAddress::parse("postgres://ada@db.example.org:5433/gold").unwrap()
    }

    #[test]
    fn the_first_line_that_fits_gives_the_password() {
        let words = "# a comment\n\
                     db.example.org:5432:gold:ada:wrong port\n\
                     db.example.org:*:gold:ada:a\\:b\\\\c:d\n\
                     *:*:*:*:too late\n";
        assert_eq!(lookup(words, &address()).unwrap().reveal(), "a:b\\c:d");
        assert!(lookup("a:b\n\n:::\n", &address()).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pgpass");
        std::fs::write(&path, "*:*:*:*:s3cret\n").unwrap();
        let set = |mode| {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&path, permissions).unwrap();
        };
        set(0o640);
        let error = in_file(&path, &address()).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
        set(0o600);
        let found = in_file(&path, &address()).unwrap().unwrap();
        assert_eq!(found.reveal(), "s3cret");
        assert_eq!(format!("{found:?}"), "Password(…)");
    }
}
