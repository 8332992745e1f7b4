//! `riskset verify`: a page of a report, computed again.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::document;
use super::origin::PlanText;
use crate::cli::args::VerifyArgs;
use crate::cli::command::on_threads;
use crate::cli::destination;
use crate::cli::failure::{Failure, reason};
use crate::error::{Error, Result};
use crate::report::{StoredReport, Verdict, VerifyDocument};

/// Computes a page again, and says what differs.
pub(in crate::cli) fn run(args: &VerifyArgs, out: &mut dyn Write) -> Result<(), Failure> {
    destination::check(&args.output, &args.report)?;
    let made = on_threads(args.threads, || verify(args))?;
    destination::write(&made, &args.output, out)?;
    let (report, version) = (&args.report, made.written_by());
    match made.verdict() {
        Verdict::Agrees => Ok(()),
        Verdict::ValuesAgree if args.values_only => Ok(()),
        Verdict::ValuesAgree => Err(Failure::found(format!(
            "{report}: its values agree, but the page was not compared: verify it with riskset \
             {version:?}, which it names as its writer, or be content with --values-only"
        ))),
        Verdict::Differs => Err(Failure::found(format!("{report}: the page does not agree"))),
    }
}

fn verify(args: &VerifyArgs) -> Result<VerifyDocument> {
    let failed = |error| Error::file(&args.report, reason(&error, "no such file"));
    let page = std::fs::read_to_string(&args.report).map_err(failed)?;
    let stored = StoredReport::parse(&args.report, &page)?;
    let recorded = PlanText::new(stored.plan_file(), stored.plan_file(), stored.plan_text());
    let used = match &args.plan {
        Some(path) => PlanText::open(path)?,
        None => recorded.clone(),
    };
    let plan = used.plan(args.plan.as_deref().unwrap_or(&args.report))?;
    let data = match &args.data {
        Some(path) => path.clone(),
        None => find(plan.data(), &plan.file())?,
    };
    let now = document(&used, plan, &data, args.output.quiet)?;
    VerifyDocument::new(&stored, &recorded.record(), &now)
}

/// The data: where the plan says, seen from the page; in the working directory; beside the page.
fn find(name: &str, beside: &Path) -> Result<PathBuf> {
    let mut places = vec![beside.to_owned(), PathBuf::from(name)];
    let bare = Path::new(name).file_name().map(|own| beside.with_file_name(own));
    places.extend(bare.filter(|own| own != beside));
    places.iter().find(|own| own.is_file()).cloned().ok_or_else(|| {
        let shown: Vec<_> = places.iter().map(|own| own.to_string_lossy()).collect();
        Error::file(name, format!("no such file as {}; give --data FILE", shown.join(" or ")))
    })
}
