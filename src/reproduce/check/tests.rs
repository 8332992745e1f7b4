//! Every rule finds what it is for, and nothing in its sound counterpart.

use super::Severity;
use super::sample::{checks, findings};

const FIGURES: &str = "id,seed,study,where,population,subgroup,treatment,endpoint,time_origin,\
                       measure,at,unit,n,events,value,lower,upper,level,bracket,ci_method,p\n";
const RESPONSES: &str = "id,seed,where,population,subgroup,treatment,n,evaluable,cr,pr,sd,pd,orr_n,orr_pct,dcr_n,dcr_pct\n";
const MODELS: &str = "model,term,reference,hr,lower,upper,p,n\n";
const COUNTS: &str = "where,variable,level,nec,nec_pct,missing_nec\n";

fn table(header: &str, rows: &[&str]) -> String {
    header.to_owned() + &rows.join("\n") + "\n"
}

fn figures(rows: &[&str]) -> Vec<&'static str> {
    checks(&[&table(FIGURES, rows)])
}

#[test]
fn events_and_parts_are_not_more_than_the_whole() {
    let sound = "a,p,S,,all,,,OS,,median,,months,20,12,9.0,,,,none,,";
    assert!(figures(&[sound]).is_empty());
    assert_eq!(
        figures(&["a,p,S,,all,,,OS,,median,,months,20,22,9.0,,,,none,,"]),
        ["events-above-n"]
    );
    let part = "b,p,S,,all,old,,OS,,median,,months,21,,9.0,,,,none,,";
    assert_eq!(figures(&[sound, part]), ["part-above-whole"]);
    let old = "b,p,S,,all,age >70,,OS,,median,,months,8,5,9.0,,,,none,,";
    let young = "c,p,S,,all,age <70,,OS,,median,,months,12,6,9.0,,,,none,,";
    assert_eq!(figures(&[sound, old, young]), ["parts-do-not-add"]);
    let young = young.replace(",12,6,", ",12,7,");
    assert!(figures(&[sound, old, &young]).is_empty());
}

#[test]
fn medians_agree_with_rates_and_with_other_endpoints() {
    let median = "a,p,S,,all,,,OS,,median,,months,,,9.0,,,,none,,";
    let rate = |share| format!("b,p,S,,all,,,OS,,survival_rate,12,percent,,,{share},,,,none,,");
    assert_eq!(figures(&[median, &rate("55")]), ["median-against-rate"]);
    assert!(figures(&[median, &rate("45")]).is_empty());
    let late = median.replace("9.0", "NR");
    assert_eq!(figures(&[&late, &rate("45")]), ["median-against-rate"]);
    let progression = "c,p,S,,all,,,PFS,,median,,months,,,9.2,,,,none,,";
    assert_eq!(figures(&[median, progression]), ["progression-after-death"]);
    assert!(figures(&[median, &progression.replace("9.2", "9.0")]).is_empty());
    assert!(figures(&[median, &progression.replace("PFS", "TTP")]).is_empty());
}

#[test]
fn an_estimate_lies_in_its_interval() {
    let row = |value: &str| format!("a,p,S,,all,,,OS,,median,,months,,,{value},8.0,11.0,0.95,ci,,");
    assert_eq!(figures(&[&row("7.0")]), ["interval-excludes-estimate"]);
    assert_eq!(figures(&[&row("11.2")]), ["interval-excludes-estimate"]);
    assert_eq!(figures(&[&row("NR")]), ["interval-excludes-estimate"]);
    assert!(figures(&[&row("8.0")]).is_empty() && figures(&[&row("10.9")]).is_empty());
    let other = row("9.0").replace("a,p", "b,p").replace("OS", "PFS");
    assert_eq!(figures(&[&row("10.0"), &other]), ["interval-repeated"]);
}

#[test]
fn small_groups_have_no_upper_limit() {
    let row = |n, events| {
        format!("a,p,S,,all,,,OS,,median,,months,{n},{events},9.0,3.0,20.0,0.95,ci,log-log,")
    };
    assert_eq!(figures(&[&row("6", "")]), ["limit-impossible"]);
    assert_eq!(figures(&[&row("60", "5")]), ["limit-impossible"]);
    assert!(figures(&[&row("8", "")]).is_empty() && figures(&[&row("60", "30")]).is_empty());
}

