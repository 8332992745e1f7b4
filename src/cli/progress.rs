//! A bar on standard error for reads that take long, on a terminal only.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::io::ReadOptions;

/// Reads shorter than this are not worth a bar.
const PATIENCE: Duration = Duration::from_millis(500);
const TEMPLATE: &str = "reading {bytes}/{total_bytes} [{bar:40}] {bytes_per_sec}";

/// Options that show a bar, if anybody can see it.
pub(super) fn shown(options: ReadOptions, quiet: bool) -> ReadOptions {
    if quiet || !std::io::stderr().is_terminal() {
        return options;
    }
    let (start, bar) = (Instant::now(), OnceLock::new());
    options.progress(move |done, total| {
        if start.elapsed() >= PATIENCE {
            show(bar.get_or_init(|| new_bar(total)), done, total);
        }
    })
}

fn new_bar(total: Option<u64>) -> ProgressBar {
    let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    match ProgressStyle::with_template(TEMPLATE) {
        Ok(style) if total.is_some() => bar.with_style(style),
        _ => bar,
    }
}

fn show(bar: &ProgressBar, done: u64, total: Option<u64>) {
    bar.set_position(done);
    if total == Some(done) {
        bar.finish_and_clear();
    }
}
