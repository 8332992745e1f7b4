//! Kernels on dense matrices stored row by row, with the widest vectors that the machine has.

use pulp::{Arch, Simd, WithSimd};

/// Rows that one call of a kernel handles: a block of 20 columns stays in the first cache.
pub(crate) const BLOCK: usize = 128;

/// Numbers that must follow the last row of a matrix, since kernels read whole vectors.
pub(crate) const PADDING: usize = 32;

/// The weighted sum of squares and products Σ v·x xᵀ, upper triangle, summed over blocks of rows.
#[derive(Debug, Clone)]
pub(crate) struct Gram {
    width: usize,
    stride: usize,
    sums: Vec<f64>,
    weighted: Vec<f64>,
}

impl Gram {
    pub(crate) fn new(width: usize) -> Self {
        let stride = width + PADDING;
        let weighted = vec![0.0; BLOCK * width + PADDING];
        Self { width, stride, sums: vec![0.0; width * stride], weighted }
    }

    /// Adds rows (`weights.len()` of them, at most [`BLOCK`]); `x` holds [`PADDING`] numbers more.
    pub(crate) fn add(&mut self, x: &[f64], weights: &[f64]) {
        if self.width == 0 {
            return;
        }
        Arch::new().dispatch(AddRows { gram: self, x, weights });
    }

    /// Adds another sum.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.sums.iter_mut().zip(&other.sums).for_each(|(own, other)| *own += other);
    }

    /// The sum at row i, column j.
    pub(crate) fn get(&self, i: usize, j: usize) -> f64 {
        self.sums[i.min(j) * self.stride + i.max(j)]
    }
}

struct AddRows<'a> {
    gram: &'a mut Gram,
    x: &'a [f64],
    weights: &'a [f64],
}

impl WithSimd for AddRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Gram { width, stride, sums, weighted } = self.gram;
        let width = *width;
        for ((row, own), weight) in
            self.x.chunks_exact(width).zip(weighted.chunks_exact_mut(width)).zip(self.weights)
        {
            own.iter_mut().zip(row).for_each(|(own, x)| *own = weight * x);
        }
        let rows = Rows { x: self.x, weighted, width, len: self.weights.len() };
        let mut at = 0;
        if S::F64_LANES == 8 {
            while at + 8 <= width {
                strip::<S, 8>(simd, &rows, at, (sums, *stride));
                at += 8;
            }
        }
        while at + 4 <= width {
            strip::<S, 4>(simd, &rows, at, (sums, *stride));
            at += 4;
        }
        while at < width {
            strip::<S, 1>(simd, &rows, at, (sums, *stride));
            at += 1;
        }
    }
}

struct Rows<'a> {
    x: &'a [f64],
    weighted: &'a [f64],
    width: usize,
    len: usize,
}

/// `A` rows of the result from column `at` on.
#[inline(always)]
fn strip<S: Simd, const A: usize>(
    simd: S,
    rows: &Rows<'_>,
    at: usize,
    (sums, stride): (&mut [f64], usize),
) {
    let lanes = S::F64_LANES;
    let mut column = at / lanes * lanes;
    while column < rows.width {
        let tile = (at, column);
        let vectors = (rows.width - column).div_ceil(lanes);
        column += match vectors {
            1 => tile_of::<S, A, 1>(simd, rows, tile, (sums, stride)),
            2 => tile_of::<S, A, 2>(simd, rows, tile, (sums, stride)),
            _ => tile_of::<S, A, 3>(simd, rows, tile, (sums, stride)),
        };
    }
}

/// A rows × B vectors of the result, held in registers; returns the columns done.
#[inline(always)]
fn tile_of<S: Simd, const A: usize, const B: usize>(
    simd: S,
    rows: &Rows<'_>,
    (first, column): (usize, usize),
    (sums, stride): (&mut [f64], usize),
) -> usize {
    let span = B * S::F64_LANES;
    let mut tile = [[simd.splat_f64s(0.0); B]; A];
    for row in 0..rows.len {
        let at = row * rows.width;
        let (x, _) = S::as_simd_f64s(&rows.x[at + column..][..span]);
        let weighted = &rows.weighted[at + first..][..A];
        for a in 0..A {
            let factor = simd.splat_f64s(weighted[a]);
            for b in 0..B {
                tile[a][b] = simd.mul_add_f64s(factor, x[b], tile[a][b]);
            }
        }
    }
    for (a, tile) in tile.iter().enumerate() {
        let own = &mut sums[(first + a) * stride + column..][..span];
        let (own, _) = S::as_mut_simd_f64s(own);
        for b in 0..B {
            own[b] = simd.add_f64s(own[b], tile[b]);
        }
    }
    span
}

