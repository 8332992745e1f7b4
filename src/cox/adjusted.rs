//! Adjusted survival curves: what the average of a cohort would be, were everybody in one group.

use std::sync::Arc;

use rayon::prelude::*;

use super::fit::CoxFit;
use super::gather::Gather;
use super::jackknife::{Influence, squares};
use crate::cohort::Design;
use crate::curve::{CurveOptions, ModelCurve};
use crate::error::{Error, Result};
use crate::numeric::panel::predict;

/// The adjusted survival curve of a group.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AdjustedCurve {
    /// The group.
    pub label: String,
    /// The curve.
    pub curve: ModelCurve,
}

impl CoxFit<'_> {
    /// Marginal survival by group (g-computation, direct standardisation): for every group the mean
    /// S̄(t) = Σ w S(t | x)/Σ w over the rows of a design like the fit's, in which everybody has
    /// been put in that group.
    ///
    /// Each row has the baseline of its own stratum; curves end with the follow-up of the stratum
    /// that ends first. With c = w S r, a = Σ c by stratum and b = Σ c (xΛ − M), the delta method
    /// gives Var S̄ = (Σ a²·Σ w̄ Σ 1/φ² + b'V b)/(Σ w)²; where the variance of the fit is robust, the
    /// infinitesimal jackknife Σ over clusters of (Σ a·A + b'D)²/(Σ w)². The covariates of the
    /// cohort are taken as given. Makuch 1982, doi:10.1016/0021-9681(82)90058-3; Zhang, Loberiza,
    /// Klein and Zhang 2007, doi:10.1016/j.cmpb.2007.07.010.
    ///
    /// # Errors
    /// Other columns or rows than the fit's, a coefficient without a finite estimate, options that
    /// cannot be.
    pub fn adjusted_survival(
        &self,
        groups: &[(&str, &Design)],
        options: CurveOptions,
    ) -> Result<Vec<AdjustedCurve>> {
        options.check()?;
        for (_, design) in groups {
            self.check_profiles(design)?;
            if design.n_rows() != self.cohort.n_rows() {
                let (found, rows) = (design.n_rows(), self.cohort.n_rows());
                let message = format!("{found} rows of covariates for {rows} subjects");
                return Err(Error::analysis(message));
            }
        }
        let gather = Gather::new(self);
        let influence = self.is_robust().then(|| Influence::new(&gather, squares(&gather)));
        let average = Average {
            drift: gather.covariates().into_iter().map(|own| own.drift).collect(),
            squares: squares(&gather),
            influence: influence.as_ref(),
            gather: &gather,
        };
        let curve = |(label, design): &(&str, &Design)| AdjustedCurve {
            label: (*label).to_owned(),
            curve: average.curve(design, options),
        };
        Ok(groups.iter().map(curve).collect())
    }
}

/// What the curves of all groups share.
struct Average<'g, 'a> {
    gather: &'g Gather<'a>,
    /// M, column by column, and G.
    drift: Vec<Vec<f64>>,
    squares: Vec<f64>,
    /// Where the variance is robust.
    influence: Option<&'g Influence<'g, 'a>>,
}

/// A cohort put in one group.
struct Group<'d> {
    columns: Vec<&'d [f64]>,
    /// w and r of every row; r on the scale of the hazard as it is kept.
    weight: Vec<f64>,
    risk: Vec<f64>,
}

/// How far the average moves with what it is made from, at one time.
struct Slopes {
    /// The slot in force in every stratum, and a.
    slots: Vec<usize>,
    by_hazard: Vec<f64>,
    /// b.
    by_coefficient: Vec<f64>,
}

impl Average<'_, '_> {
    fn curve(&self, design: &Design, options: CurveOptions) -> ModelCurve {
        let (fit, last) = (self.gather.fit, self.last_time());
        let group = self.group(design);
        let ranks = self.ranks(last);
        let moments: Vec<(f64, f64)> =
            ranks.par_iter().map(|&rank| self.moments(&group, rank)).collect();
        let clock = (fit.cohort.axis(), &Arc::new(ranks));
        ModelCurve::new(options, clock, moments.into_iter().unzip(), last)
    }

    /// The end of the stratum that ends first.
    fn last_time(&self) -> f64 {
        let strata = 0..self.gather.sets.strata().len();
        strata.map(|own| self.gather.fit.last_time(own)).fold(f64::INFINITY, f64::min)
    }

