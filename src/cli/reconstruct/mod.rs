//! `riskset reconstruct`.

mod args;
mod arm;
mod files;
mod ipd;
mod toml;

use std::io::Write;
use std::path::Path;

pub(super) use args::ReconstructArgs;

use self::arm::Arm;
use self::toml::Arms;
use super::command::on_threads;
use super::destination;
use super::failure::Failure;
use crate::error::Result;
use crate::reconstruct::{DigitisedCurve, Trial};
use crate::report::{Outline, ReconstructDocument, ReconstructPlan, ReconstructedArm};

/// Makes the individuals, writes them, and reports.
pub(super) fn run(args: &ReconstructArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let arms = arms(args)?;
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
    let curves = arms.arms.iter().map(Arm::curve).collect::<Result<Vec<_>>>()?;
    let curves: Option<Vec<DigitisedCurve>> = curves.into_iter().collect();
    let made: Vec<ReconstructedArm>;
    let mut compared = Vec::new();
    match curves {
        Some(curves) => {
            let mut trial = Trial::new(curves);
            if let Some(ratio) = &arms.hazard_ratio {
                trial = trial.hazard_ratio(ratio.clone());
            }
            if let Some(p) = &arms.p {
                trial = trial.log_rank_p(p.clone());
            }
            let whole = trial.reconstruct(args.seed, draws)?;
            compared.extend(whole.constraints().iter().cloned());
            let labels = arms.arms.iter().map(|arm| arm.label.clone());
            let own = labels.zip(whole.into_arms());
            made = own.map(|(label, arm)| ReconstructedArm::from_curve(label, arm)).collect();
        }
        None => {
            let arm = |arm: &Arm| arm.from_numbers(args.seed, draws);
            made = arms.arms.iter().map(arm).collect::<Result<_>>()?;
        }
    }
    if let Some(path) = &args.ipd {
        ipd::write(path, &made)?;
    }
    let plan = ReconstructPlan {
        conventions: arms.arms[0].conventions,
        at: args.at.clone(),
        rmst: args.rmst,
        seed: args.seed,
        ipd: args.ipd.as_ref().map(|path| path.to_string_lossy().into_owned()),
    };
    plan.run(made, compared)
}
