//! Survival curves for given covariates.

use std::sync::Arc;

use super::fit::CoxFit;
use super::gather::Gather;
use super::jackknife::Uncertainty;
use crate::cohort::Design;
use crate::curve::{CurveOptions, ModelCurve};
use crate::error::{Error, Result};

/// The survival curve of a profile in a stratum.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProfileCurve {
    /// The row of the profiles.
    pub profile: usize,
    /// The stratum, as a place among all.
    pub stratum: usize,
    /// The stratum in words.
    pub label: String,
    /// The curve.
    pub curve: ModelCurve,
}

impl CoxFit<'_> {
    /// The survival curve of each profile, a row of a design with the columns of the fit, in every
    /// stratum.
    ///
    /// S(t | x) = exp(−Λ(t)·r) with r = exp(x'β + offset). The variance of ln S is
    /// r²·(Σ w̄ Σ 1/φ² + q'V q) with q = xΛ(t) − M(t), M(t) = ∫ x̄ dΛ (Tsiatis 1981,
    /// doi:10.1214/aos/1176345335); where the variance of the fit is robust it is the infinitesimal
    /// jackknife's, Σ over clusters of what their rows move ln S by, squared.
    ///
    /// R: `survfit(fit, newdata)`, whose curves for robust fits put the robust V into the model's
    /// formula.
    ///
    /// # Errors
    /// Other columns than the fit's, a coefficient without a finite estimate, options that cannot be.
    pub fn survival(&self, profiles: &Design, options: CurveOptions) -> Result<Vec<ProfileCurve>> {
        options.check()?;
        self.check_profiles(profiles)?;
        let curves = Curves::new(self);
        let strata = 0..curves.gather.sets.strata().len();
        let pairs = (0..profiles.n_rows()).flat_map(|row| strata.clone().map(move |at| (row, at)));
        let curve = |(profile, stratum)| ProfileCurve {
            profile,
            stratum,
            label: self.cohort.strata().label(stratum),
            curve: curves.curve(&self.profile(profiles, profile), stratum, options),
        };
        Ok(pairs.map(curve).collect())
    }

    /// Refuses profiles that do not fit.
    pub(super) fn check_profiles(&self, profiles: &Design) -> Result<()> {
        self.check_columns(profiles)?;
        self.check_finite("a curve", |_| true)
    }

    pub(super) fn check_columns(&self, profiles: &Design) -> Result<()> {
        let names = |design: &Design| -> Vec<String> {
            design.columns().iter().map(|column| column.name.clone()).collect()
        };
        let (own, found) = (names(self.design), names(profiles));
        if own == found {
            return Ok(());
        }
        let (own, found) = (own.join(", "), found.join(", "));
        Err(Error::analysis(format!("profiles have the columns {found}; the fit has {own}")))
    }

    /// A row of profiles.
    pub(super) fn profile(&self, profiles: &Design, row: usize) -> Profile {
        let columns = profiles.columns().iter().zip(&self.frame.centre);
        let x: Vec<f64> = columns.map(|(column, centre)| column.values[row] - centre).collect();
        let offset = profiles.offset().map_or(0.0, |offset| offset[row]);
        let predictor = x.iter().zip(&self.point.beta).map(|(x, beta)| x * beta).sum::<f64>();
        Profile { predictor: predictor + offset, x }
    }

    /// The last time at which anybody of a stratum is followed.
    pub(super) fn last_time(&self, stratum: usize) -> f64 {
        let (strata, exit) = (self.cohort.strata(), self.cohort.exit());
        let counts = |&row: &usize| {
            strata.code(row) as usize == stratum && self.cohort.weights().of(row) > 0.0
        };
        let last = (0..exit.len()).filter(counts).map(|row| exit[row]).max();
        last.map_or(0.0, |rank| self.cohort.axis().time(rank))
    }
}

/// Covariates less their centre, and the linear predictor.
pub(super) struct Profile {
    pub(super) x: Vec<f64>,
    pub(super) predictor: f64,
}

/// What all curves of a fit are made from.
struct Curves<'a> {
    gather: Gather<'a>,
    uncertainty: Uncertainty<'a>,
    /// M, column by column.
    drift: Vec<Vec<f64>>,
}

impl<'a> Curves<'a> {
    fn new(fit: &'a CoxFit<'a>) -> Self {
        let gather = Gather::new(fit);
        let drift = gather.covariates().into_iter().map(|own| own.drift).collect();
        Self { uncertainty: Uncertainty::new(&gather), gather, drift }
    }

    fn curve(&self, profile: &Profile, stratum: usize, options: CurveOptions) -> ModelCurve {
        let (fit, sets) = (self.gather.fit, &self.gather.sets);
        let slots = sets.strata()[stratum].start + 1..sets.strata()[stratum].end;
        let ranks = Arc::new(slots.clone().map(|slot| sets.time(slot)).collect::<Vec<u32>>());
        let moments = slots.map(|slot| self.moments(profile, slot)).unzip();
        let clock = (fit.cohort.axis(), &ranks);
        ModelCurve::new(options, clock, moments, fit.last_time(stratum))
    }

    /// Λ(t)·r and its variance.
    fn moments(&self, profile: &Profile, slot: usize) -> (f64, f64) {
        let fit = self.gather.fit;
        let hazard = fit.point.hazard.cumulative[slot];
        let risk = (profile.predictor - fit.shift(slot)).exp();
        let ln_hazard = hazard.ln() + profile.predictor - fit.shift(slot);
        let drift = self.drift.iter().map(|column| column[slot]);
        let q: Vec<f64> = profile.x.iter().zip(drift).map(|(x, m)| x * hazard - m).collect();
        let std_err = risk * self.uncertainty.variance(slot, &q).sqrt();
        let variance = if std_err.is_nan() { f64::INFINITY } else { std_err * std_err };
        (ln_hazard.exp(), variance)
    }
}
