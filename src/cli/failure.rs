//! What goes wrong, as a process tells it.

use std::fmt;

use crate::error::Error;

/// A message for standard error, and an exit status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    status: u8,
    message: String,
}

impl Failure {
    /// 1 when the data or the analysis are at fault, 2 when the command line is.
    pub fn status(&self) -> u8 {
        self.status
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = u8::try_from(error.exit_status()).unwrap_or(1);
        Self { status, message: error.to_string() }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        let message = text.strip_prefix("error: ").unwrap_or(&text).trim_end().to_owned();
        Self { status: 2, message }
    }
}
