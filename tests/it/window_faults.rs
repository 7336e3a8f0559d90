//! A real window where something of the desktop is missing. Skipped where there is no Xvfb.

#![cfg(all(feature = "app", target_os = "linux"))]
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::program::{Desk, finish};

/// A virtual screen, which ends with the test.
struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    /// `None` where there is no Xvfb.
    fn start(options: &[&str]) -> Option<Self> {
        let started = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1200x800x24"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut server) = started else {
            eprintln!("skipped: no Xvfb");
            return None;
        };
        let mut number = String::new();
        let mut said = BufReader::new(server.stdout.take().unwrap());
        said.read_line(&mut number).unwrap();
        let display = format!(":{}", number.trim());
        Some(Self { server, display })
    }

    /// A command that opens a window on this screen.
    fn open(&self, desk: &Desk, words: &[&str]) -> Command {
        let mut command = desk.command(&[&["open"], words].concat());
        command
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .env("XDG_STATE_HOME", desk.path("state"));
        command
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn without_opengl_the_window_says_so_and_what_to_do() {
    let Some(screen) = Screen::start(&["-extension", "GLX"]) else {
        return;
    };
    let desk = Desk::new();
    let mut command = screen.open(&desk, &[]);
    command
        .env("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent")
        .env("LIBGL_DRIVERS_PATH", "/nonexistent");
    finish(command, b"").ended(
        1,
        "",
        "error: the window could not be opened: there is no OpenGL 2.1\n\
         hint: install a graphics driver, such as Mesa; the commands work without a window: copydesk --help\n",
    );
}

/// Arabic and Japanese, which the shipped fonts lack. The first is laid out by other code than the second.
const SCRIPTS: &str =
    "غادرت العبارة الميناء يوم الثلاثاء.\n\n渡し船は港にとどまった。\n\nThe ferry left.\n";

#[test]
fn without_any_font_articles_of_all_scripts_open() {
    let Some(screen) = Screen::start(&[]) else {
        return;
    };
    let desk = Desk::new();
    desk.write("a.txt", SCRIPTS).write(
        "fonts.conf",
        "<fontconfig><dir>/nonexistent</dir></fontconfig>",
    );
    let probe = desk.path("probe.json");
    let words = ["a.txt", "--annotator", "maria", "--probe", "probe.json"];
    let mut window = screen
        .open(&desk, &words)
        .env("FONTCONFIG_FILE", desk.path("fonts.conf"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    // The words of the last paragraph are placed after those before it were laid out.
    let is_shown = || {
        let seen = fs::read(&probe).ok()?;
        let seen: Value = serde_json::from_slice(&seen).ok()?;
        let mut words = seen["words"].as_array()?.iter();
        Some(words.any(|word| {
            word["text"]
                .as_str()
                .is_some_and(|text| text.contains("ferry"))
        }))
    };
    while is_shown() != Some(true) {
        if let Some(ended) = window.try_wait().unwrap() {
            panic!("the window ended: {ended}");
        }
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "the article is never shown"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(window.try_wait().unwrap(), None, "the window ended");
    window.kill().unwrap();
    window.wait().unwrap();
}
