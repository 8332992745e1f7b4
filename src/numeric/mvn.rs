//! The largest of a few correlated standard normals, in absolute value.
//!
//! With `Z = L U`, U standard normal in as many dimensions as the correlation
//! matrix has rank, `{|Z_i| < c for all i}` is a polytope around the origin
//! whose facets all lie at distance c. Outside of it lie the cones over its
//! facets, cut off at the facets. The foot of the perpendicular from the origin
//! is inside each facet (`|r_ij| ≤ 1`), so a cone splits into cones over the
//! facet's own faces seen from that foot, and so on down to edges. Integrating
//! along the heights leaves a smooth integral along each edge:
//!
//! | rank | mass beyond the facet, per unit of angle/2π along the edge      |
//! |------|-----------------------------------------------------------------|
//! | 2    | the edge is the facet: `T(c, e₂/c) − T(c, e₁/c)`                |
//! | 3    | `Q(c) − (c/ρ)·Q(ρ)`, ρ the distance from the origin             |
//! | 4    | `T(c, a₀) − (a₀/a)·T(c, a)`, `c·a` the distance from the facet's foot, `c·a₀` that of the face |
//!
//! Q is the normal tail, T is Owen's function (1956,
//! doi:10.1214/aoms/1177728074). Everything is a sum of tail masses, so tiny
//! probabilities keep their relative accuracy, and a dependent variable is
//! just one more half-space.

mod edge;
mod factor;
mod geometry;
mod quadrature;

use super::linalg::SymMatrix;
use super::tails::normal_two_sided;
use factor::unit_rows;
use geometry::Polytope;

/// The largest rank of a correlation matrix handled.
pub(crate) const MOST_DIMENSIONS: usize = 4;

/// `P(|Z_i| ≥ limit for some i)` for Z normal with mean zero and this
/// correlation matrix, singular or not; `None` when its rank is above
/// `MOST_DIMENSIONS`. Relative error below 1e-10; a matrix within 1e-13 of
/// a singular one counts as singular, which may cost 1e-6 more.
pub(crate) fn exceedance(correlation: &SymMatrix, limit: f64) -> Option<f64> {
    if limit.is_nan() || correlation.has_nan() {
        return Some(f64::NAN);
    }
    let rows = unit_rows(correlation);
    match rows.first().map_or(0, Vec::len) {
        0 => Some(if limit > 0.0 { 0.0 } else { 1.0 }),
        1 => Some(normal_two_sided(limit.max(0.0)).p),
        2..=MOST_DIMENSIONS if limit > 0.0 => Some(beyond(&rows, limit)),
        2..=MOST_DIMENSIONS => Some(1.0),
        _ => None,
    }
}

/// `P(|Z_i| < limit for all i)`, to about 1e-14; see [`exceedance`].
#[cfg(test)]
pub(crate) fn rectangle(correlation: &SymMatrix, limit: f64) -> Option<f64> {
    exceedance(correlation, limit).map(|beyond| (1.0 - beyond).clamp(0.0, 1.0))
}

/// The mass outside the polytope: opposite facets have equal shares.
fn beyond(rows: &[Vec<f64>], limit: f64) -> f64 {
    if limit == f64::INFINITY {
        return 0.0;
    }
    let polytope = Polytope { rows, limit };
    let half: f64 = polytope.edges().iter().map(|edge| edge.mass(limit)).sum();
    (2.0 * half).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
