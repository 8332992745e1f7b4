//! Restricted means compared.

use serde::Serialize;

use super::group::GroupRecord;
use crate::curve::{Contrast, Mean};

/// The restricted mean of a group against that of the first.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RmstPair {
    pub(super) a: String,
    pub(super) b: String,
    pub(super) difference: Contrast,
    pub(super) ratio: Ratio,
}

/// A ratio; its standard error would be on the log scale, so it is not given.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Ratio {
    pub(super) estimate: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
    pub(super) p: Option<f64>,
}

/// Every group against the first.
pub(super) fn pairs(groups: &[GroupRecord], conf_level: f64) -> Vec<RmstPair> {
    let means: Vec<(&str, Mean)> =
        groups.iter().filter_map(|group| Some((group.label.as_str(), group.rmst?))).collect();
    let Some(((a, first), others)) = means.split_first() else { return Vec::new() };
    others.iter().map(|(b, mean)| pair((a, first), (b, mean), conf_level)).collect()
}

fn pair((a, first): (&str, &Mean), (b, other): (&str, &Mean), conf_level: f64) -> RmstPair {
    let own = first.compare(other, conf_level);
    let Contrast { estimate, lower, upper, p, .. } = own.ratio;
    RmstPair {
        a: a.to_owned(),
        b: b.to_owned(),
        difference: own.difference,
        ratio: Ratio { estimate, lower, upper, p },
    }
}
