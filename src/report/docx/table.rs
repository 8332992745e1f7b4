//! Tables as journals set them: rules above and below the head, and at the end.

use std::io::{self, Write};

use super::run;
use crate::report::grid::{Align, width};
use crate::report::layout::{Column, Depth, Layout, Line, ONE_LINE};
use crate::report::markup::escaped;

/// Room for a character, in twentieths of a point; figures take 100 and most words less.
const CHARACTER: u32 = 105;
/// The same for bold words.
const BOLD: u32 = 125;
/// Room beside the text of a cell, both sides together, as styles.xml has it.
const PADDING: u32 = 220;
/// Columns that a table may have.
const MOST_COLUMNS: usize = 63;
/// Rows of a table that is kept on one page.
const KEPT: usize = 24;

const HEAVY: &str = "w:val=\"single\" w:sz=\"12\" w:space=\"0\" w:color=\"auto\"";
const LIGHT: &str = "w:val=\"single\" w:sz=\"6\" w:space=\"0\" w:color=\"auto\"";

/// What a column wants.
#[derive(Debug, Clone, Copy)]
struct Room {
    /// With broken lines.
    least: u32,
    /// With every cell in one line.
    most: u32,
}

/// Writes a table no wider than `room`.
pub(super) fn write(
    caption: &str,
    layout: &Layout,
    room: u32,
    out: &mut dyn Write,
) -> io::Result<()> {
    let widths = widths(layout, room);
    let whole: u32 = widths.iter().sum();
    let name = match caption {
        "" => String::new(),
        text => format!("<w:tblCaption w:val=\"{}\"/>", escaped(text)),
    };
    write!(
        out,
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"Journal\"/><w:tblW w:w=\"{whole}\" w:type=\"dxa\"/>\
         <w:tblBorders><w:top {HEAVY}/><w:bottom {HEAVY}/></w:tblBorders>\
         <w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" \
         w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/>{name}</w:tblPr><w:tblGrid>"
    )?;
    widths.iter().try_for_each(|width| write!(out, "<w:gridCol w:w=\"{width}\"/>"))?;
    write!(out, "</w:tblGrid>{}", head(layout, &widths))?;
    let rows = layout.lines.len();
    layout.lines.iter().enumerate().try_for_each(|(at, line)| {
        let keep = at + 1 < rows && (rows <= KEPT || line.depth == Depth::Above);
        write!(out, "{}", row(line, &layout.columns, (&widths, keep)))
    })?;
    write!(out, "</w:tbl>")
}

/// The titles, repeated on every page.
fn head(layout: &Layout, widths: &[u32]) -> String {
    let cell = |(column, width): (&Column, &u32)| {
        format!(
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/><w:tcBorders><w:top {HEAVY}/>\
             <w:bottom {LIGHT}/></w:tcBorders><w:vAlign w:val=\"bottom\"/></w:tcPr><w:p><w:pPr>\
             <w:pStyle w:val=\"TableHead\"/>{}</w:pPr>{}</w:p></w:tc>",
            justified(column.align),
            run(&column.title)
        )
    };
    let cells: String = layout.columns.iter().zip(widths).map(cell).collect();
    format!("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>")
}

fn row(line: &Line, columns: &[Column], (widths, keep): (&[u32], bool)) -> String {
    let keep = if keep { "<w:keepNext/>" } else { "" };
    let cells = line.cells.iter().zip(columns).zip(widths).enumerate();
    let cells = cells.map(|(at, ((text, column), width))| {
        let indent = match (at, line.depth) {
            (0, Depth::Below) => "<w:ind w:left=\"240\"/>",
            _ => "",
        };
        format!(
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr><w:p><w:pPr>\
             <w:pStyle w:val=\"TableText\"/>{keep}{indent}{}</w:pPr>{}</w:p></w:tc>",
            justified(column.align),
            run(text)
        )
    });
    format!("<w:tr><w:trPr><w:cantSplit/></w:trPr>{}</w:tr>", cells.collect::<String>())
}

fn justified(align: Align) -> &'static str {
    match align {
        Align::Left => "",
        Align::Right => "<w:jc w:val=\"right\"/>",
    }
}

/// Whether the table has room.
pub(super) fn fits(layout: &Layout, room: u32) -> bool {
    rooms(layout).iter().map(|own| own.least).sum::<u32>() <= generous(room)
}

