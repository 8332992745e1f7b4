//! Reports as HTML and as Word documents: what is in them, and what is not.

#![cfg(feature = "cli")]

use std::fs;
use std::io::{Cursor, Read};
use std::path::PathBuf;

use roxmltree::{Document, Node, ParsingOptions};
use zip::ZipArchive;

const LUNG: &str = "fixtures/data/lung.csv";
const BY_SEX: &str = "Surv(time, status == 2) ~ sex";

/// Every command, with the options that make more tables.
const COMMANDS: &[&[&str]] = &[
    &["km", LUNG, BY_SEX, "--at", "365,2000", "--quantiles", "0.25", "--rmst", "730", "--mean"],
    &["km", LUNG, BY_SEX, "--follow-up", "--band", "hall-wellner", "--bootstrap", "40"],
    &["km", LUNG, BY_SEX, "--by", "ph.ecog", "--where", "ph.ecog < 3"],
    &["km", LUNG, "Surv(time, status == 2) ~ 1", "--each", "sex + (age >= 65)", "--at", "365"],
    &[
        "logrank",
        "fixtures/data/veteran.csv",
        "Surv(time, status) ~ celltype",
        "--pairwise",
        "holm",
    ],
    &["logrank", LUNG, "Surv(time, status == 2) ~ 1", "--each", "sex + ph.ecog"],
    &[
        "cox",
        LUNG,
        "Surv(time, status == 2) ~ age + sex + factor(ph.ecog)",
        "--univariable",
        "--ph-test",
    ],
    &["cox", LUNG, BY_SEX, "--adjusted", "sex", "--at", "180", "--accuracy", "365", "--baseline"],
    &[
        "cox",
        "fixtures/data/veteran.csv",
        "Surv(time, status) ~ karno + celltype",
        "--penalty",
        "ridge",
    ],
    &["table1", "fixtures/data/veteran.csv", "age + celltype + karno", "--by", "trt", "--smd"],
    &[
        "response",
        "fixtures/data/veteran.csv",
        "celltype",
        "--by",
        "trt",
        "--responder",
        "adeno,large",
        "--control",
        "smallcell",
        "--progression",
        "squamous",
    ],
    &["derive", "fixtures/examples/nen.toml"],
    &["derive", "tests/cli/plans/excluded.toml"],
    &["inspect", "tests/cli/data/messy.csv"],
    &["check", "fixtures/examples/printed.csv", "fixtures/published/responses.csv"],
    &["reproduce", "fixtures/studies/moertel-1995-colon"],
    &[
        "identify",
        "fixtures/data/collett-iud.csv",
        "Surv(time, status) ~ 1",
        "--published",
        "93 (59-127)",
        "--draws",
        "20",
    ],
    &[
        "reconstruct",
        "--points",
        "fixtures/reconstruction/input/S04_stage1_points.csv",
        "--at-risk",
        "fixtures/reconstruction/input/S04_stage1_nrisk.csv",
        "--events",
        "15",
        "--at",
        "24",
    ],
    &["conventions"],
];

/// A path in cargo's folder for tests, without a file.
fn scratch(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path
}

/// What a command writes into a file of this name; some also fail for what they found.
fn written(args: &[&str], name: &str) -> Vec<u8> {
    let path = scratch(name);
    let output = ["--output", path.to_str().unwrap()];
    let failure = riskset::cli::execute(args.iter().chain(&output).copied()).err();
    fs::read(&path).unwrap_or_else(|error| panic!("{args:?}: {error}, {failure:?}"))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// A part of a Word document.
fn part(docx: &[u8], name: &str) -> String {
    let mut zip = ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut own = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut own).unwrap();
    own
}

fn xml(text: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).unwrap()
}

fn elements<'a, 'i>(of: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    of.descendants().filter(move |own| own.tag_name().name() == name)
}

fn inner(node: Node) -> String {
    node.descendants().filter(Node::is_text).filter_map(|own| own.text()).collect()
}

/// Rows of cells of all tables, their titles first.
type Tables = Vec<Vec<Vec<String>>>;

