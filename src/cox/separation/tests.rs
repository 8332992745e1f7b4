use crate::cohort::{Cohort, Design, Weights};
use crate::cox::frame::Frame;
use crate::cox::members::Members;
use crate::cox::sample::{Kind, Numbers, cohort};
use crate::cox::{Cox, CoxFit, Status, Ties};
use crate::note::Note;

/// The differences of covariates, in whole numbers, that a direction must not make negative.
fn pairs(cohort: &Cohort, design: &Design, ties: Ties) -> Vec<Vec<i64>> {
    let frame = Frame::new(cohort, design);
    let members = Members::new(&frame, cohort, design);
    let x = |row: usize| design.columns().iter().map(move |column| column.values[row] as i64);
    let mut pairs = Vec::new();
    for (slot, end) in members.event_slots() {
        for fails in members.leaving(slot).filter(|&row| members.fails(row)) {
            for other in members.at_risk(slot, end) {
                let tied = members.fails(other) && members.sets.to()[other] as usize == slot;
                if !(tied && ties == Ties::Exact) {
                    pairs.push(x(fails).zip(x(other)).map(|(a, b)| a - b).collect());
                }
            }
        }
    }
    pairs
}

/// Row echelon form in fractions of whole numbers, and the pivot columns.
fn echelon(mut rows: Vec<Vec<i128>>) -> (Vec<Vec<i128>>, Vec<usize>) {
    let (mut done, mut pivots) = (0, Vec::new());
    let width = rows.first().map_or(0, Vec::len);
    for column in 0..width {
        let Some(at) = (done..rows.len()).find(|&row| rows[row][column] != 0) else { continue };
        rows.swap(done, at);
        let top = rows[done].clone();
        for row in
            (0..rows.len()).filter(|&row| row != done && rows[row][column] != 0).collect::<Vec<_>>()
        {
            let (a, b) = (top[column], rows[row][column]);
            let own = rows[row].iter().zip(&top).map(|(own, top)| own * a - top * b);
            let own: Vec<i128> = own.collect();
            let common = own.iter().fold(0, |d, x| gcd(d, x.abs())).max(1);
            rows[row] = own.iter().map(|x| x / common).collect();
        }
        pivots.push(column);
        done += 1;
    }
    rows.truncate(done);
    (rows, pivots)
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The vector orthogonal to rows of rank one less than their width.
fn null(rows: Vec<Vec<i128>>, width: usize) -> Option<Vec<i128>> {
    let (rows, pivots) = echelon(rows);
    if pivots.len() + 1 != width {
        return None;
    }
    let free = (0..width).find(|column| !pivots.contains(column))?;
    let scale: i128 = rows.iter().zip(&pivots).map(|(row, &pivot)| row[pivot].abs()).product();
    let mut own = vec![0; width];
    own[free] = scale;
    for (row, &pivot) in rows.iter().zip(&pivots) {
        own[pivot] = -row[free] * scale / row[pivot];
    }
    Some(own)
}

fn subsets(n: usize, size: usize) -> Vec<Vec<usize>> {
    match size {
        0 => vec![Vec::new()],
        _ => (0..n)
            .flat_map(|last| {
                subsets(last, size - 1).into_iter().map(move |own| [own, vec![last]].concat())
            })
            .collect(),
    }
}

/// What the extreme rays of the cone, found by trying every set of tight pairs, say of each column.
fn by_enumeration(cohort: &Cohort, design: &Design, ties: Ties) -> Vec<Status> {
    let width = design.n_columns();
    let mut pairs: Vec<Vec<i128>> = pairs(cohort, design, ties)
        .into_iter()
        .map(|pair| pair.into_iter().map(i128::from).collect())
        .filter(|pair: &Vec<i128>| pair.iter().any(|x| *x != 0))
        .collect();
    pairs.sort();
    pairs.dedup();
    // With exact ties the information of a column may come from those who fail together.
    let (_, kept) = echelon(pairs.clone());
    let reduced: Vec<Vec<i128>> =
        pairs.iter().map(|pair| kept.iter().map(|&at| pair[at]).collect()).collect();
    let (mut up, mut down) = (vec![false; width], vec![false; width]);
    for subset in subsets(reduced.len(), kept.len().saturating_sub(1)) {
        let rows = subset.iter().map(|&at| reduced[at].clone()).collect();
        let Some(ray) = (!kept.is_empty()).then(|| null(rows, kept.len())).flatten() else {
            continue;
        };
        for sign in [1, -1] {
            let dot = |pair: &Vec<i128>| -> i128 {
                pair.iter().zip(&ray).map(|(a, b)| sign * a * b).sum()
            };
            if reduced.iter().all(|pair| dot(pair) >= 0) {
                for (&at, value) in kept.iter().zip(&ray) {
                    up[at] |= sign * value > 0;
                    down[at] |= sign * value < 0;
                }
            }
        }
    }
    let status = |at: usize| match (kept.contains(&at), up[at], down[at]) {
        (false, ..) => Status::Aliased,
        (_, false, false) => Status::Estimated,
        (_, true, true) => Status::Undetermined,
        _ => Status::Infinite,
    };
    (0..width).map(status).collect()
}

fn check(fit: &CoxFit<'_>, wanted: &[Status], what: &str) {
    for (own, wanted) in fit.coefficients().iter().zip(wanted) {
        assert_eq!(own.status, *wanted, "{what}: {} of {wanted:?}", own.name);
        let finite = own.status == Status::Estimated;
        assert_eq!(own.std_err.is_some(), finite, "{what}");
        assert_eq!(own.coef.is_some(), finite, "{what}");
        let lost = |note: &Note| matches!(note, Note::Remark(text) if text.starts_with(&own.name));
        let followed = own.status == Status::Infinite && !fit.notes().iter().any(lost);
        assert_eq!(own.p.is_some(), finite || followed, "{what}");
        let limit = |own: Option<f64>| own.is_none_or(|limit| limit >= 0.0 && limit.is_finite());
        assert!(limit(own.interval.lower) && limit(own.interval.upper), "{what}");
        if let (Some(std_err), Some(coef)) = (own.std_err, own.coef) {
            assert!(std_err > 0.0 && std_err < 1e3 && coef.abs() < 1e3, "{what}: {own:?}");
        }
    }
    let separated = wanted.iter().any(|own| matches!(own, Status::Infinite | Status::Undetermined));
    let noted = fit.notes().iter().any(|note| matches!(note, Note::Separation { .. }));
    assert_eq!(separated, noted, "{what}");
}

/// Three thousand small designs: what is separated is reported as infinite, and nothing else.
#[test]
fn small_designs_against_enumeration() {
    let mut numbers = Numbers(2024);
    let mut seen = [0; 4];
    for case in 0..3000 {
        let kind = Kind {
            rows: 5 + numbers.below(9),
            times: 2 + numbers.below(12),
            strata: 1 + numbers.below(2),
            late: numbers.below(3) == 0,
            counts: numbers.below(4) == 0,
            width: 1 + numbers.below(3),
            values: [2, 3, 4, 1000][numbers.below(4)],
        };
        let (cohort, design) = cohort(&mut numbers, kind);
        let ties = [Ties::Efron, Ties::Breslow, Ties::Exact][case % 3];
        let fit = match Cox::default().ties(ties).fit(&cohort, &design) {
            Ok(fit) => fit,
            Err(error) => {
                let expected = ["no events", "coefficients for"];
                let message = error.to_string();
                assert!(expected.iter().any(|own| message.contains(own)), "{case}: {message}");
                continue;
            }
        };
        let wanted = by_enumeration(&cohort, &design, ties);
        check(&fit, &wanted, &format!("case {case} {kind:?} {ties:?}"));
        wanted.iter().for_each(|own| seen[*own as usize] += 1);
    }
    assert!(seen.iter().all(|&seen| seen > 50), "{seen:?}");
}

fn example() -> (Cohort, Design) {
    let status = (0..12).map(|row| row % 2 == 0).collect();
    let cohort = Cohort::builder((1..=12).collect::<Vec<i32>>(), status).build().unwrap();
    let x = (0..12).map(|row| f64::from(u8::from(row < 3))).collect();
    (cohort, Design::from_columns(vec![("x".into(), x)]).unwrap())
}

/// Rows 1 to 3 of 12 have x = 1, events at 1, 3, 5, 7, 9, 11.
#[test]
fn twelve_rows() {
    let (cohort, design) = example();
    let fit = Cox::default().fit(&cohort, &design).unwrap();
    let x = &fit.coefficients()[0];
    assert_eq!((x.status, x.hazard_ratio, x.std_err), (Status::Infinite, None, None));
    assert!((x.p.unwrap() - 0.0066).abs() < 5e-5, "{x:?}");
    // In the limit only the risk sets without x = 1 are left: 8, 6, 4 and 2; of those at 1 and at 3
    // the ones with x = 1, three and one.
    let supremum = -[3.0_f64, 1.0, 8.0, 6.0, 4.0, 2.0].iter().map(|n| n.ln()).sum::<f64>();
    assert!((fit.log_likelihood() - supremum).abs() < 1e-13);
    // ℓ(β) = 2β − ln(3r + 9) − ln(r + 9) and what does not depend on β.
    let lower = x.interval.lower.unwrap();
    let fall = -(3.0_f64).ln() - (2.0 * lower.ln() - (3.0 * lower + 9.0).ln() - (lower + 9.0).ln());
    assert!((2.0 * fall - 3.841_458_820_694_124).abs() < 1e-8, "{lower}");
    assert_eq!(x.interval.upper, None);
}

/// Twice a pseudo-likelihood's logarithm is no χ²: neither limit nor p.
#[test]
fn dependent_rows_have_no_profile() {
    let marked: Vec<f64> = (0..12).map(|row| f64::from(u8::from(row < 3))).collect();
    let design = Design::from_columns(vec![("x".to_owned(), marked)]).unwrap();
    let builder = || Cohort::builder((1..=12).collect::<Vec<i32>>(), vec![true; 12]);
    let weights = Weights::Sampling((1..=12).map(|row| f64::from(row % 3 + 1)).collect());
    let clustered = builder().cluster((0..12).map(|row| row / 2).collect());
    let whole = builder().build().unwrap();
    for (cohort, profiled) in [
        (whole, true),
        (builder().weights(weights).build().unwrap(), false),
        (clustered.build().unwrap(), false),
    ] {
        let fit = Cox::default().fit(&cohort, &design).unwrap();
        let x = &fit.coefficients()[0];
        assert_eq!(x.status, Status::Infinite);
        assert_eq!((x.interval.lower.is_some(), x.p.is_some()), (profiled, profiled), "{x:?}");
        let said = |note: &Note| matches!(note, Note::Separation { profiled: own, .. } if *own == profiled);
        assert!(fit.notes().iter().any(said) && fit.notes().len() < 3, "{:?}", fit.notes());
    }
}

fn names(fit: &CoxFit<'_>) -> Vec<String> {
    let own = |note: &Note| match note {
        Note::Separation { coefficients, .. } => coefficients.clone(),
        _ => Vec::new(),
    };
    fit.notes().iter().flat_map(own).collect()
}

/// Three marked rows of a thousand fail first: Newton's first step is far out, where the gradient
/// vanishes.
#[test]
fn a_rare_marker_that_newton_survives() {
    let n = 1000;
    let cohort = Cohort::builder((1..=n).collect::<Vec<i32>>(), vec![true; n as usize]).build();
    let x = (1..=n).map(|row| f64::from(u8::from(row <= 3))).collect();
    let z = (1..=n).map(|row| f64::from(row * 7919 % 1009)).collect();
    let columns = vec![("x".into(), x), ("z".into(), z)];
    let (cohort, design) = (cohort.unwrap(), Design::from_columns(columns).unwrap());
    let fit = Cox::default().fit(&cohort, &design).unwrap();
    assert_eq!(names(&fit), ["x"]);
    let coefficients = fit.coefficients();
    assert_eq!(coefficients[0].std_err, None);
    assert!(coefficients[1].std_err.unwrap() > 0.0);
}

/// A level without events: its hazard ratio is 0, and the others are estimated as if it were not
/// there.
#[test]
fn a_level_without_events_leaves_the_others_as_they_are() {
    let mut numbers = Numbers(17);
    let kind =
        Kind { rows: 120, times: 30, strata: 1, late: true, counts: false, width: 2, values: 5 };
    let (cohort, design) = cohort(&mut numbers, kind);
    let empty: Vec<bool> = (0..120).map(|row| row % 9 == 0 && !cohort.event()[row]).collect();
    let rest: Vec<u32> = (0..120).filter(|&row| !empty[row as usize]).collect();
    let level = empty.iter().map(|&own| f64::from(u8::from(own))).collect::<Vec<f64>>();
    let product = level.iter().zip(&design.columns()[0].values).map(|(a, b)| a * b).collect();
    let (first, second) = (&design.columns()[0], &design.columns()[1]);
    let columns = vec![
        (first.name.clone(), first.values.clone()),
        ("level".into(), level),
        (second.name.clone(), second.values.clone()),
        ("x0:level".into(), product),
    ];
    let whole = Design::from_columns(columns).unwrap();
    let fit = Cox::default().fit(&cohort, &whole).unwrap();
    let (smaller, design) = (cohort.select(&rest).unwrap(), design.select(&rest));
    let without = Cox::default().fit(&smaller, &design).unwrap();
    assert!((fit.log_likelihood() - without.log_likelihood()).abs() < 1e-11);
    let (fit, without) = (fit.coefficients(), without.coefficients());
    for (own, wanted) in [(&fit[0], &without[0]), (&fit[2], &without[1])] {
        assert!((own.coef.unwrap() - wanted.coef.unwrap()).abs() < 1e-10, "{own:?} {wanted:?}");
        assert!((own.std_err.unwrap() - wanted.std_err.unwrap()).abs() < 1e-10);
    }
    // x0 is 0 in some rows of the level and nowhere negative, so its own part falls for sure; the
    // slope within the level may be anything.
    assert_eq!([fit[1].status, fit[3].status], [Status::Infinite, Status::Undetermined]);
    assert_eq!((fit[1].hazard_ratio, fit[3].hazard_ratio), (Some(0.0), None));
    assert_eq!(fit[1].interval.lower, Some(0.0));
}

/// The later, the smaller: nothing but the order is left of the likelihood, which is 1.
#[test]
fn a_covariate_in_the_order_of_events() {
    let n = 200;
    let cohort = Cohort::builder((1..=n).collect::<Vec<i32>>(), vec![true; n as usize]).build();
    let x = (1..=n).map(|row| -f64::from(row).sqrt()).collect();
    let design = Design::from_columns(vec![("x".into(), x)]).unwrap();
    let cohort = cohort.unwrap();
    let fit = Cox::default().fit(&cohort, &design).unwrap();
    let x = &fit.coefficients()[0];
    assert_eq!((x.status, x.hazard_ratio), (Status::Infinite, None));
    assert!(fit.log_likelihood().abs() < 1e-12);
    assert!(x.ln_p.unwrap() < -500.0 && x.interval.lower.unwrap() > 1.0, "{x:?}");
}
