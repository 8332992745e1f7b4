//! Any text is a formula, a condition, or an error that can be printed; what was understood reads
//! back as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riskset::formula::{Expr, Formula};

fuzz_target!(|text: &str| {
    match Formula::parse(text) {
        Ok(formula) => {
            let again = Formula::parse(&formula.to_string()).expect("a printed formula reads back");
            assert_eq!(formula.to_string(), again.to_string());
        }
        Err(error) => drop(error.to_string()),
    }
    if let Err(error) = Expr::parse(text) {
        drop(error.to_string());
    }
});
