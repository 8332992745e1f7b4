//! Kernels on panels: some hundred rows of a matrix stored by columns, short enough for the cache.
//!
//! Everything runs with the widest vectors that the machine has, chosen when it runs.

use pulp::{Arch, Simd, WithSimd};

/// Rows of a panel.
pub(crate) const ROWS: usize = 128;

/// Columns of zeros that may follow, so that tiles are whole.
const SPARE: usize = 8;

/// A panel, `ROWS` numbers a column; rows that are not in use hold zeros.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    values: Vec<f64>,
}

/// The weighted sum of squares and products Σ v·x xᵀ over rows of panels.
#[derive(Debug, Clone)]
pub(crate) struct Gram {
    width: usize,
    /// Columns of a tile.
    side: usize,
    /// Partial sums of pairs of columns, one a vector lane, tile after tile.
    lanes: Vec<[f64; LANES]>,
    weighted: Vec<f64>,
}

/// Lanes of the widest vectors.
const LANES: usize = 8;

impl Panel {
    pub(crate) fn new(width: usize) -> Self {
        Self { values: vec![0.0; (width + SPARE) * ROWS] }
    }

    pub(crate) fn column_mut(&mut self, at: usize) -> &mut [f64] {
        &mut self.values[at * ROWS..][..ROWS]
    }

    /// Takes rows from `first` on of columns less their centres.
    pub(crate) fn load<C: AsRef<[f64]>>(
        &mut self,
        columns: &[C],
        centre: &[f64],
        (first, len): (usize, usize),
    ) {
        let values = &mut self.values;
        Arch::new().dispatch(Load { values, columns, centre, first, len });
    }

    /// Takes some rows of another panel, to stand from `first` on.
    pub(crate) fn take(&mut self, other: &Self, rows: &[usize], first: usize) {
        let columns = self.values.chunks_exact_mut(ROWS).zip(other.values.chunks_exact(ROWS));
        // What is spare holds nothing.
        let width = (other.values.len() / ROWS).saturating_sub(SPARE);
        for (own, other) in columns.take(width) {
            let own = own[first..].iter_mut().zip(rows);
            own.for_each(|(own, &row)| *own = other[row % ROWS]);
        }
    }

    /// Adds Σ b·x over columns to `out`.
    pub(crate) fn predict(&self, b: &[f64], out: &mut [f64; ROWS]) {
        Arch::new().dispatch(PredictPanel { panel: self, b, out });
    }

    /// Adds a·x of every row to one of the cells of a table; `at` names it.
    pub(crate) fn scatter(&self, factors: &[f64; ROWS], at: &[u32; ROWS], table: &mut Cells) {
        Arch::new().dispatch(Scatter { panel: self, factors, at, table });
    }

    /// Adds Σ a·x of every column to `sums`.
    pub(crate) fn add_products(&self, factors: &[f64; ROWS], sums: &mut [f64]) {
        Arch::new().dispatch(AddProducts { panel: self, factors, sums });
    }
}

/// Panels between the one in work and the one asked for.
pub(crate) const AHEAD: usize = 2;

/// Asks for the rows of a panel that comes soon: memory is slower than the sums over its rows.
pub(crate) fn prefetch<C: AsRef<[f64]>>(columns: &[C], first: usize) {
    /// Numbers that memory hands over together.
    const LINE: usize = 8;
    for column in columns {
        let rows = column.as_ref().iter().skip(first).take(ROWS).step_by(LINE);
        #[cfg(target_arch = "x86_64")]
        rows.for_each(safe_arch::prefetch_t1);
        #[cfg(not(target_arch = "x86_64"))]
        drop(rows);
    }
}

/// The numbers of some rows, one after the other.
pub(crate) fn gather(own: &[f64], rows: &[u32]) -> Vec<f64> {
    /// Rows asked for together.
    const FEW: usize = 64;
    let mut gathered = Vec::with_capacity(rows.len());
    for (at, few) in rows.chunks(FEW).enumerate() {
        let next = rows.iter().skip((at + 1) * FEW).take(FEW);
        #[cfg(target_arch = "x86_64")]
        next.for_each(|&row| safe_arch::prefetch_t0(&own[row as usize]));
        #[cfg(not(target_arch = "x86_64"))]
        drop(next);
        gathered.extend(few.iter().map(|&row| own[row as usize]));
    }
    gathered
}

