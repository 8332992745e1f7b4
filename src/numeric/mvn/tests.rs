use super::*;
use crate::numeric::check::close;

/// Numbers that set a matrix, and pairs of a limit and its exceedance.
type Reference = (&'static [f64], &'static [[f64; 2]]);

/// Loadings `l` with correlations `l_i·l_j`, rank three and four. mpmath, 30 digits:
/// 1 − ∫ φ(w) Π P(|l_i·w + √(1−l_i²)·Z| < c) dw.
const ONE_FACTOR: &[Reference] = &[
    (
        &[0.3, -0.5, 0.9],
        &[
            [0.1, 0.9994125308012992],
            [1.0, 0.6578311241477017],
            [2.0, 0.12385865197275718],
            [4.0, 0.00018929098330809898],
            [6.0, 5.919207805107959e-09],
            [8.0, 3.7325755951192265e-15],
        ],
    ),
    (
        &[0.3, -0.5, 0.7, 0.9],
        &[
            [0.1, 0.9999395136085127],
            [1.0, 0.7373952466359742],
            [2.0, 0.1529725599666329],
            [4.0, 0.00024955611961748297],
            [6.0, 7.885591204297517e-09],
            [8.0, 4.97662878067007e-15],
        ],
    ),
    (
        &[0.95, 0.97, 0.99, 0.9],
        &[
            [0.1, 0.9990988979777206],
            [1.0, 0.47875563769871504],
            [2.0, 0.08312654734874213],
            [4.0, 0.00015870995383126111],
            [6.0, 6.088878777392395e-09],
            [8.0, 4.341959170414076e-15],
        ],
    ),
    (
        &[0.6, 0.6, 0.6, 0.6],
        &[
            [0.1, 0.9999455845810954],
            [1.0, 0.7461960030490717],
            [2.0, 0.15532940074134546],
            [4.0, 0.0002518535130669309],
            [6.0, 7.892393560896253e-09],
            [8.0, 4.976768254035621e-15],
        ],
    ),
];

/// Angles whose differences have the correlations as cosines, rank two.
/// mpmath: ∫ exp(−c²/(2 max cos²(t − angle))) dt/π over a half turn.
const IN_A_PLANE: &[Reference] = &[
    (
        &[0.0, 0.4, 0.9, 1.3],
        &[[0.1, 0.9937313626616965], [2.0, 0.09955825606702848], [8.0, 4.6809004072993685e-15]],
    ),
    (
        &[0.0, 0.05, 1.6],
        &[[0.1, 0.9937319494873199], [2.0, 0.09077653391237997], [8.0, 2.6886046675045536e-15]],
    ),
];

fn one_factor(loadings: &[f64]) -> SymMatrix {
    SymMatrix::from_lower(
        loadings.len(),
        |i, j| {
            if i == j { 1.0 } else { loadings[i] * loadings[j] }
        },
    )
}

fn in_a_plane(angles: &[f64]) -> SymMatrix {
    SymMatrix::from_lower(angles.len(), |i, j| (angles[i] - angles[j]).cos())
}

/// Correlations of the given rows.
fn of_rows<const N: usize>(rows: &[[f64; N]]) -> SymMatrix {
    let product =
        |i: usize, j: usize| -> f64 { rows[i].iter().zip(rows[j]).map(|(a, b)| a * b).sum() };
    SymMatrix::from_lower(rows.len(), |i, j| product(i, j) / (product(i, i) * product(j, j)).sqrt())
}

/// Statistics weighted by 1, s, 1 − s and s(1 − s) over s from 1 down to
/// `last`: the first is the sum of the next two.
fn max_combo(last: f64) -> SymMatrix {
    let weights = |s: f64| [1.0, s, 1.0 - s, s * (1.0 - s)];
    let steps: Vec<[f64; 4]> =
        (0..200).map(|i| weights(1.0 - (1.0 - last) * f64::from(i) / 199.0)).collect();
    let columns: Vec<[f64; 200]> = (0..4).map(|k| std::array::from_fn(|i| steps[i][k])).collect();
    of_rows(&columns)
}

#[track_caller]
fn check(matrix: &SymMatrix, reference: &[[f64; 2]], digits: f64) {
    for &[limit, want] in reference {
        close(exceedance(matrix, limit).unwrap(), want, digits);
        close(1.0 - rectangle(matrix, limit).unwrap(), want, 1e-14 / want + digits);
    }
}

#[test]
fn full_rank_against_one_factor_integrals() {
    ONE_FACTOR.iter().for_each(|(loadings, values)| check(&one_factor(loadings), values, 1e-12));
}

#[test]
fn rank_two_against_angles() {
    IN_A_PLANE.iter().for_each(|(angles, values)| check(&in_a_plane(angles), values, 1e-12));
}

