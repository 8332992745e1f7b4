//! Analyses to begin with, for a suggested plan.

use std::path::Path;

use super::outcome::Cast;
use super::profile::{Kind, Profile};
use super::role::Role;
use super::suggest::{comment, line, toml};
use crate::formula::quote_name;

/// More values than these are nothing that a first table shows.
const MOST_LEVELS: u64 = 12;

/// Most variables of the first table.
const MOST_VARIABLES: usize = 15;

/// What analyses are made of.
pub(super) struct Analyses<'a> {
    pub(super) file: &'a str,
    pub(super) cast: Cast<'a>,
    /// Columns that cannot be read as they are.
    pub(super) refused: Vec<&'a str>,
    /// The endpoints of the plan, or the parameters of an ADTTE file.
    pub(super) endpoints: &'a [String],
    /// Whether the file has CDISC's ADTTE form.
    pub(super) adtte: bool,
    /// Whether subjects have several rows, of which nobody has chosen one.
    pub(super) repeated: bool,
}

impl Analyses<'_> {
    /// The text of `[report]` and `[[analysis]]`.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let mut own = String::new();
        if self.adtte {
            self.parameters(&mut out);
        } else {
            self.table(&mut own);
        }
        self.endpoints.iter().for_each(|name| self.endpoint(&mut own, name));
        let stem = Path::new(self.file).file_stem().unwrap_or_default().to_string_lossy();
        line(
            &mut out,
            format_args!("\n[report]\ntitle = {}", toml(&format!("Analysis of {stem}"))),
        );
        comment(&mut out, "author = \"…\"");
        match self.endpoints {
            [] => {
                line(&mut out, format_args!(""));
                comment(&mut out, "Once there is an endpoint:");
                let more =
                    format!("[[analysis]]\nkm = {}", toml(&format!("OS ~ {}", self.cast.group())));
                out.push_str(&own);
                commented(&mut out, &more);
            }
            _ if self.repeated => {
                line(&mut out, format_args!(""));
                comment(
                    &mut out,
                    "Subjects have several rows. Choose those of one endpoint, as where = '…' above, or",
                );
                comment(
                    &mut out,
                    "name the subjects, cluster = \"…\", if rows are stretches of time. Then:",
                );
                commented(&mut out, &own);
            }
            _ => out.push_str(&own),
        }
        out
    }

    /// Every parameter as an endpoint.
    fn parameters(&self, out: &mut String) {
        for name in self.endpoints {
            let plain = name.trim_matches('`');
            let condition = toml(&format!("PARAMCD == {plain:?}"));
            line(
                out,
                format_args!("\n[endpoint.{}]\ntime = \"AVAL\"\nevent = \"CNSR == 0\"", key(plain)),
            );
            line(out, format_args!("where = {condition}"));
        }
    }

    fn table(&self, out: &mut String) {
        let names = self.variables();
        if names.is_empty() {
            return;
        }
        let table = toml(&names.join(" + "));
        line(out, format_args!("\n[[analysis]]\ntitle = \"Characteristics\"\ntable1 = {table}"));
        if let Some(own) = self.cast.first(Role::Group) {
            line(out, format_args!("by = {}", toml(&own.name)));
        }
    }

    /// What a first table shows: covariates, but no free text and no dates.
    fn variables(&self) -> Vec<String> {
        let shown = |own: &&Profile| match own.kind {
            Kind::Integer | Kind::Number | Kind::Boolean => own.distinct > 1,
            Kind::Category => (2..=MOST_LEVELS).contains(&own.distinct),
            _ => false,
        };
        let all = self.cast.all(Role::Covariate).map(|own| own.1).filter(shown);
        let all = all.filter(|own| !self.refused.contains(&own.name.as_str()));
        all.take(MOST_VARIABLES).map(|own| quote_name(&own.name)).collect()
    }

    fn endpoint(&self, out: &mut String, name: &str) {
        let group = self.cast.group();
        let formula = toml(&format!("{name} ~ {group}"));
        let title = match group.as_str() {
            "1" => toml(name),
            group => toml(&format!("{name} by {group}")),
        };
        line(out, format_args!("\n[[analysis]]\ntitle = {title}\nkm = {formula}"));
        line(out, format_args!("follow_up = true\nfigure = true"));
        comment(out, "at = [12, 24]  # survival at these times");
        if group != "1" {
            let title = toml(&format!("{name}: hazard ratios"));
            line(
                out,
                format_args!("\n[[analysis]]\ntitle = {title}\ncox = {formula}\nph_test = true"),
            );
            comment(out, "What to adjust for is decided before the data are seen:");
            let adjusted = toml(&format!("{name} ~ {group} + …"));
            comment(out, &format!("cox = {adjusted}"));
        }
    }
}

/// Every line as a comment.
fn commented(out: &mut String, text: &str) {
    text.lines().filter(|own| !own.is_empty()).for_each(|own| match own.starts_with('#') {
        true => line(out, format_args!("{own}")),
        false => comment(out, own),
    });
}

/// A name as a key of TOML.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { toml(name) }
}
