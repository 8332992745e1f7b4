//! The examples in the help texts are what the commands print.

#![cfg(feature = "cli")]

use std::fs;

/// Words of a shell line in which only double quotes are used.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let mut words: Vec<String> = Vec::new();
    for (at, part) in parts {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Every command of a help text with the output below it.
fn examples(text: &str) -> Vec<(String, String)> {
    let after = text.split("  $ riskset ").skip(1);
    let example = |block: &str| {
        let (command, rest) = block.split_once('\n').unwrap();
        let lines = rest.lines().take_while(|line| line.is_empty() || line.starts_with("  "));
        let output: Vec<&str> = lines.map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
        (command.to_owned(), output.join("\n").trim_end().to_owned())
    };
    after.map(example).collect()
}

/// The help text with the outputs as they are now.
fn renewed(text: &str) -> String {
    let mut text = text.to_owned();
    for (command, old) in examples(&text) {
        let new = riskset::cli::execute(words(&command)).unwrap();
        let indent = |text: &str| {
            let lines = text.trim_end().lines();
            let lines =
                lines.map(|line| if line.is_empty() { String::new() } else { format!("  {line}") });
            lines.collect::<Vec<_>>().join("\n")
        };
        let separator = if old.is_empty() { "" } else { "\n" };
        let place = format!("  $ riskset {command}{separator}{}", indent(&old));
        text = text.replace(&place, &format!("  $ riskset {command}\n{}", indent(&new)));
    }
    text
}

#[test]
fn examples_in_help_are_real() {
    let mut found = 0;
    for entry in fs::read_dir("src/cli/help").unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        found += examples(&text).len();
        let renewed = renewed(&text);
        if std::env::var_os("RENEW_HELP").is_some() {
            fs::write(&path, renewed).unwrap();
        } else {
            assert_eq!(text, renewed, "{path:?}: RENEW_HELP=1 cargo test --test help rewrites it");
        }
    }
    assert!(found >= 6, "only {found} examples were found");
}
