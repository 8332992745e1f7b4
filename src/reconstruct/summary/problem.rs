//! Printed numbers as a search sees them: windows on the grid.

use super::grid::{Grid, Window};
use super::spec::{FollowUpKind, Rate, Rules, Summary};
use crate::curve::{FollowUpRule, MedianRule};
use crate::numeric::normal::normal_quantile;
use crate::published::Printed;

/// One printed number of a summary; `n` is the frame and none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Events,
    Median,
    Lower,
    Upper,
    Rate(usize),
    RateLower(usize),
    RateUpper(usize),
    FollowUp,
    First,
    Last,
    MinFollowUp,
}

impl Summary {
    /// The numbers that were printed, `n` aside.
    pub(super) fn numbers(&self) -> Vec<Number> {
        let single = [
            (self.events.is_some(), Number::Events),
            (self.median.is_some(), Number::Median),
            (self.lower.is_some(), Number::Lower),
            (self.upper.is_some(), Number::Upper),
            (self.follow_up.is_some(), Number::FollowUp),
            (self.first.is_some(), Number::First),
            (self.last.is_some(), Number::Last),
            (self.min_follow_up.is_some(), Number::MinFollowUp),
        ];
        let mut all: Vec<Number> =
            single.into_iter().filter(|own| own.0).map(|own| own.1).collect();
        for (at, rate) in self.rates.iter().enumerate() {
            all.push(Number::Rate(at));
            if rate.printed.limits.is_some() {
                all.extend([Number::RateLower(at), Number::RateUpper(at)]);
            }
        }
        all
    }

    /// The name of a number in output.
    pub(super) fn name(&self, number: Number) -> String {
        let at = |name: &str, rate: usize| format!("{name}@{}", self.rates[rate].time);
        match number {
            Number::Events => "events".to_owned(),
            Number::Median => "median".to_owned(),
            Number::Lower => "median_lower".to_owned(),
            Number::Upper => "median_upper".to_owned(),
            Number::Rate(rate) => at("rate", rate),
            Number::RateLower(rate) => at("rate_lower", rate),
            Number::RateUpper(rate) => at("rate_upper", rate),
            Number::FollowUp => "follow_up".to_owned(),
            Number::First => "min_time".to_owned(),
            Number::Last => "max_time".to_owned(),
            Number::MinFollowUp => "min_follow_up".to_owned(),
        }
    }
}

/// What is asked of a time found along the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    /// Nothing.
    Free,
    /// That it is never reached.
    Never,
    /// That it lies in a window.
    At(Window),
}

impl Target {
    pub(super) fn window(self) -> Option<Window> {
        match self {
            Self::At(window) => Some(window),
            _ => None,
        }
    }
}

/// What is asked of the curve at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// The last step at or before the time.
    pub(super) at: i32,
    /// Whether that step is the time itself.
    pub(super) exact: bool,
    /// Bounds of S; empty bounds where nothing is asked.
    pub(super) rate: (f64, f64),
    pub(super) lower: Asked,
    pub(super) upper: Asked,
}

/// What is asked of a pointwise limit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    Free,
    Undefined,
    Within(f64, f64),
}

impl Asked {
    pub(super) fn allows(self, value: Option<f64>) -> bool {
        match self {
            Self::Free => true,
            Self::Undefined => value.is_none(),
            Self::Within(lo, hi) => value.is_some_and(|own| lo <= own && own <= hi),
        }
    }
}

/// The printed numbers of a summary, or some of them, on a grid.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) n: usize,
    pub(super) events: Option<usize>,
    pub(super) grid: Grid,
    pub(super) rules: Rules,
    pub(super) z: f64,
    pub(super) median: Target,
    pub(super) lower: Target,
    pub(super) upper: Target,
    /// Of the reverse Kaplan–Meier estimate.
    pub(super) reverse: Target,
    pub(super) survivors: Target,
    pub(super) plain: Target,
    pub(super) first: Target,
    pub(super) last: Target,
    /// The first step open to censorings.
    pub(super) censored_from: i32,
    /// In the order of time.
    pub(super) cuts: Vec<Cut>,
}

