//! A reconstruction for people.

use super::compared::Comparison;
use super::{ArmRecord, ReconstructDocument};
use crate::reconstruct::ConstraintStatus;
use crate::report::grid::Grid;
use crate::report::number::{estimate_range, hazard_ratio, p_sentence, reached, rounded};
use crate::report::page::Page;

impl ReconstructDocument {
    pub(super) fn whole_page(&self) -> Page {
        let page = Page::new("Reconstruction", "").banner(self.banner.clone());
        let page = match &self.ipd {
            Some(file) => page.line(format!("Individuals: {file}")),
            None => page,
        };
        let page = page.grids(self.groups.group_tables());
        let page = self.comparison.iter().map(Comparison::line).fold(page, Page::line);
        let page = page.grid(self.given());
        let page = page.grids(self.fidelity_grid()).grids(self.draws_grid());
        page.end(self.groups.conventions_line(), self.notes.clone())
    }

    /// One row a constraint: arm, name, given, reached, status.
    pub(super) fn constraint_rows(&self) -> Vec<Vec<String>> {
        let row = |record: &super::ConstraintRecord| {
            let own = &record.own;
            let status = status(own.status).to_owned();
            let arm = record.arm.clone().unwrap_or_default();
            vec![arm, own.name.clone(), own.given.clone(), own.reached.clone(), status]
        };
        self.constraints.iter().map(row).collect()
    }

    fn given(&self) -> Grid {
        let rows = self.constraint_rows();
        let arms = self.constraints.iter().any(|own| own.arm.is_some());
        let grid = Grid::new("What was given");
        let grid = if arms { grid.words(["arm"]) } else { grid };
        let grid = grid.words(["constraint"]).numbers(["given", "reached"]).words(["status"]);
        grid.with_rows(rows.into_iter().map(|row| row[usize::from(!arms)..].to_vec()))
    }

    fn fidelity_grid(&self) -> Option<Grid> {
        self.arms.iter().find(|arm| arm.fidelity.is_some())?;
        let grid = Grid::new("Distance of the reconstructed curve from the points, in survival");
        let grid = grid.words(["arm"]).numbers(["mean", "root mean square", "largest"]);
        let grid = grid.numbers(["time axis", "survival axis"]);
        let rows = self.arms.iter().filter_map(ArmRecord::fidelity_row);
        Some(grid.with_rows(rows))
    }

    fn draws_grid(&self) -> Option<Grid> {
        let own = self.between_draws.as_ref()?;
        let caption = format!(
            "Between {} data sets that agree equally well (seed {}): no sampling error",
            own.draws, own.seed
        );
        let grid = Grid::new(caption).words(["arm", "statistic"]);
        let grid = grid.numbers(["2.5 %", "middle", "97.5 %", "draws"]);
        let number = |own: Option<f64>| own.map_or("–".to_owned(), |own| rounded(own, 4));
        Some(grid.with_rows(own.statistics.iter().map(|spread| {
            let arm = spread.arm.clone().unwrap_or_default();
            let numbers = [spread.lower, spread.middle, spread.upper].map(number);
            let known = [spread.known.to_string()];
            [arm, spread.statistic.clone()].into_iter().chain(numbers).chain(known).collect()
        })))
    }
}

impl ArmRecord {
    fn fidelity_row(&self) -> Option<Vec<String>> {
        let own = self.fidelity?;
        let factor = |own: Option<f64>| own.map_or_else(String::new, |own| format!("× {own}"));
        let mut row = vec![self.label.clone()];
        row.extend([own.mean_abs, own.rmse, own.max_abs].map(|own| rounded(own, 4)));
        row.extend([self.axis.map(|own| own.time), self.axis.map(|own| own.survival)].map(factor));
        Some(row)
    }
}

impl Comparison {
    fn line(&self) -> String {
        let ratio = |own: &super::compared::Ratio| {
            let limits = match (own.lower, own.upper) {
                (Some(lower), Some(upper)) => format!(" ({})", estimate_range(lower, upper)),
                _ => String::new(),
            };
            let hr = own.hr.map_or_else(|| reached(None), hazard_ratio);
            format!("HR {} against {}: {hr}{limits}", own.arm, self.reference)
        };
        let ratios: Vec<String> = self.hazard_ratios.iter().map(ratio).collect();
        format!("{}; log-rank {}", ratios.join("; "), p_sentence(self.p, None))
    }
}

fn status(own: ConstraintStatus) -> &'static str {
    match own {
        ConstraintStatus::Met => "met",
        ConstraintStatus::Relaxed => "relaxed",
        ConstraintStatus::Impossible => "impossible",
    }
}
