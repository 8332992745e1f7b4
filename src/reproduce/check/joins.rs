//! Numbers of one paper that stand in different tables: sizes of groups and of models.

use super::counts::{size, variables};
use super::finding::{Findings, Severity};
use super::model::{Measure, PrintedCoefficient, PrintedCount, PrintedFigure, PrintedNumbers};
use super::words::{names, words};

pub(super) fn check(numbers: &PrintedNumbers, found: &mut Findings) {
    for whole in &numbers.figures {
        parts(whole, &numbers.figures, found);
        events_of_parts(whole, &numbers.figures, found);
    }
    for own in &numbers.figures {
        against_table(own, numbers, found);
    }
    models(&numbers.coefficients, &numbers.counts, found);
}

fn same_population(a: &PrintedFigure, b: &PrintedFigure) -> bool {
    (&a.paper, &a.study, &a.population) == (&b.paper, &b.study, &b.population)
}

/// No part has more patients than the whole.
fn parts(whole: &PrintedFigure, figures: &[PrintedFigure], found: &mut Findings) {
    let (true, Some(n)) = (whole.subgroup.is_empty() && whole.treatment.is_empty(), whole.n) else {
        return;
    };
    for own in figures.iter().filter(|own| same_population(own, whole)) {
        let is_part = !own.subgroup.is_empty() || !own.treatment.is_empty();
        if let Some(size) = own.n.filter(|&size| is_part && size > n) {
            let sentence = format!("{}: {size} patients, but the whole has {n}", own.subject());
            let rows = [own.row.clone(), whole.row.clone()];
            found.add("part-above-whole", Severity::Error, sentence, rows);
        }
    }
}

/// Parts that together are the whole have its events.
fn events_of_parts(whole: &PrintedFigure, figures: &[PrintedFigure], found: &mut Findings) {
    let concerned = whole.subgroup.is_empty() && whole.measure == Measure::Median;
    let (true, Some(n), Some(events)) = (concerned, whole.n, whole.events) else { return };
    let is_part = |own: &&PrintedFigure| {
        same_population(own, whole)
            && !own.subgroup.is_empty()
            && (own.measure, &own.endpoint, &own.treatment)
                == (whole.measure, &whole.endpoint, &whole.treatment)
    };
    let all: Vec<&PrintedFigure> = figures.iter().filter(is_part).collect();
    let factor = |own: &PrintedFigure| words(&own.subgroup).first().cloned();
    let mut factors: Vec<Option<String>> = all.iter().map(|own| factor(own)).collect();
    factors.dedup();
    for name in factors {
        let own: Vec<&&PrintedFigure> = all.iter().filter(|own| factor(own) == name).collect();
        let sum = |count: fn(&PrintedFigure) -> Option<u64>| -> Option<u64> {
            own.iter().map(|own| count(own)).sum()
        };
        let (Some(size), Some(failed)) = (sum(|own| own.n), sum(|own| own.events)) else {
            continue;
        };
        if own.len() > 1 && size == n && failed != events {
            let sentence = format!(
                "{}: {failed} events in parts that are all {n} patients, but {events} in the whole",
                whole.subject()
            );
            let rows = std::iter::once(whole.row.clone());
            let rows: Vec<_> = rows.chain(own.iter().map(|own| own.row.clone())).collect();
            found.add("parts-do-not-add", Severity::Error, sentence, rows);
        }
    }
}

/// The size of a group against the table that counts it: `age >75` is the level `>75` of `age`.
fn against_table(own: &PrintedFigure, numbers: &PrintedNumbers, found: &mut Findings) {
    let (Some(n), Measure::Median) = (own.n, own.measure) else { return };
    let plain = |text: &str| text.replace(['%', ' '], "").to_lowercase();
    for variable in variables(&numbers.counts) {
        let in_group = own.treatment.is_empty() && is_column(own, variable.group, numbers);
        let name = plain(variable.name);
        let level = variable.levels.iter().find(|level| {
            let alone = variable.levels.len() == 1 && plain(&own.subgroup) == name;
            alone || plain(&own.subgroup) == format!("{name}{}", plain(&level.level))
        });
        let (true, Some(level)) = (in_group && !own.subgroup.is_empty(), level) else { continue };
        if level.count != Some(n) {
            let sentence = format!(
                "{}, {}: n is {n}, but {} counts {} ({} {})",
                own.population,
                own.subgroup,
                level.place,
                level.count.unwrap_or_default(),
                variable.name,
                level.level
            );
            let rows = [own.row.clone(), level.row.clone()];
            found.add("n-against-table", Severity::Warning, sentence, rows);
        }
    }
}

