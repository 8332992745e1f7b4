//! The arcs of the network: a column drawn from what is left of the rows.

use crate::numeric::sum::DoubleDouble;

/// What is left of the rows, in order, as the digits of one number.
pub(super) type Node = u128;

/// Columns to be drawn, and logarithms of factorials to do it with.
pub(super) struct Arcs {
    columns: Vec<u32>,
    rows: usize,
    ln_factorial: Vec<f64>,
}

/// Arcs out of one node at most: what a column can hold in memory.
const MOST_ARCS: usize = 1_000_000;

/// A column on its way.
struct Draw<'a> {
    arcs: &'a Arcs,
    rows: Vec<u32>,
    /// What the rows from each on have together.
    rest: Vec<u32>,
    left: Vec<u32>,
    found: Vec<(Node, f64)>,
    most: usize,
}

impl Arcs {
    /// None when the rows do not fit into one number.
    pub(super) fn new(table: &[Vec<u32>]) -> Option<Self> {
        let columns: Vec<u32> =
            (0..table[0].len()).map(|at| table.iter().map(|row| row[at]).sum()).collect();
        let total: u32 = columns.iter().sum();
        (u128::from(total) + 1).checked_pow(table.len() as u32)?;
        Some(Self { columns, rows: table.len(), ln_factorial: ln_factorials(total) })
    }

    /// Columns to draw; the last one is what is left.
    pub(super) fn stages(&self) -> usize {
        self.columns.len() - 1
    }

    pub(super) fn key(&self, mut rows: Vec<u32>) -> Node {
        rows.sort_unstable();
        let base = self.ln_factorial.len() as u128;
        rows.iter().rev().fold(0, |key, &row| key * base + u128::from(row))
    }

    fn rows_of(&self, mut node: Node) -> Vec<u32> {
        let base = self.ln_factorial.len() as u128;
        let digit = |_| (node % base, node /= base).0 as u32;
        (0..self.rows).map(digit).collect()
    }

    /// Every way to draw a column: what it leaves, and the logarithm of its probability. Nothing
    /// when there are more than `most`.
    pub(super) fn from(
        &self,
        (stage, node): (usize, Node),
        most: usize,
    ) -> Option<Vec<(Node, f64)>> {
        let rows = self.rows_of(node);
        let mut rest = rows.clone();
        (0..rest.len() - 1).rev().for_each(|at| rest[at] += rest[at + 1]);
        let (total, column) = (rest[0], self.columns[stage]);
        let (left, found, most) = (rows.clone(), Vec::new(), most.min(MOST_ARCS));
        let mut draw = Draw { arcs: self, rows, rest, left, found, most };
        draw.row(0, column, -self.ln_choose(total, column))?;
        Some(draw.found)
    }

    /// The logarithm of the probability of a table.
    pub(super) fn ln_probability(&self, table: &[Vec<u32>]) -> f64 {
        let mut left: Vec<u32> = table.iter().map(|row| row.iter().sum()).collect();
        let mut sum = 0.0;
        for stage in 0..self.stages() {
            sum -= self.ln_choose(left.iter().sum(), self.columns[stage]);
            for (left, row) in left.iter_mut().zip(table) {
                sum += self.ln_choose(*left, row[stage]);
                *left -= row[stage];
            }
        }
        sum
    }

    fn ln_choose(&self, n: u32, k: u32) -> f64 {
        let ln = |n: u32| self.ln_factorial[n as usize];
        ln(n) - ln(k) - ln(n - k)
    }
}

impl Draw<'_> {
    /// Takes from this row and those after it, `column` in all.
    fn row(&mut self, at: usize, column: u32, ln: f64) -> Option<()> {
        if at == self.rows.len() {
            let node = self.arcs.key(self.left.clone());
            self.found.push((node, ln));
            return (self.found.len() <= self.most).then_some(());
        }
        let later = self.rest.get(at + 1).copied().unwrap_or(0);
        for taken in column.saturating_sub(later)..=column.min(self.rows[at]) {
            self.left[at] = self.rows[at] - taken;
            self.row(at + 1, column - taken, ln + self.arcs.ln_choose(self.rows[at], taken))?;
        }
        Some(())
    }
}

fn ln_factorials(most: u32) -> Vec<f64> {
    let mut sum = DoubleDouble::default();
    let next = |n: u32| {
        sum.add(f64::from(n.max(1)).ln());
        sum.value()
    };
    (0..=most).map(next).collect()
}
