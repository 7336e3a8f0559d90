//! Servers that are not who they say: each is refused before anything is sent.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use copydesk::dataset::team::{Server, ServerAddress, TeamError};

use super::server::{OWNER_PASSWORD, Postgres, password};

fn openssl(folder: &Path, words: &str) -> bool {
    let output = Command::new("openssl")
        .args(words.split(' '))
        .current_dir(folder)
        .output();
    output.is_ok_and(|output| {
        if !output.status.success() {
            eprintln!("{words}: {}", String::from_utf8_lossy(&output.stderr));
        }
        output.status.success()
    })
}

/// Makes two authorities, and certificates for localhost by the first: one that is valid and one
/// that has expired. `false` without openssl.
fn certificates(folder: &Path) -> bool {
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    let mut made = true;
    for authority in ["ca", "other"] {
        made &= openssl(
            folder,
            &format!("ecparam -name prime256v1 -genkey -noout -out {authority}.key"),
        );
        made &= openssl(
            folder,
            &format!(
                "req -x509 -new -key {authority}.key -subj /CN={authority} -days 9 -out {authority}.pem"
            ),
        );
    }
    made &= openssl(
        folder,
        "ecparam -name prime256v1 -genkey -noout -out server.key",
    );
    made &= openssl(
        folder,
        "req -new -key server.key -subj /CN=localhost -out server.csr",
    );
    for (name, days) in [("valid", 9), ("expired", -1)] {
        made &= openssl(
            folder,
            &format!(
                "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days {days} -extfile names -out {name}.pem"
            ),
        );
    }
    made
}

/// Gives the server a certificate.
fn install(data: &Path, certificates: &Path, name: &str) {
    fs::copy(certificates.join(name), data.join("server.crt")).unwrap();
}

#[test]
fn only_the_server_of_the_address_is_spoken_to() {
    let keys = tempfile::tempdir().unwrap();
    if !certificates(keys.path()) {
        eprintln!("skipped: openssl could not make the certificates");
        return;
    }
    let server = Postgres::start("-c ssl=on", |data| {
        install(data, keys.path(), "valid.pem");
        fs::copy(keys.path().join("server.key"), data.join("server.key")).unwrap();
        let chmod = Command::new("chmod")
            .arg("600")
            .arg(data.join("server.key"))
            .status();
        assert!(chmod.unwrap().success());
        fs::write(
            data.join("pg_hba.conf"),
            "hostssl all all all scram-sha-256\nhostnossl all all all reject\n",
        )
        .unwrap();
    });
    let Some(server) = server.map(Arc::new) else {
        return;
    };
    let root = |name: &str| format!("&sslrootcert={}", keys.path().join(name).display());
    let connect = |host: &str, options: &str| {
        let words = format!(
            "postgres://postgres@{host}:{}/postgres?sslmode={options}",
            server.port
        );
        let address = ServerAddress::parse(&words).unwrap();
        Server::connect(&address, &password(OWNER_PASSWORD)).map(|_| ())
    };
    let good = root("ca.pem");
    let strange = root("other.pem");
    assert!(connect("localhost", &format!("verify-full{good}")).is_ok());
    assert!(connect("127.0.0.1", &format!("verify-ca{good}")).is_ok());
    assert!(connect("localhost", "require").is_ok());
    for (what, host, options) in [
        ("another host", "127.0.0.1", format!("verify-full{good}")),
        (
            "another authority",
            "localhost",
            format!("verify-full{strange}"),
        ),
        (
            "another authority",
            "localhost",
            format!("verify-ca{strange}"),
        ),
    ] {
        let error = connect(host, &options).unwrap_err();
        assert!(
            matches!(error, TeamError::NotSafe { .. }),
            "{what}: {error}"
        );
        assert!(
            !error.can_retry() && !error.to_string().contains(OWNER_PASSWORD),
            "{error}"
        );
    }
    for (what, options) in [
        ("a root that is not there", root("nowhere.pem")),
        ("a root that is none", root("names")),
    ] {
        let error = connect("localhost", &format!("verify-full{options}")).unwrap_err();
        assert!(matches!(error, TeamError::File { .. }), "{what}: {error}");
    }
    // The server itself wants TLS.
    let error = connect("localhost", "disable").unwrap_err();
    assert!(matches!(error, TeamError::Login { .. }), "{error}");

    // A certificate that has expired, taken up without a restart.
    install(Path::new(&server.data()), keys.path(), "expired.pem");
    server.reload();
    std::thread::sleep(std::time::Duration::from_millis(500));
    for mode in ["verify-full", "verify-ca"] {
        let error = connect("localhost", &format!("{mode}{good}")).unwrap_err();
        assert!(error.to_string().contains("xpired"), "{mode}: {error}");
    }
}

#[test]
fn a_server_without_tls_is_not_spoken_to_where_tls_is_wanted() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let keys = tempfile::tempdir().unwrap();
    if !certificates(keys.path()) {
        eprintln!("skipped: openssl could not make the certificates");
        return;
    }
    let root = keys.path().join("ca.pem");
    for mode in ["require", "verify-ca", "verify-full"] {
        let words = format!(
            "postgres://postgres@localhost:{}/postgres?sslmode={mode}&sslrootcert={}",
            server.port,
            root.display()
        );
        let address = ServerAddress::parse(&words).unwrap();
        let error = Server::connect(&address, &password(OWNER_PASSWORD)).unwrap_err();
        assert!(
            matches!(error, TeamError::NotSafe { .. }),
            "{mode}: {error}"
        );
    }
}
