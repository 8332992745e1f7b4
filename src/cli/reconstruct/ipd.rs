//! Reconstructed individuals as a table that other programs read.

use std::io::{self, Write};
use std::path::Path;

use crate::cli::destination;
use crate::cli::failure::reason;
use crate::error::{Error, Result};
use crate::report::ReconstructedArm;

/// How one arm is divided: a column of its own.
pub(super) struct Division<'a> {
    pub(super) name: &'a str,
    /// Which arm.
    pub(super) arm: usize,
    pub(super) parts: &'a [String],
    /// By draw, division and member: which part.
    pub(super) labels: &'a [Vec<Vec<usize>>],
    /// Which division.
    pub(super) at: usize,
}

impl Division<'_> {
    /// The part of a member; nothing for the rest.
    fn label(&self, draw: usize, member: usize) -> &str {
        self.parts.get(self.labels[draw][self.at][member]).map_or("", String::as_str)
    }
}

/// Writes `id,time,status,origin`, with `draw` and `arm` where there are several.
pub(super) fn write(path: &Path, arms: &[ReconstructedArm]) -> Result<()> {
    write_divided(path, &arms.iter().collect::<Vec<_>>(), &[])
}

/// The same with a column for every division of an arm.
pub(super) fn write_divided(
    path: &Path,
    arms: &[&ReconstructedArm],
    divisions: &[Division<'_>],
) -> Result<()> {
    let written = destination::write_file(path, |out| records(out, arms, divisions));
    let name = path.to_string_lossy();
    written.map_err(|error| Error::file(name, reason(&error, "there is no such folder")))
}

/// The records, under their header.
pub(super) fn records(
    out: &mut dyn Write,
    arms: &[&ReconstructedArm],
    divisions: &[Division<'_>],
) -> io::Result<()> {
    let draws = arms.iter().map(|arm| arm.draws.len()).min().unwrap_or(0);
    let (several, many) = (draws > 1, arms.len() > 1);
    let draw = if several { ",draw" } else { "" };
    let arm = if many { ",arm" } else { "" };
    write!(out, "id,time,status,origin{draw}{arm}")?;
    divisions.iter().try_for_each(|own| write!(out, ",{}", quoted(own.name)))?;
    writeln!(out)?;
    for draw in 0..draws {
        let mut id = 0;
        for (at, arm) in arms.iter().enumerate() {
            for (member, own) in arm.draws[draw].iter().enumerate() {
                id += 1;
                let (time, status) = (own.time, u8::from(own.event));
                write!(out, "PSEUDO-{id:04},{time},{status},pseudo")?;
                if several {
                    write!(out, ",{}", draw + 1)?;
                }
                if many {
                    write!(out, ",{}", quoted(&arm.label))?;
                }
                for own in divisions {
                    let label = if own.arm == at { own.label(draw, member) } else { "" };
                    write!(out, ",{}", quoted(label))?;
                }
                writeln!(out)?;
            }
        }
    }
    Ok(())
}

/// A field of a CSV file.
fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
