//! From one stop to the next: states, and the ways between them.

use super::stretch::Gap;
use super::targets::Aim;

/// What it costs to miss a printed number.
pub(super) const MISS: f64 = 60.0;
/// A way is worth looking at when survival ends within so many standard deviations of a click.
const REACH: f64 = 4.0;

/// A state: at risk and events so far, with the best way that led there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) n_risk: u32,
    pub(super) events: u32,
    pub(super) survival: f64,
    pub(super) cost: f64,
    /// Its place among the states of the stop before.
    pub(super) parent: u32,
    /// Censorings in the gap that led here; the rest of those who left are events.
    pub(super) censored: u32,
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
    fn cost(&self, n_risk: u32, events: u32) -> f64 {
        let off = self.n - f64::from(n_risk) - f64::from(events) - self.censored;
        self.weight * off * off
    }
}

impl Crossing<'_> {
    /// The states at the end of the gap, the best way to each.
    pub(super) fn cross(&self, states: &[Cell], beam: usize) -> Vec<Cell> {
        let mut board = Board::new(self, states);
        for (parent, own) in states.iter().enumerate() {
            self.leave(parent as u32, own, &mut board);
        }
        board.best(beam)
    }

    /// All ways out of a state.
    fn leave(&self, parent: u32, own: &Cell, board: &mut Board) {
        let weight = 0.5 / (self.belief.noise * self.belief.noise);
        let (fewest, most) = self.censored;
        for censored in fewest..=most.min(own.n_risk) {
            let left = own.n_risk - censored;
            // Half of the censorings fall before the drop, half after.
            let at_risk = own.n_risk - censored / 2;
            let price = own.cost + self.price[(censored - fewest) as usize];
            let (low, high) = self.drops(own, at_risk, left);
            for d in low..=high {
                let n_risk = left - d;
                let survival = match d {
                    0 => own.survival,
                    _ => own.survival * (1.0 - f64::from(d) / f64::from(at_risk)),
                };
                if self.gap.aim.misses(survival, self.belief.bound) {
                    continue;
                }
                let events = own.events + d;
                let pace = self.pace.cost(n_risk, events);
                let cost = price + pace + self.gap.aim.cost(survival, weight);
                let own = Cell { n_risk, events, survival, cost, parent, censored };
                board.offer(own, survival > self.gap.about);
            }
        }
    }

    /// Fewest and most events worth trying.
    fn drops(&self, own: &Cell, at_risk: u32, left: u32) -> (u32, u32) {
        if own.survival <= 0.0 || at_risk == 0 {
            return (0, 0);
        }
        let one = own.survival / f64::from(at_risk);
        let Belief { noise, wide, bound } = self.belief;
        let reach = (REACH * noise).min(wide * one).min(bound);
        let needed = |level: f64| f64::from(at_risk) * (1.0 - level / own.survival);
        let (above, below) = match self.gap.aim {
            Aim::Seen(seen, _) => (seen + reach, seen - reach),
            _ => (own.survival, self.gap.below - reach),
        };
        let low = (needed(above) - 1.0).floor().max(0.0) as u32;
        let high = (needed(below) + 1.0).ceil().max(0.0) as u32;
        let low = low.min(left);
        (low, high.clamp(low, left))
    }
}

/// The best offers by (at risk, events), on a dense board: one with survival above the curve and one
/// below, since a way that is behind may be the better one later.
struct Board {
    n_low: u32,
    n_high: u32,
    e_low: u32,
    width: usize,
    cells: Vec<Cell>,
}

/// Events beyond the state with the fewest that a board has room for.
const ROOM: u32 = 1024;

impl Board {
    fn new(crossing: &Crossing<'_>, states: &[Cell]) -> Self {
        let (n_low, n_high) = crossing.n_risk;
        let e_low = states.iter().map(|own| own.events).min().unwrap_or(0);
        let most = states.iter().map(|own| {
            let at_risk = own.n_risk - crossing.censored.0.min(own.n_risk) / 2;
            own.events + crossing.drops(own, at_risk, own.n_risk).1
        });
        let e_high = most.max().unwrap_or(0).min(e_low + ROOM);
        let width = (e_high - e_low + 1) as usize;
        let none = Cell {
            n_risk: 0,
            events: 0,
            survival: 0.0,
            cost: f64::INFINITY,
            parent: 0,
            censored: 0,
        };
        let rows = (n_high + 1).saturating_sub(n_low) as usize;
        Self { n_low, n_high, e_low, width, cells: vec![none; 2 * rows * width] }
    }

    #[inline]
    fn offer(&mut self, own: Cell, above: bool) {
        if own.n_risk < self.n_low || own.n_risk > self.n_high {
            return;
        }
        let column = (own.events - self.e_low) as usize;
        if column >= self.width {
            return;
        }
        let at = (own.n_risk - self.n_low) as usize * self.width + column;
        let at = 2 * at + usize::from(above);
        if own.cost < self.cells[at].cost {
            self.cells[at] = own;
        }
    }

    /// The states that are left, at most so many of them.
    fn best(self, beam: usize) -> Vec<Cell> {
        let mut cells = self.cells;
        cells.retain(|own| own.cost.is_finite());
        if cells.len() > beam {
            cells.select_nth_unstable_by(beam, |a, b| a.cost.total_cmp(&b.cost));
            cells.truncate(beam);
            cells.sort_by_key(|own| (own.n_risk, own.events));
        }
        cells
    }
}
