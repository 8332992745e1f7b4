use super::*;
use crate::cohort::{Cohort, Weights};
use crate::curve::KaplanMeier;

/// KMsurv::bmt, group 1 (ALL): days to relapse or death, events, censorings.
const BMT_ALL: [(i32, usize, usize); 37] = [
    (1, 1, 0),
    (55, 1, 0),
    (74, 1, 0),
    (86, 1, 0),
    (104, 1, 0),
    (107, 1, 0),
    (109, 1, 0),
    (110, 1, 0),
    (122, 2, 0),
    (129, 1, 0),
    (172, 1, 0),
    (192, 1, 0),
    (194, 1, 0),
    (226, 0, 1),
    (230, 1, 0),
    (276, 1, 0),
    (332, 1, 0),
    (383, 1, 0),
    (418, 1, 0),
    (466, 1, 0),
    (487, 1, 0),
    (526, 1, 0),
    (530, 0, 1),
    (609, 1, 0),
    (662, 1, 0),
    (996, 0, 1),
    (1111, 0, 1),
    (1167, 0, 1),
    (1182, 0, 1),
    (1199, 0, 1),
    (1330, 0, 1),
    (1377, 0, 1),
    (1433, 0, 1),
    (1462, 0, 1),
    (1496, 0, 1),
    (1602, 0, 1),
    (2081, 0, 1),
];

fn bmt_all() -> SurvivalCurve {
    let rows = BMT_ALL.iter().flat_map(|&(time, events, censored)| {
        let event = std::iter::repeat_n((time, true), events);
        event.chain(std::iter::repeat_n((time, false), censored))
    });
    let (time, event): (Vec<i32>, Vec<bool>) = rows.unzip();
    curve(Cohort::builder(time, event).build().unwrap())
}

fn curve(cohort: Cohort) -> SurvivalCurve {
    KaplanMeier::default().fit(&cohort).unwrap().curves()[0].clone()
}

/// The step of the curve at day 466.
const STEP: usize = 19;

/// Limits at day 466 of bands from day 100 to 600: formulas of Klein and Moeschberger, section 4.4,
/// in R on survfit(Surv(t2, d3) ~ 1, data = bmt[bmt$group == 1, ]), k from the sine series.
const LIMITS: [(BandType, ConfType, f64, f64); 8] = [
    (BandType::HallWellner, ConfType::Plain, 0.250431994292, 0.683206449644),
    (BandType::HallWellner, ConfType::LogLog, 0.246618651608, 0.660625320361),
    (BandType::HallWellner, ConfType::Log, 0.293655318339, 0.742095144850),
    (BandType::HallWellner, ConfType::Arcsin, 0.260225401572, 0.679557839106),
    (BandType::EqualPrecision, ConfType::Plain, 0.231886491594, 0.701751952342),
    (BandType::EqualPrecision, ConfType::LogLog, 0.228812514745, 0.674689046622),
    (BandType::EqualPrecision, ConfType::Log, 0.282217857520, 0.772170081346),
    (BandType::EqualPrecision, ConfType::Arcsin, 0.244084892523, 0.696776426699),
];

#[test]
fn bone_marrow_transplants() {
    let curve = bmt_all();
    assert_eq!(curve.survival().time(STEP), 466.0);
    for (band_type, conf_type, lower, upper) in LIMITS {
        let band = curve.band(band_type, conf_type, Some(100.0), Some(600.0)).unwrap();
        assert!((band.a_lower - 0.105263157895).abs() < 1e-11);
        assert!((band.a_upper - 0.594236989121).abs() < 1e-11);
        assert!((band.lower[STEP].unwrap() - lower).abs() < 1e-9, "{band_type:?} {conf_type:?}");
        assert!((band.upper[STEP].unwrap() - upper).abs() < 1e-9, "{band_type:?} {conf_type:?}");
    }
}

#[test]
fn the_range_is_that_of_the_steps_in_force() {
    let curve = bmt_all();
    let band = curve.band(BandType::HallWellner, ConfType::LogLog, Some(100.0), Some(600.0));
    let band = band.unwrap();
    let inside: Vec<f64> = (0..curve.survival().len())
        .filter(|&step| band.lower[step].is_some())
        .map(|step| curve.survival().time(step))
        .collect();
    // Day 86's step is in force at day 100, day 530's at day 600.
    assert_eq!((inside[0], inside.last(), inside.len()), (86.0, Some(&530.0), 20));
    assert_eq!((band.from, band.to), (100.0, 530.0));
    assert_eq!(band.lower.len(), band.upper.len());
}

#[test]
fn bands_are_wider_than_pointwise_intervals_and_grow_with_the_range() {
    let curve = bmt_all();
    let pointwise = curve.at(466.0);
    for band_type in [BandType::HallWellner, BandType::EqualPrecision] {
        let narrow = curve.band(band_type, ConfType::LogLog, Some(100.0), Some(600.0)).unwrap();
        let wide = curve.band(band_type, ConfType::LogLog, None, None).unwrap();
        assert!(narrow.lower[STEP] < pointwise.lower && narrow.upper[STEP] > pointwise.upper);
        assert!(wide.lower[STEP] < narrow.lower[STEP] && wide.upper[STEP] > narrow.upper[STEP]);
        assert!(wide.lower.iter().all(Option::is_some));
    }
}

#[test]
fn frequency_weights_change_nothing() {
    let expanded = curve(Cohort::builder(vec![2, 2, 3, 5, 5, 7], vec![true; 6]).build().unwrap());
    let compressed = Cohort::builder(vec![2, 3, 5, 7], vec![true; 4])
        .weights(Weights::Frequency(vec![2.0, 1.0, 2.0, 1.0]))
        .build()
        .unwrap();
    let compressed = curve(compressed);
    for band_type in [BandType::HallWellner, BandType::EqualPrecision] {
        let band = |curve: &SurvivalCurve| curve.band(band_type, ConfType::Log, None, None);
        assert_eq!(band(&expanded).unwrap(), band(&compressed).unwrap());
    }
}

#[test]
fn what_has_no_band_is_refused() {
    let error = |curve: &SurvivalCurve, conf_type, from, to| {
        curve.band(BandType::HallWellner, conf_type, from, to).unwrap_err().to_string()
    };
    let bmt = bmt_all();
    assert!(error(&bmt, ConfType::Bpcp, None, None).contains("pointwise"));
    assert!(error(&bmt, ConfType::Log, None, Some(0.5)).contains("no step"));
    assert!(error(&bmt, ConfType::Log, Some(600.0), Some(100.0)).contains("no step"));
    let all_at_once = curve(Cohort::builder(vec![3, 3], vec![true; 2]).build().unwrap());
    assert!(error(&all_at_once, ConfType::Log, None, None).contains("no step"));
    let censored = curve(Cohort::builder(vec![3, 4], vec![false; 2]).build().unwrap());
    assert!(error(&censored, ConfType::Log, None, None).contains("no step"));
    let weights = Weights::Sampling(vec![0.5, 1.5]);
    let weighted = Cohort::builder(vec![3, 4], vec![true; 2]).weights(weights).build().unwrap();
    assert!(error(&curve(weighted), ConfType::Log, None, None).contains("sampling weights"));
    let cohort = Cohort::builder(vec![3, 4], vec![true; 2]).build().unwrap();
    let low = KaplanMeier::default().conf_level(0.4).fit(&cohort).unwrap();
    assert!(error(&low.curves()[0], ConfType::Log, None, None).contains("0.5"));
}
