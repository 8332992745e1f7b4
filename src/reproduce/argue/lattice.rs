//! Times on a lattice against the medians that are printed on it.

use super::Argument;
use crate::curve::{MedianInterval, MedianRule};
use crate::published::PrintedEstimate;
use crate::reproduce::check::{OnLattice, Severity, prints_from_doubles, tenth_lattice};
use crate::reproduce::study::{Figure, Statistic, Study};

/// A median whose limits lie on the border of two roundings.
struct OnBorder<'s> {
    rounded: Rounding,
    figure: &'s Figure,
    printed: &'s PrintedEstimate,
}

/// How limits on the border of two roundings must have been rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rounding {
    Up,
    Down,
}

impl Rounding {
    /// The distance down is larger: the lower limit was rounded down, and so was the upper one.
    fn of(printed: &PrintedEstimate) -> Option<Self> {
        let (lower, upper) = printed.limits.as_ref()?;
        let own = printed.estimate.number()?;
        let wider_below = own - lower.number()? > upper.number()? - own;
        Some(if wider_below { Self::Down } else { Self::Up })
    }
}

impl Study {
    /// What the printed medians say about times that are multiples of a step: a proof, or why there
    /// is none.
    pub(super) fn against_lattice(&self, figure: &Figure) -> Option<Argument> {
        let Some(Statistic::Lattice { step }) = figure.statistic else { return None };
        let open = |why: &str| {
            Some(Argument::new(Severity::Note, "not-on-lattice", (why.to_owned(), &[])))
        };
        let conventions = self.conventions();
        let spss = conventions.median_interval == MedianInterval::Spss
            && conventions.median_rule == MedianRule::FirstAtOrBelow;
        if !spss {
            return open(
                "only of SPSS's intervals (as = \"spss\") is it known how they come from times: \
                 median \u{b1} 1.96 SE",
            );
        }
        let printed = self.medians_to(step);
        let of = |wanted| printed.iter().filter(move |own| own.1 == wanted);
        if let Some(&(own, _, printed)) = of(OnLattice::Impossible).next() {
            let sentence = format!(
                "with times that are multiples of {step} a median is exactly as printed, and SPSS's \
                 limits are M \u{b1} h. {} ({printed}): M - h and M + h print so for no h, rounded or cut off",
                own.id
            );
            return Some(Argument::proof(sentence, &[own]));
        }
        let border = of(OnLattice::OnBorder).filter_map(|&(figure, _, printed)| {
            Some(OnBorder { rounded: Rounding::of(printed)?, figure, printed })
        });
        let border: Vec<OnBorder<'_>> = border.collect();
        let first = |wanted| border.iter().find(|own| own.rounded == wanted);
        let (Some(down), Some(up)) = (first(Rounding::Down), first(Rounding::Up)) else {
            return open("one rule of rounding prints all medians and limits from such times");
        };
        let by_doubles = |own: &&OnBorder<'_>| {
            let limits = own.printed.limits.as_ref();
            limits.is_some_and(|own_limits| {
                prints_from_doubles(&own.printed.estimate, (&own_limits.0, &own_limits.1))
                    == Some(false)
            })
        };
        match border.iter().find(by_doubles) {
            Some(none) => Some(contradict(step, down, up, none)),
            None => open(
                "no rule for halves prints all medians and limits from such times; but limits that \
                 are rounded as binary numbers, which lie beside the halves, may be printed so",
            ),
        }
    }

    /// The medians with limits that are printed to a step.
    fn medians_to(&self, step: f64) -> Vec<(&Figure, OnLattice, &PrintedEstimate)> {
        let on = |own| {
            let figure: &Figure = own;
            let (Some(Statistic::Median(_)), Some(printed)) =
                (&figure.statistic, figure.published.estimate())
            else {
                return None;
            };
            let (lower, upper) = printed.limits.as_ref()?;
            let to_step = (printed.estimate.half_unit() * 2.0 - step).abs() <= 1e-9;
            let lattice = tenth_lattice(&printed.estimate, (lower, upper)).filter(|_| to_step)?;
            Some((figure, lattice, printed))
        };
        self.figures().iter().filter_map(on).collect()
    }
}

fn contradict(step: f64, down: &OnBorder<'_>, up: &OnBorder<'_>, none: &OnBorder<'_>) -> Argument {
    let middle = &none.printed.estimate;
    let sentence = format!(
        "with times that are multiples of {step} a median is exactly as printed, and SPSS's limits are \
         M \u{b1} h. {} ({}) leaves one h, with both limits halfway between two roundings and both \
         rounded down; {} ({}) leaves one h, both halfway and both rounded up: no one rule for halves does \
         both, and cutting off digits does not print the second. Nor is it the rounding of binary numbers: \
         no double h at all has {middle} - h and {middle} + h, in double precision, round to the limits of \
         {} ({})",
        down.figure.id, down.printed, up.figure.id, up.printed, none.figure.id, none.printed
    );
    Argument::proof(sentence, &[down.figure, up.figure, none.figure])
}
