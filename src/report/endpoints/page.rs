//! What a plan derives, for people.

use std::io;

use super::{Counted, EndpointRecord, EndpointsDocument};
use crate::report::csv::Csv;
use crate::report::grid::Grid;
use crate::report::outline::Document;
use crate::report::page::Page;
use crate::report::record::note_lines;
use crate::report::results::{Place, Results, Stat};

impl Document for EndpointsDocument {
    const COMMAND: &'static str = "derive";

    fn page(&self) -> Page {
        self.whole_page()
    }

    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        self.subjects.csv(csv, leading)
    }

    fn results(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.data.statistics(results)?;
        for own in &self.endpoints {
            let place = Place::of(&own.name);
            let counts =
                [(Stat::N, own.n), (Stat::EVENTS, own.events), (Stat::CENSORED, own.censored)];
            results.all(&place, counts.map(|(stat, rows)| (stat, rows as f64)))?;
            let blocks =
                [("type", &own.types), ("decided by", &own.sources), ("left out", &own.left_out)];
            for (block, own) in
                blocks.into_iter().flat_map(|(name, all)| all.iter().map(move |own| (name, own)))
            {
                let place = place.clone().level(format!("{block} {}", own.label));
                results.all(&place, [(Stat::COUNT, own.rows as f64)])?;
            }
        }
        Ok(())
    }
}

impl EndpointsDocument {
    fn whole_page(&self) -> Page {
        let page = Page::new("Endpoints", self.plan.clone()).line(self.data.line());
        let page = if self.flow.is_empty() { page } else { page.grid(self.flow_grid()) };
        let page = page.grid(self.summary());
        let details = self.endpoints.iter().map(EndpointRecord::grid);
        page.grids(details).end("", note_lines(&self.notes))
    }

    fn flow_grid(&self) -> Grid {
        let grid = Grid::new("Population").words([""]).numbers(["left out", "remaining"]);
        let begin = vec!["rows of the data".to_owned(), String::new(), self.data.rows.to_string()];
        let steps = self.flow.iter().map(|own| {
            vec![own.reason.clone(), own.left_out.to_string(), own.remaining.to_string()]
        });
        grid.with_rows([begin].into_iter().chain(steps))
    }

    fn summary(&self) -> Grid {
        let grid =
            Grid::new("").words(["endpoint"]).numbers(["n", "events", "censored"]).words(["unit"]);
        grid.with_rows(self.endpoints.iter().map(|own| {
            let counts = [own.n, own.events, own.censored].map(|count| count.to_string());
            [own.name.clone()].into_iter().chain(counts).chain([own.unit.to_owned()]).collect()
        }))
    }
}

impl EndpointRecord {
    /// Which dates decided, and why rows have no follow-up.
    fn grid(&self) -> Grid {
        let grid = Grid::new(self.name.clone()).nested(["", ""]).numbers(["rows"]);
        let rows = |title: &'static str, counts: &[Counted]| {
            let row = move |(at, own): (usize, &Counted)| {
                let title = if at == 0 { title } else { "" };
                vec![title.to_owned(), own.label.clone(), own.rows.to_string()]
            };
            counts.iter().enumerate().map(row).collect::<Vec<_>>()
        };
        let blocks = [
            rows("type", &self.types),
            rows("decided by", &self.sources),
            rows("left out", &self.left_out),
        ];
        grid.with_rows(blocks.into_iter().flatten())
    }
}
