//! The kernel: scatter rows into cells, scan the cells, gather back at rows.
//!
//! - **scatter** ([`tabulate`]): each row adds to the cell of its lane (a group within a stratum)
//!   and exit time. Increments are additive, so the order of rows and the way work is cut do not
//!   matter.
//! - **scan** ([`Lane::moments`], [`pool`]): walk the occupied cells of a lane, or of all lanes of
//!   a stratum together, from the first time to the last, with the number at risk at each.
//!   Where rows matter one by one ([`Passage`]), the rows themselves are walked in either direction.
//! - **gather**: functions of time found by a scan are read back at each row's entry and exit.

mod counts;
mod gather;
mod lane;
mod passage;
mod pool;
mod resample;
mod scatter;
mod sets;

pub(crate) use counts::Counts;
pub(crate) use gather::{Clusters, Influence, robust};
pub(crate) use lane::{Lane, Moment, Place};
pub(crate) use passage::{Instant, Passage, passages};
pub(crate) use pool::{Pooled, pool};
pub(crate) use resample::{BlockMoments, Resampler};
pub(crate) use scatter::{Lanes, rows_by_lane, tabulate, tabulate_subjects};
pub(crate) use sets::RiskSets;

/// Below this many rows a thread costs more than it saves.
pub(crate) const PARALLEL_ROWS: usize = 20_000;
