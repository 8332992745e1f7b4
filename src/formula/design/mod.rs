//! From covariates to the columns of a design matrix, and again for new rows.

mod coding;
mod columns;
mod plan;
mod profile;
mod recipe;
mod typical;

pub(super) use coding::Kind;
pub(crate) use coding::MISSING_LEVEL;
pub use coding::Missing;
pub(super) use plan::Plan;
pub(super) use recipe::Training;
pub use recipe::{Profiles, Recipe};
pub(super) use typical::summarise;
pub use typical::{Typical, TypicalValue};
