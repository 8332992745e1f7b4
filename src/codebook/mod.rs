//! A codebook: what a file holds, column by column, what may be wrong with it, and a plan to begin
//! with.
//!
//! The file is read once as text, block by block, and a second time where days of one row have to be
//! compared; text files are never held as a whole. Everything that is kept of a column can be added
//! up in any order, so neither threads nor the cutting of the file change a digit. Columns are what
//! the reader of an analysis would make of them: the same classifier decides.
//!
//! ```
//! use riskset::codebook::{Codebook, Kind};
//! use riskset::io::{ReadOptions, Reader};
//!
//! let text = "id;dx;ki67\nA;03.04.2019;2,5\nB;17.05.2019;55\n";
//! let options = ReadOptions::default();
//! let reader = Reader::from_bytes("nen.csv", text.into(), options.clone())?;
//! let codebook = Codebook::of(&reader, &options, None)?;
//! assert_eq!(codebook.rows, 2);
//! assert_eq!(codebook.columns[1].kind, Kind::Date);
//! assert_eq!(codebook.columns[2].quartiles.unwrap().max, 55.0);
//! # Ok::<(), riskset::Error>(())
//! ```

mod analyses;
mod finding;
mod gather;
mod order;
mod outcome;
mod profile;
mod role;
mod rules;
mod spread;
mod suggest;
mod tally;
mod words;

use rayon::prelude::*;

pub use finding::Finding;
pub use profile::Kind;
pub use role::{LikelyRole, Role};
pub use spread::Quartiles;

use self::gather::Gathered;
use self::order::Look;
use self::outcome::Cast;
use self::profile::{Known, Profile};
use self::rules::Subject;
use self::suggest::Draft;
#[cfg(feature = "cli")]
pub(crate) use self::suggest::shell;
use crate::error::Result;
use crate::io::{Evidence, ReadOptions, Reader, Stretch, Whole};
use crate::note::Note;
use crate::table::Origin;

/// Distinct values that are kept of all columns together, and of one.
const KEPT: usize = 400_000;
const KEPT_OF_ONE: (usize, usize) = (1_000, 50_000);

/// What a file holds.
#[derive(Debug, Clone)]
pub struct Codebook {
    /// The file as the user named it.
    pub file: String,
    /// Rows of data.
    pub rows: u64,
    /// How the file was read.
    pub reading: Reading,
    /// The columns, in the order of the file.
    pub columns: Vec<Column>,
    /// What may be wrong; by column, and then what concerns several.
    pub findings: Vec<Finding>,
    /// Whether it is a file of times in CDISC's ADTTE form.
    pub adtte: bool,
    /// Commands to try, where times and a status stand in the data.
    pub commands: Vec<String>,
    /// The text of a plan to begin with.
    pub plan: String,
    /// Analyses to begin with, as the end of that plan.
    pub analyses: String,
    /// What was guessed or changed while the file was read.
    pub notes: Vec<Note>,
}

/// How a file was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The character between fields, of text files.
    pub delimiter: Option<char>,
    /// The encoding of text files.
    pub encoding: Option<&'static str>,
    /// Columns with a decimal comma.
    pub decimal_commas: Vec<String>,
    /// Formats of dates that were guessed.
    pub dates: Vec<String>,
    /// Whether no number has a decimal point, and some have a comma.
    pub(crate) all_commas: bool,
}

/// What a column holds.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
    /// Values that are there.
    pub n: u64,
    /// Values that are missing.
    pub missing: u64,
    /// Distinct values.
    pub distinct: u64,
    /// Whether these were counted, or else estimated.
    pub distinct_exact: bool,
    /// Range and quartiles of numbers.
    pub quartiles: Option<Quartiles>,
    /// Earliest and latest of dates, as days since 1970-01-01.
    pub days: Option<(i32, i32)>,
    /// The values with their counts: of categories, most frequent first and at most
    /// [`Codebook::SHOWN`], and of all columns that have no more; numbers in their order.
    pub values: Vec<(String, u64)>,
    /// Distinct values beyond those, and how many rows they have.
    pub other_values: (u64, u64),
    /// The shortest values of free text.
    pub examples: Vec<String>,
    /// The format of dates, where it was guessed.
    pub date_format: Option<String>,
    /// Whether numbers have a decimal comma.
    pub decimal_comma: bool,
    /// What it is likely to be for.
    pub role: Option<LikelyRole>,
}

