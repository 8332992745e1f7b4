//! A penalised regression, statistic by statistic.

use std::io;

use super::{FitRecord, PenalisedDocument};
use crate::report::cox::results::{COEF, LOG_LIKELIHOOD};
use crate::report::number::{estimate, significant};
use crate::report::results::{Place, Results, Stat};

const NONZERO: Stat = Stat::N.called("nonzero").named("Coefficients that are not 0");
const LAMBDA: Stat = Stat::new("lambda", "Lambda", four);
const RATIO: Stat = Stat::new("deviance_ratio", "Share of deviance", estimate).share();
const CV_DEVIANCE: Stat = Stat::new("cv_deviance", "Cross-validated deviance", estimate);
const CV_STD_ERR: Stat = Stat::new("cv_std_err", "Its standard error", estimate);

fn four(value: f64) -> String {
    significant(value, 4)
}

impl PenalisedDocument {
    pub(super) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.data.statistics(results)?;
        let model = Place::of("model");
        results.all(&model, [(Stat::N, self.n), (Stat::EVENTS, self.events)])?;
        self.choices.iter().try_for_each(|own| {
            let choice = own.choice.as_deref().unwrap_or("lambda");
            self.fit(results, own, choice)
        })?;
        self.path.iter().try_for_each(|own| self.fit(results, own, &four(own.lambda)))
    }

    /// The fit at one λ, and its coefficients.
    fn fit(&self, results: &mut Results<'_>, own: &FitRecord, choice: &str) -> io::Result<()> {
        let group = [("lambda".to_owned(), choice.to_owned())];
        results.all(
            &Place::of("model").within(&group),
            [
                (LAMBDA, Some(own.lambda)),
                (NONZERO, Some(own.nonzero as f64)),
                (RATIO, own.deviance_ratio),
                (LOG_LIKELIHOOD, Some(own.loglik)),
                (CV_DEVIANCE, own.cv_deviance),
                (CV_STD_ERR, own.cv_std_err),
            ],
        )?;
        self.coefficients.iter().zip(&own.coef).try_for_each(|(name, &coef)| {
            let place = Place::of("coefficient").within(&group).level(name.own.name.as_str());
            results.all(&place, [(COEF, coef), (Stat::HR, coef.exp())])
        })
    }
}
