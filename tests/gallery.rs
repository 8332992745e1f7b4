//! The figures of docs/gallery.md are what its commands draw.

#![cfg(feature = "cli")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const PAGE: &str = "docs/gallery.md";
const FOLDER: &str = "docs/gallery";

/// Words of a shell line with single and double quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (_, c) => word.push(c),
        }
    }
    words.push(word);
    words.into_iter().filter(|own| !own.is_empty()).collect()
}

/// Every command of the page, without the program's name.
fn commands(page: &str) -> Vec<Vec<String>> {
    let joined = page.replace("\\\n", " ");
    joined.lines().filter_map(|line| line.strip_prefix("riskset ")).map(words).collect()
}

/// The figure that a command draws, and where the page shows it.
fn figure(mut command: Vec<String>) -> (String, String) {
    let at = command.iter().position(|own| own == "--plot").unwrap() + 1;
    let folder = tempfile::tempdir().unwrap();
    let drawn = folder.path().join("figure.svg");
    let place = std::mem::replace(&mut command[at], drawn.to_str().unwrap().to_owned());
    riskset::cli::execute(&command).unwrap_or_else(|failure| panic!("{command:?}: {failure}"));
    (place, fs::read_to_string(drawn).unwrap())
}

/// The pictures that a page shows, from its own folder.
fn shown(page: &str) -> BTreeSet<String> {
    let parts = page.split("](").skip(1).filter_map(|own| own.split_once(')'));
    parts.map(|own| own.0.to_owned()).filter(|own| own.ends_with(".svg")).collect()
}

#[test]
fn the_gallery_is_what_its_commands_draw() {
    let page = fs::read_to_string(PAGE).unwrap();
    let mut drawn = BTreeSet::new();
    for command in commands(&page) {
        let (place, own) = figure(command);
        if std::env::var_os("RENEW_GALLERY").is_some() {
            fs::write(&place, &own).unwrap();
        }
        let kept = fs::read_to_string(&place).unwrap_or_default();
        assert!(kept == own, "{place}: RENEW_GALLERY=1 cargo test --test gallery draws it anew");
        assert!(drawn.insert(place.clone()), "{place} is drawn twice");
    }
    assert!(drawn.len() >= 8, "only {} figures were found", drawn.len());

    let linked = shown(&page).into_iter().map(|own| format!("docs/{own}")).collect();
    assert_eq!(drawn, linked, "every figure is shown on the page");
    let files = fs::read_dir(FOLDER).unwrap().map(|own| own.unwrap().path());
    let files: BTreeSet<String> = files.map(|own| own.to_str().unwrap().to_owned()).collect();
    assert_eq!(drawn, files, "no other file is in the folder");
    let readme = shown(&fs::read_to_string("README.md").unwrap());
    assert!(readme.len() >= 3 && readme.iter().all(|own| Path::new(own).exists()), "{readme:?}");
}