/// A tenth too much is made up by narrow letters or, at worst, by broken lines.
fn generous(room: u32) -> u32 {
    room + room / 10
}

/// The table or, where it is too wide, tables that are not, each with the first column.
pub(super) fn parts(layout: &Layout, room: u32) -> Vec<Layout> {
    let rooms = rooms(layout);
    let width = |part: &[usize]| part.iter().map(|&at| rooms[at].least).sum::<u32>();
    let mut parts = Vec::new();
    let mut part: Vec<usize> = (0..rooms.len().min(1)).collect();
    for at in 1..rooms.len() {
        let more = [&part[..], &[at]].concat();
        let full = more.len() > MOST_COLUMNS || width(&more) > generous(room);
        if full && part.len() > 1 {
            parts.push(layout.select(&part));
            part = vec![0, at];
        } else {
            part = more;
        }
    }
    parts.push(layout.select(&part));
    parts
}

/// Every cell in one line if there is room, else what is left goes to those who want more.
fn widths(layout: &Layout, room: u32) -> Vec<u32> {
    let rooms = rooms(layout);
    let sum = |of: fn(&Room) -> u32| rooms.iter().map(of).sum::<u32>().max(1);
    let (least, most) = (sum(|own| own.least), sum(|own| own.most));
    let width = |own: &Room| match room {
        room if most <= room => own.most,
        room if least <= room => {
            own.least + share(own.most - own.least, room - least, most - least)
        }
        room => share(own.least, room, least),
    };
    rooms.iter().map(width).collect()
}

/// `of` × `part` / `whole`.
fn share(of: u32, part: u32, whole: u32) -> u32 {
    (f64::from(of) * f64::from(part) / f64::from(whole)) as u32
}

fn rooms(layout: &Layout) -> Vec<Room> {
    let column = |(at, column): (usize, &Column)| {
        let indent = |line: &Line| if at == 0 && line.depth == Depth::Below { 3 } else { 0 };
        let cells = layout.lines.iter().map(|line| width(&line.cells[at]) + indent(line));
        let cells = cells.max().unwrap_or(0);
        let word = column.title.split(' ').map(width).max().unwrap_or(0);
        let unbroken = if column.prose { cells.min(ONE_LINE) } else { cells };
        Room { least: twips(unbroken, word), most: twips(cells, width(&column.title)) }
    };
    layout.columns.iter().enumerate().map(column).collect()
}

/// Room for so many characters in a cell and in the title.
fn twips(cell: usize, title: usize) -> u32 {
    let [cell, title] = [cell, title].map(|characters| characters.min(1000) as u32);
    (cell * CHARACTER).max(title * BOLD) + PADDING
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::grid::Grid;

    fn layout(cells: &[usize]) -> Layout {
        let titles = cells.iter().map(|_| "title");
        let row = cells.iter().map(|&length| "x".repeat(length)).collect();
        Grid::new("").words(titles).with_rows([row]).layout()
    }

    #[test]
    fn cells_stay_in_one_line_where_there_is_room() {
        let own = layout(&[10, 20]);
        assert_eq!(widths(&own, 9638), [10, 20].map(|own| own * CHARACTER + PADDING));
        assert!(fits(&own, 9638) && !fits(&own, 3000));
    }

    #[test]
    fn sentences_take_what_is_left() {
        let own = widths(&layout(&[10, 400]), 9638);
        assert_eq!(own[0], 10 * CHARACTER + PADDING);
        assert!((9630..=9638).contains(&own.iter().sum::<u32>()), "{own:?}");
    }

    #[test]
    fn no_table_is_wider_than_the_sheet() {
        for cells in [vec![30; 40], vec![500; 9], vec![0; 300], vec![3]] {
            let own = layout(&cells);
            assert!(widths(&own, 14570).iter().sum::<u32>() <= 14570, "{cells:?}");
            let parts = parts(&own, 14570);
            for part in &parts {
                assert!(part.columns.len() <= MOST_COLUMNS && fits(part, 14570));
            }
            let columns: usize = parts.iter().map(|part| part.columns.len() - 1).sum();
            assert_eq!(columns, cells.len() - 1, "the first comes in every part");
        }
    }
}
