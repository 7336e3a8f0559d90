//! The command reference, `docs/commands.md`: made from the arguments that the program parses.

use std::fmt::Write as _;

const OPENING: &str = "# Command reference

<!-- Made by `UPDATE=1 cargo test --lib cli::reference`. Edit the doc comments in src/cli/ instead. -->

Every command with its arguments, as `copydesk COMMAND --help` prints them. [The command line](cli.md) describes how the commands behave
in scripts and pipes.
";

/// Returns the page: a section for each command that the help lists, in the order of the help.
pub(super) fn page(mut command: clap::Command) -> String {
    command.build();
    let mut out = String::from(OPENING);
    section(&command, &[], &mut out);
    out
}

fn section(command: &clap::Command, parents: &[&str], out: &mut String) {
    let path = [parents, &[command.get_name()]].concat();
    let name = path.join(" ");
    push(out, &format!("\n{} {name}\n", "#".repeat(path.len() + 1)));
    let about = command.get_long_about().or_else(|| command.get_about());
    for paragraph in about
        .iter()
        .flat_map(|about| paragraphs(&about.to_string()))
    {
        push(out, &format!("\n{}\n", escaped(&paragraph)));
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    push(out, &format!("\n```text\n{}\n```\n", unindented(usage)));

    let is_shown = |argument: &&clap::Arg| {
        !argument.is_hide_set()
            && !is_help(argument)
            && (parents.is_empty() || !argument.is_global_set())
    };
    let positional = command.get_positionals().filter(is_shown);
    let options = command
        .get_arguments()
        .filter(|one| !one.is_positional())
        .filter(is_shown);
    list(&positional.chain(options).collect::<Vec<_>>(), out);
    if let Some(examples) = command.get_after_help() {
        push(out, &format!("\n{}", fenced(&examples.to_string())));
    }
    for child in command.get_subcommands() {
        if !child.is_hide_set() && child.get_name() != "help" {
            section(child, &path, out);
        }
    }
}

fn is_help(argument: &clap::Arg) -> bool {
    matches!(argument.get_id().as_str(), "help" | "version")
}

fn list(arguments: &[&clap::Arg], out: &mut String) {
    if arguments.is_empty() {
        return;
    }
    push(out, "\n");
    for argument in arguments {
        let help = argument.get_long_help().or_else(|| argument.get_help());
        let help = help.map(ToString::to_string).unwrap_or_default();
        let mut help = paragraphs(&help).join(" ");
        let values = argument.get_possible_values();
        let values: Vec<&str> = values
            .iter()
            .filter(|one| !one.is_hide_set())
            .map(clap::builder::PossibleValue::get_name)
            .collect();
        if !values.is_empty() && argument.get_action().takes_values() {
            help += &format!(" [possible values: {}]", values.join(", "));
        }
        let defaults = argument.get_default_values();
        let defaults: Vec<_> = defaults
            .iter()
            .map(|value| value.to_string_lossy())
            .collect();
        if !defaults.is_empty()
            && !argument.is_hide_default_value_set()
            && argument.get_action().takes_values()
        {
            help += &format!(" [default: {}]", defaults.join(" "));
        }
        push(
            out,
            &format!("- `{}`: {}\n", signature(argument), escaped(&help)),
        );
    }
}

/// How an argument is written: `-o, --out <FILE>`.
fn signature(argument: &clap::Arg) -> String {
    let plain = argument.to_string();
    match argument.get_short() {
        Some(short) if !argument.is_positional() => format!("-{short}, {plain}"),
        _ => plain,
    }
}

/// The paragraphs of a help text, each on one line.
fn paragraphs(text: &str) -> Vec<String> {
    let paragraphs = text.split("\n\n");
    let joined = paragraphs.map(|one| one.split_whitespace().collect::<Vec<_>>().join(" "));
    joined.filter(|one| !one.is_empty()).collect()
}

/// The text below the help, with its indented examples as blocks of code.
fn fenced(text: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    for line in text.lines() {
        let is_code = line.starts_with("  ");
        if is_code != in_code && !line.is_empty() {
            push(&mut out, if is_code { "\n```sh\n" } else { "```\n\n" });
            in_code = is_code;
        }
        if line.is_empty() {
            continue;
        }
        push(&mut out, line.strip_prefix("  ").unwrap_or(line));
        push(&mut out, "\n");
    }
    if in_code {
        push(&mut out, "```\n");
    }
    out
}

fn unindented(usage: &str) -> String {
    usage.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

/// Escapes what Markdown would read as a tag or as emphasis, outside of code.
fn escaped(text: &str) -> String {
    let pieces = text.split('`').enumerate().map(|(number, piece)| {
        if number % 2 == 1 {
            piece.to_owned()
        } else {
            piece.replace('<', "\\<").replace('*', "\\*")
        }
    });
    pieces.collect::<Vec<_>>().join("`")
}

fn push(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = out.write_str(text);
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    // The page has all commands; a build without the feature lacks `team`.
    #[cfg(feature = "postgres")]
    #[test]
    fn the_page_of_the_documentation_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/commands.md");
        let made = page(Cli::command());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == made,
            "docs/commands.md is out of date: UPDATE=1 cargo test --lib cli::reference"
        );
    }

    #[test]
    fn every_listed_command_and_option_is_on_the_page() {
        let page = page(Cli::command());
        for command in Cli::command().get_subcommands() {
            let heading = format!("\n### copydesk {}\n", command.get_name());
            assert_eq!(page.contains(&heading), !command.is_hide_set(), "{heading}");
        }
        assert!(page.contains("\n#### copydesk schema set\n"));
        assert!(page.contains("`--dry-run`"));
        assert!(!page.contains("--probe"), "hidden options stay hidden");
    }

    #[test]
    fn examples_are_code_and_signs_of_markdown_are_escaped() {
        assert_eq!(
            fenced("Examples:\n  a > b\n  c\n\nMore."),
            "Examples:\n\n```sh\na > b\nc\n```\n\nMore.\n"
        );
        assert_eq!(escaped("a <b> `<c>` *"), "a \\<b> `<c>` \\*");
    }
}
