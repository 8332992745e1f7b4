//! Rules by which a column is looked at.

mod alike;
mod ids;
mod missing;
mod values;

use super::finding::Finding;
use super::profile::Profile;
use super::role::LikelyRole;

pub(super) use ids::from_hashes;

/// A column to be looked at.
pub(super) struct Subject<'a> {
    pub(super) own: &'a Profile,
    pub(super) role: Option<&'a LikelyRole>,
    /// Rows of the file.
    pub(super) rows: u64,
    /// Today, as days since 1970-01-01.
    pub(super) today: Option<i32>,
}

/// What is found in a column.
pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    [values::look(subject), missing::look(subject), alike::look(subject), ids::look(subject)]
        .concat()
}
