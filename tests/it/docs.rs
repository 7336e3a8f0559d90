//! The pages of the documentation: their links lead somewhere, and the files, functions, commands
//! and keys that they name exist.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders whose files the pages name by their path from the root of the repository.
const FOLDERS: [&str; 10] = [
    "src/",
    "tests/",
    "benches/",
    "examples/",
    "scripts/",
    "assets/",
    "datasets/",
    "docs/",
    "packaging/",
    "python/",
];

#[test]
fn links_between_the_pages_lead_somewhere() {
    let mut faults = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            if let Err(fault) = follow(&page, &link) {
                faults.push(format!("{}: {fault}", name_of(&page)));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn files_and_functions_that_the_pages_name_exist() {
    let mut faults = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for code in code_spans(&text) {
            if let Err(fault) = find(&code) {
                faults.push(format!("{}: {fault}", name_of(&page)));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn commands_that_the_pages_show_have_these_options() {
    let helps = helps();
    let mut faults = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for words in text.split("copydesk ").skip(1) {
            if let Err(fault) = has_options(words, &helps) {
                faults.push(format!("{}: {fault}", name_of(&page)));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[cfg(feature = "app")]
#[test]
fn the_page_on_keys_names_every_default_key() {
    use copydesk::app::Command as Action;

    // The page gives these for one key and describes the others: "with `Shift`, extend the
    // selection".
    let described = ["→", "←", "↓", "↑", "Home", "End", "[", "]", ",", "."];
    let page = fs::read_to_string(root().join("docs/keys.md")).unwrap();
    let schema = copydesk::dataset::config::built_in_schemas::news().unwrap();
    for command in Action::all(None) {
        for chord in command.default_keys(Some(&schema)) {
            let key = chord.show();
            let is_described = described.iter().any(|last| key.ends_with(last));
            assert!(
                is_described || page.contains(&format!("`{key}`")),
                "docs/keys.md lacks {key}, for {command:?}"
            );
        }
    }
}

#[test]
fn headings_become_the_anchors_that_github_gives_them() {
    let text =
        "# What it does\n## `make run`, and more\n```sh\n# no heading\n```\n## Twice\n## Twice\n";
    let anchors = ["what-it-does", "make-run-and-more", "twice", "twice-1"];
    assert_eq!(anchors_of(text), anchors);
}

#[test]
fn a_name_that_is_not_there_is_found_out() {
    assert!(find("src/model/offset.rs::Span").is_ok());
    assert!(find("tests/it/docs.rs::find").is_ok());
    assert!(find("src/model/nowhere.rs").is_err());
    assert!(find("tests/it/docs.rs::nothing_of_the_kind").is_err());
    assert!(follow(&root().join("README.md"), "docs/cli.md#no-such-heading").is_err());
    assert!(follow(&root().join("README.md"), "docs/no-such-page.md").is_err());
    let helps = helps();
    assert!(has_options("stats d.copydesk --json\n", &helps).is_ok());
    assert!(has_options("stats d.copydesk --jason\n", &helps).is_err());
    assert!(has_options("news.copydesk --json | jq", &helps).is_ok());
}

// -- reading the pages -----------------------------------------------------------------------------

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn name_of(page: &Path) -> String {
    let below = page.strip_prefix(root()).unwrap_or(page);
    below.display().to_string()
}

/// The pages of Markdown in the repository: those of the root, of `docs/`, and the READMEs beside
/// data and code.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for folder in [
        "",
        "docs",
        "datasets",
        "fuzz",
        "assets/fonts",
        "examples",
        "tests",
    ] {
        let Ok(entries) = fs::read_dir(root().join(folder)) else {
            continue;
        };
        let paths = entries.map(|entry| entry.unwrap().path());
        pages.extend(
            paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")),
        );
    }
    pages.sort();
    assert!(pages.len() > 10, "the pages are elsewhere");
    pages
}

/// The lines of a page outside blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    })
}

/// The targets of a page's links and pictures.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for line in prose(text) {
        // What is set as code is no link.
        let line: String = line.split('`').step_by(2).collect();
        for (at, _) in line.match_indices("](") {
            let target = &line[at + 2..];
            links.extend(target.split(')').next().map(str::to_owned));
        }
    }
    links
}

/// What a page sets as code within its prose.
fn code_spans(text: &str) -> Vec<String> {
    let spans = prose(text).flat_map(|line| line.split('`').skip(1).step_by(2));
    spans.map(str::to_owned).collect()
}

fn anchors_of(text: &str) -> Vec<String> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let headings = prose(text).filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            let kept = words
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            let anchor = kept.collect::<String>().replace(' ', "-");
            let before = times.entry(anchor.clone()).or_default();
            *before += 1;
            match *before {
                1 => anchor,
                n => format!("{anchor}-{}", n - 1),
            }
        })
        .collect()
}

