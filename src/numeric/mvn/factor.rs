//! A correlation matrix as inner products of unit vectors.

use crate::numeric::linalg::SymMatrix;

/// A squared length below this is rounding, not a direction.
pub(super) const NEGLIGIBLE: f64 = 1e-13;

/// Unit vectors with these correlations, in as many dimensions as the rank,
/// without repeats and opposites, which bound nothing new, and without
/// variables of variance zero.
///
/// Cholesky's factor with the largest remaining pivot first: dependent
/// variables are left to the end, where they get no direction of their own.
pub(super) fn unit_rows(correlation: &SymMatrix) -> Vec<Vec<f64>> {
    let mut rest = correlation.clone();
    let mut rows = vec![Vec::new(); rest.size()];
    let negligible = NEGLIGIBLE * rest.max_diagonal();
    while let Some(pivot) = largest(&rest).filter(|&i| rest.get(i, i) > negligible) {
        let column = take_out(&mut rest, pivot);
        rows.iter_mut().zip(column).for_each(|(row, entry)| row.push(entry));
    }
    distinct_directions(rows, negligible)
}

fn largest(matrix: &SymMatrix) -> Option<usize> {
    (0..matrix.size()).max_by(|&i, &j| matrix.get(i, i).total_cmp(&matrix.get(j, j)))
}

/// The column of the factor for this pivot; subtracts its square.
fn take_out(rest: &mut SymMatrix, pivot: usize) -> Vec<f64> {
    let root = rest.get(pivot, pivot).sqrt();
    let column: Vec<f64> = (0..rest.size()).map(|i| rest.get(i, pivot) / root).collect();
    for i in 0..rest.size() {
        for j in 0..=i {
            *rest.at_mut(i, j) -= column[i] * column[j];
        }
    }
    // Exactly zero, so that rounding cannot bring the pivot up again.
    (0..rest.size()).for_each(|i| *rest.at_mut(i, pivot) = 0.0);
    column
}

fn distinct_directions(rows: Vec<Vec<f64>>, negligible: f64) -> Vec<Vec<f64>> {
    let mut kept: Vec<Vec<f64>> = Vec::new();
    for row in rows {
        let square = dot(&row, &row);
        let unit: Vec<f64> = row.iter().map(|entry| entry / square.sqrt()).collect();
        if square > negligible && !kept.iter().any(|other| parallel(other, &unit)) {
            kept.push(unit);
        }
    }
    kept
}

fn parallel(a: &[f64], b: &[f64]) -> bool {
    let distance = |sign: f64| a.iter().zip(b).map(|(a, b)| (a - sign * b).powi(2)).sum::<f64>();
    distance(1.0).min(distance(-1.0)) < NEGLIGIBLE
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
