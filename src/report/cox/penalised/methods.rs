//! What a penalised Cox regression says of its methods.

use super::PenalisedDocument;
use crate::report::cox::methods::say_levels_of_missing;
use crate::report::number::significant;
use crate::report::whole::{Methods, Source, Topic, say_common};

impl PenalisedDocument {
    pub(super) fn methods(&self, methods: &mut Methods) {
        let (cox, breslow, simon) = (Source::Cox, Source::Breslow, Source::Simon);
        let (name, lambda) = (self.name(), self.lambda_words());
        let strata = self.nesting.baseline_words();
        methods.say(
            Topic::Model,
            format!(
                "Coefficients of a Cox regression {cox} with Breslow's method for ties {breslow}{strata} were shrunk by \
                 a penalty {simon}: {name}, {lambda}"
            ),
        );
        say_levels_of_missing(methods, self.coefficients.iter().map(|own| &own.own));
        say_common(methods, self.conventions.dialect, &self.notes);
    }

    fn lambda_words(&self) -> String {
        let own = &self.penalty;
        match (own.lambda, own.folds, own.seed) {
            (None, Some(folds), Some(seed)) => format!(
                "λ chosen by cross-validation in {folds} folds (seed {seed}) {}",
                Source::Verweij
            ),
            (lambda, ..) => {
                let lambda = lambda.map_or_else(String::new, |own| significant(own, 7));
                format!("λ = {lambda}")
            }
        }
    }
}
