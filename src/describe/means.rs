//! Tests of means.

use super::numbers::{Moments, NumberSummary};
use super::test::{Test, TestKind, Untested};
use crate::numeric::snedecor::f_upper;
use crate::numeric::student::student_two_sided;

/// A standard error this small beside the means is rounding, as R takes it.
const NOTHING: f64 = 10.0 * f64::EPSILON;

/// Welch's t test of two means with unequal variances: t = (x̄₁ − x̄₂)/√(s₁²/n₁ + s₂²/n₂), degrees of
/// freedom by Satterthwaite. R: `t.test(x, y)`.
///
/// Welch 1947, doi:10.1093/biomet/34.1-2.28.
///
/// # Errors
/// A group has fewer than two values, or values do not vary within the groups.
pub fn welch(first: &NumberSummary, second: &NumberSummary) -> Result<Test, Untested> {
    let [a, b] = [first, second].map(NumberSummary::moments);
    let (Some(own), Some(other)) = (a.variance(), b.variance()) else { return Err(too_few(a, b)) };
    let [own, other] = [own / a.n, other / b.n];
    let std_err = (own + other).sqrt();
    if std_err < NOTHING * a.mean.abs().max(b.mean.abs()) || std_err == 0.0 {
        return Err(Untested::ConstantWithin);
    }
    let t = (a.mean - b.mean) / std_err;
    let df = (own + other).powi(2) / (own * own / (a.n - 1.0) + other * other / (b.n - 1.0));
    let p = student_two_sided(t, df).p;
    Ok(Test::new(TestKind::Welch, p).statistic_on(t, [Some(df), None]))
}

fn too_few(a: Moments, b: Moments) -> Untested {
    match (a.n > 0.0, b.n > 0.0) {
        (false, false) => Untested::NoValues,
        (true, true) => Untested::SingleValue,
        _ => Untested::OneGroup,
    }
}

/// One-way analysis of variance: F = Σ nᵢ(x̄ᵢ − x̄)²/(k − 1) over Σ(nᵢ − 1)sᵢ²/(n − k), for the k groups
/// with values. R: `oneway.test(var.equal = TRUE)`, `summary(aov())`.
///
/// # Errors
/// Fewer than two groups have values, every one has a single value, or values do not vary within the
/// groups.
pub fn anova(groups: &[NumberSummary]) -> Result<Test, Untested> {
    let own: Vec<Moments> =
        groups.iter().filter(|own| own.n() > 0).map(NumberSummary::moments).collect();
    match own.len() {
        0 => return Err(Untested::NoValues),
        1 => return Err(Untested::OneGroup),
        _ => {}
    }
    let n: f64 = own.iter().map(|own| own.n).sum();
    let mean = own.iter().map(|own| own.n * own.mean).sum::<f64>() / n;
    let between: f64 = own.iter().map(|own| own.n * (own.mean - mean).powi(2)).sum();
    let within: f64 = own.iter().map(|own| own.squares).sum();
    let df = [own.len() as f64 - 1.0, n - own.len() as f64];
    if df[1] <= 0.0 {
        return Err(Untested::SingleValue);
    }
    if (within / n).sqrt() <= NOTHING * mean.abs() {
        return Err(Untested::ConstantWithin);
    }
    let f = between / df[0] / (within / df[1]);
    Ok(Test::new(TestKind::Anova, f_upper(f, df).p).statistic_on(f, df.map(Some)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::QuantileRule;

    fn summary(values: &[f64]) -> NumberSummary {
        NumberSummary::new(values.to_vec(), QuantileRule::Type7)
    }

    /// Means 2 and 6, variances 1 and 4, three values each: t = −4/√(5/3), ν = (5/3)²/((1/9 + 16/9)/2).
    #[test]
    fn welch_by_hand() {
        let test = welch(&summary(&[1.0, 2.0, 3.0]), &summary(&[4.0, 6.0, 8.0])).unwrap();
        assert!((test.statistic().unwrap() + 4.0 / (5.0f64 / 3.0).sqrt()).abs() < 1e-14);
        assert!((test.df().unwrap() - 50.0 / 17.0).abs() < 1e-14);
    }

    /// Between: 2·(1 + 0 + 1) on 2, within: 3·½ on 3.
    #[test]
    fn anova_by_hand() {
        let groups = [[0.5, 1.5], [1.5, 2.5], [2.5, 3.5]].map(|own| summary(&own));
        let test = anova(&groups).unwrap();
        assert_eq!(
            (test.statistic(), test.df(), test.df_denominator()),
            (Some(4.0), Some(2.0), Some(3.0))
        );
        assert!((test.p() - (1.0f64 + 8.0 / 3.0).powf(-1.5)).abs() < 1e-15);
    }

    #[test]
    fn no_test_says_why() {
        let [none, one, same, other] = [&[][..], &[1.0], &[2.0, 2.0], &[3.0, 3.0]].map(summary);
        assert_eq!(welch(&none, &none), Err(Untested::NoValues));
        assert_eq!(welch(&none, &same), Err(Untested::OneGroup));
        assert_eq!(welch(&one, &same), Err(Untested::SingleValue));
        assert_eq!(welch(&same, &other), Err(Untested::ConstantWithin));
        assert_eq!(anova(&[same, other, none]), Err(Untested::ConstantWithin));
        assert_eq!(anova(&[one, one]), Err(Untested::SingleValue));
        let zeros = summary(&[0.0, 0.0]);
        assert_eq!(anova(&[zeros, zeros]), Err(Untested::ConstantWithin));
        assert_eq!(welch(&zeros, &zeros), Err(Untested::ConstantWithin));
    }
}
