//! Columns described by groups: counts, quartiles, means, tests, differences, proportions.
//!
//! [`Describe`] takes a column and the [`Levels`] of another. What cannot be tested says why.
//!
//! - levels: [`Contingency`] with Pearson's χ² and Fisher's exact test;
//! - numbers: [`NumberSummary`], [`wilcoxon`], [`kruskal_wallis`], [`welch`], [`anova`];
//! - [`number_difference`], [`level_difference`]: standardised mean differences;
//! - [`Proportion`]: Clopper–Pearson, Wilson, Newcombe;
//! - [`Responses`]: best overall response.

mod contingency;
mod difference;
mod fisher;
mod levels;
mod means;
mod numbers;
mod proportion;
mod ranks;
mod response;
mod test;
mod variable;

pub use contingency::Contingency;
pub use difference::{level_difference, number_difference};
pub use levels::{Levels, Unlevelled};
pub use means::{anova, welch};
pub use numbers::{NumberSummary, QuantileRule};
pub use proportion::{Proportion, ProportionDifference};
pub use ranks::{kruskal_wallis, wilcoxon};
pub use response::{Denominator, Rate, ResponseClass, ResponseCounts, Responses, Vocabulary};
pub use test::{Test, TestKind, Untested};
pub use variable::{Describe, Described, Kind, Summary, TestChoice};
