//! Responses: their sums, their percentages, and parts against the whole.

use super::finding::{Findings, Severity};
use super::model::{PrintedNumbers, PrintedResponse};
use super::percentage::{percentage, smaller_denominator};
use super::printings::subject;
use super::words::share;
use crate::published::Printed;

pub(super) fn check(numbers: &PrintedNumbers, found: &mut Findings) {
    for own in &numbers.responses {
        Sums::new(own).check(found);
        impossible(own, found);
    }
    for whole in &numbers.responses {
        parts(whole, &numbers.responses, found);
    }
}

/// One group's counts. A row of complete responses that is not printed counts as none, once partial
/// responses are.
struct Sums<'a> {
    own: &'a PrintedResponse,
    responders: Option<u64>,
    controlled: Option<u64>,
    all: Option<u64>,
    denominators: Vec<u64>,
}

impl<'a> Sums<'a> {
    fn new(own: &'a PrintedResponse) -> Self {
        let [cr, pr, sd, pd] = own.counts;
        let responders = pr.map(|pr| pr + cr.unwrap_or(0));
        let controlled = responders.zip(sd).map(|(own, sd)| own + sd);
        let all = controlled.zip(pd).map(|(own, pd)| own + pd);
        let denominators = [own.evaluable.or(own.n)].into_iter().flatten().collect();
        Self { own, responders, controlled, all, denominators }
    }

    fn check(&self, found: &mut Findings) {
        self.rate(("ORR", "CR + PR"), &self.own.orr, self.responders, found);
        self.rate(("DCR", "CR + PR + SD"), &self.own.dcr, self.controlled, found);
        let Some((all, n)) = self.all.zip(self.denominators.first().copied()) else { return };
        if all != n {
            let [cr, pr, sd, pd] = self.own.counts.map(Option::unwrap_or_default);
            let severity = if all > n { Severity::Error } else { Severity::Warning };
            let sentence = format!(
                "{}: CR {cr} + PR {pr} + SD {sd} + PD {pd} = {all}, but {n} were evaluable",
                subject(self.own)
            );
            found.add("responses-do-not-add", severity, sentence, [self.own.row.clone()]);
        }
    }

    /// A rate's count and percentage against the sum of what makes it.
    fn rate(
        &self,
        (name, sum): (&str, &str),
        printed: &(Option<u64>, Option<Printed>),
        expected: Option<u64>,
        found: &mut Findings,
    ) {
        let Some((expected, &n)) = expected.zip(self.denominators.first()) else { return };
        let (count, percent) = printed;
        let parts = self.parts(name);
        let own = subject(self.own);
        let hint = |value: u64| self.also(value);
        if let Some(count) = count.filter(|&count| count != expected) {
            let percent = percent.as_ref().map_or(String::new(), |own| format!(" ({own}%)"));
            let sentence = format!(
                "{own}: {name} {count}{percent}, but {sum} = {parts} = {}{}",
                share(expected, n),
                hint(count)
            );
            found.add(check_name(name), Severity::Error, sentence, [self.own.row.clone()]);
        } else if let Some(percent) = percent
            && n > 0
            && !percent.matches(Some(100.0 * expected as f64 / n as f64))
        {
            let fits = percentage(percent, n).fits.map_or(String::new(), |(count, _)| hint(count));
            let sentence = format!(
                "{own}: {name} {percent}%, but {sum} = {parts} = {}{fits}",
                share(expected, n)
            );
            found.add(check_name(name), Severity::Error, sentence, [self.own.row.clone()]);
        }
    }

    /// `0 + 3`.
    fn parts(&self, name: &str) -> String {
        let [cr, pr, sd, _] = self.own.counts.map(Option::unwrap_or_default);
        if name == "ORR" { format!("{cr} + {pr}") } else { format!("{cr} + {pr} + {sd}") }
    }

    /// Which other line of the table has this count.
    fn also(&self, count: u64) -> String {
        let lines = ["CR", "PR", "SD", "PD"].into_iter().zip(self.own.counts);
        let same: Vec<&str> =
            lines.filter(|(_, own)| *own == Some(count)).map(|(name, _)| name).collect();
        if same.is_empty() {
            String::new()
        } else {
            format!("; {count} is the number of {} alone", same.join(" and of "))
        }
    }
}

