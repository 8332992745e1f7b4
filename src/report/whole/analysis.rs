//! An analysis of any command, as a report needs it.

use std::fmt;
use std::io::{self, Write};

use super::methods::Methods;
use crate::note::Note;
use crate::report::outline::{Document, Outline};
use crate::report::page::Page;

/// What a report asks of an analysis.
pub trait Analysis: fmt::Debug + Send {
    /// For people, one page a stratum.
    fn pages(&self) -> Box<dyn Iterator<Item = Page> + '_>;
    /// The JSON of its command.
    fn write_json(&self, out: &mut dyn Write) -> io::Result<()>;
    /// The same as a tree.
    ///
    /// # Errors
    /// None that a document can meet.
    fn json(&self) -> io::Result<serde_json::Value>;
    /// The fewest and the most rows that a document of it is of, strata added up.
    fn used(&self) -> [usize; 2];
    /// What readers of each of its documents must know.
    fn known(&self) -> Vec<&[Note]>;
    /// Says by which methods it was made.
    fn tell(&self, methods: &mut Methods);
}

impl<D: Document + fmt::Debug + Send> Analysis for Outline<D> {
    fn pages(&self) -> Box<dyn Iterator<Item = Page> + '_> {
        Self::pages(self, String::new())
    }

    fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(out, self).map_err(io::Error::from)
    }

    fn json(&self) -> io::Result<serde_json::Value> {
        serde_json::to_value(self).map_err(io::Error::from)
    }

    fn used(&self) -> [usize; 2] {
        let of = |own: &D| own.data().map_or(0, |data| data.used);
        match self {
            Self::One(own) => [of(own); 2],
            Self::Each(parts) => {
                let used = || parts.iter().map(|own| of(&own.document));
                [used().min().unwrap_or(0), used().max().unwrap_or(0)]
            }
            Self::By(_, strata) => strata.iter().fold([0; 2], |sum, own| {
                let [fewest, most] = own.part.used();
                [sum[0] + fewest, sum[1] + most]
            }),
        }
    }

    fn known(&self) -> Vec<&[Note]> {
        self.documents().into_iter().map(Document::known).collect()
    }

    fn tell(&self, methods: &mut Methods) {
        self.documents().into_iter().for_each(|own| own.tell(methods));
    }
}
