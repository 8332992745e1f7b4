//! Estimates from several imputed data sets pooled by Rubin's rules.

use super::fit::CoxFit;
use super::options::Cox;
use crate::error::{Error, Result};
use crate::numeric::linalg::SymMatrix;
use crate::numeric::student::{student_quantile, student_two_sided};
use crate::numeric::tails::Tail;

/// The estimates of one fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimates {
    /// Names of the coefficients.
    pub names: Vec<String>,
    /// The coefficients.
    pub coef: Vec<f64>,
    /// Their covariance matrix, row by row.
    pub vcov: Vec<Vec<f64>>,
}

/// Pooled estimates.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Pooled {
    /// The coefficients.
    pub coefficients: Vec<PooledCoefficient>,
    /// Number of imputations.
    pub imputations: usize,
    /// The total covariance matrix, row by row.
    pub vcov: Vec<Vec<f64>>,
}

/// A pooled coefficient.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PooledCoefficient {
    /// Its name.
    pub name: String,
    /// Q̄, the mean of the estimates.
    pub coef: f64,
    /// √T.
    pub std_err: f64,
    /// Ū, the mean of the variances.
    pub within: f64,
    /// B, the variance of the estimates.
    pub between: f64,
    /// Degrees of freedom of t; none when there are infinitely many.
    pub df: Option<f64>,
    /// The fraction of information missing, γ.
    pub missing_information: f64,
    /// Q̄/√T.
    pub t: f64,
    /// Limits of the coefficient.
    pub lower: f64,
    /// Limits of the coefficient.
    pub upper: f64,
    /// The two-sided p.
    pub p: f64,
    /// The natural logarithm of p.
    pub ln_p: f64,
}

impl CoxFit<'_> {
    /// What [`pool`] needs of a fit.
    ///
    /// # Errors
    /// A coefficient that has no finite estimate.
    pub fn estimates(&self) -> Result<Estimates> {
        let width = self.design.n_columns();
        if let Some(at) = (0..width).find(|at| !self.estimated().contains(at)) {
            let name = &self.design.columns()[at].name;
            return Err(Error::analysis(format!(
                "{name} has no estimate, so there is nothing to pool"
            )));
        }
        let names = self.design.columns().iter().map(|column| column.name.clone()).collect();
        let row = |i: usize| (0..width).map(|j| self.vcov(i, j)).collect();
        Ok(Estimates { names, coef: self.beta.clone(), vcov: (0..width).map(row).collect() })
    }
}

/// Pools the fits of m imputed data sets by Rubin's rules.
///
/// T = Ū + (1 + 1/m)·B, with λ = (1 + 1/m)·B/T. The degrees of freedom are (m − 1)/λ² (Rubin 1987,
/// doi:10.1002/9780470316696), and with those of the complete data, ν, by Barnard and Rubin (1999,
/// doi:10.1093/biomet/86.4.948): 1/df = λ²/(m − 1) + (ν + 3)/((ν + 1)·ν·(1 − λ)). γ is
/// (r + 2/(df + 3))/(r + 1) with r = (1 + 1/m)·B/Ū. The level of the intervals is that of `cox`.
/// R: `mice::pool(fits, dfcom = ν)`.
///
/// # Errors
/// Fewer than two fits, fits of other coefficients, a variance that is not positive, degrees of
/// freedom that are not.
pub fn pool(cox: &Cox, fits: &[Estimates], complete_df: Option<f64>) -> Result<Pooled> {
    let [first, _, ..] = fits else {
        let message = format!("{} imputed data set; pooling needs two or more", fits.len());
        return Err(Error::analysis(message));
    };
    if let Some(other) = fits.iter().find(|fit| fit.names != first.names) {
        let (own, found) = (first.names.join(", "), other.names.join(", "));
        return Err(Error::analysis(format!(
            "fits of different coefficients cannot be pooled: {own}; {found}"
        )));
    }
    if let Some(df) = complete_df.filter(|df| df.is_nan() || *df <= 0.0) {
        return Err(Error::option(format!("{df} degrees of freedom: give a positive number")));
    }
    let width = first.names.len();
    let moments = Moments::new(fits);
    let level = (cox.conf_level, complete_df);
    let coefficient = |at: usize| moments.coefficient(&first.names[at], at, level);
    let row = |i: usize| (0..width).map(|j| moments.total(i, j)).collect();
    Ok(Pooled {
        coefficients: (0..width).map(coefficient).collect::<Result<_>>()?,
        imputations: fits.len(),
        vcov: (0..width).map(row).collect(),
    })
}

/// Means over imputations.
struct Moments {
    imputations: f64,
    coef: Vec<f64>,
    within: SymMatrix,
    between: SymMatrix,
}

