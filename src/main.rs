//! The program: what the command line asks for, or the window.

use std::process::ExitCode;

use copydesk::cli::{self, Next};

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Next::Exit(code) => ExitCode::from(code),
        #[cfg(feature = "app")]
        Next::Window {
            path,
            annotator,
            review,
            adjudicates,
            probe,
        } => {
            let launch = copydesk::app::Launch {
                path,
                annotator,
                review,
                adjudicates,
                probe,
            };
            match copydesk::app::run(launch) {
                Ok(0) => ExitCode::SUCCESS,
                Ok(discarded) => {
                    cli::report_discarded(discarded);
                    ExitCode::FAILURE
                }
                Err(error) => {
                    cli::report_error(&error);
                    ExitCode::FAILURE
                }
            }
        }
        #[cfg(not(feature = "app"))]
        Next::Window { .. } => {
            cli::no_window();
            ExitCode::FAILURE
        }
    }
}
