//! Subjects that come more than once.

use super::Subject;
use crate::codebook::finding::{Finding, counted};
use crate::codebook::profile::{Level, Profile};
use crate::codebook::role::Role;

/// With more than one value in so many repeated, rows are not subjects.
const FEW: u64 = 10;
const SHOWN: usize = 3;

pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    let is_id = subject.role.is_some_and(|own| own.role == Role::Id);
    if !is_id || !subject.own.exact {
        return Vec::new();
    }
    let own = subject.own;
    let repeated: Vec<&Level> = own.levels.iter().filter(|level| level.count() > 1).collect();
    if repeated.is_empty() {
        return Vec::new();
    }
    let rows: u64 = repeated.iter().map(|level| level.count()).sum();
    if repeated.len() as u64 * FEW > own.distinct {
        return vec![several_rows(own, own.distinct)];
    }
    let shown = repeated.iter().take(SHOWN).map(|level| level.text.as_str());
    let more = match repeated.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "{}: {}{more}",
        more_than_once(repeated.len() as u64),
        shown.collect::<Vec<_>>().join(", ")
    );
    let first = repeated.iter().flat_map(|level| level.seen.rows);
    vec![Finding::new("duplicate_ids", &own.name, message).rows(rows, first)]
}

fn more_than_once(values: u64) -> String {
    let come = if values == 1 { "comes" } else { "come" };
    format!("{} {come} more than once", counted(values, "value"))
}

fn several_rows(own: &Profile, subjects: u64) -> Finding {
    let message = format!(
        "{} rows of {subjects} subjects: rows of one subject are not independent; keep one each, or \
         name them by cluster({})",
        own.n, own.name
    );
    Finding::new("several_rows_a_subject", &own.name, message).rows(own.n, []).question()
}

/// The same for a column of more values than are kept, from the hashes of all.
pub(in crate::codebook) fn from_hashes(own: &Profile, mut hashes: Vec<u64>) -> Option<Finding> {
    hashes.sort_unstable();
    let (mut distinct, mut repeated, mut rows) = (0, 0, 0);
    for stretch in hashes.chunk_by(|a, b| a == b) {
        distinct += 1;
        if stretch.len() > 1 {
            repeated += 1;
            rows += stretch.len() as u64;
        }
    }
    if repeated == 0 {
        return None;
    }
    if repeated * FEW > distinct {
        return Some(several_rows(own, distinct));
    }
    let message = more_than_once(repeated);
    let known = own.levels.iter().filter(|level| level.count() > 1);
    let first = known.flat_map(|level| level.seen.rows);
    Some(Finding::new("duplicate_ids", &own.name, message).rows(rows, first))
}
