//! Arms from printed numbers alone: by themselves, or as parts of a whole.

use std::io::Write;
use std::path::Path;

use super::arm::Arm;
use super::toml::Arms;
use super::{ReconstructArgs, ipd, plan};
use crate::cli::command::on_threads;
use crate::cli::failure::Failure;
use crate::cli::plot::Plot;
use crate::error::{Error, Result};
use crate::published::Printed;
use crate::reconstruct::Individual;
use crate::reconstruct::summary::{
    DayLattice, Family, FamilyOutcome, FollowUpKind, Grid, Subject, Summary, SummaryOutcome,
};
use crate::report::{ImpossibleDocument, ReconstructedArm};

/// Chance below which it is no accident that all printed times are days.
const NO_ACCIDENT: f64 = 0.01;

/// What became of the arms.
enum Made {
    Found(Vec<Built>),
    Impossible(ImpossibleDocument),
}

/// An arm, and for each draw the part that each member is in, by division.
struct Built {
    arm: ReconstructedArm,
    divisions: Vec<(String, Vec<String>)>,
    labels: Vec<Vec<Vec<usize>>>,
}

/// Makes the individuals, writes them, and reports; or says what contradicts what.
pub(super) fn run(args: &ReconstructArgs, arms: &Arms, out: &mut dyn Write) -> Result<(), Failure> {
    if arms.hazard_ratio.is_some() || arms.p.is_some() {
        let message = "hr and p compare curves: give the points of both arms";
        return Err(Error::option(message).into());
    }
    let files = args.plot.files(&args.output, &[])?;
    match on_threads(args.threads, || build(args, &arms.arms))? {
        Made::Found(built) => {
            if let Some(path) = &args.ipd {
                write(path, &built)?;
            }
            let mut made: Vec<ReconstructedArm> = built.into_iter().map(|own| own.arm).collect();
            if let (Some(note), Some(first)) = (lattice_note(&arms.arms), made.first_mut()) {
                first.notes.push(note);
            }
            let document = plan(args, arms).run(made, Vec::new())?;
            super::write(files, document, args, out)
        }
        Made::Impossible(document) => super::refuse(document, args, out),
    }
}

/// Every whole, with its parts if it has any.
fn build(args: &ReconstructArgs, arms: &[Arm]) -> Result<Made> {
    let draws = usize::try_from(args.draws).unwrap_or(usize::MAX);
    for part in arms {
        let Some((whole, _)) = &part.part_of else { continue };
        let named = |own: &&Arm| own.part_of.is_none() && own.label == *whole;
        if arms.iter().filter(named).count() != 1 {
            let label = &part.label;
            let message = format!("{label}: there is no one arm called {whole:?} to be a part of");
            return Err(Error::option(message));
        }
    }
    let mut built = Vec::new();
    for whole in arms.iter().filter(|arm| arm.part_of.is_none()) {
        let inside = |own: &&Arm| own.part_of.as_ref().is_some_and(|own| own.0 == whole.label);
        let parts: Vec<&Arm> = arms.iter().filter(inside).collect();
        let made = match parts.is_empty() {
            true => alone(whole, args.seed, draws)?,
            false => divided(whole, &parts, args.seed, draws)?,
        };
        match made {
            Made::Found(own) => built.extend(own),
            impossible => return Ok(impossible),
        }
    }
    Ok(Made::Found(built))
}

fn alone(arm: &Arm, seed: u64, draws: usize) -> Result<Made> {
    let summary = summary(arm)?;
    let n = arm.n.unwrap_or(0);
    let impossible =
        |own: ImpossibleDocument| Made::Impossible(own.by(summary.conventions_in_words()));
    Ok(match summary.reconstruct(seed, draws)? {
        SummaryOutcome::Feasible(found) => {
            let people = found.draws().iter().map(|own| individuals(&own.subjects)).collect();
            let constraints = found.constraints().to_vec();
            let arm = ReconstructedArm::from_numbers(arm.label.clone(), people, constraints);
            Made::Found(vec![Built { arm, divisions: Vec::new(), labels: Vec::new() }])
        }
        SummaryOutcome::Infeasible { contradiction, reason, .. } => {
            let given = contradiction.iter().map(|name| arm.given(name)).collect();
            impossible(ImpossibleDocument::contradiction(n, (contradiction, given), reason))
        }
        SummaryOutcome::NotFound { reason } => {
            impossible(ImpossibleDocument::not_found(n, Vec::new(), reason))
        }
    })
}

