//! Arguments that no data can have a printed figure, each one that a reader can check.

use super::check::{OnLattice, joint_wald_p, tenth_lattice, wald_range};
use super::study::{Figure, Published, Statistic, Study};
use crate::published::{Printed, PrintedEstimate};

/// Why a figure cannot be, with the others that it contradicts.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub(super) sentence: String,
    /// The figures that it rests on.
    pub(super) others: Vec<String>,
}

impl Argument {
    fn new(sentence: String, others: &[&Figure]) -> Self {
        Self { sentence, others: others.iter().map(|own| own.id.clone()).collect() }
    }
}

impl Study {
    /// An argument against each figure that has one.
    pub(super) fn arguments(&self) -> Vec<Option<Argument>> {
        let argument = |figure: &Figure| {
            self.against_p(figure)
                .or_else(|| self.against_rows(figure))
                .or_else(|| self.against_lattice(figure))
                .or_else(|| self.against_printing(figure))
        };
        self.figures().iter().map(argument).collect()
    }

    /// Wald's p against the printed ratios and limits of the same coefficients.
    fn against_p(&self, figure: &Figure) -> Option<Argument> {
        let Some(Statistic::TermP { model, term, level, likelihood_ratio: false }) =
            &figure.statistic
        else {
            return None;
        };
        let p = &figure.published.estimate()?.estimate;
        let (low, high) = p.bounds()?;
        let same = |own: &&Figure| match &own.statistic {
            _ if !figure.contrasts.is_empty() => figure.contrasts.contains(&own.id),
            Some(Statistic::HazardRatio { model: other, term: name, level: of }) => {
                other == model && name == term && of == level
            }
            _ => false,
        };
        let contrasts = self.figures().iter().filter(same);
        let ranges = contrasts.filter_map(|own| {
            let printed = own.published.estimate()?;
            let limits = printed.limits.as_ref()?;
            let range = wald_range(&printed.estimate, (&limits.0, &limits.1), self.conf_level())?;
            Some((own, printed, range))
        });
        let ranges: Vec<_> = ranges.collect();
        if let (Some(df), true) = (figure.df.filter(|&df| df > 1), !ranges.is_empty()) {
            let largest =
                ranges.iter().max_by(|a, b| a.2.chi_squared.0.total_cmp(&b.2.chi_squared.0));
            let (own, printed, range) = largest?;
            let most = joint_wald_p(range.chi_squared.0, df);
            return (low > most).then(|| {
                let sentence = format!(
                    "{} ({printed}) alone has a Wald statistic of at least {:.2}; the joint test of \
                     the factor is no smaller, so on {df} degrees of freedom p is at most {most:.4}, \
                     not {p}",
                    own.id, range.chi_squared.0
                );
                Argument::new(sentence, &[own])
            });
        }
        ranges.iter().find_map(|(own, printed, range)| {
            let (smallest, largest) = range.p(1);
            let sentence = format!(
                "{} ({printed}) has a Wald p between {smallest:.4} and {largest:.4}, over all values \
                 that round to it; {p} is none of these",
                own.id
            );
            (low > largest || high < smallest).then(|| Argument::new(sentence, &[*own]))
        })
    }

    /// Rows of a model against those that can be complete.
    fn against_rows(&self, figure: &Figure) -> Option<Argument> {
        let Some(Statistic::ModelRows(model)) = figure.statistic else { return None };
        let printed = figure.published.estimate()?.estimate.number()?;
        let (label, known, rows) = self.fewest_known(model)?;
        (printed > known as f64).then(|| {
            let sentence = format!(
                "{label} is known in {known} of {rows} patients, so no model of complete cases that \
                 has it is fitted to {printed}"
            );
            Argument::new(sentence, &[])
        })
    }

