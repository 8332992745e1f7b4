//! Reconstructed individuals: `riskset reconstruct`.

mod between;
mod compared;
mod impossible;
mod page;

use std::io;

use serde::{Serialize, Serializer};

use super::csv::Csv;
use super::km::{KmDocument, KmPlan};
use super::outline::Document;
use super::page::Page;
use super::plot::{PlotStyle, Plotted, Published};
use super::results::Results;
use super::subject::{DataUse, Subject};
use crate::cohort::{Cohort, Factor, Groups};
use crate::convention::Conventions;
use crate::error::Result;
use crate::figure::Figure;
use crate::reconstruct::{
    AxisCorrection, Constraint, ConstraintStatus, CurveReconstruction, DigitisedCurve, Fidelity,
    Individual, Scale,
};
use crate::table::Category;
use between::{Between, between};
use compared::{Comparison, comparison};
pub use impossible::ImpossibleDocument;

/// What every output of individuals from a curve carries.
const BANNER: &str = "RECONSTRUCTED FROM A PUBLISHED CURVE – NOT PATIENTS. Times and statuses agree \
                      with the curve and the printed numbers";
/// How it goes on.
const OTHERS: &str = "; many other data sets do as well. For meta-analysis only over draws (--draws); \
                      no covariates, no subgroups.";

/// The same where there was no curve.
const PRINTED_BANNER: &str = "BUILT FROM PRINTED NUMBERS – NOT PATIENTS. The data set agrees with the \
                              numbers listed; many others do as well. Only these numbers are \
                              supported: no covariates, no subgroups, no comparison.";

/// An arm that was reconstructed, by whichever way.
#[derive(Debug, Clone)]
pub struct ReconstructedArm {
    /// What it is called.
    pub label: String,
    /// Data sets, the best one first.
    pub draws: Vec<Vec<Individual>>,
    /// What was given, and how the first data set stands to it.
    pub constraints: Vec<Constraint>,
    /// How close the first is to the points, where there are points.
    pub fidelity: Option<Fidelity>,
    /// What was found about the axes.
    pub axis: Option<AxisCorrection>,
    /// How the vertical axis was read.
    pub scale: Option<Scale>,
    /// What a reader must know.
    pub notes: Vec<String>,
    /// What of the publication is shown beside the curve.
    shown: Published,
}

impl ReconstructedArm {
    /// From printed numbers alone.
    pub fn from_numbers(
        label: String,
        draws: Vec<Vec<Individual>>,
        constraints: Vec<Constraint>,
    ) -> Self {
        let (fidelity, axis, scale) = (None, None, None);
        let (notes, shown) = (Vec::new(), Published::default());
        Self { label, draws, constraints, fidelity, axis, scale, notes, shown }
    }

    /// From a digitised curve.
    pub fn from_curve(label: String, given: &DigitisedCurve, own: CurveReconstruction) -> Self {
        Self {
            label,
            shown: Published::new(given, own.axis()),
            constraints: own.constraints().to_vec(),
            fidelity: Some(own.fidelity()),
            axis: Some(own.axis()),
            scale: Some(own.scale()),
            notes: own.notes().to_vec(),
            draws: own.into_draws(),
        }
    }
}

/// What a report of a reconstruction shall hold.
#[derive(Debug, Clone, Default)]
pub struct ReconstructPlan {
    /// The conventions of the numbers that are computed.
    pub conventions: Conventions,
    /// Times at which survival is wanted.
    pub at: Vec<f64>,
    /// The end of the restricted mean.
    pub rmst: Option<f64>,
    /// The seed of the draws.
    pub seed: u64,
    /// Where the individuals were written.
    pub ipd: Option<String>,
    /// Whether the curves are to be drawn.
    pub figure: bool,
    /// What a single arm is called; without a name it is `overall`, and stands in the figure alone.
    pub name: Option<String>,
}

/// A reconstruction. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct ReconstructDocument {
    command: &'static str,
    schema_version: u32,
    banner: String,
    feasible: bool,
    n: usize,
    events: usize,
    ipd: Option<String>,
    constraints: Vec<ConstraintRecord>,
    /// Of one arm; those of several stand with the arms.
    fidelity: Option<Fidelity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    arms: Vec<ArmRecord>,
    #[serde(serialize_with = "groups")]
    groups: KmDocument,
    /// There when there are two arms or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison>,
    /// There when there are two data sets or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    between_draws: Option<Between>,
    notes: Vec<String>,
    /// Of every arm, what a figure shows beside its curve.
    #[serde(skip)]
    shown: Vec<Published>,
}

/// A constraint, of an arm where there are several.
#[derive(Debug, Clone, Serialize)]
struct ConstraintRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    arm: Option<String>,
    #[serde(flatten)]
    own: Constraint,
}

/// An arm.
#[derive(Debug, Clone, Serialize)]
struct ArmRecord {
    label: String,
    n: usize,
    events: usize,
    scale: Option<Scale>,
    axis: Option<AxisCorrection>,
    fidelity: Option<Fidelity>,
}

fn groups<S: Serializer>(km: &KmDocument, serializer: S) -> Result<S::Ok, S::Error> {
    km.groups().serialize(serializer)
}

