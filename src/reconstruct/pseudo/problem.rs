//! What a paper prints about one block of patients, in a form that a search can aim at.

use crate::convention::Conventions;
use crate::cox::Ties;
use crate::published::PrintedEstimate;

/// A block of patients and every printed figure that rests on them alone.
///
/// Blocks share no rows, so each is searched by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The name of the block: `NEC`. It takes part in the random streams.
    pub name: String,
    /// Patients.
    pub rows: usize,
    /// Days in one printed unit of time: 30.4375 for months.
    pub days_per_unit: f64,
    /// What is known of every patient besides times.
    pub labels: Vec<Label>,
    /// Times with their statuses.
    pub clocks: Vec<Clock>,
    /// Cox models.
    pub models: Vec<Model>,
    /// What was printed.
    pub figures: Vec<Figure>,
    /// The conventions of the curves.
    pub conventions: Conventions,
    /// The level of all intervals.
    pub conf_level: f64,
}

/// A column of labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// What it may hold.
    pub kind: LabelKind,
}

/// What a label may hold, and how often: counts are always exact.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelKind {
    /// Categories.
    Levels {
        /// Their names.
        levels: Vec<String>,
        /// Rows of each.
        counts: Vec<usize>,
        /// Rows without one.
        missing: usize,
    },
    /// Whole numbers such as years of age.
    Whole {
        /// The smallest; some row has it.
        min: i64,
        /// The largest; some row has it.
        max: i64,
        /// The median, where printed.
        median: Option<f64>,
        /// Rows in ranges.
        bands: Vec<Band>,
        /// Rows without a number.
        missing: usize,
    },
}

/// How many rows have a whole number in a range, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// The smallest number of the range.
    pub low: i64,
    /// The largest.
    pub high: i64,
    /// Rows.
    pub count: usize,
}

/// What the labels of one row say.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Every row.
    Always,
    /// The label has this level.
    Is {
        /// Place of the label.
        label: usize,
        /// Place of the level.
        level: usize,
    },
    /// The label is missing.
    Missing {
        /// Place of the label.
        label: usize,
    },
    /// The whole number lies in a range, both ends included; a missing one does not.
    Range {
        /// Place of the label.
        label: usize,
        /// The smallest number of the range.
        low: i64,
        /// The largest.
        high: i64,
    },
    /// The opposite; true of a missing label where the condition is not about its being missing.
    Not(Box<Self>),
    /// All hold.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
}

/// A time from some origin, in whole days, and whether it ended in an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    /// Name of the column of times.
    pub time: String,
    /// Name of the column of statuses.
    pub status: String,
    /// Who has it.
    pub members: Condition,
    /// Rows without times although they are members. These are the first rows of the block, the
    /// same on all clocks that have any.
    pub without: usize,
    /// Clocks that bound this one. A row that lacks the outer clock's time is not bounded.
    pub bounds: Vec<Bound>,
    /// A clock that says the same on some of the rows.
    pub same_as: Option<SameAs>,
    /// The earliest day of a censoring.
    pub min_censoring: Option<i64>,
    /// The last day.
    pub max_days: i64,
    /// Events among the members, where printed.
    pub events: Option<usize>,
}

/// This clock's time is at most another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Place of the outer clock; it comes before the inner one.
    pub clock: usize,
    /// What the two statuses have to do with each other.
    pub rule: StatusRule,
}

/// What the status of a clock has to do with that of the clock that bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusRule {
    /// Nothing.
    Free,
    /// The outer event is an event here too (progression *or death*): whoever has the outer event
    /// has an event here, on that day at the latest.
    Composite,
    /// One event counted from two origins: the statuses are equal.
    SameEvent,
}

/// On these rows a clock has the times and statuses of another.
#[derive(Debug, Clone, PartialEq)]
pub struct SameAs {
    /// Place of the other clock; it comes before this one.
    pub clock: usize,
    /// The rows; all of them have both clocks.
    pub rows: Condition,
}

/// A Cox model, fitted to the rows that have the clock's times and meet a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Place of the clock.
    pub clock: usize,
    /// The rows of a complete-case fit.
    pub rows: Condition,
    /// Its columns, one a coefficient.
    pub columns: Vec<Column>,
    /// How tied events are treated.
    pub ties: Ties,
    /// Rows in the fit, where printed.
    pub n: Option<usize>,
}

/// One coefficient's values.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// The whole number itself; on the model's rows it is not missing.
    Value {
        /// Place of the label.
        label: usize,
    },
    /// 1 where the condition holds, else 0.
    Indicator(Condition),
}

/// What a figure is.
#[derive(Debug, Clone, PartialEq)]
pub enum Statistic {
    /// The median of a clock with the interval by the conventions, in printed units.
    Median {
        /// Place of the clock.
        clock: usize,
        /// The rows.
        rows: Condition,
    },
    /// Survival at a time: a fraction, or percent where a percent sign was printed.
    Rate {
        /// Place of the clock.
        clock: usize,
        /// The time in printed units.
        at: f64,
        /// The rows.
        rows: Condition,
    },
    /// A hazard ratio with Wald limits.
    HazardRatio {
        /// Place of the model.
        model: usize,
        /// Place of the column in it.
        column: usize,
    },
    /// Wald's p of some columns of a model together.
    WaldP {
        /// Place of the model.
        model: usize,
        /// Places of the columns in it.
        columns: Vec<usize>,
    },
    /// Events of a clock.
    Events {
        /// Place of the clock.
        clock: usize,
        /// The rows.
        rows: Condition,
    },
    /// Median (the middle of the two middle times) and range of the times of a clock.
    FollowUp {
        /// Place of the clock.
        clock: usize,
        /// The rows.
        rows: Condition,
        /// Whether of the censored times only: follow-up of survivors.
        censored: bool,
    },
    /// How many rows meet a condition.
    Count {
        /// The rows.
        rows: Condition,
    },
}

/// A printed figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Its name.
    pub id: String,
    /// What it is.
    pub statistic: Statistic,
    /// What was printed.
    pub printed: PrintedEstimate,
}