impl Codebook {
    /// How many values of a category a codebook shows.
    pub const SHOWN: usize = 12;
    /// How many values of free text it shows.
    pub const EXAMPLES: usize = 3;

    /// Looks at a whole file. `options` are those the reader was opened with; `today`, as days since
    /// 1970-01-01, is what dates are in the future of.
    ///
    /// # Errors
    /// As for [`Reader::read`], but for columns that are refused: they are findings.
    pub fn of(reader: &Reader, options: &ReadOptions, today: Option<i32>) -> Result<Self> {
        let (gathered, whole) = gather(reader)?;
        let (profiles, reading) = profiles(reader, gathered, &whole);
        let rows = whole.rows as u64;
        let roles = role::roles(&profiles, rows);
        let subjects = profiles.iter().zip(&roles).map(|(own, role)| Subject {
            own,
            role: role.as_ref(),
            rows,
            today,
        });
        let mut findings: Vec<Finding> = subjects.flat_map(|own| rules::look(&own)).collect();
        let (disorders, more) = Look::new(&profiles, &roles).run(reader)?;
        findings.extend(more);
        findings.iter_mut().for_each(|own| own.place(&*whole.origin));
        let cast = Cast { profiles: &profiles, roles: &roles };
        let draft = Draft {
            file: reader.name(),
            options,
            reading: &reading,
            cast,
            disorders: &disorders,
            findings: &findings,
        };
        let (plan, analyses, commands) = (draft.plan(), draft.analyses(), draft.commands());
        let notes = notes(&whole, &profiles);
        let adtte = role::is_adtte(&profiles);
        let columns = profiles.into_iter().zip(roles).map(|(own, role)| own.column(role));
        Ok(Self {
            file: reader.name().to_owned(),
            rows,
            reading,
            columns: columns.collect(),
            findings,
            adtte,
            commands,
            plan,
            analyses,
            notes,
        })
    }

    /// What is found in a column.
    pub fn findings_of(&self, column: &str) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |own| own.column.as_deref() == Some(column))
    }
}

/// Goes over the file.
fn gather(reader: &Reader) -> Result<(Vec<Gathered>, Whole)> {
    let fields: Vec<usize> = (0..reader.header().len()).collect();
    let cap = (KEPT / fields.len().max(1)).clamp(KEPT_OF_ONE.0, KEPT_OF_ONE.1);
    let mut gathered: Vec<Gathered> = fields.iter().map(|_| Gathered::new(cap)).collect();
    let whole = reader.visit(&fields, &mut |stretches| take(&mut gathered, &stretches))?;
    Ok((gathered, whole))
}

/// Every column by itself, its stretches in order.
fn take(gathered: &mut [Gathered], stretches: &[Stretch]) {
    gathered.par_iter_mut().enumerate().for_each(|(column, own)| {
        let texts =
            stretches.iter().filter_map(|stretch| Some((stretch.columns.get(column)?, stretch)));
        texts.for_each(|(texts, stretch)| own.add(texts, stretch.first));
    });
}

