//! Labels and times while they are moved about, with every change undone at will.

use super::compiled::{Compiled, FitColumn, MISSING, PartKind};
use super::newton::padded;
use super::problem::StatusRule;

/// A time in days, and whether it is an event.
pub(super) type Ending = (i32, bool);

/// The rows of a block in some state of the search.
#[derive(Debug, Clone)]
pub(super) struct State<'c> {
    pub(super) compiled: &'c Compiled<'c>,
    /// By label, then row.
    pub(super) labels: Vec<Vec<i32>>,
    /// By clock, then row: days (−1 without), and whether an event.
    pub(super) days: Vec<Vec<i32>>,
    pub(super) event: Vec<Vec<bool>>,
    /// By clock: rows in the order of time, events before censorings.
    pub(super) order: Vec<Vec<u16>>,
    /// By condition, then row.
    pub(super) truth: Vec<Vec<u8>>,
    /// By model, then row: the columns of the fit, `width` of them in `stride` places.
    pub(super) design: Vec<Vec<f64>>,
    pub(super) width: Vec<usize>,
    stride: Vec<usize>,
    log: Vec<Edit>,
    /// By part: whether the edits touch it; and which do.
    touched: Vec<bool>,
    pub(super) touches: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Edit {
    Label { label: usize, row: usize, old: i32 },
    Ending { clock: usize, row: usize, old: Option<Ending> },
}

impl<'c> State<'c> {
    /// Rows with labels and without times.
    pub(super) fn new(compiled: &'c Compiled<'c>, labels: Vec<Vec<i32>>) -> Self {
        let (rows, clocks) = (compiled.problem.rows, compiled.problem.clocks.len());
        let width: Vec<usize> =
            compiled.problem.models.iter().map(|own| own.columns.len()).collect();
        let stride: Vec<usize> = width.iter().map(|&width| padded(width)).collect();
        let mut own = Self {
            compiled,
            labels,
            days: vec![vec![-1; rows]; clocks],
            event: vec![vec![false; rows]; clocks],
            order: vec![Vec::with_capacity(rows); clocks],
            truth: vec![vec![0; rows]; compiled.conditions.len()],
            design: stride.iter().map(|stride| vec![0.0; stride * rows]).collect(),
            width,
            stride,
            log: Vec::new(),
            touched: vec![false; compiled.parts.len()],
            touches: Vec::new(),
        };
        for condition in 0..compiled.conditions.len() {
            (0..rows).for_each(|row| own.truth[condition][row] = own.holds(condition, row));
        }
        for model in 0..compiled.problem.models.len() {
            (0..rows).for_each(|row| own.fill_design(model, row));
        }
        own
    }

    fn holds(&self, condition: usize, row: usize) -> u8 {
        let label_of = |label: usize| self.labels[label][row];
        u8::from(self.compiled.conditions[condition].holds(&label_of))
    }

    fn fill_design(&mut self, model: usize, row: usize) {
        let PartKind::Fit(goals) = &self.compiled.parts[model].kind else { return };
        let start = self.stride[model] * row;
        for (place, column) in goals.columns.iter().enumerate() {
            self.design[model][start + place] = match *column {
                FitColumn::Value(label, middle) => match self.labels[label][row] {
                    MISSING => 0.0,
                    value => f64::from(value) - middle,
                },
                FitColumn::Indicator(condition) => f64::from(self.truth[condition][row]),
            };
        }
    }

    pub(super) fn ending(&self, clock: usize, row: usize) -> Option<Ending> {
        let days = self.days[clock][row];
        (days >= 0).then(|| (days, self.event[clock][row]))
    }

    /// Whether a row belongs to a clock by its labels.
    pub(super) fn is_member(&self, clock: usize, row: usize) -> bool {
        self.truth[self.compiled.members[clock]][row] == 1
            && row >= self.compiled.problem.clocks[clock].without
    }

    /// Gives a row a time on a clock, or none.
    pub(super) fn set_ending(&mut self, clock: usize, row: usize, ending: Option<Ending>) {
        let old = self.ending(clock, row);
        if old == ending {
            return;
        }
        self.log.push(Edit::Ending { clock, row, old });
        self.place(clock, row, ending);
        let compiled = self.compiled;
        for &part in &compiled.of_clock[clock] {
            if self.truth[compiled.parts[part].condition][row] == 1 {
                self.touch(part);
            }
        }
    }

    fn place(&mut self, clock: usize, row: usize, ending: Option<Ending>) {
        if let Some(old) = self.ending(clock, row) {
            let at = self.position(clock, old, row);
            self.order[clock].remove(at);
        }
        let (days, event) = ending.unwrap_or((-1, false));
        (self.days[clock][row], self.event[clock][row]) = (days, event);
        if let Some(new) = ending {
            let at = self.position(clock, new, row);
            self.order[clock].insert(at, row as u16);
        }
    }

    fn position(&self, clock: usize, (days, event): Ending, row: usize) -> usize {
        let key = |days: i32, event: bool, row: usize| (days, !event, row);
        let (all_days, events) = (&self.days[clock], &self.event[clock]);
        self.order[clock].partition_point(|&other| {
            let other = usize::from(other);
            key(all_days[other], events[other], other) < key(days, event, row)
        })
    }

