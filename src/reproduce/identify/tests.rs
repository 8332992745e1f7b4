//! Known numbers and what made them.

use super::*;
use crate::cohort::Groups;
use crate::published::PrintedEstimate;

fn identify(text: &str, statistic: Statistic) -> Identify {
    Identify::new(PrintedEstimate::parse(text).unwrap(), statistic).draws(50, 1)
}

fn has(found: &Identified, wanted: &[(&str, &str)]) -> bool {
    found.matches.iter().any(|own| {
        let json = serde_json::to_value(own).unwrap();
        wanted.iter().all(|(key, value)| json[*key] == *value)
    })
}

/// Eight patients who all progress, and a median between two days.
#[test]
fn days_over_a_month_with_log_log_limits() {
    let days = vec![40, 60, 70, 89, 90, 120, 194, 300];
    let cohort = Cohort::builder(days, vec![true; 8]).build().unwrap();
    let median = identify("2.94 (1.31-6.37)", Statistic::Quantile(0.5));
    let found = median.run(&cohort, None).unwrap();
    let made = [("interval", "log-log"), ("median_rule", "midpoint"), ("divisor", "30.4375")];
    assert!(has(&found, &made));
    assert!(!has(&found, &[("interval", "log")]) && !has(&found, &[("median_rule", "inf")]));
    assert!(!has(&found, &[("divisor", "1")]) && !has(&found, &[("divisor", "30")]));
    let own = &found.matches[0];
    assert_eq!(own.computed, "2.94 (1.31-6.37)");
    assert!(own.dialects.contains(&Dialect::Sas) && !own.dialects.contains(&Dialect::R));
    assert!(own.chance.unwrap() < 0.1 && found.chance_of_any < 0.2);
    assert!(found.nearest.is_empty());
}

/// Collett's IUD data: 93 (59–127) is SPSS's.
#[test]
fn a_symmetric_interval_is_spss() {
    let times = vec![10, 13, 18, 19, 23, 30, 36, 38, 54, 56, 59, 75, 93, 97, 104, 107, 107, 107];
    let event = [1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0].map(|own| own == 1);
    let cohort = Cohort::builder(times, event.to_vec()).build().unwrap();
    let found = identify("93 (59-127)", Statistic::Quantile(0.5)).run(&cohort, None).unwrap();
    assert!(has(&found, &[("interval", "spss"), ("divisor", "1"), ("median_rule", "inf")]));
    assert!(!has(&found, &[("interval", "log-log")]) && !has(&found, &[("interval", "plain")]));
    let spss = found.matches.iter().find(|own| own.choice.median_rule == Some("inf")).unwrap();
    assert_eq!(spss.dialects, [Dialect::Spss]);
}

#[test]
fn what_nothing_makes_has_nearest_misses() {
    let cohort = Cohort::builder(vec![5, 8, 13, 21, 34], vec![true; 5]).build().unwrap();
    let found = identify("14 (5-NR)", Statistic::Quantile(0.5)).run(&cohort, None).unwrap();
    assert!(found.matches.is_empty());
    assert_eq!(found.nearest.len(), 5);
    let best = &found.nearest[0];
    assert_eq!(best.estimate, Some(13.0));
    assert!(best.rounding.is_empty() && best.chance.is_none());
    assert!(found.tried > 500);
}

