//! `riskset reconstruct`.

mod args;
mod arm;
mod files;
mod ipd;
mod printed;
mod toml;

use std::io::Write;
use std::path::Path;

pub(super) use args::ReconstructArgs;

use self::arm::Arm;
use self::toml::Arms;
use super::command::on_threads;
use super::destination;
use super::failure::Failure;
use crate::error::{Error, Result};
use crate::reconstruct::{DigitisedCurve, Trial};
use crate::report::{Outline, ReconstructDocument, ReconstructPlan, ReconstructedArm};

/// Makes the individuals, writes them, and reports.
pub(super) fn run(args: &ReconstructArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let arms = arms(args)?;
    if arms.arms.iter().all(|arm| arm.points.is_none()) {
        return printed::run(args, &arms, out);
    }
    if let Some(part) = arms.arms.iter().find(|arm| arm.part_of.is_some()) {
        let message = "parts of a whole are reconstructed from printed numbers, without points";
        return Err(Error::option(format!("{}: {message}", part.label)).into());
    }
    let document = on_threads(args.threads, || document(args, &arms))?;
    destination::write(&Outline::One(document), &args.output, out)
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

fn document(args: &ReconstructArgs, arms: &Arms) -> Result<ReconstructDocument> {
    let draws = usize::try_from(args.draws).unwrap_or(usize::MAX);
    let curve = |arm: &Arm| {
        let message = || format!("{}: give the points of its curve as well", arm.label);
        arm.curve()?.ok_or_else(|| Error::option(message()))
    };
    let curves = arms.arms.iter().map(curve).collect::<Result<Vec<DigitisedCurve>>>()?;
    let mut trial = Trial::new(curves);
    if let Some(ratio) = &arms.hazard_ratio {
        trial = trial.hazard_ratio(ratio.clone());
    }
    if let Some(p) = &arms.p {
        trial = trial.log_rank_p(p.clone());
    }
    let whole = trial.reconstruct(args.seed, draws)?;
    let compared = whole.constraints().to_vec();
    let labels = arms.arms.iter().map(|arm| arm.label.clone());
    let own = labels.zip(whole.into_arms());
    let made: Vec<ReconstructedArm> =
        own.map(|(label, arm)| ReconstructedArm::from_curve(label, arm)).collect();
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
    }
}
