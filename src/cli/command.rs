//! What each command does.

use std::io::Write;

use super::args::{Command, CoxArgs, InputArgs, KmArgs, LogRankArgs, OutputArgs};
use super::destination;
use super::failure::Failure;
use super::input::Request;
use crate::compare::Permutation;
use crate::convention::Conventions;
use crate::error::{Error, Result};
use crate::report::{
    ConventionsTable, CoxDocument, CoxPlan, KmDocument, KmPlan, LogRankDocument, LogRankPlan,
    Outline, Render,
};

pub(super) fn run(command: Command, out: &mut dyn Write) -> Result<(), Failure> {
    match command {
        Command::Km(args) => {
            let report = analyse(&args.input, &args.output, || km(&args))?;
            destination::write(&report, &args.output, out)
        }
        Command::LogRank(args) => {
            let report = analyse(&args.input, &args.output, || log_rank(&args))?;
            destination::write(&report, &args.output, out)
        }
        Command::Cox(args) => {
            let report = analyse(&args.input, &args.output, || cox(&args))?;
            destination::write(&report, &args.output, out)
        }
        Command::Conventions(args) => destination::write(&ConventionsTable::default(), &args, out),
    }
}

/// Runs on as many threads as were asked for.
fn analyse<R: Render + Send>(
    input: &InputArgs,
    output: &OutputArgs,
    run: impl FnOnce() -> Result<R> + Send,
) -> Result<R> {
    destination::check(output, &input.data)?;
    let Some(threads) = input.threads else { return run() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build();
    let pool = pool.map_err(|error| Error::option(format!("--threads {threads}: {error}")))?;
    pool.install(run)
}

fn km(args: &KmArgs) -> Result<Outline<KmDocument>> {
    let mut conventions = Conventions::of(args.input.dialect);
    conventions.conf_type = args.conf_type.or(conventions.conf_type);
    conventions.median_rule = args.median_rule.unwrap_or(conventions.median_rule);
    let plan = KmPlan {
        conventions,
        conf_level: Some(args.input.conf_level),
        at: args.at.clone(),
        quantiles: args.quantiles.clone(),
        rmst: args.rmst,
        mean: args.mean,
        follow_up: args.follow_up,
        curve: args.curve || args.band.is_some(),
        band: args.band,
        bootstrap: args.bootstrap.map(|replicates| (replicates as usize, args.seed)),
    };
    let request = Request::parse(&args.input)?.strata_group().time_zero(conventions.time_zero);
    request.outline(&args.output, |subject| plan.run(subject))
}

fn log_rank(args: &LogRankArgs) -> Result<Outline<LogRankDocument>> {
    let conventions = Conventions::of(args.input.dialect);
    let plan = LogRankPlan {
        conventions,
        weight: args.weight,
        trend: args.trend,
        pairwise: args.pairwise,
        permutation: args
            .permutations
            .map(|draws| Permutation::default().draws(draws).seed(args.seed)),
    };
    let request = Request::parse(&args.input)?.time_zero(conventions.time_zero);
    request.outline(&args.output, |subject| plan.run(subject))
}

fn cox(args: &CoxArgs) -> Result<Outline<CoxDocument>> {
    let conventions = Conventions::of(args.input.dialect);
    let conf_level = Some(args.input.conf_level);
    let (firth, profile) = (args.firth, args.profile);
    let plan = CoxPlan { conventions, ties: args.ties, conf_level, firth, profile };
    let request = Request::parse(&args.input)?.for_models().time_zero(conventions.time_zero);
    request.models(&args.output, args.univariable, |models| plan.run(models.whole, models.alone))
}
