//! What a Cox regression says of its methods.

use super::CoxDocument;
use super::records::{CoefficientRecord, Unbounded};
use crate::formula::MISSING_LEVEL;
use crate::report::number::{percent, time};
use crate::report::whole::{Methods, Source, Topic, say_common, ties_words};

impl CoxDocument {
    pub(super) fn methods(&self, methods: &mut Methods) {
        methods.say(Topic::Model, self.model_words());
        methods.say(Topic::Variance, self.variance_words());
        methods.say(Topic::Limits, self.limits_words());
        if !self.univariable.is_empty() {
            methods.say(
                Topic::Alone,
                "Each term was fitted alone (univariable) beside the model of all terms",
            );
        }
        if let Some(own) = &self.selection {
            let rule = &own.rule;
            let text = "Only terms that passed alone entered the multivariable model";
            let honest = "its intervals and p-values ignore that choice";
            methods.say(Topic::Selection, format!("{text} ({rule}); {honest}"));
        }
        if let Some(transform) = self.ph_transform {
            methods.say(Topic::Proportional, proportional_words(transform));
        }
        if self.concordance.is_some() {
            let own =
                "Concordance is Harrell's C, its standard error by the infinitesimal jackknife";
            methods.say(Topic::Concordance, format!("{own} {}", Source::Harrell));
        }
        self.tell_predicted(methods);
        say_levels_of_missing(methods, self.all_coefficients());
        say_common(methods, self.conventions.dialect, &self.notes);
    }

    /// Those of the model, and of each term alone.
    fn all_coefficients(&self) -> impl Iterator<Item = &CoefficientRecord> {
        let alone = self.univariable.iter().flat_map(|own| &own.coefficients);
        alone.chain(&self.coefficients)
    }

    fn model_words(&self) -> String {
        let strata = self.nesting.baseline_words();
        format!(
            "Hazard ratios were estimated by Cox regression {} with {}{strata}",
            Source::Cox,
            ties_words(self.ties)
        )
    }

    fn variance_words(&self) -> String {
        match self.conventions.variance {
            "robust" => format!(
                "Standard errors are robust, by the infinitesimal jackknife {}{}",
                Source::LinWei,
                self.nesting.cluster_words()
            ),
            _ => "Standard errors are those of the model's information".to_owned(),
        }
    }

    fn limits_words(&self) -> String {
        let level = percent(self.conf_level);
        if self.conventions.penalty.is_some() {
            let limits = match self.conventions.interval {
                "Wald" => "Wald's, two-sided".to_owned(),
                _ => format!("by its profile {}", Source::Venzon),
            };
            return format!(
                "Firth's penalised likelihood was used {}{}; {level} intervals and p-values are {limits}",
                Source::Firth,
                Source::Heinze,
            );
        }
        match self.conventions.interval {
            "Wald" => {
                let infinite = self.conventions.infinite.map_or_else(String::new, Unbounded::words);
                format!("Intervals ({level}) and p-values are Wald's, two-sided{infinite}")
            }
            _ => {
                let infinite = self.conventions.infinite.filter(|own| *own == Unbounded::None);
                let infinite = infinite.map_or_else(String::new, Unbounded::words);
                let source = Source::Venzon;
                format!(
                    "Intervals ({level}) and p-values are by the profile likelihood {source}{infinite}"
                )
            }
        }
    }

    fn tell_predicted(&self, methods: &mut Methods) {
        if !self.predicted.profiles.is_empty() {
            methods.say(
                Topic::Prediction,
                format!(
                    "Survival of covariate profiles was predicted by the model {}",
                    Source::Tsiatis
                ),
            );
        }
        if let Some(own) = &self.predicted.adjusted {
            let column = own.column();
            methods.say(
                Topic::Prediction,
                format!(
                    "Adjusted survival is the mean of what the model predicts for all subjects, were everybody in \
                     each group of {column} {}",
                    Source::Makuch
                ),
            );
        }
        if let Some(own) = &self.accuracy {
            let tau = time(own.tau());
            methods.say(
                Topic::Accuracy,
                format!(
                    "Apparent accuracy up to {tau} is told by Uno's C {} and the Brier score {}, weighted by the \
                     inverse probability of censoring",
                    Source::Uno2011,
                    Source::Graf
                ),
            );
        }
    }
}

/// What is done with missing values where they are a level.
pub(super) fn say_levels_of_missing<'c>(
    methods: &mut Methods,
    mut coefficients: impl Iterator<Item = &'c CoefficientRecord>,
) {
    if coefficients.any(CoefficientRecord::is_of_missing) {
        let text = "Missing values of a categorical variable are a level of their own";
        methods.say(Topic::Missing, text);
    }
}

impl CoefficientRecord {
    /// Whether it tells those whose value is missing from others.
    fn is_of_missing(&self) -> bool {
        let level = self.level.as_deref().unwrap_or_default();
        level.split(':').any(|own| own == MISSING_LEVEL)
    }
}

fn proportional_words(transform: &str) -> String {
    let of = match transform {
        "km" => "1 less the Kaplan–Meier curve",
        "rank" => "the rank of time",
        "log" => "the logarithm of time",
        _ => "time",
    };
    format!(
        "Proportional hazards were tested by scaled Schoenfeld residuals against {of} {}",
        Source::Grambsch
    )
}