fn divided(whole: &Arm, parts: &[&Arm], seed: u64, draws: usize) -> Result<Made> {
    let mut divisions: Vec<(&str, Vec<(&str, Summary)>)> = Vec::new();
    for part in parts {
        let Some((_, by)) = &part.part_of else { continue };
        let own = (part.label.as_str(), summary(part)?);
        match divisions.iter_mut().find(|division| division.0 == by) {
            Some(division) => division.1.push(own),
            None => divisions.push((by, vec![own])),
        }
    }
    let all = summary(whole)?;
    let conventions = all.conventions_in_words();
    let impossible = |own: ImpossibleDocument| Made::Impossible(own.by(conventions));
    let family = Family::new(all);
    let family = divisions.into_iter().fold(family, |own, (by, parts)| own.divided(by, parts));
    let n = whole.n.unwrap_or(0);
    Ok(match family.reconstruct(seed, draws)? {
        FamilyOutcome::Feasible(found) => {
            let people = found.draws().iter().map(|own| individuals(&own.subjects)).collect();
            let constraints = found.constraints().to_vec();
            let arm = ReconstructedArm::from_numbers(whole.label.clone(), people, constraints);
            let labels = found.draws().iter().map(|own| own.labels.clone()).collect();
            Made::Found(vec![Built { arm, divisions: found.divisions().to_vec(), labels }])
        }
        FamilyOutcome::Infeasible { contradiction, reason } => {
            let given = |name: &String| match name.split_once(": ") {
                Some((part, own)) => {
                    let named = |arm: &&&Arm| {
                        let by = arm.part_of.as_ref().map_or("", |own| own.1.as_str());
                        format!("{by}={}", arm.label) == part
                    };
                    parts.iter().find(named)?.given(own)
                }
                None => whole.given(name),
            };
            let given = contradiction.iter().map(given).collect();
            impossible(ImpossibleDocument::contradiction(n, (contradiction, given), reason))
        }
        FamilyOutcome::NotFound { best, reason } => {
            impossible(ImpossibleDocument::not_found(n, best, reason))
        }
    })
}

/// The printed numbers of an arm.
fn summary(arm: &Arm) -> Result<Summary> {
    let label = &arm.label;
    let missing = || Error::option(format!("{label}: give the number of patients, --n"));
    let mut own = Summary::new(arm.n.ok_or_else(missing)?).conventions(&arm.conventions);
    if let Some(events) = arm.events {
        own = own.events(events);
    }
    if let Some(median) = &arm.median {
        own = own.median(median.clone());
    }
    if let Some((lower, upper)) = &arm.limits {
        own = own.limits(lower.clone(), upper.clone());
    }
    if let Some(time) = arm.max_time {
        own = own.max_time(Printed::parse(&time.to_string())?);
    }
    if let Some(time) = arm.min_follow_up {
        own = own.min_follow_up(time);
    }
    if let Some(median) = &arm.median_follow_up {
        own = own.follow_up(FollowUpKind::Reverse, median.clone());
    }
    if let Some(step) = arm.step {
        // A day in months and the days of a month are not quite inverses of each other.
        own = own.grid(Grid::days((1e9 / step).round() / 1e9)?);
    }
    Ok(arm.rates.iter().cloned().fold(own, |own, (time, rate)| own.rate(time, rate)))
}

fn individuals(subjects: &[Subject]) -> Vec<Individual> {
    subjects.iter().map(|own| Individual { time: own.time, event: own.event }).collect()
}

/// Where times were not said to be days, but all printed ones are.
fn lattice_note(arms: &[Arm]) -> Option<String> {
    if arms.iter().any(|arm| arm.step.is_some()) {
        return None;
    }
    let medians = arms.iter().flat_map(|arm| arm.median.iter().chain(&arm.median_follow_up));
    let limits = arms.iter().flat_map(|arm| &arm.limits).flat_map(|own| [&own.0, &own.1]);
    let printed: Vec<Printed> = medians.chain(limits).cloned().collect();
    let best = DayLattice::find(&printed).into_iter().next()?;
    let all = best.misfits.is_empty() && best.by_chance < NO_ACCIDENT;
    all.then(|| {
        let DayLattice { whole, half, name, .. } = best;
        format!(
            "the printed times are whole days over {name} ({whole}) or halfway between two \
             ({half}); if the unit is months, --unit months --grid days has the days"
        )
    })
}

/// As the table of arms, with a column for every division.
fn write(path: &Path, built: &[Built]) -> Result<()> {
    let mut columns: Vec<ipd::Division<'_>> = Vec::new();
    for (arm, own) in built.iter().enumerate() {
        for (at, (name, parts)) in own.divisions.iter().enumerate() {
            columns.push(ipd::Division { name, arm, parts, labels: &own.labels, at });
        }
    }
    let arms: Vec<&ReconstructedArm> = built.iter().map(|own| &own.arm).collect();
    ipd::write_divided(path, &arms, &columns)
}