struct Load<'a, C> {
    values: &'a mut [f64],
    columns: &'a [C],
    centre: &'a [f64],
    first: usize,
    len: usize,
}

impl<C: AsRef<[f64]>> WithSimd for Load<'_, C> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let own = self.values.chunks_exact_mut(ROWS);
        for ((own, column), centre) in own.zip(self.columns).zip(self.centre) {
            let rows = &column.as_ref()[self.first..][..self.len];
            own.iter_mut().zip(rows).for_each(|(own, x)| *own = x - centre);
            own[self.len..].fill(0.0);
        }
    }
}

struct PredictPanel<'a> {
    panel: &'a Panel,
    b: &'a [f64],
    out: &'a mut [f64; ROWS],
}

impl WithSimd for PredictPanel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        /// Vectors of sums that stay in registers.
        const HELD: usize = 8;
        let (out, _) = S::as_mut_simd_f64s(self.out);
        for (first, out) in out.chunks_mut(HELD).enumerate() {
            let mut sums = [simd.splat_f64s(0.0); HELD];
            for (column, b) in self.panel.values.chunks_exact(ROWS).zip(self.b) {
                let (x, _) = S::as_simd_f64s(column);
                let b = simd.splat_f64s(*b);
                for (sum, x) in sums.iter_mut().zip(&x[first * HELD..]) {
                    *sum = simd.mul_add_f64s(b, *x, *sum);
                }
            }
            out.iter_mut().zip(sums).for_each(|(out, sum)| *out = simd.add_f64s(*out, sum));
        }
    }
}

/// Columns of which a row's values lie together in a table.
const TOGETHER: usize = 4;

/// A table with some cells, each a sum for every column.
#[derive(Debug, Clone)]
pub(crate) struct Cells {
    cells: usize,
    /// Groups of columns, and in each the cells.
    values: Vec<[f64; TOGETHER]>,
    /// Rows of a panel in the order into which vectors of several columns are turned.
    order: Vec<usize>,
    turned: Vec<f64>,
}

impl Cells {
    pub(crate) fn new(cells: usize, width: usize) -> Self {
        Self {
            cells,
            values: vec![[0.0; TOGETHER]; cells * width.div_ceil(TOGETHER)],
            order: Arch::new().dispatch(Order),
            turned: vec![0.0; TOGETHER * ROWS],
        }
    }

    /// The cells of a column.
    pub(crate) fn column(&self, at: usize) -> impl Iterator<Item = f64> + '_ {
        let group = &self.values[at / TOGETHER * self.cells..][..self.cells];
        group.iter().map(move |own| own[at % TOGETHER])
    }

    /// Adds another table of the same shape.
    pub(crate) fn add(&mut self, other: &Self) {
        let own = self.values.as_flattened_mut().iter_mut();
        own.zip(other.values.as_flattened()).for_each(|(own, other)| *own += other);
    }
}

/// Turns columns of a panel, times some factors, so that the values of a row lie together.
#[inline(always)]
fn turn<S: Simd>(simd: S, factors: &[f64], columns: &[f64], out: &mut [f64]) {
    let (factors, _) = S::as_simd_f64s(factors);
    let (columns, _) = S::as_simd_f64s(columns);
    let (out, _) = S::as_mut_simd_f64s(out);
    let vectors = factors.len();
    for (at, out) in out.chunks_exact_mut(TOGETHER).enumerate() {
        let products: [_; TOGETHER] = std::array::from_fn(|column| {
            simd.mul_f64s(factors[at], columns[column * vectors + at])
        });
        out.copy_from_slice(&simd.interleave_shfl_f64s(products));
    }
}

/// The order in which rows come out of `turn`.
struct Order;

impl WithSimd for Order {
    type Output = Vec<usize>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<usize> {
        let rows: Vec<f64> = (0..TOGETHER * ROWS).map(|at| (at % ROWS) as f64).collect();
        let mut turned = vec![0.0; TOGETHER * ROWS];
        turn(simd, &[1.0; ROWS], &rows, &mut turned);
        turned.iter().step_by(TOGETHER).map(|row| *row as usize).collect()
    }
}

