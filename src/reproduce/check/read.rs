//! Files of printed numbers, known by their columns.

use super::model::{
    Bracket, Measure, PrintedCoefficient, PrintedCount, PrintedFigure, PrintedNumbers,
    PrintedResponse, RowId,
};
use crate::curve::ConfType;
use crate::error::{DataError, Error, Problem, Result};
use crate::io::{ReadOptions, Reader, TextRow};
use crate::published::Printed;

/// Columns by which a file is known.
const FIGURES: [&str; 5] = ["id", "measure", "value", "lower", "upper"];
const RESPONSES: [&str; 6] = ["id", "pr", "sd", "pd", "orr_pct", "dcr_pct"];
const COEFFICIENTS: [&str; 5] = ["model", "term", "hr", "lower", "upper"];
const COUNTS: [&str; 2] = ["variable", "level"];

/// A file whose cells are looked up by column.
struct Sheet {
    name: String,
    header: Vec<String>,
}

/// One row of it.
struct Row<'a> {
    sheet: &'a Sheet,
    row: &'a TextRow,
}

impl PrintedNumbers {
    /// Reads files with the columns of printed figures (`id, measure, value, lower, upper` …),
    /// responses (`id, pr, sd, pd, orr_pct, dcr_pct` …), Cox models (`model, term, hr, lower, upper`
    /// …) or counts (`variable, level`, and a column with `…_pct` beside it for every group); which
    /// of them a file is shows in its header. Columns that are not known are passed over.
    ///
    /// # Errors
    /// A file that cannot be read or is none of these; a cell that is no printed number.
    pub fn read<S: AsRef<str>>(files: &[S]) -> Result<Self> {
        let mut own = Self::default();
        for file in files {
            own.add(Reader::open(file.as_ref(), ReadOptions::default())?)?;
        }
        Ok(own)
    }

    /// Adds the rows of one file.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn add(&mut self, reader: Reader) -> Result<()> {
        let sheet = Sheet { name: reader.name().to_owned(), header: reader.header().to_vec() };
        let has = |names: &[&str]| names.iter().all(|name| sheet.column(name).is_some());
        let rows = reader.read_texts()?;
        let rows = rows.iter().map(|row| Row { sheet: &sheet, row });
        if has(&FIGURES) {
            self.figures.extend(rows.map(|row| row.figure()).collect::<Result<Vec<_>>>()?);
        } else if has(&RESPONSES) {
            self.responses.extend(rows.map(|row| row.response()).collect::<Result<Vec<_>>>()?);
        } else if has(&COEFFICIENTS) {
            let new = rows.map(|row| row.coefficient()).collect::<Result<Vec<_>>>()?;
            self.coefficients.extend(new);
        } else if has(&COUNTS) && !sheet.groups().is_empty() {
            for row in rows {
                self.counts.extend(row.counts()?);
            }
        } else {
            return Err(sheet.unknown());
        }
        Ok(())
    }
}

