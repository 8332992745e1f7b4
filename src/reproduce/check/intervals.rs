//! Estimates against their own intervals, and intervals against each other.

use super::finding::{Findings, Severity};
use super::lattice::{OnLattice, is_symmetric, tenth_lattice};
use super::limits::{Reached, fewest_for_upper, log_log_attainable};
use super::model::{Bracket, Measure, PrintedFigure, PrintedNumbers};
use crate::curve::ConfType;
use crate::published::Printed;

/// So many intervals, and so large a share of them symmetric, tell how a paper made them.
const ENOUGH: usize = 5;
const SHARE: f64 = 0.8;

pub(super) fn check(numbers: &PrintedNumbers, found: &mut Findings) {
    for figure in &numbers.figures {
        inside(figure, found);
        attainable(figure, found);
        symmetric_range(figure, found);
    }
    repeated(&numbers.figures, found);
    fingerprint(&numbers.figures, found);
}

/// The estimate lies within its brackets.
fn inside(figure: &PrintedFigure, found: &mut Findings) {
    let (lower, upper) = (figure.lower.as_ref(), figure.upper.as_ref());
    let ends = |own: Option<&Printed>| own.and_then(Printed::bounds);
    let beyond = |low: Option<(f64, f64)>, high: Option<(f64, f64)>| matches!((low, high), (Some(low), Some(high)) if low.0 > high.1);
    let own = ends(figure.estimate.as_ref());
    let what = if figure.bracket == Bracket::Interval { "interval" } else { "range" };
    let sentence = if beyond(ends(lower), ends(upper)) {
        "the lower limit is above the upper one"
    } else if beyond(ends(lower), own) {
        "the estimate lies below the lower limit"
    } else if beyond(own, ends(upper)) {
        "the estimate lies above the upper limit"
    } else if figure.estimate.as_ref().is_some_and(Printed::is_not_reached)
        && ends(upper).is_some()
        && figure.measure == Measure::Median
    {
        "the upper limit is reached but the estimate is not"
    } else {
        return;
    };
    let sentence =
        format!("{}, {}: {sentence}, which no {what} allows", figure.subject(), figure.text());
    found.add("interval-excludes-estimate", Severity::Error, sentence, [figure.row.clone()]);
}

/// Some data of this size have what is reached and what is not.
fn attainable(figure: &PrintedFigure, found: &mut Findings) {
    if figure.measure != Measure::Median || figure.bracket != Bracket::Interval {
        return;
    }
    let is_reached = |own: &Option<Printed>| own.as_ref().map(|own| !own.is_not_reached());
    let (Some(median), Some(lower), Some(upper)) =
        (is_reached(&figure.estimate), is_reached(&figure.lower), is_reached(&figure.upper))
    else {
        return;
    };
    let mut report = |assumed: bool, sentence: String| {
        let (severity, unless) = match assumed {
            true => (
                Severity::Warning,
                "; the interval is not stated: one of another type may have them",
            ),
            false => (Severity::Error, ""),
        };
        let text = format!("{}, {}: {sentence}{unless}", figure.subject(), figure.text());
        found.add("limit-impossible", severity, text, [figure.row.clone()]);
    };
    if figure.events == Some(0) && median {
        return report(false, "a median is reached without an event".to_owned());
    }
    let assumed = figure.conf_type_assumed;
    let (Some(n), Some(ConfType::LogLog)) = (figure.n, figure.conf_type) else { return };
    let level = figure.level.unwrap_or(0.95);
    let reached = Reached { lower, median, upper };
    let events = figure.events.map_or(String::new(), |events| format!(" with {events} events"));
    let (patients, fewest) = fewest_for_upper(level);
    if upper && (n < patients || figure.events.is_some_and(|events| events < fewest)) {
        report(
            assumed,
            format!(
                "a log-log interval has an upper limit only from {patients} patients and {fewest} \
             events on, and here are {n} patients{events}"
            ),
        );
    } else if log_log_attainable(n, figure.events, reached, level) == Some(false) {
        report(
            assumed,
            format!(
                "of all orders in which {n} patients{events} can have events and be censored, none has \
             a median and log-log limits of which just these are reached"
            ),
        );
    }
}

