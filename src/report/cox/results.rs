//! A Cox regression, statistic by statistic. Residuals are rows of the data, not statistics.

use std::io;

use super::CoxDocument;
use super::records::{BaselineRecord, CoefficientRecord, TermRecord, TestRecord, Univariable};
use crate::report::number::{rounded, significant};
use crate::report::results::{Place, Results, Stat};

pub(super) const COEF: Stat = Stat::ESTIMATE.called("coef").named("Coefficient");
const MODEL_STD_ERR: Stat = Stat::STD_ERR.called("model_std_err").named("Model standard error");
pub(super) const Z: Stat = Stat::STATISTIC.called("z").named("Z");
pub(super) const LOG_LIKELIHOOD: Stat = Stat::new("loglik", "Log-likelihood", six);
const NULL: Stat = LOG_LIKELIHOOD.called("loglik_null").named("Log-likelihood at 0");
const AIC: Stat = LOG_LIKELIHOOD.called("aic").named("AIC");
const BIC: Stat = LOG_LIKELIHOOD.called("bic").named("BIC");
const ITERATIONS: Stat = Stat::N.called("iterations").named("Iterations");
const HAZARD: Stat = Stat::new("cumulative_hazard", "Cumulative hazard", four);
const CONCORDANCE_STD_ERR: Stat = Stat::new("std_err", "Standard error", two);

fn two(value: f64) -> String {
    significant(value, 2)
}

fn four(value: f64) -> String {
    rounded(value, 4)
}

fn six(value: f64) -> String {
    rounded(value, 6)
}

impl CoxDocument {
    pub(super) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.data.statistics(results)?;
        self.model(results)?;
        self.coefficients.iter().try_for_each(|own| own.statistics(results, "coefficient"))?;
        self.terms.iter().try_for_each(|own| own.statistics(results))?;
        for own in &self.ph_test {
            let place = Place::of("proportional hazards").level(own.term.as_str());
            results.all(&place, own.test.statistics())?;
        }
        self.univariable.iter().try_for_each(|own| own.statistics(results))?;
        self.baseline.iter().try_for_each(|own| own.statistics(results))?;
        self.predicted.statistics(results)?;
        self.accuracy.iter().try_for_each(|own| own.statistics(results))
    }

    fn model(&self, results: &mut Results<'_>) -> io::Result<()> {
        let place = Place::of("model");
        results.all(
            &place,
            [
                (Stat::N, self.n),
                (Stat::EVENTS, self.events),
                (ITERATIONS, self.iterations as f64),
                (NULL, self.loglik.null),
                (LOG_LIKELIHOOD, self.loglik.model),
                (AIC, self.aic),
                (BIC, self.bic),
            ],
        )?;
        let tests = &self.tests;
        results.all(&Place::of("likelihood-ratio test"), tests.likelihood_ratio.statistics())?;
        results.all(&Place::of("Wald test"), tests.wald.statistics())?;
        results.all(&Place::of("score test"), tests.score.statistics())?;
        self.concordance.map_or(Ok(()), |own| {
            let estimate = (Stat::ESTIMATE.share(), Some(own.estimate));
            let std_err = (CONCORDANCE_STD_ERR, own.std_err);
            results.all(&Place::of("concordance"), [estimate, std_err])
        })
    }
}

impl TestRecord {
    fn statistics(&self) -> [(Stat, Option<f64>); 4] {
        Stat::test((Some(self.statistic), Some(self.df as f64)), (self.p, self.ln_p))
    }
}

impl CoefficientRecord {
    /// The words of the hazard ratio and its interval are those of the table, infinity included.
    fn statistics(&self, results: &mut Results<'_>, what: &str) -> io::Result<()> {
        let place = Place::of(what).level(self.name.as_str());
        let own = [(COEF, self.coef), (Stat::STD_ERR, self.std_err)];
        results.all(&place, own)?;
        results.all(&place, [(MODEL_STD_ERR, self.model_std_err), (Z, self.z)])?;
        let [hr, _, _] = self.cells();
        results.one(&place, (Stat::HR, self.hr), &hr)?;
        results.all(&place, [(Stat::HR_LOWER, self.hr_lower), (Stat::HR_UPPER, self.hr_upper)])?;
        results.all(&place, [(Stat::P, self.p), (Stat::LN_P, self.ln_p)])
    }
}

impl TermRecord {
    fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        let tests = [("term, likelihood ratio", self.likelihood_ratio), ("term, Wald", self.wald)];
        tests.into_iter().try_for_each(|(what, test)| {
            let df = Some(self.df as f64);
            let statistic = test.map(|own| own.statistic);
            let p = (test.and_then(|own| own.p), test.and_then(|own| own.ln_p));
            let place = Place::of(what).level(self.term.as_str());
            results.all(&place, Stat::test((statistic, df), p))
        })
    }
}

impl Univariable {
    fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        let place = Place::of("alone").level(self.term.as_str());
        results.all(&place, [(Stat::N, self.n), (Stat::EVENTS, self.events)])?;
        results.all(&place, self.likelihood_ratio.statistics())?;
        self.coefficients.iter().try_for_each(|own| own.statistics(results, "coefficient alone"))
    }
}

impl BaselineRecord {
    fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        let mut steps = self.time.iter().zip(&self.cumulative_hazard);
        steps.try_for_each(|(&time, &hazard)| {
            let place = Place::of("baseline").within(&self.levels).at(time);
            results.all(&place, [(HAZARD, hazard)])
        })
    }
}
