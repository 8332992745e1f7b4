use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

#[track_caller]
fn close(got: f64, want: f64) {
    assert!((got - want).abs() <= 1e-12 * want.abs(), "got {got}, want {want}");
}

/// Every table with the margins of one, and their probabilities as products of factorials.
fn plain(table: &[Vec<u64>]) -> f64 {
    let rows: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<u64> =
        (0..table[0].len()).map(|at| table.iter().map(|row| row[at]).sum()).collect();
    let factorial = |n: u64| (1..=n).map(|n| n as f64).product::<f64>();
    let weight = |cells: &[u64]| 1.0 / cells.iter().map(|&n| factorial(n)).product::<f64>();
    let observed = weight(&table.concat());
    let (mut all, mut unlikely) = (0.0, 0.0);
    fill(&rows, &columns, &mut Vec::new(), &mut |cells| {
        let own = weight(cells);
        all += own;
        unlikely += if own <= observed * (1.0 + TOLERANCE) { own } else { 0.0 };
    });
    unlikely / all
}

/// Calls `found` for every table with these margins, row by row.
fn fill(rows: &[u64], columns: &[u64], cells: &mut Vec<u64>, found: &mut impl FnMut(&[u64])) {
    let (row, column) = (cells.len() / columns.len(), cells.len() % columns.len());
    if row == rows.len() {
        return found(cells);
    }
    let above: u64 = (0..row).map(|at| cells[at * columns.len() + column]).sum();
    let before: u64 = cells[row * columns.len()..].iter().sum();
    for count in 0..=(columns[column] - above).min(rows[row] - before) {
        let last_column = column + 1 == columns.len() && before + count != rows[row];
        let last_row = row + 1 == rows.len() && above + count != columns[column];
        if !(last_column || last_row) {
            cells.push(count);
            fill(rows, columns, cells, found);
            cells.pop();
        }
    }
}

/// Fisher's tea, and a table whose 3 equally likely extremes are counted by hand: of the 90 ways to
/// put 2 + 2 + 2 into the rows, 6 are diagonal.
#[test]
fn by_hand() {
    close(exact_p(&[vec![3, 1], vec![1, 3]]).unwrap(), 34.0 / 70.0);
    close(exact_p(&[vec![4, 0], vec![0, 4]]).unwrap(), 2.0 / 70.0);
    let diagonal = [vec![2, 0, 0], vec![0, 2, 0], vec![0, 0, 2]];
    close(exact_p(&diagonal).unwrap(), 6.0 / 90.0);
    close(exact_p(&[vec![2, 3], vec![2, 3]]).unwrap(), 1.0);
}

/// R: `fisher.test(Job)` of its own example, satisfaction by income.
#[test]
fn a_table_of_r() {
    let job = [vec![1, 2, 1, 0], vec![3, 3, 6, 1], vec![10, 10, 14, 9], vec![6, 7, 12, 11]];
    let p = exact_p(&job).unwrap();
    assert!((p / 0.782_684_938_965_638_8 - 1.0).abs() < 1e-11, "{p}");
}

#[test]
fn large_tables_are_refused_and_long_ones_are_not() {
    let large: Vec<Vec<u64>> = (0..9).map(|i| (0..9).map(|j| 20 + (i * j) % 7).collect()).collect();
    assert_eq!(exact_p(&large), None);
    let long = [vec![90_000, 3], vec![80_000, 9]];
    assert!(exact_p(&long).unwrap() < 0.1);
}

proptest! {
    #[test]
    fn the_network_counts_every_table(cells in vec(0..5u64, 12), columns in 2..5usize) {
        let rows = 12 / columns.max(3);
        let table: Vec<Vec<u64>> = cells.chunks(columns).take(rows).map(<[u64]>::to_vec).collect();
        let total = |at: usize| table.iter().map(|row| row[at]).sum::<u64>();
        prop_assume!(table.iter().all(|row| row.iter().sum::<u64>() > 0));
        prop_assume!((0..columns).all(|at| total(at) > 0));
        let (got, want) = (exact_p(&table).unwrap(), plain(&table));
        prop_assert!((got - want).abs() <= 1e-11 * want, "{got} {want} {table:?}");
    }
}
