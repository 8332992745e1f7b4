//! Sums that keep what rounding drops.

use rayon::prelude::*;

/// A running sum of doubles held as an unevaluated pair `high + low`, about
/// 32 significant digits. Adding and then subtracting the same terms brings
/// it back to where it was, up to the last of those digits.
///
/// T. J. Dekker (1971), doi:10.1007/BF01397083; the exact two-sum is Knuth's.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct DoubleDouble {
    high: f64,
    low: f64,
}

impl DoubleDouble {
    pub(crate) fn add(&mut self, term: f64) {
        let (sum, lost) = two_sum(self.high, term);
        self.renormalise(sum, lost + self.low);
    }

    pub(crate) fn sub(&mut self, term: f64) {
        self.add(-term);
    }

    /// Adds another running sum.
    pub(crate) fn merge(&mut self, other: DoubleDouble) {
        let (sum, lost) = two_sum(self.high, other.high);
        let (low, lost_low) = two_sum(self.low, other.low);
        let (sum, lost) = fast_two_sum(sum, lost + low);
        self.renormalise(sum, lost + lost_low);
    }

    /// The sum rounded to one double.
    pub(crate) fn value(self) -> f64 {
        self.high
    }

    fn renormalise(&mut self, sum: f64, rest: f64) {
        (self.high, self.low) = fast_two_sum(sum, rest);
    }
}

/// Terms added plainly at a time.
const PLAIN: usize = 32;
/// Terms that are worth a thread.
const LONG: usize = 1 << 14;

/// Turns terms into their running sums; the bits do not depend on the number of threads.
pub(crate) fn run_forwards(terms: &mut [f64]) {
    run_parts(terms, |before| before.iter_mut().fold(DoubleDouble::default(), pass), forwards);
}

/// The same from the last term to the first.
pub(crate) fn run_backwards(terms: &mut [f64]) {
    let after = |own: &mut [DoubleDouble]| own.iter_mut().rev().fold(DoubleDouble::default(), pass);
    run_parts(terms, after, backwards);
}

/// Running sums part by part, each on top of the sum of those that come before it.
fn run_parts(
    terms: &mut [f64],
    pass: impl Fn(&mut [DoubleDouble]) -> DoubleDouble,
    run: impl Fn(&mut [f64], DoubleDouble, bool) + Sync,
) {
    let plain = none_cancels(terms);
    if terms.len() < 2 * LONG {
        return run(terms, DoubleDouble::default(), plain);
    }
    let mut sums: Vec<_> = terms.par_chunks(LONG).map(|part| total(part, plain)).collect();
    pass(&mut sums);
    terms.par_chunks_mut(LONG).zip(sums).for_each(|(part, before)| run(part, before, plain));
}

/// Leaves what came before in the place of a sum, and goes on with both.
fn pass(before: DoubleDouble, own: &mut DoubleDouble) -> DoubleDouble {
    let mut with = before;
    with.merge(std::mem::replace(own, before));
    with
}

fn total(terms: &[f64], plain: bool) -> DoubleDouble {
    match plain {
        true => terms.chunks(PLAIN).map(|some| some.iter().sum::<f64>()).collect(),
        false => terms.iter().copied().collect(),
    }
}

fn forwards(terms: &mut [f64], mut sum: DoubleDouble, plain: bool) {
    terms.chunks_mut(PLAIN).for_each(|some| run(&mut sum, some.iter_mut(), plain));
}

fn backwards(terms: &mut [f64], mut sum: DoubleDouble, plain: bool) {
    terms.rchunks_mut(PLAIN).for_each(|some| run(&mut sum, some.iter_mut().rev(), plain));
}

/// Where nothing is ever taken out again, a plain sum of a few terms on top of the exact sum is off
/// by no more than their own rounding.
fn none_cancels(terms: &[f64]) -> bool {
    terms.iter().fold(true, |all, term| all & (*term >= 0.0))
}

/// Goes on with a running sum over a few terms.
fn run<'t>(sum: &mut DoubleDouble, terms: impl Iterator<Item = &'t mut f64>, plain: bool) {
    if !plain {
        return terms.for_each(|term| {
            sum.add(*term);
            *term = sum.value();
        });
    }
    let (before, mut own) = (sum.value(), 0.0);
    for term in terms {
        own += *term;
        *term = before + own;
    }
    sum.add(own);
}

/// Σ w ln x of pairs of a weight w and a positive x: as the logarithm of a product where weights are
/// 1, which is faster and no less exact.
pub(crate) fn sum_of_logs(terms: impl Iterator<Item = (f64, f64)>) -> f64 {
    /// Products stay between this and its inverse.
    const LEAST: f64 = 1e-300;
    let (mut sum, mut product) = (0.0, 1.0);
    for (weight, x) in terms {
        let longer = product * x;
        if weight != 1.0 {
            sum += weight * x.ln();
        } else if longer > LEAST && longer < 1.0 / LEAST {
            product = longer;
        } else {
            sum += product.ln();
            product = x;
        }
    }
    sum + product.ln()
}

