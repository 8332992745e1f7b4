//! What R, SAS, SPSS and Stata do by default: sets of conventions with one name each.
//!
//! Packages print different numbers for one curve because they answer small questions differently:
//! the scale of the interval, which time is the median when a step lies on one half, who goes first
//! at equal times. [`Conventions::of`] gives a package's answers; whatever is asked for explicitly
//! then replaces the one answer concerned.
//!
//! ```
//! use riskset::convention::{Conventions, Dialect};
//! use riskset::curve::ConfType;
//! assert_eq!(Conventions::of(Dialect::R).conf_type, Some(ConfType::Log));
//! assert_eq!(Conventions::of(Dialect::Spss).conf_type, None);
//! ```

mod dialect;
mod table;

use serde::Serialize;

use crate::cox::Ties;
use crate::curve::{ConfType, FollowUpRule, KaplanMeier, MeanRule, MedianInterval, MedianRule};

pub use dialect::Dialect;
pub use table::{Answer, answers};

/// The answers in use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conventions {
    /// Whose defaults these are, before explicit options.
    pub dialect: Dialect,
    /// The pointwise interval of the curve; `None` where the package prints none (SPSS).
    pub conf_type: Option<ConfType>,
    /// Which time is the median when a step of the curve lies on one half.
    pub median_rule: MedianRule,
    /// How the interval of the median is found.
    pub median_interval: MedianInterval,
    /// Who goes first at equal times in the reverse curve of follow-up.
    pub follow_up: FollowUpRule,
    /// Where the mean ends and how its variance is scaled.
    pub mean: MeanRule,
    /// Whether the mean is printed unasked.
    pub prints_mean: bool,
    /// What becomes of rows whose time is 0.
    pub time_zero: TimeZero,
    /// How a Cox regression treats events at one time.
    pub cox_ties: Ties,
    /// Whether the robust variance of a Cox regression is multiplied by g/(g − 1), for g clusters.
    pub small_sample: bool,
}

/// What becomes of rows that end at time 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeZero {
    /// They count: S(0) may be below 1.
    #[default]
    Kept,
    /// They are left out (Stata).
    Dropped,
}

impl Conventions {
    /// The defaults of a package.
    pub fn of(dialect: Dialect) -> Self {
        let own = Self::riskset();
        let (follow_up, cox_ties) = (FollowUpRule::Recipe, Ties::Breslow);
        match dialect {
            Dialect::Riskset => own,
            Dialect::R => Self { dialect, conf_type: Some(ConfType::Log), follow_up, ..own },
            Dialect::Sas => {
                let mean = MeanRule::LastEvent;
                Self { dialect, cox_ties, mean, prints_mean: true, follow_up, ..own }
            }
            Dialect::Spss => Self {
                dialect,
                cox_ties,
                conf_type: None,
                median_rule: MedianRule::FirstAtOrBelow,
                median_interval: MedianInterval::Spss,
                prints_mean: true,
                follow_up,
                ..own
            },
            Dialect::Stata => {
                let median_rule = MedianRule::FirstAtOrBelow;
                let time_zero = TimeZero::Dropped;
                let own = Self { cox_ties, small_sample: true, ..own };
                Self { dialect, median_rule, time_zero, follow_up, ..own }
            }
        }
    }

    fn riskset() -> Self {
        Self {
            dialect: Dialect::Riskset,
            conf_type: Some(ConfType::LogLog),
            median_rule: MedianRule::Midpoint,
            median_interval: MedianInterval::BrookmeyerCrowley,
            follow_up: FollowUpRule::EventsFirst,
            mean: MeanRule::LastTime,
            prints_mean: false,
            time_zero: TimeZero::Kept,
            cox_ties: Ties::Efron,
            small_sample: false,
        }
    }

    /// The estimator that follows them.
    pub fn kaplan_meier(&self, conf_level: f64) -> KaplanMeier {
        KaplanMeier::default()
            .conf_level(conf_level)
            .conf_type(self.conf_type.unwrap_or_default())
            .median_rule(self.median_rule)
            .median_interval(self.median_interval)
            .follow_up_rule(self.follow_up)
            .mean_rule(self.mean)
    }
}

impl Default for Conventions {
    fn default() -> Self {
        Self::of(Dialect::default())
    }
}
