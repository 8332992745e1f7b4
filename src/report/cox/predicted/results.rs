//! Predictions, statistic by statistic.

use std::io;

use super::{CurveRecord, Predicted, ProfileRecord, RatioRecord};
use crate::report::cox::results::{COEF, Z};
use crate::report::results::{Place, Results, Stat};

const HAZARD: Stat = Stat::ESTIMATE.called("cumulative_hazard").named("Cumulative hazard");

/// A column and its level.
type Pair = (String, String);

impl Predicted {
    pub(in crate::report::cox) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.profiles.iter().try_for_each(|own| own.statistics(results))?;
        self.adjusted.iter().try_for_each(|adjusted| {
            adjusted.groups.iter().try_for_each(|own| {
                let group = [(adjusted.column.clone(), own.label.clone())];
                own.statistics(results, "adjusted", &group)
            })
        })
    }
}

impl ProfileRecord {
    fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        let profile = [("profile".to_owned(), self.label.clone())];
        let place = Place::of("hazard ratio").within(&profile);
        results.all(&place, self.hazard_ratio.statistics())?;
        self.curves.iter().try_for_each(|own| {
            let stratum = [&profile[..], &[("stratum".to_owned(), own.label.clone())]].concat();
            own.statistics(results, "predicted", &stratum)
        })
    }
}

impl RatioRecord {
    fn statistics(&self) -> [(Stat, Option<f64>); 8] {
        [
            (COEF, Some(self.coef)),
            (Stat::HR, Some(self.hr)),
            (Stat::STD_ERR, Some(self.std_err)),
            (Stat::HR_LOWER, self.hr_lower),
            (Stat::HR_UPPER, self.hr_upper),
            (Z, self.z),
            (Stat::P, self.p),
            (Stat::LN_P, self.ln_p),
        ]
    }
}

impl CurveRecord {
    fn statistics(&self, results: &mut Results<'_>, what: &str, group: &[Pair]) -> io::Result<()> {
        for own in &self.landmarks {
            let place = Place::of(format!("{what} survival")).within(group).at(own.time);
            let numbers = [own.survival, own.std_err, own.lower, own.upper];
            results.all(&place, survival(numbers))?;
        }
        self.curve.iter().flatten().try_for_each(|own| {
            let place = Place::of(format!("{what} curve")).within(group).at(own.time);
            let numbers = [Some(own.survival), own.std_err, own.lower, own.upper];
            results.all(&place, survival(numbers))?;
            results.all(&place, [(HAZARD, own.cumulative_hazard)])
        })
    }
}

fn survival([estimate, std_err, lower, upper]: [Option<f64>; 4]) -> [(Stat, Option<f64>); 4] {
    [
        (Stat::ESTIMATE.share(), estimate),
        (Stat::STD_ERR.share(), std_err),
        (Stat::LOWER.share(), lower),
        (Stat::UPPER.share(), upper),
    ]
}
