//! `riskset identify`.

use std::io::Write;

use super::args::IdentifyArgs;
use super::command::analyse;
use super::destination;
use super::failure::Failure;
use super::input::Request;
use crate::convention::Conventions;
use crate::error::{Error, Result};
use crate::report::{IdentifyDocument, IdentifyPlan, Outline};
use crate::reproduce::identify::{Identify, Statistic};

/// Looks for what made a printed number and writes what was found.
pub(super) fn run(args: &IdentifyArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let found = analyse(&args.input.source, &args.output, || identify(args))?;
    destination::write(&found, &args.output, out)?;
    if any(&found) { Ok(()) } else { Err(Failure::found("no convention prints every digit")) }
}

fn identify(args: &IdentifyArgs) -> Result<Outline<IdentifyDocument>> {
    if args.input.each.is_some() {
        return Err(Error::option("--each: one formula is looked at; leave --each out"));
    }
    let time_zero = Conventions::of(args.input.dialect).time_zero;
    let request = Request::parse(&args.input, None)?.time_zero(time_zero);
    let given = args.quantile.map(Statistic::Quantile).or(args.at.map(Statistic::Rate));
    let statistic = match given.or(args.statistic) {
        Some(statistic) => statistic,
        None if request.has_terms() => Statistic::HazardRatio,
        None => Statistic::Quantile(0.5),
    };
    let plan = IdentifyPlan {
        statistic,
        search: Identify::new(args.published.clone(), statistic)
            .conf_level(args.input.conf_level)
            .draws(args.draws, args.seed),
        draws: args.draws,
        seed: args.seed,
        conf_level: args.input.conf_level,
    };
    match statistic {
        Statistic::HazardRatio => {
            let request = request.for_models();
            request.models(&args.output, |models| plan.run_model(models.whole()?))
        }
        _ => request.strata_group().outline(&args.output, |subject| plan.run(subject)),
    }
}

/// Whether something makes the number, in any level of `--by`.
fn any(found: &Outline<IdentifyDocument>) -> bool {
    match found {
        Outline::One(own) => own.has_match(),
        Outline::Each(parts) => parts.iter().any(|part| part.document.has_match()),
        Outline::By(_, strata) => strata.iter().any(|stratum| any(&stratum.part)),
    }
}