fn tables(document: &Document, [table, row, cell]: [&'static str; 3]) -> Tables {
    let is_cell = |own: &Node| cell.split(' ').any(|name| own.tag_name().name() == name);
    let cells = |row: Node| row.children().filter(is_cell).map(inner).collect();
    let rows = |own: Node| elements(own, row).map(cells).collect();
    elements(document.root(), table).map(rows).collect()
}

fn html_tables(document: &Document) -> Tables {
    tables(document, ["table", "tr", "th td"])
}

fn docx_tables(document: &Document) -> Tables {
    tables(document, ["tbl", "tr", "tc"])
}

/// The tables of Markdown.
fn markdown_tables(text: &str) -> Tables {
    let mut tables: Tables = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let row = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |"));
        match row {
            Some(row) if inside => tables.last_mut().unwrap().push(markdown_cells(row)),
            Some(row) => tables.push(vec![markdown_cells(row)]),
            None => {}
        }
        inside = row.is_some();
    }
    // The line below the titles is no row.
    tables.iter_mut().for_each(|own| drop(own.remove(1)));
    tables
}

fn markdown_cells(row: &str) -> Vec<String> {
    let row = row.replace("\\\\", "\u{1}").replace("\\|", "\u{2}").replace("&lt;", "<");
    let cell = |cell: &str| cell.trim().replace('\u{1}', "\\").replace('\u{2}', "|");
    row.split(" | ").map(cell).collect()
}

/// The cells with something in them, sorted.
fn filled(rows: &[Vec<String>]) -> Vec<&str> {
    let cells = rows.iter().flatten().map(String::as_str).filter(|cell| !cell.is_empty());
    let mut cells: Vec<&str> = cells.collect();
    cells.sort_unstable();
    cells
}

/// Every title of a text stands among those of a document, alone or with the one that it divides.
fn titles_agree(document: &[String], text: &[String]) -> bool {
    let joined = |own: &[String]| {
        let own = own.iter().map(String::as_str).filter(|title| !title.is_empty());
        own.collect::<Vec<_>>().join(", ")
    };
    joined(document) == joined(text)
}

#[test]
fn every_cell_is_in_the_documents() {
    for (at, args) in COMMANDS.iter().enumerate() {
        let markdown = text(written(args, &format!("cells-{at}.md")));
        let html = text(written(args, &format!("cells-{at}.html")));
        let body = part(&written(args, &format!("cells-{at}.docx")), "word/document.xml");
        let own = markdown_tables(&markdown);
        assert!(!own.is_empty(), "{args:?}");
        let of_html = html_tables(&xml(&html));
        assert_eq!(of_html, docx_tables(&xml(&body)), "{args:?}");
        assert_eq!(of_html.len(), own.len(), "{args:?}");
        for (table, text) in of_html.iter().zip(&own) {
            assert!(titles_agree(&table[0], &text[0]), "{:?} {:?}", table[0], text[0]);
            assert_eq!(filled(&table[1..]), filled(&text[1..]), "{args:?}");
        }
    }
}

#[test]
fn every_line_is_in_the_documents() {
    for (at, args) in COMMANDS.iter().enumerate() {
        let markdown = text(written(args, &format!("lines-{at}.md")));
        let html = text(written(args, &format!("lines-{at}.html")));
        let body = part(&written(args, &format!("lines-{at}.docx")), "word/document.xml");
        let html = xml(&html);
        let prose = ["h1", "h2", "p", "li", "caption"];
        let is_prose = |own: &Node| prose.contains(&own.tag_name().name());
        let html: Vec<String> = html.descendants().filter(is_prose).map(inner).collect();
        let docx: Vec<String> = elements(xml(&body).root(), "p").map(inner).collect();
        let lines = markdown.lines().filter(|line| !line.is_empty() && !line.starts_with('|'));
        for line in lines {
            let line = line.trim_start_matches("## ").trim_start_matches("- ");
            let line = line.trim_matches('`').trim_matches('*').replace("&lt;", "<");
            // A stratum stands before the heading in text, behind it in documents.
            let line = match line.strip_prefix('[').and_then(|line| line.split_once("] ")) {
                Some((place, heading)) => format!("{heading}, {place}"),
                None => line,
            };
            assert!(html.contains(&line), "{args:?}: {line:?} not in {html:#?}");
            assert!(docx.contains(&line), "{args:?}: {line:?} not in {docx:#?}");
        }
    }
}

#[test]
fn levels_stand_below_what_they_divide() {
    let args = ["cox", LUNG, "Surv(time, status == 2) ~ age + factor(ph.ecog)"];
    let html = text(written(&args, "levels.html"));
    let html = xml(&html);
    let classes: Vec<_> = elements(html.root(), "tr").map(|own| own.attribute("class")).collect();
    let (above, below) = (Some("above"), Some("below"));
    assert_eq!(classes, [None, None, above, below, below, below]);
    let rows = &html_tables(&html)[0];
    assert_eq!(rows[2][..2], ["factor(ph.ecog)", ""]);
    assert_eq!(rows[3][0], "1");
    let body = part(&written(&args, "levels.docx"), "word/document.xml");
    assert_eq!(elements(xml(&body).root(), "ind").count(), 3);
}