impl Problem {
    /// The numbers for which `keep` says so.
    pub(super) fn new(summary: &Summary, keep: impl Fn(Number) -> bool) -> Self {
        let grid = summary.own_grid();
        let decimals = summary.decimals();
        let target = |number: Number, printed: Option<&Printed>| match printed {
            Some(own) if keep(number) => match Window::of(own, decimals, grid) {
                Some(window) => Target::At(window),
                None => Target::Never,
            },
            _ => Target::Free,
        };
        let follow_up = |kind: FollowUpKind| {
            let own = summary.follow_up.as_ref().filter(|own| own.0 == kind);
            target(Number::FollowUp, own.map(|own| &own.1))
        };
        let mut cuts: Vec<Cut> =
            (0..summary.rates.len()).filter_map(|at| cut(summary, at, &keep)).collect();
        cuts.sort_by_key(|own| own.at);
        Self {
            n: summary.n as usize,
            events: summary.events.filter(|_| keep(Number::Events)).map(|own| own as usize),
            grid,
            rules: summary.rules,
            z: normal_quantile(0.5 + summary.rules.conf_level / 2.0),
            median: target(Number::Median, summary.median.as_ref()),
            lower: target(Number::Lower, summary.lower.as_ref()),
            upper: target(Number::Upper, summary.upper.as_ref()),
            reverse: follow_up(FollowUpKind::Reverse),
            survivors: follow_up(FollowUpKind::Survivors),
            plain: follow_up(FollowUpKind::Plain),
            first: target(Number::First, summary.first.as_ref()),
            last: target(Number::Last, summary.last.as_ref()),
            censored_from: match summary.min_follow_up {
                Some(time) if keep(Number::MinFollowUp) => grid.ceil(time),
                _ => 0,
            },
            cuts,
        }
    }

    pub(super) fn rule(&self) -> MedianRule {
        self.rules.median_rule
    }

    /// Whether SPSS's interval is asked for.
    pub(super) fn spss(&self) -> bool {
        self.rules.is_spss() && (self.lower != Target::Free || self.upper != Target::Free)
    }

    /// Whether events and censorings at one time would disturb the reverse estimate: the recipe
    /// has them in the other order, and the search leaves such ties out.
    pub(super) fn parts_ties(&self) -> bool {
        self.reverse != Target::Free && self.rules.follow_up == FollowUpRule::Recipe
    }

    /// The latest step that a printed time points to.
    pub(super) fn latest(&self) -> i32 {
        let targets = [
            self.median,
            self.lower,
            self.upper,
            self.reverse,
            self.survivors,
            self.plain,
            self.first,
            self.last,
        ];
        let windows = targets.into_iter().filter_map(Target::window).map(|own| own.hi);
        windows.chain(self.cuts.iter().map(|cut| cut.at + 1)).max().unwrap_or(0)
    }
}

fn cut(summary: &Summary, at: usize, keep: impl Fn(Number) -> bool) -> Option<Cut> {
    let rate = &summary.rates[at];
    let numbers = [Number::Rate(at), Number::RateLower(at), Number::RateUpper(at)];
    if !numbers.into_iter().any(&keep) {
        return None;
    }
    let (step, exact) = summary.own_grid().floor(rate.time);
    let limits = rate.printed.limits.as_ref();
    let asked = |number: Number, printed: Option<&Printed>| match printed {
        Some(own) if keep(number) => asked(own, rate),
        _ => Asked::Free,
    };
    let range = match asked(Number::Rate(at), Some(&rate.printed.estimate)) {
        Asked::Within(lo, hi) => (lo, hi),
        _ => (-1.0, 2.0),
    };
    Some(Cut {
        at: step,
        exact,
        rate: range,
        lower: asked(Number::RateLower(at), limits.map(|own| &own.0)),
        upper: asked(Number::RateUpper(at), limits.map(|own| &own.1)),
    })
}

fn asked(printed: &Printed, rate: &Rate) -> Asked {
    let Some((lo, hi)) = printed.bounds() else { return Asked::Undefined };
    let slack = |bound: f64| 1e-9 * bound.abs().max(printed.half_unit());
    let scale = rate.scale();
    Asked::Within((lo - slack(lo)) / scale, (hi + slack(hi)) / scale)
}
