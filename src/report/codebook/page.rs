//! A codebook for people.

use crate::codebook::{Codebook, Column, Finding, Kind, Role};
use crate::io::date_text;
use crate::report::format::{Format, Style};
use crate::report::grid::Grid;
use crate::report::number::{NONE, estimate, time};
use crate::report::page::Page;

/// Characters of a cell of text; what is longer goes on below.
const WIDTH: usize = 64;
/// Values of free text are cut here.
const EXAMPLE: usize = 40;
/// Values of other columns than categories that are worth listing.
const FEW_NUMBERS: usize = 6;
/// The rule whose findings are shown together.
const QUOTES: &str = "needs_quotes";

pub(super) fn page(own: &Codebook, style: Style) -> Page {
    let width = if style.format == Format::Text { WIDTH } else { usize::MAX };
    let rows = counted(own.rows, "row");
    let columns = counted(own.columns.len() as u64, "column");
    let mut page = Page::new(format!("Codebook: {}", own.file), "")
        .line(format!("{rows}, {columns}{}", reading(own)))
        .grid(columns_grid(own, width));
    page = page.grids(roles(own, width)).grids(covariates(own, width));
    page = page.grids(problems(own, width)).grids(quoted(own, width));
    if own.adtte {
        page = page.line("Times in CDISC's ADTTE form: PARAMCD names the endpoint, AVAL is the time, CNSR 0 the event.");
    }
    if !own.commands.is_empty() {
        page = page.grid(commands(own));
    }
    let notes = own.notes.iter().map(ToString::to_string).collect();
    let file = &own.file;
    page.end(format!("A plan to begin with: riskset inspect {file} --plan > plan.toml"), notes)
}

fn reading(own: &Codebook) -> String {
    let reading = &own.reading;
    let mut parts: Vec<String> = reading.encoding.iter().map(|&own| own.to_owned()).collect();
    let delimiter = |own| match own {
        ',' => "commas".to_owned(),
        ';' => "semicolons".to_owned(),
        '\t' => "tabs".to_owned(),
        own => format!("{own:?}"),
    };
    parts.extend(reading.delimiter.map(|own| format!("{} between fields", delimiter(own))));
    if !reading.decimal_commas.is_empty() {
        parts.push(format!("decimal commas: {}", reading.decimal_commas.join(", ")));
    }
    if !reading.dates.is_empty() {
        parts.push(format!("dates as {}", reading.dates.join(", ")));
    }
    if parts.is_empty() { String::new() } else { format!("; {}", parts.join("; ")) }
}

fn columns_grid(own: &Codebook, width: usize) -> Grid {
    let grid = Grid::new("").words(["column", "kind"]).numbers(["n", "missing", "distinct"]);
    let mut grid = grid.words(["values"]);
    for column in &own.columns {
        let about = if column.distinct_exact { "" } else { "about " };
        let cells = vec![
            column.name.clone(),
            column.kind.title().to_owned(),
            column.n.to_string(),
            column.missing.to_string(),
            format!("{about}{}", distinct(column)),
        ];
        push(&mut grid, cells, &values(column), width);
    }
    grid
}

/// Estimates to three digits.
fn distinct(own: &Column) -> String {
    let count = own.distinct;
    let digits = count.to_string().len() as u32;
    let unit = 10u64.pow(if own.distinct_exact { 0 } else { digits.saturating_sub(3) });
    ((count + unit / 2) / unit * unit).to_string()
}

/// A row whose last cell goes on below where it is long.
fn push(grid: &mut Grid, cells: Vec<String>, last: &str, width: usize) {
    let lines = wrapped(last, width);
    let blank = vec![String::new(); cells.len()];
    for (at, line) in lines.into_iter().enumerate() {
        let first = if at == 0 { cells.clone() } else { blank.clone() };
        grid.push([first, vec![line]].concat());
    }
}

/// A text cut at blanks; at least one line.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(line) if last == 0 => line.push_str(word),
            Some(line) if last + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn values(own: &Column) -> String {
    let coded = !own.values.is_empty() && own.values.len() <= FEW_NUMBERS;
    match own.kind {
        Kind::Category | Kind::Boolean => counts(own),
        Kind::Integer if coded && own.other_values.0 == 0 => counts(own),
        Kind::Integer | Kind::Number => numbers(own),
        Kind::Date => dates(own),
        Kind::Text => examples(own),
        Kind::Empty => String::new(),
    }
}

