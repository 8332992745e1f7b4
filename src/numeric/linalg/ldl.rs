//! The LDLᵀ factor of a positive semidefinite matrix.

use super::SymMatrix;

/// `A = L D Lᵀ` with unit lower triangular L and diagonal D, rows in the
/// order given. A row whose pivot falls below `TOLERANCE` times the largest
/// diagonal entry depends on the rows before it: it is aliased, its pivot and
/// its column of L are zero.
///
/// The rule and the constant are those of the `cholesky2` routine in R's
/// survival package, `toler.chol = .Machine$double.eps^0.75`.
#[derive(Debug, Clone)]
pub(crate) struct Ldl {
    /// D on the diagonal, L below it.
    factor: SymMatrix,
}

/// 2⁻⁵²ˣ⁰·⁷⁵ = 2⁻³⁹.
const TOLERANCE: f64 = 1.818_989_403_545_856_5e-12;

impl Ldl {
    pub(crate) fn new(matrix: &SymMatrix) -> Ldl {
        let smallest = TOLERANCE * matrix.max_diagonal();
        let mut factor = matrix.clone();
        for column in 0..factor.size() {
            let pivot = factor.get(column, column);
            if pivot.is_finite() && pivot > 0.0 && pivot >= smallest {
                eliminate(&mut factor, column);
            } else {
                alias(&mut factor, column);
            }
        }
        Ldl { factor }
    }

    pub(crate) fn size(&self) -> usize {
        self.factor.size()
    }

    pub(crate) fn rank(&self) -> usize {
        self.factor.diagonal().filter(|&pivot| pivot > 0.0).count()
    }

    /// D: the part of every diagonal entry that the rows before leave, zero where a row is aliased.
    pub(crate) fn pivots(&self) -> impl Iterator<Item = f64> + '_ {
        self.factor.diagonal()
    }

    /// True where a row depends on the rows before it.
    pub(crate) fn aliased(&self) -> Vec<bool> {
        self.factor.diagonal().map(|pivot| pivot == 0.0).collect()
    }

    /// `ln det` of the rows that are not aliased.
    pub(crate) fn ln_determinant(&self) -> f64 {
        self.factor.diagonal().filter(|&pivot| pivot > 0.0).map(f64::ln).sum()
    }

    /// `x` with `A x = b`, zero in the aliased rows.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = self.forward(b);
        for (i, pivot) in self.factor.diagonal().enumerate() {
            x[i] = if pivot > 0.0 { x[i] / pivot } else { 0.0 };
        }
        self.backward(&mut x);
        x
    }

    /// `bᵀ A⁻ b`.
    pub(crate) fn quadratic_form(&self, b: &[f64]) -> f64 {
        let half = self.forward(b);
        let pivots = self.factor.diagonal();
        let kept = half.iter().zip(pivots).filter(|&(_, pivot)| pivot > 0.0);
        // Not sum(): of nothing that is −0.
        kept.fold(0.0, |sum, (y, pivot)| sum + y * y / pivot)
    }

    /// `A⁻¹`; the generalised inverse with zeros in the aliased rows.
    pub(crate) fn inverse(&self) -> SymMatrix {
        let columns: Vec<Vec<f64>> = (0..self.size()).map(|j| self.solve_unit(j)).collect();
        SymMatrix::from_lower(self.size(), |i, j| columns[j][i])
    }

    fn solve_unit(&self, column: usize) -> Vec<f64> {
        let mut unit = vec![0.0; self.size()];
        if self.factor.get(column, column) > 0.0 {
            unit[column] = 1.0;
        }
        self.solve(&unit)
    }

    /// `y` with `L y = b`.
    fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut y = b.to_vec();
        for i in 0..self.size() {
            y[i] -= (0..i).map(|j| self.factor.get(i, j) * y[j]).sum::<f64>();
        }
        y
    }

    /// Turns `y` into `x` with `Lᵀ x = y`; aliased rows hold zero and stay so.
    fn backward(&self, x: &mut [f64]) {
        for i in (0..self.size()).rev() {
            x[i] -= (i + 1..self.size()).map(|j| self.factor.get(j, i) * x[j]).sum::<f64>();
        }
    }
}

/// Divides the column by its pivot and takes it out of what is below.
fn eliminate(factor: &mut SymMatrix, column: usize) {
    let pivot = factor.get(column, column);
    for i in column + 1..factor.size() {
        let ratio = factor.get(i, column) / pivot;
        // Columns up to i still hold undivided entries from `i` on.
        for k in i..factor.size() {
            *factor.at_mut(k, i) -= ratio * factor.get(k, column);
        }
        *factor.at_mut(i, column) = ratio;
    }
}

fn alias(factor: &mut SymMatrix, column: usize) {
    for i in column..factor.size() {
        *factor.at_mut(i, column) = 0.0;
    }
}
