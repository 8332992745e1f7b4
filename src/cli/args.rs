//! The words of the command line.

use std::ffi::OsStr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, Parser, Subcommand};

use super::choice;
use super::plot::{ForestArgs, PlotArgs, VersusArgs};
use super::reconstruct::ReconstructArgs;
use crate::compare::Adjustment;
use crate::convention::Dialect;
use crate::cox::{PhTransform, Ties};
use crate::curve::{BandType, ConfType, MedianRule};
use crate::error::{Error, Result};
use crate::formula::WeightKind;
use crate::io::{Encoding, PartialDate};
use crate::published::PrintedEstimate;
use crate::report::{Center, Format, ResidualType, Spread, Tested, Weighting};
use crate::reproduce::identify::Statistic;

/// Survival analysis by risk sets
///
/// Kaplan–Meier curves, medians, the log-rank family and Cox regression from a registry file and
/// R's formula: the same digits as R, SAS, SPSS or Stata print, with every convention named.
#[derive(Debug, Parser)]
#[command(name = "riskset", version, arg_required_else_help = true)]
#[command(after_long_help = include_str!("help/riskset.txt"))]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Kaplan–Meier curves: medians, landmark rates, restricted means, follow-up
    #[command(after_long_help = include_str!("help/km.txt"))]
    Km(Box<KmArgs>),
    /// Compare groups: the log-rank family
    #[command(name = "logrank", after_long_help = include_str!("help/logrank.txt"))]
    LogRank(Box<LogRankArgs>),
    /// Cox proportional hazards: hazard ratios, tests of terms and of proportional hazards
    #[command(after_long_help = include_str!("help/cox.txt"))]
    Cox(Box<CoxArgs>),
    /// Endpoints from dates: time, status, type and the date that decided, one row a subject
    #[command(after_long_help = include_str!("help/derive.txt"))]
    Derive(DeriveArgs),
    /// Variables by groups: counts, medians, tests
    #[command(after_long_help = include_str!("help/table1.txt"))]
    Table1(Box<Table1Args>),
    /// Best overall response: counts, response and disease control rates
    #[command(after_long_help = include_str!("help/response.txt"))]
    Response(Box<ResponseArgs>),
    /// What a file holds, what may be wrong with it, and a plan to begin with
    #[command(after_long_help = include_str!("help/inspect.txt"))]
    Inspect(Box<InspectArgs>),
    /// Every figure that a study printed, recomputed and compared
    #[command(after_long_help = include_str!("help/reproduce.txt"))]
    Reproduce(ReproduceArgs),
    /// Contradictions in printed numbers, with no data
    #[command(after_long_help = include_str!("help/check.txt"))]
    Check(CheckArgs),
    /// Which conventions make a printed number from these data
    #[command(after_long_help = include_str!("help/identify.txt"))]
    Identify(Box<IdentifyArgs>),
    /// A whole analysis as one page: tables, methods in words, where everything comes from
    #[command(after_long_help = include_str!("help/report.txt"))]
    Report(ReportArgs),
    /// Write a first plan for a file, with analyses
    #[command(after_long_help = include_str!("help/init.txt"))]
    Init(Box<InitArgs>),
    /// Compute a page of `report` again, and compare
    #[command(after_long_help = include_str!("help/verify.txt"))]
    Verify(VerifyArgs),
    /// Individuals from a digitised curve, or from printed numbers alone
    #[command(after_long_help = include_str!("help/reconstruct.txt"))]
    Reconstruct(Box<ReconstructArgs>),
    /// What R, SAS, SPSS, Stata and riskset do by default, side by side
    #[command(after_long_help = include_str!("help/conventions.txt"))]
    Conventions(OutputArgs),
}

