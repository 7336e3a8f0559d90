//! `copydesk generate`, hidden: what packages hold beside the program.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::ValueEnum as _;
use clap_complete::Shell;

use super::Ended;
use super::console::Console;
use super::reference;

/// Write the man pages, the shell completions or the command reference into a folder
#[derive(Debug, clap::Args)]
#[command(
    hide = true,
    after_help = "Example:\n  copydesk generate man --out man/"
)]
pub(super) struct Args {
    /// What to write
    #[arg(value_enum)]
    kind: Kind,
    /// The folder; it is created if missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// A man page for each command
    Man,
    /// Completions for each shell
    Completions,
    /// The command reference as Markdown
    Reference,
}

pub(super) fn run(args: &Args, command: clap::Command, console: &mut Console) -> Result<Ended> {
    let out = &args.out;
    fs::create_dir_all(out).with_context(|| format!("cannot create {}", out.display()))?;
    write(args.kind, command, out).with_context(|| format!("cannot write to {}", out.display()))?;
    console.message(&format!("wrote {}", out.display()));
    Ok(Ended::Well)
}

fn write(kind: Kind, mut command: clap::Command, out: &Path) -> std::io::Result<()> {
    match kind {
        Kind::Man => clap_mangen::generate_to(command, out)?,
        Kind::Completions => {
            for shell in Shell::value_variants() {
                clap_complete::generate_to(*shell, &mut command, "copydesk", out)?;
            }
        }
        Kind::Reference => {
            fs::write(
                out.join("commands.md"),
                reference::page(command.disable_help_subcommand(true)),
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    fn written(kind: Kind) -> Vec<(String, String)> {
        let folder = tempfile::tempdir().unwrap();
        write(kind, Cli::command(), folder.path()).unwrap();
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut files: Vec<(String, String)> = entries
            .map(|entry| {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, fs::read_to_string(&path).unwrap())
            })
            .collect();
        files.sort();
        files
    }

    #[test]
    fn there_is_a_man_page_for_each_command_that_the_help_lists() {
        let pages = written(Kind::Man);
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        for command in Cli::command().get_subcommands() {
            let page = format!("copydesk-{}.1", command.get_name());
            assert_eq!(
                names.contains(&page.as_str()),
                !command.is_hide_set(),
                "{page}"
            );
        }
        assert!(names.contains(&"copydesk.1") && names.contains(&"copydesk-schema-set.1"));
        for (name, text) in &pages {
            assert!(
                text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"),
                "{name}"
            );
        }
    }

    #[test]
    fn there_are_completions_for_each_shell() {
        let names: Vec<String> = written(Kind::Completions)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(
            names,
            [
                "_copydesk",
                "_copydesk.ps1",
                "copydesk.bash",
                "copydesk.elv",
                "copydesk.fish"
            ]
        );
    }
}
