//! Where rows come from: a file, or what a plan makes of one.

use std::path::Path;

use super::args::{InputArgs, OutputArgs};
use super::progress;
use crate::error::{Error, Result};
use crate::formula::{Formula, Outcome};
use crate::io::{ReadOptions, Reader};
use crate::plan::Plan;

/// The plan that the data are, if they are one: a TOML file, or a file of CDISC's ADTTE form whose
/// parameter the formula names.
pub(super) fn plan(
    args: &InputArgs,
    formula: &Formula,
    options: impl FnOnce() -> ReadOptions,
) -> Result<Option<Plan>> {
    if is_plan(&args.data) {
        refuse_reading_options(args)?;
        return Ok(Some(Plan::open(&args.data)?));
    }
    match formula.outcome() {
        Outcome::Endpoint(name) if args.data != "-" => {
            let reader = Reader::open(&args.data, options())?;
            Plan::adtte(&args.data, reader.header(), &name.columns().concat())
        }
        _ => Ok(None),
    }
}

/// A plan, where nothing else will do.
pub(super) fn whole_plan(file: &str) -> Result<Plan> {
    if !is_plan(file) {
        return Err(Error::option(format!(
            "{file}: a plan is asked for, a file that ends in .toml"
        )));
    }
    Plan::open(file)
}

/// Whether a file is a plan, by its name.
pub(super) fn is_plan(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|own| own.eq_ignore_ascii_case("toml"))
}

/// A plan says itself how its file is read.
fn refuse_reading_options(args: &InputArgs) -> Result<()> {
    let given = [
        ("--delimiter", args.delimiter.is_some()),
        ("--decimal", args.decimal.is_some()),
        ("--encoding", args.encoding.is_some()),
        ("--dates", !args.dates.is_empty()),
        ("--partial-dates", args.partial_dates.is_some()),
        ("--sheet", args.sheet.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Error::option(format!(
            "{option}: the plan says how its file is read; write it there, under data"
        ))),
        None => Ok(()),
    }
}

/// Opens the data, with these options unless a plan has its own.
pub(super) fn reader(
    args: &InputArgs,
    plan: Option<&Plan>,
    options: ReadOptions,
    output: &OutputArgs,
) -> Result<Reader> {
    match plan {
        Some(plan) if is_plan(&args.data) => {
            plan.reader(progress::shown(plan.options(), output.quiet))
        }
        _ => Reader::open(&args.data, progress::shown(options, output.quiet)),
    }
}
