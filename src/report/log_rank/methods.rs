//! What a comparison says of its methods.

use super::{LogRankDocument, PermutationRecord, Weighting};
use crate::compare::TestWeight;
use crate::report::whole::{Methods, Source, Topic, say_common};

impl LogRankDocument {
    pub(super) fn methods(&self, methods: &mut Methods) {
        let (test, strata) = (self.kind.words(), self.nesting.strata_words());
        methods.say(Topic::Test, format!("Groups were compared by {test}{strata}, two-sided"));
        self.hazard_ratio.iter().for_each(|own| own.methods(methods));
        if self.trend.is_some() {
            let scores = "scores 1, 2, … in the order of the groups";
            methods
                .say(Topic::Trend, format!("The test for trend has {scores} {}", Source::Tarone));
        }
        if let Some(own) = &self.pairwise {
            let adjusted = match own.adjustment {
                "not adjusted" => "not adjusted".to_owned(),
                "Holm" => format!("adjusted by Holm's method {}", Source::Holm),
                "Bonferroni" => "adjusted by Bonferroni's method".to_owned(),
                other => format!("adjusted by the method of {other} {}", Source::BenjaminiHochberg),
            };
            let pairs = "Each pair of groups was tested on its own subjects";
            methods.say(Topic::Pairs, format!("{pairs}, p-values {adjusted}"));
        }
        if let Some(own) = &self.permutation {
            methods.say(Topic::Permutation, own.words());
        }
        say_common(methods, self.conventions.dialect, &self.notes);
    }
}

impl Weighting {
    /// `the log-rank test [1]`.
    fn words(self) -> String {
        let (name, source) = match self {
            Self::MaxCombo => {
                let name = "MaxCombo, the largest of four Fleming–Harrington statistics";
                return format!("{name} {}", Source::MaxCombo);
            }
            Self::One(TestWeight::LogRank) => ("the log-rank test".to_owned(), Source::Mantel),
            Self::One(TestWeight::Gehan) => ("the Gehan–Breslow test".to_owned(), Source::Gehan),
            Self::One(TestWeight::TaroneWare) => {
                ("the Tarone–Ware test".to_owned(), Source::TaroneWare)
            }
            Self::One(TestWeight::Peto) => ("the Peto–Peto test".to_owned(), Source::PetoPeto),
            Self::One(TestWeight::FlemingHarrington { rho, gamma }) => {
                let name = format!("the Fleming–Harrington test with ρ = {rho} and γ = {gamma}");
                (name, Source::FlemingHarrington)
            }
        };
        format!("{name} {source}")
    }
}

impl PermutationRecord {
    fn words(&self) -> String {
        let n = self.permutations;
        match self.seed {
            Some(seed) if !self.exact => {
                format!("The permutation p is of {n} random arrangements with seed {seed}")
            }
            _ => format!("The permutation p is of all {n} arrangements"),
        }
    }
}