struct Scatter<'a> {
    panel: &'a Panel,
    factors: &'a [f64; ROWS],
    at: &'a [u32; ROWS],
    table: &'a mut Cells,
}

impl WithSimd for Scatter<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Cells { cells, values, order, turned } = self.table;
        let at: [u32; ROWS] = std::array::from_fn(|place| self.at[order[place]]);
        let columns = self.panel.values.chunks_exact(TOGETHER * ROWS);
        for (own, columns) in values.chunks_exact_mut(*cells).zip(columns) {
            turn(simd, self.factors, columns, turned);
            for (at, products) in at.iter().zip(turned.as_chunks::<TOGETHER>().0) {
                let cell = &mut own[*at as usize];
                // As a whole, so that it becomes one vector.
                *cell = std::array::from_fn(|column| cell[column] + products[column]);
            }
        }
    }
}

struct AddProducts<'a> {
    panel: &'a Panel,
    factors: &'a [f64; ROWS],
    sums: &'a mut [f64],
}

impl WithSimd for AddProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (factors, _) = S::as_simd_f64s(self.factors);
        for (column, sum) in self.panel.values.chunks_exact(ROWS).zip(self.sums) {
            let (x, _) = S::as_simd_f64s(column);
            let mut own = [simd.splat_f64s(0.0); 2];
            for (factors, x) in factors.chunks_exact(2).zip(x.chunks_exact(2)) {
                own[0] = simd.mul_add_f64s(factors[0], x[0], own[0]);
                own[1] = simd.mul_add_f64s(factors[1], x[1], own[1]);
            }
            *sum += simd.reduce_sum_f64s(simd.add_f64s(own[0], own[1]));
        }
    }
}

impl Gram {
    pub(crate) fn new(width: usize) -> Self {
        let side = Arch::new().dispatch(Side);
        let tiles = width.div_ceil(side);
        let lanes = vec![[0.0; LANES]; tiles * (tiles + 1) / 2 * side * side];
        Self { width, side, lanes, weighted: vec![0.0; (width + SPARE) * ROWS] }
    }

    /// Adds the rows of a panel; those not in use have weight 0.
    pub(crate) fn add(&mut self, panel: &Panel, weights: &[f64; ROWS]) {
        Arch::new().dispatch(AddPanel { gram: self, panel, weights });
    }

    /// The sums of all pairs i ≥ j, row by row.
    pub(crate) fn lower(&self) -> Vec<f64> {
        let Self { width, side, .. } = *self;
        let tiles = width.div_ceil(side);
        let sum = |i: usize, j: usize| {
            let (row, column) = (j / side, i / side);
            // Tiles before this one: those of the rows above, then those to its left.
            let tile = row * tiles - row * (row + 1) / 2 + column;
            self.lanes[(tile * side + j % side) * side + i % side].iter().sum::<f64>()
        };
        (0..width).flat_map(|i| (0..=i).map(move |j| sum(i, j))).collect()
    }
}

/// Columns of a tile: as many as the registers hold sums.
struct Side;

impl WithSimd for Side {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        if S::F64_LANES == LANES { 5 } else { 3 }
    }
}

struct AddPanel<'a> {
    gram: &'a mut Gram,
    panel: &'a Panel,
    weights: &'a [f64; ROWS],
}

impl WithSimd for AddPanel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Gram { width, lanes, weighted, .. } = self.gram;
        let columns = self.panel.values.chunks_exact(ROWS).take(*width);
        for (column, own) in columns.zip(weighted.chunks_exact_mut(ROWS)) {
            let products = column.iter().zip(self.weights);
            own.iter_mut().zip(products).for_each(|(own, (x, weight))| *own = x * weight);
        }
        let sides = Sides { x: &self.panel.values, weighted, width: *width };
        match S::F64_LANES {
            LANES => tiles::<S, 5>(simd, &sides, lanes),
            _ => tiles::<S, 3>(simd, &sides, lanes),
        }
    }
}

struct Sides<'a> {
    x: &'a [f64],
    weighted: &'a [f64],
    width: usize,
}

