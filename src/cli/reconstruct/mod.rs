//! `riskset reconstruct`.

mod args;
mod arm;
mod files;
mod ipd;
mod printed;
mod toml;

use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) use args::ReconstructArgs;

use self::arm::Arm;
use self::toml::Arms;
use super::command::on_threads;
use super::destination;
use super::failure::Failure;
use super::plot::{self, Files, Plot};
use crate::error::{Error, Result};
use crate::published::PrintedEstimate;
use crate::reconstruct::{Constraint, DigitisedCurve, Trial};
use crate::report::{
    ImpossibleDocument, Outline, ReconstructDocument, ReconstructPlan, ReconstructedArm,
};
use crate::reproduce::{Given, Used};

/// Makes the individuals, writes them, and reports.
pub(super) fn run(args: &ReconstructArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let arms = arms(args)?;
    check(args, &arms)?;
    args.ipd.as_deref().map_or(Ok(()), destination::check_pseudo)?;
    if arms.arms.iter().all(|arm| arm.points.is_none()) {
        return printed::run(args, &arms, out);
    }
    if let Some(part) = arms.arms.iter().find(|arm| arm.part_of.is_some()) {
        let message = "parts of a whole are reconstructed from printed numbers, without points";
        return Err(Error::option(format!("{}: {message}", part.label)).into());
    }
    let files = args.plot.files(&args.output, &[])?;
    if let Some(document) = on_threads(args.threads, || contradiction(&arms))? {
        return refuse(document, args, out);
    }
    let document = on_threads(args.threads, || document(args, &arms))?;
    write(files, document, args, out)
}

/// The first small curve that no data set has, with what contradicts what.
fn contradiction(arms: &Arms) -> Result<Option<ImpossibleDocument>> {
    for arm in &arms.arms {
        let Some(curve) = arm.curve()? else { continue };
        if let Some(own) = curve.contradiction()? {
            let label = (arms.arms.len() > 1).then_some(arm.label.as_str());
            return Ok(Some(ImpossibleDocument::curve(label, own)));
        }
    }
    Ok(None)
}

/// Writes what contradicts what, and fails.
fn refuse(
    document: ImpossibleDocument,
    args: &ReconstructArgs,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let message = document.message();
    destination::write(&Outline::One(document), &args.output, out)?;
    Err(Error::analysis(message).into())
}

/// Refuses to write over what is read.
fn check(args: &ReconstructArgs, arms: &Arms) -> Result<()> {
    let tables = arms.arms.iter().flat_map(|arm| [&arm.points, &arm.at_risk, &arm.marks]).flatten();
    let file = args.file.as_deref().map(Path::new);
    let written = [
        ("--output", args.output.output.as_deref()),
        ("--plot", args.plot.path()),
        ("--ipd", args.ipd.as_deref()),
    ];
    for own in tables.map(PathBuf::as_path).chain(file) {
        for (option, path) in written.iter().filter_map(|&(option, path)| Some((option, path?))) {
            destination::check_path(path, own, option)?;
        }
    }
    Ok(())
}

/// Writes the figure, then the report.
fn write(
    files: Option<Files<'_>>,
    document: ReconstructDocument,
    args: &ReconstructArgs,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    plot::write(files, &Outline::One(document), (&args.output, out))
}

/// The arm of the options, or those of the file.
fn arms(args: &ReconstructArgs) -> Result<Arms> {
    match &args.file {
        Some(file) => toml::read(file),
        None => {
            let arm = Arm::parse(&args.arm, "all".to_owned(), Path::new(""))?;
            Ok(Arms { arms: vec![arm], hazard_ratio: None, p: None })
        }
    }
}

/// The individuals of a file's arms, for a study that rests on them.
pub(super) struct Rows {
    /// As a table.
    pub(super) csv: Vec<u8>,
    /// The printed numbers that they were made to agree with.
    pub(super) used: Vec<Used>,
}

/// Reconstructs the arms of a file from their curves.
pub(super) fn rows(file: &str, seed: u64) -> Result<Rows> {
    let arms = toml::read(file)?;
    let (made, _) = curves(&arms, seed, 1)?;
    let mut csv = Vec::new();
    let written = ipd::records(&mut csv, &made.iter().collect::<Vec<_>>(), &[]);
    written.map_err(|error| Error::file(file, error))?;
    Ok(Rows { csv, used: used(&arms)? })
}

/// The printed numbers that a reconstruction is given: of arms, of all together, and between them.
fn used(arms: &Arms) -> Result<Vec<Used>> {
    let own = arms.arms.iter().map(Arm::used).collect::<Result<Vec<_>>>()?;
    let mut used: Vec<Used> = own.into_iter().flatten().collect();
    let mut add = |what, printed| used.push(Used { arm: None, what, printed });
    let sum = |of: fn(&Arm) -> Option<u32>| arms.arms.iter().map(of).sum::<Option<u32>>();
    for (what, all) in [(Given::N, sum(|arm| arm.n)), (Given::Events, sum(|arm| arm.events))] {
        if let Some(all) = all {
            add(what, PrintedEstimate::parse(&all.to_string())?);
        }
    }
    if let Some(ratio) = &arms.hazard_ratio {
        add(Given::HazardRatio, ratio.clone());
    }
    if let Some(p) = &arms.p {
        add(Given::LogRankP, PrintedEstimate::new(p.clone(), None));
    }
    // What is known of an only arm is known of all.
    if let [_] = arms.arms.as_slice() {
        used.iter_mut().for_each(|own| own.arm = None);
    }
    Ok(used)
}

/// Every arm with its data sets, and how the printed comparison stands.
fn curves(
    arms: &Arms,
    seed: u64,
    draws: usize,
) -> Result<(Vec<ReconstructedArm>, Vec<Constraint>)> {
    let curve = |arm: &Arm| {
        let message = || format!("{}: give the points of its curve as well", arm.label);
        arm.curve()?.ok_or_else(|| Error::option(message()))
    };
    let curves = arms.arms.iter().map(curve).collect::<Result<Vec<DigitisedCurve>>>()?;
    let given = curves.clone();
    let mut trial = Trial::new(curves);
    if let Some(ratio) = &arms.hazard_ratio {
        trial = trial.hazard_ratio(ratio.clone());
    }
    if let Some(p) = &arms.p {
        trial = trial.log_rank_p(p.clone());
    }
    let whole = trial.reconstruct(seed, draws)?;
    let compared = whole.constraints().to_vec();
    let labels = arms.arms.iter().map(|arm| arm.label.clone());
    let own = labels.zip(&given).zip(whole.into_arms());
    let arm = |((label, given), arm)| ReconstructedArm::from_curve(label, given, arm);
    Ok((own.map(arm).collect(), compared))
}

fn document(args: &ReconstructArgs, arms: &Arms) -> Result<ReconstructDocument> {
    let draws = usize::try_from(args.draws).unwrap_or(usize::MAX);
    let (made, compared) = curves(arms, args.seed, draws)?;
    if let Some(path) = &args.ipd {
        ipd::write(path, &made)?;
    }
    plan(args, arms).run(made, compared)
}

fn plan(args: &ReconstructArgs, arms: &Arms) -> ReconstructPlan {
    ReconstructPlan {
        conventions: arms.arms[0].conventions,
        at: args.at.clone(),
        rmst: args.rmst,
        seed: args.seed,
        ipd: args.ipd.as_ref().map(|path| path.to_string_lossy().into_owned()),
        figure: args.plot.is_wanted(),
        name: match arms.arms.as_slice() {
            [alone] if alone.is_named => Some(alone.label.clone()),
            _ => None,
        },
    }
}