    /// The event times of all strata until then.
    fn ranks(&self, last: f64) -> Vec<u32> {
        let (sets, axis) = (&self.gather.sets, self.gather.fit.cohort.axis());
        let mut ranks: Vec<u32> = sets.event_slots().map(|slot| sets.time(slot)).collect();
        ranks.sort_unstable();
        ranks.dedup();
        ranks.retain(|&rank| axis.time(rank) <= last);
        ranks
    }

    fn group<'d>(&self, design: &'d Design) -> Group<'d> {
        let (fit, n) = (self.gather.fit, design.n_rows());
        let columns: Vec<&[f64]> = design.columns().iter().map(|own| &own.values[..]).collect();
        let mut risk = design.offset().map_or_else(|| vec![0.0; n], <[f64]>::to_vec);
        predict(&columns, &fit.frame.centre, &fit.point.beta, (0, &mut risk));
        let rows = risk.iter_mut().enumerate();
        rows.for_each(|(row, own)| *own = (*own - fit.shift(self.gather.from(row))).exp());
        let weight = (0..n).map(|row| self.gather.weight(row)).collect();
        Group { columns, weight, risk }
    }

    /// −ln S̄ at a rank, and its variance.
    fn moments(&self, group: &Group<'_>, rank: u32) -> (f64, f64) {
        let total: f64 = group.weight.iter().sum();
        let (survival, slopes) = self.slopes(group, rank);
        let variance = match self.influence {
            None => self.by_model(&slopes),
            Some(influence) => self.by_jackknife(influence, &slopes),
        };
        let relative = variance / (survival * survival);
        let relative = if relative.is_finite() { relative } else { f64::INFINITY };
        (-(survival / total).ln(), relative)
    }

    /// Σ w S and its slopes.
    fn slopes(&self, group: &Group<'_>, rank: u32) -> (f64, Slopes) {
        let (fit, sets) = (self.gather.fit, &self.gather.sets);
        let slots: Vec<usize> =
            (0..sets.strata().len()).map(|stratum| sets.slot_at(stratum, rank)).collect();
        let (mut survival, mut by_hazard) = (0.0, vec![0.0; slots.len()]);
        let mut with_hazard = vec![0.0; group.risk.len()];
        for (row, (&weight, &risk)) in group.weight.iter().zip(&group.risk).enumerate() {
            let stratum = fit.cohort.strata().code(row) as usize;
            let hazard = fit.point.hazard.cumulative[slots[stratum]];
            let own = weight * (-risk * hazard).exp();
            if own > 0.0 {
                survival += own;
                by_hazard[stratum] += own * risk;
                with_hazard[row] = own * risk * hazard;
            }
        }
        let by_coefficient = |at: usize| {
            let centre = fit.frame.centre[at];
            let x = group.columns[at].iter().zip(&with_hazard);
            let drift = slots.iter().zip(&by_hazard).map(|(&slot, a)| a * self.drift[at][slot]);
            x.map(|(x, c)| c * (x - centre)).sum::<f64>() - drift.sum::<f64>()
        };
        let by_coefficient = (0..group.columns.len()).map(by_coefficient).collect();
        (survival, Slopes { slots, by_hazard, by_coefficient })
    }

    fn by_model(&self, Slopes { slots, by_hazard, by_coefficient }: &Slopes) -> f64 {
        let own = slots.iter().zip(by_hazard).map(|(&slot, a)| a * a * self.squares[slot]);
        own.sum::<f64>() + self.gather.fit.vcov_in_use().form(by_coefficient)
    }

    fn by_jackknife(&self, influence: &Influence<'_, '_>, slopes: &Slopes) -> f64 {
        let strata = self.gather.fit.cohort.strata();
        let mut moved = vec![0.0; influence.units.len];
        for row in 0..self.gather.risk.len() {
            let stratum = strata.code(row) as usize;
            let own = slopes.by_hazard[stratum] * influence.at(row, slopes.slots[stratum]);
            moved[influence.units.of(row)] += own;
        }
        for (changes, b) in influence.changes.iter().zip(&slopes.by_coefficient) {
            moved.iter_mut().zip(changes).for_each(|(moved, change)| *moved += b * change);
        }
        influence.scale * moved.iter().map(|moved| moved * moved).sum::<f64>()
    }
}
