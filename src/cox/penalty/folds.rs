//! Parts of a cohort that take turns at being left out.

use rand::seq::SliceRandom;

use crate::cohort::Cohort;
use crate::error::{Error, Result};
use crate::numeric::stream::stream;

/// Fewer folds are no cross-validation.
pub(super) const FEWEST: usize = 3;

/// Random folds 1 … k of a cohort's rows, for [`CoxPath::cross_validate`](super::CoxPath).
///
/// Subjects are rows, or clusters where there are any, and stay together. Those with an event and
/// those without are each dealt out in random order, so that folds differ by at most one in either.
/// A seed gives the same folds whatever the number of threads, but for another order of the rows
/// others.
///
/// # Errors
/// Fewer than 3 folds, or more than there are subjects with an event.
pub fn folds(cohort: &Cohort, k: usize, seed: u64) -> Result<Vec<u32>> {
    match cohort.cluster() {
        Some(codes) => folds_by(cohort, codes, k, seed),
        None => {
            let rows: Vec<u32> = (0..cohort.n_rows() as u32).collect();
            folds_by(cohort, &rows, k, seed)
        }
    }
}

/// As [`folds`], with a code a row for the subject that it belongs to: pieces into which follow-up
/// was cut stay together.
///
/// # Errors
/// As [`folds`], and codes of another length than the cohort.
pub fn folds_by(cohort: &Cohort, codes: &[u32], k: usize, seed: u64) -> Result<Vec<u32>> {
    if k < FEWEST {
        return Err(Error::option(format!("{k} folds: cross-validation needs at least 3")));
    }
    check_length(cohort, "subjects", codes)?;
    let levels = distinct(codes);
    let (subjects, n) = (places(codes, &levels), levels.len());
    let mut fails = vec![false; n];
    let rows = subjects.iter().zip(cohort.event()).enumerate();
    rows.filter(|(row, (_, event))| **event && cohort.weights().of(*row) > 0.0)
        .for_each(|(_, (&subject, _))| fails[subject as usize] = true);
    let (mut with, mut without): (Vec<u32>, Vec<u32>) =
        (0..n as u32).partition(|&subject| fails[subject as usize]);
    if k > with.len() {
        let found = with.len();
        return Err(Error::analysis(format!(
            "{k} folds for {found} subjects with an event: every fold needs one; use fewer folds"
        )));
    }
    let mut random = stream(seed, 0);
    with.shuffle(&mut random);
    without.shuffle(&mut random);
    let mut dealt = vec![0; n];
    for (place, &subject) in with.iter().chain(&without).enumerate() {
        dealt[subject as usize] = (place % k) as u32 + 1;
    }
    Ok(subjects.iter().map(|&subject| dealt[subject as usize]).collect())
}

/// Refuses codes that are not one a row.
pub(super) fn check_length(cohort: &Cohort, of: &str, codes: &[u32]) -> Result<()> {
    let (rows, found) = (cohort.n_rows(), codes.len());
    if found == rows {
        return Ok(());
    }
    Err(Error::analysis(format!("{found} codes of {of} for {rows} rows")))
}

/// The codes that occur, ascending.
pub(super) fn distinct(codes: &[u32]) -> Vec<u32> {
    let mut levels = codes.to_vec();
    levels.sort_unstable();
    levels.dedup();
    levels
}

fn places(codes: &[u32], levels: &[u32]) -> Vec<u32> {
    codes.iter().map(|code| levels.partition_point(|level| level < code) as u32).collect()
}
