//! Small sets of printed numbers for tests.

use super::{Finding, PrintedNumbers, check};
use crate::io::{ReadOptions, Reader};

/// The findings on tables given as text.
pub(super) fn findings(tables: &[&str]) -> Vec<Finding> {
    let mut numbers = PrintedNumbers::default();
    for table in tables {
        let bytes = table.as_bytes().to_vec();
        let reader = Reader::from_bytes("t.csv", bytes, ReadOptions::default()).unwrap();
        numbers.add(reader).unwrap();
    }
    check(&numbers)
}

/// The names of the checks that found something.
pub(super) fn checks(tables: &[&str]) -> Vec<&'static str> {
    findings(tables).iter().map(|own| own.check).collect()
}
