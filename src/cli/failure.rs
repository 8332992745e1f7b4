//! What goes wrong, as a process tells it.

use std::{fmt, io};

use crate::error::Error;

/// A message for standard error, and an exit status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    status: u8,
    text: String,
}

impl Failure {
    /// 1 when the data or the analysis are at fault, 2 when the command line is.
    pub fn status(&self) -> u8 {
        self.status
    }
}

impl Failure {
    /// The report itself says what is wrong; there is nothing to add on standard error.
    pub(super) fn told() -> Self {
        Self { status: 1, text: String::new() }
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = u8::try_from(error.exit_status()).unwrap_or(1);
        Self { status, text: format!("error: {error}") }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self { status: 2, text: error.render().to_string().trim_end().to_owned() }
    }
}

/// The usual reasons in plain words, without the names of temporary files.
pub(super) fn reason(error: &io::Error, missing: &str) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => missing.to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::InvalidData => "is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}