/// A range that is symmetric around its median to a decimal looks like an interval. Whole numbers
/// are symmetric too often to tell.
fn symmetric_range(figure: &PrintedFigure, found: &mut Findings) {
    let (Some(own), Some(lower), Some(upper)) = (&figure.estimate, &figure.lower, &figure.upper)
    else {
        return;
    };
    let fine = [own, lower, upper].iter().all(|own| own.decimals() > 0);
    let concerned = figure.bracket == Bracket::Range && figure.measure == Measure::Median && fine;
    let numbers = [own, lower, upper].map(Printed::number);
    let (true, [Some(median), Some(low), Some(high)]) = (concerned, numbers) else { return };
    // Numbers that agree only on the border of two roundings do not.
    let slack = own.half_unit() + (lower.half_unit() + upper.half_unit()) / 2.0;
    if ((low + high) / 2.0 - median).abs() > slack - 1e-9 {
        return;
    }
    let sentence = format!(
        "{}, {}: called a range, but its middle ({low} + {high})/2 = {:.2} is the median, as in a \
         symmetric confidence interval",
        figure.subject(),
        figure.text(),
        (low + high) / 2.0
    );
    found.add("range-like-interval", Severity::Warning, sentence, [figure.row.clone()]);
}

/// One interval on two endpoints of a group.
fn repeated(figures: &[PrintedFigure], found: &mut Findings) {
    for (at, figure) in figures.iter().enumerate() {
        for other in &figures[..at] {
            let (Some(own), Some(theirs)) = (figure.interval(), other.interval()) else { continue };
            let same = own.0.number().is_some()
                && own.0.number() == theirs.0.number()
                && own.1.number().is_some()
                && own.1.number() == theirs.1.number()
                && figure.same_group(other)
                && figure.endpoint != other.endpoint
                && figure.measure == Measure::Median
                && other.measure == Measure::Median;
            if same {
                let sentence = format!(
                    "{}: {} {} and {} {} have one interval, which two endpoints of the same \
                     patients hardly have",
                    other.study,
                    other.endpoint,
                    other.text(),
                    figure.endpoint,
                    figure.text()
                );
                let rows = [other.row.clone(), figure.row.clone()];
                found.add("interval-repeated", Severity::Warning, sentence, rows);
            }
        }
    }
}

/// How the intervals of a paper's medians were made.
fn fingerprint(figures: &[PrintedFigure], found: &mut Findings) {
    let closed = |own: &&PrintedFigure| {
        let numbers = own.interval().map(|(low, high)| low.number().and(high.number()).is_some());
        own.measure == Measure::Median
            && numbers == Some(true)
            && (own.conf_type.is_none() || own.conf_type_assumed)
    };
    let all: Vec<&PrintedFigure> = figures.iter().filter(closed).collect();
    let mut papers: Vec<(&str, &str)> = Vec::new();
    for own in &all {
        let key = (own.paper.as_str(), own.study.as_str());
        if !papers.contains(&key) {
            papers.push(key);
        }
    }
    for paper in papers {
        let of_paper = |own: &&&PrintedFigure| (own.paper.as_str(), own.study.as_str()) == paper;
        let own: Vec<&PrintedFigure> = all.iter().filter(of_paper).copied().collect();
        describe(&own, found);
    }
}

fn describe(own: &[&PrintedFigure], found: &mut Findings) {
    let parts = |figure: &PrintedFigure| {
        let (lower, upper) = figure.interval()?;
        Some((figure.estimate.clone()?, lower.clone(), upper.clone()))
    };
    let symmetric = |figure: &&&PrintedFigure| {
        let parts = parts(figure);
        parts.is_some_and(|(own, low, high)| is_symmetric(&own, (&low, &high)) == Some(true))
    };
    let even: Vec<&PrintedFigure> = own.iter().filter(symmetric).copied().collect();
    if own.len() < ENOUGH || (even.len() as f64) < SHARE * own.len() as f64 {
        return;
    }
    let study = &own[0].study;
    let sentence = format!(
        "{study}: {} of {} intervals of medians are symmetric around the median within rounding, \
         as median ± z·SE is (SPSS); log-log, log or plain limits of S(t) are not",
        even.len(),
        own.len()
    );
    let rows = own.iter().map(|own| own.row.clone()).collect::<Vec<_>>();
    found.add("symmetric-intervals", Severity::Note, sentence, rows);
    let off = |figure: &&&PrintedFigure| {
        let lattice = parts(figure).and_then(|(own, low, high)| tenth_lattice(&own, (&low, &high)));
        matches!(lattice, Some(OnLattice::OnBorder | OnLattice::Impossible))
    };
    let off: Vec<&PrintedFigure> = even.iter().filter(off).copied().collect();
    let Some(first) = off.first() else { return };
    let sentence = format!(
        "{study}: times were not rounded to the printed digit before the analysis: then a median \
         would be exactly as printed, and no half width h, save one that ends on the border of two \
         roundings, prints as {}, nor as {} others of the {} symmetric intervals",
        first.text(),
        off.len() - 1,
        even.len()
    );
    found.add("not-on-lattice", Severity::Note, sentence, off.iter().map(|own| own.row.clone()));
}
