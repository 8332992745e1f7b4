//! A plan to begin with.

use std::fmt::Write;

use super::Reading;
use super::analyses::Analyses;
use super::finding::{Finding, counted};
use super::order::Disorder;
use super::outcome::{Cast, Timed};
use super::profile::{Kind, Profile};
use super::role::{Role, is_adtte};
use crate::formula::quote_name;
use crate::io::ReadOptions;

/// What a plan is made of.
pub(super) struct Draft<'a> {
    pub(super) file: &'a str,
    pub(super) options: &'a ReadOptions,
    pub(super) reading: &'a Reading,
    pub(super) cast: Cast<'a>,
    pub(super) disorders: &'a [Disorder],
    pub(super) findings: &'a [Finding],
}

impl Draft<'_> {
    /// The text of the plan.
    pub(super) fn plan(&self) -> String {
        let file = self.file.replace(['\n', '\r'], " ");
        let mut out = format!("# Suggested by riskset inspect for {file}: check every line.\n");
        self.subject(&mut out);
        line(&mut out, format_args!("data = {}", self.data()));
        self.missing_codes(&mut out);
        self.refused(&mut out);
        self.exclusions(&mut out);
        if is_adtte(self.cast.profiles) {
            self.adtte(&mut out);
            return out;
        }
        match self.endpoints(&mut out).first() {
            Some(name) => {
                let group = self.cast.group();
                line(&mut out, format_args!("\n# Then: riskset km plan.toml '{name} ~ {group}'"));
            }
            None => self.nothing(&mut out),
        }
        out
    }

    /// The text of analyses for that plan.
    pub(super) fn analyses(&self) -> String {
        let adtte = is_adtte(self.cast.profiles);
        let names: Vec<String> = match adtte {
            true => self.parameters(),
            false => self.endpoints(&mut String::new()).into_iter().map(str::to_owned).collect(),
        };
        let refused = self.findings.iter().filter(|own| own.rule == "refused");
        let refused = refused.filter_map(|own| own.column.as_deref()).collect();
        let repeated = self.cast.first(Role::Id).is_some_and(|own| self.is_repeated(own));
        let own = Analyses {
            file: self.file,
            cast: self.cast,
            refused,
            endpoints: &names,
            adtte,
            repeated: repeated && !adtte,
        };
        own.text()
    }

    /// Writes endpoints; their names.
    fn endpoints(&self, out: &mut String) -> Vec<&'static str> {
        let names = self.of_dates(out);
        if names.is_empty() { self.of_times(out) } else { names }
    }

    /// What to try without a plan.
    pub(super) fn commands(&self) -> Vec<String> {
        let (file, group) = (shell(self.file), self.cast.group());
        if is_adtte(self.cast.profiles) {
            let names = self.parameters();
            let run = |name: &String| {
                format!("riskset km {file} {}", shell_quoted(&format!("{name} ~ {group}")))
            };
            return names.iter().map(run).collect();
        }
        let timed = self.cast.timed();
        let run = |own: &Timed| {
            format!("riskset km {file} {}", shell_quoted(&format!("{} ~ {group}", own.surv())))
        };
        timed.iter().map(run).collect()
    }

    fn parameters(&self) -> Vec<String> {
        let own = self.cast.first(Role::Parameter);
        let levels = own.map(|own| own.levels.iter().map(|level| quote_name(&level.text)));
        levels.map(Iterator::collect).unwrap_or_default()
    }

    /// Two rows of one subject are an error in a plan.
    fn subject(&self, out: &mut String) {
        let Some(id) = self.cast.first(Role::Id) else { return };
        let name = toml(&id.name);
        match self.is_repeated(id) {
            true => {
                line(out, format_args!("# subject = {name}  # once there is one row a subject"))
            }
            false => line(out, format_args!("subject = {name}")),
        }
    }

    /// Whether subjects have more than one row.
    fn is_repeated(&self, id: &Profile) -> bool {
        self.findings.iter().any(|own| {
            ["duplicate_ids", "several_rows_a_subject"].contains(&own.rule)
                && own.column.as_deref() == Some(id.name.as_str())
        })
    }

    fn data(&self) -> String {
        let mut keys = vec![format!("file = {}", toml(self.file))];
        let reading = self.reading;
        let mut add = |key: &str, value: Option<String>| {
            keys.extend(value.map(|value| format!("{key} = {}", toml(&value))));
        };
        add("delimiter", reading.delimiter.filter(|&own| own != ',').map(delimiter));
        let mark = self.options.decimal.map(char::from);
        add("decimal", mark.or(reading.all_commas.then_some(',')).map(String::from));
        let encoding = reading.encoding.filter(|&own| own != "utf-8");
        add("encoding", encoding.map(str::to_owned));
        add("sheet", self.options.sheet.clone());
        add("partial_dates", self.options.partial_dates.map(|own| own.name().to_owned()));
        let mut lists = |key: &str, values: &[String]| match values {
            [] => {}
            [one] if key == "dates" => keys.push(format!("{key} = {}", toml(one))),
            values => {
                let values: Vec<String> = values.iter().map(|own| toml(own)).collect();
                keys.push(format!("{key} = [{}]", values.join(", ")));
            }
        };
        // Several guessed formats may contradict each other; the reader tells them apart.
        let guessed = if reading.dates.len() == 1 { &reading.dates[..] } else { &[] };
        let given = !self.options.dates.is_empty();
        lists("dates", if given { &self.options.dates } else { guessed });
        lists("missing", &self.options.missing);
        match &keys[..] {
            [_] => toml(self.file),
            keys => format!("{{ {} }}", keys.join(", ")),
        }
    }

    fn missing_codes(&self, out: &mut String) {
        let codes = self.findings.iter().filter(|own| own.rule == "missing_code");
        for own in codes {
            let column = own.column.as_deref().unwrap_or_default();
            comment(out, &format!("{column}: {}", own.message));
        }
    }

    fn refused(&self, out: &mut String) {
        for own in self.findings.iter().filter(|own| own.rule == "refused") {
            let column = own.column.as_deref().unwrap_or_default();
            comment(out, &format!("{column} {}", own.message));
        }
    }

    fn exclusions(&self, out: &mut String) {
        for own in self.disorders {
            let [first, second] = [own.first, own.second].map(|at| &self.cast.profiles[at].name);
            let rows = counted(own.rows(), "row");
            comment(out, &format!("{second} before {first} in {rows}: mend the file, or"));
            comment(out, "[[exclude]]");
            let wrong = format!("{} < {}", quote_name(second), quote_name(first));
            comment(out, &format!("where = {}", toml(&wrong)));
            comment(out, &format!("reason = {}", toml(&format!("{second} before {first}"))));
        }
    }

    fn adtte(&self, out: &mut String) {
        comment(out, "Times in CDISC's ADTTE form need no plan:");
        self.commands().iter().for_each(|own| comment(out, own));
    }

    /// Endpoints whose times are differences of dates; their names.
    fn of_dates(&self, out: &mut String) -> Vec<&'static str> {
        let origins = [Role::Randomisation, Role::Start, Role::Diagnosis];
        let origin = origins.into_iter().find_map(|role| self.cast.first(role));
        let Some(origin) = origin else { return Vec::new() };
        let mut names = Vec::new();
        let contact: Vec<&Profile> = self.cast.all(Role::Contact).map(|own| own.1).collect();
        let scan: Vec<&Profile> = self.cast.all(Role::Scan).map(|own| own.1).collect();
        let death = self.cast.first(Role::Death);
        let last = either(&contact, &scan);
        let deaths = match (death, self.cast.status(), last.first()) {
            (Some(death), _, _) => Some(expr(&death.name)),
            (None, Some((status, event)), Some(last)) => Some(dated(last, status, &event)),
            _ => None,
        };
        if let Some(deaths) = &deaths {
            endpoint(out, "OS", origin, std::slice::from_ref(deaths), &last);
            names.push("OS");
        }
        if let Some(progression) = self.cast.first(Role::Progression) {
            let events = [Some(expr(&progression.name)), deaths.filter(|_| death.is_some())];
            let events: Vec<String> = events.into_iter().flatten().collect();
            endpoint(out, "PFS", origin, &events, &either(&scan, &contact));
            names.push("PFS");
        }
        names
    }

    /// Endpoints whose times stand in the data; their names.
    fn of_times(&self, out: &mut String) -> Vec<&'static str> {
        let mut names = Vec::new();
        for own in self.cast.timed() {
            if names.contains(&own.name()) {
                continue;
            }
            let name = own.name();
            line(out, format_args!("\n[endpoint.{name}]\ntime = {}", expr(&own.time.name)));
            if let Some(entry) = own.entry {
                line(out, format_args!("entry = {}", expr(&entry.name)));
            }
            if own.status.kind != Kind::Boolean && !own.status.is_coded(&[0.0, 1.0]) {
                comment(out, &format!("which value is the event? {}", levels(own.status)));
            }
            line(out, format_args!("event = {}", toml(&own.event)));
            names.push(name);
        }
        names
    }

    fn nothing(&self, out: &mut String) {
        comment(
            out,
            "No dates or times with a status were recognised by their names. An endpoint is",
        );
        comment(out, "[endpoint.OS]");
        comment(out, "origin = \"…\"");
        comment(out, "event = [\"…\"]");
        comment(out, "censor = [\"…\"]");
    }
}

