//! A problem in the form that the loop of moves needs: every distinct condition, curve and fit
//! once, and which of them rests on which label and clock.

use super::goal::Goals;
use super::problem::{Column, Condition, Figure, LabelKind, Problem, Statistic};
use crate::curve::MedianInterval;

/// A label that is missing.
pub(super) const MISSING: i32 = i32::MIN;

/// A problem, taken apart.
#[derive(Debug)]
pub(super) struct Compiled<'p> {
    pub(super) problem: &'p Problem,
    pub(super) conditions: Vec<Condition>,
    pub(super) parts: Vec<Part>,
    /// Parts of each clock: curves and fits.
    pub(super) of_clock: Vec<Vec<usize>>,
    /// Parts of each condition: curves and fits of the rows that meet it, and counts of them.
    pub(super) of_condition: Vec<Vec<usize>>,
    /// Conditions that ask for each label.
    pub(super) of_label: Vec<Vec<usize>>,
    /// Fits that have a label or condition among their columns.
    pub(super) valued: Vec<Vec<usize>>,
    pub(super) indicated: Vec<Vec<usize>>,
    /// The condition of each clock's members, and of the rows where it says what another does.
    pub(super) members: Vec<usize>,
    pub(super) same: Vec<Option<(usize, usize)>>,
}

/// Something that is recomputed as a whole, and the goals that rest on it.
#[derive(Debug)]
pub(super) struct Part {
    /// Place of the condition that its rows meet.
    pub(super) condition: usize,
    pub(super) kind: PartKind,
}

#[derive(Debug)]
pub(super) enum PartKind {
    Curve(CurveGoals),
    Fit(FitGoals),
    Count(Goals),
}

/// What is wanted of a curve, in days.
#[derive(Debug)]
pub(super) struct CurveGoals {
    pub(super) clock: usize,
    pub(super) medians: Vec<Goals>,
    pub(super) rates: Vec<(f64, Goals)>,
    pub(super) events: Vec<Goals>,
    /// Times of follow-up: whether the censored ones only.
    pub(super) follow_ups: Vec<(bool, Goals)>,
    /// Whether intervals are SPSS's, which need no variance along the curve.
    pub(super) spss: bool,
}

/// What is wanted of a Cox fit.
#[derive(Debug)]
pub(super) struct FitGoals {
    pub(super) model: usize,
    pub(super) clock: usize,
    pub(super) n: Option<usize>,
    pub(super) columns: Vec<FitColumn>,
    pub(super) ratios: Vec<(usize, Goals)>,
    pub(super) p_values: Vec<(Vec<usize>, Goals)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum FitColumn {
    /// Place of the label, and a value near its middle: what is subtracted.
    Value(usize, f64),
    /// Place of the condition.
    Indicator(usize),
}

impl<'p> Compiled<'p> {
    pub(super) fn new(problem: &'p Problem) -> Self {
        let (labels, clocks) = (problem.labels.len(), problem.clocks.len());
        let mut own = Self {
            problem,
            conditions: vec![Condition::Always],
            parts: Vec::new(),
            of_clock: vec![Vec::new(); clocks],
            of_condition: Vec::new(),
            of_label: vec![Vec::new(); labels],
            valued: vec![Vec::new(); labels],
            indicated: Vec::new(),
            members: Vec::new(),
            same: Vec::new(),
        };
        for clock in &problem.clocks {
            let members = own.condition(&clock.members);
            own.members.push(members);
            let same = clock.same_as.as_ref().map(|same| (same.clock, own.condition(&same.rows)));
            own.same.push(same);
        }
        own.add_fits();
        problem.figures.iter().for_each(|figure| own.add_figure(figure));
        for (place, clock) in problem.clocks.iter().enumerate() {
            if let Some(events) = clock.events {
                own.curve(place, &Condition::Always).events.push(Goals::count(events));
            }
        }
        own.link();
        own
    }

    /// The place of a condition.
    fn condition(&mut self, condition: &Condition) -> usize {
        let found = self.conditions.iter().position(|own| own == condition);
        found.unwrap_or_else(|| {
            self.conditions.push(condition.clone());
            self.conditions.len() - 1
        })
    }

    /// All models, also those without a figure: their numbers of rows may be printed.
    fn add_fits(&mut self) {
        for (model, own) in self.problem.models.iter().enumerate() {
            let columns = own.columns.iter().map(|column| self.column(column)).collect();
            let (clock, n) = (own.clock, own.n);
            let (ratios, p_values) = (Vec::new(), Vec::new());
            let goals = FitGoals { model, clock, n, columns, ratios, p_values };
            let condition = self.condition(&own.rows);
            self.parts.push(Part { condition, kind: PartKind::Fit(goals) });
        }
    }

