//! What a study's figures imply about each other: each is withheld in turn.

use rayon::prelude::*;

use super::export::PseudoRows;
use crate::error::{Error, Result};
use crate::formula::closest;
use crate::published::Printed;
use crate::reconstruct::pseudo::{Problem, Search, Statistic};
use crate::reproduce::compute::Data;
use crate::reproduce::study::Study;
use crate::reproduce::{Figure, Value};

/// What the other figures say about one that a search was not bound to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HoldOut {
    /// Pseudo-cohorts looked for.
    pub draws: usize,
    /// Those found, with every other figure as printed. The rest of this is about them.
    pub found: usize,
    /// Those that print the figure as published.
    pub agree: usize,
    /// Those in which it is not reached.
    pub not_reached: usize,
    /// The smallest estimate.
    pub lower: Option<f64>,
    /// The largest.
    pub upper: Option<f64>,
    /// Whether the printed estimate lies from the smallest to the largest, "not reached" being beyond
    /// every number; `None` where nothing was found.
    pub within: Option<bool>,
}

/// Figures that print one statistic of a block, and the problem without them.
struct Withheld {
    rest: Problem,
    /// Their places among the study's figures.
    at: Vec<usize>,
}

impl Study {
    /// Withholds each figure in turn, or only those named, and looks for pseudo-cohorts that agree
    /// with all others.
    ///
    /// Every draw is a search of its own that begins anew, so draws are independent of each other and
    /// of the cohort in the file; their seeds are those after `seed`. Figures that print the same
    /// statistic are withheld together. Counts of labels are not withheld: the labels' own totals
    /// decide them. The list has a place for every figure of the study.
    ///
    /// # Errors
    /// As for [`search`](Self::search); when a name is none of a figure that can be withheld.
    pub fn hold_out(
        &self,
        only: &[String],
        seed: Option<u64>,
        draws: usize,
    ) -> Result<Vec<Option<HoldOut>>> {
        let seed = seed.unwrap_or(self.spec()?.seed);
        let withheld = self.withheld(only)?;
        let tasks: Vec<(&Withheld, u64)> = withheld
            .iter()
            .flat_map(|own| (1..=draws as u64).map(move |draw| (own, seed.wrapping_add(draw))))
            .collect();
        let values = tasks.into_par_iter().map(|(own, seed)| self.draw(own, seed));
        let values = values.collect::<Result<Vec<_>>>()?;
        let mut all = vec![None; self.figures().len()];
        for (own, values) in withheld.iter().zip(values.chunks(draws.max(1))) {
            for (place, &at) in own.at.iter().enumerate() {
                let values = values.iter().flatten().map(|own| own[place]).collect();
                all[at] = Some(HoldOut::new(&self.figures()[at], draws, values));
            }
        }
        Ok(all)
    }

    /// What is to be withheld, with what is left.
    fn withheld(&self, only: &[String]) -> Result<Vec<Withheld>> {
        let mut all: Vec<Withheld> = Vec::new();
        for (problem, places) in self.problems(self.spec()?)? {
            let mut done: Vec<&Statistic> = Vec::new();
            for own in problem.figures.iter().map(|own| &own.statistic) {
                if matches!(own, Statistic::Count { .. }) || done.contains(&own) {
                    continue;
                }
                done.push(own);
                let same = problem.figures.iter().zip(&places);
                let at = same.filter(|(other, _)| other.statistic == *own).map(|(_, &at)| at);
                let mut rest = problem.clone();
                rest.figures.retain(|other| other.statistic != *own);
                all.push(Withheld { rest, at: at.collect() });
            }
        }
        let named =
            |own: &Withheld, name: &String| own.at.iter().any(|&at| self.figures()[at].id == *name);
        if let Some(none) = only.iter().find(|name| !all.iter().any(|own| named(own, name))) {
            return Err(self.not_withheld(none, &all));
        }
        all.retain(|own| only.is_empty() || only.iter().any(|name| named(own, name)));
        Ok(all)
    }

    fn not_withheld(&self, name: &str, all: &[Withheld]) -> Error {
        let ids = || all.iter().flat_map(|own| &own.at).map(|&at| self.figures()[at].id.as_str());
        let help = match closest(name, ids()) {
            Some(near) => format!("; did you mean {near}?"),
            None => String::new(),
        };
        Error::option(format!(
            "--hold-out={name}: not the id of a figure that the pseudo-cohort is bound to and that \
             can be withheld (counts of labels cannot){help}"
        ))
    }

    /// The withheld figures on the rows of one search; `None` where it did not find the rest.
    fn draw(&self, withheld: &Withheld, seed: u64) -> Result<Option<Vec<Value>>> {
        let Withheld { rest, at } = withheld;
        let cohort = Search::default().seed(seed).run(rest)?;
        if !cohort.is_found() {
            return Ok(None);
        }
        let rows = PseudoRows::new(self.spec()?, &[(rest.clone(), cohort)]);
        let data = Data::new(self, rows.table(self)?)?;
        at.iter().map(|&at| data.value(&self.figures()[at])).collect::<Result<_>>().map(Some)
    }
}

impl HoldOut {
    fn new(figure: &Figure, draws: usize, found: Vec<Value>) -> Self {
        let estimates = || found.iter().filter_map(|own| own.estimate);
        let own = Self {
            draws,
            found: found.len(),
            agree: found.iter().filter(|own| own.prints_as(&figure.published)).count(),
            not_reached: found.iter().filter(|own| own.estimate.is_none()).count(),
            lower: estimates().reduce(f64::min),
            upper: estimates().reduce(f64::max),
            within: None,
        };
        let printed = figure.published.estimate().map(|own| &own.estimate);
        Self { within: printed.filter(|_| own.found > 0).map(|printed| own.spans(printed)), ..own }
    }

    /// Whether a printed number lies within the range.
    fn spans(&self, printed: &Printed) -> bool {
        let Some((low, high)) = printed.bounds() else { return self.not_reached > 0 };
        self.lower.is_some_and(|own| own <= high)
            && (self.not_reached > 0 || self.upper.is_some_and(|own| own >= low))
    }
}