/// Whether a column of a table is the population of a figure: by its name, and by its size, since
/// other papers have a column of that name too.
fn is_column(own: &PrintedFigure, group: &str, numbers: &PrintedNumbers) -> bool {
    let size = size(&numbers.counts, group);
    let whole = |other: &PrintedFigure| {
        same_population(own, other) && other.subgroup.is_empty() && other.n == size
    };
    size.is_some() && names(&own.population, group) && numbers.figures.iter().any(whole)
}

/// A model of complete cases cannot have more patients than those of whom every covariate is known.
fn models(all: &[PrintedCoefficient], counts: &[PrintedCount], found: &mut Findings) {
    let mut seen: Vec<&str> = Vec::new();
    for first in all {
        if seen.contains(&first.model.as_str()) {
            continue;
        }
        seen.push(&first.model);
        let rows: Vec<&PrintedCoefficient> =
            all.iter().filter(|own| own.model == first.model).collect();
        sizes(&rows, found);
        complete_cases(&rows, counts, found);
    }
}

/// A model has one size.
fn sizes(rows: &[&PrintedCoefficient], found: &mut Findings) {
    let other =
        rows.iter().find(|own| own.n.is_some() && rows[0].n.is_some() && own.n != rows[0].n);
    if let (Some(other), Some(n)) = (other, rows[0].n) {
        let sentence = format!(
            "{}: {n} patients at {} and {} at {}",
            rows[0].model,
            rows[0].term,
            other.n.unwrap_or_default(),
            other.term
        );
        let rows = [rows[0].row.clone(), other.row.clone()];
        found.add("model-size", Severity::Error, sentence, rows);
    }
}

fn complete_cases(rows: &[&PrintedCoefficient], counts: &[PrintedCount], found: &mut Findings) {
    let variables = variables(counts);
    let group = variables.iter().find(|own| names(&rows[0].model, own.group));
    let Some(group) = group.map(|own| own.group) else { return };
    let (Some(n), Some(all)) = (rows[0].n, size(counts, group)) else { return };
    let mut worst: Option<(u64, &PrintedCoefficient, String)> = None;
    for variable in variables.iter().filter(|own| own.group == group && own.missing > 0) {
        let of_variable = |own: &&&PrintedCoefficient| is_of(&own.term, variable.name);
        let Some(row) = rows.iter().find(of_variable) else { continue };
        if worst.as_ref().is_none_or(|(missing, ..)| variable.missing > *missing) {
            worst = Some((variable.missing, row, variable.name.to_owned()));
        }
    }
    let Some((missing, row, name)) = worst else { return };
    if n + missing > all {
        let sentence = format!(
            "{}: n = {n}, but {name} is missing in {missing} of {all}, which leaves at most {} \
             complete cases; the missing values were a level of their own, or were imputed",
            rows[0].model,
            all - missing.min(all)
        );
        let table = counts.iter().find(|own| own.variable == name && own.group == group);
        let rows = std::iter::once(row.row.clone()).chain(table.map(|own| own.row.clone()));
        found.add("model-above-complete-cases", Severity::Error, sentence, rows);
    }
}

/// Whether a model's term is of a table's variable: PS 1 is of ECOG PS, ALP > UNL of ALP.
fn is_of(term: &str, variable: &str) -> bool {
    let (term, variable) = (words(term), words(variable));
    let last = variable.len().saturating_sub(1);
    !variable.is_empty() && (term.starts_with(&variable) || term.first() == variable.get(last))
}