// -- the checks ------------------------------------------------------------------------------------

/// Whether a link on a page leads to a file and, if it names one, to a heading.
fn follow(page: &Path, link: &str) -> Result<(), String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Ok(());
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() {
        page.to_owned()
    } else {
        page.parent().unwrap().join(file)
    };
    if !target.exists() {
        return Err(format!("the link {link} leads nowhere"));
    }
    if anchor.is_empty() {
        return Ok(());
    }
    let text = fs::read_to_string(&target).unwrap();
    if anchors_of(&text).iter().any(|known| known == anchor) {
        Ok(())
    } else {
        Err(format!("the link {link} names no heading"))
    }
}

/// Whether a path in a page, such as `src/model/offset.rs` or `src/model/offset.rs::Span::new`,
/// exists. Other code is not looked at.
fn find(code: &str) -> Result<(), String> {
    let Some(path) = code.split_whitespace().next() else {
        return Ok(());
    };
    let is_pattern = path.contains(['*', '<', '{', '…']) || path.contains("NAME");
    if is_pattern || !FOLDERS.iter().any(|folder| path.starts_with(folder)) {
        return Ok(());
    }
    let mut parts = path.split("::");
    let file = parts.next().unwrap_or_default().trim_end_matches(':');
    let at = root().join(file);
    if !at.exists() {
        return Err(format!("there is no {file}"));
    }
    for name in parts {
        let rust = fs::read_to_string(&at).map_err(|e| format!("{file}: {e}"))?;
        if !defines(&rust, name) {
            return Err(format!("{file} does not define {name}"));
        }
    }
    Ok(())
}

/// The help text of each command.
fn helps() -> BTreeMap<String, String> {
    let run = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_copydesk"))
            .args(words)
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let all = run(&["--help"]);
    let (_, commands) = all.split_once("Commands:").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    let names = commands.lines().filter_map(|line| {
        let name = line.strip_prefix("  ")?.split(' ').next()?;
        (!name.is_empty()).then(|| name.to_owned())
    });
    names
        .filter(|name| name != "help")
        .map(|name| {
            let mut help = run(&[&name, "--help"]);
            // Commands with subcommands, such as `schema show`.
            let team = [
                "init", "add", "remove", "status", "take", "send", "fetch", "restore", "priority",
                "reassign", "close", "reopen", "schema", "share",
            ];
            let suggesters = ["list", "add", "remove", "use", "allow", "run", "compare"];
            let subs = match name.as_str() {
                "team" => &team[..],
                "suggesters" => &suggesters[..],
                _ => &["show", "set", "record"],
            };
            for sub in subs {
                help += &run(&[&name, sub, "--help"]);
            }
            (name, help)
        })
        .collect()
}

/// Whether a command line, from the word after `copydesk` on, has only options that the help of its
/// command names.
fn has_options(words: &str, helps: &BTreeMap<String, String>) -> Result<(), String> {
    let line = words.lines().next().unwrap_or_default();
    let line = line
        .split(['`', '#', '|', ';', '>', '\''])
        .next()
        .unwrap_or_default();
    let mut words = line.split_whitespace();
    let Some((command, help)) = words.next().and_then(|name| helps.get_key_value(name)) else {
        return Ok(()); // prose, or the path of a dataset
    };
    for word in words.take_while(|word| *word != "&&") {
        let option = word.split('=').next().unwrap_or_default();
        let is_option = option.starts_with("--") && option.len() > 2;
        let is_known = help
            .split(|c: char| !(c.is_alphanumeric() || c == '-'))
            .any(|known| known == option);
        if is_option && !is_known {
            return Err(format!("copydesk {command} has no option {option}"));
        }
    }
    Ok(())
}

/// Whether a file of Rust defines an item, method or variant of this name, or implements something
/// for it.
fn defines(rust: &str, name: &str) -> bool {
    let words = [
        "fn", "struct", "enum", "trait", "type", "const", "static", "mod", "impl", "for",
    ];
    let mut before = "";
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    rust.lines().any(|line| {
        let line = line.trim_start();
        let is_variant = line
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([',', '(', ' ']));
        before = "";
        let is_item = line
            .split(|c: char| !is_name(c))
            .filter(|word| !word.is_empty())
            .any(|word| {
                let found = word == name && words.contains(&before);
                before = word;
                found
            });
        is_item || (is_variant && !line.starts_with("//"))
    })
}
