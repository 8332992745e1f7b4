//! From rows to a descriptive table.

use super::{ConventionsRecord, GroupRecord, Shown, Table1Document, VariableRecord};
use crate::convention::Dialect;
use crate::describe::{Describe, Levels, QuantileRule, TestChoice, Unlevelled};
use crate::error::{Error, Result};
use crate::formula::{Expr, Role, Term};
use crate::note::Note;
use crate::report::frame::{Division, Frame};
use crate::table::{Column, Table};

/// Levels that text may have to be described without being asked for.
const MOST_LEVELS: usize = 20;

/// What text shows of where numbers lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Center {
    /// The median.
    #[default]
    Median,
    /// The mean.
    Mean,
}

/// What text shows of how far numbers spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spread {
    /// Quartiles beside a median, the standard deviation beside a mean.
    #[default]
    Usual,
    /// The smallest and the largest.
    Range,
}

/// Which tests are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tested {
    /// Numbers by ranks, levels by χ² or exactly.
    #[default]
    Auto,
    /// Numbers by means, levels as above.
    Parametric,
    /// None.
    None,
}

/// What a descriptive table shall hold.
#[derive(Debug, Clone)]
pub struct Table1Plan {
    /// Whose quartiles: R's, SAS's and Stata's, or SPSS's.
    pub dialect: Dialect,
    /// What makes the groups.
    pub by: Option<Expr>,
    /// What is described; without it, all columns that can be.
    pub terms: Option<Vec<Term>>,
    /// What text shows of numbers.
    pub center: Center,
    /// What text shows of numbers.
    pub spread: Spread,
    /// Which tests are made.
    pub tested: Tested,
    /// Standardised mean differences.
    pub differences: bool,
    /// All groups together, beside them.
    pub overall: bool,
    /// Decimals in text.
    pub digits: Option<usize>,
    /// Levels are tested exactly where a smaller count is expected.
    pub fisher_below: f64,
    /// Numbers with fewer distinct values are levels.
    pub categories_below: usize,
}

/// A column to describe, by the name it is shown under.
type Named = (String, Column);

impl Table1Plan {
    /// Describes.
    ///
    /// # Errors
    /// When no row is left, when groups or variables cannot be made, or when there is nothing to
    /// describe.
    pub fn run(&self, mut frame: Frame) -> Result<Table1Document> {
        let Division { by, groups } = frame.divide(self.by.as_ref())?;
        let columns = match &self.terms {
            Some(terms) => self.asked(&mut frame, terms)?,
            None => self.every(&mut frame)?,
        };
        let records = group_records(&groups, by.is_some());
        let mut notes = frame.notes;
        let variables = self.variables(&columns, (&groups, &records), &mut notes);
        notes.extend(self.few_values(&columns, &variables));
        Ok(Table1Document {
            command: "table1",
            schema_version: 1,
            conventions: self.conventions(by.is_some()),
            by,
            data: frame.data,
            groups: records,
            variables,
            notes,
            shown: Shown {
                center: self.center,
                spread: self.spread,
                digits: self.digits,
                overall: self.shows_overall(),
            },
        })
    }

    fn shows_overall(&self) -> bool {
        self.overall || self.by.is_none()
    }

    fn describe(&self) -> Describe {
        let test = match self.tested {
            Tested::Parametric => TestChoice::Means,
            _ => TestChoice::Ranks,
        };
        Describe::default()
            .test(test)
            .fisher_below(self.fisher_below)
            .quantiles(self.quantiles())
            .categories_below(self.categories_below)
    }

    fn quantiles(&self) -> QuantileRule {
        match self.dialect {
            Dialect::Riskset | Dialect::R => QuantileRule::Type7,
            Dialect::Sas | Dialect::Stata => QuantileRule::Type2,
            Dialect::Spss => QuantileRule::Type6,
        }
    }

    fn conventions(&self, grouped: bool) -> ConventionsRecord {
        let test = match self.tested {
            Tested::Auto => Some("ranks"),
            Tested::Parametric => Some("means"),
            Tested::None => None,
        };
        ConventionsRecord {
            dialect: self.dialect,
            quantile_type: self.quantiles().number(),
            test: test.filter(|_| grouped),
            fisher_below: self.fisher_below,
            categories_below: self.categories_below,
        }
    }

    /// The variables that were asked for.
    fn asked(&self, frame: &mut Frame, terms: &[Term]) -> Result<Vec<Named>> {
        let table = &frame.table;
        let mut column = |term: &Term| -> Result<Named> {
            let [part] = term.parts() else { return Err(no_variable(term, "an interaction")) };
            if term.role() != Role::Effect {
                return Err(no_variable(term, "no variable"));
            }
            let column = part.evaluate_noting(table, &mut frame.notes)?.into_owned();
            match self.describe().kind(&column) {
                Some(_) => Ok((term.name(), column)),
                None => Err(undescribed(&term.name(), &column)),
            }
        };
        let columns = terms.iter().map(&mut column).collect::<Result<Vec<_>>>()?;
        if columns.is_empty() {
            return Err(Error::option("no variable is named; write \"age + sex\""));
        }
        Ok(columns)
    }

