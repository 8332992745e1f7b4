//! A stretch of a column in the narrowest kind that holds it, growing by rows and by stretches.

use super::cell::Cell;
use super::date::{boolean, dotted_date, iso_date};
use super::grid::Cells;
use super::levels::{Levels, Recent};
use super::missing::Missing;
use super::number::{Number, integer, number, small_integer};
use crate::table::{MISSING_CODE, MISSING_INT};

/// A missing value among small integers and booleans.
pub(crate) const MISSING_BYTE: u8 = u8::MAX;

/// Values of one kind. Numbers widen to each other; other kinds do not mix.
#[derive(Debug)]
pub(crate) enum Part {
    /// So many missing values and nothing else.
    Missing(usize),
    /// Whole numbers from 0 to 254.
    Small(Vec<u8>),
    /// Whole numbers.
    Integer(Vec<i32>),
    /// Numbers.
    Number(Numbers),
    /// 0 or 1.
    Boolean(Vec<u8>),
    /// Days since 1970-01-01.
    Date(Vec<i32>),
    /// The same, written `29.02.2024`.
    Dotted(Vec<i32>),
    /// Text.
    Text(Texts),
    /// More than one kind was seen: the values are lost and have to be read as text.
    Mixed,
}

/// Numbers, and whether each is an exact short decimal.
#[derive(Debug)]
pub(crate) struct Numbers {
    pub(crate) values: Vec<f64>,
    pub(crate) exact: bool,
}

/// Texts as codes.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) codes: Vec<u32>,
    pub(crate) levels: Levels,
}

/// The kinds of [`Part`], numbers in the order in which they widen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Missing,
    Small,
    Integer,
    Number,
    Boolean,
    Date,
    Dotted,
    Text,
    Mixed,
}

impl Default for Part {
    fn default() -> Self {
        Self::Missing(0)
    }
}

impl Part {
    /// Reads fields as the kind that they have.
    pub(crate) fn typed(cells: Cells, missing: &Missing) -> Self {
        let mut part = Self::Missing(0);
        loop {
            part.fill(cells, missing);
            if part.len() >= cells.len() || matches!(part, Self::Mixed) {
                return part;
            }
            let kind = join(part.kind(), kind_of(cells.get(part.len())));
            part = part.to(kind);
        }
    }

    /// Reads fields as text.
    pub(crate) fn text(cells: Cells, missing: &Missing) -> Self {
        let mut part = Self::Text(Texts::default());
        part.fill(cells, missing);
        part
    }

    /// The texts of a part that was read as text.
    pub(crate) fn into_texts(self) -> Texts {
        if let Self::Text(texts) = self { texts } else { Texts::default() }
    }

    /// Adds another stretch behind this one.
    pub(crate) fn append(&mut self, other: Self) {
        let kind = join(self.kind(), other.kind());
        let own = std::mem::replace(self, Self::Mixed).to(kind);
        *self = own;
        match (self, other.to(kind)) {
            (Self::Missing(count), Self::Missing(more)) => *count += more,
            (Self::Small(values), Self::Small(more))
            | (Self::Boolean(values), Self::Boolean(more)) => values.extend_from_slice(&more),
            (Self::Integer(values), Self::Integer(more))
            | (Self::Date(values), Self::Date(more))
            | (Self::Dotted(values), Self::Dotted(more)) => values.extend_from_slice(&more),
            (Self::Number(own), Self::Number(more)) => own.append(&more),
            (Self::Text(own), Self::Text(more)) => own.append(&more),
            _ => {}
        }
    }

    /// Number of values.
    fn len(&self) -> usize {
        match self {
            Self::Missing(count) => *count,
            Self::Small(values) | Self::Boolean(values) => values.len(),
            Self::Integer(values) | Self::Date(values) | Self::Dotted(values) => values.len(),
            Self::Number(numbers) => numbers.values.len(),
            Self::Text(texts) => texts.codes.len(),
            Self::Mixed => 0,
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Missing(_) => Kind::Missing,
            Self::Small(_) => Kind::Small,
            Self::Integer(_) => Kind::Integer,
            Self::Number(_) => Kind::Number,
            Self::Boolean(_) => Kind::Boolean,
            Self::Date(_) => Kind::Date,
            Self::Dotted(_) => Kind::Dotted,
            Self::Text(_) => Kind::Text,
            Self::Mixed => Kind::Mixed,
        }
    }

    /// The same values as another kind that can hold them.
    fn to(self, kind: Kind) -> Self {
        match (self, kind) {
            (Self::Missing(count), kind) => missing_of(kind, count),
            (Self::Small(values), Kind::Integer) => {
                Self::Integer(values.iter().map(wide).collect())
            }
            (Self::Small(values), Kind::Number) => {
                Self::Number(Numbers::of(values.iter().map(wide)))
            }
            (Self::Integer(values), Kind::Number) => Self::Number(Numbers::of(values.into_iter())),
            (part, kind) if part.kind() == kind => part,
            _ => Self::Mixed,
        }
    }

