//! Discrimination and calibration: golden values from R, cases by hand, laws.

mod by_hand;
mod golden;
mod laws;
mod plain_count;

use riskset::cohort::{Factor, Groups};
use riskset::table::Category;

/// Codes as groups.
fn factor(name: &str, codes: Vec<u32>) -> Groups {
    let top = codes.iter().max().map_or(0, |&code| code + 1);
    let levels: Vec<String> = (0..top).map(|level| level.to_string()).collect();
    let category = Category { codes, levels: levels.into() };
    Groups::cross(vec![Factor { name: name.into(), category }])
}