fn counts(own: &Column) -> String {
    let mut parts: Vec<String> =
        own.values.iter().map(|(text, count)| format!("{text} ({count})")).collect();
    let (distinct, rows) = own.other_values;
    if distinct > 0 {
        parts.push(format!("{distinct} more ({rows})"));
    }
    parts.join(", ")
}

fn numbers(own: &Column) -> String {
    let Some(range) = own.quartiles else { return String::new() };
    let about = if range.exact { "" } else { "about " };
    let [q1, median, q3] = [range.q1, range.median, range.q3].map(estimate);
    let comma = if own.decimal_comma { "; decimal comma" } else { "" };
    let (min, max) = (time(range.min), time(range.max));
    format!("{min} to {max}, median {about}{median} ({about}{q1} to {q3}){comma}")
}

fn dates(own: &Column) -> String {
    let Some((first, last)) = own.days else { return String::new() };
    let format = own.date_format.as_ref().map(|own| format!(", written {own}")).unwrap_or_default();
    format!("{} to {}{format}", date_text(first), date_text(last))
}

fn examples(own: &Column) -> String {
    let cut = |text: &String| {
        let short: String = text.chars().take(EXAMPLE).collect();
        if short.len() < text.len() { format!("{short}…") } else { short }
    };
    let texts: Vec<String> = own.examples.iter().map(cut).collect();
    format!("as {}", texts.join(", "))
}

/// Roles but covariates.
fn roles(own: &Codebook, width: usize) -> Option<Grid> {
    let of = |column: &Column| column.role.as_ref().map(|own| own.role);
    let mut grid = Grid::new("Likely roles").words(["role", "column", "because"]);
    let named = own.columns.iter().filter(|own| of(own).is_some_and(|own| own != Role::Covariate));
    let mut named: Vec<&Column> = named.collect();
    named.sort_by_key(|own| of(own).map_or(0, |role| role as u8));
    for column in named {
        if let Some(role) = &column.role {
            let cells = vec![role.role.name().to_owned(), column.name.clone()];
            push(&mut grid, cells, &role.reason, width);
        }
    }
    let any = own.columns.iter().any(|own| of(own).is_some_and(|role| role != Role::Covariate));
    any.then_some(grid)
}

fn covariates(own: &Codebook, width: usize) -> Option<Grid> {
    let is = |own: &&Column| own.role.as_ref().is_some_and(|own| own.role == Role::Covariate);
    let names = own.columns.iter().filter(is).map(|own| own.name.as_str());
    listed("Covariates", names, width)
}

/// Names that formulas have to quote.
fn quoted(own: &Codebook, width: usize) -> Option<Grid> {
    let names = own.findings.iter().filter(|own| own.rule == QUOTES);
    listed("Names to put between back-quotes", names.filter_map(|own| own.column.as_deref()), width)
}

fn listed<'n>(title: &str, names: impl Iterator<Item = &'n str>, width: usize) -> Option<Grid> {
    let names: Vec<&str> = names.collect();
    let mut grid = Grid::new("").words([title]);
    push(&mut grid, Vec::new(), &names.join(", "), width);
    (!names.is_empty()).then_some(grid)
}

/// What is wrong, and what has to be asked or known.
fn problems(own: &Codebook, width: usize) -> Vec<Grid> {
    let of = |question: bool, caption: &str| {
        let mut grid = Grid::new(caption).words(["column", "where", "what"]);
        let wanted = |own: &&Finding| own.question == question && own.rule != QUOTES;
        let mut found = own.findings.iter().filter(wanted).peekable();
        found.peek()?;
        for finding in found {
            let column = finding.column.clone().unwrap_or_else(|| NONE.to_owned());
            push(&mut grid, vec![column, place(finding)], &finding.message, width);
        }
        Some(grid)
    };
    of(false, "Problems").into_iter().chain(of(true, "Questions")).collect()
}

/// `line 3`, `lines 3, 7, …`.
fn place(own: &Finding) -> String {
    let rows: Vec<u64> = own.first_rows.iter().map(|&row| row as u64 + 1).collect();
    let (thing, places) = if own.lines.is_empty() { ("row", &rows) } else { ("line", &own.lines) };
    if places.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = places.iter().take(3).map(u64::to_string).collect();
    let more = if own.rows > shown.len() as u64 { ", …" } else { "" };
    let s = if own.rows > 1 { "s" } else { "" };
    format!("{thing}{s} {}{more}", shown.join(", "))
}

fn commands(own: &Codebook) -> Grid {
    let commands = own.commands.iter().map(|own| vec![own.clone()]);
    Grid::new("To try").words(["command"]).with_rows(commands)
}

fn counted(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
