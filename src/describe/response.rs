//! Best overall response.

use super::levels::Levels;
use super::proportion::Proportion;
use crate::table::MISSING_CODE;

/// What a best overall response counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseClass {
    /// Complete or partial: objective response.
    Response,
    /// Stable: disease control without response.
    Control,
    /// Progression.
    Progression,
    /// Assessed, but not to be evaluated.
    NotEvaluable,
}

/// A category, the texts it is written as, and what it counts as.
type Word = (&'static str, &'static [&'static str], ResponseClass);

/// RECIST's categories (Eisenhauer 2009, doi:10.1016/j.ejca.2008.10.026), and how they are written.
const WORDS: [Word; 5] = [
    ("CR", &["cr", "complete response", "complete remission"], ResponseClass::Response),
    ("PR", &["pr", "partial response", "partial remission"], ResponseClass::Response),
    ("SD", &["sd", "stable disease", "non-cr/non-pd", "non-cr non-pd"], ResponseClass::Control),
    ("PD", &["pd", "progressive disease", "progression"], ResponseClass::Progression),
    (
        "NE",
        &["ne", "not evaluable", "non-evaluable", "not evaluated", "inevaluable", "unevaluable"],
        ResponseClass::NotEvaluable,
    ),
];

/// Words for responses: RECIST's, and those that are added.
///
/// ```
/// use riskset::describe::{ResponseClass, Vocabulary};
///
/// let words = Vocabulary::default().with(ResponseClass::Response, &["VGPR"]);
/// assert_eq!(words.understand("Partial  response"), Some(("PR".into(), ResponseClass::Response)));
/// assert_eq!(words.understand("vgpr"), Some(("VGPR".into(), ResponseClass::Response)));
/// assert_eq!(words.understand("MR"), None);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    own: Vec<(String, ResponseClass)>,
}

/// A best overall response for every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responses {
    categories: Vec<(String, ResponseClass)>,
    codes: Vec<u32>,
}

/// Which rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Objective response rate: complete and partial responses.
    ObjectiveResponse,
    /// Disease control rate: those and stable disease.
    DiseaseControl,
}

/// Among whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denominator {
    /// Everybody treated: every row.
    Treated,
    /// Rows with a response that can be evaluated: without those that are missing or NE.
    Evaluable,
}

/// The responses of some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseCounts {
    counts: Vec<u64>,
    classes: Vec<ResponseClass>,
    missing: u64,
}

/// Letter case, and how many spaces stand between words, are of no account.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Vocabulary {
    /// Adds texts, which go before RECIST's; each is a category of its own.
    pub fn with<T: AsRef<str>>(mut self, class: ResponseClass, texts: &[T]) -> Self {
        self.own.extend(texts.iter().map(|text| (text.as_ref().trim().to_owned(), class)));
        self
    }

    /// The category that a text names, and what it counts as.
    pub fn understand(&self, text: &str) -> Option<(String, ResponseClass)> {
        let text = plain(text);
        let own = self.own.iter().find(|(own, _)| plain(own) == text);
        let recist = WORDS.iter().find(|(_, texts, _)| texts.contains(&text.as_str()));
        own.cloned().or_else(|| recist.map(|(name, _, class)| ((*name).to_owned(), *class)))
    }

    /// Reads a column.
    ///
    /// # Errors
    /// The texts that name nothing, each with its rows.
    pub fn read(&self, column: &Levels) -> Result<Responses, Vec<(String, usize)>> {
        let found: Vec<Option<(String, ResponseClass)>> =
            column.names().iter().map(|name| self.understand(name)).collect();
        let unknown: Vec<(String, usize)> = (column.names().iter().zip(column.counts()))
            .zip(&found)
            .filter(|(_, found)| found.is_none())
            .map(|((name, rows), _)| (name.clone(), rows))
            .collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let categories = categories(found.iter().flatten());
        let place =
            |own: &(String, ResponseClass)| categories.iter().position(|other| other == own);
        let places: Vec<Option<usize>> = found.iter().map(|own| place(own.as_ref()?)).collect();
        let code = |&code: &u32| {
            let place = places.get(code as usize).copied().flatten();
            place.map_or(MISSING_CODE, |place| place as u32)
        };
        let codes = column.codes().iter().map(code).collect();
        Ok(Responses { categories, codes })
    }
}

