//! What contradicts what, before any search.

use super::input::{DigitisedCurve, rate_bounds};
use super::table;
use crate::error::{Error, Result};

impl DigitisedCurve {
    /// The number of patients, once all that is given goes together.
    pub(super) fn check(&self) -> Result<u32> {
        let n = self.patients().ok_or_else(|| {
            Error::option("the number of patients is missing: give --n, or the number at risk at 0")
        })?;
        if n == 0 {
            return Err(Error::option("a curve of 0 patients has no steps"));
        }
        if let Some(events) = self.events.filter(|&events| events > n) {
            return Err(Error::analysis(format!("{events} events among {n} patients")));
        }
        table::check_against(&self.table, n, self.curve_end())?;
        self.check_times()?;
        self.check_rates()?;
        Ok(n)
    }

    fn check_times(&self) -> Result<()> {
        let (end, points) = (self.end(), self.points.end());
        if let Some(max) = self.max_time.filter(|&max| max.is_nan() || max < 0.98 * points) {
            return Err(Error::analysis(format!(
                "the longest follow-up is {max}, but the curve goes on to {points}"
            )));
        }
        if let Some(step) = self.step.filter(|&step| step.is_nan() || step <= 0.0 || step >= end) {
            return Err(Error::option(format!("a lattice of {step} is no part of the time axis")));
        }
        let outside = |&&mark: &&f64| !mark.is_finite() || mark < 0.0 || mark > 1.02 * end;
        if let Some(mark) = self.marks.iter().find(outside) {
            let message = format!("a censor mark at time {mark}, but the curve ends at {end}");
            return Err(Error::analysis(message));
        }
        Ok(())
    }

    fn check_rates(&self) -> Result<()> {
        for (time, rate) in &self.rates {
            let text = rate.text();
            let Some((low, high)) = rate_bounds(&rate.estimate) else {
                return Err(Error::option(format!("the rate {text} at time {time} is no number")));
            };
            if low > 1.0 || high < 0.0 || !time.is_finite() || *time < 0.0 {
                return Err(Error::option(format!("the rate {text} at time {time} is none")));
            }
            if *time > 1.02 * self.end() {
                let end = self.end();
                return Err(Error::analysis(format!(
                    "a rate at time {time}, but the curve ends at {end}"
                )));
            }
        }
        Ok(())
    }
}
