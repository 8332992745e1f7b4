use super::*;

/// A fixed sequence in [0, 1), the upper bits of a linear congruence.
fn noise(length: usize) -> Vec<f64> {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..length).map(|_| next()).collect()
}

/// What `sort` promises, the slow way.
fn plain(values: &[f64]) -> Sorted {
    let mut rows: Vec<u32> = (0..values.len() as u32).collect();
    rows.sort_by(|&a, &b| ascending(values[a as usize], values[b as usize]));
    Sorted { values: rows.iter().map(|&row| values[row as usize]).collect(), rows }
}

#[track_caller]
fn check(shape: impl Fn(f64) -> f64) {
    for length in [0, 1, 5, SHORT - 1, SHORT, 100_003] {
        let values: Vec<f64> = noise(length).into_iter().map(&shape).collect();
        assert_eq!(sort(values.clone()), plain(&values));
    }
}

#[test]
fn uniform_and_exponential_values() {
    check(|u| u);
    check(|u| -(1.0 - u).ln());
    check(|u| 1e9 + u * 1e-6);
}

#[test]
fn many_ties() {
    check(|u| (u * 10.0).floor());
    check(|u| (u * 3650.0).floor() / 12.0);
    check(|_| 1.0);
    check(|u| if u < 0.5 { 0.0 } else { -0.0 });
}

#[test]
fn heavy_tails_and_extreme_magnitudes() {
    check(|u| u.powi(-3));
    check(|u| (40.0 * (u - 0.5)).exp());
    check(|u| (1400.0 * (u - 0.5)).exp());
    check(|u| if u < 0.999 { u * 1e-300 } else { 1e300 });
    check(|u| u * f64::from_bits(5000));
}

#[test]
fn sorted_and_reversed_values() {
    let mut values: Vec<f64> = (0..50_000).map(f64::from).collect();
    assert_eq!(sort(values.clone()).rows, (0..50_000).collect::<Vec<u32>>());
    values.reverse();
    assert_eq!(sort(values).rows, (0..50_000).rev().collect::<Vec<u32>>());
}

#[test]
fn any_number_of_threads_gives_the_same_order() {
    let values: Vec<f64> = noise(60_000).iter().map(|u| (u * 5000.0).floor()).collect();
    let want = plain(&values);
    for threads in [1, 2, 3, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| sort(values.clone())), want);
    }
}

fn rows(order: &Order) -> Vec<u32> {
    order.blocks().iter().flat_map(|block| block.rows().iter().copied()).collect()
}

#[test]
fn ranks_of_exact_ties() {
    let ranked = rank(vec![3.0, 1.0, 3.0, 0.0, -0.0], 0.0);
    assert_eq!(rows(&ranked.order), [3, 4, 1, 0, 2]);
    assert_eq!(ranked.order.ranks(), [2, 1, 2, 0, 0]);
    assert_eq!(ranked.distinct, [0.0, 1.0, 3.0]);
    assert_eq!(ranked.merged, 0);
}

#[test]
fn tolerance_is_relative_to_the_first_value_and_does_not_chain() {
    let ranked = rank(vec![100.0, 100.6, 101.0, 101.1, 101.5, 0.0, 1e-9], 0.01);
    assert_eq!(ranked.distinct, [0.0, 1e-9, 100.0, 101.1]);
    assert_eq!(ranked.order.ranks(), [2, 2, 2, 3, 3, 0, 1]);
    assert_eq!(ranked.merged, 3);
}

#[test]
fn ranks_of_a_long_column() {
    let values: Vec<f64> = noise(200_000).iter().map(|u| (u * 999.0).floor() / 7.0).collect();
    let ranked = rank(values.clone(), 1e-9);
    assert!(ranked.distinct.is_sorted() && ranked.distinct.len() == 999 && ranked.merged == 0);
    let found = ranked.order.ranks().into_iter().map(|rank| ranked.distinct[rank as usize]);
    assert!(found.eq(values.iter().copied()));
}

/// Groups as `rank` defines them, one value after the other.
fn plain_ranks(values: &[f64], tolerance: f64) -> Vec<u32> {
    let Sorted { values: sorted, rows } = plain(values);
    let (mut ranks, mut rank, mut first) = (vec![0; rows.len()], 0, sorted[0]);
    for (&value, &row) in sorted.iter().zip(&rows) {
        if value - first > tolerance * first {
            (rank, first) = (rank + 1, value);
        }
        ranks[row as usize] = rank;
    }
    ranks
}

/// Groups shorter and longer than a block, and chains of close values.
#[test]
fn ranks_are_those_of_a_plain_walk() {
    for (levels, tolerance) in [(2.0, 0.0), (40.0, 0.1), (1000.0, 0.01), (1e9, 0.0), (1e5, 1e-5)] {
        let values: Vec<f64> =
            noise(300_000).iter().map(|u| 1.0 + (u * levels).floor() / levels).collect();
        let ranked = rank(values.clone(), tolerance);
        assert_eq!(ranked.order.ranks(), plain_ranks(&values, tolerance));
        assert_eq!(rows(&ranked.order), plain(&values).rows);
        let largest = ranked.order.ranks().iter().max().map_or(0, |&rank| rank as usize + 1);
        assert_eq!(ranked.distinct.len(), largest);
    }
}

#[test]
fn few_ties_are_at_most_255() {
    let tied = |rows: usize| (0..900).map(|at| f64::from(at / rows as u32)).collect();
    assert!(rank(tied(1), 0.0).order.has_few_ties());
    assert!(rank(tied(100), 0.0).order.has_few_ties());
    assert!(!rank(tied(256), 0.0).order.has_few_ties());
    assert!(!rank(tied(900), 0.0).order.has_few_ties());
}
