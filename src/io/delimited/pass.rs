//! One pass over the file: blocks read by all threads, a wave at a time, put together in order.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::block::{Block, Job, Plan, Scratch, Span};
use super::lines::Mark;
use super::problems::Ragged;
use crate::error::Result;
use crate::io::options::Progress;
use crate::io::stretch::Stretch;
use crate::io::typing::Part;

/// Blocks between two looks at what was read.
const WAVE: usize = 64;

/// A pass to come.
pub(super) struct Pass<'a> {
    pub(super) job: Job<'a>,
    pub(super) block_size: u64,
    pub(super) progress: Option<&'a Progress>,
}

/// What a pass found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The wanted columns.
    pub(super) parts: Vec<Part>,
    pub(super) rows: usize,
    pub(super) marks: Vec<Mark>,
    pub(super) ragged: Ragged,
    lines: u64,
    /// Where the next record begins.
    at: u64,
}

impl Pass<'_> {
    /// Reads the columns. A column of several kinds is [`Part::Mixed`]; those that show it early
    /// are read as text at once.
    pub(super) fn run(&mut self) -> Result<Found> {
        let scratch = Mutex::new(Vec::new());
        let mut found = self.begin();
        let mut from = self.job.layout.start;
        while from < self.job.source.len() {
            let spans = self.wave(from);
            let blocks = self.read(&spans, &scratch);
            let is_first = found.marks.is_empty();
            self.accept(&mut found, &spans, blocks)?;
            let plan = if is_first { Plan::Text } else { Plan::Skip };
            if self.change_mixed(&found, plan) && is_first {
                found = self.begin();
                continue;
            }
            from = spans.last().map_or(u64::MAX, |span| span.to);
            self.tell(from);
        }
        Ok(found)
    }

    /// Reads the columns as text and hands them over, a wave of blocks at a time.
    pub(super) fn visit(&self, take: &mut dyn FnMut(Vec<Stretch>)) -> Result<Found> {
        let scratch = Mutex::new(Vec::new());
        let mut found = self.begin();
        let mut from = self.job.layout.start;
        while from < self.job.source.len() {
            let spans = self.wave(from);
            let blocks = self.read(&spans, &scratch);
            take(self.stretches(&mut found, &spans, blocks)?);
            from = spans.last().map_or(u64::MAX, |span| span.to);
            self.tell(from);
        }
        Ok(found)
    }

    fn stretches(
        &self,
        found: &mut Found,
        spans: &[Span],
        blocks: Vec<Result<Block>>,
    ) -> Result<Vec<Stretch>> {
        let mut stretches = Vec::new();
        for (span, block) in spans.iter().zip(blocks) {
            if found.at < span.to {
                let block = self.aligned(*span, found.at, block)?;
                let first = found.rows;
                found.add(&block);
                let columns = block.parts.into_iter().map(Part::into_texts).collect();
                stretches.push(Stretch { first, columns });
            }
        }
        Ok(stretches)
    }

    fn begin(&self) -> Found {
        let parts = self.job.plans.iter().map(|_| Part::default()).collect();
        Found { parts, at: self.job.layout.start, ..Found::default() }
    }

    /// Spans of the next blocks.
    fn wave(&self, from: u64) -> Vec<Span> {
        let (size, len) = (self.block_size, self.job.source.len());
        let starts = (0..WAVE as u64).map(|at| from + at * size).take_while(|&start| start < len);
        let start = |from| (from == self.job.layout.start).then_some(from);
        starts.map(|from| Span { from, to: len.min(from + size), start: start(from) }).collect()
    }

    fn read(&self, spans: &[Span], scratch: &Mutex<Vec<Scratch>>) -> Vec<Result<Block>> {
        // A single block is not worth starting threads for.
        if spans.len() < 2 {
            return spans
                .iter()
                .map(|&span| self.job.block(span, &mut Scratch::default()))
                .collect();
        }
        let free = || scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |&span| {
            let mut own = free().pop().unwrap_or_default();
            let block = self.job.block(span, &mut own);
            free().push(own);
            block
        };
        spans.par_iter().with_max_len(1).map(read).collect()
    }

    /// Puts blocks behind what was found so far.
    fn accept(&self, found: &mut Found, spans: &[Span], blocks: Vec<Result<Block>>) -> Result<()> {
        let mut stretches: Vec<Vec<Part>> = found.parts.iter().map(|_| Vec::new()).collect();
        for (span, block) in spans.iter().zip(blocks) {
            // A record that began before may go beyond the whole block.
            if found.at < span.to {
                let block = self.aligned(*span, found.at, block)?;
                found.add(&block);
                stretches.iter_mut().zip(block.parts).for_each(|(own, part)| own.push(part));
            }
        }
        append_all(&mut found.parts, stretches);
        Ok(())
    }

    /// The block as it is when its first record begins at `at`.
    fn aligned(&self, span: Span, at: u64, block: Result<Block>) -> Result<Block> {
        let mut block = block?;
        if block.start != Some(at) {
            let span = Span { start: Some(at), ..span };
            block = self.job.block(span, &mut Scratch::default())?;
        }
        match block.cut {
            Some(cut) => Err(cut.error(self.job.source)),
            None => Ok(block),
        }
    }

    /// Gives columns of several kinds another plan; says whether there were any.
    fn change_mixed(&mut self, found: &Found, plan: Plan) -> bool {
        let columns = self.job.plans.iter_mut().zip(&found.parts);
        let mixed = columns.filter(|(_, part)| matches!(part, Part::Mixed));
        mixed.map(|(own, _)| *own = plan).count() > 0
    }

    fn tell(&self, done: u64) {
        if let Some(Progress(tell)) = self.progress
            && self.job.source.is_file()
        {
            tell(done, Some(self.job.source.len()));
        }
    }
}

impl Found {
    fn add(&mut self, block: &Block) {
        let (offset, row, lines) = (self.at, self.rows, self.lines);
        self.marks.push(Mark { offset, row, lines });
        self.ragged.append(row, &block.ragged);
        self.rows += block.rows;
        self.lines += block.lines;
        self.at = block.end;
    }
}

/// Appends to each column its stretches.
fn append_all(parts: &mut [Part], stretches: Vec<Vec<Part>>) {
    let append = |(part, stretches): (&mut Part, Vec<Part>)| {
        stretches.into_iter().for_each(|stretch| part.append(stretch));
    };
    if stretches.iter().all(|stretches| stretches.len() < 2) {
        return parts.iter_mut().zip(stretches).for_each(append);
    }
    parts.par_iter_mut().zip(stretches).for_each(append);
}