fn levels(own: &Profile) -> String {
    let each = own.levels.iter().map(|own| format!("{} ({})", own.text, own.count()));
    each.collect::<Vec<_>>().join(", ")
}

/// The first of two lists that has anything in it.
fn either<'p>(a: &[&'p Profile], b: &[&'p Profile]) -> Vec<&'p Profile> {
    if a.is_empty() { b.to_vec() } else { a.to_vec() }
}

/// A date that is an event where a status says so.
fn dated(date: &Profile, status: &Profile, event: &str) -> String {
    let date = expr(&date.name);
    let kind = status.levels.iter().any(super::role::says_dead)
        || super::words::DEATH.find(&super::words::words(&status.name)).is_some();
    let kind = if kind { ", type = \"death\"" } else { "" };
    format!("{{ date = {date}, when = {}{kind} }}", toml(event))
}

fn endpoint(
    out: &mut String,
    name: &str,
    origin: &Profile,
    events: &[String],
    censor: &[&Profile],
) {
    let origin = expr(&origin.name);
    line(
        out,
        format_args!("\n[endpoint.{name}]\norigin = {origin}\nevent = [{}]", events.join(", ")),
    );
    let days: Vec<String> = censor.iter().map(|own| expr(&own.name)).collect();
    match days.is_empty() {
        true => {
            comment(out, "censor = [\"…\"]  # the day until which the living are known to live")
        }
        false => line(out, format_args!("censor = [{}]", days.join(", "))),
    }
    line(out, format_args!("unit = \"months\""));
}

fn delimiter(own: char) -> String {
    if own == '\t' { "tab".to_owned() } else { own.to_string() }
}

pub(super) fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{text}");
}

/// A comment; no text can end it.
pub(super) fn comment(out: &mut String, text: &str) {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line(out, format_args!("# {plain}"));
}

/// A column as an expression.
fn expr(name: &str) -> String {
    toml(&quote_name(name))
}

/// A text in TOML's quotes.
pub(super) fn toml(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// A word of a shell's line.
pub(crate) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { shell_quoted(text) }
}

fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_leave_their_quotes() {
        assert_eq!(toml("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000A\"");
        assert_eq!(shell("it's.csv"), "'it'\\''s.csv'");
        let mut out = String::new();
        comment(&mut out, "a\n[x]");
        assert_eq!(out, "# a [x]\n");
    }
}
