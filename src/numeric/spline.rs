//! Natural cubic splines in the basis of R's `splines::ns`.

/// A polynomial of degree 3, lowest power first.
type Cubic = [f64; 4];

/// A basis of the natural cubic splines that are 0 at the first boundary: linear beyond the
/// boundaries, one column more than knots.
///
/// The basis is R's: B-splines without the first, times the columns of Q that are orthogonal to the
/// second derivatives at the boundaries, where Q comes from Householder reflections. Every column
/// is kept as polynomials between the breaks.
///
/// C. de Boor (2001), A Practical Guide to Splines, chapter IX.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NaturalSpline {
    /// The boundaries and the knots between them, ascending.
    breaks: Vec<f64>,
    /// For each column: before the first break, between each two, beyond the last; in powers of
    /// the distance from the break to the left (the first break for what lies before it).
    columns: Vec<Vec<Cubic>>,
}

impl NaturalSpline {
    /// The basis with these boundaries and knots.
    ///
    /// `None` unless the knots are ascending, strictly within the boundaries, and no more than
    /// three of them are equal.
    pub(crate) fn new(boundaries: [f64; 2], knots: &[f64]) -> Option<Self> {
        let [low, high] = boundaries;
        let ascending = knots.windows(2).all(|pair| pair[0] <= pair[1]);
        let within = knots.iter().all(|&knot| low < knot && knot < high);
        let crowded = knots.windows(4).any(|four| four[0] == four[3]);
        if !(low < high && ascending && within) || crowded {
            return None;
        }
        let repeated = [[low; 4].as_slice(), knots, [high; 4].as_slice()].concat();
        let pieces: Vec<[Cubic; 4]> = (3..4 + knots.len()).map(|m| pieces(&repeated, m)).collect();
        let weights = natural_weights(&pieces, high - repeated[3 + knots.len()]);
        let breaks = repeated[3..5 + knots.len()].to_vec();
        let column = |weights: &Vec<f64>| with_tails(&breaks, combine(&pieces, weights));
        let columns = weights.iter().map(column).collect();
        Some(Self { breaks, columns })
    }

    /// Number of columns.
    pub(crate) fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// One column at x.
    pub(crate) fn value(&self, column: usize, x: f64) -> f64 {
        let piece = self.breaks.partition_point(|&own| own <= x);
        let [a, b, c, d] = self.columns[column][piece];
        let step = x - self.breaks[piece.saturating_sub(1)];
        a + step * (b + step * (c + step * d))
    }
}

/// The four B-splines of order 4 that are not 0 between `t[m]` and `t[m + 1]`, by the recurrence of
/// Cox and de Boor on polynomials in x − t\[m\].
fn pieces(t: &[f64], m: usize) -> [Cubic; 4] {
    let mut own = [[0.0; 4]; 4];
    // Between two equal knots there is nothing.
    if t[m] == t[m + 1] {
        return own;
    }
    own[0] = [1.0, 0.0, 0.0, 0.0];
    for order in 1..4 {
        let mut next = [[0.0; 4]; 4];
        for (j, lower) in own.iter().take(order).enumerate() {
            let (left, right) = (t[m + 1 + j - order], t[m + 1 + j]);
            let width = right - left;
            add_product(&mut next[j + 1], lower, (t[m] - left) / width, 1.0 / width);
            add_product(&mut next[j], lower, (right - t[m]) / width, -1.0 / width);
        }
        own = next;
    }
    own
}

/// Adds p(u)·(a + b u); the degree of p is below 3.
fn add_product(sum: &mut Cubic, p: &Cubic, a: f64, b: f64) {
    for power in 0..4 {
        sum[power] += a * p[power] + if power > 0 { b * p[power - 1] } else { 0.0 };
    }
}

/// For each column of the basis the weights of the B-splines after the first.
fn natural_weights(pieces: &[[Cubic; 4]], last_width: f64) -> Vec<Vec<f64>> {
    let last = pieces.len() - 1;
    let mut curvature = [vec![0.0; last + 3], vec![0.0; last + 3]];
    // At a boundary one of the four has no curvature: exactly 0, whose sign decides a reflection.
    for j in 1..3 {
        curvature[0][j - 1] = 2.0 * pieces[0][j][2];
    }
    for (j, piece) in pieces[last].iter().enumerate().skip(1) {
        curvature[1][last + j - 1] = 2.0 * piece[2] + 6.0 * piece[3] * last_width;
    }
    let [mut first, mut second] = curvature;
    reflector(&mut first, 0);
    reflect(&first, 0, &mut second);
    reflector(&mut second, 1);
    let weights = |column: usize| {
        let mut unit = vec![0.0; last + 3];
        unit[column] = 1.0;
        reflect(&second, 1, &mut unit);
        reflect(&first, 0, &mut unit);
        unit
    };
    (2..last + 3).map(weights).collect()
}

