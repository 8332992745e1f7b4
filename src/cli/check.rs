//! `riskset check`.

use std::io::Write;

use super::args::CheckArgs;
use super::destination;
use super::failure::Failure;
use crate::error::Error;
use crate::report::{CheckDocument, Format};
use crate::reproduce::check::PrintedNumbers;

/// Looks for contradictions in printed numbers and writes them.
pub(super) fn run(args: &CheckArgs, out: &mut dyn Write) -> Result<(), Failure> {
    if args.output.format() == Format::Ars {
        return Err(Error::option("findings are no statistics; --format json has them").into());
    }
    args.files.iter().try_for_each(|file| destination::check(&args.output, file))?;
    let numbers = PrintedNumbers::read(&args.files)?;
    let document = CheckDocument::new(args.files.clone(), &numbers);
    destination::write(&document, &args.output, out)?;
    if document.has_errors() {
        Err(Failure::found("printed numbers contradict each other"))
    } else {
        Ok(())
    }
}
