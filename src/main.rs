//! The program: what the command line asks for, or the window.

use std::process::ExitCode;

fn main() -> ExitCode {
    match copydesk::cli::run(std::env::args_os()) {
        copydesk::cli::Next::Exit(code) => ExitCode::from(code),
        copydesk::cli::Next::Window(path) => window(path),
    }
}

#[cfg(not(feature = "app"))]
fn window(_path: Option<std::path::PathBuf>) -> ExitCode {
    copydesk::cli::no_window();
    ExitCode::FAILURE
}
