//! The edges of a polytope `{|row · x| ≤ limit}`, each with the perpendiculars
//! that lead to it.

use super::edge::Edge;
use super::factor::dot;

/// Rows are unit vectors that span the space.
pub(super) struct Polytope<'a> {
    pub(super) rows: &'a [Vec<f64>],
    pub(super) limit: f64,
}

/// A chain facet, face of it, and so on, as far as it is built.
#[derive(Clone, Default)]
struct Chain {
    /// The rows whose planes meet here.
    members: Vec<usize>,
    /// Unit normals, each orthogonal to those before it.
    normals: Vec<Vec<f64>>,
    /// How far to go along each normal from the foot before it.
    heights: Vec<f64>,
}

/// A component shorter than this is taken for zero.
const FLAT: f64 = 1e-12;

impl Polytope<'_> {
    /// The edges of half of the facets, one from each opposite pair; an edge
    /// shows up once for each order of faces that leads to it.
    pub(super) fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for row in 0..self.rows.len() {
            let facet = Chain::default().with(row, self.rows[row].clone(), self.limit);
            self.descend(&facet, &mut edges);
        }
        edges
    }

    fn descend(&self, chain: &Chain, edges: &mut Vec<Edge>) {
        if chain.normals.len() + 1 == self.dimension() {
            edges.extend(self.edge(chain));
            return;
        }
        for row in (0..self.rows.len()).filter(|row| !chain.members.contains(row)) {
            for sign in [1.0, -1.0] {
                if let Some(face) = self.face(chain, row, sign) {
                    self.descend(&face, edges);
                }
            }
        }
    }

    fn dimension(&self) -> usize {
        self.rows[0].len()
    }

    /// The chain with the plane `sign · row · x = limit` added.
    fn face(&self, chain: &Chain, row: usize, sign: f64) -> Option<Chain> {
        let signed: Vec<f64> = self.rows[row].iter().map(|entry| sign * entry).collect();
        let (normal, length) = chain.orthogonal_part(&signed)?;
        let height = (self.limit - dot(&signed, &chain.foot(self.dimension()))) / length;
        Some(chain.with(row, normal, height))
    }

    /// The part of the last line of a chain that is inside the polytope.
    fn edge(&self, chain: &Chain) -> Option<Edge> {
        let direction = chain.remaining_direction(self.dimension());
        let foot = chain.foot(self.dimension());
        let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
        for (index, row) in self.rows.iter().enumerate() {
            if chain.members.contains(&index) {
                continue;
            }
            let (slope, offset) = (dot(row, &direction), dot(row, &foot));
            if slope.abs() > FLAT {
                // |offset + slope·t| ≤ limit
                let (centre, half) = (-offset / slope, self.limit / slope.abs());
                from = from.max(centre - half);
                to = to.min(centre + half);
            } else if offset.abs() > self.limit * (1.0 + FLAT) {
                return None;
            }
        }
        (from < to).then(|| Edge { heights: chain.heights.clone(), from, to })
    }
}

impl Chain {
    fn with(&self, row: usize, normal: Vec<f64>, height: f64) -> Chain {
        let mut longer = self.clone();
        longer.members.push(row);
        longer.normals.push(normal);
        longer.heights.push(height);
        longer
    }

    /// The point nearest the origin along the chain's perpendiculars.
    fn foot(&self, dimension: usize) -> Vec<f64> {
        let coordinate = |k: usize| {
            self.normals.iter().zip(&self.heights).map(|(normal, height)| height * normal[k]).sum()
        };
        (0..dimension).map(coordinate).collect()
    }

    /// The direction and length of what is orthogonal to all normals.
    fn orthogonal_part(&self, vector: &[f64]) -> Option<(Vec<f64>, f64)> {
        let mut part = vector.to_vec();
        // Twice is enough: what rounding leaves of the first pass, the second
        // takes out (Giraud et al. 2005, doi:10.1007/s00211-005-0615-4).
        for normal in self.normals.iter().chain(&self.normals) {
            let along = dot(&part, normal);
            part.iter_mut().zip(normal).for_each(|(entry, n)| *entry -= along * n);
        }
        let length = dot(&part, &part).sqrt();
        part.iter_mut().for_each(|entry| *entry /= length);
        (length > FLAT).then_some((part, length))
    }

    /// The one direction orthogonal to all normals.
    fn remaining_direction(&self, dimension: usize) -> Vec<f64> {
        let parts = (0..dimension).filter_map(|k| self.orthogonal_part(&axis(k, dimension)));
        parts.max_by(|a, b| a.1.total_cmp(&b.1)).map(|part| part.0).unwrap_or_default()
    }
}

fn axis(k: usize, dimension: usize) -> Vec<f64> {
    let mut axis = vec![0.0; dimension];
    axis[k] = 1.0;
    axis
}