#[test]
fn second_printings_are_compared() {
    let first = "a,p,S,,all,,,OS,,median,,months,20,,26.0,20.1,30.2,0.95,ci,,";
    assert!(figures(&[first, &first.replace("a,p", "a-table,p").replace("26.0", "26")]).is_empty());
    let finer = first.replace("a,p", "a-table,p").replace("20.1", "20.12");
    assert_eq!(findings(&[&table(FIGURES, &[first, &finer])])[0].severity, Severity::Rounding);
    let wrong = first.replace("a,p", "a-table,p").replace("26.0", "27.0");
    assert_eq!(findings(&[&table(FIGURES, &[first, &wrong])])[0].severity, Severity::Error);
    let weeks = first.replace("a,p", "a-text,p").replace("months", "weeks");
    let weeks = weeks.replace("26.0,20.1,30.2", "113.1,,");
    assert!(figures(&[first, &weeks]).is_empty());
    assert_eq!(figures(&[first, &weeks.replace("113.1", "100")]), ["printed-differently"]);
}

#[test]
fn ranges_and_follow_up() {
    let range = "a,p,S,,all,,,OS,,median,,months,,,9.8,7.4,12.2,,range,,";
    assert_eq!(figures(&[range]), ["range-like-interval"]);
    assert!(figures(&[&range.replace("12.2", "14.2")]).is_empty());
    let follow = "f,p,S,,all,,,follow-up,,median_follow_up,,months,,,9.2,1.5,40.0,,range,,";
    let death = "d,p,S,,all,,,OS,,median,,months,,,9.2,1.2,NR,0.95,ci,log-log,";
    assert_eq!(figures(&[follow, death]), ["death-before-follow-up"]);
    assert!(figures(&[follow, &death.replace("1.2", "1.5")]).is_empty());
    assert_eq!(figures(&[follow, &death.replace("9.2,1.2", "41,1.6")]), ["beyond-follow-up"]);
    let rate = "r,p,S,,all,,,OS,,survival_rate,,percent,,,65,,,,none,,";
    assert_eq!(figures(&[rate]), ["rate-without-time"]);
}

/// Who is censored for progression and dies later leaves PFS above OS.
#[test]
fn progression_after_death_may_be_censoring() {
    let row = |id: &str, endpoint: &str, value: &str| {
        format!("{id},p,S,,all,,,{endpoint},,median,,months,,,{value},,,,none,,")
    };
    let found = findings(&[&table(FIGURES, &[&row("a", "PFS", "11"), &row("b", "OS", "8.5")])]);
    assert_eq!((found[0].check, found[0].severity), ("progression-after-death", Severity::Warning));
    assert!(found[0].finding.contains("censored"), "{}", found[0].finding);
}

/// 0.80 is 80 %, in either unit of time.
#[test]
fn rates_have_units() {
    let median = |unit: &str| format!("m,p,S,,all,,,OS,,median,,{unit},,,6.6,,,,none,,");
    let rate = |at: &str, unit: &str, value: &str| {
        format!("r,p,S,,all,,,OS,,survival_rate,{at},{unit},,,{value},,,,none,,")
    };
    assert!(figures(&[&median("months"), &rate("3", "fraction", "0.80")]).is_empty());
    let low = rate("3", "fraction", "0.40");
    assert_eq!(figures(&[&median("months"), &low]), ["median-against-rate"]);
    assert!(figures(&[&median("years"), &rate("84", "percent", "42")]).is_empty());
    let again = rate("3", "percent", "80").replace("r,p", "r-text,p");
    assert!(figures(&[&rate("3", "fraction", "0.80"), &again]).is_empty());
}

#[test]
fn a_ratio_fits_the_medians() {
    let arm = |id: &str, treatment: &str, value: &str| {
        format!("{id},p,S,,all,,{treatment},OS,,median,,months,,,{value},,,,none,,")
    };
    let ratio =
        |hr: &str| format!("h,p,S,,all,A vs B,,OS,,hazard_ratio,,ratio,200,,{hr},,,,none,,");
    let both = [arm("a", "A", "50"), arm("b", "B", "45")];
    assert_eq!(figures(&[&both[0], &both[1], &ratio("0.50")]), ["hazard-ratio-against-medians"]);
    assert!(figures(&[&both[0], &both[1], &ratio("0.85")]).is_empty());
}

