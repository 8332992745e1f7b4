//! A lower layer never names a higher one.

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer may name itself and those listed.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("note", &[]),
    ("numeric", &[]),
    ("table", &["note", "error"]),
    ("cohort", &["table", "numeric", "note", "error"]),
    ("risk", &["table", "cohort", "numeric", "error"]),
    ("curve", &["table", "risk", "cohort", "numeric", "note", "error"]),
    ("compare", &["curve", "table", "risk", "cohort", "numeric", "note", "error"]),
    ("cox", &["table", "curve", "risk", "cohort", "numeric", "note", "error"]),
    ("accuracy", &["curve", "table", "risk", "cohort", "numeric", "note", "error"]),
    ("published", &["error"]),
    (
        "reconstruct",
        &[
            "published",
            "convention",
            "cox",
            "compare",
            "curve",
            "cohort",
            "table",
            "numeric",
            "note",
            "error",
        ],
    ),
    (
        "reproduce",
        &[
            "reconstruct",
            "published",
            "plan",
            "formula",
            "io",
            "convention",
            "cox",
            "compare",
            "curve",
            "cohort",
            "table",
            "numeric",
            "note",
            "error",
        ],
    ),
    ("figure", &["error"]),
    ("describe", &["table", "numeric", "note", "error"]),
    ("io", &["table", "note", "error"]),
    ("formula", &["cohort", "table", "numeric", "note", "error"]),
    ("plan", &["formula", "io", "table", "note", "error"]),
    ("codebook", &["io", "formula", "table", "note", "error"]),
    ("convention", &["cox", "curve", "compare", "error"]),
    (
        "reproduce",
        &[
            "reconstruct",
            "published",
            "convention",
            "cox",
            "compare",
            "curve",
            "cohort",
            "formula",
            "io",
            "plan",
            "table",
            "numeric",
            "note",
            "error",
        ],
    ),
    (
        "report",
        &[
            "figure",
            "reproduce",
            "reconstruct",
            "published",
            "codebook",
            "io",
            "convention",
            "plan",
            "formula",
            "accuracy",
            "describe",
            "cox",
            "compare",
            "curve",
            "cohort",
            "table",
            "numeric",
            "note",
            "error",
        ],
    ),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn layer(path: &Path) -> String {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The modules that a source names after `crate::`, comments left out.
fn named(source: &str) -> Vec<String> {
    let code = source.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let code: Vec<&str> = code.collect();
    let code = code.join("\n");
    let rest = code.split("crate::").skip(1);
    let name = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    rest.map(name).filter(|name| MAY_NAME.iter().any(|(layer, _)| layer == name)).collect()
}

#[test]
fn lower_layers_never_name_higher_ones() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 20);
    let mut broken = Vec::new();
    for file in files {
        let own = layer(&file);
        let Some((_, allowed)) = MAY_NAME.iter().find(|(layer, _)| *layer == own) else { continue };
        for name in named(&fs::read_to_string(&file).unwrap()) {
            if name != own && !allowed.contains(&name.as_str()) {
                broken.push(format!("{} names {name}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
