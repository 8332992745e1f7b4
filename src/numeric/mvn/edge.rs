//! The normal mass in the cone over an edge and beyond the facet.

use std::f64::consts::TAU;

use super::quadrature::{Span, integrate};
use crate::numeric::tails::normal_upper;

/// A segment on the line that `heights` lead to: along the first from the
/// origin to a facet's foot, then to the foot on a face, and so on; `from` and
/// `to` are measured from the last foot.
pub(super) struct Edge {
    pub(super) heights: Vec<f64>,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Edge {
    /// The mass for facets at distance `limit`. It has a sign: a foot outside
    /// its face makes some of the cones count off others.
    pub(super) fn mass(&self, limit: f64) -> f64 {
        match self.heights[..] {
            [_] => owen_t(limit, self.to / limit) - owen_t(limit, self.from / limit),
            [_, height] => self.in_space(limit, height),
            [_, face, height] => self.in_four(limit, face / limit, height),
            _ => f64::NAN,
        }
    }

    /// `∫ Q(c) − (c/ρ) Q(ρ) dα/2π`.
    fn in_space(&self, limit: f64, height: f64) -> f64 {
        let lost = integrate(&self.span(height), |stretch| {
            let rho = limit.hypot(height * stretch);
            limit / rho * normal_upper(rho).p
        });
        normal_upper(limit).p * self.angle(height) / TAU - lost / TAU
    }

    /// `∫ T(c, a₀) − (a₀/a) T(c, a) dα/2π`, where `T(c, ∞) = Q(c)/2` and
    /// `∫ (a₀/a) dα` is the solid angle of the edge's triangle.
    fn in_four(&self, limit: f64, near: f64, height: f64) -> f64 {
        let distance = height.abs();
        let rest = integrate(&self.span(distance), |stretch| {
            let far = near.hypot(distance / limit * stretch);
            near / far * owen_t_rest(limit, far)
        });
        let whole = 0.5 * normal_upper(limit).p * self.solid_angle(near * limit, distance);
        let mass = owen_t(limit, near) * self.angle(distance) - whole + rest;
        height.signum() * mass / TAU
    }

    /// `∫ d/√(d² + h²/cos²α) dα` for a face at distance d.
    fn solid_angle(&self, face: f64, height: f64) -> f64 {
        let share = face / face.hypot(height);
        let arc = |end: f64| (share * end / end.hypot(height)).asin();
        arc(self.to) - arc(self.from)
    }

    /// The angle the edge fills, seen from the foot at this height.
    fn angle(&self, height: f64) -> f64 {
        self.to.atan2(height) - self.from.atan2(height)
    }

    fn span(&self, height: f64) -> Span {
        Span { from: self.from / height, to: self.to / height, scale: height }
    }
}

/// Owen's function, `∫ exp(−h²(1+x²)/2) / (1+x²) dx / 2π` for x from 0 to a.
fn owen_t(h: f64, a: f64) -> f64 {
    let span = Span { from: 0.0, to: a.abs(), scale: h };
    let size = integrate(&span, |stretch| (-0.5 * (h * stretch).powi(2)).exp()) / TAU;
    size.copysign(a)
}

/// `Q(h)/2 − T(h, a)` for `a ≥ 0`.
fn owen_t_rest(h: f64, a: f64) -> f64 {
    let span = Span { from: a, to: f64::INFINITY, scale: h };
    integrate(&span, |stretch| (-0.5 * (h * stretch).powi(2)).exp()) / TAU
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::check::close;

    #[test]
    fn owen_t_against_its_definition() {
        // mpmath, x = sinh(u): quad(exp(-(h*cosh(u))**2/2)/cosh(u), [0, asinh(a)])/(2*pi)
        for &[h, a, want] in OWEN {
            close(owen_t(h, a), want, 1e-13);
            close(owen_t(h, -a), -want, 1e-13);
        }
    }

    const OWEN: &[[f64; 3]] = &[
        [0.0, 1e-08, 1.5915494309189533e-09],
        [0.0, 0.01, 0.0015914963824541276],
        [0.0, 0.3, 0.04638678953887117],
        [0.0, 1.0, 0.125],
        [0.0, 2.0, 0.17620819117478337],
        [0.0, 30.0, 0.2446967987972323],
        [0.0, 1000000.0, 0.24999984084505691],
        [0.1, 1e-08, 1.5836115450163703e-09],
        [0.1, 0.01, 0.001583558497212484],
        [0.1, 0.3, 0.04614867080554815],
        [0.1, 1.0, 0.12420687168891725],
        [0.1, 2.0, 0.1746258804422779],
        [0.1, 30.0, 0.2300810296494446],
        [0.1, 1000000.0, 0.2300860813614855],
        [0.5, 1e-08, 1.4045374430962518e-09],
        [0.5, 0.01, 0.0014044847761240636],
        [0.5, 0.3, 0.040786707344250106],
        [0.5, 1.0, 0.10667106296144852],
        [0.5, 2.0, 0.1415806036539784],
        [0.5, 30.0, 0.15426876936299344],
        [0.5, 1000000.0, 0.15426876936299344],
        [1.0, 1e-08, 9.65323526300539e-10],
        [1.0, 0.01, 0.0009652752632612985],
        [1.0, 0.3, 0.027728115901104102],
        [1.0, 1.0, 0.06674188216570097],
        [1.0, 2.0, 0.0784681869930841],
        [1.0, 30.0, 0.07932762696572852],
        [1.0, 1000000.0, 0.07932762696572852],
        [2.5, 1e-08, 6.99278017046579e-11],
        [2.5, 0.01, 6.991818789157578e-05],
        [2.5, 0.3, 0.001866015767800037],
        [2.5, 1.0, 0.0030855526911589943],
        [2.5, 2.0, 0.00310483228316747],
        [2.5, 30.0, 0.0031048326628880674],
        [2.5, 1000000.0, 0.0031048326628880674],
        [5.0, 1e-08, 5.9311527352541186e-15],
        [5.0, 0.01, 5.928484803053639e-09],
        [5.0, 0.3, 1.260912567482489e-07],
        [5.0, 1.0, 1.4332574485503513e-07],
        [5.0, 2.0, 1.4332578593959696e-07],
        [5.0, 30.0, 1.4332578593959696e-07],
        [5.0, 1000000.0, 1.4332578593959696e-07],
        [8.0, 1e-08, 2.0155645472724228e-23],
        [8.0, 0.01, 2.013349621507444e-17],
        [8.0, 0.3, 3.0641483569564225e-16],
        [8.0, 1.0, 3.11048028713589e-16],
        [8.0, 2.0, 3.110480287135892e-16],
        [8.0, 30.0, 3.110480287135892e-16],
        [8.0, 1000000.0, 3.110480287135892e-16],
    ];
}