impl FromIterator<f64> for DoubleDouble {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> DoubleDouble {
        let mut sum = DoubleDouble::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}

/// `a + b` rounded, and exactly what the rounding dropped.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// The same when `|a| ≥ |b|`.
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_terms_far_below_the_sum() {
        let sum: DoubleDouble = [1e16, 1.0, 1e-5, -1e16].into_iter().collect();
        assert_eq!(sum.value(), 1.000_01);
    }

    #[test]
    fn subtracting_what_was_added_leaves_the_rest() {
        let terms = |i: u32| (f64::from(i) * 0.7).exp() / 3.0;
        let mut sum = DoubleDouble::default();
        sum.add(0.1);
        (1..40).for_each(|i| sum.add(terms(i)));
        (1..40).for_each(|i| sum.sub(terms(i)));
        assert_eq!(sum.value(), 0.1);
    }

    #[test]
    fn ten_million_tenths_are_the_double_nearest_their_exact_sum() {
        // 0.1 as a double is 0.1000000000000000055511151231257827…
        let sum: DoubleDouble = std::iter::repeat_n(0.1, 10_000_000).collect();
        assert_eq!(sum.value(), 1_000_000.000_000_000_055_511_151_231_257_8);
    }

    #[test]
    fn running_sums_are_those_of_the_terms_so_far() {
        let mut terms: Vec<f64> = (0..1000).map(|at| f64::from(at % 7) / 3.0).collect();
        for odd in (100..900).step_by(61) {
            terms[odd] *= if odd % 2 == 0 { 1e12 } else { -1e12 };
            terms[odd + 50] = -terms[odd];
        }
        let so_far: Vec<f64> = (0..1000)
            .map(|at| terms[..=at].iter().copied().collect::<DoubleDouble>().value())
            .collect();
        let (mut forwards, mut backwards) = (terms.clone(), terms.clone());
        backwards.reverse();
        run_forwards(&mut forwards);
        run_backwards(&mut backwards);
        backwards.reverse();
        assert_eq!(forwards, so_far);
        assert_eq!(backwards, so_far);
        // Without signs they go plainly.
        terms.iter_mut().for_each(|term| *term = term.abs());
        let mut sum = DoubleDouble::default();
        let mut plainly = terms.clone();
        run_forwards(&mut plainly);
        for (own, term) in plainly.iter().zip(terms) {
            sum.add(term);
            assert!((own - sum.value()).abs() <= 1e-15 * own, "{own}");
        }
    }

    #[test]
    fn long_running_sums_go_on_from_part_to_part() {
        // Whole numbers are added up without rounding.
        let terms: Vec<f64> = (0..3 * LONG + 5).map(|at| (at % 11) as f64 - 3.0).collect();
        let (mut forwards, mut backwards) = (terms.clone(), terms.clone());
        run_forwards(&mut forwards);
        run_backwards(&mut backwards);
        let all: f64 = terms.iter().sum();
        let mut sum = 0.0;
        for ((forwards, backwards), term) in forwards.iter().zip(&backwards).zip(&terms) {
            assert_eq!(*backwards, all - sum);
            sum += term;
            assert_eq!(*forwards, sum);
        }
        // Without signs, and with digits to lose.
        let terms: Vec<f64> = (0..2 * LONG + 7).map(|at| 1.0 / (1 + at % 13) as f64).collect();
        let mut forwards = terms.clone();
        run_forwards(&mut forwards);
        let mut sum = DoubleDouble::default();
        for (own, term) in forwards.iter().zip(terms) {
            sum.add(term);
            assert!((own - sum.value()).abs() <= 1e-15 * own, "{own}");
        }
    }

    #[test]
    fn logs_of_products_are_sums_of_logs() {
        let terms =
            [(1.0, 3e5), (2.5, 7.0), (1.0, 1e-200), (1.0, 1e-150), (1.0, 1e308), (1.0, 5e306)];
        let terms = || terms.iter().copied().cycle().take(1000);
        let log = |(weight, x): (f64, f64)| weight * x.ln();
        let plainly: DoubleDouble = terms().map(log).collect();
        let own = sum_of_logs(terms());
        assert!((own / plainly.value() - 1.0).abs() < 1e-14, "{own}");
        assert_eq!(sum_of_logs(std::iter::empty()), 0.0);
    }

    #[test]
    fn merging_parts_is_summing_the_whole() {
        let terms: Vec<f64> = (1..1000).map(|i| 1.0 / f64::from(i)).collect();
        let whole: DoubleDouble = terms.iter().copied().collect();
        let mut parts: DoubleDouble = terms[..300].iter().copied().collect();
        parts.merge(terms[300..].iter().copied().collect());
        assert_eq!(parts.value(), whole.value());
        assert!((parts.low - whole.low).abs() < 1e-30);
    }
}
