//! `copydesk completions`.

use anyhow::Result;
use clap_complete::Shell;

use super::Ended;
use super::console::Console;

/// Print shell completions
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk completions bash > ~/.local/share/bash-completion/completions/copydesk"
)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(
    args: &Args,
    command: &mut clap::Command,
    console: &mut Console,
) -> Result<Ended> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "copydesk", &mut script);
    console.raw_data(&String::from_utf8_lossy(&script))?;
    Ok(Ended::Well)
}
