//! What each command does.

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::args::{
    Command, CoxArgs, DeriveArgs, InputArgs, KmArgs, LogRankArgs, OutputArgs, SourceArgs,
};
use super::check;
use super::data;
use super::destination;
use super::failure::Failure;
use super::identify;
use super::input::Request;
use super::inspect;
use super::plot::{self, Plot};
use super::progress;
use super::reconstruct;
use super::report;
use super::reproduce;
use super::shared::Shared;
use super::tables;
use crate::compare::Permutation;
use crate::convention::Conventions;
use crate::cox::{PhTransform, Ties};
use crate::error::{Error, Result};
use crate::report::{
    ConventionsTable, CoxDocument, CoxPlan, Document, EndpointsDocument, Format, KmDocument,
    KmPlan, LambdaChoice, LogRankDocument, LogRankPlan, Outline, PenalisedDocument, PenaltyPlan,
    Plotted, PooledDocument, Regression, Render, Screened, Targets,
};

pub(super) fn run(command: Command, out: &mut dyn Write) -> Result<(), Failure> {
    command.output().map_or(Ok(()), OutputArgs::check)?;
    match command {
        Command::Km(args) => {
            let common = (&args.input.source, &args.output);
            drawn(common, (&args.plot, &[]), || km(&args, None), out)
        }
        Command::LogRank(args) => {
            let common = (&args.input.source, &args.output);
            drawn(common, (&args.plot, &[]), || log_rank(&args, None), out)
        }
        Command::Cox(args) => {
            let common = (&args.input.source, &args.output);
            match args.penalty {
                Some(alpha) => shown(common, || penalised(&args, alpha, None), out),
                None if args.pool => shown(common, || pooled(&args), out),
                None => {
                    let profiles: Vec<PathBuf> = args.profiles.iter().map(PathBuf::from).collect();
                    drawn(common, (&args.plot, &profiles), || cox(&args, None), out)
                }
            }
        }
        Command::Derive(args) => destination::write(&derive(&args)?, &args.output, out),
        Command::Table1(args) => {
            shown((&args.source, &args.output), || tables::table1(&args, None), out)
        }
        Command::Response(args) => {
            shown((&args.source, &args.output), || tables::response(&args, None), out)
        }
        Command::Conventions(args) if args.format() == Format::Ars => {
            Err(Error::option("conventions are no statistics; --format json has them").into())
        }
        Command::Check(args) => check::run(&args, out),
        Command::Identify(args) => identify::run(&args, out),
        Command::Inspect(args) => inspect::run(&args, out),
        Command::Reproduce(args) => reproduce::run(&args, out),
        Command::Report(args) => report::run(&args, out),
        Command::Init(args) => report::init(&args, out),
        Command::Verify(args) => report::verify(&args, out),
        Command::Reconstruct(args) => reconstruct::run(&args, out),
        Command::Conventions(args) => destination::write(&ConventionsTable::default(), &args, out),
    }
}

/// Makes a report and writes it.
fn shown<R: Render + Send>(
    (source, output): (&SourceArgs, &OutputArgs),
    run: impl FnOnce() -> Result<R> + Send,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    destination::write(&analyse(source, output, run)?, output, out)
}

/// Makes a report and its figures, and writes both; more files are read than the data.
fn drawn<D: Document + Plotted + Send>(
    (source, output): (&SourceArgs, &OutputArgs),
    (plot, more): (&impl Plot, &[PathBuf]),
    run: impl FnOnce() -> Result<Outline<D>> + Send,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let read = [data::files(source)?, more.to_vec()].concat();
    let files = plot.files(output, &read)?;
    let outline = analyse(source, output, run)?;
    plot::write(files, &outline, (output, out))
}

/// Runs on as many threads as were asked for.
pub(super) fn analyse<R: Render + Send>(
    source: &SourceArgs,
    output: &OutputArgs,
    run: impl FnOnce() -> Result<R> + Send,
) -> Result<R> {
    data::files(source)?.iter().try_for_each(|own| destination::check(output, own))?;
    on_threads(source.reading.threads, run)
}

/// Runs on so many threads, or on all.
pub(super) fn on_threads<R: Send>(
    threads: Option<NonZeroUsize>,
    run: impl FnOnce() -> Result<R> + Send,
) -> Result<R> {
    let Some(threads) = threads else { return run() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build();
    let pool = pool.map_err(|error| Error::option(format!("--threads {threads}: {error}")))?;
    pool.install(run)
}

/// Every endpoint of a plan.
fn derive(args: &DeriveArgs) -> Result<Outline<EndpointsDocument>> {
    destination::check(&args.output, &args.plan)?;
    let plan = data::whole_plan(&args.plan)?;
    destination::check(&args.output, plan.file())?;
    let reader = plan.reader(progress::shown(plan.options(), args.output.quiet))?;
    let names = plan.endpoint_columns();
    if names.is_empty() {
        return Err(Error::analysis(format!("{}: the plan defines no endpoint", args.plan)));
    }
    let names = [names, plan.variables()].concat();
    let table = reader.read(&plan.columns(&names, reader.header()))?;
    let prepared = plan.prepare(table, &names, args.strict)?;
    Ok(Outline::One(EndpointsDocument::new(&plan, &args.plan, prepared)?))
}

pub(super) fn km(args: &KmArgs, shared: Option<&Shared>) -> Result<Outline<KmDocument>> {
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
        figure: args.plot.is_wanted(),
        ratio: args.plot.tells_ratio(),
    };
    let request =
        Request::parse(&args.input, shared)?.strata_group().time_zero(conventions.time_zero);
    request.outline(&args.output, |subject| plan.run(subject))
}

