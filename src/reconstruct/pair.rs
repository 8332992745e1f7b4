//! Two arms compared, quickly: the hazard ratio (Efron's ties) and the log-rank test.
//!
//! With one binary covariate the risk set at a time is two numbers, so a fit is a few passes over
//! the distinct event times: n₀ and n₁ at risk, d₀ and d₁ events. With r = n₁·e^β and R = n₀ + r,
//! the l-th of d = d₀ + d₁ tied events has the denominator R − (l/d)(d₀ + d₁·e^β).

use super::curve::Individual;

/// The normal quantile of the 95 % interval.
const Z: f64 = 1.959_963_984_540_054;
/// Newton steps.
const STEPS: usize = 30;

/// An event time of two arms.
#[derive(Debug, Clone, Copy)]
struct Moment {
    n: [f64; 2],
    d: [f64; 2],
}

/// The comparison of a second arm with a first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Compared {
    pub(super) hazard_ratio: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
    /// Two-sided p of the log-rank test.
    pub(super) p: f64,
}

/// Compares arms whose individuals are in the order of time. `None` without events in both.
pub(super) fn compare(first: &[Individual], second: &[Individual]) -> Option<Compared> {
    let moments = moments(first, second);
    let events = |arm: usize| moments.iter().map(|own| own.d[arm]).sum::<f64>();
    if events(0) == 0.0 || events(1) == 0.0 {
        return None;
    }
    let mut beta = 0.0;
    let mut information = 0.0;
    for _ in 0..STEPS {
        let (score, own) = derivatives(&moments, beta);
        information = own;
        if own <= 0.0 {
            return None;
        }
        let step = (score / own).clamp(-1.0, 1.0);
        beta += step;
        if step.abs() < 1e-10 {
            break;
        }
    }
    let half = Z / f64::sqrt(information);
    let p = log_rank(&moments);
    let ratio = |log: f64| log.exp();
    Some(Compared {
        hazard_ratio: ratio(beta),
        lower: ratio(beta - half),
        upper: ratio(beta + half),
        p,
    })
}

fn moments(first: &[Individual], second: &[Individual]) -> Vec<Moment> {
    let mut moments = Vec::new();
    let (mut a, mut b) = (0, 0);
    while a < first.len() || b < second.len() {
        let next =
            |people: &[Individual], at: usize| people.get(at).map_or(f64::INFINITY, |own| own.time);
        let time = next(first, a).min(next(second, b));
        let n = [(first.len() - a) as f64, (second.len() - b) as f64];
        let take = |people: &[Individual], at: &mut usize| {
            let mut events = 0.0;
            while let Some(own) = people.get(*at).filter(|own| own.time == time) {
                events += f64::from(u8::from(own.event));
                *at += 1;
            }
            events
        };
        let d = [take(first, &mut a), take(second, &mut b)];
        if d[0] + d[1] > 0.0 {
            moments.push(Moment { n, d });
        }
    }
    moments
}

/// Score and information.
fn derivatives(moments: &[Moment], beta: f64) -> (f64, f64) {
    let theta = beta.exp();
    let (mut score, mut information) = (0.0, 0.0);
    for own in moments {
        let d = own.d[0] + own.d[1];
        score += own.d[1];
        for tied in 0..d as u32 {
            let share = f64::from(tied) / d;
            let second = theta * (own.n[1] - share * own.d[1]);
            let mean = second / (own.n[0] - share * own.d[0] + second);
            score -= mean;
            information += mean * (1.0 - mean);
        }
    }
    (score, information)
}

fn log_rank(moments: &[Moment]) -> f64 {
    let (mut excess, mut variance) = (0.0, 0.0);
    for own in moments {
        let (d, n) = (own.d[0] + own.d[1], own.n[0] + own.n[1]);
        let share = own.n[1] / n;
        excess += own.d[1] - d * share;
        if n > 1.0 {
            variance += d * (n - d) / (n - 1.0) * share * (1.0 - share);
        }
    }
    let statistic = if variance > 0.0 { excess * excess / variance } else { 0.0 };
    libm::erfc((statistic / 2.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::{Cohort, Design, Factor, Groups};
    use crate::compare::LogRank;
    use crate::cox::Cox;
    use crate::table::Category;

    /// With ties within and between arms: the digits of the crate's own fit.
    #[test]
    fn agrees_with_the_full_fit() {
        let arm = |shift: u32| -> Vec<Individual> {
            let own = |at: u32| (at * 7 + shift) % 23;
            let mut people: Vec<Individual> = (0..40)
                .map(|at| Individual {
                    time: f64::from(own(at)) + 1.0,
                    event: !(at + shift).is_multiple_of(3),
                })
                .collect();
            people.sort_by(|a, b| a.time.total_cmp(&b.time));
            people
        };
        let (a, b) = (arm(0), arm(5));
        let own = compare(&a, &b).unwrap();
        let people: Vec<&Individual> = a.iter().chain(&b).collect();
        let times: Vec<f64> = people.iter().map(|own| own.time).collect();
        let events = people.iter().map(|own| own.event).collect();
        let codes: Vec<u32> = (0..80).map(|row| u32::from(row >= 40)).collect();
        let x = codes.iter().map(|&code| f64::from(code)).collect();
        let category = Category { codes, levels: vec!["a".into(), "b".into()].into() };
        let groups = Groups::cross(vec![Factor { name: "arm".into(), category }]);
        let cohort = Cohort::builder(times, events).groups(groups).build().unwrap();
        let design = Design::from_columns(vec![("x".into(), x)]).unwrap();
        let fit = Cox::default().fit(&cohort, &design).unwrap();
        let full = &fit.coefficients()[0];
        let p = LogRank::default().fit(&cohort).unwrap().p().unwrap();
        let pairs = [
            (own.hazard_ratio, full.hazard_ratio.unwrap()),
            (own.lower, full.interval.lower.unwrap()),
            (own.upper, full.interval.upper.unwrap()),
            (own.p, p),
        ];
        for (own, full) in pairs {
            assert!((own / full - 1.0).abs() < 1e-9, "{own} {full}");
        }
    }
}