    /// Times on a lattice against the medians that are printed on it.
    fn against_lattice(&self, figure: &Figure) -> Option<Argument> {
        let Some(Statistic::Lattice { step }) = figure.statistic else { return None };
        let mut needs: Vec<(Rounding, &Figure, &PrintedEstimate)> = Vec::new();
        for own in self.figures() {
            let (Some(Statistic::Median(_)), Some(printed)) =
                (&own.statistic, own.published.estimate())
            else {
                continue;
            };
            let Some((lower, upper)) = &printed.limits else { continue };
            if (printed.estimate.half_unit() * 2.0 - step).abs() > 1e-9 {
                continue;
            }
            match tenth_lattice(&printed.estimate, (lower, upper)) {
                Some(OnLattice::Impossible) => {
                    let sentence = format!(
                        "{} ({printed}): a symmetric interval around exactly {} prints no such limits",
                        own.id, printed.estimate
                    );
                    return Some(Argument::new(sentence, &[own]));
                }
                Some(OnLattice::OnBorder) => needs.push((Rounding::of(printed)?, own, printed)),
                Some(OnLattice::Possible) | None => {}
            }
        }
        let down = needs.iter().find(|own| own.0 == Rounding::Down)?;
        let up = needs.iter().find(|own| own.0 == Rounding::Up)?;
        let sentence = format!(
            "with times that are multiples of {step} a median is exactly the printed one, and its limits \
             are M ± h. {} ({}) leaves one h, with both limits on the border of two roundings and both \
             rounded down; {} ({}) leaves one h, and both rounded up. No rule of rounding does both",
            down.1.id, down.2, up.1.id, up.2
        );
        Some(Argument::new(sentence, &[down.1, up.1]))
    }

    /// The same statistic printed twice, in ways that no value prints.
    fn against_printing(&self, figure: &Figure) -> Option<Argument> {
        let own = key(figure)?;
        let other = self.figures().iter().find(|other| {
            other.id != figure.id
                && key(other).as_ref() == Some(&own)
                && excludes(&figure.published, &other.published)
        })?;
        let place = other.place.as_deref().map_or_else(String::new, |own| format!(" in {own}"));
        let n = figure.n.map_or_else(String::new, |n| format!(" for n = {n}"));
        let sentence = format!(
            "{}{n} and {} ({}{place}) are printings of one statistic, and no value prints as both",
            figure.published.text(),
            other.published.text(),
            other.id
        );
        Some(Argument::new(sentence, &[other]))
    }
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

/// What a figure is a printing of.
fn key(figure: &Figure) -> Option<String> {
    let statistic = match figure.statistic.as_ref()? {
        Statistic::Median(formula) => format!("median {formula}"),
        Statistic::Rate { endpoint, at, .. } => format!("rate {endpoint} {at}"),
        Statistic::Events(formula) => format!("events {formula}"),
        Statistic::Rows(formula) => format!("rows {formula}"),
        Statistic::Count(counted) => format!("count {counted}"),
        _ => return None,
    };
    let rows = figure.rows.as_ref().map(ToString::to_string).unwrap_or_default();
    Some(format!("{statistic} | {rows} | {}", figure.block.as_deref().unwrap_or_default()))
}

/// Whether no value prints as both.
fn excludes(a: &Published, b: &Published) -> bool {
    let numbers = |own: &Published| -> Vec<Option<Printed>> {
        match own {
            Published::Estimate(own) => {
                let limit = |own: Option<&Printed>| own.cloned();
                vec![Some(own.estimate.clone()), limit(own.lower()), limit(own.upper())]
            }
            Published::Share { count, .. } => vec![Some(count.clone()), None, None],
        }
    };
    numbers(a).into_iter().zip(numbers(b)).any(|(a, b)| match (a, b) {
        (Some(a), Some(b)) => match (a.bounds(), b.bounds()) {
            (Some(a), Some(b)) => a.1 < b.0 || b.1 < a.0,
            (a, b) => a.is_some() != b.is_some(),
        },
        _ => false,
    })
}
