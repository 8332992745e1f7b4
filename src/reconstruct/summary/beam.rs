//! Many orders at once: a beam over the patients.
//!
//! After each patient, walks with the same number of events that have passed the same rates and
//! reached the same things are alike but for S and V. Of each such lot a few are kept, spread over V.

use rand::{Rng, RngExt};

use super::problem::Problem;
use super::walk::{Crossing, Move, Walk};

/// Walks kept after each patient, in rounds of searches that found nothing.
pub(super) const WIDTHS: [usize; 3] = [4000, 20_000, 100_000];

/// Orders that end with everything asked of them; dates are another matter.
pub(super) struct Beam {
    nodes: Vec<(u32, Move)>,
    ends: Vec<u32>,
}

const ROOT: u32 = u32::MAX;

impl Beam {
    /// Searches once, keeping so many walks after each patient.
    pub(super) fn search(problem: &Problem, width: usize, random: &mut impl Rng) -> Self {
        let mut beam = Self { nodes: Vec::new(), ends: Vec::new() };
        let mut layer = vec![(Walk::start(), ROOT)];
        for _ in 0..=problem.n {
            let mut next = Vec::new();
            let mut at = 0;
            while at < layer.len() {
                let (walk, node) = layer[at];
                if problem.complete(&walk) {
                    beam.ends.push(node);
                }
                problem.moves(&walk, |own, walk| match own {
                    Move::Cut => layer.push((walk, beam.grow(node, own))),
                    _ => next.push((walk, own, node)),
                });
                at += 1;
            }
            let kept = thin(next, width, random);
            layer =
                kept.into_iter().map(|(walk, own, node)| (walk, beam.grow(node, own))).collect();
        }
        beam
    }

    fn grow(&mut self, parent: u32, own: Move) -> u32 {
        self.nodes.push((parent, own));
        (self.nodes.len() - 1) as u32
    }

    /// The number of orders found.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// One of the orders.
    pub(super) fn moves(&self, at: usize) -> Vec<Move> {
        let mut moves = Vec::new();
        let mut node = self.ends[at];
        while node != ROOT {
            let (parent, own) = self.nodes[node as usize];
            moves.push(own);
            node = parent;
        }
        moves.reverse();
        moves
    }
}

type Candidate = (Walk, Move, u32);

/// What makes walks alike.
fn lot(walk: &Walk, own: Move) -> u64 {
    let state = |own: Crossing| u64::from(own.reached > 0) + u64::from(own.below > 0);
    let mut lot = u64::from(walk.events) << 32 | u64::from(walk.cuts) << 20;
    for (at, own) in [walk.median, walk.lower, walk.upper, walk.follow].into_iter().enumerate() {
        lot |= state(own) << (2 * at);
    }
    let tied = matches!(own, Move::TiedEvent | Move::TiedCensor);
    lot | u64::from(walk.low > 0) << 10 | u64::from(tied) << 11 | u64::from(own.is_event()) << 12
}

fn thin(all: Vec<Candidate>, width: usize, random: &mut impl Rng) -> Vec<Candidate> {
    if all.len() <= width {
        return all;
    }
    let mut order: Vec<(u64, u64, u32)> = Vec::with_capacity(all.len());
    for (at, (walk, own, _)) in all.iter().enumerate() {
        // V is positive, so that its bits are in its order.
        order.push((lot(walk, *own), walk.v.to_bits(), at as u32));
    }
    order.sort_unstable();
    let lots: Vec<&[(u64, u64, u32)]> = order.chunk_by(|a, b| a.0 == b.0).collect();
    let each = (width / lots.len()).max(2);
    let mut kept = Vec::with_capacity(width + each);
    for lot in lots {
        let share = lot.len() as f64 / each as f64;
        let pick = |at: usize, random: &mut dyn FnMut() -> f64| {
            (((at as f64 + random()) * share) as usize).min(lot.len() - 1)
        };
        if lot.len() <= each {
            kept.extend(lot.iter().map(|own| all[own.2 as usize]));
        } else {
            let mut uniform = || random.random::<f64>();
            let picked = (0..each).map(|at| pick(at, &mut uniform));
            kept.extend(picked.map(|at| all[lot[at].2 as usize]));
        }
    }
    kept
}
