//! One figure printed twice.

use super::finding::{Findings, Severity};
use super::model::{Measure, PrintedFigure, PrintedNumbers, PrintedResponse, RowId, printing};
use super::words::{overlap, text};
use crate::published::Printed;

pub(super) fn check(numbers: &PrintedNumbers, found: &mut Findings) {
    let figures = &numbers.figures;
    for (at, figure) in figures.iter().enumerate() {
        let (base, _) = printing(&figure.row.id);
        let same = |other: &&PrintedFigure| {
            other.paper == figure.paper
                && (printing(&other.row.id).0 == base || key(other) == key(figure))
        };
        let earlier: Vec<&PrintedFigure> = figures[..at].iter().filter(same).collect();
        let unmarked = earlier.iter().find(|own| printing(&own.row.id).1.is_empty());
        let first = unmarked.or(earlier.first());
        if let Some(first) = first {
            compare(first, figure, found);
        }
        let cited = figures[..at].iter().filter(|own| is_elsewhere(own, figure));
        cited.for_each(|own| elsewhere(own, figure, found));
    }
    responses(&numbers.responses, found);
}

/// What makes two figures of a paper the same one.
fn key(own: &PrintedFigure) -> ([&str; 6], Measure, Option<u64>) {
    let names =
        [&own.study, &own.population, &own.subgroup, &own.treatment, &own.endpoint, &own.origin];
    (names.map(String::as_str), own.measure, own.at.map(f64::to_bits))
}

/// How two printings of a number stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alike {
    Same,
    Rounded,
    Different,
}

/// Compares two printings in a common unit; what one of them leaves out is not compared.
fn alike(a: (&Option<Printed>, f64), b: (&Option<Printed>, f64)) -> Alike {
    let ((Some(own), scale), (Some(other), other_scale)) = (a, b) else { return Alike::Same };
    if own.value() == other.value() && scale == other_scale {
        return Alike::Same;
    }
    match (own.bounds(), other.bounds()) {
        (Some(one), Some(two)) => {
            let one = (one.0 * scale, one.1 * scale);
            let two = (two.0 * other_scale, two.1 * other_scale);
            if overlap(one, two) { Alike::Rounded } else { Alike::Different }
        }
        _ => Alike::Different,
    }
}

fn compare(first: &PrintedFigure, second: &PrintedFigure, found: &mut Findings) {
    let scales = (first.scale(), second.scale());
    let number =
        |own: &Option<Printed>, other: &Option<Printed>| alike((own, scales.0), (other, scales.1));
    let mut parts = vec![
        ("the estimate", number(&first.estimate, &second.estimate)),
        ("the lower limit", number(&first.lower, &second.lower)),
        ("the upper limit", number(&first.upper, &second.upper)),
        ("p", alike((&first.p, 1.0), (&second.p, 1.0))),
    ];
    parts.push(("n", count(first.n, second.n)));
    parts.push(("the number of events", count(first.events, second.events)));
    // Units are converted only to compare: a value that fits in another unit is the same.
    let by_unit = scales.0 != scales.1;
    parts.retain(|(_, alike)| *alike == Alike::Different || (*alike == Alike::Rounded && !by_unit));
    if parts.is_empty() {
        return;
    }
    let different = parts.iter().any(|(_, alike)| *alike == Alike::Different);
    let marked = !printing(&second.row.id).1.is_empty();
    let severity = match (different, marked) {
        (false, _) => Severity::Rounding,
        (true, true) => Severity::Error,
        (true, false) => Severity::Warning,
    };
    let names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
    let how = match (different, names.len()) {
        (true, 1) => "differs",
        (true, _) => "differ",
        (false, 1) => "agrees only after rounding",
        (false, _) => "agree only after rounding",
    };
    let in_months = match (first.estimate.as_ref(), second.estimate.as_ref(), by_unit) {
        (Some(own), Some(other), true) => convert((own, first), (other, second)),
        _ => String::new(),
    };
    let sentence = format!(
        "{}: {}{} in one place and {}{} in another{in_months}: {} {how}",
        first.subject(),
        full(first),
        place(first),
        full(second),
        place(second),
        names.join(" and ")
    );
    found.add("printed-differently", severity, sentence, [first.row.clone(), second.row.clone()]);
}

