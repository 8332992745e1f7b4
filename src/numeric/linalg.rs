//! Small dense matrices: symmetric storage and its LDLᵀ factor.

mod ldl;

pub(crate) use ldl::Ldl;

/// A symmetric matrix, lower triangle stored row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SymMatrix {
    size: usize,
    lower: Vec<f64>,
}

impl SymMatrix {
    pub(crate) fn zeros(size: usize) -> SymMatrix {
        SymMatrix { size, lower: vec![0.0; size * (size + 1) / 2] }
    }

    /// The matrix whose entry in row `i ≥ j`, column `j`, is `entry(i, j)`.
    pub(crate) fn from_lower(size: usize, entry: impl Fn(usize, usize) -> f64) -> SymMatrix {
        let pairs = (0..size).flat_map(|i| (0..=i).map(move |j| (i, j)));
        SymMatrix { size, lower: pairs.map(|(i, j)| entry(i, j)).collect() }
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn get(&self, i: usize, j: usize) -> f64 {
        self.lower[position(i, j)]
    }

    /// The entry at (i, j), which is also the entry at (j, i).
    pub(crate) fn at_mut(&mut self, i: usize, j: usize) -> &mut f64 {
        &mut self.lower[position(i, j)]
    }

    pub(crate) fn diagonal(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.size).map(|i| self.get(i, i))
    }

    /// The product with a vector.
    pub(crate) fn times(&self, x: &[f64]) -> Vec<f64> {
        (0..self.size).map(|i| (0..self.size).map(|j| self.get(i, j) * x[j]).sum()).collect()
    }

    /// `xᵀ A x`.
    pub(crate) fn form(&self, x: &[f64]) -> f64 {
        self.times(x).iter().zip(x).map(|(a, x)| a * x).sum()
    }

    /// `A B A`.
    pub(crate) fn sandwich(&self, inner: &SymMatrix) -> SymMatrix {
        let column = |j: usize| (0..self.size).map(|i| self.get(i, j)).collect::<Vec<f64>>();
        let columns: Vec<Vec<f64>> = (0..self.size).map(column).collect();
        let right: Vec<Vec<f64>> = columns.iter().map(|own| inner.times(own)).collect();
        let product =
            |i: usize, j: usize| columns[i].iter().zip(&right[j]).map(|(a, b)| a * b).sum();
        SymMatrix::from_lower(self.size, product)
    }

    pub(crate) fn has_nan(&self) -> bool {
        self.lower.iter().any(|entry| entry.is_nan())
    }

    pub(crate) fn max_diagonal(&self) -> f64 {
        self.diagonal().fold(0.0, f64::max)
    }
}

fn position(i: usize, j: usize) -> usize {
    let (row, column) = (i.max(j), i.min(j));
    row * (row + 1) / 2 + column
}

/// `xᵀ V⁻ x` and the rank of V, for positive semidefinite V and x in its range.
///
/// Rows that depend on those before them drop out, so the log-rank matrix of
/// k groups (rank k − 1) gives the statistic without its last group.
pub(crate) fn quadratic_form(v: &SymMatrix, x: &[f64]) -> (f64, usize) {
    let factor = Ldl::new(v);
    (factor.quadratic_form(x), factor.rank())
}

#[cfg(test)]
mod tests;
