//! Survival curves: Kaplan–Meier with intervals, quantiles, landmark rates, restricted means and
//! follow-up.

mod bands;
mod beta_product;
mod bootstrap;
mod confidence;
mod course;
mod follow_up;
mod kaplan_meier;
mod model;
mod pieces;
mod plain;
mod product_limit;
mod quantile;
mod restricted_mean;
mod spss;
mod step;

pub use bands::{Band, BandType};
pub use bootstrap::{Bootstrap, BootstrapInterval, GroupBootstrap};
pub use confidence::ConfType;
pub use follow_up::{FollowUp, FollowUpRule};
pub use kaplan_meier::{CurveRow, KaplanMeier, Landmark, SurvivalCurve, SurvivalCurves};
pub use model::{CurveOptions, ModelCurve, ModelPoint};
pub(crate) use plain::{plain_curves, unweighted_survival};
pub use quantile::{MedianInterval, MedianRule, Quantile};
pub use restricted_mean::{Contrast, Mean, MeanRule, RmstComparison};
pub use step::StepFunction;
