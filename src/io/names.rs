//! The names in a header.

use crate::error::{DataError, Problem, Result};

/// Names that are empty (as those of row names are) cannot be asked for, so they may repeat.
/// `place` is where the header stands.
pub(crate) fn check_unique(names: &[String], source: &str, place: &Problem) -> Result<()> {
    let mut error = DataError::new("the header names a column more than once");
    error.source = Some(source.to_owned());
    for (at, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let count = names.iter().filter(|other| *other == name).count();
        if count > 1 && !names[..at].contains(name) {
            error.push(0, name, format_args!("{count} times"));
        }
    }
    for problem in &mut error.problems {
        (problem.row, problem.line) = (place.row, place.line);
    }
    error.help("give every column its own name").check()
}
