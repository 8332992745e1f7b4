//! First end-to-end numbers.
use riskset::cohort::{Cohort, Factor, Groups};
use riskset::compare::LogRank;
use riskset::curve::{ConfType, KaplanMeier};
use riskset::table::Category;

#[test]
fn lung() {
    let text = std::fs::read_to_string("fixtures/data/lung.csv").unwrap();
    let mut lines = text.lines();
    let header: Vec<_> =
        lines.next().unwrap().split(',').map(|s| s.trim_matches('"').to_owned()).collect();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (t, s, x) = (at("time"), at("status"), at("sex"));
    let rows: Vec<Vec<String>> =
        lines.map(|l| l.split(',').map(|s| s.trim_matches('"').to_owned()).collect()).collect();
    let time: Vec<i32> = rows.iter().map(|r| r[t].parse().unwrap()).collect();
    let event: Vec<bool> = rows.iter().map(|r| r[s] == "2").collect();
    let codes: Vec<u32> = rows.iter().map(|r| r[x].parse::<u32>().unwrap() - 1).collect();
    let f = Factor {
        name: "sex".into(),
        category: Category { codes, levels: vec!["1".into(), "2".into()].into() },
    };
    let groups = Groups::cross(vec![f]);
    let as_f: Vec<f64> = time.iter().map(|&t| t as f64 / 30.4375).collect();
    let cohort = Cohort::builder(time, event.clone()).groups(groups.clone()).build().unwrap();
    let fit = KaplanMeier::default().conf_type(ConfType::LogLog).fit(&cohort).unwrap();
    for c in fit.curves() {
        println!(
            "{} n={} e={} {:?} {:?}",
            c.label(),
            c.n(),
            c.events(),
            c.quantile(0.5).unwrap(),
            c.at(365.0)
        );
        println!("{:?} {:?}", c.rmst(730.0), c.follow_up());
    }
    let months = Cohort::builder(as_f, event).groups(groups).build().unwrap();
    let fit = KaplanMeier::default().fit(&months).unwrap();
    for c in fit.curves() {
        println!("{:?} {:?}", c.quantile(0.5).unwrap(), c.at(12.0));
    }
    for c in [&cohort, &months] {
        let test = LogRank::default().fit(c).unwrap();
        println!("{:?} {} {:?} {:?}", test.groups(), test.statistic(), test.p(), test.trend());
    }
}
