//! Which line is whose.

use super::frame::{GAP, LEADING, SIZE, words_width};
use crate::figure::{Area, Group, Pen, Point, Shape, Text, colour, pen};

/// Length of a sample of a line.
const SAMPLE: f64 = 20.0;
/// Room after a name.
const AFTER: f64 = 12.0;
/// Least distance of names at the ends of lines.
const APART: f64 = 9.0;

/// Names with samples of their lines, in rows.
pub(super) struct Legend {
    rows: Vec<Vec<(usize, String, f64)>>,
}

impl Legend {
    /// Arranges names in rows of a width.
    pub(super) fn new(names: &[&str], width: f64) -> Self {
        let mut rows: Vec<Vec<(usize, String, f64)>> = vec![Vec::new()];
        let mut x = 0.0;
        for (at, name) in names.iter().enumerate() {
            let needs = SAMPLE + GAP + words_width(name);
            if x > 0.0 && x + needs > width {
                rows.push(Vec::new());
                x = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push((at, (*name).to_owned(), x));
            }
            x += needs + AFTER;
        }
        Self { rows }
    }

    pub(super) fn height(&self) -> f64 {
        LEADING * self.rows.len() as f64 + GAP
    }

    pub(super) fn draw(&self, left: f64, top: f64, width: f64) -> Group {
        let mut group = Group::new("legend");
        for (line, row) in self.rows.iter().enumerate() {
            let baseline = top + SIZE + LEADING * line as f64;
            for (at, name, x) in row {
                let (x, y) = (left + x, baseline - SIZE * 0.36);
                group.push(Shape::line(vec![(x, y), (x + SAMPLE, y)], pen(*at, 1.2)));
                let name = Text::new((x + SAMPLE + GAP, baseline), name, SIZE);
                group.push(name.fitted(left + width - x - SAMPLE - GAP));
            }
        }
        group
    }
}

/// Names at the right of a panel, each as near to the height of its line's end as the others leave.
pub(super) fn direct(names: &[(&str, Point)], panel: &Area) -> Group {
    let mut group = Group::new("legend");
    let ends: Vec<Point> = names.iter().map(|own| own.1).collect();
    for (at, leader) in leaders(&ends, panel).into_iter().enumerate() {
        let [(x, end), (_, y)] = leader;
        if (y - end).abs() > 1.5 || panel.right - x > GAP {
            let pen = Pen::new(colour(at), 0.5).dashed(&[1.0, 1.5]);
            group.push(Shape::line(leader.to_vec(), pen).class("leader"));
        }
        let place = (panel.right + 2.0 * GAP + 1.0, y + SIZE * 0.36);
        group.push(Text::new(place, names[at].0, SIZE).colour(colour(at)));
    }
    group
}

/// From the ends of lines to their names.
pub(super) fn leaders(ends: &[Point], panel: &Area) -> Vec<[Point; 2]> {
    let heights = spread(&ends.iter().map(|own| own.1).collect::<Vec<_>>(), panel);
    let leader = |(&end, y)| [end, (panel.right + 2.0 * GAP, y)];
    ends.iter().zip(heights).map(leader).collect()
}

/// Room that names at the right take.
pub(super) fn beside(names: &[&str]) -> f64 {
    2.0 * GAP + 1.0 + names.iter().map(|own| words_width(own)).fold(0.0, f64::max)
}

/// Heights in the same order, moved apart and kept on the panel.
fn spread(wanted: &[f64], panel: &Area) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut heights = wanted.to_vec();
    let mut least = f64::NEG_INFINITY;
    for &at in &order {
        heights[at] = heights[at].max(least);
        least = heights[at] + APART;
    }
    let mut most = panel.bottom;
    for &at in order.iter().rev() {
        heights[at] = heights[at].min(most);
        most = heights[at] - APART;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANEL: Area = Area { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 };

    #[test]
    fn names_move_apart_and_stay_on_the_panel() {
        assert_eq!(spread(&[50.0, 20.0], &PANEL), [50.0, 20.0]);
        assert_eq!(spread(&[50.0, 50.0, 48.0], &PANEL), [57.0, 66.0, 48.0]);
        assert_eq!(spread(&[99.0, 100.0], &PANEL), [91.0, 100.0]);
    }

    #[test]
    fn a_legend_breaks_its_rows() {
        let legend = Legend::new(&["somatostatin analogue"; 3], 220.0);
        assert_eq!(legend.rows.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(Legend::new(&["A"], 10.0).rows.len(), 1);
    }
}
