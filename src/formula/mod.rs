//! R's formula language for survival: parse, then bind to columns.
//!
//! A text becomes a [`Formula`] (or, for a condition, an [`Expr`]); a [`Binder`] evaluates it over
//! a [`Table`](crate::table::Table) and makes the [`Cohort`](crate::cohort::Cohort). Every error
//! points at the characters or the rows concerned.
//!
//! ```
//! use riskset::formula::{Binder, Formula};
//! use riskset::table::{Column, Table};
//!
//! let mut table = Table::new(4);
//! table.push("time", Column::Integer(vec![5, 8, 8, 12]));
//! table.push("status", Column::Integer(vec![2, 1, 2, 1]));
//! table.push("age", Column::Integer(vec![61, 47, 70, 59]));
//! let formula = Formula::parse("Surv(time, status == 2) ~ age >= 60")?;
//! let bound = Binder::new(&formula).bind(&table)?;
//! assert_eq!(bound.cohort.n_events(), 2);
//! assert_eq!(bound.cohort.groups().label(1), "age >= 60=true");
//! # Ok::<(), riskset::Error>(())
//! ```
//!
//! # Differences from R
//! - A missing value stays missing under `%in%` (R makes it false, which would censor the row).
//! - Levels of a truth value are written `false` and `true`.
//! - `factor(x, ref = "b")` puts a level first; `months(from, to)` and `years(from, to)` are days
//!   divided by 30.4375 and 365.25.

mod bind;
mod design;
mod eval;
mod expand;
mod expr;
mod filter;
mod model;
mod rows;
mod suggest;
mod syntax;
#[cfg(test)]
mod tests;

pub use bind::{Binder, Bound, BoundModel, MadeOf, ModelPart, Part, WeightKind};
pub(crate) use design::MISSING_LEVEL;
pub use design::{Missing, Profiles, Recipe, Typical, TypicalValue};
pub use expr::Expr;
pub use model::{Formula, Outcome, Role, Term};
pub(crate) use rows::cell;
pub(crate) use suggest::closest;
pub(crate) use syntax::{date as day_of, date_text, quote_name};
