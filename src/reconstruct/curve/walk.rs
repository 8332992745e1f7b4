//! From one stop to the next: states, and the ways between them.

use super::stretch::Gap;
use super::targets::{Aim, HALF_WAY};

/// A state that costs so much more than the best one is without hope.
const BEHIND: f64 = 60.0;
/// What it costs to miss a printed number.
pub(super) const MISS: f64 = 60.0;
/// At risk in larger numbers, who is censored a little earlier or later makes no difference.
pub(super) const MANY: u32 = 2000;
/// A way is worth looking at when survival ends within so many standard deviations of a click.
const REACH: f64 = 4.0;

/// How many states at a stop are gone on from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beam {
    /// At most so many.
    pub(super) width: usize,
    /// None that costs so much more than the best.
    pub(super) behind: f64,
}

impl Beam {
    /// So many, none of them without hope.
    pub(super) fn new(width: usize) -> Self {
        Self { width, behind: BEHIND }
    }

    /// Three times as many, whatever they cost.
    pub(super) fn wider(self) -> Self {
        Self { width: 3 * self.width, behind: f64::INFINITY }
    }
}

/// A state: at risk and events so far, with survival and cost of the best way that led there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) n_risk: u32,
    pub(super) events: u32,
    pub(super) survival: f64,
    pub(super) cost: f64,
}

impl Cell {
    /// Patients who are not censored.
    #[inline]
    fn stayed(&self) -> u32 {
        self.n_risk + self.events
    }
}

/// What happens in a gap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) events: u32,
    pub(super) censored: u32,
}

/// The last step of the best way to a state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    /// The place of the state before among those of its stop.
    pub(super) parent: u32,
    pub(super) step: Step,
}

/// How far survival may be from a click.
#[derive(Debug, Clone, Copy)]
pub(super) struct Belief {
    /// Standard deviation of survival at a click: survival ends within a few of them.
    pub(super) noise: f64,
    /// And of so many events at most.
    pub(super) wide: f64,
    /// And never farther off than this.
    pub(super) bound: f64,
}

/// What is expected of a gap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crossing<'a> {
    pub(super) gap: &'a Gap,
    /// Fewest and most censorings that are tried.
    pub(super) censored: (u32, u32),
    /// Fewest and most at risk at its end that are kept.
    pub(super) n_risk: (u32, u32),
    pub(super) belief: Belief,
    /// Cost of each number of censorings, from the fewest tried on.
    pub(super) price: &'a [f64],
    /// Cost of what has been censored so far.
    pub(super) pace: Pace,
}

/// How many should have been censored by a stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Patients, of whom those at risk and the events are not censored.
    pub(super) n: f64,
    /// Expected to be censored by then.
    pub(super) censored: f64,
    /// Cost of the square of the distance from that.
    pub(super) weight: f64,
}

impl Pace {
    #[inline]
    fn cost(&self, stayed: u32) -> f64 {
        let off = self.n - f64::from(stayed) - self.censored;
        self.weight * off * off
    }
}

impl Crossing<'_> {
    /// The states at the end of the gap, at most so many, and the best way to each.
    pub(super) fn cross(&self, states: &[Cell], beam: Beam) -> (Vec<Cell>, Vec<Way>) {
        let weight = 0.5 / (self.belief.noise * self.belief.noise);
        let board = match self.gap.aim {
            Aim::Seen(seen, counts) => {
                let weight = weight * counts;
                let bound = if counts > HALF_WAY { self.belief.bound } else { f64::INFINITY };
                self.board(states, |s| {
                    let off = (s - seen).abs();
                    if off > bound { f64::INFINITY } else { off * off * weight }
                })
            }
            aim => self.board(states, |s| aim.cost(s, weight)),
        };
        board.best(states, beam)
    }

    /// All ways out of all states, by what survival costs at the end of the gap.
    fn board(&self, states: &[Cell], cost: impl Fn(f64) -> f64) -> Board {
        let mut board = Board::new(self, states);
        for (parent, own) in states.iter().enumerate() {
            let (fewest, most) = self.censored;
            for censored in fewest..=most.min(own.n_risk) {
                self.leave((parent as u32, own), censored, &cost, &mut board);
            }
        }
        board
    }

    /// All ways out of a state with so many censorings.
    #[inline]
    fn leave(
        &self,
        (parent, own): (u32, &Cell),
        censored: u32,
        cost: impl Fn(f64) -> f64,
        board: &mut Board,
    ) {
        let Some(row) = board.row(own.stayed() - censored) else { return };
        let left = own.n_risk - censored;
        let at_risk = at_risk(own.n_risk, censored);
        let (low, high) = self.drops(own, at_risk, left);
        let price = self.price[(censored - self.censored.0) as usize];
        let so_far = own.cost + price + self.pace.cost(own.stayed() - censored);
        if low > high {
            return;
        }
        let one = own.survival / f64::from(at_risk.max(1));
        // Among many at risk, all ways to a state have about the same survival.
        let about = if own.n_risk > MANY { f64::INFINITY } else { self.gap.about };
        let first = row + (left - high - self.n_risk.0) as usize;
        let places = first..=first + (high - low) as usize;
        let mut above = f64::from(at_risk - low);
        // More events, fewer at risk.
        for place in board.places[places].iter_mut().rev() {
            let survival = one * above;
            above -= 1.0;
            let offer = Offer { cost: so_far + cost(survival), parent, censored };
            place[usize::from(survival > about)].take(offer);
        }
    }

    /// Fewest and most events worth trying that leave a number at risk which is kept: none where the
    /// first is more than the second.
    #[inline]
    fn drops(&self, own: &Cell, at_risk: u32, left: u32) -> (u32, u32) {
        let (n_low, n_high) = self.n_risk;
        if left < n_low {
            return (1, 0);
        }
        let (fewest, most) = (left.saturating_sub(n_high), left - n_low);
        if own.survival <= 0.0 || at_risk == 0 {
            return (fewest, 0);
        }
        // Truncation is floor, and costs no call: negative numbers become 0.
        let one = own.survival / f64::from(at_risk);
        let Belief { noise, wide, bound } = self.belief;
        let wide = if own.n_risk > MANY { wide / 2.0 } else { wide };
        let reach = ((REACH * noise).min(bound) / one).min(wide) + 1.0;
        let needed = |level: f64| (own.survival - level) / one;
        let low = match self.gap.aim {
            Aim::Seen(seen, _) => (needed(seen) - reach) as u32,
            _ => 0,
        };
        let high = (needed(self.gap.below) + reach) as u32 + 1;
        let low = low.min(left);
        (low.max(fewest), high.clamp(low, left).min(most))
    }
}

