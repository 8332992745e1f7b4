//! The figures of a Cox document.

use super::CoxDocument;
use super::forest::{self, ForestTerm};
use super::plan::CoxPlan;
use crate::cox::{CoxFit, PhTest};
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::note::BANNER;
use crate::report::number::p_brief;
use crate::report::plot::{PhPanel, PhPlot, PlotStyle, Plotted, RiskTable, SurvivalPlot};
use crate::report::subject::Regression;

/// What is drawn of a Cox regression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CoxFigure {
    /// Hazard ratios with their intervals.
    #[default]
    Forest,
    /// β(t) of every coefficient, for the test of proportional hazards.
    PhTest,
    /// The predicted curves.
    Curves,
}

/// What a figure needs besides the document.
#[derive(Debug)]
pub(super) enum Drawn {
    Forest(Vec<ForestTerm>),
    PhTest(Vec<PhPanel>),
    Curves,
}

impl CoxPlan {
    pub(super) fn drawn(
        &self,
        (fit, model): (&CoxFit<'_>, &Regression),
        test: Option<&PhTest>,
    ) -> Result<Option<Drawn>> {
        Ok(match self.figure {
            None => None,
            Some(CoxFigure::Forest) => Some(Drawn::Forest(forest::terms(self.figure, model))),
            Some(CoxFigure::PhTest) => Some(Drawn::PhTest(self.panels(fit, test)?)),
            Some(CoxFigure::Curves) => Some(Drawn::Curves),
        })
    }

    fn panels(&self, fit: &CoxFit<'_>, test: Option<&PhTest>) -> Result<Vec<PhPanel>> {
        let transform = self.ph_test.unwrap_or_default();
        let own;
        let test = match test {
            Some(test) => test,
            None => {
                own = fit.ph_test(transform)?;
                &own
            }
        };
        let coefficients = fit.coefficients();
        let curves = fit.ph_curves(transform)?;
        let panel = |curve: crate::cox::PhCurve| {
            let own = &coefficients[curve.coefficient];
            let tested = test.terms.iter().find(|(name, _)| *name == own.term);
            let p = tested.map_or_else(String::new, |(name, test)| {
                let of =
                    if test.df > 1 { format!(" ({name}, {} df)", test.df) } else { String::new() };
                format!("{}{of}", p_brief(test.p))
            });
            let told = format!("Proportional hazards: {p}");
            PhPanel { name: own.name.clone(), told, coef: own.coef.unwrap_or_default(), curve }
        };
        Ok(curves.into_iter().map(panel).collect())
    }
}

impl CoxDocument {
    /// What must stand under a figure.
    pub(super) fn caveats(&self) -> Vec<String> {
        let notes = self.notes.iter().map(ToString::to_string);
        notes.filter(|note| note.starts_with(BANNER)).collect()
    }
}

impl Plotted for CoxDocument {
    fn figures(&self, style: &PlotStyle) -> Result<Vec<Figure>> {
        match &self.figure {
            Some(Drawn::Forest(terms)) => self.forest(terms).pages(style),
            _ => Ok(vec![self.figure(style)?]),
        }
    }

    fn figure(&self, style: &PlotStyle) -> Result<Figure> {
        match &self.figure {
            None => Err(Error::option("no figure was asked for")),
            Some(Drawn::Forest(terms)) => self.forest(terms).draw(style),
            Some(Drawn::PhTest(panels)) => {
                let title = format!("Proportional hazards: {}", self.formula);
                PhPlot { panels: panels.clone(), title, caveats: self.caveats() }.draw(style)
            }
            Some(Drawn::Curves) => {
                let lines = self.predicted.lines();
                if lines.is_empty() {
                    return Err(Error::option(
                        "--plot-kind curves draws the curves of --profiles or --adjusted: ask for \
                         one of them, and for --curve",
                    ));
                }
                let title = format!("Predicted survival: {}", self.formula);
                let told = Vec::new();
                let mut plot = SurvivalPlot { lines, told, caveats: self.caveats(), title };
                let style = PlotStyle { risk_table: RiskTable::None, ..style.clone() };
                plot.sift(&style);
                plot.draw(&style)
            }
        }
    }
}
