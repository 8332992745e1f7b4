//! Follow-up in several rows: where one ends and the next begins, nobody is censored.

use crate::cohort::Cohort;
use crate::risk::Lane;

/// How many are censored at each time of each group, where rows are pieces of somebody's follow-up:
/// rows of one cluster that do not overlap. A row that another one of its cluster continues in the
/// same group ends in no censoring. None where all rows end by themselves.
///
/// R: the `n.censor` of `survfit(Surv(start, stop, event) ~ group, id = id)`.
pub(super) fn censored(cohort: &Cohort, lanes: &[Lane]) -> Option<Vec<Vec<f64>>> {
    let goes_on = continued(cohort)?;
    let mut censored: Vec<Vec<f64>> = lanes.iter().map(|lane| vec![0.0; lane.len()]).collect();
    let weights = cohort.weights().values();
    for row in (0..cohort.n_rows()).filter(|&row| !goes_on[row] && !cohort.event()[row]) {
        let group = cohort.groups().code(row) as usize;
        if let Ok(at) = lanes[group].time.binary_search(&cohort.exit()[row]) {
            censored[group][at] += weights.map_or(1.0, |own| own[row]);
        }
    }
    Some(censored)
}

/// Whether each row is continued by another; none where rows of a cluster overlap, which then is no
/// subject, or where no row is.
fn continued(cohort: &Cohort) -> Option<Vec<bool>> {
    let (cluster, entry, exit) = (cohort.cluster()?, cohort.entry()?, cohort.exit());
    let mut rows: Vec<usize> = (0..cohort.n_rows()).collect();
    rows.sort_unstable_by_key(|&row| (cluster[row], exit[row], row));
    let mut goes_on = vec![false; rows.len()];
    let groups = cohort.groups();
    for pair in rows.windows(2).filter(|pair| cluster[pair[0]] == cluster[pair[1]]) {
        let [row, next] = [pair[0], pair[1]];
        if entry[next] < exit[row] {
            return None;
        }
        let meets = entry[next] == exit[row] && groups.code(row) == groups.code(next);
        goes_on[row] = meets && !cohort.event()[row];
    }
    goes_on.contains(&true).then_some(goes_on)
}

#[cfg(test)]
mod tests {
    use crate::cohort::{Cohort, CohortBuilder, Factor, Groups};
    use crate::curve::KaplanMeier;

    /// Rows (start, stop, event) of clusters.
    fn cohort(rows: &[(i32, i32, bool)], clusters: Vec<u32>) -> CohortBuilder {
        let stop: Vec<i32> = rows.iter().map(|own| own.1).collect();
        let start: Vec<i32> = rows.iter().map(|own| own.0).collect();
        let event = rows.iter().map(|own| own.2).collect();
        Cohort::builder(stop, event).entry(start).cluster(clusters)
    }

    fn censored(cohort: CohortBuilder) -> Vec<Vec<f64>> {
        let fit = KaplanMeier::default().fit(&cohort.build().unwrap()).unwrap();
        let of = |own: &crate::curve::SurvivalCurve| own.rows().map(|row| row.n_censor).collect();
        let all: Vec<Vec<f64>> = fit.curves().iter().map(of).collect();
        let sums = fit.curves().iter().map(|own| own.censored());
        assert!(sums.eq(all.iter().map(|own| own.iter().sum::<f64>())));
        all
    }

    #[test]
    fn a_piece_that_goes_on_ends_in_no_censoring() {
        let rows = [(0, 5, false), (5, 8, true), (0, 3, false), (3, 9, false), (0, 6, false)];
        assert_eq!(censored(cohort(&rows, vec![0, 0, 1, 1, 2])), [[0.0, 0.0, 1.0, 0.0, 1.0]]);
        // A gap is an end; so is an overlap, as of patients of a centre.
        assert_eq!(censored(cohort(&[(0, 5, false), (6, 8, true)], vec![0, 0])), [[1.0, 0.0]]);
        let rows = [(0, 5, false), (5, 8, true), (2, 7, true)];
        assert_eq!(censored(cohort(&rows, vec![0, 0, 0])), [[1.0, 0.0, 0.0]]);
    }

    /// As R has it, who goes on in another curve is censored in this one.
    #[test]
    fn who_changes_groups_leaves_the_first() {
        let category = crate::table::Category {
            codes: vec![0, 1],
            levels: std::sync::Arc::new(vec!["a".to_owned(), "b".to_owned()]),
        };
        let groups = Groups::cross(vec![Factor { name: "state".to_owned(), category }]);
        let own = cohort(&[(0, 5, false), (5, 8, true)], vec![0, 0]).groups(groups);
        assert_eq!(censored(own), [[1.0], [0.0]]);
    }
}
