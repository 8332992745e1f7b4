//! How a document sets a table: levels indented below what they divide, in one column.

use super::grid::{Align, Grid};

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// By itself.
    Alone,
    /// Above the rows that divide it.
    Above,
    /// Below the row that it divides.
    Below,
}

/// A row of a document's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) depth: Depth,
    pub(super) cells: Vec<String>,
}

/// A column of a document's table.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) title: String,
    pub(super) align: Align,
    /// Whether its cells are sentences, which may be broken.
    pub(super) prose: bool,
}

/// A table as documents set it.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) columns: Vec<Column>,
    pub(super) lines: Vec<Line>,
}

/// Characters of the longest cell that stays in one line, and that a broken one needs.
pub(super) const ONE_LINE: usize = 32;

impl Layout {
    /// These columns alone.
    pub(super) fn select(&self, columns: &[usize]) -> Self {
        let line = |own: &Line| Line {
            depth: own.depth,
            cells: columns.iter().map(|&at| own.cells[at].clone()).collect(),
        };
        Self {
            columns: columns.iter().map(|&at| self.columns[at].clone()).collect(),
            lines: self.lines.iter().map(line).collect(),
        }
    }
}

impl Grid {
    /// Columns and rows as documents set them.
    pub(super) fn layout(&self) -> Layout {
        let alone = |row: &Vec<String>| Line { depth: Depth::Alone, cells: row.clone() };
        let (titles, align, lines): (_, _, Vec<Line>) = match self.nested {
            true => {
                let lines = self.rows.iter().flat_map(|row| self.lines(row));
                (self.joined_titles(), &self.align[1..], lines.collect())
            }
            false => (self.titles.clone(), &*self.align, self.rows.iter().map(alone).collect()),
        };
        let column = |(at, (title, &align)): (usize, (String, &Align))| {
            let prose = lines.iter().any(|line| line.cells[at].chars().count() > ONE_LINE);
            Column { title, align, prose }
        };
        let columns = titles.into_iter().zip(align).enumerate().map(column).collect();
        Layout { columns, lines }
    }

    /// The titles, the first two in one.
    fn joined_titles(&self) -> Vec<String> {
        let (heads, rest) = self.titles.split_at(2);
        let heads = heads.iter().filter(|title| !title.is_empty()).cloned();
        let head = heads.collect::<Vec<_>>().join(", ");
        std::iter::once(head).chain(rest.iter().cloned()).collect()
    }

    /// The row; before it what it divides, if that begins here, with what is said of all of that.
    fn lines(&self, row: &[String]) -> Vec<Line> {
        let (first, level) = (&row[0], &row[1]);
        let cells = |head: &String, keep: &dyn Fn(usize) -> bool| {
            let rest = row.iter().enumerate().skip(2);
            let rest = rest.map(|(at, cell)| if keep(at) { cell.clone() } else { String::new() });
            std::iter::once(head.clone()).chain(rest).collect()
        };
        match (first.is_empty(), level.is_empty()) {
            (false, true) => vec![Line { depth: Depth::Alone, cells: cells(first, &|_| true) }],
            (true, _) => vec![Line { depth: Depth::Below, cells: cells(level, &|_| true) }],
            (false, false) => {
                let of_block = |at: usize| self.of_block.contains(&at);
                let above = Line { depth: Depth::Above, cells: cells(first, &of_block) };
                let own = cells(level, &|at| !of_block(at));
                vec![above, Line { depth: Depth::Below, cells: own }]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: [&str; 4]) -> Vec<String> {
        cells.map(str::to_owned).to_vec()
    }

    #[test]
    fn levels_stand_below_what_they_divide() {
        let grid = Grid::new("")
            .nested(["variable", "level"])
            .numbers(["HR"])
            .of_block(["p of term"], Align::Right)
            .with_rows([
                row(["age", "", "1.01", ""]),
                row(["stage", "II", "1.40", "0.013"]),
                row(["", "III", "2.10", ""]),
            ]);
        let Layout { columns, lines } = grid.layout();
        let columns: Vec<_> = columns.iter().map(|own| (own.title.as_str(), own.align)).collect();
        let (left, right) = (Align::Left, Align::Right);
        assert_eq!(columns, [("variable, level", left), ("HR", right), ("p of term", right)]);
        let rows: Vec<(Depth, [&str; 3])> = lines
            .iter()
            .map(|line| (line.depth, [0, 1, 2].map(|at| line.cells[at].as_str())))
            .collect();
        let expected = [
            (Depth::Alone, ["age", "1.01", ""]),
            (Depth::Above, ["stage", "", "0.013"]),
            (Depth::Below, ["II", "1.40", ""]),
            (Depth::Below, ["III", "2.10", ""]),
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn other_tables_stay_as_they_are() {
        let cells = vec!["x".to_owned(), "word ".repeat(9)];
        let Layout { columns, lines } =
            Grid::new("").words(["group", "a"]).with_rows([cells.clone()]).layout();
        let columns: Vec<_> = columns.iter().map(|own| (own.title.as_str(), own.prose)).collect();
        assert_eq!(columns, [("group", false), ("a", true)]);
        assert_eq!(lines, [Line { depth: Depth::Alone, cells }]);
    }
}