impl Moments {
    fn new(fits: &[Estimates]) -> Self {
        let (m, width) = (fits.len() as f64, fits[0].coef.len());
        let mean = |of: &dyn Fn(&Estimates) -> f64| fits.iter().map(of).sum::<f64>() / m;
        let coef: Vec<f64> = (0..width).map(|at| mean(&|fit| fit.coef[at])).collect();
        let away = |fit: &Estimates, at: usize| fit.coef[at] - coef[at];
        let within = SymMatrix::from_lower(width, |i, j| mean(&|fit| fit.vcov[i][j]));
        let product = |i, j| mean(&|fit| away(fit, i) * away(fit, j)) * m / (m - 1.0);
        let between = SymMatrix::from_lower(width, product);
        Self { imputations: m, coef, within, between }
    }

    fn total(&self, i: usize, j: usize) -> f64 {
        self.within.get(i, j) + self.added(i, j)
    }

    /// (1 + 1/m)·B.
    fn added(&self, i: usize, j: usize) -> f64 {
        (1.0 + 1.0 / self.imputations) * self.between.get(i, j)
    }

    fn coefficient(
        &self,
        name: &str,
        at: usize,
        (level, complete_df): (f64, Option<f64>),
    ) -> Result<PooledCoefficient> {
        let (within, total) = (self.within.get(at, at), self.total(at, at));
        if within.is_nan() || within <= 0.0 {
            return Err(Error::analysis(format!("the variance of {name} is not positive")));
        }
        let lambda = self.added(at, at) / total;
        let df = self.df(lambda, complete_df);
        let (coef, std_err) = (self.coef[at], total.sqrt());
        let Tail { p, ln_p } = student_two_sided(coef / std_err, df);
        let width = student_quantile(level, df) * std_err;
        Ok(PooledCoefficient {
            name: name.to_owned(),
            coef,
            std_err,
            within,
            between: self.between.get(at, at),
            df: df.is_finite().then_some(df),
            // (r + 2/(df + 3))/(r + 1) with r = λ/(1 − λ).
            missing_information: lambda + (1.0 - lambda) * 2.0 / (df + 3.0),
            t: coef / std_err,
            lower: coef - width,
            upper: coef + width,
            p,
            ln_p,
        })
    }

    fn df(&self, lambda: f64, complete: Option<f64>) -> f64 {
        let missing = lambda * lambda / (self.imputations - 1.0);
        let observed = complete
            .filter(|df| df.is_finite())
            .map_or(0.0, |df| (df + 3.0) / ((df + 1.0) * df * (1.0 - lambda)));
        1.0 / (missing + observed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(coef: f64, variance: f64) -> Estimates {
        Estimates { names: vec!["x".into()], coef: vec![coef], vcov: vec![vec![variance]] }
    }

    #[track_caller]
    fn close(got: f64, want: f64) {
        assert!((got - want).abs() < 1e-12 * want.abs(), "got {got}, want {want}");
    }

    /// Estimates 1, 2, 3 with variance 1: B = 1, T = 7/3, λ = 4/7, df = 49/8.
    #[test]
    fn three_imputations_by_hand() {
        let fits = [fit(1.0, 1.0), fit(3.0, 1.0), fit(2.0, 1.0)];
        let own = &pool(&Cox::default(), &fits, None).unwrap().coefficients[0];
        close(own.coef, 2.0);
        close(own.std_err, (7.0_f64 / 3.0).sqrt());
        close(own.df.unwrap(), 49.0 / 8.0);
        close(own.missing_information, (4.0 / 3.0 + 2.0 / (49.0 / 8.0 + 3.0)) / (7.0 / 3.0));
        // R: 2 * pt(-2 / sqrt(7/3), 49/8); 2 + qt(0.975, 49/8) * sqrt(7/3).
        close(own.p, 0.23740035043134294);
        close(own.upper, 5.719306760390042);
        // Barnard and Rubin with 10: 1/df = 8/49 + (13/11)/10·(7/3).
        let own = &pool(&Cox::default(), &fits, Some(10.0)).unwrap().coefficients[0];
        close(own.df.unwrap(), 1.0 / (8.0 / 49.0 + 13.0 / 110.0 * 7.0 / 3.0));
    }

    #[test]
    fn imputations_that_agree_lose_nothing() {
        let pooled = pool(&Cox::default(), &[fit(1.0, 4.0), fit(1.0, 4.0)], None).unwrap();
        let own = &pooled.coefficients[0];
        assert_eq!((own.df, own.missing_information, own.std_err), (None, 0.0, 2.0));
        close(own.upper, 1.0 + 2.0 * 1.959_963_984_540_054);
        assert_eq!(pooled.vcov, [[4.0]]);
    }

    #[test]
    fn what_cannot_be_pooled_is_refused() {
        let error = |fits: &[Estimates]| pool(&Cox::default(), fits, None).unwrap_err().to_string();
        assert!(error(&[fit(1.0, 1.0)]).contains("needs two or more"));
        let other = Estimates { names: vec!["y".into()], ..fit(1.0, 1.0) };
        assert!(error(&[fit(1.0, 1.0), other]).contains("different coefficients"));
        assert!(error(&[fit(1.0, 0.0), fit(2.0, 0.0)]).contains("not positive"));
        assert!(pool(&Cox::default(), &[fit(1.0, 1.0), fit(1.0, 1.0)], Some(0.0)).is_err());
    }
}