/// Half of the censorings fall before the drop, half after.
#[inline]
fn at_risk(n_risk: u32, censored: u32) -> u32 {
    n_risk - censored / 2
}

/// A way to a state.
#[derive(Debug, Clone, Copy)]
struct Offer {
    cost: f64,
    parent: u32,
    censored: u32,
}

impl Offer {
    const NONE: Self = Self { cost: f64::INFINITY, parent: 0, censored: 0 };

    /// The better of both.
    #[inline]
    fn take(&mut self, other: Self) {
        if other.cost < self.cost {
            *self = other;
        }
    }
}

/// The best offers by (not censored, at risk), on a dense board: one with survival below the curve and
/// one above, since a way that is behind may be the better one later.
struct Board {
    /// The fewest not censored, and the fewest at risk.
    low: (u32, u32),
    /// Places of a row.
    width: usize,
    places: Vec<[Offer; 2]>,
}

/// Rows that a board has room for.
const ROOM: u32 = 1024;

impl Board {
    fn new(crossing: &Crossing<'_>, states: &[Cell]) -> Self {
        let ((fewest, most), (n_low, n_high)) = (crossing.censored, crossing.n_risk);
        let stayed = || states.iter().map(Cell::stayed);
        let high = stayed().max().unwrap_or(0).saturating_sub(fewest);
        let low = stayed().min().unwrap_or(0).saturating_sub(most).max(high.saturating_sub(ROOM));
        let width = (n_high + 1).saturating_sub(n_low) as usize;
        let places = vec![[Offer::NONE; 2]; (high + 1 - low) as usize * width];
        Self { low: (low, n_low), width, places }
    }

    /// Where the row of so many not censored begins.
    #[inline]
    fn row(&self, stayed: u32) -> Option<usize> {
        stayed.checked_sub(self.low.0).map(|row| row as usize * self.width)
    }

    /// The states that are left, at most so many of them.
    fn best(&self, states: &[Cell], beam: Beam) -> (Vec<Cell>, Vec<Way>) {
        let most = self.most(beam);
        let (mut kept, mut ways) = (Vec::new(), Vec::new());
        for (at, offers) in self.places.iter().enumerate() {
            for &offer in offers {
                if offer.cost <= most && kept.len() < beam.width {
                    let (cell, way) = self.state(states, (at, offer));
                    kept.push(cell);
                    ways.push(way);
                }
            }
        }
        (kept, ways)
    }

    /// The cost up to which states are kept.
    fn most(&self, beam: Beam) -> f64 {
        let mut costs = Vec::with_capacity(self.places.len());
        let mut best = f64::INFINITY;
        for offer in self.places.as_flattened() {
            if offer.cost.is_finite() {
                best = best.min(offer.cost);
                costs.push(offer.cost);
            }
        }
        let most = (best + beam.behind).min(f64::MAX);
        costs.retain(|&own| own <= most);
        if costs.len() <= beam.width {
            return most;
        }
        *costs.select_nth_unstable_by(beam.width - 1, f64::total_cmp).1
    }

    /// The state at a place, and how it was reached.
    #[inline]
    fn state(&self, states: &[Cell], (at, offer): (usize, Offer)) -> (Cell, Way) {
        let Offer { cost, parent, censored } = offer;
        let before = states[parent as usize];
        let stayed = self.low.0 + (at / self.width) as u32;
        let n_risk = self.low.1 + (at % self.width) as u32;
        let events = stayed - n_risk;
        let d = events - before.events;
        let at_risk = f64::from(at_risk(before.n_risk, censored));
        let survival = match d {
            0 => before.survival,
            _ => before.survival * (1.0 - f64::from(d) / at_risk),
        };
        let cell = Cell { n_risk, events, survival, cost };
        (cell, Way { parent, step: Step { events: d, censored } })
    }
}
