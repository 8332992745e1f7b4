//! Figures of one group against each other: medians, rates, follow-up.

use super::finding::{Findings, Severity};
use super::model::{Bracket, Measure, PrintedFigure, PrintedNumbers, printing};
use crate::curve::ConfType;
use crate::published::Printed;

/// Endpoints that end with death at the latest.
const BEFORE_DEATH: [&str; 3] = ["PFS", "RFS", "DFS"];
/// Standard errors between a hazard ratio and the ratio of medians from which on they disagree.
const FAR: f64 = 2.5;

pub(super) fn check(numbers: &PrintedNumbers, found: &mut Findings) {
    let figures = &numbers.figures;
    for figure in figures {
        counts(figure, found);
        rate_without_time(figure, found);
        for other in figures {
            median_and_rate(figure, other, found);
            progression_and_death(figure, other, found);
        }
        follow_up(figure, figures, found);
        ratio_of_medians(figure, figures, found);
    }
}

fn counts(figure: &PrintedFigure, found: &mut Findings) {
    if let (Some(n), Some(events)) = (figure.n, figure.events)
        && events > n
    {
        let sentence = format!("{}: {events} events in {n} patients", figure.subject());
        found.add("events-above-n", Severity::Error, sentence, [figure.row.clone()]);
    }
}

fn rate_without_time(figure: &PrintedFigure, found: &mut Findings) {
    let printed = figure.estimate.as_ref().filter(|_| figure.at.is_none());
    if let (Some(_), Measure::SurvivalRate) = (printed, figure.measure) {
        let rate = figure.rate_text();
        let sentence = format!("{}: a rate of {rate} without a time", figure.subject());
        found.add("rate-without-time", Severity::Warning, sentence, [figure.row.clone()]);
    }
}

/// S(t) above one half says that the median is later than t, below one half that it is not.
fn median_and_rate(median: &PrintedFigure, rate: &PrintedFigure, found: &mut Findings) {
    let concerned = median.measure == Measure::Median
        && rate.measure == Measure::SurvivalRate
        && median.endpoint == rate.endpoint
        && same_clock(median, rate)
        && median.same_group(rate);
    let (true, Some(at), Some(printed), Some(own)) =
        (concerned, rate.at, &rate.estimate, &median.estimate)
    else {
        return;
    };
    let Some((low, high)) = printed.bounds().map(|own| scaled(own, rate)) else { return };
    let months =
        |own: &Printed| own.bounds().map_or([f64::INFINITY; 2], |own| scaled(own, median).into());
    let [from, to] = months(own);
    let problem = if low > 50.0 && to < at {
        "more than half are free of the event after the median"
    } else if high < 50.0 && from > at {
        "fewer than half are free of the event before the median"
    } else {
        return;
    };
    let sentence = format!(
        "{}: median {own} {} and {} at {at} months: {problem}",
        median.subject(),
        median.unit,
        rate.rate_text()
    );
    let rows = [median.row.clone(), rate.row.clone()];
    found.add("median-against-rate", Severity::Error, sentence, rows);
}

/// Bounds in months, or in per cent.
fn scaled((low, high): (f64, f64), figure: &PrintedFigure) -> (f64, f64) {
    (low * figure.scale(), high * figure.scale())
}

/// Clocks that are printed are the same.
fn same_clock(a: &PrintedFigure, b: &PrintedFigure) -> bool {
    a.origin.is_empty() || b.origin.is_empty() || a.origin == b.origin
}

/// Nobody dies before the event that death is one of; but who is censored before a death that comes
/// later, as after missed visits, leaves the first curve above the second.
fn progression_and_death(first: &PrintedFigure, death: &PrintedFigure, found: &mut Findings) {
    let concerned = BEFORE_DEATH.contains(&first.endpoint.as_str())
        && death.endpoint == "OS"
        && first.measure == Measure::Median
        && death.measure == Measure::Median
        && printing(&first.row.id).1 == printing(&death.row.id).1
        && same_clock(first, death)
        && first.same_group(death);
    let bounds = |own: &PrintedFigure| Some(scaled(own.estimate.as_ref()?.bounds()?, own));
    let (true, Some(early), Some(late)) = (concerned, bounds(first), bounds(death)) else { return };
    if early.0 > late.1 {
        let sentence = format!(
            "{}: median {} of {} is above median OS of {}, though death is an event of {} too; possible \
             if patients were censored for it before they died",
            death.subject().trim_end_matches(": OS"),
            first.endpoint,
            first.text(),
            death.text(),
            first.endpoint
        );
        let rows = [first.row.clone(), death.row.clone()];
        found.add("progression-after-death", Severity::Warning, sentence, rows);
    }
}