/// Ties that only one method makes of 1/HR, which is the coding turned round.
#[test]
fn a_hazard_ratio_names_its_ties_and_direction() {
    let times = vec![1, 2, 2, 3, 3, 4, 5, 5, 6, 7, 8, 9];
    let event = vec![true, true, true, true, false, true, true, true, true, false, true, true];
    let x = [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let cohort = Cohort::builder(times, event).build().unwrap();
    let design = Design::from_columns(vec![("x".to_owned(), x.to_vec())]).unwrap();
    let fit = crate::cox::Cox::default().ties(crate::cox::Ties::Breslow);
    let own = fit.fit(&cohort, &design).unwrap().coefficients().remove(0);
    let [hr, upper, lower] =
        [own.hazard_ratio, own.interval.lower, own.interval.upper].map(|own| 1.0 / own.unwrap());
    let text = format!("{hr:.4} ({lower:.4}-{upper:.4})");
    let plan = identify(&text, Statistic::HazardRatio);
    let found = plan.run(&cohort, Some(&design)).unwrap();
    assert!(has(&found, &[("ties", "breslow"), ("method", "wald"), ("direction", "inverse")]));
    assert_eq!(found.matches.len(), 1);
    assert!(found.matches[0].dialects.contains(&Dialect::Spss));
    assert!(plan.run(&cohort, None).is_err());
}

#[test]
fn a_p_names_its_test() {
    let times: Vec<i32> = (1..=20).collect();
    let cohort = Cohort::builder(times, vec![true; 20]);
    let codes = (0..20u32).map(|row| u32::from(row % 3 == 0 || row > 14)).collect();
    let levels: Vec<String> = ["a", "b"].map(str::to_owned).to_vec();
    let category = crate::table::Category { codes, levels: levels.into() };
    let factor = crate::cohort::Factor { name: "arm".to_owned(), category };
    let cohort = cohort.groups(Groups::cross(vec![factor])).build().unwrap();
    let test = crate::compare::LogRank::default().weight(crate::compare::TestWeight::Gehan);
    let p = test.fit(&cohort).unwrap().p().unwrap();
    let found = identify(&format!("{p:.5}"), Statistic::P).run(&cohort, None).unwrap();
    assert!(has(&found, &[("method", "gehan")]) && !has(&found, &[("method", "log-rank")]));
    let alone = Cohort::builder(vec![1, 2], vec![true; 2]).build().unwrap();
    assert!(identify("0.5", Statistic::P).run(&alone, None).is_err());
}

#[test]
fn a_rate_is_looked_up_in_printed_units() {
    let days: Vec<i32> = (1..=50).map(|day| day * 20).collect();
    let cohort = Cohort::builder(days, vec![true; 50]).build().unwrap();
    let found = identify("64%", Statistic::Rate(12.0)).run(&cohort, None).unwrap();
    assert!(has(&found, &[("divisor", "30.4375")]) && !has(&found, &[("divisor", "1")]));
    assert!(found.matches.iter().all(|own| own.choice.interval.is_none()));
}

/// A way that cannot be gone is no "not reached".
#[test]
fn what_cannot_be_computed_is_no_match() {
    let cohort = Cohort::builder(vec![5, 8, 13, 21], vec![false; 4]).entry(vec![1, 1, 1, 1]);
    let cohort = cohort.build().unwrap();
    let found = identify("NR (NR-NR)", Statistic::Quantile(0.5)).run(&cohort, None).unwrap();
    assert!(has(&found, &[("interval", "log-log")]) && !has(&found, &[("interval", "bpcp")]));
}

/// The same seed gives the same shares on any number of threads.
#[test]
fn chances_do_not_depend_on_threads() {
    let cohort = Cohort::builder((1..=30).collect::<Vec<i32>>(), vec![true; 30]).build().unwrap();
    let plan = identify("15.5 (10-21)", Statistic::Quantile(0.5)).draws(200, 7);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let one = pool.install(|| plan.run(&cohort, None).unwrap());
    assert!(one == plan.run(&cohort, None).unwrap());
    assert!(!one.matches.is_empty() && one.chance_of_any > 0.0);
    let other = plan.draws(200, 8).run(&cohort, None).unwrap();
    assert_ne!(one.chance_of_any, other.chance_of_any);
}

/// With two groups other data print a number in one or the other.
#[test]
fn chances_of_groups_add_up() {
    let days: Vec<i32> = (1..=10).collect();
    let one = Cohort::builder(days.clone(), vec![true; 10]).build().unwrap();
    let category = crate::table::Category {
        codes: [[0; 10], [1; 10]].concat(),
        levels: vec!["a".to_owned(), "b".to_owned()].into(),
    };
    let factor = crate::cohort::Factor { name: "g".to_owned(), category };
    let two = Cohort::builder([days.clone(), days].concat(), vec![true; 20]);
    let two = two.groups(Groups::cross(vec![factor])).build().unwrap();
    let plan = identify("6", Statistic::Quantile(0.5)).draws(400, 1);
    let [one, two] = [one, two].map(|own| plan.run(&own, None).unwrap().chance_of_any);
    assert!(one > 0.1 && one < 0.8, "{one}");
    // Independent groups: 1 - (1 - p)^2.
    assert!((two - one * (2.0 - one)).abs() < 0.08, "{one} {two}");
}