    /// Takes fields, from the first that is not here yet, as long as they are of this kind.
    fn fill(&mut self, cells: Cells, missing: &Missing) {
        let fill = Fill { cells, missing };
        match self {
            Self::Missing(count) => fill.missing(count),
            Self::Small(values) => fill.values(values, MISSING_BYTE, small),
            Self::Integer(values) => fill.values(values, MISSING_INT, integer),
            Self::Number(numbers) => fill.numbers(numbers),
            Self::Boolean(values) => {
                fill.values(values, MISSING_BYTE, |cell| boolean(cell.trimmed().bytes()))
            }
            Self::Date(values) => {
                fill.values(values, MISSING_INT, |cell| iso_date(cell.trimmed().bytes()))
            }
            Self::Dotted(values) => {
                fill.values(values, MISSING_INT, |cell| dotted_date(cell.trimmed().bytes()))
            }
            Self::Text(Texts { codes, levels }) => fill.texts(codes, levels),
            Self::Mixed => {}
        }
    }
}

/// Fields on their way into a part.
#[derive(Clone, Copy)]
struct Fill<'a> {
    cells: Cells<'a>,
    missing: &'a Missing,
}

impl Fill<'_> {
    fn missing(self, count: &mut usize) {
        *count += self.cells.from(*count).take_while(|&cell| self.missing.has(cell)).count();
    }

    /// Pushes values up to the first field that is neither one nor missing.
    #[inline]
    fn values<T: Copy>(self, values: &mut Vec<T>, none: T, parse: impl Fn(Cell) -> Option<T>) {
        values.reserve_exact(self.cells.len().saturating_sub(values.len()));
        let missing_first = self.missing.comes_first();
        for cell in self.cells.from(values.len()) {
            if missing_first && self.missing.has(cell) {
                values.push(none);
                continue;
            }
            match parse(cell) {
                Some(value) => values.push(value),
                None if self.missing.has(cell) => values.push(none),
                None => return,
            }
        }
    }

    fn numbers(self, numbers: &mut Numbers) {
        let exact = std::cell::Cell::new(numbers.exact);
        self.values(&mut numbers.values, f64::NAN, |cell| {
            let Number { value, exact: own } = number(cell)?;
            exact.set(exact.get() & own);
            Some(value)
        });
        numbers.exact = exact.get();
    }

    fn texts(self, codes: &mut Vec<u32>, levels: &mut Levels) {
        codes.reserve_exact(self.cells.len().saturating_sub(codes.len()));
        let mut recent = Recent::new();
        codes.extend(self.cells.from(codes.len()).map(|cell| {
            recent.code(cell, || match self.missing.has(cell) {
                true => MISSING_CODE,
                false => levels.code(cell.trimmed()),
            })
        }));
    }
}

impl Numbers {
    fn of(values: impl Iterator<Item = i32>) -> Self {
        let number = |value| if value == MISSING_INT { f64::NAN } else { f64::from(value) };
        Self { values: values.map(number).collect(), exact: true }
    }

    fn append(&mut self, other: &Self) {
        self.values.extend_from_slice(&other.values);
        self.exact &= other.exact;
    }
}

impl Texts {
    fn append(&mut self, other: &Self) {
        let own: Vec<u32> =
            other.levels.iter().map(|text| self.levels.code(Cell::new(text, text.len()))).collect();
        let code = |&code: &u32| own.get(code as usize).copied().unwrap_or(MISSING_CODE);
        self.codes.extend(other.codes.iter().map(code));
    }
}

/// The kind that holds both.
fn join(a: Kind, b: Kind) -> Kind {
    let (low, high) = (a.min(b), a.max(b));
    if low == high || low == Kind::Missing || high <= Kind::Number { high } else { Kind::Mixed }
}

/// The kind of a field that is not missing.
fn kind_of(cell: Cell) -> Kind {
    let text = cell.trimmed().bytes();
    if small(cell).is_some() {
        Kind::Small
    } else if integer(cell).is_some() {
        Kind::Integer
    } else if number(cell).is_some() {
        Kind::Number
    } else if boolean(text).is_some() {
        Kind::Boolean
    } else if iso_date(text).is_some() {
        Kind::Date
    } else if dotted_date(text).is_some() {
        Kind::Dotted
    } else {
        Kind::Text
    }
}

#[inline(always)]
fn small(cell: Cell) -> Option<u8> {
    let value = match small_integer(cell) {
        Some(value) => u8::try_from(value).ok()?,
        None => other_small(cell)?,
    };
    (value != MISSING_BYTE).then_some(value)
}

/// With a sign, blanks or zeros, or at the very end of the buffer.
#[inline(never)]
fn other_small(cell: Cell) -> Option<u8> {
    u8::try_from(integer(cell)?).ok()
}

fn wide(value: &u8) -> i32 {
    if *value == MISSING_BYTE { MISSING_INT } else { i32::from(*value) }
}

fn missing_of(kind: Kind, count: usize) -> Part {
    match kind {
        Kind::Missing => Part::Missing(count),
        Kind::Small => Part::Small(vec![MISSING_BYTE; count]),
        Kind::Integer => Part::Integer(vec![MISSING_INT; count]),
        Kind::Number => Part::Number(Numbers { values: vec![f64::NAN; count], exact: true }),
        Kind::Boolean => Part::Boolean(vec![MISSING_BYTE; count]),
        Kind::Date => Part::Date(vec![MISSING_INT; count]),
        Kind::Dotted => Part::Dotted(vec![MISSING_INT; count]),
        Kind::Text => Part::Text(Texts { codes: vec![MISSING_CODE; count], ..Texts::default() }),
        Kind::Mixed => Part::Mixed,
    }
}