    /// All columns that can be described; those that cannot are noted.
    fn every(&self, frame: &mut Frame) -> Result<Vec<Named>> {
        let groups = self.by.as_ref().map(Expr::columns).unwrap_or_default();
        let (mut columns, mut left) = (Vec::new(), Vec::new());
        for name in frame.table.names().iter().filter(|name| !groups.contains(name)) {
            let Some(column) = frame.table.column(name) else { continue };
            match why_not(column, &frame.table) {
                None => columns.push((name.clone(), column.clone())),
                Some(reason) => left.push(format!("{name} ({reason})")),
            }
        }
        if !left.is_empty() {
            frame.notes.push(Note::Remark(format!("not described: {}", left.join(", "))));
        }
        if columns.is_empty() {
            return Err(Error::analysis(format!("no column to describe: {}", left.join(", "))));
        }
        Ok(columns)
    }

    fn variables(
        &self,
        columns: &[Named],
        (groups, records): (&Levels, &[GroupRecord]),
        notes: &mut Vec<Note>,
    ) -> Vec<VariableRecord> {
        let describe = self.describe();
        let mut variables = Vec::with_capacity(columns.len());
        for (name, column) in columns {
            let Some(own) = describe.describe(column, groups) else { continue };
            let mut record = VariableRecord::new(name.clone(), &own, records);
            if self.shows_overall() {
                record = record.with_overall(&own);
            }
            if self.tested != Tested::None && self.by.is_some() {
                record = record.with_test(own.test());
            }
            if self.differences && self.by.is_some() {
                record = record.with_difference(own.difference());
            }
            notes.extend(record.notes(own.exact_left()));
            variables.push(record);
        }
        variables
    }

    /// Numbers that were taken for levels.
    fn few_values(&self, columns: &[Named], variables: &[VariableRecord]) -> Option<Note> {
        let number = |column: &Column| matches!(column, Column::Integer(_) | Column::Number { .. });
        let own = columns.iter().zip(variables);
        let own = own.filter(|((_, column), own)| number(column) && own.kind == "categorical");
        let names: Vec<&str> = own.map(|((name, _), _)| name.as_str()).collect();
        (!names.is_empty()).then(|| {
            Note::Remark(format!(
                "numbers with fewer than {} distinct values are shown as levels: {}",
                self.categories_below,
                names.join(", ")
            ))
        })
    }
}

impl VariableRecord {
    /// What a reader must know of a test.
    fn notes(&self, exact_left: bool) -> Vec<Note> {
        let name = &self.variable;
        let test = self.no_test.iter().map(|why| Note::NoTest { reason: format!("{name}: {why}") });
        let smd = self.no_smd.iter().filter(|_| self.no_test.is_none());
        let smd = smd.map(|why| Note::Remark(format!("no standardised difference: {name}: {why}")));
        let left = exact_left.then(|| {
            Note::Remark(format!(
                "{name}: Fisher's test has too many tables to go through; Pearson's χ², although few \
                 are expected somewhere"
            ))
        });
        test.chain(smd).chain(left.filter(|_| self.test.is_some())).collect()
    }
}

fn group_records(groups: &Levels, grouped: bool) -> Vec<GroupRecord> {
    let levels = groups.names().iter().zip(groups.counts());
    let records = levels.map(|(level, n)| GroupRecord { level: level.clone(), n });
    records.filter(|_| grouped).collect()
}

fn no_variable(term: &Term, what: &str) -> Error {
    Error::option(format!("{term} is {what}; a table describes one variable after the other"))
}

fn undescribed(name: &str, column: &Column) -> Error {
    Error::analysis(match column {
        Column::Date(_) => format!(
            "{name} is a date, which has no counts and no mean; describe a time, as years(birth, {name}), \
             or compare with a date, as ({name} >= 2020-01-01)"
        ),
        _ => format!("{name} is text with more than a thousand levels; group them first"),
    })
}

/// Why a column is not described unless it is asked for.
fn why_not(column: &Column, table: &Table) -> Option<&'static str> {
    let text = matches!(column, Column::Category(_));
    let whole = matches!(column, Column::Integer(_));
    let distinct = |most: usize| Levels::of(column, most);
    match column {
        Column::Date(_) => Some("dates"),
        _ if (text || whole) && all_differ(column, table.rows()) => Some("every value differs"),
        _ if text && distinct(MOST_LEVELS) == Err(Unlevelled::TooMany) => {
            Some("text of more than 20 levels")
        }
        _ => None,
    }
}

/// Whether no value of several is missing or there twice, as in the numbers of patients.
fn all_differ(column: &Column, rows: usize) -> bool {
    let known = !(0..rows).any(|row| column.is_missing(row));
    rows > 1 && known && Levels::of(column, rows).is_ok_and(|own| own.len() == rows)
}
