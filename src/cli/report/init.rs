//! `riskset init`: a first plan with analyses.

use std::io::Write;

use crate::cli::args::InitArgs;
use crate::cli::failure::Failure;
use crate::error::Error;

/// Writes a plan for a file.
pub(in crate::cli) fn run(_args: &InitArgs, _out: &mut dyn Write) -> Result<(), Failure> {
    Err(Error::option("todo").into())
}
