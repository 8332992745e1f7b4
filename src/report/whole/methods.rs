//! Methods in words: sentences that documents say about themselves, each once.

use std::collections::BTreeSet;

use super::source::numbered;
use crate::report::number::range;

/// What a sentence is about; they are told in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Topic {
    Weights,
    Landmark,
    Missing,
    Curve,
    Interval,
    Median,
    Mean,
    Band,
    Bootstrap,
    FollowUp,
    Test,
    Ratio,
    Trend,
    Pairs,
    Permutation,
    Model,
    Variance,
    Limits,
    Alone,
    Selection,
    Proportional,
    Concordance,
    Prediction,
    Accuracy,
    Table,
    TableTest,
    Difference,
    Rate,
    RateDifference,
    Dialect,
}

/// Sentences that stand in one paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Subjects,
    Curves,
    Tests,
    Models,
    Tables,
    Rates,
    Software,
}

/// What analyses have said.
#[derive(Debug, Default)]
pub struct Methods {
    /// The analysis whose turn it is, counted from 1.
    analysis: usize,
    said: Vec<Sentence>,
}

/// A sentence and the analyses that it is true of.
#[derive(Debug)]
struct Sentence {
    topic: Topic,
    text: String,
    analyses: BTreeSet<usize>,
}

/// Methods as they are printed: paragraphs, and what they refer to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) paragraphs: Vec<String>,
    pub(super) sources: Vec<&'static str>,
}

impl Topic {
    fn family(self) -> Family {
        match self {
            Self::Weights | Self::Landmark | Self::Missing => Family::Subjects,
            topic if topic <= Self::FollowUp => Family::Curves,
            topic if topic <= Self::Permutation => Family::Tests,
            topic if topic <= Self::Accuracy => Family::Models,
            topic if topic <= Self::Difference => Family::Tables,
            topic if topic <= Self::RateDifference => Family::Rates,
            _ => Family::Software,
        }
    }
}

impl Methods {
    /// What is said from here on is said of this analysis.
    pub(super) fn turn(&mut self, analysis: usize) {
        self.analysis = analysis;
    }

    /// Says a sentence, without its full stop; sources stand in it as [`Source`] shows itself.
    pub(in crate::report) fn say(&mut self, topic: Topic, text: impl Into<String>) {
        let text = text.into();
        let same = |own: &&mut Sentence| own.topic == topic && own.text == text;
        let at = self.analysis;
        match self.said.iter_mut().find(same) {
            Some(own) => {
                own.analyses.insert(at);
            }
            None => self.said.push(Sentence { topic, text, analyses: BTreeSet::from([at]) }),
        }
    }

    /// All in paragraphs.
    pub(super) fn told(mut self) -> Told {
        self.said.sort_by_key(|own| own.topic);
        let families: BTreeSet<Family> = self.said.iter().map(|own| own.topic.family()).collect();
        let paragraphs = families.into_iter().map(|own| self.paragraph(own)).collect();
        let (paragraphs, sources) = numbered(paragraphs);
        Told { paragraphs, sources }
    }

    fn paragraph(&self, family: Family) -> String {
        let own = || self.said.iter().filter(|own| own.topic.family() == family);
        let all = match family {
            Family::Subjects | Family::Software => (1..=self.analysis).collect(),
            _ => own().flat_map(|own| own.analyses.iter().copied()).collect::<BTreeSet<_>>(),
        };
        let sentences: Vec<String> = own().map(|own| own.within(&all)).collect();
        sentences.join(" ")
    }
}

impl Sentence {
    /// The sentence; which analyses it is true of, unless of all.
    fn within(&self, all: &BTreeSet<usize>) -> String {
        if self.analyses == *all {
            return format!("{}.", self.text);
        }
        format!("{} ({}).", self.text, analyses(&self.analyses))
    }
}

/// `analysis 2`, `analyses 1, 3 and 5–7`.
fn analyses(own: &BTreeSet<usize>) -> String {
    let mut runs: Vec<[usize; 2]> = Vec::new();
    for &at in own {
        match runs.last_mut() {
            Some([_, last]) if *last + 1 == at => *last = at,
            _ => runs.push([at, at]),
        }
    }
    let names = runs.iter().flat_map(|&[first, last]| match last - first {
        0 => vec![first.to_string()],
        1 => vec![first.to_string(), last.to_string()],
        _ => vec![range(&first.to_string(), &last.to_string())],
    });
    let noun = if own.len() == 1 { "analysis" } else { "analyses" };
    format!("{noun} {}", listed(&names.collect::<Vec<_>>()))
}

/// `a`, `a and b`, `a, b and c`.
pub(in crate::report) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::whole::Source;

    #[test]
    fn a_sentence_names_its_analyses_where_it_is_not_true_of_all_of_its_kind() {
        let mut methods = Methods::default();
        let scales = ["log", "log", "plain", "log"];
        for (at, scale) in scales.iter().enumerate() {
            methods.turn(at + 1);
            methods.say(Topic::Interval, format!("Intervals are {scale}"));
            methods.say(Topic::Curve, format!("Curves are Kaplan's {}", Source::KaplanMeier));
        }
        methods.turn(5);
        methods.say(Topic::Model, format!("Models are Cox's {}", Source::Cox));
        let told = methods.told();
        let curves = "Curves are Kaplan's [1]. Intervals are log (analyses 1, 2 and 4). Intervals are plain \
                      (analysis 3).";
        assert_eq!(told.paragraphs, [curves, "Models are Cox's [2]."]);
        assert_eq!(told.sources.len(), 2);
        assert!(told.sources[1].starts_with("Cox DR."));
    }
}
