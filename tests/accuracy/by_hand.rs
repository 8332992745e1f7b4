//! Five subjects whose every number is derived as a fraction in `docs/validation.md`.

use riskset::accuracy::{brier, calibration, concordance, uno_c};
use riskset::cohort::{Cohort, Weights};
use riskset::curve::KaplanMeier;
use riskset::error::ErrorKind;

const SCORES: [f64; 5] = [2.0, 3.0, 1.0, 1.0, 2.0];

/// 1 2 2+ 3 4+.
fn five() -> Cohort {
    let event = vec![true, true, false, true, false];
    Cohort::builder(vec![1, 2, 2, 3, 4], event).build().unwrap()
}

#[track_caller]
fn close(got: Option<f64>, want: f64) {
    let got = got.unwrap();
    assert!((got - want).abs() <= 1e-15 * want.abs().max(1.0), "got {got}, want {want}");
}

#[test]
fn harrell() {
    let c = concordance(&five(), &SCORES).unwrap();
    assert_eq!((c.concordant, c.discordant, c.tied_x), (5.0, 2.0, 1.0));
    assert_eq!((c.tied_y, c.tied_xy), (0.0, 0.0));
    close(c.estimate, 11.0 / 16.0);
    close(c.std_err, 214f64.sqrt() / 128.0);
}

#[test]
fn uno() {
    let c = uno_c(&five(), &SCORES, 3.0).unwrap();
    close(c.estimate, 22.0 / 37.0);
    close(uno_c(&five(), &SCORES, 2.0).unwrap().estimate, 11.0 / 14.0);
}

#[test]
fn three_events_at_one_time_and_copies_of_a_row() {
    let cohort = |weights: Weights| {
        Cohort::builder(vec![2, 2, 2], vec![true; 3]).weights(weights).build().unwrap()
    };
    let tied = |weights| {
        let c = concordance(&cohort(weights), &[1.0, 1.0, 5.0]).unwrap();
        assert_eq!((c.estimate, c.std_err), (None, None));
        (c.tied_y, c.tied_xy)
    };
    assert_eq!(tied(Weights::None), (2.0, 1.0));
    assert_eq!(tied(Weights::Sampling(vec![2.0, 1.0, 3.0])), (9.0, 2.0));
    assert_eq!(tied(Weights::Frequency(vec![2.0, 1.0, 3.0])), (9.0, 2.0 + 1.0 + 3.0));
}

#[test]
fn brier_scores() {
    let predicted = [[0.5, 0.5], [0.25, 0.0], [0.5, 1.0], [0.75, 0.5], [1.0, 0.5]];
    let fit = brier(&five(), &[2.0, 3.0], |row, at| predicted[row][at]).unwrap();
    let [two, three] = fit.points() else { panic!("two times") };
    close(two.score, 1.0 / 8.0);
    close(two.reference, 6.0 / 25.0);
    close(two.r_squared(), 23.0 / 48.0);
    close(three.score, 1.0 / 5.0);
    close(three.reference, 21.0 / 100.0);
    let mean = fit.integrated().unwrap();
    close(Some(mean.score), 13.0 / 80.0);
    close(Some(mean.reference), 9.0 / 40.0);
    close(mean.r_squared(), 5.0 / 18.0);
    let late = brier(&five(), &[4.0, 4.5], |_, _| 0.5).unwrap();
    assert!(late.points()[0].score.is_some());
    assert_eq!((late.points()[1].score, late.integrated()), (None, None));
}

#[test]
fn calibrated_halves() {
    let risk = [0.2, 0.4, 0.1, 0.4, 0.3];
    let fit = calibration(&five(), &risk, 2.0, 2, KaplanMeier::default()).unwrap();
    close(Some(fit.overall.predicted), 7.0 / 25.0);
    close(fit.overall.observed, 2.0 / 5.0);
    close(fit.overall.observed_expected().map(|ratio| ratio.ratio), 10.0 / 7.0);
    let [low, high] = fit.groups[..] else { panic!("two groups") };
    assert_eq!((low.n, high.n), (2.0, 3.0));
    close(Some(low.predicted), 3.0 / 20.0);
    close(low.observed, 1.0 / 2.0);
    close(Some(high.predicted), 11.0 / 30.0);
    close(high.observed, 1.0 / 3.0);
}

