//! Formats of dates that the user gave, in the words of `strftime`.

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;

use super::shape::{self, Time};
use crate::error::{Error, Result};

/// A format that says day, month and year.
#[derive(Debug, Clone)]
pub(crate) struct DateFormat {
    text: String,
    /// How many characters it makes, when all of them are digits.
    digits: Option<usize>,
}

/// A date by some format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fit {
    pub(super) day: i32,
    pub(super) time: Time,
}

impl DateFormat {
    /// A format, if dates can be read by it.
    ///
    /// # Errors
    /// It has an unknown letter, or does not say day, month and year.
    pub(crate) fn new(text: &str) -> Result<Self> {
        let text = text.trim();
        let failed = |reason: &str| {
            Error::option(format!(
                "date format {text:?}: {reason}; write %d for the day, %m or %b for the month, %Y \
                 or %y for the year, as in %d.%m.%Y"
            ))
        };
        let sample = Date::constant(2019, 11, 22);
        let written = BrokenDownTime::from(DateTime::from(sample)).to_string(text);
        let written = written.map_err(|_| failed("is none"))?;
        let back = BrokenDownTime::parse(text, &written).and_then(|parsed| parsed.to_date());
        if back.ok() != Some(sample) {
            return Err(failed("does not say day, month and year"));
        }
        let digits = written.bytes().all(|byte| byte.is_ascii_digit()).then_some(written.len());
        Ok(Self { text: text.to_owned(), digits })
    }

    /// The format as it was given.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether years have two digits.
    pub(super) fn has_short_year(&self) -> bool {
        ["%y", "%D", "%g"].iter().any(|own| self.text.contains(own))
    }

    /// The day that a text is; a time behind it needs no format of its own.
    pub(super) fn day(&self, text: &str) -> Option<Fit> {
        self.whole(text).or_else(|| {
            let (date, time) = shape::split_time(text)?;
            let fit = self.whole(date).filter(|_| date.len() < text.len())?;
            Some(Fit { time, ..fit })
        })
    }

    /// The day that a whole number is, which has lost its first zero.
    pub(super) fn day_of_number(&self, value: i32) -> Option<i32> {
        let len = self.digits?;
        let text = value.to_string();
        let text = if text.len() + 1 == len { format!("0{text}") } else { text };
        // Counts are not taken for years before anybody was followed.
        let (first, last) = (shape::day([1850, 1, 1])?, shape::day([2150, 1, 1])?);
        self.day(&text).map(|fit| fit.day).filter(|day| (first..last).contains(day))
    }

    fn whole(&self, text: &str) -> Option<Fit> {
        let parsed = BrokenDownTime::parse(&self.text, text).ok()?;
        let date = parsed.to_date().ok()?;
        // Four digits, or two by their own rule: 03.04.51 is no day of the year 51.
        if date.year() < 1000 {
            return None;
        }
        let parts = [date.year().into(), date.month().into(), date.day().into()];
        let clock = [parsed.hour(), parsed.minute(), parsed.second()];
        let later = clock.into_iter().flatten().any(|part| part > 0);
        let time = Time { later, zoned: parsed.offset().is_some() };
        Some(Fit { day: shape::day(parts)?, time })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_say_day_month_and_year() {
        for text in ["%d.%m.%Y", "%m/%d/%y", "%d%b%Y", "%d %B %Y", "%Y%m%d", "%d.%m.%Y %H:%M", "%F"]
        {
            DateFormat::new(text).unwrap();
        }
        for text in ["", "x", "%m/%Y", "%d.%m", "%Q", "%d.%m.%", "dd.mm.yyyy", "%H:%M"] {
            let error = DateFormat::new(text).unwrap_err();
            assert_eq!(error.exit_status(), 2, "{text}");
        }
    }

    #[test]
    fn days_by_a_format() {
        let day = |format: &str, text: &str| {
            DateFormat::new(format).unwrap().day(text).map(|fit| (fit.day, fit.time.later))
        };
        assert_eq!(day("%d.%m.%Y", "2.1.1970"), Some((1, false)));
        assert_eq!(day("%d.%m.%Y", "02.01.1970 14:30"), Some((1, true)));
        assert_eq!(day("%d.%m.%Y %H:%M", "02.01.1970 14:30"), Some((1, true)));
        assert_eq!(day("%d.%m.%y", "02.01.70"), Some((1, false)));
        assert_eq!(day("%d%b%Y", "02JAN1970"), Some((1, false)));
        assert_eq!(day("%d.%m.%Y", "31.04.2019"), None);
        assert_eq!(day("%d.%m.%Y", "03.04.51"), None);
        assert_eq!(day("%d.%m.%Y", "03.04.0051"), None);
        assert_eq!(day("%d.%m.%Y", "02.01.1970 x"), None);
    }

    #[test]
    fn numbers_as_days() {
        let format = DateFormat::new("%d%m%Y").unwrap();
        assert_eq!(format.day_of_number(2_011_970), Some(1));
        assert_eq!(format.day_of_number(12_011_970), Some(11));
        assert_eq!(format.day_of_number(306), None);
        assert_eq!(DateFormat::new("%d.%m.%Y").unwrap().day_of_number(2_011_970), None);
    }
}
