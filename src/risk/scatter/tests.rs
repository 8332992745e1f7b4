use super::*;
use crate::cohort::{Factor, Weights};
use crate::table::Category;

/// Rows of several blocks, with ties, in any order.
fn cohort(lanes: u32, weights: Weights) -> Cohort {
    let mixed = |row: u32, salt: u32| (row ^ salt).wrapping_mul(0x9e37_79b1) >> 8;
    let rows = 0..300_000_u32;
    let times: Vec<f64> =
        rows.clone().map(|row| f64::from(mixed(row, 1) % 200_000) / 7.0).collect();
    let event = rows.clone().map(|row| mixed(row, 2) % 3 > 0).collect();
    let codes = rows.map(|row| mixed(row, 3) % lanes).collect();
    let levels: Vec<String> = (0..lanes).map(|lane| lane.to_string()).collect();
    let category = Category { codes, levels: levels.into() };
    let groups = Groups::cross(vec![Factor { name: "group".into(), category }]);
    Cohort::builder(times, event).groups(groups).weights(weights).build().unwrap()
}

#[track_caller]
fn check<C: Increment>(cohort: &Cohort, weight: impl Fn(usize) -> C + Sync) {
    let none = Groups::single();
    let lanes = Lanes::groups(cohort, &none);
    let blocks = order::by_order(cohort, cohort.order().unwrap(), lanes, &weight);
    assert!(blocks == by_rank(cohort, lanes, &weight));
}

/// The known order, walked in blocks, fills the same cells as rows sorted by rank.
#[test]
fn blocks_of_an_order_fill_the_cells_of_sorted_rows() {
    for lanes in [1, 3, 200] {
        let cohort = cohort(lanes, Weights::None);
        check(&cohort, |_| 1_u8);
        check(&cohort, |_| 1_u32);
    }
}

/// Rows of weight zero make no cell.
#[test]
fn weighted_rows_too() {
    let weights = (0..300_000).map(|row| f64::from(row % 4) / 4.0).collect();
    let cohort = cohort(3, Weights::Sampling(weights));
    check(&cohort, |row| cohort.weights().values().unwrap()[row]);
}
