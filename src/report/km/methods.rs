//! What a Kaplan–Meier document says of its methods.

use super::KmDocument;
use crate::convention::Conventions;
use crate::curve::{BandType, ConfType, FollowUp, FollowUpRule, MedianInterval, MedianRule};
use crate::report::number::{percent, reached_interval, time};
use crate::report::whole::{Methods, Source, Topic, say_common};

impl KmDocument {
    pub(super) fn methods(&self, methods: &mut Methods) {
        let own = &self.conventions.words;
        methods.say(Topic::Curve, self.curve_words());
        methods.say(Topic::Interval, interval_words(own, self.conf_level));
        methods.say(Topic::Median, median_words(own));
        self.tell_means(methods);
        self.tell_resampling(methods);
        self.tell_follow_up(methods);
        if let Some(test) = self.test.iter().flatten().next() {
            methods.say(Topic::Test, test.words(&self.nesting));
        }
        self.hazard_ratio.iter().for_each(|own| own.methods(methods));
        say_common(methods, own.dialect, &self.notes);
    }

    fn curve_words(&self) -> String {
        let variance = match self.conventions.variance {
            "robust" => {
                let rows = self.nesting.cluster_words();
                format!("the infinitesimal jackknife {}{rows}", Source::LinWei)
            }
            _ => format!("Greenwood's formula {}", Source::Greenwood),
        };
        format!(
            "Survival was estimated by the Kaplan–Meier method {} and its variance by {variance}; at equal times, \
             events come before censorings",
            Source::KaplanMeier
        )
    }

    fn tell_means(&self, methods: &mut Methods) {
        let Some(first) = self.groups.first() else { return };
        if let Some(own) = first.rmst {
            let compared = match self.rmst_comparison.is_empty() {
                true => String::new(),
                false => format!(
                    "; differences and ratios are against the first group, ratios with limits on the log scale {}",
                    Source::Uno2014
                ),
            };
            let (tau, source) = (time(own.tau), Source::RoystonParmar);
            methods.say(
                Topic::Mean,
                format!("Restricted mean survival time is the area under the curve up to {tau} {source}{compared}"),
            );
        }
        if first.mean.is_some() {
            let words = self.conventions.words.mean_words();
            methods.say(
                Topic::Mean,
                format!("Mean survival time is the area under the curve {words}"),
            );
        }
    }

    fn tell_resampling(&self, methods: &mut Methods) {
        if let Some(own) = &self.bootstrap {
            methods.say(Topic::Bootstrap, own.words());
        }
        let mut steps = self.groups.iter().filter_map(|own| own.curve.as_ref());
        if let Some(band) = steps.find_map(|own| own.band.as_ref()?.as_ref()) {
            let kind = match band.band_type {
                BandType::HallWellner => format!("Hall and Wellner {}", Source::HallWellner),
                BandType::EqualPrecision => format!("equal precision {}", Source::Nair),
            };
            let level = percent(self.conf_level);
            methods.say(Topic::Band, format!("Simultaneous {level} bands are those of {kind}"));
        }
    }

    fn tell_follow_up(&self, methods: &mut Methods) {
        let own = self.groups.iter().filter_map(|own| own.follow_up).collect::<Vec<_>>();
        let median = match own.as_slice() {
            [] => return,
            [FollowUp { median, lower, upper }] => {
                let interval = reached_interval(*median, [*lower, *upper]);
                format!(
                    "; its median was {interval}, with a {} confidence interval",
                    percent(self.conf_level)
                )
            }
            _ => String::new(),
        };
        let order = match self.conventions.words.follow_up {
            FollowUpRule::EventsFirst => "",
            FollowUpRule::Recipe => ", censorings first at equal times",
        };
        methods.say(
            Topic::FollowUp,
            format!(
                "Follow-up was measured by the reverse Kaplan–Meier method{order} {}{median}",
                Source::SchemperSmith
            ),
        );
    }
}

fn interval_words(own: &Conventions, conf_level: f64) -> String {
    let level = percent(conf_level);
    let on = |scale: &str, source: Source| {
        format!(
            "Pointwise {level} confidence intervals of survival were made on the {scale} scale {source}"
        )
    };
    match own.conf_type {
        None => "Survival has no pointwise confidence interval, as SPSS prints none".to_owned(),
        Some(ConfType::LogLog) => on("log(−log)", Source::Kalbfleisch),
        Some(ConfType::Log) => on("log", Source::Kalbfleisch),
        Some(ConfType::Plain) => on("untransformed", Source::Kalbfleisch),
        Some(ConfType::Logit) => on("logit", Source::BorganLiestol),
        Some(ConfType::Arcsin) => on("arcsine-square-root", Source::BorganLiestol),
        Some(ConfType::Bpcp) => format!(
            "Pointwise {level} confidence intervals of survival are by the beta product confidence procedure {}",
            Source::Fay
        ),
    }
}

fn median_words(own: &Conventions) -> String {
    let rule = match own.median_rule {
        MedianRule::Midpoint => {
            "at which the curve falls to one half; where it is one half over a step, the middle of that"
        }
        MedianRule::FirstAtOrBelow => "from which on the curve is one half or less",
        MedianRule::FirstBelow => "from which on the curve is below one half",
    };
    let interval = match own.median_interval {
        MedianInterval::BrookmeyerCrowley => format!(
            "its limits are the times at which those of the curve cross one half {}",
            Source::BrookmeyerCrowley
        ),
        MedianInterval::Spss => "its limits are 1.96 standard errors away, as in SPSS".to_owned(),
    };
    format!("The median is the time {rule}; {interval}")
}
