//! Units of time.

/// What times are counted in: days divided by a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    name: &'static str,
    days: f64,
}

impl Unit {
    /// All of them: a month is 365.25/12 days.
    pub const ALL: [Self; 4] = [
        Self { name: "days", days: 1.0 },
        Self { name: "weeks", days: 7.0 },
        Self { name: "months", days: 30.4375 },
        Self { name: "years", days: 365.25 },
    ];

    /// The unit of a name.
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name == name)
    }

    /// The same unit of so many days.
    pub(super) fn of(self, days: f64) -> Self {
        Self { days, ..self }
    }

    /// The name: days, weeks, months, years.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Days in one of it.
    pub fn days(self) -> f64 {
        self.days
    }

    /// `months of 30.4375 days`.
    pub(super) fn words(self) -> String {
        if self.days == 1.0 {
            self.name.to_owned()
        } else {
            format!("{} of {} days", self.name, self.days)
        }
    }
}