#[test]
fn independent_statistics_multiply() {
    for size in 1..=4 {
        let matrix = SymMatrix::from_lower(size, |i, j| f64::from(u8::from(i == j)));
        for limit in [0.1, 1.0, 3.0, 6.0, 9.0] {
            // 1 − (1 − p)ⁿ
            let want = -((-normal_two_sided(limit).p).ln_1p() * size as f64).exp_m1();
            close(exceedance(&matrix, limit).unwrap(), want, 1e-12);
        }
    }
}

#[test]
fn rank_three_against_the_sphere() {
    check(&max_combo(0.3), MAX_COMBO, 2e-8);
    check(&of_rows(&ROWS), ROWS_VALUES, 2e-8);
}

const ROWS: [[f64; 3]; 4] = [[1.0, 0.0, 0.0], [0.8, 0.6, 0.0], [-0.3, 0.3, 0.9], [0.6, 0.5, 0.5]];

// Over directions u on a sphere, the mean of P(χ²₃ ≥ c²/max (row·u)²) on a
// grid of 14000 × 28000, good to 1e-8: another route than the one tested.
const MAX_COMBO: &[[f64; 2]] = &[
    [0.1, 9.965924897538615e-1],
    [1.0, 4.8912982627515406e-1],
    [2.0, 8.438601578117054e-2],
    [4.0, 1.5682467343011773e-4],
    [6.0, 5.926318470085328e-9],
    [8.0, 4.224547763005195e-15],
];

const ROWS_VALUES: &[[f64; 2]] = &[
    [0.1, 9.99125654973894e-1],
    [1.0, 6.271727706807789e-1],
    [2.0, 1.2647901432921158e-1],
    [4.0, 2.2796228258106194e-4],
    [6.0, 7.670480556635911e-9],
    [8.0, 4.946916730305438e-15],
];

#[test]
fn one_statistic_repeated_is_one_statistic() {
    let ones = SymMatrix::from_lower(4, |_, _| 1.0);
    let signs = SymMatrix::from_lower(4, |i, j| if (i + j) % 2 == 0 { 1.0 } else { -1.0 });
    for limit in [0.0, 1.96, 40.0] {
        let want = normal_two_sided(limit).p;
        assert_eq!(exceedance(&ones, limit), Some(want));
        assert_eq!(exceedance(&signs, limit), Some(want));
    }
}

#[test]
fn nothing_jumps_on_the_way_to_a_singular_matrix() {
    let last = |rest: f64| {
        of_rows(&[
            [1.0, 0.0, 0.0, 0.0],
            [0.8, 0.6, 0.0, 0.0],
            [0.5, 0.3, 0.8, 0.0],
            [0.6, 0.5, 0.5, rest],
        ])
    };
    for limit in [0.1, 2.0, 8.0] {
        let singular = exceedance(&last(0.0), limit).unwrap();
        for power in 3..10 {
            let rest = 10_f64.powi(-power);
            close(exceedance(&last(rest), limit).unwrap(), singular, rest);
        }
    }
}

#[test]
fn nothing_jumps_on_the_way_to_a_repeated_statistic() {
    let pairs = |gap: f64| {
        SymMatrix::from_lower(4, |i, j| match (i / 2 == j / 2, i == j) {
            (_, true) => 1.0,
            (true, false) => 1.0 - gap,
            _ => 0.5,
        })
    };
    for limit in [0.1, 2.0, 8.0] {
        let repeated = exceedance(&pairs(0.0), limit).unwrap();
        for power in 4..16 {
            let gap = 10_f64.powi(-power);
            close(exceedance(&pairs(gap), limit).unwrap(), repeated, 8.0 * gap.sqrt());
        }
    }
}

#[test]
fn edges_of_the_domain() {
    let pair = one_factor(&[0.5, 0.5]);
    assert_eq!(exceedance(&pair, 0.0), Some(1.0));
    assert_eq!(exceedance(&pair, -1.0), Some(1.0));
    assert_eq!(exceedance(&pair, f64::INFINITY), Some(0.0));
    assert_eq!(exceedance(&pair, 50.0), Some(0.0));
    assert!(exceedance(&pair, f64::NAN).unwrap().is_nan());
    assert_eq!(exceedance(&SymMatrix::zeros(0), 1.0), Some(0.0));
    assert_eq!(exceedance(&SymMatrix::zeros(2), 1.0), Some(0.0));
    assert_eq!(exceedance(&one_factor(&[0.5; 5]), 1.0), None);
    assert!(exceedance(&SymMatrix::from_lower(2, |_, _| f64::NAN), 1.0).unwrap().is_nan());
}
