//! Backups by PostgreSQL's own `pg_dump` and `pg_restore`.

use std::path::Path;
use std::process::{Command, Stdio};

use super::connection::Server;
use super::migrate::{migrate, start_epoch};
use super::{Password, Result, ServerAddress, TeamError};

/// For how long after a restore members may send work again that the backup does not know.
const RESEND_DAYS: i32 = 30;

/// Makes what belongs to a team dataset and is in no dump of it: the roles, who may enter the
/// database, and its settings, as the migrations make them.
const OUTSIDE_THE_DUMP: &str = "DO $$
DECLARE role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['copydesk_annotator', 'copydesk_adjudicator', 'copydesk_manager'] LOOP
        IF to_regrole(role_name) IS NULL THEN EXECUTE format('CREATE ROLE %I NOLOGIN', role_name); END IF;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = ''60s''', current_database());
    EXECUTE format('ALTER DATABASE %I SET tcp_keepalives_idle = 45', current_database());
    EXECUTE format('ALTER DATABASE %I SET tcp_keepalives_interval = 15', current_database());
    EXECUTE format('ALTER DATABASE %I SET tcp_keepalives_count = 3', current_database());
END $$";

/// Writes a backup of the team dataset to a new file, as the owner.
///
/// # Errors
/// If `pg_dump` is missing or fails; then there is no file.
pub fn dump(address: &ServerAddress, password: &Password, file: &Path) -> Result<()> {
    let mut partial = file.as_os_str().to_owned();
    partial.push(".partial");
    let mut command = client("pg_dump", address, password);
    command
        .args(["--format=custom", "--schema=copydesk", "--no-owner"])
        .arg("--file")
        .arg(&partial);
    let made = run(command, "pg_dump", address).and_then(|()| {
        std::fs::rename(&partial, file).map_err(|error| TeamError::File {
            file: file.display().to_string(),
            reason: error.to_string(),
        })
    });
    if made.is_err() {
        // Half a dump is of no use; if it cannot be removed either, the first error says more.
        let _ = std::fs::remove_file(&partial);
    }
    made
}

/// Restores a backup into a database, as its owner, and starts a new epoch, so that members send
/// again what the backup lacks. Replaces the team dataset that is there. Returns the members whose
/// logins are missing on this server.
///
/// # Errors
/// If `pg_restore` is missing or fails; it works in one transaction.
pub fn restore_dump(
    address: &ServerAddress,
    password: &Password,
    file: &Path,
) -> Result<Vec<String>> {
    let server = Server::connect(address, password)?;
    server.execute(OUTSIDE_THE_DUMP)?;
    let mut command = client("pg_restore", address, password);
    command
        .args(["--single-transaction", "--exit-on-error", "--no-owner"])
        .args(["--clean", "--if-exists"])
        .args(["--dbname", &address.database])
        .arg(file);
    run(command, "pg_restore", address)?;
    migrate(&server)?;
    start_epoch(&server, RESEND_DAYS)?;
    let mut missing = Vec::new();
    for member in server.members()? {
        if !server.has_login(&member.login)? {
            missing.push(member.login);
        } else if member.is_active {
            server.let_in(&member)?;
        }
    }
    Ok(missing)
}

/// A program of PostgreSQL that connects as the address says. The password goes through its
/// environment, which other users cannot see.
fn client(program: &str, address: &ServerAddress, password: &Password) -> Command {
    let mut command = Command::new(program);
    command
        .env("PGPASSWORD", password.reveal())
        .env("PGSSLMODE", address.tls.as_str())
        .env("PGCONNECT_TIMEOUT", "10")
        .args(["--host", &address.host])
        .args(["--port", &address.port.to_string()])
        .args(["--username", &address.user, "--no-password"])
        .stdin(Stdio::null());
    if program == "pg_dump" {
        command.args(["--dbname", &address.database]);
    }
    if let Some(root) = &address.root_certificate {
        command.env("PGSSLROOTCERT", root);
    }
    command
}

fn run(mut command: Command, program: &str, address: &ServerAddress) -> Result<()> {
    let location = address.location();
    let output = command.output().map_err(|error| TeamError::Refused {
        location: location.clone(),
        reason: format!("cannot run {program}: {error}\nhint: install PostgreSQL's client programs (Debian: postgresql-client)"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(TeamError::Refused {
        location,
        reason: format!("{program} failed: {}", words.trim()),
    })
}