impl Sheet {
    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|own| own == name)
    }

    /// Names of columns that have a column of percentages beside them.
    fn groups(&self) -> Vec<&str> {
        let paired = |name: &&String| self.column(&format!("{name}_pct")).is_some();
        self.header.iter().filter(paired).map(String::as_str).collect()
    }

    fn unknown(&self) -> Error {
        let lists = [&FIGURES[..], &RESPONSES[..], &COEFFICIENTS[..]].map(|list| list.join(", "));
        DataError {
            source: Some(self.name.clone()),
            summary: "these are no columns of printed numbers".to_owned(),
            help: Some(format!(
                "figures have {}; responses {}; Cox models {}; counts variable, level, and a \
                 column with NAME_pct beside it for every group NAME",
                lists[0], lists[1], lists[2]
            )),
            ..DataError::default()
        }
        .into()
    }
}

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        let field = self.sheet.column(column);
        field.and_then(|at| self.row.fields[at].as_deref()).unwrap_or("")
    }

    fn owned(&self, column: &str) -> String {
        self.text(column).to_owned()
    }

    /// A cell, empty for none.
    fn cell<T>(
        &self,
        column: &str,
        read: impl Fn(&str) -> Option<T>,
        what: &str,
    ) -> Result<Option<T>> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        read(text).map(Some).ok_or_else(|| {
            let problem = Problem {
                line: self.row.line,
                column: Some(column.to_owned()),
                found: format!("{text:?}"),
                ..Problem::default()
            };
            let mut error = DataError::new(format!("this is no {what}"));
            error.source = Some(self.sheet.name.clone());
            (error.problems, error.total) = (vec![problem], 1);
            error.into()
        })
    }

    fn printed(&self, column: &str) -> Result<Option<Printed>> {
        self.cell(column, |text| Printed::parse(text).ok(), "printed number")
    }

    fn count(&self, column: &str) -> Result<Option<u64>> {
        self.cell(column, |text| text.parse().ok(), "count")
    }

    fn number(&self, column: &str) -> Result<Option<f64>> {
        let number = |text: &str| text.parse().ok().filter(|own: &f64| own.is_finite());
        self.cell(column, number, "number")
    }

    fn row_id(&self, id: String) -> RowId {
        RowId { file: self.sheet.name.clone(), line: self.row.line, id }
    }

    fn paper(&self) -> String {
        let paper = self.text("paper");
        if paper.is_empty() { self.owned("seed") } else { paper.to_owned() }
    }

    fn figure(&self) -> Result<PrintedFigure> {
        let measure = match self.text("measure") {
            "median" => Measure::Median,
            "survival_rate" => Measure::SurvivalRate,
            "hazard_ratio" => Measure::HazardRatio,
            "median_follow_up" => Measure::FollowUp,
            _ => Measure::Other,
        };
        let bracket = match self.text("bracket") {
            "ci" => Bracket::Interval,
            "range" => Bracket::Range,
            _ => Bracket::None,
        };
        let method = self.text("ci_method");
        Ok(PrintedFigure {
            row: self.row_id(self.owned("id")),
            paper: self.paper(),
            study: self.owned("study"),
            place: self.owned("where"),
            population: self.owned("population"),
            subgroup: self.owned("subgroup"),
            treatment: self.owned("treatment"),
            endpoint: self.owned("endpoint"),
            origin: self.owned("time_origin"),
            measure,
            at: self.number("at")?,
            unit: self.owned("unit"),
            n: self.count("n")?,
            events: self.count("events")?,
            estimate: self.printed("value")?,
            lower: self.printed("lower")?,
            upper: self.printed("upper")?,
            bracket,
            level: self.number("level")?,
            conf_type: ConfType::ALL.into_iter().find(|own| own.name() == method),
            conf_type_assumed: false,
            p: self.printed("p")?,
        })
    }

    fn response(&self) -> Result<PrintedResponse> {
        let [cr, pr, sd, pd] = ["cr", "pr", "sd", "pd"];
        Ok(PrintedResponse {
            row: self.row_id(self.owned("id")),
            paper: self.paper(),
            place: self.owned("where"),
            population: self.owned("population"),
            subgroup: self.owned("subgroup"),
            treatment: self.owned("treatment"),
            n: self.count("n")?,
            evaluable: self.count("evaluable")?,
            counts: [self.count(cr)?, self.count(pr)?, self.count(sd)?, self.count(pd)?],
            orr: (self.count("orr_n")?, self.printed("orr_pct")?),
            dcr: (self.count("dcr_n")?, self.printed("dcr_pct")?),
        })
    }

    fn coefficient(&self) -> Result<PrintedCoefficient> {
        Ok(PrintedCoefficient {
            row: self.row_id(format!("{}: {}", self.text("model"), self.text("term"))),
            model: self.owned("model"),
            term: self.owned("term"),
            reference: self.owned("reference"),
            hr: self.printed("hr")?,
            lower: self.printed("lower")?,
            upper: self.printed("upper")?,
            p: self.printed("p")?,
            n: self.count("n")?,
        })
    }

    /// The counts of every group; what is no count, as a median with its range, has none.
    fn counts(&self) -> Result<Vec<PrintedCount>> {
        let (variable, level) = (self.owned("variable"), self.owned("level"));
        let name = [&variable, &level].map(String::as_str).join(" ");
        let row = self.row_id(format!("{}: {}", self.text("where"), name.trim()));
        let summary = level.starts_with("median") || level.starts_with("mean");
        let of_group = |group: &&str| {
            Ok(PrintedCount {
                row: row.clone(),
                place: self.owned("where"),
                group: (*group).to_owned(),
                variable: variable.clone(),
                level: level.clone(),
                count: if summary { None } else { self.count(group)? },
                percent: self.printed(&format!("{group}_pct"))?,
                missing: self.count(&format!("missing_{group}"))?,
            })
        };
        self.sheet.groups().iter().map(of_group).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PrintedNumbers> {
        let mut own = PrintedNumbers::default();
        let bytes = text.as_bytes().to_vec();
        own.add(Reader::from_bytes("f.csv", bytes, ReadOptions::default())?)?;
        Ok(own)
    }

    #[test]
    fn files_are_known_by_their_columns() {
        let own = read("id,measure,value,lower,upper\na,median,7.40,6.3,NR\n").unwrap();
        assert_eq!(own.figures[0].text(), "7.40 (6.3-NR)");
        assert_eq!(own.figures[0].row.line, Some(2));
        let own = read("variable,level,a,a_pct,missing_a\nsex,male,3,30,\n").unwrap();
        assert_eq!((own.counts[0].count, own.counts[0].group.as_str()), (Some(3), "a"));
        assert_eq!(own.len(), 1);
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_place() {
        let error = read("id,measure,value,lower,upper\na,median,about 7,,\n").unwrap_err();
        let text = error.to_string();
        assert!(text.contains("line 2, column value") && text.contains("about 7"), "{text}");
        let error = read("a,b\n1,2\n").unwrap_err();
        assert!(error.to_string().contains("no columns of printed numbers"));
        assert_eq!(error.exit_status(), 1);
    }
}