/// Makes a column the vector v of the reflection I − v vᵀ/v\[at\] that clears it below `at`, with
/// the signs of LINPACK.
fn reflector(column: &mut [f64], at: usize) {
    let norm = column[at..].iter().map(|x| x * x).sum::<f64>().sqrt().copysign(column[at]);
    column[..at].fill(0.0);
    column[at..].iter_mut().for_each(|x| *x /= norm);
    column[at] += 1.0;
}

fn reflect(v: &[f64], at: usize, x: &mut [f64]) {
    let along = v.iter().zip(&*x).map(|(v, x)| v * x).sum::<f64>() / v[at];
    x.iter_mut().zip(v).for_each(|(x, v)| *x -= along * v);
}

/// The weighted sum of B-splines on each piece.
fn combine(pieces: &[[Cubic; 4]], weights: &[f64]) -> Vec<Cubic> {
    let piece = |(m, own): (usize, &[Cubic; 4])| {
        let mut sum = [0.0; 4];
        for (j, spline) in own.iter().enumerate().filter(|(j, _)| m + j > 0) {
            (0..4).for_each(|power| sum[power] += weights[m + j - 1] * spline[power]);
        }
        sum
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// Adds the straight lines beyond the boundaries.
fn with_tails(breaks: &[f64], inner: Vec<Cubic>) -> Vec<Cubic> {
    let (start, last) = (inner[0], breaks.len() - 1);
    let [a, b, c, d] = inner[inner.len() - 1];
    let h = breaks[last] - breaks[last - 1];
    let end = [a + h * (b + h * (c + h * d)), b + h * (2.0 * c + h * 3.0 * d), 0.0, 0.0];
    let mut all = vec![[start[0], start[1], 0.0, 0.0]];
    all.extend(inner);
    all.push(end);
    all
}

/// `count` knots at equally spaced quantiles of the values (R's type 7), and the range.
///
/// `None` when there are no values.
pub(crate) fn quantile_knots(values: &mut [f64], count: usize) -> Option<([f64; 2], Vec<f64>)> {
    let low = values.iter().copied().reduce(f64::min)?;
    let high = values.iter().copied().reduce(f64::max)?;
    let step = 1.0 / (count + 1) as f64;
    let knots = (1..=count).map(|at| quantile(values, at as f64 * step)).collect();
    Some(([low, high], knots))
}

fn quantile(values: &mut [f64], p: f64) -> f64 {
    // As R, which counts places from 1.
    let place = 1.0 + (values.len() - 1) as f64 * p;
    let part = place - place.floor();
    let (_, &mut at, above) = values.select_nth_unstable_by(place as usize - 1, f64::total_cmp);
    let next = above.iter().copied().reduce(f64::min).unwrap_or(at);
    if part > 0.0 && next != at { (1.0 - part) * at + part * next } else { at }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn numbers(value: &Value) -> Vec<f64> {
        value.as_array().unwrap().iter().map(|own| own.as_f64().unwrap()).collect()
    }

    /// Inside, at and beyond the boundaries.
    #[test]
    fn bases_are_those_of_r() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/golden/design.json");
        let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let cases = file["splines"].as_array().unwrap();
        assert!(cases.len() > 5);
        for case in cases {
            let count = case["df"].as_u64().map_or(0, |df| df as usize - 1);
            let (range, mut knots) = quantile_knots(&mut numbers(&case["x"]), count).unwrap();
            if !case["knots"].is_null() {
                knots = numbers(&case["knots"]);
            }
            assert_eq!(knots, numbers(&case["quantiles"]));
            let spline = NaturalSpline::new(range, &knots).unwrap();
            let basis = case["basis"].as_array().unwrap();
            assert_eq!(spline.n_columns(), basis.len());
            for (column, want) in basis.iter().enumerate() {
                for (x, want) in numbers(&case["at"]).into_iter().zip(numbers(want)) {
                    let got = spline.value(column, x);
                    let error = (got - want).abs() / want.abs().max(1.0);
                    assert!(error < 1e-12, "{case}: column {column} at {x}: {got}, not {want}");
                }
            }
        }
    }
}
