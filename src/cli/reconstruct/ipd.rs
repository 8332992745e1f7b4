//! Reconstructed individuals as a table that other programs read.

use std::path::Path;

use crate::cli::destination;
use crate::cli::failure::reason;
use crate::error::{Error, Result};
use crate::report::ReconstructedArm;

/// Writes `id,time,status,origin`, with `draw` and `arm` where there are several.
pub(super) fn write(path: &Path, arms: &[ReconstructedArm]) -> Result<()> {
    let name = path.to_string_lossy();
    if !name.ends_with(".pseudo.csv") {
        return Err(Error::option(format!(
            "--ipd {name}: reconstructed individuals are no patients, and the name of their file \
             says so: end it in .pseudo.csv"
        )));
    }
    let written = destination::write_file(path, |out| {
        let draws = arms.iter().map(|arm| arm.draws.len()).min().unwrap_or(0);
        let (several, many) = (draws > 1, arms.len() > 1);
        let draw = if several { ",draw" } else { "" };
        let arm = if many { ",arm" } else { "" };
        writeln!(out, "id,time,status,origin{draw}{arm}")?;
        for draw in 0..draws {
            let mut id = 0;
            for arm in arms {
                for own in &arm.draws[draw] {
                    id += 1;
                    let (time, status) = (own.time, u8::from(own.event));
                    write!(out, "PSEUDO-{id:04},{time},{status},pseudo")?;
                    if several {
                        write!(out, ",{}", draw + 1)?;
                    }
                    if many {
                        write!(out, ",{}", quoted(&arm.label))?;
                    }
                    writeln!(out)?;
                }
            }
        }
        Ok(())
    });
    written.map_err(|error| Error::file(name, reason(&error, "there is no such folder")))
}

/// A field of a CSV file.
fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
