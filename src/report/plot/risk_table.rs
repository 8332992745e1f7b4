//! The table under a survival plot: how many are at risk at every tick, and have left by then.

use super::frame::{EDGE, GAP, LEADING, SIZE, words_width};
use super::style::RiskTable;
use super::survival::Line;
use crate::figure::{Anchor, Area, Colour, FAINT, Group, INK, Scale, Text, colour};
use crate::report::number::count;
use crate::report::subject::Counted;

/// The words of a line of the table.
struct Row {
    label: String,
    bold: bool,
    colour: Colour,
    indent: f64,
    cells: Vec<String>,
}

/// The table, before its place is known.
pub(super) struct Table {
    heading: String,
    ticks: Vec<f64>,
    rows: Vec<Row>,
    /// The room for labels beside the numbers; none where they stand above them.
    beside: Option<f64>,
}

/// How numbers are written: sums of weights whole, unless there would be little left of them.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rounding {
    Exact,
    Whole,
    Hundredths,
}

/// Below this sums of weights keep decimals.
const TINY: f64 = 10.0;

impl Rounding {
    fn of(counts: &[f64]) -> Self {
        let most = counts.iter().copied().fold(0.0, f64::max);
        match counts.iter().all(|own| own.fract() == 0.0) {
            true => Self::Exact,
            false if most < TINY => Self::Hundredths,
            false => Self::Whole,
        }
    }

    fn words(self, value: f64) -> String {
        match self {
            Self::Exact => count(value),
            Self::Whole => count(value.round()),
            Self::Hundredths => format!("{value:.2}"),
        }
    }

    /// What a heading says of it.
    fn told(self, counted: Counted) -> &'static str {
        if self == Self::Exact { counted.aside() } else { " (sums of weights, rounded)" }
    }
}

/// Indentation of what belongs to a group.
const INDENT: f64 = 6.0;

