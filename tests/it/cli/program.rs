//! The real program, run in a folder of its own.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program under test.
pub const COPYDESK: &str = env!("CARGO_BIN_EXE_copydesk");

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A folder in which commands are run; it goes with its test.
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file there, with the folders on its way.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// What is in the folder, sorted.
    pub fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    pub fn command(&self, words: &[&str]) -> Command {
        command(self.folder.path(), COPYDESK, words)
    }

    pub fn run(&self, words: &[&str]) -> Run {
        finish(self.command(words), b"")
    }

    pub fn run_with(&self, words: &[&str], stdin: &[u8]) -> Run {
        finish(self.command(words), stdin)
    }
}

/// A program in a folder, with nothing of the user's own settings.
pub fn command(folder: &Path, program: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(words)
        .current_dir(folder)
        .env("COPYDESK_SETTINGS", folder.join("settings.toml"))
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub fn finish(mut command: Command, stdin: &[u8]) -> Run {
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // In a thread, since the program may write more than a pipe holds before it has read
    // everything.
    let feeder = std::thread::Builder::new()
        .spawn(move || {
            let _ = pipe.write_all(&stdin); // the program may have seen enough
        })
        .unwrap();
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Run {
    /// All well, and this is what it said.
    #[track_caller]
    pub fn well(&self, stdout: &str, stderr: &str) {
        self.ended(0, stdout, stderr);
    }

    #[track_caller]
    pub fn ended(&self, code: i32, stdout: &str, stderr: &str) {
        assert_eq!(
            (self.code, self.stdout.as_str(), self.stderr.as_str()),
            (Some(code), stdout, stderr)
        );
    }
}

/// A native record on one line, with a region and an entity, as somebody named `maria` left it.
/// `text` is as it is in JSON, with its escapes.
pub fn record(id: &str, text: &str) -> String {
    let chars = serde_json::from_str::<String>(&format!("\"{text}\""))
        .unwrap()
        .trim_end()
        .chars()
        .count();
    format!(
        "{{\"format\":\"copydesk/1\",\"id\":\"{id}\",\"text\":\"{text}\",\"regions\":[{{\"start\":0,\"end\":{chars},\"label\":\"body\"}}],\
         \"entities\":[{{\"start\":0,\"end\":5,\"label\":\"GPE\"}}],\"status\":\"done\",\"annotator\":\"maria\",\
         \"updated_at\":\"2026-11-22T18:24:05Z\",\"language\":\"en\",\"url\":\"\",\"source\":\"\",\"suggested_by\":[],\"meta\":{{}}}}\n"
    )
}