#[test]
fn html_needs_no_other_file() {
    for (at, args) in COMMANDS.iter().enumerate() {
        let html = text(written(args, &format!("alone-{at}.html")));
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en-GB\">"));
        for word in ["http", "<script", "<link", "src=", "url(", "@import"] {
            assert!(!html.contains(word), "{args:?}: {word}");
        }
        let html = xml(&html);
        let one = |name| assert_eq!(elements(html.root(), name).count(), 1, "{args:?}: {name}");
        ["title", "style", "h1", "main"].into_iter().for_each(one);
        let viewport = elements(html.root(), "meta").filter_map(|own| own.attribute("name"));
        assert_eq!(viewport.collect::<Vec<_>>(), ["viewport"]);
        let head = |own: Node| own.attribute("scope").is_some();
        assert!(elements(html.root(), "th").all(head), "{args:?}");
    }
}

/// Texts that would be markup, and a character that XML has not.
const HOSTILE: &str = "<b>&\"'</b>]]>{title}";

#[test]
fn markup_in_data_is_text() {
    let path = scratch("hostile.csv");
    let mut rows = "time,event,\"<i>&amp;\"\n".to_owned();
    for (time, event) in [(1, 1), (2, 0), (3, 1), (5, 1)] {
        rows += &format!("{time},{event},\"{}\"\n", HOSTILE.replace('"', "\"\""));
        rows += &format!("{time},1,a\u{1}b\n");
    }
    fs::write(&path, rows).unwrap();
    let args = ["km", path.to_str().unwrap(), "Surv(time, event) ~ `<i>&amp;`"];
    let html = text(written(&args, "hostile.html"));
    let docx = written(&args, "hostile.docx");
    let body = part(&docx, "word/document.xml");
    let groups = [format!("`<i>&amp;`={HOSTILE}"), "`<i>&amp;`=a\u{fffd}b".to_owned()];
    for rows in [&html_tables(&xml(&html))[0], &docx_tables(&xml(&body))[0]] {
        let own: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
        assert_eq!(own, groups);
    }
    let core = part(&docx, "docProps/core.xml");
    let title = inner(elements(xml(&core).root(), "title").next().unwrap());
    assert_eq!(title, "Kaplan–Meier: Surv(time, event) ~ `<i>&amp;`");
}

#[test]
fn documents_are_the_same_bytes_every_time() {
    let args = COMMANDS[6];
    for ending in ["html", "docx"] {
        let first = written(args, &format!("first.{ending}"));
        std::thread::sleep(std::time::Duration::from_millis(2100));
        assert!(first == written(args, &format!("second.{ending}")), "{ending}");
    }
}

#[test]
fn a_docx_tells_no_time() {
    let docx = written(&["km", LUNG, BY_SEX], "times.docx");
    let mut zip = ZipArchive::new(Cursor::new(&docx)).unwrap();
    for at in 0..zip.len() {
        let time = zip.by_index(at).unwrap().last_modified().unwrap();
        assert_eq!((time.year(), time.month(), time.day(), time.hour()), (1980, 1, 1, 0));
    }
    let core = part(&docx, "docProps/core.xml");
    assert!(!core.contains("created") && !core.contains("modified"), "{core}");
}

#[test]
fn every_part_of_a_docx_is_announced_and_well_formed() {
    let docx = written(&["km", LUNG, BY_SEX], "parts.docx");
    let zip = ZipArchive::new(Cursor::new(&docx)).unwrap();
    let names = zip.file_names().map(|name| name.unwrap().into_owned());
    let names: Vec<String> = names.collect();
    assert_eq!(names[0], "[Content_Types].xml");
    let types = part(&docx, "[Content_Types].xml");
    for name in &names {
        xml(&part(&docx, name));
        let is_part = name != "[Content_Types].xml" && !name.ends_with(".rels");
        assert!(!is_part || types.contains(&format!("\"/{name}\"")), "{name}");
    }
    for (rels, folder) in [("_rels/.rels", ""), ("word/_rels/document.xml.rels", "word/")] {
        let rels = part(&docx, rels);
        let rels = xml(&rels);
        for own in elements(rels.root(), "Relationship") {
            let target = format!("{folder}{}", own.attribute("Target").unwrap());
            assert!(names.contains(&target), "{target}");
        }
    }
    let body = part(&docx, "word/document.xml");
    let styles = part(&docx, "word/styles.xml");
    for own in elements(xml(&body).root(), "pStyle").chain(elements(xml(&body).root(), "tblStyle"))
    {
        let style = own.attributes().next().unwrap().value();
        assert!(styles.contains(&format!("w:styleId=\"{style}\"")), "{style}");
    }
    assert!(styles.contains("<w:lang w:val=\"en-GB\""));
}

