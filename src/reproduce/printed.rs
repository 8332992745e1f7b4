//! What a study printed, for the checks that need no data.

use super::check::{
    Bracket, Finding, Measure, PrintedCoefficient, PrintedFigure, PrintedNumbers, RowId, Severity,
    check, months,
};
use super::study::{Figure, FollowUpMethod, Statistic, Study};
use crate::formula::{Formula, Outcome};
use crate::published::PrintedEstimate;

impl Study {
    /// The figures as printed numbers that can be checked against each other.
    pub fn printed(&self) -> PrintedNumbers {
        let figures = self.figures().iter().filter_map(|own| self.printed_figure(own));
        let coefficients = self.figures().iter().filter_map(|own| self.printed_coefficient(own));
        PrintedNumbers {
            figures: figures.collect(),
            coefficients: coefficients.collect(),
            ..PrintedNumbers::default()
        }
    }

    /// Contradictions in what the study printed: those that arithmetic on the figures finds, and the
    /// figures that no data can have, or none under what is usual.
    pub fn contradictions(&self) -> Vec<Finding> {
        let mut found = check(&self.printed());
        self.not_attainable(&mut found);
        found
    }

    /// Adds to what was found the figures that no data can have.
    pub fn not_attainable(&self, found: &mut Vec<Finding>) {
        for (figure, argument) in self.figures().iter().zip(self.arguments()) {
            let Some(argument) = argument.filter(|own| own.severity != Severity::Note) else {
                continue;
            };
            // A pair of printings is one finding.
            let known = |own: &Finding| {
                let pair = own.rows.iter().any(|row| argument.others.contains(&row.id));
                let named = own.rows.iter().any(|row| row.id == figure.id);
                named && (pair || argument.others.is_empty())
            };
            let check = argument.check;
            if !found.iter().any(known) {
                found.push(Finding {
                    id: format!("{check}:{}", figure.id),
                    check,
                    severity: argument.severity,
                    finding: argument.sentence,
                    rows: self.rows_of(&figure.id, &argument.others),
                });
            }
        }
    }

    fn rows_of(&self, id: &str, others: &[String]) -> Vec<RowId> {
        let concerned = |own: &&Figure| own.id == id || others.contains(&own.id);
        self.figures().iter().filter(concerned).map(|own| self.row(own)).collect()
    }

    fn row(&self, figure: &Figure) -> RowId {
        RowId {
            file: self.path().to_string_lossy().into_owned(),
            line: Some(figure.line),
            id: figure.id.clone(),
        }
    }

    fn printed_figure(&self, figure: &Figure) -> Option<PrintedFigure> {
        let (measure, at, bracket, unit) = match figure.statistic.as_ref()? {
            Statistic::Median(_) => (Measure::Median, None, Bracket::Interval, ""),
            Statistic::Rate { at, scale, .. } => {
                let unit = if *scale == 1.0 { "fraction" } else { "percent" };
                (Measure::SurvivalRate, Some(*at), Bracket::Interval, unit)
            }
            Statistic::FollowUp { method: FollowUpMethod::Reverse, .. } => {
                (Measure::FollowUp, None, Bracket::Interval, "")
            }
            Statistic::FollowUp { .. } => (Measure::FollowUp, None, Bracket::Range, ""),
            _ => return None,
        };
        let printed = figure.published.estimate()?;
        let formula = figure.statistic.as_ref()?.formula()?;
        let (endpoint, own_unit) = self.endpoint_of(formula);
        let unit = if unit.is_empty() { own_unit } else { unit };
        Some(PrintedFigure {
            row: self.row(figure),
            paper: self.title().to_owned(),
            study: self.title().to_owned(),
            place: figure.place.clone().unwrap_or_default(),
            population: figure.block.clone().unwrap_or_default(),
            subgroup: figure.rows.as_ref().map(ToString::to_string).unwrap_or_default(),
            treatment: String::new(),
            endpoint,
            origin: String::new(),
            measure,
            at: at.map(|at| at * months(own_unit)),
            unit: unit.to_owned(),
            n: figure.n.map(u64::from),
            events: None,
            estimate: Some(printed.estimate.clone()),
            lower: printed.lower().cloned(),
            upper: printed.upper().cloned(),
            bracket: if printed.limits.is_some() { bracket } else { Bracket::None },
            level: Some(self.conf_level()),
            conf_type: self.conventions().conf_type,
            conf_type_assumed: !self.states_interval(),
            p: None,
        })
    }

    fn printed_coefficient(&self, figure: &Figure) -> Option<PrintedCoefficient> {
        let Some(Statistic::HazardRatio { model, term, level }) = &figure.statistic else {
            return None;
        };
        let printed: &PrintedEstimate = figure.published.estimate()?;
        let name = match level {
            Some(level) => format!("{term} {level}"),
            None => term.clone(),
        };
        Some(PrintedCoefficient {
            row: self.row(figure),
            model: self.models()[*model].name.clone(),
            term: name,
            reference: String::new(),
            hr: Some(printed.estimate.clone()),
            lower: printed.lower().cloned(),
            upper: printed.upper().cloned(),
            p: None,
            n: None,
        })
    }

    /// The name of the endpoint behind a formula, and its unit.
    fn endpoint_of(&self, formula: &Formula) -> (String, &str) {
        let time = |own: &Outcome| match own {
            Outcome::Surv { time, event, .. } => format!("{time}, {event}"),
            Outcome::Endpoint(own) => own.to_string(),
        };
        let wanted = time(formula.outcome());
        let endpoints = self.plan().endpoints().iter();
        let mut same = endpoints.filter(|own| own.outcome().is_ok_and(|own| time(&own) == wanted));
        match same.next() {
            Some(own) => (own.name().to_owned(), own.unit().name()),
            None => (wanted, ""),
        }
    }
}
