//! A Cox regression as records: one a coefficient, unless residuals, predictions or accuracy are asked
//! for.

use std::io;

use super::CoxDocument;
use super::records::CoefficientRecord;
use crate::cox::Status;
use crate::report::csv::Csv;
use crate::report::number::exact_or_empty as optional;

const TITLES: [&str; 12] = [
    "term",
    "level",
    "coefficient",
    "coef",
    "hr",
    "hr_lower",
    "hr_upper",
    "std_err",
    "model_std_err",
    "z",
    "p",
    "status",
];

impl CoxDocument {
    pub(super) fn records(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        if let Some(residuals) = &self.residuals {
            csv.header(leading, &residuals.titles())?;
            return residuals.cells().try_for_each(|cells| csv.record(cells));
        }
        if !self.predicted.is_empty() {
            return self.predicted.records(csv, leading);
        }
        if let Some(accuracy) = &self.accuracy {
            return accuracy.records(csv, leading);
        }
        csv.header(leading, &TITLES.map(str::to_owned))?;
        self.coefficients.iter().try_for_each(|own| csv.record(own.record()))
    }
}

impl CoefficientRecord {
    fn record(&self) -> Vec<String> {
        let names = [self.term.clone(), self.level.clone().unwrap_or_default(), self.name.clone()];
        let numbers = [
            self.coef,
            self.hr,
            self.hr_lower,
            self.hr_upper,
            self.std_err,
            self.model_std_err,
            self.z,
            self.p,
        ];
        let status = match self.status {
            Status::Estimated => "estimated",
            Status::Aliased => "aliased",
            Status::Infinite => "infinite",
            Status::Undetermined => "undetermined",
        };
        names.into_iter().chain(numbers.map(optional)).chain([status.to_owned()]).collect()
    }
}
