//! A comparison, statistic by statistic.

use std::io;

use super::LogRankDocument;
use crate::report::number::rounded;
use crate::report::results::{Place, Results, Stat};

const OBSERVED: Stat = Stat::EVENTS.called("observed").named("Observed events");
const EXPECTED: Stat = Stat::new("expected", "Expected events", four);
const Z: Stat = Stat::new("z", "Z", three);
const P_ADJUSTED: Stat = Stat::P.called("p_adjusted").named("Adjusted p-value");
const COVARIANCE: Stat = Stat::new("covariance", "Covariance of weighted O − E", four);
const PERMUTATIONS: Stat = Stat::N.called("permutations").named("Arrangements");

fn three(value: f64) -> String {
    rounded(value, 3)
}

fn four(value: f64) -> String {
    rounded(value, 4)
}

impl LogRankDocument {
    pub(super) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.data.statistics(results)?;
        for own in &self.groups {
            let place = Place::of("subjects").within(&own.levels);
            let counts = [(Stat::N, own.n), (OBSERVED, own.observed), (EXPECTED, own.expected)];
            results.all(&place, counts)?;
        }
        let df = self.df.map(|df| df as f64);
        let test = Stat::test((self.statistic, df), (self.p, self.ln_p));
        results.all(&Place::of(self.name()), test)?;
        if let Some(own) = self.trend {
            let test = (Some(own.statistic), Some(own.df as f64));
            results.all(&Place::of("trend"), Stat::test(test, (own.p, own.ln_p)))?;
        }
        self.others(results)
    }

    fn others(&self, results: &mut Results<'_>) -> io::Result<()> {
        for own in self.pairwise.iter().flat_map(|own| &own.tests) {
            let place = Place::of("pair").level(format!("{} against {}", own.a, own.b));
            let p = [(Stat::P, own.p), (P_ADJUSTED, own.p_adjusted)];
            results.all(&place, [(Stat::STATISTIC, own.statistic)])?;
            results.all(&place, p)?;
        }
        for (row, own) in self.groups.iter().zip(&self.variance) {
            for (column, &value) in self.groups.iter().zip(own) {
                let place = Place::of("variance").within(&row.levels);
                results.all(&place.level(column.label.as_str()), [(COVARIANCE, value)])?;
            }
        }
        for own in &self.components {
            results.all(&Place::of("component").level(own.weight.as_str()), [(Z, own.z)])?;
        }
        self.hazard_ratio.iter().try_for_each(|own| own.statistics(results))?;
        self.permutation.map_or(Ok(()), |own| {
            let arrangements = (PERMUTATIONS, Some(own.permutations as f64));
            results.all(&Place::of("permutation"), [(Stat::P, own.p), arrangements])
        })
    }
}
