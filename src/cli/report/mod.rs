//! `riskset report`: every analysis of a plan on one page.

mod init;
mod keys;
mod options;
mod origin;
mod refusal;
mod verify;

use std::fmt::Debug;
use std::io::Write;
use std::path::Path;

use self::keys::Asked;
use self::origin::{PlanText, data_file};
use super::args::{Command, ReportArgs};
use super::command::{self, on_threads};
use super::destination;
use super::failure::Failure;
use super::plot::Plot;
use super::progress;
use super::shared::Shared;
use super::tables;
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::formula::WeightKind;
use crate::plan::Plan;
use crate::report::{
    Analysis, DataFile, Document, Format, Outline, Plotted, ReportDocument, ReportPart, ReportParts,
};

pub(super) use init::run as init;
pub(super) use verify::run as verify;

/// Makes the report of a plan and writes it.
pub(super) fn run(args: &ReportArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let mut output = args.output.clone();
    output.format = Some(format(output.format, output.output.as_deref())?);
    destination::check(&output, &args.plan)?;
    let text = PlanText::open(&args.plan)?;
    let plan = text.plan(&args.plan)?;
    destination::check(&output, plan.file())?;
    let data = plan.file();
    let made = on_threads(args.threads, || document(&text, plan, &data, args.output.quiet))?;
    destination::write(&made, &output, out)
}

/// A page, unless something else is asked for.
fn format(asked: Option<Format>, file: Option<&Path>) -> Result<Format> {
    let ending = file.and_then(Path::extension).and_then(|own| own.to_str()).unwrap_or_default();
    let of_file = match ending.to_lowercase().as_str() {
        "json" => Format::Json,
        "md" => Format::Markdown,
        "txt" => Format::Text,
        // Refused, and not a page under the name of something else.
        "csv" => Format::Csv,
        "docx" => Format::Docx,
        _ => Format::Html,
    };
    match asked.unwrap_or(of_file) {
        own @ (Format::Html | Format::Json | Format::Markdown | Format::Text) => Ok(own),
        own => Err(Error::option(format!(
            "--format {}: a report is many tables; take html, json, markdown or text",
            own.name()
        ))),
    }
}

/// Makes all analyses of a plan with the data in a file.
fn document(text: &PlanText, plan: Plan, data: &Path, quiet: bool) -> Result<ReportDocument> {
    let asked = asked(text, &plan)?;
    let definitions = definitions(&plan, &asked);
    let file = DataFile { cutoff: plan.cutoff(), ..data_file(plan.data(), data)? };
    let cover = plan.cover().clone();
    let options = progress::shown(plan.options(), quiet);
    let shared = Shared::open(plan.clone(), data, options)?;
    let (population, notes) = shared.population()?;
    let part = |own: &Asked<'_>| part(own, &shared).map_err(|error| own.wrap(&error));
    let analyses = asked.iter().map(part).collect::<Result<_>>()?;
    let plan = text.record();
    Ok(ReportDocument::new(ReportParts {
        cover,
        plan,
        data: file,
        population,
        definitions,
        notes,
        analyses,
    }))
}

/// What a plan asks for, all of it understood before anything is computed.
fn asked<'p>(text: &PlanText, plan: &'p Plan) -> Result<Vec<Asked<'p>>> {
    if plan.entries().is_empty() {
        return Err(Error::analysis(format!(
            "{}: the plan has no [[analysis]]\nhelp: add one, or let riskset init write a plan with \
             some:\n\n[[analysis]]\ntitle = \"Overall survival\"\nkm = 'OS ~ group'",
            text.name()
        )));
    }
    let entries = (1..).zip(plan.entries());
    entries.map(|entry| Asked::new(entry, plan, text.file())).collect()
}

/// The endpoints that are analysed, in words.
fn definitions(plan: &Plan, asked: &[Asked<'_>]) -> Vec<String> {
    let cutoff = plan.cutoff();
    let used =
        plan.endpoints().iter().filter(|own| asked.iter().any(|asked| asked.is_of(own.name())));
    used.map(|own| own.sentence(cutoff.as_deref())).collect()
}

fn part(asked: &Asked<'_>, shared: &Shared) -> Result<ReportPart> {
    let (result, figures) = result(&asked.command, shared)?;
    Ok(ReportPart {
        title: asked.title.clone(),
        call: asked.call.clone(),
        weights: asked.input().and_then(|own| {
            let column = own.weights.as_ref()?;
            let kind = match own.weight_type? {
                WeightKind::Frequency => "frequencies",
                WeightKind::Sampling => "sampling weights",
            };
            Some(format!("{column}, {kind}"))
        }),
        result,
        figures,
    })
}

/// What was found, and its figures by what part of the data they are of.
type Found = (Box<dyn Analysis>, Vec<(String, Figure)>);

fn result(command: &Command, shared: &Shared) -> Result<Found> {
    let shared = Some(shared);
    match command {
        Command::Km(args) => drawn(&args.plot, || command::km(args, shared)),
        Command::LogRank(args) => drawn(&args.plot, || command::log_rank(args, shared)),
        Command::Cox(args) => match args.penalty {
            Some(alpha) => boxed(command::penalised(args, alpha, shared)),
            None => drawn(&args.plot, || command::cox(args, shared)),
        },
        Command::Table1(args) => boxed(tables::table1(args, shared)),
        Command::Response(args) => boxed(tables::response(args, shared)),
        _ => Err(Error::analysis("this command makes no analysis of a report")),
    }
}

fn boxed<D: Document + Debug + Send + 'static>(made: Result<Outline<D>>) -> Result<Found> {
    Ok((Box::new(made?), Vec::new()))
}

/// With the figures that were asked for; what they cannot be is said before anything is computed.
fn drawn<D: Document + Plotted + Debug + Send + 'static>(
    plot: &impl Plot,
    make: impl FnOnce() -> Result<Outline<D>>,
) -> Result<Found> {
    if !plot.is_wanted() {
        return boxed(make());
    }
    let style = plot.style();
    style.check()?;
    let made = make()?;
    let figures = made.figures(&style)?;
    Ok((Box::new(made), figures))
}
