//! Cohorts of two to eight subjects whose every number is derived as a fraction in
//! `docs/validation.md`.

use riskset::cohort::{Cohort, Factor, Groups, Weights};
use riskset::compare::{LogRank, LogRankTest, TestWeight};
use riskset::curve::{FollowUpRule, KaplanMeier, MedianRule, SurvivalCurve};
use riskset::table::Category;

fn close(got: f64, want: f64) {
    assert!((got - want).abs() <= 1e-14 * want.abs().max(1.0), "got {got}, want {want}");
}

/// Times, a `+` marking the censored ones.
fn subjects(text: &str) -> (Vec<i32>, Vec<bool>) {
    let subject = |word: &str| -> (i32, bool) {
        (word.trim_end_matches('+').parse().unwrap(), !word.ends_with('+'))
    };
    text.split(' ').map(subject).unzip()
}

fn curve_by(options: KaplanMeier, text: &str) -> SurvivalCurve {
    let (time, event) = subjects(text);
    let cohort = Cohort::builder(time, event).build().unwrap();
    options.fit(&cohort).unwrap().curves()[0].clone()
}

fn curve(text: &str) -> SurvivalCurve {
    curve_by(KaplanMeier::default(), text)
}

/// Group a, then group b, in each of the strata.
fn two_groups(strata: &[[&str; 2]]) -> Cohort {
    let (mut time, mut event, mut codes, mut sites) = (vec![], vec![], vec![], vec![]);
    for (site, groups) in strata.iter().enumerate() {
        for (code, text) in groups.iter().enumerate() {
            let (times, events) = subjects(text);
            codes.extend(vec![code as u32; times.len()]);
            sites.extend(vec![site as u32; times.len()]);
            time.extend(times);
            event.extend(events);
        }
    }
    let groups = |name: &str, codes: Vec<u32>| {
        let levels: Vec<String> = (0..2).map(|level| level.to_string()).collect();
        let category = Category { codes, levels: levels.into() };
        Groups::cross(vec![Factor { name: name.into(), category }])
    };
    let builder = Cohort::builder(time, event).groups(groups("group", codes));
    builder.strata(groups("site", sites)).build().unwrap()
}

fn test(weight: TestWeight, cohort: &Cohort) -> LogRankTest {
    LogRank::default().weight(weight).fit(cohort).unwrap()
}

#[test]
fn four_events_in_a_row() {
    let fit = curve("1 2 3 4");
    assert_eq!(fit.survival().values(), [0.75, 0.5, 0.25, 0.0]);
    let std_err: Vec<Option<f64>> = fit.rows().map(|row| row.std_err).collect();
    close(std_err[0].unwrap(), 0.75 * (1.0f64 / 12.0).sqrt());
    close(std_err[1].unwrap(), 0.5 * (1.0f64 / 4.0).sqrt());
    close(std_err[2].unwrap(), 0.25 * (3.0f64 / 4.0).sqrt());
    assert_eq!(std_err[3], None);
    let median = |rule| curve_by(KaplanMeier::default().median_rule(rule), "1 2 3 4").median();
    assert_eq!(median(MedianRule::Midpoint), Some(2.5));
    assert_eq!(median(MedianRule::FirstAtOrBelow), Some(2.0));
    assert_eq!(median(MedianRule::FirstBelow), Some(3.0));
}

#[test]
fn a_long_uncensored_curve_does_not_drift() {
    let times: Vec<String> = (1..=50).map(|time| time.to_string()).collect();
    assert_eq!(curve(&times.join(" ")).at(25.0).survival, Some(0.5));
}

#[test]
fn a_median_that_any_later_time_would_satisfy() {
    let fit = curve("1 2 3+ 4+");
    let median = fit.quantile(0.5).unwrap();
    assert_eq!((median.estimate, median.upper, median.identified), (Some(2.0), None, false));
    let strict = KaplanMeier::default().median_rule(MedianRule::FirstBelow);
    assert_eq!(curve_by(strict, "1 2 3+ 4+").median(), None);
}

#[test]
fn events_before_censorings_at_one_time() {
    let fit = curve("1 2+ 3 3+ 5");
    let rows: Vec<_> = fit.rows().collect();
    let n_risk: Vec<f64> = rows.iter().map(|row| row.n_risk).collect();
    assert_eq!(n_risk, [5.0, 4.0, 3.0, 1.0]);
    close(rows[0].survival, 4.0 / 5.0);
    close(rows[2].survival, 8.0 / 15.0);
    close(rows[2].std_err.unwrap(), 8.0 / 15.0 * (13.0f64 / 60.0).sqrt());
    close(rows[3].cumulative_hazard, 23.0 / 15.0);
    close(rows[2].cumulative_hazard_std_err.unwrap(), (1.0f64 / 25.0 + 1.0 / 9.0).sqrt());
    let mean = fit.rmst(5.0).unwrap();
    close(mean.estimate, 11.0 / 3.0);
    close(mean.std_err, (368.0f64 / 675.0).sqrt());
}

