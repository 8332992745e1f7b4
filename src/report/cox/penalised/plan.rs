//! What is asked of a penalised Cox regression, and doing it.

use super::{ConventionsRecord, FitRecord, PenalisedDocument, PenaltyRecord, ShrunkRecord};
use crate::cohort::Design;
use crate::convention::Conventions;
use crate::cox::{CoxPath, CrossValidated, PenalisedPath, folds_by};
use crate::error::Result;
use crate::note::Note;
use crate::report::cox::LogLikelihoods;
use crate::report::nesting::Nesting;
use crate::report::record::add_notes;
use crate::report::subject::{Regression, people};

/// Why there is no interval.
const NO_INTERVALS: &str = "no standard errors, p-values or intervals: penalised estimates are \
                            biased towards 0, and intervals around them would not cover";

/// How λ is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LambdaChoice {
    /// It is given.
    Fixed(f64),
    /// By cross-validation.
    Validated {
        /// Number of folds.
        folds: usize,
        /// Seed of the folds.
        seed: u64,
    },
}

/// What a report of a penalised Cox regression shall hold.
#[derive(Debug, Clone)]
pub struct PenaltyPlan {
    /// The conventions to follow; ties are Breslow's whatever they say, as glmnet's.
    pub conventions: Conventions,
    /// The share of the absolute penalty: 1 is the lasso, 0 ridge.
    pub alpha: f64,
    /// How λ is found.
    pub lambda: LambdaChoice,
    /// Whether every λ is shown.
    pub path: bool,
}

/// Fits, and which of them were chosen.
struct Fitted {
    path: PenalisedPath,
    validated: Option<CrossValidated>,
    /// Places in the path, by what they are.
    chosen: Vec<(&'static str, usize)>,
}

impl PenaltyPlan {
    /// Fits the model.
    ///
    /// # Errors
    /// Those of the path and of cross-validation.
    pub fn run(&self, subject: Regression) -> Result<PenalisedDocument> {
        let fitted = self.fit(&subject)?;
        let path = &fitted.path;
        let mut notes = subject.notes;
        add_notes(&mut notes, subject.cohort.notes());
        notes.extend(fitted.at_the_end());
        notes.push(Note::Remark(NO_INTERVALS.to_owned()));
        Ok(PenalisedDocument {
            command: "cox",
            schema_version: 1,
            nesting: Nesting::new(&subject.cohort, &subject.formula),
            formula: subject.formula,
            ties: "breslow",
            conventions: ConventionsRecord::new(self.conventions),
            people: people(&subject.data, &subject.cohort),
            data: subject.data,
            n: path.n_obs(),
            events: path.n_events(),
            loglik: LogLikelihoods {
                null: path.null_log_likelihood(),
                model: path.fits()[fitted.chosen[0].1].log_likelihood,
            },
            penalty: self.penalty(&fitted),
            choices: fitted.chosen.iter().map(|&(word, at)| fitted.record(at, &[word])).collect(),
            coefficients: fitted.coefficients(&subject.design),
            path: if self.path { fitted.records() } else { Vec::new() },
            notes,
        })
    }

    fn fit(&self, subject: &Regression) -> Result<Fitted> {
        let options = CoxPath::elastic_net(self.alpha);
        let (cohort, design) = (&subject.cohort, &subject.design);
        match self.lambda {
            LambdaChoice::Fixed(lambda) => {
                let path = options.lambdas([lambda]).fit(cohort, design)?;
                Ok(Fitted { path, validated: None, chosen: vec![("lambda", 0)] })
            }
            LambdaChoice::Validated { folds, seed } => {
                let subjects = cohort.cluster().unwrap_or(&subject.rows);
                let folds = folds_by(cohort, subjects, folds, seed)?;
                let own = options.cross_validate(cohort, design, &folds)?;
                let chosen = vec![("lambda_min", own.index_min()), ("lambda_1se", own.index_1se())];
                Ok(Fitted { path: own.path().clone(), validated: Some(own), chosen })
            }
        }
    }

    fn penalty(&self, fitted: &Fitted) -> PenaltyRecord {
        let validated = fitted.validated.as_ref();
        let (lambda, folds, seed) = match self.lambda {
            LambdaChoice::Fixed(lambda) => (Some(lambda), None, None),
            LambdaChoice::Validated { folds, seed } => (None, Some(folds), Some(seed)),
        };
        PenaltyRecord {
            alpha: self.alpha,
            lambda,
            lambda_min: validated.map(CrossValidated::lambda_min),
            lambda_1se: validated.map(CrossValidated::lambda_1se),
            folds,
            seed,
        }
    }
}

impl Fitted {
    fn record(&self, at: usize, choice: &[&str]) -> FitRecord {
        let validated = self.validated.as_ref().map(|own| &own.lambdas()[at]);
        FitRecord::new(&self.path.fits()[at], validated, choice)
    }

    fn records(&self) -> Vec<FitRecord> {
        let words = |at: usize| -> Vec<&str> {
            let own = self.chosen.iter().filter(|(_, place)| *place == at);
            own.map(|(word, _)| *word).collect()
        };
        (0..self.path.fits().len()).map(|at| self.record(at, &words(at))).collect()
    }

    fn coefficients(&self, design: &Design) -> Vec<ShrunkRecord> {
        let of = |choice: usize, column: usize| {
            let (_, at) = self.chosen.get(choice)?;
            Some(self.path.fits()[*at].coefficients[column])
        };
        let record = |(term, column): (&str, usize)| {
            let own = &design.columns()[column];
            let names = [term, own.name.as_str()];
            let coef = of(0, column).unwrap_or_default();
            ShrunkRecord::new(names, own.level.as_deref(), coef, of(1, column))
        };
        let columns = design.terms().iter();
        let columns = columns.flat_map(|own| own.columns.clone().map(|at| (own.name.as_str(), at)));
        columns.map(record).collect()
    }

    /// A minimum at the end of the path may not be one.
    fn at_the_end(&self) -> Option<Note> {
        let at = self.validated.as_ref()?.index_min();
        (at + 1 == self.path.fits().len()).then(|| {
            Note::Remark(
                "the smallest λ of the path has the lowest cross-validated deviance: less penalty \
                 might predict better still"
                    .to_owned(),
            )
        })
    }
}

impl ConventionsRecord {
    fn new(own: Conventions) -> Self {
        Self {
            dialect: own.dialect,
            ties: "breslow",
            lambda: "glmnet",
            standardized: true,
            time_zero: own.time_zero,
            line: format!(
                "Conventions ({}): Breslow's ties; λ on glmnet's scale; the penalty is on \
                 coefficients of columns of standard deviation 1; events before censorings; time \
                 0 {}",
                own.dialect.title(),
                own.time_zero_words()
            ),
        }
    }
}
