//! Fits of imputed data sets, pooled: `riskset cox … --pool`.

use std::io;

use serde::Serialize;

use super::results::COEF;
use super::{ConventionsRecord, CoxPlan};
use crate::cox::{Pooled, PooledCoefficient};
use crate::note::Note;
use crate::report::csv::Csv;
use crate::report::grid::Grid;
use crate::report::number::{exact, exact_or_empty, hazard_ratio, p_value, percent, rounded};
use crate::report::outline::Document;
use crate::report::page::Page;
use crate::report::record::{self, add_notes, note_lines};
use crate::report::results::{Place, Results, Stat};
use crate::report::subject::{DataUse, Regression};

/// Pooled estimates.
#[derive(Debug, Serialize)]
pub struct PooledDocument {
    command: &'static str,
    schema_version: u32,
    formula: String,
    conf_level: f64,
    ties: &'static str,
    conventions: ConventionsRecord,
    imputations: usize,
    data: Vec<DataUse>,
    coefficients: Vec<PooledRecord>,
    #[serde(serialize_with = "record::notes")]
    notes: Vec<Note>,
}

/// A pooled coefficient.
#[derive(Debug, Serialize)]
struct PooledRecord {
    name: String,
    coef: f64,
    hr: f64,
    std_err: f64,
    within: f64,
    between: f64,
    df: Option<f64>,
    missing_information: f64,
    t: f64,
    p: f64,
    ln_p: f64,
    hr_lower: f64,
    hr_upper: f64,
}

impl From<PooledCoefficient> for PooledRecord {
    fn from(own: PooledCoefficient) -> Self {
        Self {
            name: own.name,
            coef: own.coef,
            hr: own.coef.exp(),
            std_err: own.std_err,
            within: own.within,
            between: own.between,
            df: own.df,
            missing_information: own.missing_information,
            t: own.t,
            p: own.p,
            ln_p: own.ln_p,
            hr_lower: own.lower.exp(),
            hr_upper: own.upper.exp(),
        }
    }
}

const WITHIN: Stat = Stat::STD_ERR.called("within").named("Variance within imputations");
const BETWEEN: Stat = Stat::STD_ERR.called("between").named("Variance between imputations");
const MISSING: Stat = Stat::ESTIMATE.called("missing_information").named("Information missing");
const T: Stat = Stat::STATISTIC.called("t").named("t");

impl PooledRecord {
    fn statistics(&self) -> [(Stat, Option<f64>); 12] {
        [
            (COEF, Some(self.coef)),
            (Stat::HR, Some(self.hr)),
            (Stat::STD_ERR, Some(self.std_err)),
            (WITHIN, Some(self.within)),
            (BETWEEN, Some(self.between)),
            (Stat::DF, self.df),
            (MISSING, Some(self.missing_information)),
            (T, Some(self.t)),
            (Stat::P, Some(self.p)),
            (Stat::LN_P, Some(self.ln_p)),
            (Stat::HR_LOWER, Some(self.hr_lower)),
            (Stat::HR_UPPER, Some(self.hr_upper)),
        ]
    }
}

impl PooledDocument {
    pub(super) fn new(plan: &CoxPlan, subjects: &[Regression], pooled: Pooled) -> Self {
        let mut notes = Vec::new();
        subjects.iter().for_each(|own| add_notes(&mut notes, &own.notes));
        let robust = subjects.iter().any(|own| own.cohort.is_dependent());
        Self {
            command: "cox",
            schema_version: 1,
            formula: subjects.first().map(|own| own.formula.clone()).unwrap_or_default(),
            conf_level: plan.conf_level(),
            ties: plan.ties().name(),
            conventions: ConventionsRecord {
                penalty: plan.penalty(),
                ..ConventionsRecord::new(plan.conventions, plan.ties(), robust, "Rubin's t")
            },
            imputations: pooled.imputations,
            data: subjects.iter().map(|own| own.data.clone()).collect(),
            coefficients: pooled.coefficients.into_iter().map(PooledRecord::from).collect(),
            notes,
        }
    }

    /// How the fits were pooled.
    fn rules(&self) -> String {
        format!(
            "Pooled over {} imputed data sets by Rubin's rules: the mean of the coefficients; variance \
             T = mean variance + (1 + 1/m) × variance of the coefficients; t on (m − 1)/λ² df, λ the \
             second part's share of T (Rubin 1987, doi:10.1002/9780470316696)",
            self.imputations
        )
    }

    fn table(&self) -> Grid {
        let row = |own: &PooledRecord| {
            let interval = format!("{}–{}", hazard_ratio(own.hr_lower), hazard_ratio(own.hr_upper));
            let df = own.df.map_or_else(|| "∞".to_owned(), |df| rounded(df, 3));
            let missing = rounded(own.missing_information, 2);
            vec![
                own.name.clone(),
                hazard_ratio(own.hr),
                interval,
                p_value(Some(own.p)),
                df,
                missing,
            ]
        };
        let grid = Grid::new("").words(["coefficient"]).numbers(["HR".to_owned()]);
        let grid = grid.numbers([format!("{} CI", percent(self.conf_level))]);
        let grid = grid.numbers(["p", "df", "information missing"]);
        grid.with_rows(self.coefficients.iter().map(row))
    }
}

impl Document for PooledDocument {
    const COMMAND: &'static str = "cox";

    fn page(&self) -> Page {
        let page = Page::new("Cox regression, pooled by Rubin's rules", self.formula.as_str());
        let page = self.data.iter().fold(page, |page, own| page.line(own.line()));
        let page = page.grid(self.table()).line(self.rules());
        page.end(self.conventions.line(), note_lines(&self.notes))
    }

    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        let titles = [
            "coefficient",
            "coef",
            "hr",
            "hr_lower",
            "hr_upper",
            "std_err",
            "df",
            "missing_information",
            "t",
            "p",
        ];
        csv.header(leading, &titles.map(str::to_owned))?;
        self.coefficients.iter().try_for_each(|own| {
            let numbers = [own.coef, own.hr, own.hr_lower, own.hr_upper, own.std_err].map(exact);
            let rest = [own.missing_information, own.t, own.p].map(exact);
            let df = [exact_or_empty(own.df)];
            let cells = [own.name.clone()].into_iter().chain(numbers).chain(df).chain(rest);
            csv.record(cells.collect())
        })
    }

    fn results(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.data.iter().try_for_each(|own| own.statistics(results))?;
        self.coefficients.iter().try_for_each(|own| {
            let place = Place::of("coefficient").level(own.name.as_str());
            results.all(&place, own.statistics())
        })
    }
}