/// Two units side by side.
fn convert(a: (&Printed, &PrintedFigure), b: (&Printed, &PrintedFigure)) -> String {
    let scaled = |(own, figure): (&Printed, &PrintedFigure)| {
        own.number().map_or(String::new(), |own| format!("{:.1}", own * figure.scale()))
    };
    let unit = if a.1.measure == Measure::SurvivalRate { "%" } else { " months" };
    format!(" ({} against {}{unit})", scaled(a), scaled(b))
}

fn count(a: Option<u64>, b: Option<u64>) -> Alike {
    match (a, b) {
        (Some(a), Some(b)) if a != b => Alike::Different,
        _ => Alike::Same,
    }
}

fn place(own: &PrintedFigure) -> String {
    if own.place.is_empty() { String::new() } else { format!(" ({})", own.place) }
}

fn full(own: &PrintedFigure) -> String {
    let n = own.n.map_or(String::new(), |n| format!(", n {n}"));
    let unit = if own.unit == "weeks" || own.unit == "years" {
        format!(" {}", own.unit)
    } else {
        String::new()
    };
    format!("{}{unit}{n}", own.text())
}

/// Whether two papers print the same figure of one study.
fn is_elsewhere(a: &PrintedFigure, b: &PrintedFigure) -> bool {
    let key = |own: &PrintedFigure| {
        let names = [&own.study, &own.population, &own.treatment, &own.endpoint].map(Clone::clone);
        (names, own.measure, own.at.map(f64::to_bits))
    };
    // A line of treatment may be left out where a study is cited.
    let part = a.subgroup == b.subgroup || a.subgroup.is_empty() || b.subgroup.is_empty();
    a.paper != b.paper && part && key(a) == key(b) && !a.treatment.is_empty()
}

fn elsewhere(a: &PrintedFigure, b: &PrintedFigure, found: &mut Findings) {
    let values = alike((&a.estimate, a.scale()), (&b.estimate, b.scale()));
    if values != Alike::Different {
        return;
    }
    let of = |own: &PrintedFigure| {
        let part = if own.subgroup.is_empty() { "" } else { &own.subgroup };
        let part = if part.is_empty() { String::new() } else { format!(" ({part})") };
        format!("{}{part} in {}", full(own), own.paper)
    };
    let sentence = format!(
        "{}, {}, {} {}: two papers print {} and {}",
        a.study,
        a.population,
        a.treatment,
        a.endpoint,
        of(a),
        of(b)
    );
    let rows = [a.row.clone(), b.row.clone()];
    found.add("papers-differ", Severity::Warning, sentence, rows);
}

/// Responses of one group, printed twice.
fn responses(all: &[PrintedResponse], found: &mut Findings) {
    for (at, own) in all.iter().enumerate() {
        let group = |own: &PrintedResponse| {
            [&own.paper, &own.population, &own.subgroup, &own.treatment].map(Clone::clone)
        };
        let first = all[..at].iter().find(|first| group(first) == group(own));
        if let Some(first) = first {
            compare_responses(first, own, found);
        }
    }
}

fn compare_responses(first: &PrintedResponse, second: &PrintedResponse, found: &mut Findings) {
    let mut parts: Vec<String> = Vec::new();
    let mut add = |name: &str, a: String, b: String| parts.push(format!("{name} {a} and {b}"));
    for (name, a, b) in [("n", first.n, second.n), ("evaluable", first.evaluable, second.evaluable)]
    {
        if let (Some(a), Some(b)) = (a, b)
            && a != b
        {
            add(name, a.to_string(), b.to_string());
        }
    }
    for (name, a, b) in [("ORR", &first.orr.1, &second.orr.1), ("DCR", &first.dcr.1, &second.dcr.1)]
    {
        if alike((a, 1.0), (b, 1.0)) == Alike::Different {
            add(name, format!("{}%", text(a)), format!("{}%", text(b)));
        }
    }
    if !parts.is_empty() {
        let sentence = format!(
            "{}: {}, here [{}] and there [{}]",
            subject(first),
            parts.join(", "),
            first.place,
            second.place
        );
        let rows: [RowId; 2] = [first.row.clone(), second.row.clone()];
        found.add("printed-differently", Severity::Error, sentence, rows);
    }
}

/// The group in words.
pub(super) fn subject(own: &PrintedResponse) -> String {
    let parts = [&own.population, &own.subgroup, &own.treatment];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.map(String::as_str).collect::<Vec<_>>().join(", ")
}
