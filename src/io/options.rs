//! How a file is to be read.

use std::fmt;
use std::sync::Arc;

/// How to read a file; the default suits most.
///
/// ```
/// use riskset::io::{ReadOptions, Reader};
///
/// let options = ReadOptions::default().delimiter(b';').missing([".", "-99"]);
/// let bytes = b"time;status\n5;1\n.;0\n".to_vec();
/// let table = Reader::from_bytes("trial.csv", bytes, options)?.read_all()?;
/// assert!(table.column("time").unwrap().is_missing(1));
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReadOptions {
    pub(crate) delimiter: Option<u8>,
    pub(crate) missing: Vec<String>,
    pub(crate) progress: Option<Progress>,
    pub(crate) block_size: u64,
}

/// What is called with the bytes read so far and, if known, how many there are.
#[derive(Clone)]
pub(crate) struct Progress(pub(crate) Arc<dyn Fn(u64, Option<u64>) + Send + Sync>);

impl ReadOptions {
    /// The byte between fields. Unless given, it is the one of `,` `;` and tab that is most
    /// frequent in the header line.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// Texts that stand for a missing value, besides an empty field and `NA`.
    pub fn missing<T: Into<String>>(mut self, texts: impl IntoIterator<Item = T>) -> Self {
        self.missing = texts.into_iter().map(Into::into).collect();
        self
    }

    /// Calls `tell` with the bytes read so far, and how many there are if that is known. The
    /// bytes are those of the file as it is stored.
    pub fn progress(mut self, tell: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.progress = Some(Progress(Arc::new(tell)));
        self
    }

    /// Bytes that one thread reads at a time; for tests.
    #[doc(hidden)]
    pub fn block_size(mut self, bytes: u32) -> Self {
        self.block_size = u64::from(bytes.clamp(1, 1 << 26));
        self
    }
}

impl Default for ReadOptions {
    fn default() -> Self {
        // Block and positions together stay in the second-level cache.
        Self { delimiter: None, missing: Vec::new(), progress: None, block_size: 1 << 18 }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
