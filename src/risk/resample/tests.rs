use super::*;
use crate::numeric::stream::stream;
use crate::risk::Counts;

fn lane(event: Vec<u32>, censor: Vec<u32>) -> Lane {
    let time = (0..event.len() as u32).map(|at| 3 * at).collect();
    Lane::new(time, Counts::Whole(event), Counts::Whole(censor), None)
}

/// A lane of runs and single blocks: many times of few subjects, two of many.
fn mixed() -> Lane {
    let event = (0..900).map(|at| if at == 300 { 70 } else { u32::from(at % 3 != 0) });
    let censor = (0..900).map(|at| if at == 301 { 5_000 } else { u32::from(at % 3 == 0) });
    lane(event.collect(), censor.collect())
}

fn draw(resampler: &Resampler<'_>, seed: u64, index: u64) -> Vec<Moment> {
    let mut moments = Vec::new();
    resampler.walk(stream(seed, index), &mut Vec::new(), |block| {
        moments.extend(block);
        true
    });
    moments
}

#[test]
fn blocks_cover_the_lane() {
    let lane = mixed();
    let resampler = Resampler::new(&lane);
    let ends: Vec<_> = resampler.blocks.iter().map(|block| (block.from, block.to)).collect();
    assert_eq!(ends, [(0, 300), (300, 301), (301, 302), (302, 900)]);
    assert_eq!(resampler.cells.len(), 300 + 598);
    let long = self::lane(vec![1; 3_000], vec![0; 3_000]);
    let ends: Vec<_> = Resampler::new(&long).blocks.iter().map(|block| block.to).collect();
    assert_eq!(ends, [1024, 2048, 3000]);
}

#[test]
fn a_resample_has_the_size_and_the_times_of_the_lane() {
    let lane = mixed();
    let resampler = Resampler::new(&lane);
    for index in 0..20 {
        let moments = draw(&resampler, 1, index);
        assert_eq!(moments.len(), 900);
        assert_eq!(moments[899].time, 2697);
        let mut left = lane.total();
        for moment in &moments {
            assert_eq!(moment.n, left);
            left -= moment.d + moment.c;
        }
        assert_eq!(left, 0.0);
    }
}

#[test]
fn counts_have_multinomial_means_and_covariances() {
    let lane = mixed();
    let resampler = Resampler::new(&lane);
    let (draws, total) = (20_000, lane.total());
    // Cells: 1 event in a run, 70 events, 5,000 censorings; and 1 censoring in the last run.
    let cells = [1.0, 70.0, 5_000.0, 1.0];
    let (mut sums, mut products) = ([0.0; 4], [[0.0; 4]; 4]);
    for index in 0..draws {
        let moments = draw(&resampler, 5, index);
        let own = [moments[7].d, moments[300].d, moments[301].c, moments[897].c];
        assert_eq!((moments[7].c, moments[897].d), (0.0, 0.0));
        for (a, &x) in own.iter().enumerate() {
            sums[a] += x;
            own.iter()
                .enumerate()
                .for_each(|(b, y)| products[a][b] += (x - cells[a]) * (y - cells[b]));
        }
    }
    let draws = draws as f64;
    for a in 0..4 {
        let variance = cells[a] * (1.0 - cells[a] / total);
        let error = (sums[a] / draws - cells[a]) / (variance / draws).sqrt();
        assert!(error.abs() < 4.5, "cell {a}: mean off by {error} standard errors");
        for b in 0..4 {
            let other = cells[b] * (1.0 - cells[b] / total);
            let want = if a == b { variance } else { -cells[a] * cells[b] / total };
            let error = (products[a][b] / draws - want) / (2.0 * variance * other / draws).sqrt();
            assert!(error.abs() < 4.5, "cells {a} {b}: off by {error} standard errors");
        }
    }
}

#[test]
fn whole_numbers_below_a_bound_are_even() {
    let mut seen = [0u32; 1000];
    below(&mut stream(3, 0), 1000, 2_000_000, |number| seen[number as usize] += 1);
    assert_eq!(seen.iter().sum::<u32>(), 2_000_000);
    // χ² with 999 degrees of freedom: mean 999, standard deviation 45.
    let square = |&count: &u32| (f64::from(count) - 2000.0).powi(2) / 2000.0;
    let chi2: f64 = seen.iter().map(square).sum();
    assert!((chi2 - 999.0).abs() < 4.5 * 45.0, "{chi2}");
}

#[test]
fn binomials_at_the_ends_need_no_draw() {
    let mut random = stream(1, 0);
    assert_eq!(binomial(&mut random, 9, 0, 4), 0);
    assert_eq!(binomial(&mut random, 9, 4, 4), 9);
    assert!(binomial(&mut random, 9, 1, 4) <= 9);
}

#[test]
fn a_walk_stops_when_told() {
    let lane = mixed();
    let resampler = Resampler::new(&lane);
    let mut seen = Vec::new();
    resampler.walk(stream(1, 0), &mut Vec::new(), |block| {
        seen.push(block.len());
        seen.len() < 3
    });
    assert_eq!(seen, [300, 1, 1]);
}
