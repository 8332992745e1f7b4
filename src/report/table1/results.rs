//! A descriptive table, statistic by statistic.

use std::io;

use super::{Shown, SummaryRecord, Table1Document, Values, VariableRecord};
use crate::report::number::estimate;
use crate::report::results::{Place, Results, Stat};

const PROPORTION: Stat = Stat::new("proportion", "Proportion", estimate);
const MEAN: Stat = Stat::new("mean", "Mean", estimate);
const SD: Stat = Stat::new("sd", "Standard deviation", estimate);
const MEDIAN: Stat = Stat::new("median", "Median", estimate);
const Q1: Stat = Stat::new("q1", "Lower quartile", estimate);
const Q3: Stat = Stat::new("q3", "Upper quartile", estimate);
const MIN: Stat = Stat::new("min", "Minimum", estimate);
const MAX: Stat = Stat::new("max", "Maximum", estimate);
const SMD: Stat = Stat::new("smd", "Standardised mean difference", two_decimals);

fn two_decimals(value: f64) -> String {
    format!("{value:.2}")
}

impl Table1Document {
    pub(super) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.data.statistics(results)?;
        for group in &self.groups {
            let place = Place::of("rows").within(&self.group(Some(&group.level)));
            results.all(&place, [(Stat::N, group.n as f64)])?;
        }
        self.variables.iter().try_for_each(|own| self.variable(results, own))
    }

    /// The group, as column and level.
    fn group(&self, level: Option<&str>) -> Vec<(String, String)> {
        let by = self.by.clone().zip(level);
        by.map(|(by, level)| (by, level.to_owned())).into_iter().collect()
    }

    fn variable(&self, results: &mut Results<'_>, own: &VariableRecord) -> io::Result<()> {
        for summary in own.groups.iter().chain(&own.overall) {
            let place = Place::of(&own.variable).within(&self.group(summary.level.as_deref()));
            self.shown.summary(results, own, (place, summary))?;
        }
        let place = Place::of(&own.variable);
        if let Some(test) = own.test {
            let of = |number: fn(super::TestRecord) -> Option<f64>| test.and_then(number);
            let method = Stat::P.named(test.map_or("no test", |own| own.kind.title()));
            results.all(
                &place,
                [
                    (Stat::STATISTIC, of(|own| own.statistic)),
                    (Stat::DF, of(|own| own.df)),
                    (Stat::DF_DENOMINATOR, of(|own| own.df_denominator)),
                    (method, of(|own| Some(own.p))),
                ],
            )?;
        }
        own.smd.map_or(Ok(()), |smd| results.all(&place, [(SMD, smd)]))
    }
}

impl Shown {
    fn summary(
        self,
        results: &mut Results<'_>,
        own: &VariableRecord,
        (place, summary): (Place, &SummaryRecord),
    ) -> io::Result<()> {
        let counts =
            [(Stat::N.named("Known"), summary.n as f64), (Stat::MISSING, summary.missing as f64)];
        results.all(&place, counts)?;
        match &summary.values {
            Values::Numbers(numbers) => {
                let all = [
                    (MEAN, numbers.mean),
                    (SD, numbers.sd),
                    (MEDIAN, numbers.median),
                    (Q1, numbers.q1),
                    (Q3, numbers.q3),
                    (MIN, numbers.min),
                    (MAX, numbers.max),
                ];
                all.into_iter().try_for_each(|(stat, value)| {
                    results.one(&place, (stat, value), &self.number(value))
                })
            }
            Values::Levels { counts, proportions } => {
                let all = own.levels.iter().zip(counts).zip(proportions);
                all.into_iter().try_for_each(|((level, &count), &share)| {
                    let place = place.clone().level(level);
                    results.all(&place, [(Stat::COUNT, count as f64)])?;
                    results.one(&place, (PROPORTION, share), &self.share(share))
                })
            }
        }
    }
}
