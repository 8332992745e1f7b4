//! `riskset reproduce`.

use std::io::Write;

use super::args::ReproduceArgs;
use super::command::on_threads;
use super::destination;
use super::failure::Failure;
use super::progress;
use crate::error::Result;
use crate::report::{Outline, ReproduceDocument};
use crate::reproduce::Study;
use crate::table::Table;

/// Recomputes a study and writes the comparison.
pub(super) fn run(args: &ReproduceArgs, out: &mut dyn Write) -> Result<(), Failure> {
    destination::check(&args.output, &args.study)?;
    let document = on_threads(args.threads, || document(args))?;
    let differs = document.differs() && !args.allow_differences;
    destination::write(&Outline::One(document), &args.output, out)?;
    if differs {
        return Err(Failure::found(
            "figures differ from what was printed (--allow-differences makes this no failure)",
        ));
    }
    Ok(())
}

fn document(args: &ReproduceArgs) -> Result<ReproduceDocument> {
    let study = Study::open(&args.study)?;
    destination::check(&args.output, &study.plan().file().to_string_lossy())?;
    let table = rows(&study, args)?;
    let reproduction = study.compare(table)?;
    Ok(ReproduceDocument::new(&reproduction, Vec::new(), Vec::new()))
}

/// The rows of a file.
fn rows(study: &Study, args: &ReproduceArgs) -> Result<Table> {
    let plan = study.plan();
    let reader = plan.reader(progress::shown(plan.options(), args.output.quiet))?;
    let names = study.columns(reader.header());
    reader.read(&names)
}