/// All pairs of columns on and above the diagonal, in tiles of T × T.
#[inline(always)]
fn tiles<S: Simd, const T: usize>(simd: S, sides: &Sides<'_>, lanes: &mut [[f64; LANES]]) {
    let mut lanes = lanes.chunks_exact_mut(T * T);
    for first in (0..sides.width).step_by(T) {
        for (second, lanes) in (first..sides.width).step_by(T).zip(&mut lanes) {
            tile::<S, T>(simd, sides, (first, second), lanes);
        }
    }
}

#[inline(always)]
fn tile<S: Simd, const T: usize>(
    simd: S,
    sides: &Sides<'_>,
    (first, second): (usize, usize),
    lanes: &mut [[f64; LANES]],
) {
    let zero = simd.splat_f64s(0.0);
    let mut sums = [[zero; T]; T];
    let vectors = ROWS / S::F64_LANES;
    let (left, _) = S::as_simd_f64s(&sides.weighted[first * ROWS..][..T * ROWS]);
    let (right, _) = S::as_simd_f64s(&sides.x[second * ROWS..][..T * ROWS]);
    for at in 0..vectors {
        let left: [_; T] = std::array::from_fn(|a| left[a * vectors + at]);
        for b in 0..T {
            let right = right[b * vectors + at];
            for a in 0..T {
                sums[a][b] = simd.mul_add_f64s(left[a], right, sums[a][b]);
            }
        }
    }
    for (own, &sum) in lanes.iter_mut().zip(sums.as_flattened()) {
        let (own, _) = S::as_mut_simd_f64s(&mut own[..S::F64_LANES]);
        own[0] = simd.add_f64s(own[0], sum);
    }
}

/// Adds Σ b·(x − centre) over columns to `out`, for rows from `first` on.
pub(crate) fn predict<C: AsRef<[f64]>>(
    columns: &[C],
    centre: &[f64],
    b: &[f64],
    (first, out): (usize, &mut [f64]),
) {
    Arch::new().dispatch(Predict { columns, centre, b, first, out });
}

struct Predict<'a, C> {
    columns: &'a [C],
    centre: &'a [f64],
    b: &'a [f64],
    first: usize,
    out: &'a mut [f64],
}

impl<C: AsRef<[f64]>> WithSimd for Predict<'_, C> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for ((column, centre), b) in self.columns.iter().zip(self.centre).zip(self.b) {
            let rows = &column.as_ref()[self.first..][..self.out.len()];
            self.out.iter_mut().zip(rows).for_each(|(out, x)| *out += b * (x - centre));
        }
    }
}

/// Running sums of a·x from the last of some rows to the first, column by column, on top of
/// `carried`.
pub(crate) fn run_backwards(
    panel: &Panel,
    factors: &[f64; ROWS],
    rows: std::ops::Range<usize>,
    (carried, out): (&mut [f64], &mut Panel),
) {
    /// Columns that run side by side: one alone waits for its own additions.
    const SIDE: usize = 4;
    for (block, carried) in carried.chunks_mut(SIDE).enumerate() {
        let mut sums = [0.0; SIDE];
        sums[..carried.len()].copy_from_slice(carried);
        let x = &panel.values[block * SIDE * ROWS..][..SIDE * ROWS];
        let out = &mut out.values[block * SIDE * ROWS..][..SIDE * ROWS];
        for row in rows.clone().rev() {
            for (at, sum) in sums.iter_mut().enumerate() {
                *sum += factors[row] * x[at * ROWS + row];
                out[at * ROWS + row] = *sum;
            }
        }
        carried.copy_from_slice(&sums[..carried.len()]);
    }
}

/// Multiplies `factors` by the exponentials of `exponents`, and gives the largest |exponent|.
///
/// Exponents below −708 give 0 and above 708 infinity. Relative error below 4e-16.
pub(crate) fn multiply_exp(exponents: &[f64], factors: &mut [f64]) -> f64 {
    Arch::new().dispatch(MultiplyExp { exponents, factors })
}

struct MultiplyExp<'a> {
    exponents: &'a [f64],
    factors: &'a mut [f64],
}

