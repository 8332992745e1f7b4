//! Sorting floats into ranks.

/// Values as ranks.
pub(crate) struct Ranked {
    pub(crate) order: Vec<u32>,
    pub(crate) rank: Vec<u32>,
    pub(crate) distinct: Vec<f64>,
    pub(crate) merged: usize,
}

pub(crate) fn rank(values: Vec<f64>, tolerance: f64) -> Ranked {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
    let (mut rank, mut distinct, mut merged) = (vec![0; values.len()], Vec::new(), 0);
    let mut last = f64::NAN;
    for &row in &order {
        let value = values[row as usize];
        match distinct.last() {
            Some(&first) if value - first <= tolerance * first => {
                merged += usize::from(value != last);
            }
            _ => distinct.push(value),
        }
        last = value;
        rank[row as usize] = distinct.len() as u32 - 1;
    }
    Ranked { order, rank, distinct, merged }
}