fn profiles(reader: &Reader, gathered: Vec<Gathered>, whole: &Whole) -> (Vec<Profile>, Reading) {
    let evidence = gathered.iter().fold(Evidence::default(), |own, more| own.and(more.evidence));
    let encoding = reader.encoding(evidence);
    let columns = reader.header().iter().zip(gathered).zip(&whole.refused);
    let columns: Vec<_> = columns.collect();
    let mut profiles: Vec<Profile> = columns
        .into_par_iter()
        .map(|((name, gathered), failed)| {
            Known { name, reader, encoding, failed: failed.as_ref() }.profile(gathered)
        })
        .collect();
    let delimiter = reader.delimiter();
    let mut reading =
        Reading { delimiter, encoding: delimiter.map(|_| encoding.name()), ..Reading::default() };
    for (own, guessed) in profiles.iter_mut().zip(&whole.guessed) {
        own.format = own.format.take().or_else(|| guessed.clone());
        reading.add(own);
    }
    reading.all_commas =
        !reading.decimal_commas.is_empty() && !profiles.iter().any(Profile::has_points);
    (profiles, reading)
}

impl Reading {
    fn add(&mut self, own: &Profile) {
        if own.comma {
            self.decimal_commas.push(own.name.clone());
        }
        if let Some(format) = own.format.as_ref().filter(|own| !self.dates.contains(own)) {
            self.dates.push(format.clone());
        }
    }
}

/// What the reader of an analysis would say as well.
fn notes(whole: &Whole, profiles: &[Profile]) -> Vec<Note> {
    let mut notes = whole.notes.clone();
    for own in profiles {
        let mut remark = |count: u64, what: &str| {
            let rows = finding::counted(count, "date");
            let text = format!("{}: {rows} {what}", own.name);
            notes.extend((count > 0).then_some(Note::Remark(text)));
        };
        remark(own.completed, "without day or month, completed by --partial-dates");
        remark(own.cut, "with a time of day, of which the day is taken");
        if own.short_years {
            remark(own.n, "with years of two digits, taken as 1969 to 2068");
        }
    }
    notes
}

impl Finding {
    /// Says at which lines its rows are.
    fn place(&mut self, origin: &dyn Origin) {
        self.lines = self.first_rows.iter().filter_map(|&row| origin.line(row)).collect();
        self.first_rows.iter_mut().for_each(|row| *row = origin.row(*row));
    }
}

impl Profile {
    fn has_points(&self) -> bool {
        let whole = |level: &profile::Level| level.number.is_none_or(|own| own.fract() == 0.0);
        self.kind == Kind::Number && !self.comma && !self.levels.iter().all(whole)
    }

    fn column(self, role: Option<LikelyRole>) -> Column {
        let (values, other_values) = self.shown();
        let examples = self.examples();
        Column {
            values,
            other_values,
            examples,
            name: self.name,
            kind: self.kind,
            n: self.n,
            missing: self.missing,
            distinct: self.distinct,
            distinct_exact: self.exact,
            quartiles: self.quartiles,
            days: self.days,
            date_format: self.format,
            decimal_comma: self.comma,
            role,
        }
    }

    /// The most frequent values, and distinct values and rows beyond.
    fn shown(&self) -> (Vec<(String, u64)>, (u64, u64)) {
        let few = self.exact && self.distinct <= Codebook::SHOWN as u64;
        let all = matches!(self.kind, Kind::Category | Kind::Boolean) && self.exact;
        if !all && !few {
            return (Vec::new(), (0, 0));
        }
        // Codes in their order, categories by how frequent they are.
        let levels =
            if self.kind.is_numeric() { self.levels.iter().collect() } else { self.by_count() };
        let shown = levels.iter().take(Codebook::SHOWN);
        let values: Vec<(String, u64)> =
            shown.map(|level| (level.text.clone(), level.count())).collect();
        let rows: u64 = values.iter().map(|own| own.1).sum();
        let rest = (levels.len() - values.len()) as u64;
        (values, (rest, self.n - rows))
    }

    fn examples(&self) -> Vec<String> {
        if self.kind != Kind::Text {
            return Vec::new();
        }
        let mut texts: Vec<&str> = self.levels.iter().map(|own| own.text.as_str()).collect();
        texts.sort_by_key(|text| (text.chars().count(), *text));
        texts.iter().take(Codebook::EXAMPLES).map(|text| (*text).to_owned()).collect()
    }
}
