//! `riskset inspect`.

use std::io::Write;
use std::time::SystemTime;

use super::args::InspectArgs;
use super::command::on_threads;
use super::destination;
use super::failure::Failure;
use super::progress;
use crate::codebook::Codebook;
use crate::error::{Error, Result};
use crate::io::Reader;
use crate::report::{CodebookDocument, Format};

const A_DAY: u64 = 86_400;

/// Looks at a file and writes what was found.
pub(super) fn run(args: &InspectArgs, out: &mut dyn Write) -> Result<(), Failure> {
    destination::check(&args.output, &args.data)?;
    if args.plan && matches!(args.output.format(), Format::Html | Format::Docx) {
        return Err(Error::option("--plan is TOML and no document; leave --format out").into());
    }
    let document = on_threads(args.reading.threads, || document(args))?;
    match args.plan {
        true => destination::write(&document.into_plan(), &args.output, out),
        false => destination::write(&document, &args.output, out),
    }
}

fn document(args: &InspectArgs) -> Result<CodebookDocument> {
    let options = args.reading.options();
    let reader = Reader::open(&args.data, progress::shown(options.clone(), args.output.quiet))?;
    Ok(CodebookDocument::new(Codebook::of(&reader, &options, today())?))
}

/// Days since 1970-01-01, with a day to spare for those east of Greenwich.
pub(super) fn today() -> Option<i32> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i32::try_from(since.as_secs() / A_DAY + 1).ok()
}
