//! Comparing groups: the log-rank family.

mod adjust;
mod arrangements;
mod log_rank;
mod max_combo;
mod pairwise;
mod permutation;
mod test_weight;

pub use adjust::Adjustment;
pub use log_rank::{GroupCounts, LogRank, LogRankTest, Trend};
pub use max_combo::{Component, MaxCombo, MaxComboTest};
pub use pairwise::PairTest;
pub use permutation::{Permutation, PermutationTest};
pub use test_weight::TestWeight;
