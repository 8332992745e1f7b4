//! The answers in words, side by side.

use super::{Conventions, Dialect, TimeZero};
use crate::curve::{FollowUpRule, MeanRule, MedianInterval, MedianRule};

/// One question, and how every package answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The key in the JSON `conventions` object.
    pub key: &'static str,
    /// The question in words.
    pub question: &'static str,
    /// The answers in the order of [`Dialect::ALL`].
    pub answers: [&'static str; 5],
}

/// Turns conventions into the words of one row.
type Column = fn(&Conventions) -> &'static str;

/// Every question on which packages may differ, and where they agree but papers do not say.
pub fn answers() -> Vec<Answer> {
    let rows: [(&str, &str, Column); 11] = [
        ("conf_type", "interval for S(t)", Conventions::conf_type_name),
        ("median_rule", "median when S(t) = 0.5 on a step", Conventions::median_rule_words),
        ("median_interval", "interval for the median", Conventions::median_interval_words),
        ("variance", "variance of S(t)", |_| "Greenwood"),
        ("follow_up", "ties in the reverse curve (follow-up)", Conventions::follow_up_words),
        ("mean", "mean survival time", Conventions::mean_words),
        ("prints_mean", "mean printed unasked", |own| if own.prints_mean { "yes" } else { "no" }),
        ("time_zero", "rows with time 0", Conventions::time_zero_words),
        ("ties", "event and censoring at one time", |_| "event first"),
        ("cox_ties", "Cox: events at one time", |own| own.cox_ties.name()),
        ("small_sample", "Cox: robust variance times g/(g − 1)", |own| {
            if own.small_sample { "yes" } else { "no" }
        }),
    ];
    rows.into_iter().map(|(key, question, words)| Answer::new(key, question, words)).collect()
}

impl Answer {
    fn new(key: &'static str, question: &'static str, words: Column) -> Self {
        let answers = Dialect::ALL.map(|dialect| words(&Conventions::of(dialect)));
        Self { key, question, answers }
    }
}

impl Conventions {
    /// The interval of the curve by its name on the command line.
    pub fn conf_type_name(&self) -> &'static str {
        self.conf_type.map_or("no", |conf_type| conf_type.name())
    }

    /// The median rule in words.
    pub fn median_rule_words(&self) -> &'static str {
        match self.median_rule {
            MedianRule::Midpoint => "middle of the step",
            MedianRule::FirstAtOrBelow => "first t with S ≤ 0.5",
            MedianRule::FirstBelow => "first t with S < 0.5",
        }
    }

    /// The interval of the median in words.
    pub fn median_interval_words(&self) -> &'static str {
        match self.median_interval {
            MedianInterval::BrookmeyerCrowley => "Brookmeyer–Crowley",
            MedianInterval::Spss => "median ± 1.96 SE",
        }
    }

    /// The rule of follow-up in words.
    pub fn follow_up_words(&self) -> &'static str {
        match self.follow_up {
            FollowUpRule::EventsFirst => "event first",
            FollowUpRule::Recipe => "censoring first",
        }
    }

    /// The rule of the mean in words.
    pub fn mean_words(&self) -> &'static str {
        match self.mean {
            MeanRule::LastTime => "to the last time",
            MeanRule::LastEvent => "to the last event, V·m/(m − 1)",
        }
    }

    /// The rule of time 0 in words.
    pub fn time_zero_words(&self) -> &'static str {
        match self.time_zero {
            TimeZero::Kept => "counted",
            TimeZero::Dropped => "left out",
        }
    }
}
