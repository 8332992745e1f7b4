//! Follow-up cut into pieces where a covariate changes.

use super::axis::{TIE_TOLERANCE, Times};
use super::builder::CohortBuilder;
use crate::error::{Error, Result};

/// The pieces that rows' follow-up was cut into.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pieces {
    /// The row of each piece; the pieces of a row follow one another in time.
    pub rows: Vec<u32>,
    /// For each change, whether a piece lies after it.
    pub after: Vec<Vec<bool>>,
    /// Rows without a piece: their follow-up ends at time 0, and nobody is at risk in (0, 0].
    pub at_zero: usize,
}

/// One row on its way.
struct Span {
    row: usize,
    entry: f64,
    exit: f64,
}

impl CohortBuilder {
    /// Cuts every row's (entry, exit] at the times of changes, one a row for each kind of change,
    /// NaN for never.
    ///
    /// A change at or after the exit does not happen; one at or before the entry has happened from
    /// the start. Times within 1e-9 (relative) are equal. The event belongs to the last piece;
    /// weights, groups, strata and clusters to every piece. R: `tmerge` with `tdc()`.
    ///
    /// # Errors
    /// As [`build`](Self::build), and when a change has not one time a row.
    pub fn split(self, changes: &[Times]) -> Result<(Self, Pieces)> {
        self.check()?;
        if changes.iter().any(|times| times.len() != self.exit.len()) {
            return Err(Error::analysis("a change must have one time a row"));
        }
        let exact = self.entry.iter().chain([&self.exit]).chain(changes).all(Times::is_exact);
        let mut pieces = Pieces { after: vec![Vec::new(); changes.len()], ..Pieces::default() };
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for row in 0..self.exit.len() {
            let entry = self.entry.as_ref().map_or(0.0, |entry| entry.get(row));
            let span = Span { row, entry, exit: self.exit.get(row) };
            span.cut(changes, &mut pieces, &mut starts, &mut ends);
        }
        let times = |values| Times::Number { values, exact };
        Ok((self.in_pieces(&pieces.rows).at(times(starts), times(ends)), pieces))
    }

    /// Every row as often as it has pieces.
    fn in_pieces(self, rows: &[u32]) -> Self {
        let last = |at: usize| rows.get(at + 1) != Some(&rows[at]);
        let event = |at: usize| last(at) && self.event[rows[at] as usize];
        let take = |codes: Vec<u32>| rows.iter().map(|&row| codes[row as usize]).collect();
        Self {
            event: (0..rows.len()).map(event).collect(),
            groups: self.groups.select(rows),
            strata: self.strata.select(rows),
            weights: self.weights.select(rows),
            cluster: self.cluster.map(take),
            ..self
        }
    }

    fn at(self, entry: Times, exit: Times) -> Self {
        Self { exit, entry: Some(entry), ..self }
    }
}

impl Span {
    fn cut(
        &self,
        changes: &[Times],
        pieces: &mut Pieces,
        starts: &mut Vec<f64>,
        ends: &mut Vec<f64>,
    ) {
        if self.entry >= self.exit {
            pieces.at_zero += 1;
            return;
        }
        let mut cuts: Vec<f64> = changes.iter().map(|times| times.get(self.row)).collect();
        cuts.retain(|&cut| later(cut, self.entry) && later(self.exit, cut));
        cuts.sort_by(f64::total_cmp);
        cuts.dedup_by(|next, own| !later(*next, *own));
        let begin = starts.len();
        starts.push(self.entry);
        starts.extend(&cuts);
        ends.extend(cuts);
        ends.push(self.exit);
        for &start in &starts[begin..] {
            pieces.rows.push(self.row as u32);
            for (after, times) in pieces.after.iter_mut().zip(changes) {
                let change = times.get(self.row);
                after.push(!change.is_nan() && !later(change, start));
            }
        }
    }
}

/// Whether a time is so much later than another that both are different times.
fn later(time: f64, other: f64) -> bool {
    time - other > 2.0 * TIE_TOLERANCE * other.abs()
}

#[cfg(test)]
mod tests {
    use super::super::{Cohort, Weights};
    use super::*;

    fn never() -> f64 {
        f64::NAN
    }

    fn numbers(values: &[f64]) -> Times {
        Times::Number { values: values.to_vec(), exact: true }
    }

    /// (entry, exit, event) of each piece.
    fn times(cohort: &Cohort) -> Vec<(f64, f64, bool)> {
        let at = |rank: u32| cohort.axis().time(rank);
        let entry = |row: usize| cohort.entry().map_or(f64::NAN, |entry| at(entry[row]));
        let piece = |row: usize| (entry(row), at(cohort.exit()[row]), cohort.event()[row]);
        (0..cohort.n_rows()).map(piece).collect()
    }

    #[test]
    fn follow_up_is_cut_at_each_change() {
        let builder = Cohort::builder(vec![10, 10, 10, 10, 0], vec![true, false, true, true, true])
            .weights(Weights::Sampling(vec![1.0, 2.0, 3.0, 4.0, 5.0]))
            .cluster(vec![0, 1, 2, 3, 4]);
        let first = numbers(&[4.0, never(), 10.0, -1.0, 0.0]);
        let second = numbers(&[7.0, 3.0, never(), 0.0, 0.0]);
        let (builder, pieces) = builder.split(&[first, second]).unwrap();
        let cohort = builder.build().unwrap();
        let expected = [
            (0.0, 4.0, false),
            (4.0, 7.0, false),
            (7.0, 10.0, true),
            (0.0, 3.0, false),
            (3.0, 10.0, false),
            (0.0, 10.0, true),
            (0.0, 10.0, true),
        ];
        assert_eq!(times(&cohort), expected);
        assert_eq!(pieces.rows, [0, 0, 0, 1, 1, 2, 3]);
        assert_eq!(pieces.after[0], [false, true, true, false, false, false, true]);
        assert_eq!(pieces.after[1], [false, false, true, false, true, false, true]);
        assert_eq!(pieces.at_zero, 1);
        assert_eq!(cohort.cluster().unwrap(), pieces.rows);
        assert_eq!(cohort.weights().values().unwrap(), [1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn changes_within_rounding_of_the_ends_do_not_cut() {
        let computed = |values: &[f64]| Times::Number { values: values.to_vec(), exact: false };
        let (low, high) = (3.0 / 30.4375, 90.0 / 30.4375);
        let builder = Cohort::builder(computed(&[high; 3]), vec![true; 3]);
        let builder = builder.entry(computed(&[low; 3]));
        let near = computed(&[low * (1.0 + 1e-10), high * (1.0 - 1e-10), low + 1e-3]);
        let twin = computed(&[never(), never(), (low + 1e-3) * (1.0 + 1e-10)]);
        let (builder, pieces) = builder.split(&[near, twin]).unwrap();
        assert_eq!(pieces.rows, [0, 1, 2, 2]);
        assert_eq!(pieces.after[0], [true, false, false, true]);
        assert_eq!(pieces.after[1], [false, false, false, true]);
        assert_eq!(times(&builder.build().unwrap()).len(), 4);
    }

    #[test]
    fn rows_that_are_no_follow_up_are_refused_before_they_are_cut() {
        let builder = Cohort::builder(vec![5, 3], vec![true, true]).entry(vec![0, 3]);
        let error = builder.split(&[numbers(&[1.0, 1.0])]).unwrap_err().to_string();
        assert!(error.contains("row 2") && error.contains("enters at 3, leaves at 3"), "{error}");
        let builder = Cohort::builder(vec![5, 3], vec![true, true]);
        assert!(builder.split(&[numbers(&[1.0])]).is_err());
    }
}