#[test]
fn responses_add_up() {
    let rows = |rows: &[&str]| checks(&[&table(RESPONSES, rows)]);
    let sound = "a,p,T1,all,,X,20,,1,6,6,7,7,35.0,13,65.0";
    assert!(rows(&[sound]).is_empty());
    assert_eq!(rows(&[&sound.replace("7,35.0", "6,30.0")]), ["orr-is-not-cr-plus-pr"]);
    assert_eq!(rows(&[&sound.replace("35.0", "30.0")]), ["orr-is-not-cr-plus-pr"]);
    assert_eq!(rows(&[&sound.replace("13,65.0", "14,70.0")]), ["dcr-is-not-orr-plus-sd"]);
    assert_eq!(rows(&[&sound.replace("6,7,7", "6,8,7")]), ["responses-do-not-add"]);
    assert_eq!(rows(&["a,p,T1,all,,X,7,,,,,,,25.0,,"]), ["percentage-impossible"]);
    let part = |id: &str, name: &str, pr: u64| {
        format!("{id},p,T2,all,{name},X,10,,0,{pr},{},3,{pr},{pr}0,7,70", 7 - pr)
    };
    assert!(rows(&[sound, &part("b", "old", 4), &part("c", "new", 2)]).len() > 1);
    let whole = "a,p,T1,all,,X,20,,0,6,8,6,6,30,14,70";
    assert!(rows(&[whole, &part("b", "old", 4), &part("c", "new", 2)]).is_empty());
    assert!(
        rows(&[whole, &part("b", "old", 5), &part("c", "new", 2)]).contains(&"parts-do-not-add")
    );
}

#[test]
fn ratios_fit_their_p() {
    let model = |rows: &[&str]| checks(&[&table(MODELS, rows)]);
    assert!(model(&["m,x,y,1.44,1.05,1.98,0.02,90"]).is_empty());
    assert_eq!(model(&["m,x,y,1.44,1.05,1.98,0.2,90"]), ["p-against-interval"]);
    // Lung by sex: the p of its own log-rank test.
    let lung = findings(&[&table(MODELS, &["m,x,y,0.59,0.42,0.82,0.0013,90"])]);
    assert_eq!((lung[0].check, lung[0].severity), ("p-against-interval", Severity::Warning));
    assert!(lung[0].finding.contains("of another test (log-rank"), "{}", lung[0].finding);
    let cut = findings(&[&table(MODELS, &["m,x,y,0.79,0.65,0.98,0.027,90"])]);
    assert_eq!(cut[0].severity, Severity::Rounding);
    assert_eq!(model(&["m,x,y,1.44,1.05,2.20,,90"]), ["interval-not-symmetric"]);
    assert_eq!(model(&["m,x,y,1.44,1.05,1.98,0.02,90", "m,z,y,1.1,,,,91"]), ["model-size"]);
    let factor = ["m,PS (overall),PS 0,,,,0.007,90", "m,PS 1,PS 0,1.45,0.88,2.39,,90"];
    let high = "m,PS 2,PS 0,2.97,1.54,5.72,,90";
    assert_eq!(model(&[factor[0], factor[1], high]), ["factor-p-too-large"]);
    assert!(model(&[&factor[0].replace("0.007", "0.005"), factor[1], high]).is_empty());
}

#[test]
fn counts_fit_their_columns() {
    let counts = |rows: &[&str]| {
        let rows: Vec<&str> = ["T,n,,100,,"].iter().chain(rows).copied().collect();
        checks(&[&table(COUNTS, &rows)])
    };
    assert!(counts(&["T,sex,male,60,60,", "T,sex,female,40,40,"]).is_empty());
    assert_eq!(counts(&["T,sex,male,60,60,", "T,sex,female,38,40,"]), ["counts-do-not-add"]);
    assert_eq!(counts(&["T,ALP,high,45,45,10"]), ["percentage-against-count"]);
    assert!(counts(&["T,ALP,high,45,50,10"]).is_empty());
    assert_eq!(counts(&["T,ALP,high,95,,10"]), ["counts-do-not-add"]);
    // Levels of which one patient may have several need not add up.
    assert!(counts(&["T,site,liver,80,80,", "T,site,bone,40,40,"]).is_empty());
}

#[test]
fn a_model_has_no_more_than_the_complete_cases() {
    let counts = table(COUNTS, &["T,n,,100,,", "T,ALP,high,45,50,10"]);
    let model = |n: u64| table(MODELS, &[&format!("NEC OS,ALP > UNL,normal,1.4,,,,{n}")]);
    assert_eq!(checks(&[&counts, &model(95)]), ["model-above-complete-cases"]);
    assert!(checks(&[&counts, &model(90)]).is_empty());
    let other = model(95).replace("NEC OS", "NET OS");
    assert!(checks(&[&counts, &other]).is_empty());
}

#[test]
fn a_group_has_the_size_that_the_table_counts() {
    let counts = table(COUNTS, &["T,n,,100,,", "T,age,>75,20,20,"]);
    let rows = |n: u64| {
        let whole = "w,p,S,,NEC advanced,,,OS,,median,,months,100,,9.0,,,,none,,";
        let part = format!("a,p,S,,NEC advanced,age >75,,OS,,median,,months,{n},,9.0,,,,none,,");
        table(FIGURES, &[whole, &part])
    };
    assert_eq!(checks(&[&rows(21), &counts]), ["n-against-table"]);
    assert!(checks(&[&rows(20), &counts]).is_empty());
}