pub(super) fn log_rank(
    args: &LogRankArgs,
    shared: Option<&Shared>,
) -> Result<Outline<LogRankDocument>> {
    let conventions = Conventions::of(args.input.dialect);
    let plan = LogRankPlan {
        conventions,
        conf_level: Some(args.input.conf_level),
        weight: args.weight,
        trend: args.trend,
        pairwise: args.pairwise,
        permutation: args
            .permutations
            .map(|draws| Permutation::default().draws(draws).seed(args.seed)),
        figure: args.plot.is_wanted(),
        ratio: args.plot.tells_ratio(),
    };
    let request = Request::parse(&args.input, shared)?.time_zero(conventions.time_zero);
    request.outline(&args.output, |subject| plan.run(subject))
}

pub(super) fn cox(args: &CoxArgs, shared: Option<&Shared>) -> Result<Outline<CoxDocument>> {
    one_csv(args)?;
    args.profiles.iter().try_for_each(|path| destination::check(&args.output, path))?;
    let plan = cox_plan(args);
    let request = cox_request((&args.input, shared), plan.conventions)?;
    let profiles = args.profiles.as_deref().map(|path| request.profiles(path)).transpose()?;
    request.models(&args.output, |models| {
        let targets = |whole: &Regression| -> Result<Targets> {
            let column = args.adjusted.as_deref();
            let adjusted = column.map(|column| models.adjusted(whole, column)).transpose()?;
            Ok(Targets { profiles: profiles.clone(), adjusted })
        };
        if !args.univariable && args.select.is_none() {
            let whole = models.whole()?;
            let targets = targets(&whole)?;
            return plan.run(whole, Screened::default(), targets);
        }
        let mut screened = plan.screen(models.alone()?)?;
        let whole = match args.select {
            Some(limit) => models.with_terms(&screened.select(limit))?,
            None => models.whole()?,
        };
        let targets = targets(&whole)?;
        plan.run(whole, screened, targets)
    })
}

/// A CSV file is one table.
fn one_csv(args: &CoxArgs) -> Result<()> {
    if args.output.format() != Format::Csv {
        return Ok(());
    }
    let predicted = args.profiles.is_some() || args.adjusted.is_some();
    if predicted && args.accuracy.is_some() {
        return Err(Error::option(
            "--format csv holds one table: ask for predictions or --accuracy, or take json",
        ));
    }
    if asks_ph_test(args) || args.baseline {
        let asked = if args.baseline { "--baseline" } else { "--ph-test" };
        return Err(Error::option(format!(
            "--format csv holds one table, that of the coefficients: take json for {asked}"
        )));
    }
    Ok(())
}

pub(super) fn penalised(
    args: &CoxArgs,
    alpha: f64,
    shared: Option<&Shared>,
) -> Result<Outline<PenalisedDocument>> {
    if let Some(ties) = args.ties.filter(|&ties| ties != Ties::Breslow) {
        let ties = ties.name();
        return Err(Error::option(format!(
            "--ties {ties}: --penalty has Breslow's ties, as glmnet; leave --ties out"
        )));
    }
    let plan = PenaltyPlan {
        conventions: Conventions::of(args.input.dialect),
        alpha,
        lambda: match args.lambda {
            Some(lambda) => LambdaChoice::Fixed(lambda),
            None => LambdaChoice::Validated { folds: args.folds, seed: args.seed },
        },
        path: args.path,
    };
    let request = cox_request((&args.input, shared), plan.conventions)?;
    request.models(&args.output, |models| plan.run(models.whole()?))
}

/// The last word is the formula, all before it are files.
fn pooled(args: &CoxArgs) -> Result<Outline<PooledDocument>> {
    let mut words = vec![&args.input.source.data, &args.input.formula];
    words.extend(&args.more);
    let (files, formula) = words.split_at(words.len() - 1);
    files.iter().try_for_each(|own| destination::check(&args.output, own))?;
    let plan = cox_plan(args);
    let model = |file: &&String| {
        let source = SourceArgs { data: (*file).clone(), ..args.input.source.clone() };
        let input = InputArgs { source, formula: formula[0].clone(), ..args.input.clone() };
        cox_request((&input, None), plan.conventions)?.whole_model(&args.output)
    };
    let subjects = files.iter().map(model).collect::<Result<_>>()?;
    Ok(Outline::One(plan.pool(subjects)?))
}

fn cox_request<'a>(
    (input, shared): (&'a InputArgs, Option<&'a Shared>),
    conventions: Conventions,
) -> Result<Request<'a>> {
    Ok(Request::parse(input, shared)?.for_models().time_zero(conventions.time_zero))
}

/// A transform says that there is to be a test.
fn asks_ph_test(args: &CoxArgs) -> bool {
    args.ph_test || args.ph_transform != PhTransform::default()
}

fn cox_plan(args: &CoxArgs) -> CoxPlan {
    let conventions = Conventions::of(args.input.dialect);
    let conf_level = Some(args.input.conf_level);
    let (firth, profile) = (args.firth, args.profile);
    CoxPlan {
        conventions,
        ties: args.ties,
        conf_level,
        firth,
        profile,
        ph_test: asks_ph_test(args).then_some(args.ph_transform),
        baseline: args.baseline,
        residuals: args.residuals,
        at: args.at.clone(),
        curve: args.curve,
        conf_type: args.conf_type,
        accuracy: args.accuracy,
        figure: args.plot.kind(),
    }
}