    fn column(&mut self, column: &Column) -> FitColumn {
        match column {
            Column::Value { label } => {
                let middle = match &self.problem.labels[*label].kind {
                    LabelKind::Whole { min, max, median, .. } => {
                        median.unwrap_or(0.5 * (min + max) as f64)
                    }
                    LabelKind::Levels { .. } => 0.0,
                };
                FitColumn::Value(*label, middle)
            }
            Column::Indicator(condition) => FitColumn::Indicator(self.condition(condition)),
        }
    }

    fn add_figure(&mut self, figure: &Figure) {
        let goals = |factor| Goals::new(&figure.printed, factor);
        let days = self.problem.days_per_unit;
        match &figure.statistic {
            Statistic::Median { clock, rows } => {
                self.curve(*clock, rows).medians.push(goals(days));
            }
            Statistic::Rate { clock, at, rows } => {
                let factor = if figure.printed.estimate.is_percent() { 0.01 } else { 1.0 };
                self.curve(*clock, rows).rates.push((at * days, goals(factor)));
            }
            Statistic::Events { clock, rows } => {
                self.curve(*clock, rows).events.push(goals(1.0));
            }
            Statistic::FollowUp { clock, rows, censored } => {
                self.curve(*clock, rows).follow_ups.push((*censored, goals(days)));
            }
            Statistic::HazardRatio { model, column } => {
                self.fit(*model).ratios.push((*column, goals(1.0)));
            }
            Statistic::WaldP { model, columns } => {
                self.fit(*model).p_values.push((columns.clone(), goals(1.0)));
            }
            Statistic::Count { rows } => {
                let (condition, kind) = (self.condition(rows), PartKind::Count(goals(1.0)));
                self.parts.push(Part { condition, kind });
            }
        }
    }

    fn fit(&mut self, model: usize) -> &mut FitGoals {
        match &mut self.parts[model].kind {
            PartKind::Fit(goals) => goals,
            _ => unreachable!("fits come first, in the order of the models"),
        }
    }

    /// The curve of a clock on some rows; with the events of the clock, on all.
    fn curve(&mut self, clock: usize, rows: &Condition) -> &mut CurveGoals {
        let condition = self.condition(rows);
        let place = self.parts.iter().position(|part| {
            part.condition == condition
                && matches!(&part.kind, PartKind::Curve(own) if own.clock == clock)
        });
        let place = place.unwrap_or_else(|| {
            let spss = self.problem.conventions.median_interval == MedianInterval::Spss;
            let kind = PartKind::Curve(CurveGoals {
                clock,
                medians: Vec::new(),
                rates: Vec::new(),
                events: Vec::new(),
                follow_ups: Vec::new(),
                spss,
            });
            self.parts.push(Part { condition, kind });
            self.parts.len() - 1
        });
        match &mut self.parts[place].kind {
            PartKind::Curve(goals) => goals,
            _ => unreachable!("found or made as a curve"),
        }
    }

    fn link(&mut self) {
        self.of_condition = vec![Vec::new(); self.conditions.len()];
        self.indicated = vec![Vec::new(); self.conditions.len()];
        for (place, part) in self.parts.iter().enumerate() {
            self.of_condition[part.condition].push(place);
            match &part.kind {
                PartKind::Curve(own) => self.of_clock[own.clock].push(place),
                PartKind::Count(_) => {}
                PartKind::Fit(own) => {
                    self.of_clock[own.clock].push(place);
                    for column in &own.columns {
                        match column {
                            FitColumn::Value(label, _) => self.valued[*label].push(place),
                            FitColumn::Indicator(condition) => {
                                self.indicated[*condition].push(place);
                            }
                        }
                    }
                }
            }
        }
        for (place, condition) in self.conditions.iter().enumerate() {
            for label in condition.labels() {
                if !self.of_label[label].contains(&place) {
                    self.of_label[label].push(place);
                }
            }
        }
    }
}

impl Condition {
    /// The labels that it asks for.
    pub(super) fn labels(&self) -> Vec<usize> {
        match self {
            Self::Always => Vec::new(),
            Self::Is { label, .. } | Self::Missing { label } | Self::Range { label, .. } => {
                vec![*label]
            }
            Self::Not(inner) => inner.labels(),
            Self::All(inner) | Self::Any(inner) => inner.iter().flat_map(Self::labels).collect(),
        }
    }

    /// Whether it holds for a row, whose labels are given by a function.
    pub(super) fn holds(&self, label_of: &impl Fn(usize) -> i32) -> bool {
        match self {
            Self::Always => true,
            Self::Is { label, level } => label_of(*label) == *level as i32,
            Self::Missing { label } => label_of(*label) == MISSING,
            Self::Range { label, low, high } => {
                let value = label_of(*label);
                value != MISSING && (*low..=*high).contains(&i64::from(value))
            }
            Self::Not(inner) => !inner.holds(label_of),
            Self::All(inner) => inner.iter().all(|own| own.holds(label_of)),
            Self::Any(inner) => inner.iter().any(|own| own.holds(label_of)),
        }
    }
}