impl ReconstructPlan {
    /// Computes what the individuals say; `compared` is how a printed comparison of arms stands.
    ///
    /// # Errors
    /// Those of the estimators.
    pub fn run(
        &self,
        arms: Vec<ReconstructedArm>,
        compared: Vec<Constraint>,
    ) -> Result<ReconstructDocument> {
        let first: Vec<&[Individual]> = arms.iter().map(|arm| arm.draws[0].as_slice()).collect();
        let labels: Vec<&str> = arms.iter().map(|arm| arm.label.as_str()).collect();
        let cohort = cohort(&labels, &first)?;
        let comparison = comparison(&labels, &first)?;
        let records: Vec<ArmRecord> = arms.iter().map(ArmRecord::new).collect();
        let one = arms.len() == 1;
        let shown = arms.iter().map(|arm| arm.shown.clone().named(self.name.as_deref())).collect();
        let constraints = constraints(&arms, compared);
        Ok(ReconstructDocument {
            command: "reconstruct",
            schema_version: 1,
            banner: match arms.iter().any(|arm| arm.fidelity.is_some()) {
                true => banner(&constraints),
                false => PRINTED_BANNER.to_owned(),
            },
            feasible: true,
            n: records.iter().map(|arm| arm.n).sum(),
            events: records.iter().map(|arm| arm.events).sum(),
            ipd: self.ipd.clone(),
            constraints,
            fidelity: records.first().filter(|_| one).and_then(|arm| arm.fidelity),
            between_draws: between(self, &arms)?,
            comparison,
            groups: self.km(cohort)?.named(self.name.as_deref()),
            notes: notes(&arms),
            arms: records,
            shown,
        })
    }

    fn km(&self, cohort: Cohort) -> Result<KmDocument> {
        let rows = cohort.n_rows();
        let plan = KmPlan {
            conventions: self.conventions,
            at: self.at.clone(),
            rmst: self.rmst,
            figure: self.figure,
            ..KmPlan::default()
        };
        plan.run(Subject {
            formula: "Surv(time, status) ~ arm".to_owned(),
            data: DataUse::new("reconstructed individuals", rows, rows),
            cohort,
            notes: Vec::new(),
            visit_interval: None,
            unit: None,
        })
    }
}

impl ArmRecord {
    fn new(arm: &ReconstructedArm) -> Self {
        let people = &arm.draws[0];
        Self {
            label: arm.label.clone(),
            n: people.len(),
            events: people.iter().filter(|own| own.event).count(),
            scale: arm.scale,
            axis: arm.axis,
            fidelity: arm.fidelity,
        }
    }
}

fn constraints(arms: &[ReconstructedArm], compared: Vec<Constraint>) -> Vec<ConstraintRecord> {
    let named = |arm: &ReconstructedArm| (arms.len() > 1).then(|| arm.label.clone());
    let of_arms = arms.iter().flat_map(|arm| {
        arm.constraints
            .iter()
            .map(move |own| ConstraintRecord { arm: named(arm), own: own.clone() })
    });
    of_arms.chain(compared.into_iter().map(|own| ConstraintRecord { arm: None, own })).collect()
}

/// What the rows are, and which printed numbers gave way.
fn banner(constraints: &[ConstraintRecord]) -> String {
    let relaxed = constraints.iter().filter(|own| own.own.status != ConstraintStatus::Met);
    let name = |own: &ConstraintRecord| match &own.arm {
        Some(arm) => format!("{arm}: {}", own.own.name),
        None => own.own.name.clone(),
    };
    let relaxed: Vec<String> = relaxed.map(name).collect();
    let but = match relaxed.as_slice() {
        [] => String::new(),
        names => format!(" but {} of {} ({})", names.len(), constraints.len(), names.join(", ")),
    };
    format!("{BANNER}{but}{OTHERS}")
}

fn notes(arms: &[ReconstructedArm]) -> Vec<String> {
    let of_arm = |arm: &ReconstructedArm| {
        let prefix = if arms.len() > 1 { format!("{}: ", arm.label) } else { String::new() };
        arm.notes.iter().map(move |note| format!("{prefix}{note}")).collect::<Vec<_>>()
    };
    arms.iter().flat_map(of_arm).collect()
}

/// The arms as groups of one cohort.
fn cohort(labels: &[&str], arms: &[&[Individual]]) -> Result<Cohort> {
    let people = || arms.iter().copied().flatten();
    let times: Vec<f64> = people().map(|own| own.time).collect();
    let builder = Cohort::builder(times, people().map(|own| own.event).collect());
    if arms.len() < 2 {
        return builder.build();
    }
    let code = |(arm, people): (u32, &&[Individual])| std::iter::repeat_n(arm, people.len());
    let codes = (0..).zip(arms).flat_map(code).collect();
    let levels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
    let category = Category { codes, levels: levels.into() };
    builder.groups(Groups::cross(vec![Factor { name: "arm".to_owned(), category }])).build()
}

impl Plotted for ReconstructDocument {
    fn figure(&self, style: &PlotStyle) -> Result<Figure> {
        self.groups.figure_with(&self.shown, &self.banner, style)
    }
}

impl Document for ReconstructDocument {
    const COMMAND: &'static str = "reconstruct";

    fn page(&self) -> Page {
        self.whole_page()
    }

    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        csv.header(
            leading,
            &["arm", "constraint", "given", "reached", "status"].map(str::to_owned),
        )?;
        self.constraint_rows().into_iter().try_for_each(|row| csv.record(row))
    }

    fn results(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.groups.statistics(results)
    }
}
