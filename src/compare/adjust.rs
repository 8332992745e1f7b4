//! Adjusting p-values for many comparisons.

use serde::{Deserialize, Serialize};

/// How p-values are adjusted. R: `p.adjust`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjustment {
    /// Not at all.
    #[default]
    None,
    /// p·m.
    Bonferroni,
    /// Holm 1979: step down.
    Holm,
    /// Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x: false discovery rate.
    Bh,
}

impl Adjustment {
    /// The adjusted p-values, in the order given.
    ///
    /// ```
    /// use riskset::compare::Adjustment;
    /// assert_eq!(Adjustment::Bonferroni.adjust(&[0.25, 0.5]), [0.5, 1.0]);
    /// assert_eq!(Adjustment::Holm.adjust(&[0.25, 0.125]), [0.25, 0.25]);
    /// ```
    pub fn adjust(self, p: &[f64]) -> Vec<f64> {
        let m = p.len() as f64;
        let mut order: Vec<usize> = (0..p.len()).collect();
        order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
        let stepped =
            |order: Vec<usize>, factor: &dyn Fn(usize) -> f64, keep: fn(f64, f64) -> f64| {
                let mut adjusted = p.to_vec();
                let mut last: Option<f64> = None;
                for at in order {
                    let own = p[at] * factor(at);
                    let value = last.map_or(own, |last| keep(last, own));
                    last = Some(value);
                    adjusted[at] = value.min(1.0);
                }
                adjusted
            };
        let mut place = vec![0; p.len()];
        order.iter().enumerate().for_each(|(at, &index)| place[index] = at);
        match self {
            Self::None => p.to_vec(),
            Self::Bonferroni => p.iter().map(|p| (p * m).min(1.0)).collect(),
            Self::Holm => stepped(order, &|at| m - place[at] as f64, f64::max),
            Self::Bh => {
                order.reverse();
                stepped(order, &|at| m / (place[at] as f64 + 1.0), f64::min)
            }
        }
    }
}