/// Children in the order of the transitional schema (ECMA-376, part 4), of which Word refuses a file
/// that has another; only those that a report may need.
const ORDER: &[(&str, &str)] = &[
    (
        "pPr",
        "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind \
             contextualSpacing jc outlineLvl rPr sectPr",
    ),
    (
        "rPr",
        "rStyle rFonts b bCs i iCs caps smallCaps strike noProof color spacing sz szCs highlight u shd \
             vertAlign lang",
    ),
    (
        "tblPr",
        "tblStyle tblStyleRowBandSize tblStyleColBandSize tblW jc tblInd tblBorders shd \
               tblLayout tblCellMar tblLook tblCaption tblDescription",
    ),
    ("tcPr", "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign"),
    ("tblBorders", "top left bottom right insideH insideV"),
    ("tcBorders", "top left bottom right"),
    ("tblCellMar", "top left bottom right"),
    ("sectPr", "headerReference footerReference type pgSz pgMar cols docGrid"),
    ("tbl", "tblPr tblGrid tr"),
    ("tr", "trPr tc"),
    ("tc", "tcPr p"),
    ("p", "pPr r"),
    (
        "style",
        "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr trPr \
               tcPr tblStylePr",
    ),
    ("styles", "docDefaults style"),
    ("body", "p tbl sectPr"),
    ("inline", "extent effectExtent docPr cNvGraphicFramePr graphic"),
];

/// Of these children any may stand beside any other.
const MIXED: &[&str] = &["body"];

fn name_of<'a>(own: Node<'a, '_>) -> &'a str {
    own.tag_name().name()
}

/// What is wrong with the children of an element.
fn disorder(own: Node<'_, '_>) -> Option<String> {
    let (_, order) = ORDER.iter().find(|(name, _)| *name == name_of(own))?;
    let order: Vec<&str> = order.split_whitespace().collect();
    let mut last = 0;
    for child in own.children().filter(Node::is_element) {
        let Some(at) = order.iter().position(|name| *name == name_of(child)) else {
            return Some(format!("{} in {}", name_of(child), name_of(own)));
        };
        if at < last && !MIXED.contains(&name_of(own)) {
            return Some(format!("{} after {}", name_of(child), order[last]));
        }
        last = at;
    }
    let ends_in_paragraph = || own.last_element_child().map(name_of) == Some("p");
    (name_of(own) == "tc" && !ends_in_paragraph()).then(|| "a cell without a paragraph".to_owned())
}

