//! The words of `riskset reconstruct`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use crate::cli::args::OutputArgs;
use crate::cli::choice;
use crate::cli::plot::PlotArgs;
use crate::convention::Dialect;
use crate::curve::ConfType;

/// One arm by options, or arms in a file.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReconstructArgs {
    /// A TOML file with [[arm]] tables (keys as the options below) and, for two arms, hr, hr_ci, p
    #[arg(value_name = "FILE.toml", conflicts_with_all = ARM)]
    pub(super) file: Option<String>,
    #[command(flatten)]
    pub(super) arm: ArmArgs,
    /// The reconstructed individuals as a table: id, time, status, origin
    #[arg(long, value_name = "FILE.pseudo.csv", help_heading = "Output")]
    pub(super) ipd: Option<PathBuf>,
    /// Data sets to make, each agreeing with what was given; what is computed from them then has
    /// the range between them
    #[arg(long, value_name = "N", default_value = "1", value_parser = choice::draws)]
    pub(super) draws: u64,
    /// Seed of the data sets after the first
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Survival at these times
    #[arg(long, value_name = "TIMES", value_delimiter = ',', value_parser = choice::time)]
    pub(super) at: Vec<f64>,
    /// Restricted mean survival time up to TAU
    #[arg(long, value_name = "TAU", value_parser = choice::time)]
    pub(super) rmst: Option<f64>,
    /// Number of threads [default: all]; the digits do not depend on it
    #[arg(long, value_name = "N", value_parser = choice::threads)]
    pub(super) threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(super) plot: PlotArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

/// What options say about an arm and a file says in its tables.
const ARM: [&str; 16] = [
    "points",
    "at_risk",
    "marks",
    "n",
    "events",
    "median",
    "median_ci",
    "rates",
    "max_time",
    "min_follow_up",
    "median_follow_up",
    "unit",
    "grid",
    "conf_type",
    "dialect",
    "label",
];

/// What is known about one arm.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct ArmArgs {
    /// Points of the curve: a table with columns time and survival, in any order, as fraction or
    /// per cent, survival or cumulative failure
    #[arg(long, value_name = "FILE", help_heading = "The curve")]
    pub(super) points: Option<String>,
    /// Numbers at risk: columns time, n_risk and perhaps n_censored_cum
    #[arg(long, value_name = "FILE", help_heading = "The curve", requires = "points")]
    pub(super) at_risk: Option<String>,
    /// Positions of censor ticks: a column time
    #[arg(long, value_name = "FILE", help_heading = "The curve", requires = "points")]
    pub(super) marks: Option<String>,
    /// Patients [default: the number at risk at time 0]
    #[arg(long, value_name = "N", help_heading = "Printed numbers")]
    pub(super) n: Option<u32>,
    /// Events in all
    #[arg(long, value_name = "N", help_heading = "Printed numbers")]
    pub(super) events: Option<u32>,
    /// The median as printed, NR where it was not reached
    #[arg(long, value_name = "TEXT", help_heading = "Printed numbers")]
    pub(super) median: Option<String>,
    /// Its limits as printed
    #[arg(long, value_name = "L,U", help_heading = "Printed numbers")]
    pub(super) median_ci: Option<String>,
    /// Survival at a time as printed, 36=0.32 or "36=32% (25-39)"; as often as needed
    #[arg(long = "rate", value_name = "T=RATE", help_heading = "Printed numbers")]
    pub(super) rates: Vec<String>,
    /// The longest follow-up [default: the end of the curve]
    #[arg(long, value_name = "T", value_parser = choice::time, help_heading = "Printed numbers")]
    pub(super) max_time: Option<f64>,
    /// The shortest follow-up: nobody is censored before
    #[arg(long, value_name = "T", value_parser = choice::time, help_heading = "Printed numbers")]
    pub(super) min_follow_up: Option<f64>,
    /// The median follow-up as printed (reverse Kaplan–Meier)
    #[arg(long, value_name = "TEXT", help_heading = "Printed numbers")]
    pub(super) median_follow_up: Option<String>,
    /// The unit of time: days, weeks, months or years
    #[arg(long, value_name = "UNIT", help_heading = "Printed numbers")]
    pub(super) unit: Option<String>,
    /// Times are whole days
    #[arg(long, value_name = "days", requires = "unit", help_heading = "Printed numbers")]
    pub(super) grid: Option<String>,
    /// The interval of the median that was printed [default: log-log, or the dialect's]
    #[arg(long, value_name = "TYPE", value_parser = choice::conf_type())]
    #[arg(help_heading = "Printed numbers")]
    pub(super) conf_type: Option<ConfType>,
    /// By whose conventions the numbers were printed [default: riskset]
    #[arg(long = "as", value_name = "PACKAGE", value_parser = choice::dialect())]
    #[arg(help_heading = "Printed numbers")]
    pub(super) dialect: Option<Dialect>,
    /// What the arm is called
    #[arg(long, value_name = "TEXT", help_heading = "Printed numbers")]
    pub(super) label: Option<String>,
}
