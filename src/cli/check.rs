//! `riskset check`.

use std::io::Write;
use std::path::Path;

use super::args::CheckArgs;
use super::destination;
use super::failure::Failure;
use crate::error::Error;
use crate::report::{CheckDocument, Format};
use crate::reproduce::Study;
use crate::reproduce::check::{PrintedNumbers, check};

/// Looks for contradictions in printed numbers and writes them.
pub(super) fn run(args: &CheckArgs, out: &mut dyn Write) -> Result<(), Failure> {
    if args.output.format() == Format::Ars {
        return Err(Error::option("findings are no statistics; --format json has them").into());
    }
    args.files.iter().try_for_each(|file| destination::check(&args.output, file))?;
    let (studies, tables): (Vec<&String>, Vec<&String>) =
        args.files.iter().partition(|file| is_study(file));
    let mut numbers = PrintedNumbers::read(&tables)?;
    let studies = studies.into_iter().map(Study::open).collect::<Result<Vec<_>, _>>()?;
    for study in &studies {
        numbers.extend(study.printed());
    }
    let mut findings = check(&numbers);
    studies.iter().for_each(|study| study.not_attainable(&mut findings));
    let document = CheckDocument::new(args.files.clone(), numbers.len(), findings);
    destination::write(&document, &args.output, out)?;
    match document.has_errors() {
        true => Err(Failure::found("printed numbers contradict each other")),
        false => Ok(()),
    }
}

/// Whether a file is a study, or the folder of one.
fn is_study(file: &str) -> bool {
    let path = Path::new(file);
    path.is_dir() || path.extension().is_some_and(|own| own.eq_ignore_ascii_case("toml"))
}
