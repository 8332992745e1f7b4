//! A Kaplan–Meier document, statistic by statistic.

use std::io;

use super::KmDocument;
use super::contrast::RmstPair;
use super::group::{GroupRecord, StepRecord};
use crate::curve::{FollowUp, Mean};
use crate::report::results::{Place, Results, Stat};

const HAZARD: Stat = Stat::new("cumulative_hazard", "Cumulative hazard", four);
const HAZARD_STD_ERR: Stat =
    Stat::new("cumulative_hazard_std_err", "Standard error of the cumulative hazard", four);
const BAND_LOWER: Stat = Stat::new("band_lower", "Lower limit of the band", four).share();
const BAND_UPPER: Stat = Stat::new("band_upper", "Upper limit of the band", four).share();

fn four(value: f64) -> String {
    crate::report::number::rounded(value, 4)
}

/// An estimate with its limits.
type Estimate = [Option<f64>; 3];

fn times([estimate, lower, upper]: Estimate) -> [(Stat, Option<f64>); 3] {
    let limits = [(Stat::LOWER.reached(), lower), (Stat::UPPER.reached(), upper)];
    [(Stat::ESTIMATE.reached(), estimate), limits[0], limits[1]]
}

impl KmDocument {
    pub(in crate::report) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.data.statistics(results)?;
        self.groups.iter().try_for_each(|own| own.statistics(results))?;
        self.rmst_comparison.iter().try_for_each(|own| own.statistics(results))?;
        self.test.iter().flatten().try_for_each(|own| own.statistics(results))?;
        self.hazard_ratio.iter().try_for_each(|own| own.statistics(results))
    }
}

impl GroupRecord {
    fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        let place = |what: &str| Place::of(what).within(&self.levels);
        let counts = [(Stat::N, self.n), (Stat::EVENTS, self.events)];
        results.all(&place("subjects"), counts)?;
        results.all(&place("subjects"), [(Stat::CENSORED, self.censored)])?;
        let own = self.median;
        results.all(&place("median"), times([own.estimate, own.lower, own.upper]))?;
        results.all(&place("median"), [(Stat::STD_ERR, own.std_err)])?;
        for own in &self.quantiles {
            let at = place("quantile").at(own.p);
            results.all(&at, times([own.estimate, own.lower, own.upper]))?;
        }
        self.landmarks(results)?;
        let means = [("rmst", self.rmst), ("mean", self.mean.flatten())];
        for (what, mean) in means.into_iter().filter_map(|(what, mean)| Some((what, mean?))) {
            results.all(&place(what).at(mean.tau), mean_stats(&mean))?;
        }
        if let Some(FollowUp { median, lower, upper }) = self.follow_up {
            results.all(&place("follow_up"), times([median, lower, upper]))?;
        }
        for (what, at, stats) in self.bootstrap.iter().flat_map(|own| own.statistics()) {
            let place = place(what);
            results.all(&at.map_or(place.clone(), |at| place.at(at)), stats)?;
        }
        let mut steps = self.curve.iter().flat_map(|own| own.iter());
        steps.try_for_each(|step| results.all(&place("curve").at(step.time), step.statistics()))
    }

    fn landmarks(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.landmarks.iter().try_for_each(|own| {
            let place = Place::of("survival").within(&self.levels).at(own.time);
            results.all(
                &place,
                [
                    (Stat::AT_RISK, Some(own.n_risk)),
                    (Stat::ESTIMATE.share(), own.survival),
                    (Stat::STD_ERR.share(), own.std_err),
                    (Stat::LOWER.share(), own.lower),
                    (Stat::UPPER.share(), own.upper),
                ],
            )
        })
    }
}

impl StepRecord {
    fn statistics(&self) -> Vec<(Stat, Option<f64>)> {
        let mut all = vec![
            (Stat::AT_RISK, Some(self.n_risk)),
            (Stat::EVENTS, Some(self.n_event)),
            (Stat::CENSORED, Some(self.n_censor)),
            (Stat::ESTIMATE.share(), Some(self.survival)),
            (Stat::STD_ERR.share(), self.std_err),
            (Stat::LOWER.share(), self.lower),
            (Stat::UPPER.share(), self.upper),
            (HAZARD, Some(self.cumulative_hazard)),
            (HAZARD_STD_ERR, self.cumulative_hazard_std_err),
        ];
        if let (Some(lower), Some(upper)) = (self.band_lower, self.band_upper) {
            all.extend([(BAND_LOWER, lower), (BAND_UPPER, upper)]);
        }
        all
    }
}

fn mean_stats(own: &Mean) -> [(Stat, f64); 4] {
    [
        (Stat::ESTIMATE, own.estimate),
        (Stat::STD_ERR, own.std_err),
        (Stat::LOWER, own.lower),
        (Stat::UPPER, own.upper),
    ]
}

impl RmstPair {
    fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        let groups = format!("{} against {}", self.b, self.a);
        let (own, ratio) = (&self.difference, &self.ratio);
        results.all(
            &Place::of("rmst_difference").level(groups.as_str()),
            [
                (Stat::ESTIMATE, Some(own.estimate)),
                (Stat::STD_ERR, Some(own.std_err)),
                (Stat::LOWER, Some(own.lower)),
                (Stat::UPPER, Some(own.upper)),
                (Stat::P, own.p),
            ],
        )?;
        results.all(
            &Place::of("rmst_ratio").level(groups),
            [
                (Stat::ESTIMATE, Some(ratio.estimate)),
                (Stat::LOWER, Some(ratio.lower)),
                (Stat::UPPER, Some(ratio.upper)),
                (Stat::P, ratio.p),
            ],
        )
    }
}
