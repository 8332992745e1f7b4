//! Several curves over one set of patients: a whole, and parts that it is divided into once or more.

use rayon::prelude::*;
use serde::Serialize;

use super::anneal::Annealing;
use super::contradiction;
use super::exact::EXACT;
use super::grid::Grid;
use super::spec::Summary;
use super::verify;
use super::{Draw, Subject, SummaryOutcome};
use crate::error::{Error, Result};
use crate::numeric::stream::stream;
use crate::reconstruct::{Constraint, ConstraintStatus};

/// Annealings that are tried at once.
const BATCH: usize = 8;
/// Annealings before giving up, for each data set asked for.
const RESTARTS: usize = 160;

/// A whole and its parts. Parts of one division do not overlap; what they leave of the whole is a
/// part about which nothing is printed. Several divisions cross each other.
///
/// ```
/// use riskset::published::PrintedEstimate;
/// use riskset::reconstruct::summary::{Family, FamilyOutcome, Grid, Summary};
/// let row = |n, text| -> riskset::Result<Summary> {
///     Ok(Summary::new(n).median_estimate(&PrintedEstimate::parse(text)?))
/// };
/// let family = Family::new(row(4, "5 (2-NR)")?.grid(Grid::days(30.4375)?))
///     .divided("sex", vec![("f", row(2, "5 (2-NR)")?), ("m", row(2, "NR")?)]);
/// let FamilyOutcome::Feasible(found) = family.reconstruct(1, 1)? else { panic!() };
/// assert_eq!(found.draws()[0].labels[0].len(), 4);
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    pub(super) whole: Summary,
    pub(super) divisions: Vec<Division>,
}

/// One way to divide the whole.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Division {
    pub(super) name: String,
    pub(super) parts: Vec<(String, Summary)>,
}

/// What became of a family.
#[derive(Debug, Clone, PartialEq)]
pub enum FamilyOutcome {
    /// Data sets that print every digit of all curves.
    Feasible(FamilyReconstruction),
    /// There is none: one member contradicts itself, or counts do not add up.
    Infeasible {
        /// Names of numbers that contradict each other.
        contradiction: Vec<String>,
        /// The same in words.
        reason: String,
    },
    /// The search found none, which proves nothing.
    NotFound {
        /// The best that was found.
        best: Vec<Constraint>,
        /// In words.
        reason: String,
    },
}

/// Data sets that agree with a family.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyReconstruction {
    draws: Vec<FamilyDraw>,
    constraints: Vec<Constraint>,
    divisions: Vec<(String, Vec<String>)>,
    grid: Grid,
}

/// One data set with the part that each member is in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FamilyDraw {
    /// Its members in the order of time; never the patients themselves.
    pub subjects: Vec<Subject>,
    /// By division, then by member: which part; one past the last for the rest.
    pub labels: Vec<Vec<usize>>,
}

impl FamilyReconstruction {
    /// The data sets, no two of them the same.
    pub fn draws(&self) -> &[FamilyDraw] {
        &self.draws
    }

    /// Each printed number, and what all draws make of it.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// The divisions and their parts, by name.
    pub fn divisions(&self) -> &[(String, Vec<String>)] {
        &self.divisions
    }

    /// The grid of times.
    pub fn grid(&self) -> Grid {
        self.grid
    }
}

impl Family {
    /// Of a whole that is not divided yet. Its grid is that of all parts.
    pub fn new(whole: Summary) -> Self {
        Self { whole, divisions: Vec::new() }
    }

    /// Divides the whole.
    pub fn divided(mut self, name: &str, parts: Vec<(&str, Summary)>) -> Self {
        let parts = parts.into_iter().map(|(label, own)| (label.to_owned(), own)).collect();
        self.divisions.push(Division { name: name.to_owned(), parts });
        self
    }

    /// Data sets that print every digit of all curves: as many as asked for, all different, or
    /// fewer where the search finds no more. The same seed gives the same data sets on any number of
    /// threads.
    ///
    /// # Errors
    /// When a summary asks for what cannot be searched.
    pub fn reconstruct(&self, seed: u64, draws: usize) -> Result<FamilyOutcome> {
        let family = self.on_one_grid()?;
        if let Some(outcome) = family.by_counting() {
            return Ok(outcome);
        }
        if let Some(outcome) = family.by_members()? {
            return Ok(outcome);
        }
        family.search(seed, draws.max(1))
    }

    fn on_one_grid(&self) -> Result<Self> {
        let members = self.members().into_iter().map(|(_, own)| own);
        let finest = members.map(Summary::decimals).max().unwrap_or(0);
        let grid = self.whole.grid.unwrap_or_else(|| Grid::fine(finest));
        let mut own = self.clone();
        own.whole.grid = Some(grid);
        own.whole.check()?;
        for part in own.divisions.iter_mut().flat_map(|division| &mut division.parts) {
            if part.1.grid.is_some_and(|other| other != grid) {
                return Err(Error::option(format!("{}: a part has the grid of the whole", part.0)));
            }
            part.1.grid = Some(grid);
            part.1.check()?;
        }
        Ok(own)
    }

