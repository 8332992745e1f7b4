//! Each figure against what was printed.

use serde::Serialize;

use super::argue::Argument;
use super::binding::Binding;
use super::compute::{Data, Value, reason};
use super::study::{Figure, Statistic, Study};
use crate::error::Result;
use crate::note::BANNER;
use crate::table::Table;

/// How a recomputed figure stands to the printed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every printed digit, from individual data or from a reconstruction that did not use it in any
    /// form.
    Reproduced,
    /// Every printed digit, but the reconstruction was bound to it, or to what implies it.
    Consistent,
    /// Other digits.
    Differs,
    /// No data have it together with the others that the note names.
    NotAttainable,
    /// The search for data that have it failed, which proves nothing.
    NotFound,
    /// Not recomputed.
    NotRun,
}

/// What the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Individual data.
    Individual,
    /// Individuals reconstructed from published curves.
    Reconstructed,
    /// A pseudo-cohort.
    Pseudo,
}

/// A figure with its verdict.
#[derive(Debug, Clone)]
pub struct Compared {
    /// What was computed; none where nothing was.
    pub value: Option<Value>,
    /// That, as it would be printed.
    pub computed: Option<String>,
    /// How it stands to what was printed.
    pub verdict: Verdict,
    /// Why, and what to know.
    pub note: Option<String>,
    /// Whether the rows were made to agree with it, or with what implies it.
    pub constraint: bool,
    /// Whether it was asked of the search itself.
    pub asked: bool,
    /// Whether it was to be computed and could not be.
    pub failed: bool,
}

/// Every figure of a study compared.
#[derive(Debug, Clone)]
pub struct Reproduction<'s> {
    /// The study.
    pub study: &'s Study,
    /// What its rows are.
    pub origin: Origin,
    /// How many rows there are.
    pub rows: usize,
    /// The figures, in the order of the study.
    pub figures: Vec<Compared>,
}

impl Verdict {
    /// All of them, in the order of output.
    pub const ALL: [Self; 6] = [
        Self::Reproduced,
        Self::Consistent,
        Self::Differs,
        Self::NotAttainable,
        Self::NotFound,
        Self::NotRun,
    ];

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::Consistent => "consistent",
            Self::Differs => "differs",
            Self::NotAttainable => "not_attainable",
            Self::NotFound => "not_found",
            Self::NotRun => "not_run",
        }
    }
}

const LUCK: &str = "the pseudo-cohort was not bound to it: one of many that agree with the rest";
const UNBOUND: &str = "the pseudo-cohort was not bound to it, and cannot speak against it; others \
                       that agree with the rest have other values";
const IMMORTAL: &str = "grouped by what happened after the origin, without landmark or tdc(): who is \
                        to be in such a group must live long enough (immortal time)";

impl Study {
    /// Recomputes every figure on rows and gives each its verdict.
    ///
    /// # Errors
    /// The rows lack columns that the study names. A figure that fails alone is not run, and its
    /// note says why.
    pub fn compare(&self, table: Table) -> Result<Reproduction<'_>> {
        let rows = table.rows();
        let data = Data::new(self, table)?;
        let arguments = self.arguments();
        let figures = self.figures().iter().zip(arguments);
        let compared = figures.map(|(figure, argument)| self.compare_one(&data, figure, argument));
        Ok(Reproduction { study: self, origin: self.origin(), rows, figures: compared.collect() })
    }

    fn compare_one(
        &self,
        data: &Data<'_>,
        figure: &Figure,
        argument: Option<Argument>,
    ) -> Compared {
        let not_run = |why: String, failed: bool| Compared {
            value: None,
            computed: None,
            verdict: Verdict::NotRun,
            note: Some(why),
            constraint: false,
            asked: false,
            failed,
        };
        if let Some(why) = &figure.not_run {
            return not_run(why.clone(), false);
        }
        let value = match data.value(figure) {
            Ok(value) => value,
            Err(error) => return not_run(reason(&error), true),
        };
        let binding = self.binding(figure, data);
        let is_claim = matches!(figure.statistic, Some(Statistic::Lattice { .. }));
        let agrees = value.prints_as(&figure.published) && !is_claim;
        let proof = argument.as_ref().is_some_and(Argument::is_proof);
        let verdict = match (agrees, proof, self.origin(), &binding) {
            (false, true, ..) => Verdict::NotAttainable,
            (true, _, Origin::Individual, _) | (true, _, _, Binding::Free) => Verdict::Reproduced,
            (true, ..) => Verdict::Consistent,
            (false, false, _, _) if is_claim => Verdict::NotRun,
            (false, false, Origin::Pseudo, Binding::Bound) => Verdict::NotFound,
            // Rows that were made up cannot speak against a figure.
            (false, false, Origin::Pseudo, _) => Verdict::NotRun,
            (false, ..) => Verdict::Differs,
        };
        let here = value.print_as(figure);
        let hangs = match (&binding, verdict) {
            _ if self.origin() == Origin::Individual || is_claim => None,
            (Binding::Implied(by), Verdict::Consistent) => Some(format!("implied: {by}")),
            (Binding::Implied(by), Verdict::NotRun) => Some(format!("here {here}: {by}")),
            (Binding::Free, Verdict::Reproduced) if self.origin() == Origin::Pseudo => {
                Some(LUCK.to_owned())
            }
            (Binding::Free, Verdict::NotRun) => Some(format!("{UNBOUND} (here {here})")),
            _ => None,
        };
        let argued = argument.filter(|_| !agrees).map(|own| own.sentence);
        let notes = [
            hangs,
            argued,
            (verdict == Verdict::Differs).then(|| difference(&value, figure)).flatten(),
            figure.after_origin.then(|| IMMORTAL.to_owned()),
            figure.note.clone(),
        ];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        Compared {
            computed: (!is_claim).then_some(here),
            value: (!is_claim).then_some(value),
            verdict,
            note: (!notes.is_empty()).then(|| notes.join(". ")),
            constraint: binding == Binding::Bound || (agrees && binding != Binding::Free),
            asked: binding == Binding::Bound,
            failed: false,
        }
    }
}

