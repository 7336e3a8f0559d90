//! Where a member's file is: one for each server, database and login.

use std::path::{Path, PathBuf};

use crate::dataset::EXTENSION;
use crate::team::ServerAddress;

/// The folder of members' files within the data folder.
const FOLDER: &str = "teams";

/// Returns the default folder of members' files: where the system keeps a program's data.
#[must_use]
pub fn local_folder() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "copydesk")?;
    Some(folders.data_dir().join(FOLDER))
}

/// Returns the file of a member in a folder.
///
/// The name is readable, and ends in a hash of host, port, database and login: other addresses never
/// have the same file.
#[must_use]
pub fn local_file(folder: &Path, address: &ServerAddress) -> PathBuf {
    let parts = [
        address.database.as_str(),
        address.user.as_str(),
        &address.host.to_lowercase(),
        &address.port.to_string(),
    ];
    let mut hash = blake3::Hasher::new();
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let hash = hash.finalize().to_hex();
    let readable = |words: &str| -> String {
        let safe = |c: char| {
            if c.is_ascii_alphanumeric() || c == '-' || c == '.' {
                c
            } else {
                '_'
            }
        };
        words.chars().take(40).map(safe).collect()
    };
    let name = format!(
        "{}-{}-{}-{}",
        readable(&address.database),
        readable(&address.user),
        readable(&address.host.to_lowercase()),
        hash.get(..8).unwrap_or_default()
    );
    folder.join(format!("{name}.{EXTENSION}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(words: &str) -> String {
        let address = ServerAddress::parse(words).unwrap();
        local_file(Path::new("/data"), &address)
            .display()
            .to_string()
    }

    #[test]
    fn each_login_database_and_server_has_its_own_file() {
        let ada = file("postgres://ada@db.example.org/gold");
        assert!(ada.starts_with("/data/gold-ada-db.example.org-"), "{ada}");
        assert_eq!(
            ada,
            file("postgres://ada@DB.example.org:5432/gold?sslmode=require")
        );
        for other in [
            "postgres://ben@db.example.org/gold",
            "postgres://ada@db.example.org/news",
            "postgres://ada@db.example.org:5433/gold",
            "postgres://ada@db.example.com/gold",
        ] {
            assert_ne!(ada, file(other));
        }
        let odd = file("postgres://a%2F..%2Fb@db.example.org/go%2Fld");
        assert_eq!(odd.matches('/').count(), 2, "{odd}");
    }
}
