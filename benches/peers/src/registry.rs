//! A made-up registry: columns as raw little-endian files, and a CSV of 1 GB.

use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;

/// Bytes of the CSV file.
const CSV_BYTES: usize = 1_160_000_000;

/// xorshift64*: reproducible anywhere.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Group, time and event: exponential times, uniform administrative censoring.
    fn subject(&mut self) -> (i32, f64, i32) {
        let group = (self.uniform() * 3.0) as i32;
        let event = -(1.0 - self.uniform()).ln() * (30.0 + 3.0 * f64::from(group));
        let censor = 120.0 * self.uniform();
        // Decimals of a millionth: no engine's rule for near ties merges different ones.
        let time = (event.min(censor) * 1e6).ceil().max(1.0) / 1e6;
        (group, time, i32::from(event <= censor))
    }
}

pub(crate) fn write(folder: &Path, rows: usize) -> Result<()> {
    let mut random = Random(20_261_121);
    let open =
        |name: &str| Ok::<_, std::io::Error>(BufWriter::new(File::create(folder.join(name))?));
    let (mut times, mut months) = (open("times.f64")?, open("months.i32")?);
    let (mut event, mut group) = (open("event.i32")?, open("group.i32")?);
    for _ in 0..rows {
        let (arm, time, died) = random.subject();
        times.write_all(&time.to_le_bytes())?;
        months.write_all(&(time.ceil() as i32).to_le_bytes())?;
        event.write_all(&died.to_le_bytes())?;
        group.write_all(&arm.to_le_bytes())?;
    }
    for file in [&mut times, &mut months, &mut event, &mut group] {
        file.flush()?;
    }
    write_csv(&folder.join("registry.csv"), &mut random)
}

/// 43 bytes a row: quoted text, missing values and columns that nobody asks for.
fn write_csv(path: &Path, random: &mut Random) -> Result<()> {
    if path.metadata().is_ok_and(|file| file.len() as usize >= CSV_BYTES) {
        return Ok(());
    }
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let header = "id,months,event,arm,region,grade,size,note\n";
    file.write_all(header.as_bytes())?;
    let (mut written, mut id) = (header.len(), 10_000_000);
    while written < CSV_BYTES {
        let (arm, time, died) = random.subject();
        let region = ["North", "South", "East", "West"][(random.uniform() * 4.0) as usize];
        let size = if random.uniform() < 0.1 {
            "NA".to_owned()
        } else {
            format!("{:.1}", random.uniform() * 90.0)
        };
        let note = if random.uniform() < 0.05 { "\"referred, late\"" } else { "" };
        let arm = ["A", "B", "C"][arm as usize];
        let line = format!(
            "{id},{},{died},{arm},{region},G{},{size},{note}\n",
            time.ceil() as i32,
            1 + id % 3
        );
        file.write_all(line.as_bytes())?;
        written += line.len();
        id += 1;
    }
    file.flush()
}
