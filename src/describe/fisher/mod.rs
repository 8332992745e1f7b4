//! Fisher's exact test of tables of any size.
//!
//! Given the margins, a table comes about column by column: each column is drawn, hypergeometrically,
//! from what is left of the rows. Where two beginnings leave the same, in any order of the rows, the
//! rest is the same: the beginnings are paths into one node of a network (Mehta and Patel 1983,
//! doi:10.1080/01621459.1983.10477989). Of a node the likeliest and the unlikeliest completion are
//! known; paths all of whose completions are unlikely enough are counted at once, those of which none
//! is are dropped, the others go on.

mod arcs;

use std::collections::HashMap;

use arcs::{Arcs, Node};

use crate::numeric::sum::DoubleDouble;

/// Tables that are likelier by no more than this part are as likely, as in R.
const TOLERANCE: f64 = 1e-7;
/// Arcs of the network that are walked at most, counted once a path; some seconds.
const MOST_WORK: u64 = 20_000_000;
/// What a node costs that has to be kept, in arcs, and what a path does.
const NODE: u64 = 20;
const PATH: u64 = 5;
/// Paths whose logarithms agree to this are one.
const STEP: f64 = 1e-10;

/// The probability of all tables that are no likelier than this one, or nothing when they are too
/// many. Every row and column has a count.
pub(super) fn exact_p(table: &[Vec<u64>]) -> Option<f64> {
    let table = upright(table)?;
    let arcs = Arcs::new(&table)?;
    let limit = arcs.ln_probability(&table) + TOLERANCE;
    let mut network = Network { arcs, limit, work: 0, ends: HashMap::new() };
    network.p(table.iter().map(|row| row.iter().sum()).collect())
}

/// Few rows, many columns, the smallest first: so fewer paths have to be kept.
fn upright(table: &[Vec<u64>]) -> Option<Vec<Vec<u32>>> {
    let total: u64 = table.iter().flatten().sum();
    u32::try_from(total).ok()?;
    let columns = table.first()?.len();
    let narrow = |row: &Vec<u64>| row.iter().map(|&count| count as u32).collect();
    let column = |at: usize| table.iter().map(|row| row[at] as u32).collect::<Vec<u32>>();
    let (columns, rows): (Vec<Vec<u32>>, Vec<Vec<u32>>) =
        ((0..columns).map(column).collect(), table.iter().map(narrow).collect());
    let mut columns = if columns.len() >= rows.len() { columns } else { rows };
    columns.sort_by_key(|column| column.iter().sum::<u32>());
    let row = |at: usize| columns.iter().map(|column| column[at]).collect();
    Some((0..columns.first()?.len()).map(row).collect())
}

/// The logarithms of the likeliest and the unlikeliest completion.
type Ends = [f64; 2];

struct Network {
    arcs: Arcs,
    /// Tables up to this log-probability count.
    limit: f64,
    work: u64,
    ends: HashMap<(usize, u128), Ends>,
}

/// Paths into a node: their logarithms in units of [`STEP`], in order, with their probabilities.
struct Paths {
    steps: Vec<(i64, f64)>,
    /// The probability of all paths before each.
    before: Vec<f64>,
}

/// Paths as they come.
type Arriving = HashMap<i64, f64>;

impl Paths {
    fn new(arriving: Arriving) -> Self {
        let mut steps: Vec<(i64, f64)> = arriving.into_iter().collect();
        steps.sort_unstable_by_key(|step| step.0);
        let mut sum = 0.0;
        let before = std::iter::once(0.0).chain(steps.iter().map(|step| (sum += step.1, sum).1));
        Self { before: before.collect(), steps }
    }

    /// How many paths have at most this logarithm.
    fn up_to(&self, ln: f64) -> usize {
        self.steps.partition_point(|step| step.0 as f64 * STEP <= ln)
    }
}

impl Network {
    fn p(&mut self, rows: Vec<u32>) -> Option<f64> {
        let mut sum = DoubleDouble::default();
        let start = Paths::new(Arriving::from([(0, 1.0)]));
        let mut nodes = vec![(self.arcs.key(rows), start)];
        for stage in 0..self.arcs.stages() {
            let mut next: HashMap<Node, Arriving> = HashMap::new();
            for (node, paths) in nodes {
                self.step((stage, node), &paths, (&mut next, &mut sum))?;
            }
            nodes = next.into_iter().map(|(node, own)| (node, Paths::new(own))).collect();
            // The order of a table of hashes is never the same, that of a sum has to be.
            nodes.sort_unstable_by_key(|(node, _)| *node);
        }
        Some(sum.value().min(1.0))
    }

    /// Carries the paths of a node on by a column.
    fn step(
        &mut self,
        (stage, node): (usize, Node),
        paths: &Paths,
        (next, sum): (&mut HashMap<Node, Arriving>, &mut DoubleDouble),
    ) -> Option<()> {
        for (child, ln_arc) in self.arcs(stage, node)? {
            let [most, least] = self.ends(stage + 1, child)?;
            let arc = ln_arc.exp();
            let all_count = paths.up_to(self.limit - ln_arc - most);
            let some_count = paths.up_to(self.limit - ln_arc - least);
            sum.add(paths.before[all_count] * arc);
            if some_count <= all_count {
                continue;
            }
            let arriving = next.entry(child).or_default();
            let known = arriving.len();
            for &(path, probability) in &paths.steps[all_count..some_count] {
                let key = path + (ln_arc / STEP).round() as i64;
                *arriving.entry(key).or_default() += probability * arc;
            }
            let new = PATH * (arriving.len() - known) as u64;
            self.spend((some_count - all_count) as u64 + new)?;
        }
        Some(())
    }

    /// The arcs out of a node.
    fn arcs(&mut self, stage: usize, node: Node) -> Option<Vec<(Node, f64)>> {
        let left = MOST_WORK.saturating_sub(self.work) as usize;
        let arcs = self.arcs.from((stage, node), left)?;
        self.spend(NODE + arcs.len() as u64)?;
        Some(arcs)
    }

    fn ends(&mut self, stage: usize, node: Node) -> Option<Ends> {
        if stage >= self.arcs.stages() {
            return Some([0.0, 0.0]);
        }
        if let Some(&ends) = self.ends.get(&(stage, node)) {
            return Some(ends);
        }
        let mut ends = [f64::NEG_INFINITY, f64::INFINITY];
        for (child, ln_arc) in self.arcs(stage, node)? {
            let [most, least] = self.ends(stage + 1, child)?;
            ends = [ends[0].max(ln_arc + most), ends[1].min(ln_arc + least)];
        }
        self.ends.insert((stage, node), ends);
        Some(ends)
    }

    fn spend(&mut self, work: u64) -> Option<()> {
        self.work += work;
        (self.work <= MOST_WORK).then_some(())
    }
}

#[cfg(test)]
mod tests;
