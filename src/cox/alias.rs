//! Columns that add nothing to those before them.

use super::likelihood::Derivatives;
use super::newton::Scaled;
use crate::numeric::linalg::SymMatrix;

/// A column of which risk sets leave less than this is constant within all of them.
const CONSTANT: f64 = 1e-12;
/// Shares below this, on the scale of standard errors, are rounding.
const SHARE: f64 = 1e-6;

/// Columns among those that may move that are not aliased.
pub(super) fn estimable(derivatives: &Derivatives, moves: &[bool]) -> Vec<bool> {
    let about = derivatives.information.diagonal().zip(&derivatives.about_centre);
    let varies: Vec<bool> =
        about.zip(moves).map(|((own, &about), moves)| *moves && own > CONSTANT * about).collect();
    let aliased = Scaled::new(&derivatives.information, &varies).factor.aliased();
    aliased.into_iter().map(|aliased| !aliased).collect()
}

/// The kept columns before it of which a column is a combination, within risk sets; none when it is
/// constant within each of them.
pub(super) fn alike(derivatives: &Derivatives, kept: &[bool], column: usize) -> Vec<usize> {
    let information = &derivatives.information;
    let own = information.get(column, column);
    if own <= CONSTANT * derivatives.about_centre[column] {
        return Vec::new();
    }
    let before: Vec<bool> = (0..kept.len()).map(|at| kept[at] && at < column).collect();
    let scaled = Scaled::new(information, &before);
    let with: Vec<f64> = (0..kept.len()).map(|at| information.get(at, column)).collect();
    let shares = scaled.solve(&with);
    let share = |at: &usize| (shares[*at] * scaled.scale[*at]).abs() > SHARE * own.sqrt();
    (0..column).filter(|&at| kept[at]).filter(share).collect()
}

/// For every aliased column the columns of which it is a combination.
pub(super) fn aliases(derivatives: &Derivatives, kept: &[bool]) -> Vec<Vec<usize>> {
    let own = |at: usize| if kept[at] { Vec::new() } else { alike(derivatives, kept, at) };
    (0..kept.len()).map(own).collect()
}

/// The share of each column's variance that the columns before it leave, where it is kept.
pub(super) fn left_over(information: &SymMatrix, kept: &[bool]) -> Vec<f64> {
    Scaled::new(information, kept).factor.pivots().collect()
}
