//! `riskset reproduce`.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::ReproduceArgs;
use super::command::on_threads;
use super::destination;
use super::failure::Failure;
use super::plot::{self, Plot};
use super::progress;
use super::reconstruct;
use crate::error::{Error, Result};
use crate::io::{ReadOptions, Reader};
use crate::report::{
    CheckRecord, Format, Illustrated, Outline, Render, ReproduceDocument, ReproduceParts, Style,
};
use crate::reproduce::Study;
use crate::table::Table;

/// Recomputes a study and writes the comparison.
pub(super) fn run(args: &ReproduceArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let study = Study::open(&args.study)?;
    let read = read(&study, args);
    read.iter().try_for_each(|own| destination::check(&args.output, own))?;
    let files = args.plot.files(&args.output, &read)?;
    if let Some(path) = &args.report {
        read.iter().try_for_each(|own| destination::check_path(path, own, "--report"))?;
    }
    args.ipd.as_deref().map_or(Ok(()), destination::check_pseudo)?;
    let document = on_threads(args.threads, || document(study, args))?;
    let differs = document.differs() && !args.allow_differences;
    let failed = document.failed();
    let outline = Outline::One(document);
    if let Some(path) = &args.report {
        page(path, &outline, args)?;
    }
    plot::write(files, &outline, (&args.output, out))?;
    if failed > 0 {
        let what = if failed == 1 { "1 figure" } else { &format!("{failed} figures") };
        return Err(Failure::found(format!(
            "{what} could not be computed: the remarks say why (not_run = \"…\" in the study leaves a \
             figure out)"
        )));
    }
    if differs {
        return Err(Failure::found(
            "figures differ from what was printed (--allow-differences makes this no failure)",
        ));
    }
    Ok(())
}

/// Writes the comparison with its figure as one page.
fn page(path: &Path, outline: &Outline<ReproduceDocument>, args: &ReproduceArgs) -> Result<()> {
    let figures = outline.figures(&args.plot.style())?;
    let style = Style { format: Format::Html, quiet: false };
    destination::write_whole(path, |out| Illustrated::new(outline, &figures).render(style, out))
}

/// The files that are read.
fn read(study: &Study, args: &ReproduceArgs) -> Vec<PathBuf> {
    let own = [PathBuf::from(&args.study), study.plan().file()];
    own.into_iter().chain(study.curves()).collect()
}

fn document(study: Study, args: &ReproduceArgs) -> Result<ReproduceDocument> {
    let seed = study.seed().map(|own| args.seed.unwrap_or(own));
    if seed.is_none() && (args.seed.is_some() || args.ipd.is_some() || args.hold_out.is_some()) {
        return Err(Error::option(
            "--seed, --ipd and --hold-out are for studies that rest on a pseudo-cohort",
        ));
    }
    let (study, table) = match study.curves() {
        Some(file) => reconstructed(study, &file.to_string_lossy())?,
        None if args.seed.is_some() || study.lacks_rows() => {
            let table = searched(&study, args)?;
            (study, table)
        }
        None => {
            let table = rows(&study, args)?;
            (study, table)
        }
    };
    let hold_out = match &args.hold_out {
        Some(only) => study.hold_out(only, args.seed, args.draws)?,
        None => Vec::new(),
    };
    let reproduction = study.compare(table)?;
    let checks = study.contradictions().into_iter().map(CheckRecord::from).collect();
    let parts = ReproduceParts { seed, hold_out, checks, notes: Vec::new() };
    Ok(ReproduceDocument::new(&reproduction, parts))
}

/// The rows of a file.
fn rows(study: &Study, args: &ReproduceArgs) -> Result<Table> {
    if let Some(path) = &args.ipd {
        let shown = path.display();
        return Err(Error::option(format!(
            "--ipd {shown}: the study's pseudo-cohort is a file already, {}; --seed makes another",
            study.plan().file().display()
        )));
    }
    let plan = study.plan();
    let reader = plan.reader(progress::shown(plan.options(), args.output.quiet))?;
    let names = study.columns(reader.header());
    reader.read(&names)
}

/// The rows that the published curves give.
fn reconstructed(study: Study, file: &str) -> Result<(Study, Table)> {
    let made = reconstruct::rows(file, 1)?;
    let study = study.bound_to(made.used);
    let reader = Reader::from_bytes(file, made.csv, ReadOptions::default())?;
    let table = reader.read(&study.columns(reader.header()))?;
    Ok((study, table))
}

/// The rows that a search finds.
fn searched(study: &Study, args: &ReproduceArgs) -> Result<Table> {
    let found = study.search(args.seed)?;
    if let Some(path) = &args.ipd {
        destination::write_whole(path, |out| found.write(out))?;
    }
    found.table(study)
}
