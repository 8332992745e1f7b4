//! Where a report comes from: texts and hashes.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::cli::failure::reason;
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::report::{DataFile, PlanFile};

/// A plan as it is written.
#[derive(Debug, Clone)]
pub(super) struct PlanText {
    /// As messages call it.
    name: String,
    /// Its name without folders.
    file: String,
    text: String,
}

impl PlanText {
    pub(super) fn open(path: &str) -> Result<Self> {
        if !crate::cli::data::is_plan(path) {
            let message = format!("{path}: a plan is asked for, a file that ends in .toml");
            return Err(Error::option(message));
        }
        let failed = |error| Error::file(path, reason(&error, "no such file"));
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let file = Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self::new(path, &file, &text))
    }

    pub(super) fn new(name: &str, file: &str, text: &str) -> Self {
        // Line ends are not the plan's.
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        Self { name: name.to_owned(), file: file.to_owned(), text }
    }

    /// What it says, as though it stood at this place.
    pub(super) fn plan(&self, path: &str) -> Result<Plan> {
        Ok(Plan::parse(&self.name, &self.text)?.at(path))
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    pub(super) fn record(&self) -> PlanFile {
        let (file, text) = (self.file.clone(), self.text.clone());
        PlanFile { file, sha256: hex(&Sha256::digest(&text)), text }
    }
}

/// The record of a data file, by the name that its plan has for it.
pub(super) fn data_file(name: &str, path: &Path) -> Result<DataFile> {
    if name == "-" {
        return Err(Error::analysis(
            "data = \"-\": a report names its data, so that it can be made again; write them to a file",
        ));
    }
    let shown = path.to_string_lossy();
    let (sha256, bytes) =
        hash(path).map_err(|error| Error::file(&*shown, reason(&error, "no such file")))?;
    Ok(DataFile { file: name.to_owned(), bytes, sha256, cutoff: None })
}

/// The SHA-256 of a file, and how long it is.
fn hash(path: &Path) -> io::Result<(String, u64)> {
    let mut file = BufReader::new(File::open(path)?);
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block)? {
            0 => return Ok((hex(&hash.finalize()), bytes)),
            n => {
                hash.update(&block[..n]);
                bytes += n as u64;
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard's own example (FIPS 180-2, B.1).
    #[test]
    fn a_hash_is_that_of_the_standard() {
        let own = PlanText::new("plan.toml", "plan.toml", "abc").record();
        assert_eq!(own.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