impl Table {
    /// The table at some ticks; labels may take `most` beside the numbers.
    pub(super) fn new(
        lines: &[Line<'_>],
        kind: RiskTable,
        ticks: &[f64],
        most: f64,
    ) -> Option<Self> {
        let counted = lines.first()?.counted;
        let heading = match kind {
            RiskTable::None => return None,
            RiskTable::AtRisk => "Number at risk".to_owned(),
            RiskTable::Full => format!("Number of {}", counted.noun()),
        };
        let counts = lines.iter().map(|line| line.counts(ticks)).collect::<Option<Vec<_>>>()?;
        let rounding = Rounding::of(counts.concat().as_flattened());
        let single = lines.len() == 1;
        let mut rows = Vec::new();
        for ((at, line), counts) in lines.iter().enumerate().zip(&counts) {
            let ink = if single { INK } else { colour(at) };
            let name = if single { String::new() } else { line.label.clone() };
            let cells =
                |which: usize| counts.iter().map(|own| rounding.words(own[which])).collect();
            let printed = printed(line, ticks);
            if kind == RiskTable::AtRisk {
                let label = match (single, &printed) {
                    (true, Some(_)) => "Reached".to_owned(),
                    (true, None) => "At risk".to_owned(),
                    (false, _) => name,
                };
                rows.push(Row { label, bold: false, colour: ink, indent: 0.0, cells: cells(0) });
                rows.extend(printed);
                continue;
            }
            if !single {
                rows.push(Row { label: name, bold: true, colour: ink, indent: 0.0, cells: vec![] });
            }
            for (which, label) in ["At risk", "Events", "Censored"].into_iter().enumerate() {
                let (label, indent) = (label.to_owned(), if single { 0.0 } else { INDENT });
                rows.push(Row { label, bold: false, colour: INK, indent, cells: cells(which) });
            }
        }
        let heading = format!("{heading}{}", rounding.told(counted));
        let mut own = Self { heading, ticks: ticks.to_vec(), rows, beside: None };
        let widest = own.rows.iter().filter(|row| !row.cells.is_empty()).map(Row::width);
        let widest = widest.fold(0.0, f64::max);
        own.beside = (widest <= most).then_some(widest);
        Some(own.stacked())
    }

    /// Labels that do not fit beside their numbers get lines of their own.
    fn stacked(mut self) -> Self {
        if self.beside.is_some() {
            return self;
        }
        let rows = std::mem::take(&mut self.rows);
        self.rows = rows
            .into_iter()
            .flat_map(|mut row| {
                if row.cells.is_empty() {
                    return vec![row];
                }
                let cells = std::mem::take(&mut row.cells);
                let numbers = Row {
                    label: String::new(),
                    bold: false,
                    colour: row.colour,
                    indent: 0.0,
                    cells,
                };
                vec![row, numbers]
            })
            .collect();
        self
    }

    /// Room that it takes before the axis: its labels, and half of the widest number of the first
    /// column, which hangs over the axis.
    pub(super) fn before(&self) -> f64 {
        EDGE + self.beside.map_or(0.0, |beside| beside + 2.0 * GAP) + self.overhang()
    }

    fn overhang(&self) -> f64 {
        let first = self.rows.iter().filter_map(|row| row.cells.first());
        first.map(|own| words_width(own)).fold(0.0, f64::max) / 2.0
    }

    /// The widest number.
    pub(super) fn widest(&self) -> f64 {
        let cells = self.rows.iter().flat_map(|row| &row.cells);
        cells.map(|own| words_width(own)).fold(0.0, f64::max)
    }

    pub(super) fn height(&self) -> f64 {
        GAP + LEADING * (self.rows.len() + 1) as f64
    }

    /// Draws it from `top` on.
    pub(super) fn draw(&self, top: f64, x: &Scale, panel: &Area) -> Group {
        let mut group = Group::new("risk-table");
        let mut baseline = top + GAP + SIZE;
        let room = panel.right - EDGE;
        group.push(Text::new((EDGE, baseline), &self.heading, SIZE).bold().fitted(room));
        for row in &self.rows {
            baseline += LEADING;
            group.push(self.row(row, baseline, x, panel));
        }
        group
    }

    fn row(&self, row: &Row, baseline: f64, x: &Scale, panel: &Area) -> Group {
        let mut group = Group::new("row");
        if !row.label.is_empty() {
            let text =
                Text::new((EDGE + row.indent, baseline), &row.label, SIZE).colour(row.colour);
            let text = if row.bold { text.bold() } else { text };
            let alone = row.cells.is_empty() || self.beside.is_none();
            let room = if alone { panel.right - EDGE - row.indent } else { f64::INFINITY };
            group.push(text.fitted(room).class("label"));
        }
        for (&tick, cell) in self.ticks.iter().zip(&row.cells) {
            let text = Text::new((x.place(tick), baseline), cell, SIZE).colour(row.colour);
            group.push(text.anchor(Anchor::Middle).class("count"));
        }
        group
    }
}

/// The numbers as printed, where there are any, for those that are reached to be held against.
fn printed(line: &Line<'_>, ticks: &[f64]) -> Option<Row> {
    let at = |tick: &f64| line.printed.iter().find(|own| own.0 == *tick);
    let cell = |tick| at(tick).map_or_else(String::new, |own| count(own.1));
    let cells = ticks.iter().map(cell).collect();
    let label = "Printed".to_owned();
    let row = Row { label, bold: false, colour: FAINT, indent: INDENT, cells };
    (!line.printed.is_empty()).then_some(row)
}

impl Row {
    fn width(&self) -> f64 {
        self.indent + words_width(&self.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_weights_are_rounded_and_it_is_said() {
        let words = |counts: &[f64]| {
            let own = Rounding::of(counts);
            let words: Vec<String> = counts.iter().map(|&count| own.words(count)).collect();
            (words.join(" "), own.told(Counted::default()))
        };
        let said = " (sums of weights, rounded)";
        assert_eq!(words(&[179.375, 50.5, 1.0]), ("179 51 1".to_owned(), said));
        assert_eq!(words(&[0.9996, 0.5, 0.0]), ("1.00 0.50 0.00".to_owned(), said));
        assert_eq!(words(&[138.0, 0.0]), ("138 0".to_owned(), ""));
    }
}
