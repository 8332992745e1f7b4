//! Standardised mean differences.

use super::contingency::Contingency;
use super::numbers::NumberSummary;
use super::test::Untested;
use crate::numeric::linalg::{Ldl, SymMatrix};

/// |x̄₁ − x̄₂|/√((s₁² + s₂²)/2), of the two groups that differ most.
///
/// Austin 2009, doi:10.1002/sim.3697. R: `tableone::ExtractSmd`, `smd::smd`.
///
/// # Errors
/// Fewer than two groups have values, one has a single value, or they do not vary.
pub fn number_difference(groups: &[NumberSummary]) -> Result<f64, Untested> {
    let own: Vec<&NumberSummary> = groups.iter().filter(|own| own.n() > 0).collect();
    largest(&own, |a, b| {
        let [a, b] = [a, b].map(NumberSummary::moments);
        let (Some(own), Some(other)) = (a.variance(), b.variance()) else {
            return Err(Untested::SingleValue);
        };
        match (0.5 * (own + other)).sqrt() {
            0.0 if a.mean == b.mean => Err(Untested::Constant),
            0.0 => Err(Untested::ConstantWithin),
            sd => Ok((a.mean - b.mean).abs() / sd),
        }
    })
}

/// √((p₁ − p₂)ᵀ S⁻¹ (p₁ − p₂)) for the shares p of all levels but one and S the mean of their two
/// multinomial covariances, of the two groups that differ most. With two levels this is
/// |p₁ − p₂|/√((p₁q₁ + p₂q₂)/2).
///
/// Yang and Dalton 2012, SAS Global Forum, paper 335-2012. R: `tableone::ExtractSmd`, `smd::smd`.
///
/// # Errors
/// Fewer than two groups have values, there is one level only, or two groups have no level in common.
pub fn level_difference(table: &Contingency) -> Result<f64, Untested> {
    let groups = table.counts().iter().filter(|own| own.iter().sum::<u64>() > 0);
    let groups: Vec<&Vec<u64>> = groups.collect();
    largest(&groups, |a, b| between(a, b))
}

/// The largest difference between two groups.
fn largest<G>(
    groups: &[&G],
    difference: impl Fn(&G, &G) -> Result<f64, Untested>,
) -> Result<f64, Untested> {
    match groups.len() {
        0 => return Err(Untested::NoValues),
        1 => return Err(Untested::OneGroup),
        _ => {}
    }
    let mut most: f64 = 0.0;
    for (at, a) in groups.iter().enumerate() {
        for b in &groups[at + 1..] {
            most = most.max(difference(a, b)?);
        }
    }
    Ok(most)
}

fn between(a: &[u64], b: &[u64]) -> Result<f64, Untested> {
    let levels: Vec<(u64, u64)> =
        a.iter().copied().zip(b.iter().copied()).filter(|&(a, b)| a + b > 0).collect();
    let Some(shared) = levels.iter().position(|&(a, b)| a > 0 && b > 0) else {
        return Err(Untested::Apart);
    };
    if levels.len() < 2 {
        return Err(Untested::Constant);
    }
    let total = |side: fn(&(u64, u64)) -> u64| levels.iter().map(side).sum::<u64>() as f64;
    let (m, n) = (total(|own| own.0), total(|own| own.1));
    // Without a level that both have, the mean covariance has an inverse.
    let others = levels.iter().enumerate().filter(|(at, _)| *at != shared);
    let shares: Vec<(f64, f64)> = others.map(|(_, &(a, b))| (a as f64 / m, b as f64 / n)).collect();
    let covariance = SymMatrix::from_lower(shares.len(), |i, j| {
        let of = |p: f64, q: f64| if i == j { p * (1.0 - p) } else { -p * q };
        0.5 * (of(shares[i].0, shares[j].0) + of(shares[i].1, shares[j].1))
    });
    let difference: Vec<f64> = shares.iter().map(|(a, b)| a - b).collect();
    Ok(Ldl::new(&covariance).quadratic_form(&difference).max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::QuantileRule;

    fn of(counts: &[&[u64]]) -> Result<f64, Untested> {
        level_difference(&Contingency::new(counts.iter().map(|own| own.to_vec()).collect()))
    }

    #[test]
    fn by_hand() {
        // Shares 0.2 and 0.5: 0.3/√((0.16 + 0.25)/2).
        let want = 0.3 / 0.205f64.sqrt();
        assert!((of(&[&[2, 8], &[5, 5]]).unwrap() - want).abs() < 1e-14);
        assert!((of(&[&[8, 0, 2], &[5, 0, 5]]).unwrap() - want).abs() < 1e-14);
        let of = |values: &[f64]| NumberSummary::new(values.to_vec(), QuantileRule::Type7);
        let groups = [of(&[1.0, 2.0, 3.0]), of(&[4.0, 6.0, 8.0]), of(&[]), of(&[2.0, 3.0, 4.0])];
        assert!((number_difference(&groups).unwrap() - 4.0 / 2.5f64.sqrt()).abs() < 1e-14);
    }

    /// Which level is left out does not matter, nor does a level that one group alone has.
    #[test]
    fn levels_in_any_order() {
        let one = of(&[&[3, 0, 5, 9], &[4, 4, 1, 2]]).unwrap();
        let other = of(&[&[0, 9, 5, 3], &[4, 2, 1, 4]]).unwrap();
        assert!((one - other).abs() < 1e-12 * one, "{one} {other}");
    }

    #[test]
    fn no_difference_says_why() {
        assert_eq!(of(&[&[3, 0], &[0, 4]]), Err(Untested::Apart));
        assert_eq!(of(&[&[3], &[4]]), Err(Untested::Constant));
        assert_eq!(of(&[&[3, 1], &[0, 0]]), Err(Untested::OneGroup));
        assert_eq!(of(&[&[6, 2], &[3, 1]]), Ok(0.0));
    }
}