    /// Gives a row a label.
    pub(super) fn set_label(&mut self, label: usize, row: usize, value: i32) {
        let old = self.labels[label][row];
        if old == value {
            return;
        }
        self.log.push(Edit::Label { label, row, old });
        self.relabel(label, row, value, true);
    }

    fn relabel(&mut self, label: usize, row: usize, value: i32, touch: bool) {
        self.labels[label][row] = value;
        let compiled = self.compiled;
        for &condition in &compiled.of_label[label] {
            let now = self.holds(condition, row);
            if now == self.truth[condition][row] {
                continue;
            }
            self.truth[condition][row] = now;
            for &part in &compiled.of_condition[condition] {
                if touch && self.has_time(part, row) {
                    self.touch(part);
                }
            }
            for &part in &compiled.indicated[condition] {
                self.revalue(part, row, touch);
            }
        }
        for &part in &compiled.valued[label] {
            self.revalue(part, row, touch);
        }
    }

    fn revalue(&mut self, part: usize, row: usize, touch: bool) {
        self.fill_design(part, row);
        let inside = self.truth[self.compiled.parts[part].condition][row] == 1;
        if touch && inside && self.has_time(part, row) {
            self.touch(part);
        }
    }

    /// Whether a row has the time of a part's clock; counts need none.
    fn has_time(&self, part: usize, row: usize) -> bool {
        match &self.compiled.parts[part].kind {
            PartKind::Curve(own) => self.days[own.clock][row] >= 0,
            PartKind::Fit(own) => self.days[own.clock][row] >= 0,
            PartKind::Count(_) => true,
        }
    }

    fn touch(&mut self, part: usize) {
        if !self.touched[part] {
            self.touched[part] = true;
            self.touches.push(part);
        }
    }

    /// A row of a model's design.
    pub(super) fn covariates(&self, model: usize, row: usize) -> &[f64] {
        let start = row * self.stride[model];
        &self.design[model][start..start + self.width[model]]
    }

    /// Rows with a label edited, some perhaps twice.
    pub(super) fn relabelled(&self) -> impl Iterator<Item = usize> {
        self.log.iter().filter_map(|edit| match edit {
            Edit::Label { row, .. } => Some(*row),
            Edit::Ending { .. } => None,
        })
    }

    /// Keeps the edits.
    pub(super) fn keep(&mut self) {
        self.log.clear();
        self.forget_touches();
    }

    /// Takes the edits back.
    pub(super) fn undo(&mut self) {
        while let Some(edit) = self.log.pop() {
            match edit {
                Edit::Label { label, row, old } => self.relabel(label, row, old, false),
                Edit::Ending { clock, row, old } => self.place(clock, row, old),
            }
        }
        self.forget_touches();
    }

    fn forget_touches(&mut self) {
        self.touches.iter().for_each(|&part| self.touched[part] = false);
        self.touches.clear();
    }

    /// Whether the row's times obey every rule.
    pub(super) fn is_valid(&self, row: usize) -> bool {
        (0..self.days.len()).all(|clock| self.is_valid_on(clock, row))
    }

    fn is_valid_on(&self, clock: usize, row: usize) -> bool {
        let own = &self.compiled.problem.clocks[clock];
        let Some((days, event)) = self.ending(clock, row) else {
            return !self.is_member(clock, row);
        };
        let censoring = event || own.min_censoring.is_none_or(|least| i64::from(days) >= least);
        let bounds = own.bounds.iter().all(|bound| {
            self.ending(bound.clock, row).is_none_or(|(outer, outer_event)| {
                days <= outer
                    && match bound.rule {
                        StatusRule::Free => true,
                        StatusRule::Composite => event || !outer_event,
                        StatusRule::SameEvent => event == outer_event,
                    }
            })
        });
        let same = self.compiled.same[clock].is_none_or(|(other, condition)| {
            self.truth[condition][row] == 0 || self.ending(other, row) == Some((days, event))
        });
        self.is_member(clock, row) && i64::from(days) <= own.max_days && censoring && bounds && same
    }

    /// Makes a row's inner clocks follow its outer ones as far as the rules say how: what is the
    /// same is copied, what is too late is cut, what must have the outer's status gets it.
    pub(super) fn follow(&mut self, row: usize) {
        let compiled = self.compiled;
        for (clock, own) in compiled.problem.clocks.iter().enumerate() {
            let Some((mut days, mut event)) = self.ending(clock, row) else { continue };
            for bound in &own.bounds {
                let Some((outer, outer_event)) = self.ending(bound.clock, row) else { continue };
                let cut = days > outer;
                days = days.min(outer);
                event = match bound.rule {
                    StatusRule::Free => event,
                    StatusRule::Composite => (event && !cut) || outer_event,
                    StatusRule::SameEvent => outer_event,
                };
            }
            let same = compiled.same[clock].filter(|&(_, rows)| self.truth[rows][row] == 1);
            let copied = same.and_then(|(other, _)| self.ending(other, row));
            self.set_ending(clock, row, Some(copied.unwrap_or((days, event))));
        }
    }
}
