//! A PostgreSQL server for a test.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use copydesk::dataset::team::{Link, Password, Server, ServerAddress, TeamRole};
use tempfile::TempDir;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// The password of the superuser and of owners.
pub const OWNER_PASSWORD: &str = "owner-of-the-tests";

/// The owner of all databases: since PostgreSQL 16, only who made a role may grant it.
const OWNER: &str = "team-owner";

/// A running server, which ends when it is dropped.
pub struct Postgres {
    folder: TempDir,
    bin: PathBuf,
    pub port: u16,
    databases: AtomicU32,
    options: String,
}

/// The server that tests share which do not break it.
static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());

/// Roles are made for the whole server, so that two tests must not make them at once.
static ROLES: Mutex<()> = Mutex::new(());

impl Postgres {
    /// Returns the shared server; `None`, with a message, where there is no PostgreSQL.
    pub fn shared() -> Option<Arc<Self>> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return Some(running);
        }
        let started = Arc::new(Self::start("", |_| {})?);
        *shared = Arc::downgrade(&started);
        Some(started)
    }

    /// Starts a server. `prepare` changes its data folder before.
    pub fn start(options: &str, prepare: impl FnOnce(&Path)) -> Option<Self> {
        let Some(bin) = programs() else {
            eprintln!("skipped: there is no PostgreSQL here (Debian: apt-get install postgresql)");
            return None;
        };
        Self::start_at(tempfile::tempdir().unwrap(), bin, options, prepare)
    }

    /// Starts a server whose files are in this folder.
    pub fn start_in(folder: &Path, options: &str) -> Option<Self> {
        let folder = tempfile::tempdir_in(folder).unwrap();
        fs::set_permissions(
            folder.path().parent().unwrap(),
            fs::Permissions::from_mode(0o755),
        )
        .unwrap();
        Self::start_at(folder, programs()?, options, |_| {})
    }

    fn start_at(
        folder: TempDir,
        bin: PathBuf,
        options: &str,
        prepare: impl FnOnce(&Path),
    ) -> Option<Self> {
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let server = Self {
            folder,
            bin,
            port,
            databases: AtomicU32::new(0),
            options: options.to_owned(),
        };
        let home = server.home();
        fs::create_dir(&home).unwrap();
        let password = home.join("password");
        fs::write(&password, OWNER_PASSWORD).unwrap();
        server.give_to_postgres(&home);
        server.run(&[
            "initdb",
            "-D",
            &server.data(),
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
            "--pwfile",
            password.to_str().unwrap(),
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        prepare(Path::new(&server.data()));
        server.give_to_postgres(Path::new(&server.data()));
        server.resume();
        Some(server)
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("postgres")
    }

    pub fn data(&self) -> String {
        self.home().join("data").to_str().unwrap().to_owned()
    }

    /// Starts the server after a stop.
    pub fn resume(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 {}",
            self.port, self.options
        );
        let log = self.home().join("log");
        self.run(&[
            "pg_ctl",
            "-D",
            &self.data(),
            "-w",
            "-t",
            "120",
            "-l",
            log.to_str().unwrap(),
            "-o",
            &options,
            "start",
        ]);
    }

    /// Stops the server: `fast` ends connections, `immediate` is a crash.
    pub fn stop(&self, mode: &str) {
        self.run(&["pg_ctl", "-D", &self.data(), "-w", "-m", mode, "stop"]);
    }

    /// Stops the server if it runs.
    pub fn stop_anyway(&self) {
        let running = self.try_run(&["pg_ctl", "-D", &self.data(), "status"]).0;
        if running {
            self.stop("immediate");
        }
    }

    pub fn reload(&self) {
        self.run(&["pg_ctl", "-D", &self.data(), "reload"]);
    }

    /// Everything that the server logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home().join("log")).unwrap_or_default()
    }

    fn give_to_postgres(&self, path: &Path) {
        if is_root() {
            let owned = Command::new("chown")
                .arg("-R")
                .arg("postgres")
                .arg(path)
                .status();
            assert!(owned.unwrap().success());
        }
    }

    /// Runs a program of PostgreSQL, as a user that it does not refuse.
    fn run(&self, words: &[&str]) {
        let (is_well, said) = self.try_run(words);
        assert!(is_well, "{words:?}: {said}\n{}", self.log());
    }

    fn try_run(&self, words: &[&str]) -> (bool, String) {
        let program = self.bin.join(words[0]);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The server must not hold the pipes of the test open, so its output goes to files.
        let output = self.folder.path().join("output");
        let output = fs::File::create(output).unwrap();
        let status = command
            .args(&words[1..])
            .current_dir(self.home())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .status()
            .unwrap();
        let said = fs::read_to_string(self.folder.path().join("output")).unwrap();
        (status.success(), said)
    }

    /// Makes an empty database with an owner.
    pub fn database(self: &Arc<Self>) -> Team {
        let number = self.databases.fetch_add(1, Ordering::SeqCst);
        let name = format!("gold{number}");
        let admin = self.address("postgres", "postgres");
        let mut sql = Sql::connect(&admin, OWNER_PASSWORD).unwrap();
        let is_there = format!("SELECT count(*) FROM pg_roles WHERE rolname = '{OWNER}'");
        Team::making_roles(|| {
            if sql.number(&is_there) == 0 {
                sql.run(&format!(
                    "CREATE ROLE \"{OWNER}\" LOGIN CREATEROLE PASSWORD '{OWNER_PASSWORD}'"
                ))
                .unwrap();
            }
        });
        sql.run(&format!("CREATE DATABASE {name} OWNER \"{OWNER}\""))
            .unwrap();
        Team {
            _server: Arc::clone(self),
            number,
            owner: self.address(OWNER, &name),
        }
    }

    pub fn address(&self, user: &str, database: &str) -> ServerAddress {
        let words = format!("postgres://{user}@127.0.0.1:{}/{database}", self.port);
        ServerAddress::parse(&words).unwrap()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if Path::new(&self.data()).join("postmaster.pid").exists() {
            self.stop("immediate");
        }
        // Root may remove what belongs to postgres; nobody else made it otherwise.
    }
}

fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// A database of a test, in which a team dataset is or will be.
pub struct Team {
    /// Runs as long as its teams do.
    _server: Arc<Postgres>,
    number: u32,
    pub owner: ServerAddress,
}

impl Team {
    /// The login of a member, which no other test has.
    pub fn login(&self, name: &str) -> String {
        format!("{name}{}", self.number)
    }

    /// The address for a member.
    pub fn address(&self, name: &str) -> ServerAddress {
        self.owner.for_user(&self.login(name))
    }

    /// Connects as the owner.
    pub fn as_owner(&self) -> Server {
        Server::connect(&self.owner, &password(OWNER_PASSWORD)).unwrap()
    }

    /// Runs something that makes roles.
    pub fn making_roles<T>(work: impl FnOnce() -> T) -> T {
        let _one = ROLES.lock().unwrap_or_else(PoisonError::into_inner);
        work()
    }

    /// Adds a member, whose password is `password-of-` and the name.
    pub fn add(&self, name: &str, roles: &[TeamRole]) {
        let login = self.login(name);
        Self::making_roles(|| {
            let password = password(&format!("password-of-{name}"));
            self.as_owner()
                .add_member(&login, roles, Some(&password))
                .unwrap();
        });
    }

    /// A link as a member.
    pub fn link(&self, name: &str) -> Link {
        Link::new(self.address(name), password(&format!("password-of-{name}")))
    }

    /// A connection as a member.
    pub fn open(&self, name: &str) -> Server {
        Server::open(
            &self.address(name),
            &password(&format!("password-of-{name}")),
        )
        .unwrap()
    }

    /// Bare SQL as a member.
    pub fn sql(&self, name: &str) -> Sql {
        Sql::connect(&self.address(name), &format!("password-of-{name}")).unwrap()
    }

    /// Bare SQL as the owner.
    pub fn owner_sql(&self) -> Sql {
        Sql::connect(&self.owner, OWNER_PASSWORD).unwrap()
    }

    /// Bare SQL as the superuser.
    pub fn admin_sql(&self) -> Sql {
        Sql::connect(&self.owner.for_user("postgres"), OWNER_PASSWORD).unwrap()
    }
}

pub fn password(words: &str) -> Password {
    Password::new(words.to_owned())
}

/// A client that says whatever it likes.
pub struct Sql {
    runtime: tokio::runtime::Runtime,
    client: tokio_postgres::Client,
}

/// Rows as text, or the SQLSTATE and words of an error.
pub type Answer = Result<Vec<Vec<Option<String>>>, (String, String)>;

impl Sql {
    pub fn connect(address: &ServerAddress, password: &str) -> Result<Self, (String, String)> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let mut config = tokio_postgres::Config::new();
        config
            .host("127.0.0.1")
            .hostaddr("127.0.0.1".parse().unwrap())
            .port(address.port)
            .user(&address.user)
            .password(password)
            .dbname(&address.database);
        let client = runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await.map_err(|e| fault(&e))?;
            tokio::spawn(connection);
            Ok::<_, (String, String)>(client)
        })?;
        Ok(Self { runtime, client })
    }

    /// Runs statements and gives the rows of all of them.
    pub fn run(&mut self, sql: &str) -> Answer {
        let answer = self.runtime.block_on(self.client.simple_query(sql));
        let messages = answer.map_err(|error| fault(&error))?;
        Ok(messages
            .into_iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(
                    (0..row.len())
                        .map(|at| row.get(at).map(str::to_owned))
                        .collect(),
                ),
                _ => None,
            })
            .collect())
    }

    /// The only value of the only row, as a number.
    pub fn number(&mut self, sql: &str) -> i64 {
        let rows = self.run(sql).unwrap();
        rows[0][0].as_ref().unwrap().parse().unwrap()
    }
}

fn fault(error: &tokio_postgres::Error) -> (String, String) {
    match error.as_db_error() {
        Some(said) => (said.code().code().to_owned(), said.message().to_owned()),
        None => ("".to_owned(), error.to_string()),
    }
}
