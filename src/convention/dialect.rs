//! Packages by name.

use serde::Serialize;

/// A package whose defaults can be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// This engine's own defaults.
    #[default]
    Riskset,
    /// R's package survival.
    R,
    /// SAS: PROC LIFETEST.
    Sas,
    /// SPSS: KM.
    Spss,
    /// Stata: sts and stci.
    Stata,
}

impl Dialect {
    /// All of them, in the order of output.
    pub const ALL: [Self; 5] = [Self::Riskset, Self::R, Self::Sas, Self::Spss, Self::Stata];

    /// The name used on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Riskset => "riskset",
            Self::R => "r",
            Self::Sas => "sas",
            Self::Spss => "spss",
            Self::Stata => "stata",
        }
    }

    /// The name as its makers write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Riskset => "riskset",
            Self::R => "R",
            Self::Sas => "SAS",
            Self::Spss => "SPSS",
            Self::Stata => "Stata",
        }
    }
}
