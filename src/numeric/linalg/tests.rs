use super::*;
use crate::numeric::check::close;

fn hilbert(size: usize) -> SymMatrix {
    SymMatrix::from_lower(size, |i, j| 1.0 / (i + j + 1) as f64)
}

/// The variance of a multinomial count over cells with these probabilities.
fn multinomial(cells: &[f64]) -> SymMatrix {
    SymMatrix::from_lower(cells.len(), |i, j| {
        f64::from(u8::from(i == j)) * cells[i] - cells[i] * cells[j]
    })
}

#[test]
fn storage_is_symmetric() {
    let mut matrix = SymMatrix::zeros(3);
    *matrix.at_mut(0, 2) += 5.0;
    assert_eq!((matrix.get(2, 0), matrix.get(0, 2), matrix.size()), (5.0, 5.0, 3));
}

#[test]
fn hilbert_matrix_of_four_has_integer_inverse() {
    let inverse = Ldl::new(&hilbert(4)).inverse();
    let want = [16.0, -120.0, 1200.0, 240.0, -2700.0, 6480.0, -140.0, 1680.0, -4200.0, 2800.0];
    inverse.lower.iter().zip(want).for_each(|(&got, want)| close(got, want, 1e-12));
}

#[test]
fn solve_and_determinant() {
    let factor = Ldl::new(&SymMatrix::from_lower(2, |i, j| [4.0, 2.0, 3.0][i + j]));
    assert_eq!(factor.solve(&[8.0, 7.0]), [1.25, 1.5]);
    close(factor.ln_determinant(), 8_f64.ln(), 1e-15);
    assert_eq!(factor.rank(), 2);
}

#[test]
fn log_rank_form_drops_its_dependent_row() {
    // For counts with these cells, the form is Σ x²/p when Σ x = 0.
    let cells = [0.1, 0.2, 0.3, 0.4];
    let x = [1.0, -2.0, 0.5, 0.5];
    let want: f64 = x.iter().zip(cells).map(|(x, p)| x * x / p).sum();
    let (statistic, rank) = quadratic_form(&multinomial(&cells), &x);
    close(statistic, want, 1e-14);
    assert_eq!(rank, 3);
}

#[test]
fn aliased_rows_are_zero_in_solution_and_inverse() {
    // The second row is twice the first.
    let rows = [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 5.0]];
    let factor = Ldl::new(&SymMatrix::from_lower(3, |i, j| rows[i][j]));
    assert_eq!(factor.aliased(), [false, true, false]);
    assert_eq!(factor.solve(&[3.0, 6.0, 7.0]), [2.0, 0.0, 1.0]);
    let inverse = factor.inverse();
    assert_eq!([inverse.get(0, 0), inverse.get(2, 0), inverse.get(2, 2)], [1.25, -0.25, 0.25]);
    assert!((0..3).all(|i| inverse.get(i, 1) == 0.0));
}

#[test]
fn zero_and_empty_and_infinite_matrices() {
    assert_eq!(quadratic_form(&SymMatrix::zeros(2), &[0.0, 0.0]), (0.0, 0));
    assert_eq!(quadratic_form(&SymMatrix::zeros(0), &[]), (0.0, 0));
    let broken = SymMatrix::from_lower(1, |_, _| f64::NAN);
    assert_eq!(Ldl::new(&broken).rank(), 0);
}

#[test]
fn scale_does_not_change_the_rank() {
    for scale in [1e-200, 1e-9, 1.0, 1e9, 1e200] {
        let cells = multinomial(&[0.25, 0.25, 0.5]);
        let scaled = SymMatrix::from_lower(3, |i, j| scale * cells.get(i, j));
        assert_eq!(Ldl::new(&scaled).rank(), 2);
    }
}
