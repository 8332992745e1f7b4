//! What a descriptive table says of its methods.

use super::{Center, Table1Document};
use crate::describe::TestKind;
use crate::report::whole::{Methods, Source, Topic, listed, say_common};

impl Table1Document {
    pub(super) fn methods(&self, methods: &mut Methods) {
        let numbers = match self.shown.center {
            Center::Median => format!(
                "medians with quartiles (type {} of {})",
                self.conventions.quantile_type,
                Source::HyndmanFan
            ),
            Center::Mean => "means with standard deviations".to_owned(),
        };
        let levels = "levels as counts with percentages of those known";
        methods.say(Topic::Table, format!("Numbers are described by {numbers}, {levels}"));
        let tests: Vec<String> = self.tests().into_iter().map(test_words).collect();
        if !tests.is_empty() {
            let tests = listed(&tests);
            methods.say(Topic::TableTest, format!("Groups were compared by {tests}, two-sided"));
        }
        if self.variables.iter().any(|own| own.smd.is_some()) {
            methods.say(
                Topic::Difference,
                format!("Groups were compared by standardised mean differences {}", Source::Austin),
            );
        }
        say_common(methods, self.conventions.dialect, &self.notes);
    }

    /// The tests that were made, each once.
    fn tests(&self) -> Vec<TestKind> {
        let mut kinds = Vec::new();
        for own in self.variables.iter().filter_map(|own| own.test.flatten()) {
            if !kinds.contains(&own.kind) {
                kinds.push(own.kind);
            }
        }
        kinds
    }
}

fn test_words(kind: TestKind) -> String {
    match kind {
        TestKind::Pearson => "Pearson's χ² test without continuity correction".to_owned(),
        TestKind::Fisher => format!("Fisher's exact test {}", Source::FreemanHalton),
        TestKind::WilcoxonExact => format!("Wilcoxon's exact rank-sum test {}", Source::Wilcoxon),
        TestKind::Wilcoxon => {
            format!("Wilcoxon's rank-sum test with continuity correction {}", Source::MannWhitney)
        }
        TestKind::KruskalWallis => format!("the Kruskal–Wallis test {}", Source::KruskalWallis),
        TestKind::Welch => format!("Welch's t test {}", Source::Welch),
        TestKind::Anova => "one-way analysis of variance".to_owned(),
    }
}