    /// The whole and all parts, each with the words before its numbers.
    fn members(&self) -> Vec<(String, &Summary)> {
        let mut all = vec![(String::new(), &self.whole)];
        for division in &self.divisions {
            let parts = division.parts.iter();
            all.extend(parts.map(|(label, own)| (format!("{}={label}: ", division.name), own)));
        }
        all
    }

    /// Counts that do not add up.
    fn by_counting(&self) -> Option<FamilyOutcome> {
        self.divisions.iter().find_map(|division| {
            let prefix = |at: usize| format!("{}={}: ", division.name, division.parts[at].0);
            let parts = || division.parts.iter().map(|own| &own.1);
            let n: u32 = parts().map(|own| own.n).sum();
            let named = |what: &str| {
                let parts = (0..division.parts.len()).map(|at| format!("{}{what}", prefix(at)));
                std::iter::once(what.to_owned()).chain(parts).collect::<Vec<_>>()
            };
            if n > self.whole.n {
                let reason = format!("parts of {n} in a whole of {}", self.whole.n);
                return Some(FamilyOutcome::Infeasible { contradiction: named("n"), reason });
            }
            let all = self.whole.events?;
            let events: u32 = parts().map(|own| own.events).sum::<Option<u32>>()?;
            let rest = self.whole.n - n;
            if events > all || all > events + rest {
                let reason = format!("parts with {events} events in a whole with {all}");
                let mut contradiction = named("events");
                if rest > 0 {
                    contradiction.extend(named("n"));
                }
                return Some(FamilyOutcome::Infeasible { contradiction, reason });
            }
            None
        })
    }

    /// Members that contradict themselves.
    fn by_members(&self) -> Result<Option<FamilyOutcome>> {
        for (prefix, own) in self.members() {
            // Beyond that size only counting proves anything.
            let outcome = match own.n as usize > EXACT {
                true => contradiction::by_counting(own),
                false => Some(own.reconstruct(0, 1)?),
            };
            if let Some(SummaryOutcome::Infeasible { contradiction, reason, .. }) = outcome {
                let names = contradiction.iter().map(|name| format!("{prefix}{name}")).collect();
                let reason = format!("{prefix}{reason}");
                return Ok(Some(FamilyOutcome::Infeasible { contradiction: names, reason }));
            }
        }
        Ok(None)
    }

    fn search(&self, seed: u64, draws: usize) -> Result<FamilyOutcome> {
        let annealing = Annealing::new(self);
        let mut found: Vec<FamilyDraw> = Vec::new();
        let mut best: Option<(f64, FamilyDraw)> = None;
        for first in (0..RESTARTS * draws).step_by(BATCH) {
            let run = |at: usize| annealing.run(self, &mut stream(seed, at as u64));
            let runs: Vec<_> = (first..first + BATCH).into_par_iter().map(run).collect();
            for (loss, draw) in runs {
                if loss == 0.0 && !found.contains(&draw) && self.prints_all(&draw)? {
                    found.push(draw);
                } else if best.as_ref().is_none_or(|own| loss < own.0) {
                    best = Some((loss, draw));
                }
            }
            let enough = found.len() >= draws;
            if enough || (found.is_empty() && first + BATCH >= RESTARTS) {
                break;
            }
        }
        found.truncate(draws);
        self.outcome(found, best.map(|own| own.1))
    }

    fn outcome(&self, draws: Vec<FamilyDraw>, best: Option<FamilyDraw>) -> Result<FamilyOutcome> {
        if let Some(first) = draws.first() {
            let constraints = self.constraints(first)?;
            let names = |own: &Division| own.parts.iter().map(|part| part.0.clone()).collect();
            let divisions = self.divisions.iter().map(|own| (own.name.clone(), names(own)));
            return Ok(FamilyOutcome::Feasible(FamilyReconstruction {
                constraints,
                divisions: divisions.collect(),
                grid: self.whole.own_grid(),
                draws,
            }));
        }
        let best = best.map_or(Ok(Vec::new()), |own| self.constraints(&own))?;
        let missed = best.iter().filter(|own| own.status != ConstraintStatus::Met).count();
        let reason = format!(
            "the search found no set of patients with all numbers (the best misses {missed}); that \
             proves nothing"
        );
        Ok(FamilyOutcome::NotFound { best, reason })
    }

    fn prints_all(&self, draw: &FamilyDraw) -> Result<bool> {
        Ok(self.constraints(draw)?.iter().all(|own| own.status == ConstraintStatus::Met))
    }

    /// Every printed number of all curves.
    fn constraints(&self, draw: &FamilyDraw) -> Result<Vec<Constraint>> {
        let whole = Draw { subjects: draw.subjects.clone() };
        let mut all = verify::constraints(&self.whole, &whole)?;
        for (division, labels) in self.divisions.iter().zip(&draw.labels) {
            for (at, (label, part)) in division.parts.iter().enumerate() {
                let members = draw.subjects.iter().zip(labels).filter(|own| *own.1 == at);
                let subjects = members.map(|own| *own.0).collect();
                for own in verify::constraints(part, &Draw { subjects })? {
                    let name = format!("{}={label}: {}", division.name, own.name);
                    all.push(Constraint { name, ..own });
                }
            }
        }
        Ok(all)
    }
}
