//! Hazard ratios: their intervals, their p, and the p of whole factors.

use super::finding::{Findings, Severity};
use super::model::{Measure, PrintedCoefficient, PrintedNumbers, RowId};
use super::wald::{joint_wald_p, wald_range};
use super::words::{overlap, p, p_range};
use crate::published::{Printed, PrintedValue};

/// What marks the test of a whole factor.
const OVERALL: &str = "(overall)";

/// A hazard ratio with its limits, wherever it stands.
struct Ratio<'a> {
    row: &'a RowId,
    hr: &'a Printed,
    limits: (&'a Printed, &'a Printed),
    level: f64,
    p: Option<&'a Printed>,
}

pub(super) fn check(numbers: &PrintedNumbers, found: &mut Findings) {
    let of_figures = numbers.figures.iter().filter_map(|own| {
        let limits = own.interval().filter(|_| own.measure == Measure::HazardRatio)?;
        let (hr, level) = (own.estimate.as_ref()?, own.level.unwrap_or(0.95));
        Some(Ratio { row: &own.row, hr, limits, level, p: own.p.as_ref() })
    });
    let of_models = numbers.coefficients.iter().filter_map(|own| {
        let limits = (own.lower.as_ref()?, own.upper.as_ref()?);
        Some(Ratio { row: &own.row, hr: own.hr.as_ref()?, limits, level: 0.95, p: own.p.as_ref() })
    });
    of_figures.chain(of_models).for_each(|own| own.check(found));
    for own in &numbers.coefficients {
        factor(own, &numbers.coefficients, found);
    }
}

impl Ratio<'_> {
    fn text(&self) -> String {
        format!("HR {} ({}-{})", self.hr, self.limits.0, self.limits.1)
    }

    fn check(&self, found: &mut Findings) {
        let numbers = [self.hr, self.limits.0, self.limits.1].map(Printed::number);
        let [Some(_), Some(low), Some(high)] = numbers else { return };
        let Some(range) = wald_range(self.hr, self.limits, self.level) else {
            let middle = (low * high).sqrt();
            let sentence = format!(
                "{}: the limits are not symmetric around it on the logarithmic scale: \
                 √({low} × {high}) = {middle:.3}",
                self.text()
            );
            let rows = [self.row.clone()];
            return found.add("interval-not-symmetric", Severity::Warning, sentence, rows);
        };
        let Some(printed) = self.p else { return };
        let own = range.p(1);
        if fits(printed, own) {
            return;
        }
        let two = range.p(2);
        let on_two = match fits(printed, two) {
            true => format!(
                "; on 2 degrees of freedom it would be {}, so this may be the test of a factor with \
                 three levels",
                p_range(two)
            ),
            false => String::new(),
        };
        let cut = truncated(printed).is_some_and(|own_range| overlap(own_range, own));
        let severity = if cut { Severity::Rounding } else { Severity::Warning };
        let on_two = match cut {
            true => "; cut off instead of rounded it would fit".to_owned(),
            false => format!("{on_two}; or p is of another test (log-rank, likelihood ratio)"),
        };
        let sentence = format!(
            "{}: p {printed} is printed, but all ratios and limits that round to these have a Wald \
             p of {}{on_two}",
            self.text(),
            p_range(own)
        );
        found.add("p-against-interval", severity, sentence, [self.row.clone()]);
    }
}

/// Whether some p of a range prints so.
fn fits(printed: &Printed, range: (f64, f64)) -> bool {
    match printed.value() {
        PrintedValue::Below(limit) => range.0 < limit,
        PrintedValue::Above(limit) => range.1 > limit,
        _ => printed.bounds().is_none_or(|own| overlap(own, range)),
    }
}

/// What prints so when further digits are cut off instead of rounded.
pub(in crate::reproduce) fn truncated(printed: &Printed) -> Option<(f64, f64)> {
    let value = printed.number()?;
    Some((value, value + 2.0 * printed.half_unit()))
}

/// The joint Wald test of a factor is at least as large as that of any one of its levels.
fn factor(overall: &PrintedCoefficient, all: &[PrintedCoefficient], found: &mut Findings) {
    let name = overall.term.strip_suffix(OVERALL).map(str::trim);
    let (Some(name), Some(printed)) = (name, &overall.p) else { return };
    let is_level = |own: &&PrintedCoefficient| {
        own.model == overall.model
            && own.reference == overall.reference
            && own.term != overall.term
            && own.term.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '))
    };
    let levels: Vec<&PrintedCoefficient> = all.iter().filter(is_level).collect();
    let single = levels.iter().filter_map(|own| {
        let limits = (own.lower.as_ref()?, own.upper.as_ref()?);
        Some((*own, wald_range(own.hr.as_ref()?, limits, 0.95)?.chi_squared.0))
    });
    let Some((level, chi)) = single.max_by(|a, b| a.1.total_cmp(&b.1)) else { return };
    let df = levels.len();
    let bound = joint_wald_p(chi, df);
    let low = printed.bounds().map_or(0.0, |own| own.0);
    let below = matches!(printed.value(), PrintedValue::Below(_));
    if below || low <= bound {
        return;
    }
    let more = joint_wald_p(chi, df + 1);
    let more = if low <= more {
        format!(" (on {} it would be {})", df + 1, p(more))
    } else {
        String::new()
    };
    let sentence = format!(
        "{}: p {printed} for {name} on {df} degrees of freedom, but {} alone has χ² ≥ {chi:.2}, and \
         the joint Wald χ² is not smaller, so p ≤ {}{more}; possible with a level that is not shown \
         or a likelihood-ratio test",
        overall.model,
        level.term,
        p(bound)
    );
    let rows = [overall.row.clone(), level.row.clone()];
    found.add("factor-p-too-large", Severity::Warning, sentence, rows);
}
