//! The command line: arguments, then an analysis, then a report.
//!
//! Texts become types here and nowhere deeper. [`execute`] does everything but touch the process,
//! so that tests can call it.

mod args;
mod check;
mod choice;
mod command;
mod data;
mod destination;
mod failure;
mod identify;
mod input;
mod inspect;
mod plot;
mod progress;
mod reconstruct;
mod report;
mod reproduce;
mod shared;
mod tables;
mod weight;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use args::Cli;
pub use failure::Failure;

/// Runs a command line (without the program's name) and returns what it prints.
///
/// ```
/// let text = riskset::cli::execute(["conventions", "--format", "csv"])?;
/// assert!(text.starts_with("convention,riskset,R,SAS,SPSS,Stata\n"));
/// # Ok::<(), riskset::cli::Failure>(())
/// ```
///
/// # Errors
/// What a process would print on standard error, and its exit status.
pub fn execute<T: Into<OsString>>(args: impl IntoIterator<Item = T>) -> Result<String, Failure> {
    let mut out = Vec::new();
    perform(args.into_iter().map(Into::into), &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let done = perform(std::env::args_os().skip(1), &mut out);
    let done = done.and_then(|()| destination::unless_closed(out.flush()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing can be done when standard error is closed too.
            let _ = writeln!(io::stderr(), "{failure}");
            ExitCode::from(failure.status())
        }
    }
}

fn perform(args: impl Iterator<Item = OsString>, out: &mut dyn Write) -> Result<(), Failure> {
    let program = std::iter::once(OsString::from("riskset"));
    match Cli::try_parse_from(program.chain(args)) {
        Ok(cli) => command::run(cli.command, out),
        Err(error) if error.use_stderr() => Err(Failure::from(error)),
        Err(help) => destination::unless_closed(write!(out, "{}", help.render())),
    }
}
