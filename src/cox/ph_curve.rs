//! How effects change with time, to be looked at.

use super::fit::CoxFit;
use super::proportional::PhTransform;
use crate::error::Result;
use crate::numeric::linalg::{Ldl, SymMatrix};
use crate::numeric::spline::{NaturalSpline, quantile_knots};
use crate::risk::RiskSets;

/// An estimate of β(t) at an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhEvent {
    /// The time.
    pub time: f64,
    /// The function g of it.
    pub g: f64,
    /// β + the scaled Schoenfeld residual.
    pub beta: f64,
}

/// The smooth through them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhPoint {
    /// The function g of time.
    pub g: f64,
    /// β(t).
    pub estimate: f64,
    /// Two standard errors below.
    pub lower: f64,
    /// Two standard errors above.
    pub upper: f64,
}

/// β(t) of one coefficient.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PhCurve {
    /// Which coefficient.
    pub coefficient: usize,
    /// One an event, in their order.
    pub events: Vec<PhEvent>,
    /// 40 points from the first event to the last; empty where a spline does not fit.
    pub smooth: Vec<PhPoint>,
}

/// Points of the smooth, and its degrees of freedom besides the mean.
const POINTS: usize = 40;
const DF: usize = 4;

impl CoxFit<'_> {
    /// For every estimated coefficient the scaled Schoenfeld residuals about β against g(t), and a
    /// natural spline of 4 degrees of freedom through them, ± two standard errors.
    ///
    /// R: `plot(cox.zph(fit, transform, terms = FALSE))`. Grambsch and Therneau 1994,
    /// doi:10.1093/biomet/81.3.515.
    ///
    /// # Errors
    /// The logarithm of an event time 0.
    pub fn ph_curves(&self, transform: PhTransform) -> Result<Vec<PhCurve>> {
        let sets = RiskSets::new(self.cohort);
        let g = self.transformed(&sets, transform)?;
        let scaled = self.scaled_schoenfeld_residuals();
        let at = |row: usize| g[sets.to()[row] as usize];
        let places: Vec<f64> = scaled.events.iter().map(|own| at(own.row)).collect();
        let smoother = Smoother::new(&places);
        let weights = self.cohort.weights();
        let total: f64 = scaled.events.iter().map(|own| weights.of(own.row)).sum();
        let columns = scaled.residuals.columns().iter();
        let own = |(&coefficient, values): (&usize, &Vec<f64>)| {
            let events = scaled.events.iter().zip(&places).zip(values);
            let event = |((own, &g), &beta)| {
                let own: &super::residuals::EventRow = own;
                PhEvent { time: own.time, g, beta }
            };
            let variance = total * self.model_vcov.get(coefficient, coefficient);
            let smooth = smoother.as_ref().map(|own| own.curve(values, variance));
            let (events, smooth) = (events.map(event).collect(), smooth.unwrap_or_default());
            PhCurve { coefficient, events, smooth }
        };
        Ok(scaled.residuals.coefficients().iter().zip(columns).map(own).collect())
    }
}

/// Least squares on a spline basis, the same for every coefficient.
struct Smoother {
    points: Vec<f64>,
    /// The basis at the points and at the events, intercept first.
    at_points: Vec<Vec<f64>>,
    at_events: Vec<Vec<f64>>,
    factor: Ldl,
}

impl Smoother {
    /// There when the events do not lie in too few places.
    fn new(places: &[f64]) -> Option<Self> {
        let low = places.iter().copied().reduce(f64::min)?;
        let high = places.iter().copied().reduce(f64::max)?;
        let step = (high - low) / (POINTS - 1) as f64;
        let points: Vec<f64> = (0..POINTS).map(|at| low + at as f64 * step).collect();
        // R chooses knots by points and events together.
        let mut all = [points.as_slice(), places].concat();
        let (boundaries, knots) = quantile_knots(&mut all, DF - 2)?;
        let spline = NaturalSpline::new(boundaries, &knots)?;
        let row = |&x: &f64| {
            let columns = (0..spline.n_columns()).map(|column| spline.value(column, x));
            std::iter::once(1.0).chain(columns).collect::<Vec<f64>>()
        };
        let at_events: Vec<Vec<f64>> = places.iter().map(row).collect();
        let entry = |i: usize, j: usize| at_events.iter().map(|own| own[i] * own[j]).sum();
        let factor = Ldl::new(&SymMatrix::from_lower(DF, entry));
        let at_points = points.iter().map(row).collect();
        (factor.rank() == DF).then_some(Self { points, at_points, at_events, factor })
    }

    fn curve(&self, values: &[f64], variance: f64) -> Vec<PhPoint> {
        let sums: Vec<f64> = (0..DF)
            .map(|at| self.at_events.iter().zip(values).map(|(own, y)| own[at] * y).sum())
            .collect();
        let coef = self.factor.solve(&sums);
        let point = |(&g, row): (&f64, &Vec<f64>)| {
            let estimate: f64 = row.iter().zip(&coef).map(|(x, b)| x * b).sum();
            let spread = 2.0 * (variance * self.factor.quadratic_form(row)).sqrt();
            PhPoint { g, estimate, lower: estimate - spread, upper: estimate + spread }
        };
        self.points.iter().zip(&self.at_points).map(point).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::cohort::{Cohort, Design};
    use crate::cox::{Cox, PhTransform};

    /// 12 rows, against R 4.2.2, survival 3.5-3, splines:
    /// `f <- coxph(Surv(t, d) ~ x); z <- cox.zph(f, "identity"); p <- seq(1, 12, length = 40);`
    /// `b <- ns(c(p, z$x), df = 4, intercept = TRUE); l <- lm(z$y ~ b[-(1:40), ] - 1)`.
    #[test]
    fn the_smooth_is_that_of_r() {
        let times: Vec<f64> = (1..=12).map(f64::from).collect();
        let x = [1.2, 0.3, 0.9, 1.8, 0.1, 1.1, 0.4, 2.2, 0.7, 0.2, 1.5, 0.6];
        let cohort = Cohort::builder(times, vec![true; 12]).build().unwrap();
        let design = Design::from_columns(vec![("x".to_owned(), x.to_vec())]).unwrap();
        let fit = Cox::default().fit(&cohort, &design).unwrap();
        let curve = &fit.ph_curves(PhTransform::Identity).unwrap()[0];
        assert_eq!((curve.events.len(), curve.smooth.len()), (12, 40));
        for (at, expected) in EXPECTED {
            let own = curve.smooth[at];
            for (own, expected) in [own.estimate, own.lower, own.upper].iter().zip(expected) {
                assert!((own - expected).abs() < 1e-8 * expected.abs().max(1.0), "{at}: {own}");
            }
        }
    }

    const EXPECTED: [(usize, [f64; 3]); 3] = [
        (0, [0.063000323539, -2.630418426386, 2.756419073463]),
        (19, [0.047123962509, -1.431370928185, 1.525618853203]),
        (39, [0.109607460464, -2.583811289460, 2.803026210389]),
    ];

    #[test]
    fn few_events_have_no_smooth() {
        let cohort = Cohort::builder(vec![1.0, 2.0, 3.0], vec![true, true, false]).build().unwrap();
        let design = Design::from_columns(vec![("x".to_owned(), vec![1.0, 0.0, 3.0])]).unwrap();
        let fit = Cox::default().fit(&cohort, &design).unwrap();
        assert!(fit.ph_curves(PhTransform::Km).unwrap()[0].smooth.is_empty());
    }
}
