//! Responses, statistic by statistic.

use std::io;

use super::{GroupRecord, Limits, RateRecord, ResponseDocument};
use crate::report::number::{probability, share};
use crate::report::results::{Place, Results, Stat};

const EXACT_LOWER: Stat = Stat::new("exact_lower", "Lower limit, Clopper–Pearson", three);
const EXACT_UPPER: Stat = Stat::new("exact_upper", "Upper limit, Clopper–Pearson", three);
const WILSON_LOWER: Stat = Stat::new("wilson_lower", "Lower limit, Wilson", three);
const WILSON_UPPER: Stat = Stat::new("wilson_upper", "Upper limit, Wilson", three);
const PROPORTION: Stat = Stat::new("proportion", "Proportion", percentage);
const DIFFERENCE: Stat = Stat::new("difference", "Difference", three);

fn three(value: f64) -> String {
    probability(Some(value))
}

fn percentage(value: f64) -> String {
    share(Some(value), None)
}

impl ResponseDocument {
    pub(super) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.data.statistics(results)?;
        self.groups.iter().try_for_each(|own| self.group(results, own))?;
        let by = self.by.as_deref().unwrap_or_default();
        self.comparisons.iter().try_for_each(|own| {
            let groups = format!("{by}={} against {by}={}", own.b, own.a);
            let place = Place::of(format!("{}, {}", own.rate, own.denominator)).level(groups);
            let limits = [(Stat::LOWER.share(), own.lower), (Stat::UPPER.share(), own.upper)];
            results.all(&place, [(DIFFERENCE, own.difference)])?;
            results.all(&place, limits)?;
            results.all(&place, [(Stat::P, own.p)])
        })
    }

    fn group(&self, results: &mut Results<'_>, own: &GroupRecord) -> io::Result<()> {
        let group = self.by.clone().zip(own.level.clone());
        let group: Vec<(String, String)> = group.into_iter().collect();
        let place = Place::of(&self.column).within(&group);
        let counts = [(Stat::N, own.n as f64), (Stat::MISSING, own.missing as f64)];
        results.all(&place, counts)?;
        for (category, &count) in self.categories.iter().zip(&own.counts) {
            let part = (own.n > 0).then(|| count as f64 / own.n as f64);
            let place = place.clone().level(&category.category);
            results.all(&place, [(Stat::COUNT, Some(count as f64)), (PROPORTION, part)])?;
        }
        own.rates.iter().try_for_each(|rate| rate.statistics(results, &group))
    }
}

impl RateRecord {
    fn statistics(&self, results: &mut Results<'_>, group: &[(String, String)]) -> io::Result<()> {
        let place = Place::of(format!("{}, {}", self.rate, self.denominator)).within(group);
        let limit = |limits: Option<Limits>, own: fn(Limits) -> f64| limits.map(own);
        results.all(
            &place,
            [
                (Stat::EVENTS.named("Responders"), Some(self.events as f64)),
                (Stat::N.named("Denominator"), Some(self.n as f64)),
                (Stat::ESTIMATE.share(), self.estimate),
                (EXACT_LOWER, limit(self.clopper_pearson, |own| own.lower)),
                (EXACT_UPPER, limit(self.clopper_pearson, |own| own.upper)),
                (WILSON_LOWER, limit(self.wilson, |own| own.lower)),
                (WILSON_UPPER, limit(self.wilson, |own| own.upper)),
            ],
        )
    }
}