impl Reproduction<'_> {
    /// How many figures have a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.figures.iter().filter(|own| own.verdict == verdict).count()
    }

    /// What every output that rests on rows that are no patients carries; `seed` made the rows.
    pub fn banner(&self, seed: u64) -> Option<String> {
        let source = self.study.citation().unwrap_or(self.study.title()).trim_end_matches('.');
        match self.origin {
            Origin::Individual => None,
            Origin::Pseudo => Some(format!(
                "{BANNER} Built by optimisation (seed {seed}) to agree with {} Not for subgroup, \
                 interaction, meta-analysis or external-control use; agreement does not validate the \
                 paper.",
                self.support(source)
            )),
            Origin::Reconstructed => Some(format!(
                "RECONSTRUCTED FROM PUBLISHED CURVES \u{2013} NOT PATIENTS. Times and statuses agree \
                 with the curves of {source}. Many other data sets do as well. For meta-analysis only \
                 over draws; no covariates, no subgroups."
            )),
        }
    }

    /// With which printed figures the rows were to agree, and which they support.
    fn support(&self, source: &str) -> String {
        let (asked, met) = self.constraints();
        let figures = if asked == 1 { "figure" } else { "figures" };
        let short = match met < asked {
            true => format!("; it agrees with {met} of them"),
            false => String::new(),
        };
        let supported = match met {
            0 => "none of them is supported".to_owned(),
            1 => "only this 1 figure is supported".to_owned(),
            _ => format!("only these {met} figures are supported"),
        };
        format!(
            "{asked} printed {figures} of {source}{short}. Many other data sets agree equally well; \
             {supported}."
        )
    }

    /// With how many printed figures the rows were to agree, and with how many of these they do.
    pub fn constraints(&self) -> (usize, usize) {
        let asked = || self.figures.iter().filter(|own| own.asked);
        (asked().count(), asked().filter(|own| own.verdict == Verdict::Consistent).count())
    }
}

/// By how much the estimate is off.
fn difference(value: &Value, figure: &Figure) -> Option<String> {
    let printed = figure.published.estimate()?;
    let parts = [
        ("estimate", Some(&printed.estimate), value.estimate),
        ("lower limit", printed.lower(), value.lower),
        ("upper limit", printed.upper(), value.upper),
    ];
    let words = parts.into_iter().filter_map(|(what, printed, value)| {
        let printed = printed?;
        if printed.matches(value) {
            return None;
        }
        Some(match (printed.number(), value) {
            (Some(own), Some(value)) => {
                let digits = usize::from(printed.decimals()) + 2;
                format!("{what} {:+.digits$}", value - own)
            }
            (_, Some(value)) => format!("{what} {value:.4}, printed {printed}"),
            (_, None) => format!("{what} not reached, printed {printed}"),
        })
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| format!("off: {}", words.join("; ")))
}