/// Rows without weight may lie where nobody is left, or be a group of their own.
#[test]
fn rows_without_weight_change_nothing() {
    let more = |weights| {
        let event = vec![true, true, false, true, false, true, true];
        let cohort = Cohort::builder(vec![1, 2, 2, 3, 4, 5, 1], event);
        cohort.weights(weights).build().unwrap()
    };
    let scores = [&SCORES[..], &[9.0, 0.0]].concat();
    let risk = [0.2, 0.4, 0.1, 0.4, 0.3, 1.0, 0.0];
    for weights in [Weights::Frequency, Weights::Sampling] {
        let cohort = more(weights(vec![1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]));
        assert_eq!(concordance(&cohort, &scores).unwrap(), concordance(&five(), &SCORES).unwrap());
        assert_eq!(uno_c(&cohort, &scores, 9.0).unwrap(), uno_c(&five(), &SCORES, 9.0).unwrap());
        let times = [2.0, 3.0, 9.0];
        let fit = brier(&cohort, &times, |row, _| 1.0 - risk[row]).unwrap();
        assert_eq!(fit, brier(&five(), &times, |row, _| 1.0 - risk[row]).unwrap());
        let groups = |cohort: &Cohort, risk: &[f64], groups| {
            let fit = calibration(cohort, risk, 2.0, groups, KaplanMeier::default()).unwrap();
            fit.groups.iter().map(|group| (group.predicted, group.observed)).collect::<Vec<_>>()
        };
        assert_eq!(groups(&cohort, &risk, 5), groups(&five(), &risk[..5], 5));
    }
}

#[test]
fn what_is_refused() {
    let late = Cohort::builder(vec![3, 4], vec![true, false]).entry(vec![0, 1]).build().unwrap();
    let analysis = |error: riskset::Error| matches!(error.kind(), ErrorKind::Analysis(_));
    let data = |error: riskset::Error| match error.kind() {
        ErrorKind::Data(error) => error.problems[0].row,
        _ => None,
    };
    assert!(analysis(uno_c(&late, &[1.0, 2.0], 3.0).unwrap_err()));
    assert!(analysis(brier(&late, &[1.0], |_, _| 0.5).unwrap_err()));
    let options = KaplanMeier::default();
    assert!(analysis(calibration(&late, &[0.5, 0.5], 3.0, 1, options).unwrap_err()));
    assert!(analysis(concordance(&five(), &SCORES[1..]).unwrap_err()));
    let nan = [1.0, 2.0, f64::NAN, f64::INFINITY, 0.0];
    assert_eq!(data(concordance(&five(), &nan).unwrap_err()), Some(2));
    assert_eq!(data(calibration(&five(), &SCORES, 2.0, 2, options).unwrap_err()), Some(0));
    let rising = |row: usize, _| 0.8 + 0.1 * row as f64;
    assert_eq!(data(brier(&five(), &[1.0], rising).unwrap_err()), Some(3));
    let option = |error: riskset::Error| matches!(error.kind(), ErrorKind::Option(_));
    assert!(option(uno_c(&five(), &SCORES, f64::NAN).unwrap_err()));
    for times in [&[][..], &[2.0, 1.0], &[1.0, 1.0], &[-1.0], &[f64::NAN]] {
        assert!(option(brier(&five(), times, |_, _| 0.5).unwrap_err()));
    }
    for groups in [0, 6] {
        assert!(option(calibration(&five(), &[0.5; 5], 2.0, groups, options).unwrap_err()));
    }
}

/// The three events weigh what is left of four weights after the censored one, but for rounding.
#[test]
fn rounding_leaves_nobody_behind() {
    let weights = [0.14224340096283933, 1.4580784721540765, 1.7300460871884593, 1.7319866657142824];
    for turn in 0..4 {
        let mut weights = weights.to_vec();
        weights.rotate_left(turn);
        let event = (0..4).map(|row| (row + turn) % 4 != 3).collect();
        let cohort = Cohort::builder(vec![8; 4], event).weights(Weights::Sampling(weights));
        let fit = brier(&cohort.build().unwrap(), &[9.0], |_, _| 0.5).unwrap();
        assert_eq!(fit.points()[0].score, None);
    }
}
