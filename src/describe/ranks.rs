//! Tests of ranks.

use super::test::{Test, TestKind, Untested};
use crate::numeric::tails::{chi2_upper, normal_two_sided};

/// Groups this large have the normal approximation, as in R.
const LARGE: usize = 50;

/// All values ranked together, equal ones by their mean.
struct Ranks {
    n: f64,
    /// Sum of the ranks of each group.
    sums: Vec<f64>,
    /// Σ t³ − t over sets of t equal values.
    ties: f64,
}

impl Ranks {
    fn of(groups: &[&[f64]]) -> Self {
        let numbered = groups.iter().enumerate();
        let mut all: Vec<(f64, usize)> = numbered
            .flat_map(|(group, own)| own.iter().map(move |&value| (value, group)))
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut sums, mut ties, mut before) = (vec![0.0; groups.len()], 0.0, 0.0);
        for equal in all.chunk_by(|a, b| a.0 == b.0) {
            let size = equal.len() as f64;
            equal.iter().for_each(|(_, group)| sums[*group] += before + 0.5 * (size + 1.0));
            (ties, before) = (ties + (size * size * size - size), before + size);
        }
        Self { n: all.len() as f64, sums, ties }
    }

    fn all_equal(&self) -> bool {
        self.ties == self.n * self.n * self.n - self.n
    }
}

/// Wilcoxon's rank-sum test. W counts the pairs in which the first group's value is the larger, ties
/// as a half; exact when both groups have fewer than 50 values and no two are equal, else normal with
/// the variance for ties and a continuity correction of ½. R: `wilcox.test(x, y)`.
///
/// Wilcoxon 1945, doi:10.2307/3001968; Mann and Whitney 1947, doi:10.1214/aoms/1177730491.
///
/// # Errors
/// A group has no value, or all values are the same.
pub fn wilcoxon(first: &[f64], second: &[f64]) -> Result<Test, Untested> {
    match (first.len(), second.len()) {
        (0, 0) => return Err(Untested::NoValues),
        (0, _) | (_, 0) => return Err(Untested::OneGroup),
        _ => {}
    }
    let ranks = Ranks::of(&[first, second]);
    if ranks.all_equal() {
        return Err(Untested::Constant);
    }
    let (m, n) = (first.len() as f64, second.len() as f64);
    let w = ranks.sums[0] - 0.5 * m * (m + 1.0);
    let small = first.len() < LARGE && second.len() < LARGE;
    let (kind, p) = if small && ranks.ties == 0.0 {
        (TestKind::WilcoxonExact, exact_p(w as usize, first.len(), second.len()))
    } else {
        (TestKind::Wilcoxon, normal_p(&ranks, w, m * n))
    };
    Ok(Test::new(kind, p).statistic_on(w, [None; 2]))
}

fn normal_p(ranks: &Ranks, w: f64, pairs: f64) -> f64 {
    let n = ranks.n;
    let variance = pairs / 12.0 * (n + 1.0 - ranks.ties / (n * (n - 1.0)));
    let beyond = ((w - 0.5 * pairs).abs() - 0.5).max(0.0);
    normal_two_sided(beyond / variance.sqrt()).p
}

/// Twice the smaller tail of W among all ways to choose the ranks of the first group.
fn exact_p(w: usize, m: usize, n: usize) -> f64 {
    let ways = ways(m, n);
    let w = w.min(m * n - w);
    let tail: f64 = ways[..=w].iter().sum();
    (2.0 * tail / ways.iter().sum::<f64>()).min(1.0)
}

/// How many choices of `m` among `m + n` ranks give each W.
fn ways(m: usize, n: usize) -> Vec<f64> {
    let most = m * n;
    // By ranks chosen, then by W; a rank adds how many smaller ones are not chosen.
    let mut ways = vec![vec![0.0; most + 1]; m + 1];
    ways[0][0] = 1.0;
    for rank in 0..m + n {
        for chosen in (1..=m.min(rank + 1)).rev() {
            let passed = rank + 1 - chosen;
            if passed > n {
                continue;
            }
            let (before, own) = ways.split_at_mut(chosen);
            for w in passed..=most {
                own[0][w] += before[chosen - 1][w - passed];
            }
        }
    }
    ways.pop().unwrap_or_default()
}

