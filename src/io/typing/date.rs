//! ISO dates and true/false from text.

use jiff::civil::Date;

/// Days since 1970-01-01 of `YYYY-MM-DD`, when there is such a day.
pub(crate) fn iso_date(text: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
    let year = digits(&[y1, y2, y3, y4])?;
    let month = digits(&[m1, m2])?;
    let day = digits(&[d1, d2])?;
    Date::new(year, month as i8, day as i8).ok()?;
    Some(days_since_1970(year.into(), month.into(), day.into()))
}

/// The same of `DD.MM.YYYY`.
pub(crate) fn dotted_date(text: &[u8]) -> Option<i32> {
    let [d1, d2, b'.', m1, m2, b'.', y1, y2, y3, y4] = *text else { return None };
    iso_date(&[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2])
}

/// 1 or 0 for true or false, in small letters, capitals, or with a first capital.
pub(crate) fn boolean(text: &[u8]) -> Option<u8> {
    match text {
        b"true" | b"TRUE" | b"True" => Some(1),
        b"false" | b"FALSE" | b"False" => Some(0),
        _ => None,
    }
}

fn digits(text: &[u8]) -> Option<i16> {
    text.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + i16::from(byte - b'0'))
    })
}

/// How many days a month from 1 to 12 has.
pub(crate) fn month_days(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The Gregorian calendar in years that begin in March, so that the leap day is the last.
pub(crate) fn days_since_1970(year: i32, month: i32, day: i32) -> i32 {
    let year = year - i32::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use jiff::Unit;

    use super::*;

    #[test]
    fn every_day_is_the_next_after_the_one_before() {
        let epoch = Date::constant(1970, 1, 1);
        for year in [0, 4, 1582, 1600, 1899, 1900, 1970, 2000, 2023, 2024, 2100, 9999] {
            let mut day = Date::constant(year, 1, 1);
            while day.year() == year {
                let expected = epoch.until((Unit::Day, day)).unwrap().get_days();
                assert_eq!(iso_date(day.to_string().as_bytes()), Some(expected), "{day}");
                let dotted = day.strftime("%d.%m.%Y").to_string();
                assert_eq!(dotted_date(dotted.as_bytes()), Some(expected), "{day}");
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
        }
    }

    #[test]
    fn what_is_not_a_day() {
        for text in [
            "2023-02-29",
            "2024-02-30",
            "2024-13-01",
            "2024-00-10",
            "2024-01-00",
            "2024-1-01",
            "24-01-01",
            "2024/01/01",
            "01-01-2024",
            "2024-01-01T00",
            "2024-01-0a",
            "",
            "202a-01-01",
        ] {
            assert_eq!(iso_date(text.as_bytes()), None, "{text}");
        }
        assert_eq!(iso_date(b"2024-02-29"), Some(19_782));
    }

    #[test]
    fn spellings_of_true_and_false() {
        assert_eq!(boolean(b"True"), Some(1));
        assert_eq!(boolean(b"FALSE"), Some(0));
        for text in ["T", "F", "yes", "tRUE", "1", ""] {
            assert_eq!(boolean(text.as_bytes()), None, "{text}");
        }
    }
}