#[test]
fn nothing_is_claimed_beyond_the_last_follow_up() {
    let fit = curve("1 2+");
    assert_eq!(fit.at(2.0).survival, Some(0.5));
    assert_eq!(fit.at(2.5).survival, None);
    assert!(fit.rmst(2.5).is_err());
    let ended = curve("1 2");
    assert_eq!(ended.at(2.5).survival, Some(0.0));
    assert_eq!(ended.rmst(4.0).unwrap().estimate, 1.5);
    let before = fit.at(0.5);
    assert_eq!((before.lower, before.upper, before.n_risk), (Some(1.0), Some(1.0), 2.0));
}

#[test]
fn delayed_entry() {
    let entry = vec![0, 1, 2, 3];
    let cohort = Cohort::builder(vec![3, 4, 5, 6], vec![true, true, false, true]);
    let cohort = cohort.entry(entry).build().unwrap();
    let fit = KaplanMeier::default().fit(&cohort).unwrap();
    let fit = &fit.curves()[0];
    let n_risk: Vec<f64> = fit.rows().map(|row| row.n_risk).collect();
    assert_eq!(n_risk, [3.0, 3.0, 2.0, 1.0]);
    close(fit.survival().values()[0], 2.0 / 3.0);
    close(fit.survival().values()[1], 4.0 / 9.0);
    assert_eq!(
        [0.5, 1.0, 1.5, 2.5, 3.0, 3.5].map(|time| fit.n_risk(time)),
        [1.0, 1.0, 2.0, 3.0, 3.0, 3.0]
    );
}

#[test]
fn the_order_of_ties_in_follow_up() {
    let median = |rule| {
        let options = KaplanMeier::default().follow_up_rule(rule);
        curve_by(options, "1 2+ 2 3+").follow_up().median
    };
    assert_eq!(median(FollowUpRule::EventsFirst), Some(2.5));
    assert_eq!(median(FollowUpRule::Recipe), Some(3.0));
}

#[test]
fn sampling_weights() {
    let weights = Weights::Sampling(vec![1.0, 3.0]);
    let cohort = Cohort::builder(vec![1, 2], vec![true, true]).weights(weights).build().unwrap();
    let fit = KaplanMeier::default().fit(&cohort).unwrap();
    let row = fit.curves()[0].rows().next().unwrap();
    close(row.survival, 0.75);
    close(row.std_err.unwrap(), 0.75 * (1.0f64 / 8.0).sqrt());
    let mean = fit.curves()[0].rmst(2.0).unwrap();
    close(mean.estimate, 1.75);
    close(mean.std_err, (9.0f64 / 128.0).sqrt());
}

#[test]
fn log_rank_without_ties() {
    let cohort = two_groups(&[["1 3+ 4", "2 3 5+"]]);
    let log_rank = test(TestWeight::LogRank, &cohort);
    close(log_rank.groups()[0].expected, 19.0 / 10.0);
    close(log_rank.variance(0, 0), 99.0 / 100.0);
    close(log_rank.variance(0, 1), -99.0 / 100.0);
    close(log_rank.statistic(), 1.0 / 99.0);
    close(test(TestWeight::Gehan, &cohort).variance(0, 0), 20.0);
    close(test(TestWeight::Gehan, &cohort).statistic(), 0.0);
    let peto = test(TestWeight::Peto, &cohort);
    close(peto.score()[0], 1.0 / 21.0);
    close(peto.statistic(), 1.0 / 187.0);
    assert_eq!(peto.groups()[0].observed, 2.0);
    close(peto.groups()[0].expected, 19.0 / 10.0);
}

#[test]
fn log_rank_with_three_events_at_once() {
    let cohort = two_groups(&[["2 2", "2 4"]]);
    let log_rank = test(TestWeight::LogRank, &cohort);
    close(log_rank.groups()[0].expected, 3.0 / 2.0);
    close(log_rank.variance(0, 0), 1.0 / 4.0);
    close(log_rank.statistic(), 1.0);
}

#[test]
fn strata_add_up() {
    let cohort = two_groups(&[["1 3+ 4", "2 3 5+"], ["2 2", "2 4"]]);
    let log_rank = test(TestWeight::LogRank, &cohort);
    close(log_rank.score()[0], 1.0 / 10.0 + 1.0 / 2.0);
    close(log_rank.variance(0, 0), 99.0 / 100.0 + 1.0 / 4.0);
    close(log_rank.statistic(), 0.36 / 1.24);
}

#[test]
fn a_tiny_p_keeps_its_logarithm() {
    let early = vec!["1"; 3000].join(" ") + " " + &vec!["2"; 3000].join(" ");
    let late = vec!["9+"; 6000].join(" ");
    let test = test(TestWeight::LogRank, &two_groups(&[[&early, &late]]));
    assert!(test.statistic() > 1500.0);
    assert_eq!(test.p(), Some(0.0));
    let ln_p = test.ln_p().unwrap();
    assert!(ln_p.is_finite() && ln_p < -0.5 * test.statistic());
}
