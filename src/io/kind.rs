//! What kind of file it is, by its first bytes.

use super::source::Source;
use crate::error::Result;

/// Kinds of files that hold tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What is none of the others.
    Text,
    /// A zip archive or an old container, as workbooks are.
    Workbook,
    Parquet,
    Spss,
    Sas,
    SasTransport,
    Stata,
    /// R's own format.
    R,
}

const BEGINNINGS: [(&[u8], Kind); 10] = [
    (b"PK\x03\x04", Kind::Workbook),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Workbook),
    (b"PAR1", Kind::Parquet),
    (b"$FL2@(#)", Kind::Spss),
    (b"$FL3@(#)", Kind::Spss),
    (b"HEADER RECORD*******LIB", Kind::SasTransport),
    (b"<stata_dta>", Kind::Stata),
    (b"RDX2\n", Kind::R),
    (b"RDX3\n", Kind::R),
    (b"X\n\x00\x00\x00", Kind::R),
];

/// What stands in a SAS data set from its 13th byte on.
const SAS: &[u8] = b"\xc2\xea\x81\x60";

impl Kind {
    /// What a file is.
    pub(super) fn of(source: &Source) -> Result<Self> {
        let mut buffer = Vec::new();
        let first = source.window(0..32, &mut buffer)?;
        let found = BEGINNINGS.iter().find(|(bytes, _)| first.starts_with(bytes));
        let other = || match first {
            _ if first.get(12..16) == Some(SAS) => Self::Sas,
            // Stata before 13: the release, the order of bytes, 1, and 0.
            [105..=115, 1 | 2, 1, 0, ..] => Self::Stata,
            _ => Self::Text,
        };
        Ok(found.map_or_else(other, |&(_, kind)| kind))
    }

    /// Why it is not read, and what to do.
    pub(super) fn refusal(self) -> String {
        let from_r = |kind: &str, read: &str| {
            format!(
                "is {kind} file, which is not read; make it CSV in R: \
                 write.csv({read}, \"data.csv\", row.names = FALSE, na = \"\")"
            )
        };
        let with_labels = |read: &str| format!("haven::as_factor(haven::{read}(\"FILE\"))");
        match self {
            Self::Text => "is a text file".to_owned(),
            Self::Workbook => "is a workbook; this build reads none (feature spreadsheets): save \
                               it as CSV"
                .to_owned(),
            Self::Parquet => "is a Parquet file; this build reads none (cargo install riskset \
                              --features parquet does): save it as CSV"
                .to_owned(),
            Self::Spss => from_r("an SPSS", &with_labels("read_sav")),
            Self::Stata => format!(
                "is a Stata file; this build reads none (cargo install riskset --features stata \
                 does): save it as CSV, in Stata: export delimited using data.csv, datafmt"
            ),
            Self::Sas => from_r("a SAS", "haven::read_sas(\"FILE\")"),
            Self::SasTransport => from_r("a SAS transport", "haven::read_xpt(\"FILE\")"),
            Self::R => from_r("an R", "readRDS(\"FILE\")"),
        }
    }
}
