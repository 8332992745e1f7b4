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
        let by_r = |read: &str| {
            format!(
                "make it CSV in R: write.csv({read}, \"data.csv\", row.names = FALSE, na = \"\")"
            )
        };
        let labelled = |read: &str| by_r(&format!("haven::as_factor(haven::{read}(\"FILE\"))"));
        let built = |kind: &str, feature: &str| {
            format!(
                "is {kind}; this build does not read it (cargo install riskset --features \
                 {feature} makes one that does)"
            )
        };
        match self {
            Self::Text => "is a text file".to_owned(),
            Self::Workbook => built("a workbook", "spreadsheets") + ": save it as CSV",
            Self::Parquet => {
                built("a Parquet file", "parquet") + "; " + &by_r("arrow::read_parquet(\"FILE\")")
            }
            Self::Spss => built("an SPSS file", "spss") + "; " + &labelled("read_sav"),
            Self::Stata => built("a Stata file", "stata") + "; " + &labelled("read_dta"),
            Self::Sas => {
                "is a SAS file, which is not read; ".to_owned() + &by_r("haven::read_sas(\"FILE\")")
            }
            Self::SasTransport => {
                "is a SAS transport file, which is not read; ".to_owned()
                    + &by_r("haven::read_xpt(\"FILE\")")
            }
            Self::R => "is an R file, which is not read; ".to_owned() + &by_r("readRDS(\"FILE\")"),
        }
    }
}
