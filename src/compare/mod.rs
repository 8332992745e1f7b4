//! Comparing groups: the log-rank family.

mod adjust;
mod log_rank;
mod pairwise;
mod test_weight;

pub use adjust::Adjustment;
pub use log_rank::{GroupCounts, LogRank, LogRankTest, Trend};
pub use pairwise::PairTest;
pub use test_weight::TestWeight;
