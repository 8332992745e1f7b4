//! Reports: what a command found, as text, JSON, CSV, Markdown, HTML or a Word document.
//!
//! A document is a serialisable record whose JSON names are a contract; the same record makes the
//! tables of text and documents, which are rounded, and CSV, which is not. An [`Outline`] is one
//! document or, after `--by` and `--each`, several.
//!
//! # Several documents in JSON
//! `--by centre`: `{"command": "km", "by": ["centre"], "strata": [{"levels": {"centre": "1"}, …}]}`
//! with the keys of the document in every stratum. `--each "sex + age"`:
//! `{"command": "km", "each": [{"term": "sex", …}]}`. Both: every stratum holds `"each"`.

mod check;
mod codebook;
mod conventions;
mod cox;
mod csv;
mod docx;
mod endpoints;
mod format;
mod frame;
mod grid;
mod html;
mod identify;
mod km;
mod layout;
mod log_rank;
mod markup;
mod nesting;
mod number;
mod outline;
mod page;
mod plot;
mod ratio;
mod reconstruct;
mod record;
mod reproduce;
mod response;
mod results;
mod subject;
mod table1;
mod whole;

pub use check::CheckDocument;
pub use codebook::{CodebookDocument, PlanText};
pub use conventions::ConventionsTable;
pub use cox::{
    AdjustedTargets, CoxDocument, CoxFigure, CoxPlan, LambdaChoice, PenalisedDocument, PenaltyPlan,
    PooledDocument, ResidualType, Screened, Targets,
};
pub use endpoints::EndpointsDocument;
pub use format::{Format, Render, Style};
pub use frame::Frame;
pub use identify::{IdentifyDocument, IdentifyPlan};
pub use km::{KmDocument, KmPlan};
pub use log_rank::{LogRankDocument, LogRankPlan, Weighting};
pub use outline::{Document, Illustrated, Outline, Stratum, TermPart};
pub use plot::{Heights, Labels, PlotStyle, PlotWidth, Plotted, RiskTable};
pub use reconstruct::{ImpossibleDocument, ReconstructDocument, ReconstructPlan, ReconstructedArm};
pub use reproduce::{CheckRecord, ReproduceDocument, ReproduceParts};
pub use response::{ResponseDocument, ResponsePlan};
pub use results::Results;
pub use subject::{DataUse, Regression, Subject};
pub use table1::{Center, Spread, Table1Document, Table1Plan, Tested};
pub use whole::{
    Analysis, DataFile, PlanFile, ReportDocument, ReportPart, ReportParts, StoredReport, Verdict,
    VerifyDocument,
};
