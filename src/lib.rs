//! Survival analysis by risk sets.
//!
//! Three steps lead from data to an answer. [`io`] reads a file into typed columns ([`table`]);
//! [`formula`] binds R's formula language to them and gives a [`cohort::Cohort`], inside which
//! everything is valid; an estimator with its conventions as options is fitted to the cohort.
//!
//! ```
//! use riskset::{cohort::Cohort, curve::KaplanMeier};
//! let cohort = Cohort::builder(vec![6, 6, 6, 7, 10], vec![true, true, false, true, false]).build()?;
//! let fit = KaplanMeier::default().fit(&cohort)?;
//! let curve = &fit.curves()[0];
//! assert_eq!(curve.median(), Some(7.0));
//! assert_eq!(curve.at(6.0).n_risk, 5.0);
//! # Ok::<(), riskset::Error>(())
//! ```
//!
//! - [`curve`]: Kaplan–Meier with intervals, quantiles, restricted means, follow-up, simultaneous
//!   bands, bootstrap.
//! - [`compare`]: the log-rank family, MaxCombo, trend, pairs, permutation.
//! - [`accuracy`]: concordance, Brier score and calibration of scores and predicted curves.
//! - [`describe`]: columns by groups: counts, quartiles, tests, standardised differences, proportions.
//! - [`convention`]: what R, SAS, SPSS and Stata do by default, as sets of options.
//! - [`codebook`]: what a file holds, what may be wrong with it, and a plan to begin with.
//! - [`reproduce`]: contradictions among printed numbers, and which conventions made one.
//! - [`report`]: results as one document in text, JSON, CSV, Markdown, HTML or as a Word document.
//! - [`figure`]: survival curves, forest plots and more as SVG, PDF and PNG ([`report::Plotted`]).
//! - `cli`: the command line, with the feature of that name.
//!
//! Results keep what is not known as `None`: a median that is not reached, a survival probability
//! beyond the last follow-up, a limit where no variance exists. Findings that a reader must know
//! are [`note::Note`]s; what cannot be done is an [`Error`] that names file, row and column.
//!
//! The same input gives the same bits on any number of threads.

pub mod accuracy;
#[cfg(feature = "cli")]
pub mod cli;
pub mod codebook;
pub mod cohort;
pub mod compare;
pub mod convention;
pub mod cox;
pub mod curve;
pub mod describe;
pub mod error;
pub mod figure;
pub mod formula;
pub mod io;
pub mod note;
mod numeric;
pub mod plan;
pub mod published;
pub mod reconstruct;
pub mod report;
pub mod reproduce;
mod risk;
pub mod table;

pub use error::{Error, ErrorKind, Result};

/// The version of this library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
