//! What response rates say of their methods.

use super::ResponseDocument;
use crate::convention::Dialect;
use crate::report::number::percent;
use crate::report::whole::{Methods, Source, Topic, say_common};

impl ResponseDocument {
    pub(super) fn methods(&self, methods: &mut Methods) {
        let level = percent(self.conf_level);
        methods.say(
            Topic::Rate,
            format!(
                "Best overall response follows RECIST 1.1 {}; response and disease control rates have {level} \
                 confidence intervals by Clopper and Pearson {} and by Wilson {}",
                Source::Recist,
                Source::ClopperPearson,
                Source::Wilson
            ),
        );
        if !self.comparisons.is_empty() {
            methods.say(
                Topic::RateDifference,
                format!(
                    "Differences between rates have Newcombe's limits {} and the p of Fisher's exact test, two-sided",
                    Source::Newcombe
                ),
            );
        }
        say_common(methods, Dialect::Riskset, &self.notes);
    }
}
