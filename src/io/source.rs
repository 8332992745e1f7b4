//! Bytes by position: a file that is read where needed, or a buffer.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::options::Progress;
use crate::error::{Error, Result};

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Where the bytes of a data file are. The last of them is always a newline.
#[derive(Debug)]
pub(crate) struct Source {
    name: String,
    data: Data,
    len: u64,
}

#[derive(Debug)]
enum Data {
    #[cfg(unix)]
    File {
        file: File,
        size: u64,
    },
    Memory {
        bytes: Vec<u8>,
        size: u64,
    },
}

impl Source {
    /// Opens a file, or standard input for `-`.
    pub(crate) fn open(path: &Path, progress: Option<&Progress>) -> Result<Self> {
        let name = &*path.to_string_lossy();
        let failed = |error: io::Error| Error::file(name, reason(&error));
        if name == "-" {
            let stream = Stream { inner: Box::new(io::stdin().lock()), total: None };
            return stream.load("standard input", progress);
        }
        let metadata = std::fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            return Err(Error::file(name, "is a directory, not a data file"));
        }
        let file = File::open(path).map_err(failed)?;
        if metadata.is_file() {
            return Self::regular(name, file, progress);
        }
        Stream { inner: Box::new(file), total: None }.load(name, progress)
    }

    /// Bytes at hand.
    pub(crate) fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self> {
        if !bytes.starts_with(&GZIP) {
            return Ok(Self::memory(name, bytes));
        }
        let total = Some(bytes.len() as u64);
        Stream { inner: Box::new(io::Cursor::new(bytes)), total }.load(name, None)
    }

    fn memory(name: &str, mut bytes: Vec<u8>) -> Self {
        let size = bytes.len() as u64;
        if bytes.last().is_some_and(|&last| last != b'\n') {
            bytes.push(b'\n');
        }
        let len = bytes.len() as u64;
        Self { name: name.to_owned(), len, data: Data::Memory { bytes, size } }
    }

    #[cfg(unix)]
    fn regular(name: &str, file: File, progress: Option<&Progress>) -> Result<Self> {
        let failed = |error: io::Error| Error::file(name, reason(&error));
        let size = file.metadata().map_err(failed)?.len();
        let mut first = [0; 2];
        fill(&file, &mut first, 0).map_err(failed)?;
        if first == GZIP {
            return Stream { inner: Box::new(file), total: Some(size) }.load(name, progress);
        }
        let mut last = [b'\n'];
        fill(&file, &mut last, size.saturating_sub(1)).map_err(failed)?;
        let len = size + u64::from(last != *b"\n");
        Ok(Self { name: name.to_owned(), data: Data::File { file, size }, len })
    }

    #[cfg(not(unix))]
    fn regular(name: &str, file: File, progress: Option<&Progress>) -> Result<Self> {
        let total = file.metadata().ok().map(|metadata| metadata.len());
        Stream { inner: Box::new(file), total }.load(name, progress)
    }

    /// The file as the user named it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Number of bytes.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Whether reading takes time worth telling: bytes in memory have been told of already.
    pub(crate) fn is_file(&self) -> bool {
        !matches!(self.data, Data::Memory { .. })
    }

    /// All bytes, without the newline that was added.
    #[cfg_attr(not(feature = "spreadsheets"), allow(dead_code))]
    pub(crate) fn whole(&self) -> Result<Vec<u8>> {
        let size = match &self.data {
            Data::Memory { size, .. } => *size,
            #[cfg(unix)]
            Data::File { size, .. } => *size,
        };
        let mut buffer = Vec::new();
        Ok(self.window(0..size, &mut buffer)?.to_vec())
    }

    /// The bytes of a range, cut at the end; `buffer` is where they are put if they have to be.
    pub(crate) fn window<'a>(
        &'a self,
        range: Range<u64>,
        buffer: &'a mut Vec<u8>,
    ) -> Result<&'a [u8]> {
        let (start, end) = (range.start.min(self.len), range.end.min(self.len));
        match &self.data {
            Data::Memory { bytes, .. } => Ok(&bytes[start as usize..end as usize]),
            #[cfg(unix)]
            Data::File { file, size } => {
                let len = end.saturating_sub(start) as usize;
                if buffer.len() < len {
                    buffer.resize(len, 0);
                }
                let window = &mut buffer[..len];
                read(file, *size, start, window)
                    .map_err(|error| Error::file(&self.name, reason(&error)))?;
                Ok(window)
            }
        }
    }
}

/// Fills a window of a file, and the newline that stands in for one missing at the end.
#[cfg(unix)]
fn read(file: &File, size: u64, start: u64, window: &mut [u8]) -> io::Result<()> {
    let within = window.len().min(size.saturating_sub(start) as usize);
    let (data, beyond) = window.split_at_mut(within);
    beyond.fill(b'\n');
    match fill(file, data, start)? {
        count if count == within => Ok(()),
        _ => Err(io::Error::other("the file became shorter while it was read")),
    }
}

/// Reads until the buffer is full or the file ends; returns how much was read.
#[cfg(unix)]
fn fill(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    use std::os::unix::fs::FileExt;
    let mut done = 0;
    while done < buffer.len() {
        match file.read_at(&mut buffer[done..], at + done as u64) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Bytes that come one after the other.
struct Stream<'a> {
    inner: Box<dyn Read + 'a>,
    total: Option<u64>,
}

impl Stream<'_> {
    /// Reads all of it, decompressed if it is gzip.
    fn load(self, name: &str, progress: Option<&Progress>) -> Result<Source> {
        let mut counted = Counted { inner: self.inner, done: 0, total: self.total, progress };
        match decompressed(&mut counted) {
            Ok(bytes) => Ok(Source::memory(name, bytes)),
            Err(error) => Err(Error::file(name, reason(&error))),
        }
    }
}

fn decompressed(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let (mut first, mut bytes) = (Vec::new(), Vec::new());
    stream.by_ref().take(2).read_to_end(&mut first)?;
    let is_gzip = first == GZIP;
    let mut whole = io::Cursor::new(first).chain(stream);
    if is_gzip {
        let decoded = MultiGzDecoder::new(whole).read_to_end(&mut bytes);
        decoded
            .map_err(|error| io::Error::new(error.kind(), format!("damaged gzip data: {error}")))?;
    } else {
        whole.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Tells of every so many bytes that went through.
struct Counted<'a, R> {
    inner: R,
    done: u64,
    total: Option<u64>,
    progress: Option<&'a Progress>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const TOLD: u64 = 1 << 22;
        let count = self.inner.read(buffer)?;
        let before = self.done / TOLD;
        self.done += count as u64;
        if let Some(Progress(tell)) = self.progress
            && (self.done / TOLD != before || count == 0)
        {
            tell(self.done, self.total);
        }
        Ok(count)
    }
}

/// The usual reasons in plain words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