#[derive(Debug, Args)]
pub(super) struct KmArgs {
    /// Scale on which the interval for S(t) is symmetric [default: log-log, or the dialect's]
    #[arg(long, value_name = "TYPE", value_parser = choice::conf_type())]
    pub(super) conf_type: Option<ConfType>,
    /// Survival at these times
    #[arg(long, value_name = "TIMES", value_delimiter = ',', value_parser = choice::time)]
    #[arg(allow_negative_numbers = true)]
    pub(super) at: Vec<f64>,
    /// Times by which these fractions have failed
    #[arg(long, value_name = "FRACTIONS", value_delimiter = ',', value_parser = choice::fraction)]
    #[arg(allow_negative_numbers = true)]
    pub(super) quantiles: Vec<f64>,
    /// Restricted mean survival time up to TAU; differences and ratios against the first group
    #[arg(long, value_name = "TAU", value_parser = choice::number, allow_negative_numbers = true)]
    pub(super) rmst: Option<f64>,
    /// Mean survival time as packages print it (always with --as sas and --as spss)
    #[arg(long)]
    pub(super) mean: bool,
    /// Median follow-up by the reverse Kaplan–Meier estimate
    #[arg(long)]
    pub(super) follow_up: bool,
    /// All steps of the curves
    #[arg(long)]
    pub(super) curve: bool,
    /// The median when S(t) = 0.5 on a step: its middle, its start, or its end
    #[arg(long, value_name = "RULE", value_parser = choice::median_rule())]
    pub(super) median_rule: Option<MedianRule>,
    /// The curves with a simultaneous band
    #[arg(long, value_name = "TYPE", value_parser = choice::band())]
    pub(super) band: Option<BandType>,
    /// Percentile intervals of median, quantiles, landmark rates and restricted mean from N
    /// resamples of the subjects
    #[arg(long, value_name = "N", value_parser = choice::draws)]
    pub(super) bootstrap: Option<u64>,
    /// Seed of the resamples
    #[arg(long, default_value_t = 1, requires = "bootstrap")]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) plot: PlotArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct LogRankArgs {
    /// Weight of event times: logrank, gehan, tarone-ware, peto, fh(rho,gamma), or maxcombo
    #[arg(long, default_value = "logrank", value_parser = super::weight::parse)]
    pub(super) weight: Weighting,
    /// Test for a trend over the groups in their order
    #[arg(long)]
    pub(super) trend: bool,
    /// Every pair of groups, p-values adjusted so
    #[arg(long, value_name = "ADJUSTMENT", value_parser = choice::adjustment())]
    pub(super) pairwise: Option<Adjustment>,
    /// Permutation p for small cohorts: all arrangements if they are few, else N random ones
    #[arg(long, value_name = "N", value_parser = choice::draws)]
    pub(super) permutations: Option<u64>,
    /// Seed of the random arrangements
    #[arg(long, default_value_t = 1, requires = "permutations")]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) plot: PlotArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// What a penalised fit has not.
const UNPENALISED: [&str; 11] = [
    "firth",
    "profile",
    "ph_test",
    "ph_transform",
    "univariable",
    "select",
    "baseline",
    "pool",
    "residuals",
    "each",
    "conf_level",
];

/// What there is no rule for to pool it.
const POOLED: [&str; 8] =
    ["by", "each", "univariable", "select", "ph_test", "baseline", "residuals", "profile"];

/// What predictions and their accuracy cannot go with.
const AFTER: [&str; 4] = ["pool", "penalty", "each", "residuals"];

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("predicted").multiple(true).args(["profiles", "adjusted"]))]
#[command(group = ArgGroup::new("times").multiple(true).args(["at", "curve"]))]
pub(super) struct CoxArgs {
    /// How events at one time are treated [default: efron, or the dialect's]
    #[arg(long, value_name = "METHOD", value_parser = choice::ties())]
    pub(super) ties: Option<Ties>,
    /// Firth's penalised likelihood: finite estimates under separation, less bias in small samples
    #[arg(long)]
    pub(super) firth: bool,
    /// Intervals and p by the profile likelihood instead of Wald's
    #[arg(long)]
    pub(super) profile: bool,
    /// Test of proportional hazards, by term and of all together
    #[arg(long)]
    pub(super) ph_test: bool,
    /// The function of time in that test
    #[arg(long, value_name = "TRANSFORM", value_parser = choice::ph_transform())]
    #[arg(default_value = "km")]
    pub(super) ph_transform: PhTransform,
    /// Each term alone beside the full model, with n and events of each
    #[arg(long)]
    pub(super) univariable: bool,
    /// Carry only terms to the multivariable model that pass alone, as "p<0.10"
    #[arg(long, value_name = "RULE", value_parser = choice::selection)]
    pub(super) select: Option<f64>,
    /// The baseline cumulative hazard, at covariates 0
    #[arg(long)]
    pub(super) baseline: bool,
    /// Fit several imputed files and pool them by Rubin's rules: FILE FILE … FORMULA --pool
    #[arg(long, conflicts_with_all = POOLED)]
    pub(super) pool: bool,
    /// Residuals, one record a row with --format csv
    #[arg(long, value_name = "TYPE", value_parser = choice::residuals())]
    pub(super) residuals: Option<ResidualType>,
    /// Hazard ratios and curves of covariate profiles, one a row of FILE; a column that is left out
    /// has its typical value, a column "profile" names them
    #[arg(long, value_name = "FILE", help_heading = "Prediction", conflicts_with_all = AFTER)]
    pub(super) profiles: Option<String>,
    /// Survival of the whole cohort, were everybody in each group of this column
    #[arg(long, value_name = "COLUMN", help_heading = "Prediction", conflicts_with_all = AFTER)]
    #[arg(requires = "times")]
    pub(super) adjusted: Option<String>,
    /// Predicted survival at these times
    #[arg(long, value_name = "TIMES", value_delimiter = ',', value_parser = choice::time)]
    #[arg(allow_negative_numbers = true, requires = "predicted", help_heading = "Prediction")]
    pub(super) at: Vec<f64>,
    /// All steps of the predicted curves
    #[arg(long, requires = "predicted", help_heading = "Prediction")]
    pub(super) curve: bool,
    /// Scale of their intervals [default: log-log, or the dialect's]
    #[arg(long, value_name = "TYPE", value_parser = choice::conf_type())]
    #[arg(requires = "predicted", help_heading = "Prediction")]
    pub(super) conf_type: Option<ConfType>,
    /// Uno's C, Brier scores and calibration at TAU, on the rows of the fit
    #[arg(long, value_name = "TAU", value_parser = choice::time, help_heading = "Prediction")]
    #[arg(allow_negative_numbers = true, conflicts_with_all = AFTER)]
    pub(super) accuracy: Option<f64>,
    /// Shrink coefficients: ridge, lasso, or glmnet's alpha from 0 (ridge) to 1 (lasso)
    #[arg(long, value_name = "KIND", value_parser = choice::penalty, help_heading = "Penalty")]
    #[arg(allow_negative_numbers = true, conflicts_with_all = UNPENALISED)]
    pub(super) penalty: Option<f64>,
    /// Penalise so much, on glmnet's scale [default: what cross-validation chooses]
    #[arg(long, value_name = "LAMBDA", value_parser = choice::number, requires = "penalty")]
    #[arg(allow_negative_numbers = true, conflicts_with_all = ["path", "folds", "seed"])]
    #[arg(help_heading = "Penalty")]
    pub(super) lambda: Option<f64>,
    /// Every lambda: non-zero coefficients, share of deviance, cross-validated deviance
    #[arg(long, requires = "penalty", help_heading = "Penalty")]
    pub(super) path: bool,
    /// Parts of the subjects that take turns at being predicted
    #[arg(long, value_name = "K", default_value_t = 10, requires = "penalty")]
    #[arg(help_heading = "Penalty")]
    pub(super) folds: usize,
    /// Seed of the folds
    #[arg(long, default_value_t = 1, requires = "penalty", help_heading = "Penalty")]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// More files, and then the formula, with --pool
    #[arg(value_name = "MORE", requires = "pool", hide = true)]
    pub(super) more: Vec<String>,
    #[command(flatten)]
    pub(super) plot: ForestArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    /// File with a header (CSV, TSV or semicolons, plain or gzip; xlsx, xls or ods), or - for
    /// standard input
    pub(super) data: String,
    /// Print only the suggested plan
    #[arg(long)]
    pub(super) plan: bool,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Files of printed figures, responses, Cox models or counts, and studies (.toml); findings may
    /// join several
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<String>,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct IdentifyArgs {
    /// The number as printed, with its limits if it has any: "2.94 (1.31-6.37)", "<0.001"
    #[arg(long, value_name = "TEXT", value_parser = choice::published, allow_hyphen_values = true)]
    pub(super) published: PrintedEstimate,
    /// What it is: median, rate@TIME, hr or p [default: hr with a term after the ~, else median]
    #[arg(long, value_name = "WHAT", value_parser = choice::statistic)]
    pub(super) statistic: Option<Statistic>,
    /// The time by which this fraction has failed, in place of the median
    #[arg(long, value_name = "FRACTION", value_parser = choice::fraction)]
    #[arg(conflicts_with_all = ["statistic", "at"], allow_negative_numbers = true)]
    pub(super) quantile: Option<f64>,
    /// Survival at this time, in printed units: as --statistic rate@TIME
    #[arg(long, value_name = "TIME", value_parser = choice::time, conflicts_with = "statistic")]
    #[arg(allow_negative_numbers = true)]
    pub(super) at: Option<f64>,
    /// Other data of that size that are drawn, to tell how often they print the same
    #[arg(long, value_name = "N", value_parser = choice::draws, default_value = "1000")]
    pub(super) draws: u64,
    /// Seed of the draws
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct DeriveArgs {
    /// A plan (.toml)
    pub(super) plan: String,
    /// Refuse dates that are only doubtful too
    #[arg(long)]
    pub(super) strict: bool,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// A plan (.toml) with [[analysis]] entries
    pub(super) plan: String,
    /// Threads [default: as many as the machine has]
    #[arg(long, value_name = "N", help_heading = "Computing")]
    pub(super) threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// File with a header (CSV, TSV or semicolons, plain or gzip; xlsx, xls or ods)
    pub(super) data: String,
    /// The plan to write; a file that is there already is never written over
    #[arg(long, value_name = "FILE", default_value = "plan.toml")]
    pub(super) output: PathBuf,
    /// No progress bar
    #[arg(long)]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// A page that `riskset report` wrote
    pub(super) report: String,
    /// The data [default: the file that the plan names, beside the page or in the working directory]
    #[arg(long, value_name = "FILE")]
    pub(super) data: Option<PathBuf>,
    /// Another plan than the one in the page
    #[arg(long, value_name = "FILE")]
    pub(super) plan: Option<String>,
    /// Be content when the values of a page agree that another version wrote
    #[arg(long)]
    pub(super) values_only: bool,
    /// Threads [default: as many as the machine has]
    #[arg(long, value_name = "N", help_heading = "Computing")]
    pub(super) threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct ReproduceArgs {
    /// A study (.toml), or the folder of its study.toml
    pub(super) study: String,
    /// Search for the pseudo-cohort of this seed in place of the study's file
    #[arg(long, value_name = "SEED", help_heading = "Pseudo-cohorts")]
    pub(super) seed: Option<u64>,
    /// Write the pseudo-cohort to FILE (ending in .pseudo.csv)
    #[arg(long, value_name = "FILE", help_heading = "Pseudo-cohorts")]
    pub(super) ipd: Option<PathBuf>,
    /// Withhold each figure in turn, or each of those named, and show what the others imply
    #[arg(
        long,
        num_args = 0..,
        require_equals = true,
        value_delimiter = ',',
        value_name = "FIGURE,…",
        help_heading = "Pseudo-cohorts"
    )]
    pub(super) hold_out: Option<Vec<String>>,
    /// Pseudo-cohorts a figure with --hold-out
    #[arg(long, value_name = "N", default_value_t = 20, help_heading = "Pseudo-cohorts")]
    pub(super) draws: usize,
    /// Exit with status 0 even when figures differ
    #[arg(long)]
    pub(super) allow_differences: bool,
    /// Threads [default: as many as the machine has]
    #[arg(long, value_name = "N", help_heading = "Computing")]
    pub(super) threads: Option<NonZeroUsize>,
    /// Write the whole comparison with its figure to FILE as one HTML page
    #[arg(long, value_name = "FILE.html", help_heading = "Output")]
    pub(super) report: Option<PathBuf>,
    #[command(flatten)]
    pub(super) plot: VersusArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct Table1Args {
    #[command(flatten)]
    pub(super) source: SourceArgs,
    /// What to describe, as "age + factor(ecog) + (ki67 >= 55)" [default: every column that is not
    /// dates, free text or the number of a row]
    pub(super) variables: Option<String>,
    /// Column (or expression) that makes the groups
    #[arg(long, value_name = "COLUMN")]
    pub(super) by: Option<String>,
    /// What stands for numbers: median (quartiles) or mean (standard deviation)
    #[arg(long, value_name = "STATISTIC", value_parser = choice::center(), default_value = "median")]
    pub(super) stat: Center,
    /// What stands beside it: quartiles or standard deviation, or the range
    #[arg(long, value_name = "SPREAD", value_parser = choice::spread(), default_value = "usual")]
    pub(super) spread: Spread,
    /// Tests of numbers by ranks (auto) or means (parametric)
    #[arg(long, value_name = "TESTS", value_parser = choice::tested(), default_value = "auto")]
    pub(super) test: Tested,
    /// Fisher's exact test where a smaller count is expected, else Pearson's
    #[arg(long, value_name = "COUNT", value_parser = choice::number, default_value = "5")]
    #[arg(allow_negative_numbers = true)]
    pub(super) fisher_below: f64,
    /// Standardised mean differences; of more than two groups the largest
    #[arg(long, requires = "by")]
    pub(super) smd: bool,
    /// A column for all groups together
    #[arg(long)]
    pub(super) overall: bool,
    /// Numbers with fewer distinct values are levels
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(super) categories_below: usize,
    /// Decimals of numbers and percentages [default: three digits; whole percentages from 10 on]
    #[arg(long, value_name = "N", value_parser = choice::digits)]
    pub(super) digits: Option<usize>,
    /// Quartiles as a package computes them
    #[arg(long = "as", value_name = "PACKAGE", value_parser = choice::dialect())]
    #[arg(default_value = "riskset")]
    pub(super) dialect: Dialect,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct ResponseArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,
    /// Column of best overall responses: CR, PR, SD, PD, NE, in short or in words
    pub(super) column: String,
    /// Column (or expression) that makes the groups
    #[arg(long, value_name = "COLUMN")]
    pub(super) by: Option<String>,
    /// Other texts that are responses
    #[arg(long, value_name = "TEXTS", value_delimiter = ',', help_heading = "Words")]
    pub(super) responder: Vec<String>,
    /// Other texts that are disease control without response
    #[arg(long, value_name = "TEXTS", value_delimiter = ',', help_heading = "Words")]
    pub(super) control: Vec<String>,
    /// Other texts that are progression
    #[arg(long, value_name = "TEXTS", value_delimiter = ',', help_heading = "Words")]
    pub(super) progression: Vec<String>,
    /// Other texts that are not evaluable
    #[arg(long, value_name = "TEXTS", value_delimiter = ',', help_heading = "Words")]
    pub(super) not_evaluable: Vec<String>,
    /// Confidence level
    #[arg(long, value_name = "LEVEL", value_parser = choice::fraction, default_value = "0.95")]
    #[arg(allow_negative_numbers = true)]
    pub(super) conf_level: f64,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// Which rows there are, and how they are read; the same for every command that has data.
#[derive(Debug, Clone, Args)]
pub(super) struct SourceArgs {
    /// File with a header (CSV, TSV or semicolons, plain or gzip; xlsx, xls or ods), a plan (.toml),
    /// or - for standard input
    pub(super) data: String,
    /// Keep only rows for which this expression is true
    #[arg(long = "where", value_name = "EXPR", help_heading = "Subjects")]
    pub(super) condition: Option<String>,
    /// Refuse dates that are only doubtful too (with a plan)
    #[arg(long, help_heading = "Subjects")]
    pub(super) strict: bool,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
}

/// How a file is read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct ReadingArgs {
    /// Character between fields [default: the one found in the header]
    #[arg(long, value_name = "CHAR", value_parser = choice::delimiter)]
    pub(super) delimiter: Option<u8>,
    /// Texts that stand for missing, besides the empty field and NA
    #[arg(long, value_name = "TEXTS", value_delimiter = ',', allow_hyphen_values = true)]
    pub(super) missing: Vec<String>,
    /// Decimal mark, "," or "." [default: the one that columns show]
    #[arg(long, value_name = "MARK", value_parser = choice::decimal)]
    pub(super) decimal: Option<u8>,
    /// Encoding of a text file [default: utf-8, or windows-1252 if it is not UTF-8]
    #[arg(long, value_name = "NAME", value_parser = choice::encoding)]
    pub(super) encoding: Option<Encoding>,
    /// How dates are written, as %d.%m.%Y [default: ISO, or the one way a column can be read]
    #[arg(long, value_name = "FORMATS", value_delimiter = ',')]
    pub(super) dates: Vec<String>,
    /// The day that stands for a date without day or month
    #[arg(long, value_name = "RULE", value_parser = choice::partial_date())]
    pub(super) partial_dates: Option<PartialDate>,
    /// Sheet of a workbook, by name or number [default: the first with anything in it]
    #[arg(long, value_name = "SHEET")]
    pub(super) sheet: Option<String>,
    /// Number of threads [default: all]; the digits do not depend on it
    #[arg(long, value_name = "N", value_parser = choice::threads)]
    pub(super) threads: Option<NonZeroUsize>,
}

/// Where subjects come from; the same for every analysis.
#[derive(Debug, Clone, Args)]
pub(super) struct InputArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,
    /// Formula as in R, "Surv(time, status == 2) ~ sex", with a plan "PFS ~ sex", or @FILE that holds
    /// it
    pub(super) formula: String,
    /// The whole analysis in each level of these columns
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', help_heading = "Subjects")]
    pub(super) by: Vec<String>,
    /// One analysis for each of these terms, "a + b + c", in one table
    #[arg(long, value_name = "TERMS", help_heading = "Subjects")]
    pub(super) each: Option<String>,
    /// Leave out whoever is not followed beyond T; clocks start at T
    #[arg(long, value_name = "T", value_parser = choice::time, help_heading = "Subjects")]
    #[arg(allow_negative_numbers = true)]
    pub(super) landmark: Option<f64>,
    /// Let groups and covariates be made of dates after the start of follow-up (immortal time)
    #[arg(long, help_heading = "Subjects")]
    pub(super) allow_future_covariate: bool,
    /// Column of case weights
    #[arg(long, value_name = "COLUMN", requires = "weight_type", help_heading = "Subjects")]
    pub(super) weights: Option<String>,
    /// What a weight means: so many equal rows, or one of so many others
    #[arg(long, value_name = "KIND", requires = "weights", value_parser = choice::weight_type())]
    #[arg(help_heading = "Subjects")]
    pub(super) weight_type: Option<WeightKind>,
    /// Take over the conventions of a package; explicit options come first
    #[arg(long = "as", value_name = "PACKAGE", value_parser = choice::dialect())]
    #[arg(default_value = "riskset")]
    pub(super) dialect: Dialect,
    /// Confidence level
    #[arg(long, value_name = "LEVEL", value_parser = choice::fraction, default_value = "0.95")]
    #[arg(allow_negative_numbers = true)]
    pub(super) conf_level: f64,
}

/// Where a report goes; the same for every command.
#[derive(Debug, Clone, Args)]
pub(super) struct OutputArgs {
    /// How the report is written [default: text, or what the ending of FILE says]
    #[arg(long, value_parser = choice::format(), help_heading = "Output")]
    pub(super) format: Option<Format>,
    /// Write to FILE, whole or not at all
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
    /// No progress bar; text without conventions and notes
    #[arg(long, help_heading = "Output")]
    pub(super) quiet: bool,
}

impl Command {
    /// Where the report goes; a plan that is written goes elsewhere.
    pub(super) fn output(&self) -> Option<&OutputArgs> {
        Some(match self {
            Self::Init(_) => return None,
            Self::Report(args) => &args.output,
            Self::Verify(args) => &args.output,
            Self::Km(args) => &args.output,
            Self::LogRank(args) => &args.output,
            Self::Cox(args) => &args.output,
            Self::Derive(args) => &args.output,
            Self::Table1(args) => &args.output,
            Self::Response(args) => &args.output,
            Self::Inspect(args) => &args.output,
            Self::Reproduce(args) => &args.output,
            Self::Check(args) => &args.output,
            Self::Identify(args) => &args.output,
            Self::Reconstruct(args) => &args.output,
            Self::Conventions(args) => args,
        })
    }
}

impl OutputArgs {
    /// Refuses to fill a terminal or a pipe with a document.
    pub(super) fn check(&self) -> Result<()> {
        match self.format() {
            Format::Docx if self.output.is_none() => Err(Error::option(
                "--format docx writes a document and no text: name its file, --output FILE.docx",
            )),
            _ => Ok(()),
        }
    }

    /// The format asked for, or that of the file's ending.
    pub(super) fn format(&self) -> Format {
        let ending = self.output.as_deref().and_then(Path::extension).and_then(OsStr::to_str);
        let of_file = match ending.unwrap_or_default().to_lowercase().as_str() {
            "json" => Format::Json,
            "csv" => Format::Csv,
            "md" => Format::Markdown,
            "html" => Format::Html,
            "docx" => Format::Docx,
            _ => Format::Text,
        };
        self.format.unwrap_or(of_file)
    }
}