fn check_name(rate: &str) -> &'static str {
    if rate == "ORR" { "orr-is-not-cr-plus-pr" } else { "dcr-is-not-orr-plus-sd" }
}

/// Percentages that no count of the group has.
fn impossible(own: &PrintedResponse, found: &mut Findings) {
    let Some(n) = own.evaluable.or(own.n) else { return };
    let rates = [("ORR", &own.orr.1), ("DCR", &own.dcr.1)];
    let printed = rates.iter().filter_map(|(name, printed)| Some((*name, printed.as_ref()?)));
    let printed: Vec<(&str, &Printed)> = printed.collect();
    let wrong = printed.iter().filter(|(_, own)| percentage(own, n).fits.is_none());
    let wrong: Vec<String> = wrong
        .map(|(name, own)| {
            let (below, above) = percentage(own, n).nearest;
            let near: Vec<String> =
                [below, above].into_iter().flatten().map(|count| share(count, n)).collect();
            format!("{name} {own}% (the nearest are {})", near.join(" and "))
        })
        .collect();
    if wrong.is_empty() {
        return;
    }
    let all: Vec<&Printed> = printed.iter().map(|(_, own)| *own).collect();
    // Fewer evaluable patients would explain it, unless their number is printed.
    let fewer = smaller_denominator(&all, n).filter(|_| own.evaluable.is_none());
    let (severity, fewer) = match fewer {
        Some(fewer) => (Severity::Warning, format!("; {fewer} evaluable patients would fit")),
        None => (Severity::Error, String::new()),
    };
    let sentence = format!("{}: no count of {n} gives {}{fewer}", subject(own), wrong.join(" or "));
    found.add("percentage-impossible", severity, sentence, [own.row.clone()]);
}

/// Groups of one table that together are the whole have its counts.
fn parts(whole: &PrintedResponse, all: &[PrintedResponse], found: &mut Findings) {
    let is_part = |own: &&PrintedResponse| {
        !own.subgroup.is_empty()
            && (&own.paper, &own.population, &own.treatment)
                == (&whole.paper, &whole.population, &whole.treatment)
    };
    let (true, Some(n)) = (whole.subgroup.is_empty(), whole.n) else { return };
    let rows: Vec<&PrintedResponse> = all.iter().filter(is_part).collect();
    let table = |own: &PrintedResponse| own.place.split(';').next().unwrap_or("").trim().to_owned();
    let mut tables: Vec<String> = rows.iter().map(|own| table(own)).collect();
    tables.dedup();
    for name in tables {
        let own: Vec<&PrintedResponse> =
            rows.iter().copied().filter(|own| table(own) == name).collect();
        let sizes: Option<u64> = own.iter().map(|own| own.n).sum();
        if own.len() > 1 && sizes == Some(n) {
            compare_parts(whole, &own, found);
        }
    }
}

/// A count of a row.
type Column = fn(&PrintedResponse) -> Option<u64>;

fn compare_parts(whole: &PrintedResponse, parts: &[&PrintedResponse], found: &mut Findings) {
    let columns: [(&str, Column); 6] = [
        ("CR", |own| own.counts[0]),
        ("PR", |own| own.counts[1]),
        ("SD", |own| own.counts[2]),
        ("PD", |own| own.counts[3]),
        ("ORR", |own| own.orr.0),
        ("DCR", |own| own.dcr.0),
    ];
    for (name, column) in columns {
        let values: Option<Vec<u64>> = parts.iter().map(|own| column(own)).collect();
        let (Some(values), Some(expected)) = (values, column(whole)) else { continue };
        let sum: u64 = values.iter().sum();
        if sum != expected {
            let terms: Vec<String> = parts
                .iter()
                .zip(&values)
                .map(|(own, value)| format!("{value} ({})", own.subgroup))
                .collect();
            let sentence = format!(
                "{}: {name} of the parts {} = {sum}, but {expected} in the whole",
                subject(whole),
                terms.join(" + ")
            );
            let rows = std::iter::once(whole).chain(parts.iter().copied());
            let rows = rows.map(|own| own.row.clone()).collect::<Vec<_>>();
            found.add("parts-do-not-add", Severity::Error, sentence, rows);
        }
    }
}