/// What Word would refuse of a document.
fn refused_by_word(docx: &[u8]) -> Option<String> {
    let (body, styles) = (part(docx, "word/document.xml"), part(docx, "word/styles.xml"));
    let both = [xml(&body), xml(&styles)];
    let found = both.iter().find_map(|own| own.descendants().find_map(disorder));
    if found.is_some() {
        return found;
    }
    let body = &both[0];
    let mut ids: Vec<&str> =
        elements(body.root(), "docPr").map(|own| own.attribute("id").unwrap()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < count {
        return Some("two drawings have one id".to_owned());
    }
    for table in elements(body.root(), "tbl") {
        let columns = elements(table, "gridCol").count();
        let ragged = elements(table, "tr").any(|row| elements(row, "tc").count() != columns);
        if ragged || table.next_sibling_element().is_none_or(|own| name_of(own) == "tbl") {
            return Some("a ragged table, or one that runs into the next".to_owned());
        }
    }
    let rels = part(docx, "word/_rels/document.xml.rels");
    let rels = xml(&rels);
    let known: Vec<&str> =
        elements(rels.root(), "Relationship").map(|own| own.attribute("Id").unwrap()).collect();
    let mut named = body.descendants().flat_map(|own| own.attributes());
    let lost = named.find(|own| {
        own.namespace().is_some_and(|space| space.ends_with("/relationships"))
            && !known.contains(&own.value())
    });
    lost.map(|own| format!("{} leads nowhere", own.value()))
}

/// Every part has a type, and what parts lead to is there.
fn announced(docx: &[u8]) {
    let zip = ZipArchive::new(Cursor::new(docx)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let types = part(docx, "[Content_Types].xml");
    let types = xml(&types);
    let of = |element, key: &'static str| -> Vec<String> {
        elements(types.root(), element).map(|own| own.attribute(key).unwrap().to_owned()).collect()
    };
    let (parts, endings) = (of("Override", "PartName"), of("Default", "Extension"));
    for name in names.iter().filter(|own| *own != "[Content_Types].xml") {
        let ending = name.rsplit('.').next().unwrap().to_owned();
        assert!(parts.contains(&format!("/{name}")) || endings.contains(&ending), "{name}");
    }
    assert!(parts.iter().all(|own| names.contains(&own[1..].to_owned())), "{parts:?}");
    let rels = part(docx, "word/_rels/document.xml.rels");
    for own in elements(xml(&rels).root(), "Relationship") {
        let target = format!("word/{}", own.attribute("Target").unwrap());
        assert!(names.contains(&target), "{target}");
    }
}

#[test]
fn word_takes_every_document() {
    for args in COMMANDS {
        let docx = written(args, "strict.docx");
        assert_eq!(refused_by_word(&docx), None, "{args:?}");
        announced(&docx);
    }
    let plot = scratch("strict.svg");
    for at in [0, 2, 3, 6, 15] {
        let args = [COMMANDS[at], &["--plot", plot.to_str().unwrap()]].concat();
        let docx = written(&args, "strict-figure.docx");
        assert_eq!(refused_by_word(&docx), None, "{args:?}");
        assert!(part(&docx, "word/document.xml").contains("<wp:docPr "), "{args:?}");
        announced(&docx);
    }
}

/// A report is a page: under the name of a document there is none.
#[test]
fn a_report_is_no_word_document() {
    for name in ["whole.docx", "whole.csv"] {
        let path = scratch(name);
        let args = ["report", "fixtures/examples/nen.toml", "--output", path.to_str().unwrap()];
        let error = riskset::cli::execute(args).unwrap_err().to_string();
        assert!(error.contains("take html, json, markdown or text"), "{error}");
        assert!(!path.exists());
    }
}

/// The test above would see what it looks for.
#[test]
fn word_refuses_what_is_out_of_order() {
    let wrong = |text: &str| {
        let text = format!("<w:body xmlns:w=\"w\">{text}</w:body>");
        xml(&text).descendants().find_map(disorder)
    };
    assert_eq!(wrong("<w:p><w:pPr><w:pStyle/><w:jc/></w:pPr><w:r/></w:p>"), None);
    assert_eq!(wrong("<w:p><w:pPr><w:jc/><w:pStyle/></w:pPr></w:p>").unwrap(), "pStyle after jc");
    assert_eq!(wrong("<w:p><w:r/><w:pPr/></w:p>").unwrap(), "pPr after r");
    assert_eq!(wrong("<w:p><w:b/></w:p>").unwrap(), "b in p");
    assert_eq!(wrong("<w:tbl><w:tr><w:tc/></w:tr></w:tbl>").unwrap(), "a cell without a paragraph");
}

#[test]
fn tables_are_those_of_a_journal() {
    let body = part(&written(COMMANDS[0], "journal.docx"), "word/document.xml");
    let body = xml(&body);
    let width = |own: Node| -> u32 { own.attributes().next().unwrap().value().parse().unwrap() };
    for table in elements(body.root(), "tbl") {
        let rows: Vec<Node> = elements(table, "tr").collect();
        let repeated: Vec<usize> =
            rows.iter().map(|row| elements(*row, "tblHeader").count()).collect();
        assert_eq!((repeated[0], repeated.iter().sum::<usize>()), (1, 1));
        let grid: Vec<u32> = elements(table, "gridCol").map(width).collect();
        assert_eq!(grid.len(), elements(rows[0], "tc").count());
        assert!(grid.iter().sum::<u32>() <= 9638, "{grid:?}");
        assert!(elements(table, "insideV").count() == 0 && elements(table, "left").count() == 0);
    }
    // In the first table n and events are numbers, the group and the median are words.
    let first = elements(body.root(), "tbl").next().unwrap();
    for row in elements(first, "tr") {
        let right = elements(row, "tc").map(|cell| elements(cell, "jc").count() == 1);
        assert_eq!(right.collect::<Vec<_>>(), [false, true, true, false]);
    }
}

#[test]
fn a_sheet_is_turned_for_a_wide_table() {
    let sheets = |args: &[&str], name: &str| {
        let body = part(&written(args, name), "word/document.xml");
        let body = xml(&body);
        let turned = |own: Node| own.attributes().any(|own| own.name() == "orient");
        elements(body.root(), "pgSz").map(turned).collect::<Vec<_>>()
    };
    assert_eq!(sheets(&["km", LUNG, BY_SEX], "upright.docx"), [false]);
    assert_eq!(sheets(&["conventions"], "turned.docx"), [true]);
}

#[test]
fn a_table_too_wide_for_paper_becomes_several() {
    let times: Vec<String> = (1..=80).map(|at| (at * 5).to_string()).collect();
    let times = times.join(",");
    let each = ["km", LUNG, "Surv(time, status == 2) ~ 1", "--each", "sex", "--at"];
    let args = [&each[..], &[times.as_str()]].concat();
    let body = part(&written(&args, "wide.docx"), "word/document.xml");
    let html = text(written(&args, "wide.html"));
    let (tables, html) = (docx_tables(&xml(&body)), html_tables(&xml(&html)));
    assert!(tables.len() > 5, "{}", tables.len());
    let whole = |row: usize| {
        let rest = tables.iter().flat_map(|table| table[row][1..].iter().cloned());
        std::iter::once(tables[0][row][0].clone()).chain(rest).collect::<Vec<_>>()
    };
    for (row, cells) in html[0].iter().enumerate() {
        assert_eq!(&whole(row), cells);
        assert!(tables.iter().all(|table| table[row][0] == cells[0]));
    }
}

#[test]
fn quiet_documents_have_no_conventions() {
    let args = ["km", LUNG, BY_SEX, "--at", "2000"];
    let quiet = ["km", LUNG, BY_SEX, "--at", "2000", "--quiet"];
    for (args, wanted) in [(&args[..], true), (&quiet[..], false)] {
        let html = text(written(args, "quiet.html"));
        let body = part(&written(args, "quiet.docx"), "word/document.xml");
        for words in ["Conventions (riskset)", "2000 lies beyond the last follow-up"] {
            assert_eq!(html.contains(words), wanted, "{words}");
            assert_eq!(body.contains(words), wanted, "{words}");
        }
    }
}

#[test]
fn that_rows_are_no_patients_stands_on_top_and_stays() {
    let path = scratch("made.csv");
    fs::write(&path, "time,event,origin\n1,1,pseudo\n2,0,pseudo\n3,1,pseudo\n").unwrap();
    let args = ["km", path.to_str().unwrap(), "Surv(time, event) ~ 1", "--quiet"];
    let html = text(written(&args, "made.html"));
    let body = part(&written(&args, "made.docx"), "word/document.xml");
    for text in [html, body] {
        let banner = text.find("NOT PATIENTS").unwrap();
        assert!(banner < text.find("made.csv: 3 rows").unwrap());
    }
}

#[test]
fn a_document_is_not_for_a_terminal() {
    let fails = |args: &[&str]| {
        let failure = riskset::cli::execute(args.iter().copied()).unwrap_err();
        (failure.status(), failure.to_string())
    };
    let (status, message) = fails(&["km", "no-such-file.csv", BY_SEX, "--format", "docx"]);
    assert_eq!(status, 2);
    assert!(message.contains("--output FILE.docx"), "{message}");
    for format in ["html", "docx"] {
        let path = scratch(&format!("plan.{format}"));
        let output = ["--plan", "--output", path.to_str().unwrap()];
        let (status, message) = fails(&[&["inspect", LUNG], &output[..]].concat());
        assert_eq!((status, path.exists()), (2, false));
        assert!(message.contains("--plan is TOML"), "{message}");
    }
}

#[test]
fn the_format_comes_before_the_ending() {
    let args = ["km", LUNG, BY_SEX, "--format"];
    let json = text(written(&[&args[..], &["json"]].concat(), "not.html"));
    assert!(json.starts_with('{'), "{json}");
    assert_eq!(&written(&[&args[..], &["docx"]].concat(), "no-ending")[..2], b"PK");
    assert!(text(written(&args[..3], "UPPER.HTML")).starts_with("<!DOCTYPE"));
}
