//! From rows to response rates.

use super::{CategoryRecord, ComparisonRecord, GroupRecord, RateRecord, ResponseDocument};
use crate::describe::{
    Contingency, Denominator, Levels, Rate, ResponseCounts, Responses, Test, Unlevelled, Vocabulary,
};
use crate::error::{Error, Result};
use crate::formula::Expr;
use crate::note::Note;
use crate::report::frame::{Division, Frame};

/// Spellings that a column of responses may have.
const MOST_WORDS: usize = 100;

/// What is read as a response, and how its rates are estimated.
#[derive(Debug, Clone)]
pub struct ResponsePlan {
    /// The column of best overall responses.
    pub column: Expr,
    /// What makes the groups.
    pub by: Option<Expr>,
    /// Words for responses.
    pub words: Vocabulary,
    /// Level of the intervals.
    pub conf_level: f64,
}

/// Every rate in either denominator.
fn rates() -> impl Iterator<Item = (Rate, Denominator)> {
    Rate::ALL.into_iter().flat_map(|rate| Denominator::ALL.map(|among| (rate, among)))
}

impl ResponsePlan {
    /// Counts and estimates.
    ///
    /// # Errors
    /// When no row is left, groups cannot be made, or the column holds other words.
    pub fn run(&self, mut frame: Frame) -> Result<ResponseDocument> {
        let Division { by, groups } = frame.divide(self.by.as_ref())?;
        let responses = self.responses(&mut frame)?;
        let counts = responses.by(&groups);
        let all = groups.names().iter().zip(&counts);
        let records = all.map(|(level, own)| self.group(by.as_ref().map(|_| level), own)).collect();
        Ok(ResponseDocument {
            command: "response",
            schema_version: 1,
            column: self.column.to_string(),
            comparisons: self.comparisons(&groups, &counts),
            by,
            conf_level: self.conf_level,
            data: frame.data,
            categories: responses.categories().iter().map(CategoryRecord::new).collect(),
            groups: records,
            notes: frame.notes,
        })
    }

    fn responses(&self, frame: &mut Frame) -> Result<Responses> {
        let name = self.column.to_string();
        let column = self.column.evaluate_noting(&frame.table, &mut frame.notes)?;
        let levels = Levels::of(&column, MOST_WORDS).map_err(|reason| {
            let what = match reason {
                Unlevelled::Dates => "dates",
                Unlevelled::TooMany => "more than 100 different values",
            };
            Error::analysis(format!("{name} holds {what}, not best overall responses"))
        })?;
        let missing = levels.missing();
        if missing > 0 {
            let rows = if missing == 1 { "row" } else { "rows" };
            frame.notes.push(Note::Remark(format!(
                "{missing} {rows} without {name}: among the treated as without response, not among the \
                 evaluable"
            )));
        }
        self.words.read(&levels).map_err(|unknown| unknown_words(&name, &unknown))
    }

    fn group(&self, level: Option<&String>, own: &ResponseCounts) -> GroupRecord {
        let rate = |(rate, among): (Rate, Denominator)| {
            RateRecord::new((rate, among), own.rate(rate, among), self.conf_level)
        };
        GroupRecord {
            level: level.cloned(),
            n: own.n(),
            counts: own.counts().to_vec(),
            missing: own.missing(),
            rates: rates().map(rate).collect(),
        }
    }

    fn comparisons(&self, groups: &Levels, counts: &[ResponseCounts]) -> Vec<ComparisonRecord> {
        let mut all = groups.names().iter().zip(counts);
        let Some(first) = all.next() else { return Vec::new() };
        all.flat_map(|other| rates().map(move |which| self.comparison(which, [first, other])))
            .collect()
    }

    fn comparison(
        &self,
        (rate, among): (Rate, Denominator),
        [(a, first), (b, second)]: [(&String, &ResponseCounts); 2],
    ) -> ComparisonRecord {
        let [own, other] = [first, second].map(|own| own.rate(rate, among));
        let difference = own.difference(&other, self.conf_level);
        let row = [own, other].map(|own| vec![own.events(), own.n() - own.events()]);
        let test = Contingency::new(row.into()).fisher().ok();
        ComparisonRecord {
            a: a.clone(),
            b: b.clone(),
            rate: rate.name(),
            denominator: among.name(),
            difference: difference.map(|own| own.estimate),
            lower: difference.map(|own| own.lower),
            upper: difference.map(|own| own.upper),
            p: test.as_ref().map(Test::p),
        }
    }
}

impl CategoryRecord {
    fn new((category, class): &(String, crate::describe::ResponseClass)) -> Self {
        Self { category: category.clone(), class: class.name() }
    }
}

fn unknown_words(name: &str, unknown: &[(String, usize)]) -> Error {
    let word = |(word, rows): &(String, usize)| format!("{word:?} ({rows})");
    let words: Vec<String> = unknown.iter().take(10).map(word).collect();
    let more = unknown.len().saturating_sub(words.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Error::analysis(format!(
        "{name}: these are no responses: {}{more}\nhelp: CR, PR, SD, PD, NE are known; name others with \
         --responder, --control, --progression, --not-evaluable",
        words.join(", ")
    ))
}