/// A log-log limit of overall survival is the time of a death, at which somebody's follow-up ends.
fn follow_up(range: &PrintedFigure, figures: &[PrintedFigure], found: &mut Findings) {
    let bounds = |own: &Option<Printed>| own.as_ref().and_then(Printed::bounds);
    let concerned = range.measure == Measure::FollowUp && range.bracket == Bracket::Range;
    let (true, Some(first), Some(last)) = (concerned, bounds(&range.lower), bounds(&range.upper))
    else {
        return;
    };
    let of_death = |own: &&PrintedFigure| {
        own.endpoint == "OS"
            && own.measure == Measure::Median
            && own.conf_type == Some(ConfType::LogLog)
            && !own.conf_type_assumed
            && (&own.paper, &own.study, &own.population)
                == (&range.paper, &range.study, &range.population)
    };
    let deaths: Vec<&PrintedFigure> = figures.iter().filter(of_death).collect();
    let early = deaths.iter().filter(|own| bounds(&own.lower).is_some_and(|own| own.1 < first.0));
    let early: Vec<&&PrintedFigure> = early.collect();
    let rows = |own: &[&&PrintedFigure]| -> Vec<_> {
        std::iter::once(range.row.clone()).chain(own.iter().map(|own| own.row.clone())).collect()
    };
    if !early.is_empty() {
        let limits: Vec<&str> = early.iter().map(|own| super::words::text(&own.lower)).collect();
        let sentence = format!(
            "{}: follow-up begins at {}, but a log-log limit of overall survival is the time of a \
             death, and there is one at {}; possible if follow-up is that of survivors or has \
             another start",
            range.population,
            super::words::text(&range.lower),
            limits.join(" and at ")
        );
        found.add("death-before-follow-up", Severity::Warning, sentence, rows(&early));
    }
    let beyond = |own: &&&PrintedFigure| {
        [&own.estimate, &own.lower, &own.upper]
            .into_iter()
            .any(|own| bounds(own).is_some_and(|own| own.0 > last.1))
    };
    let late: Vec<&&PrintedFigure> = deaths.iter().filter(beyond).collect();
    if !late.is_empty() {
        let sentence = format!(
            "{}: follow-up ends at {}, but {} is later",
            range.population,
            super::words::text(&range.upper),
            late.iter().map(|own| own.text()).collect::<Vec<_>>().join(" and ")
        );
        found.add("beyond-follow-up", Severity::Warning, sentence, rows(&late));
    }
}

/// The two treatments of `A vs B (direction not stated)`.
fn contrast(subgroup: &str) -> Option<(&str, &str)> {
    let plain = subgroup.split(" (").next().unwrap_or(subgroup);
    plain.split_once(" vs ").map(|(a, b)| (a.trim(), b.trim()))
}

/// Under exponential survival the hazard ratio is the inverse ratio of the medians; with n events at
/// most, its logarithm has a standard error of at least 2/√n.
fn ratio_of_medians(ratio: &PrintedFigure, figures: &[PrintedFigure], found: &mut Findings) {
    let (Measure::HazardRatio, Some((a, b))) = (ratio.measure, contrast(&ratio.subgroup)) else {
        return;
    };
    let hr = ratio.estimate.as_ref().and_then(Printed::number);
    let (Some(hr), Some(n)) = (hr, ratio.events.or(ratio.n)) else { return };
    let median = |treatment: &str| {
        figures.iter().find(|own| {
            own.measure == Measure::Median
                && own.treatment == treatment
                && own.endpoint == ratio.endpoint
                && printing(&own.row.id).1.is_empty()
                && (&own.paper, &own.study, &own.population)
                    == (&ratio.paper, &ratio.study, &ratio.population)
        })
    };
    let (Some(first), Some(second)) = (median(a), median(b)) else { return };
    let number = |own: &PrintedFigure| own.estimate.as_ref().and_then(Printed::number);
    let (Some(own), Some(other)) = (number(first), number(second)) else { return };
    // Either direction, since that is not always printed.
    let expected = other / own;
    let (distance, error) = ((hr.ln().abs() - expected.ln().abs()).abs(), 2.0 / (n as f64).sqrt());
    if distance > FAR * error {
        let sentence = format!(
            "{}: HR {} beside medians of {own} and {other}, which under exponential survival imply \
             {:.2} or {:.2}; ln HR is off by {:.1} standard errors of 2/√{n}",
            ratio.subject(),
            super::words::text(&ratio.estimate),
            expected,
            1.0 / expected,
            distance / error
        );
        let rows = [ratio.row.clone(), first.row.clone(), second.row.clone()];
        found.add("hazard-ratio-against-medians", Severity::Warning, sentence, rows);
    }
}