/// The products x·b of rows, into `out`; `x` holds [`PADDING`] numbers more than the rows.
pub(crate) fn multiply(x: &[f64], b: &[f64], out: &mut [f64]) {
    if b.is_empty() {
        return out.fill(0.0);
    }
    Arch::new().dispatch(Multiply { x, b, out });
}

struct Multiply<'a> {
    x: &'a [f64],
    b: &'a [f64],
    out: &'a mut [f64],
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width = self.b.len();
        let whole = width / S::F64_LANES * S::F64_LANES;
        let (b, b_rest) = S::as_simd_f64s(self.b);
        for (row, out) in self.x.chunks_exact(width).zip(self.out) {
            let (x, x_rest) = S::as_simd_f64s(&row[..whole]);
            let mut sum = simd.splat_f64s(0.0);
            for (x, b) in x.iter().zip(b) {
                sum = simd.mul_add_f64s(*x, *b, sum);
            }
            let rest: f64 =
                x_rest.iter().chain(&row[whole..]).zip(b_rest).map(|(x, b)| x * b).sum();
            *out = simd.reduce_sum_f64s(sum) + rest;
        }
    }
}

/// Adds Σ a·row over rows to `sums`.
pub(crate) fn add_scaled_rows(sums: &mut [f64], x: &[f64], factors: &[f64]) {
    if sums.is_empty() {
        return;
    }
    Arch::new().dispatch(AddScaled { sums, x, factors });
}

struct AddScaled<'a> {
    sums: &'a mut [f64],
    x: &'a [f64],
    factors: &'a [f64],
}

impl WithSimd for AddScaled<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (row, factor) in self.x.chunks_exact(self.sums.len()).zip(self.factors) {
            self.sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += factor * x);
        }
    }
}

/// Adds a·row to the row of `table` that `at` names, for every row.
pub(crate) fn scatter_rows(
    table: &mut [f64],
    width: usize,
    x: &[f64],
    factors: &[f64],
    at: &[u32],
) {
    if width > 0 {
        Arch::new().dispatch(Scatter { table, width, x, factors, at });
    }
}

struct Scatter<'a> {
    table: &'a mut [f64],
    width: usize,
    x: &'a [f64],
    factors: &'a [f64],
    at: &'a [u32],
}

impl WithSimd for Scatter<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let width = self.width;
        for ((row, factor), &at) in self.x.chunks_exact(width).zip(self.factors).zip(self.at) {
            let own = &mut self.table[at as usize * width..][..width];
            own.iter_mut().zip(row).for_each(|(sum, x)| *sum += factor * x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: usize, width: usize) -> Vec<f64> {
        let entry = |at: usize| ((at * 2_654_435_761) % 1009) as f64 / 1009.0 - 0.5;
        (0..rows * width).map(entry).chain([f64::NAN; PADDING]).collect()
    }

    #[test]
    fn a_gram_matrix_is_the_sum_of_outer_products() {
        for width in 1..40 {
            let (rows, mut gram) = (37, Gram::new(width));
            let x = matrix(rows, width);
            let weights: Vec<f64> = (0..rows).map(|row| row as f64 - 8.5).collect();
            gram.add(&x, &weights);
            for i in 0..width {
                for j in 0..width {
                    let product =
                        |row: usize| weights[row] * x[row * width + i] * x[row * width + j];
                    let sum: f64 = (0..rows).map(product).sum();
                    assert!((gram.get(i, j) - sum).abs() < 1e-12, "{width}: {i}, {j}");
                }
            }
        }
    }

    #[test]
    fn products_of_rows() {
        for width in 1..30 {
            let (x, b) = (matrix(5, width), matrix(1, width));
            let (mut out, mut sums) = ([0.0; 5], vec![0.0; width]);
            multiply(&x, &b[..width], &mut out);
            for row in 0..5 {
                let terms = (0..width).map(|j| x[row * width + j] * b[j]);
                assert!((out[row] - terms.sum::<f64>()).abs() < 1e-14);
            }
            add_scaled_rows(&mut sums, &x, &[1.0, -2.0, 0.5]);
            let wanted = x[0] - 2.0 * x[width] + 0.5 * x[2 * width];
            assert!((sums[0] - wanted).abs() < 1e-15);
        }
    }
}
