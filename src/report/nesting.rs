//! Strata and clusters of rows, as documents and methods tell them.

use serde::Serialize;

use super::whole::listed;
use crate::cohort::Cohort;
use crate::formula::{Formula, Role};

/// What comparisons are made within, and which rows belong together.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Nesting {
    /// The variables of the strata.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) strata: Vec<String>,
    /// What makes the clusters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cluster: Option<String>,
}

impl Nesting {
    /// That of a cohort by its formula.
    pub(super) fn new(cohort: &Cohort, formula: &str) -> Self {
        let named = || {
            let formula = Formula::parse(formula).ok()?;
            formula.with_role(Role::Cluster).next().map(|term| term.name())
        };
        Self {
            strata: cohort.strata().terms().to_vec(),
            cluster: cohort.cluster().map(|_| named().unwrap_or_else(|| "clusters".to_owned())),
        }
    }

    /// ` within strata of ecog and site`, or nothing.
    pub(super) fn strata_words(&self) -> String {
        strata_words(&self.strata)
    }

    /// `, with the rows of one id taken together`, or nothing.
    pub(super) fn cluster_words(&self) -> String {
        let words = |own| format!(", with the rows of one {own} taken together");
        self.cluster.as_ref().map_or_else(String::new, words)
    }

    /// `, and a baseline hazard of its own in every stratum of ecog`, or nothing.
    pub(super) fn baseline_words(&self) -> String {
        match self.strata.as_slice() {
            [] => String::new(),
            names => {
                format!(", and a baseline hazard of its own in every stratum of {}", listed(names))
            }
        }
    }
}

/// ` within strata of ecog and site`, or nothing.
pub(super) fn strata_words(own: &[String]) -> String {
    match own {
        [] => String::new(),
        names => format!(" within strata of {}", listed(names)),
    }
}