impl WithSimd for MultiplyExp<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        self.factors.iter_mut().zip(self.exponents).for_each(|(own, &x)| *own *= exp(x));
        let mut peaks = [0.0_f64; LANES];
        for some in self.exponents.chunks(LANES) {
            for (peak, x) in peaks.iter_mut().zip(some) {
                // What is not a number is no peak.
                *peak = if x.abs() > *peak { x.abs() } else { *peak };
            }
        }
        peaks.into_iter().fold(0.0, f64::max)
    }
}

/// 1/n! from n = 12 down to 0.
const FACTORIALS: [f64; 14] = [
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
];

/// ln 2 in two parts, the first with 21 zero bits at its end.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// Adding this leaves a whole number in the last bits.
const WHOLE: f64 = 6_755_399_441_055_744.0;

/// exp without branches, so that a loop over it becomes vectors: 2ᵏ·e^r with |r| ≤ ½ ln 2.
#[inline(always)]
fn exp(x: f64) -> f64 {
    let end = if x > 708.0 { f64::INFINITY } else { 0.0 };
    let inside = x.abs() <= 708.0;
    let shifted = x.mul_add(std::f64::consts::LOG2_E, WHOLE);
    let k = shifted - WHOLE;
    let r = k.mul_add(-LN_2_LOW, k.mul_add(-LN_2_HIGH, x));
    let series = FACTORIALS.iter().skip(1).fold(FACTORIALS[0], |sum, term| sum.mul_add(r, *term));
    let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1.0_f64.to_bits()));
    if inside { series * power } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: usize, width: usize) -> Vec<Vec<f64>> {
        let entry = |at: usize| ((at * 2_654_435_761) % 1009) as f64 / 1009.0 - 0.5;
        (0..width).map(|j| (0..rows).map(|i| entry(i * width + j)).collect()).collect()
    }

    #[test]
    fn a_gram_matrix_is_the_sum_of_outer_products() {
        for width in 1..40 {
            let rows = 37;
            let columns = matrix(rows, width);
            let (mut panel, mut gram) = (Panel::new(width), Gram::new(width));
            panel.load(&columns, &vec![0.25; width], (0, rows));
            let mut weights = [0.0; ROWS];
            weights[..rows].iter_mut().enumerate().for_each(|(row, own)| *own = row as f64 - 8.5);
            gram.add(&panel, &weights);
            let mut sums = gram.lower().into_iter();
            for i in 0..width {
                for j in 0..=i {
                    let product = |row: usize| {
                        weights[row] * (columns[i][row] - 0.25) * (columns[j][row] - 0.25)
                    };
                    let wanted: f64 = (0..rows).map(product).sum();
                    assert!((sums.next().unwrap() - wanted).abs() < 1e-12, "{width}: {i}, {j}");
                }
            }
        }
    }

    #[test]
    fn products_of_columns() {
        let columns = matrix(5, 7);
        let (mut out, mut sums) = ([1.0; 3], [0.0; 7]);
        predict(&columns, &[0.5; 7], &[2.0; 7], (1, &mut out));
        let wanted: f64 = (0..7).map(|j| 2.0 * (columns[j][2] - 0.5)).sum();
        assert!((out[1] - 1.0 - wanted).abs() < 1e-14);
        let mut panel = Panel::new(7);
        panel.load(&columns, &[0.0; 7], (1, 2));
        let mut factors = [f64::MAX; ROWS];
        factors[..2].copy_from_slice(&[3.0, -1.0]);
        panel.add_products(&factors, &mut sums);
        assert!((sums[6] - (3.0 * columns[6][1] - columns[6][2])).abs() < 1e-14);
    }

    #[test]
    fn exponentials_agree_with_the_library() {
        for at in -70_700..70_700 {
            let x = f64::from(at) * 0.010_003;
            let mut own = [1.0];
            multiply_exp(&[x], &mut own);
            assert!((own[0] / libm::exp(x) - 1.0).abs() < 4e-16, "{x}");
        }
        let mut far = [1.0, 1.0, 2.0];
        multiply_exp(&[-1e6, 1e6, 0.0], &mut far);
        assert_eq!(far, [0.0, f64::INFINITY, 2.0]);
    }
}