/// RECIST's categories, occurring or not, and others that occur beside their like.
fn categories<'f>(
    found: impl Iterator<Item = &'f (String, ResponseClass)>,
) -> Vec<(String, ResponseClass)> {
    let mut all: Vec<(String, ResponseClass)> =
        WORDS.iter().map(|(name, _, class)| ((*name).to_owned(), *class)).collect();
    for own in found {
        if !all.contains(own) {
            all.push(own.clone());
        }
    }
    all.sort_by_key(|(_, class)| *class as u8);
    all
}

impl Responses {
    /// The categories, best first.
    pub fn categories(&self) -> &[(String, ResponseClass)] {
        &self.categories
    }

    /// The responses in each group.
    pub fn by(&self, groups: &Levels) -> Vec<ResponseCounts> {
        let classes: Vec<ResponseClass> = self.categories.iter().map(|own| own.1).collect();
        let counts = vec![0; classes.len()];
        let mut all = vec![ResponseCounts { counts, classes, missing: 0 }; groups.len()];
        for (&group, &code) in groups.codes().iter().zip(&self.codes) {
            let Some(own) = all.get_mut(group as usize) else { continue };
            match own.counts.get_mut(code as usize) {
                Some(count) => *count += 1,
                None => own.missing += 1,
            }
        }
        all
    }
}

impl ResponseCounts {
    /// Rows of each category.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Rows without a response.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// Rows.
    pub fn n(&self) -> u64 {
        self.counts.iter().sum::<u64>() + self.missing
    }

    /// A rate.
    pub fn rate(&self, rate: Rate, among: Denominator) -> Proportion {
        let of = |class: ResponseClass| -> u64 {
            let own = self.counts.iter().zip(&self.classes).filter(|(_, own)| **own == class);
            own.map(|(count, _)| count).sum()
        };
        let response = of(ResponseClass::Response);
        let events = match rate {
            Rate::ObjectiveResponse => response,
            Rate::DiseaseControl => response + of(ResponseClass::Control),
        };
        let n = match among {
            Denominator::Treated => self.n(),
            Denominator::Evaluable => self.n() - self.missing - of(ResponseClass::NotEvaluable),
        };
        Proportion::new(events, n)
    }
}

impl Rate {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ObjectiveResponse, Self::DiseaseControl];

    /// The usual abbreviation.
    pub fn name(self) -> &'static str {
        match self {
            Self::ObjectiveResponse => "ORR",
            Self::DiseaseControl => "DCR",
        }
    }
}

impl Denominator {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Treated, Self::Evaluable];

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Treated => "treated",
            Self::Evaluable => "evaluable",
        }
    }
}

impl ResponseClass {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Control => "control",
            Self::Progression => "progression",
            Self::NotEvaluable => "not-evaluable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(words: &[&str]) -> Levels {
        let names: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        Levels::new((0..words.len() as u32).collect(), names)
    }

    #[test]
    fn rates_by_hand() {
        let column = column(&["cr", "Partial Response", "SD", "PD", "pd", "NE", "stable disease"]);
        let responses = Vocabulary::default().read(&column).unwrap();
        let own = &responses.by(&Levels::one(7))[0];
        assert_eq!((own.counts(), own.missing(), own.n()), (&[1, 1, 2, 2, 1][..], 0, 7));
        let rate = |rate, among| (own.rate(rate, among).events(), own.rate(rate, among).n());
        assert_eq!(rate(Rate::ObjectiveResponse, Denominator::Treated), (2, 7));
        assert_eq!(rate(Rate::DiseaseControl, Denominator::Evaluable), (4, 6));
    }

    #[test]
    fn unknown_words_are_listed_and_can_be_named() {
        let column = column(&["MR", "CR", "VGPR"]);
        let unknown = Vocabulary::default().read(&column).unwrap_err();
        assert_eq!(unknown, [("MR".to_owned(), 1), ("VGPR".to_owned(), 1)]);
        let words = Vocabulary::default().with(ResponseClass::Response, &["vgpr"]);
        let words = words.with(ResponseClass::Control, &["mr"]);
        let responses = words.read(&column).unwrap();
        let names: Vec<&str> = responses.categories().iter().map(|own| own.0.as_str()).collect();
        assert_eq!(names, ["CR", "PR", "vgpr", "SD", "mr", "PD", "NE"]);
        let rate =
            |rate| responses.by(&Levels::one(3))[0].rate(rate, Denominator::Treated).events();
        assert_eq!(Rate::ALL.map(rate), [2, 3]);
    }
}