/// Kruskal and Wallis's test: H = 12/(n(n + 1)) Σ nᵢ(R̄ᵢ − (n + 1)/2)², divided by
/// 1 − Σ(t³ − t)/(n³ − n), as χ² on one degree of freedom less than there are groups with values.
/// R: `kruskal.test`.
///
/// Kruskal and Wallis 1952, doi:10.1080/01621459.1952.10483441.
///
/// # Errors
/// Fewer than two groups have values, or all values are the same.
pub fn kruskal_wallis(groups: &[&[f64]]) -> Result<Test, Untested> {
    let groups = with_values(groups)?;
    let ranks = Ranks::of(&groups);
    if ranks.all_equal() {
        return Err(Untested::Constant);
    }
    let n = ranks.n;
    let term = |(own, sum): (&&[f64], &f64)| {
        let size = own.len() as f64;
        size * (sum / size - 0.5 * (n + 1.0)).powi(2)
    };
    let spread: f64 = groups.iter().zip(&ranks.sums).map(term).sum();
    let untied = 1.0 - ranks.ties / (n * n * n - n);
    let statistic = 12.0 / (n * (n + 1.0)) * spread / untied;
    let df = (groups.len() - 1) as f64;
    let p = chi2_upper(statistic, df).p;
    Ok(Test::new(TestKind::KruskalWallis, p).statistic_on(statistic, [Some(df), None]))
}

/// The groups that have values, two at least.
pub(super) fn with_values<'g>(groups: &[&'g [f64]]) -> Result<Vec<&'g [f64]>, Untested> {
    let own: Vec<&[f64]> = groups.iter().copied().filter(|own| !own.is_empty()).collect();
    match own.len() {
        0 => Err(Untested::NoValues),
        1 => Err(Untested::OneGroup),
        _ => Ok(own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the 10 choices of 2 among 5 ranks, W = 0, 1, 2, 3, 4, 5, 6 come from 1, 1, 2, 2, 2, 1, 1.
    #[test]
    fn exact_distribution_by_hand() {
        assert_eq!(ways(2, 3), [1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0]);
        assert_eq!(ways(3, 2), ways(2, 3));
        let test = wilcoxon(&[1.0, 2.0], &[3.0, 4.0, 5.0]).unwrap();
        assert_eq!(
            (test.kind(), test.statistic(), test.p()),
            (TestKind::WilcoxonExact, Some(0.0), 0.2)
        );
        let test = wilcoxon(&[2.0, 4.0], &[1.0, 3.0, 5.0]).unwrap();
        assert_eq!((test.statistic(), test.p()), (Some(3.0), 1.0));
        let choose: f64 = ways(49, 49).iter().sum();
        assert!((choose / 2.547_761_225_898_09e28 - 1.0).abs() < 1e-12, "{choose}");
    }

    /// Ranks 1, 2.5, 4 and 2.5, 5, 6: rank sums 7.5 and 13.5, Σ(t³ − t) = 6, so H =
    /// 12/42·(3(2.5 − 3.5)² + 3(4.5 − 3.5)²)/(1 − 6/210).
    #[test]
    fn ties_by_hand() {
        let (a, b): (&[f64], &[f64]) = (&[1.0, 2.0, 3.0], &[2.0, 7.0, 9.0]);
        let test = kruskal_wallis(&[a, &[], b]).unwrap();
        let h = 12.0 / 42.0 * 6.0 / (1.0 - 6.0 / 210.0);
        assert!((test.statistic().unwrap() - h).abs() < 1e-14);
        assert_eq!(test.df(), Some(1.0));
        let test = wilcoxon(a, b).unwrap();
        assert_eq!((test.kind(), test.statistic()), (TestKind::Wilcoxon, Some(1.5)));
    }

    #[test]
    fn no_test_says_why() {
        assert_eq!(wilcoxon(&[], &[]), Err(Untested::NoValues));
        assert_eq!(wilcoxon(&[1.0], &[]), Err(Untested::OneGroup));
        assert_eq!(wilcoxon(&[1.0], &[1.0]), Err(Untested::Constant));
        assert_eq!(kruskal_wallis(&[&[1.0, 1.0], &[1.0]]), Err(Untested::Constant));
        assert_eq!(kruskal_wallis(&[&[1.0, 2.0], &[]]), Err(Untested::OneGroup));
    }
}
