//! Any bytes are a table or an error; any table that binds can be analysed, and no number that
//! comes out is NaN.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riskset::compare::LogRank;
use riskset::curve::{ConfType, KaplanMeier};
use riskset::formula::{Binder, Formula};
use riskset::io::{ReadOptions, Reader};

const FORMULAS: [&str; 5] = [
    "Surv(t, s) ~ g",
    "Surv(t, s == 1) ~ 1",
    "Surv(t / 30.4375, s) ~ g + strata(h)",
    "Surv(e, t, s) ~ g",
    "Surv(t, s > 0) ~ cut(h, c(0, 1, 5))",
];

fuzz_target!(|input: (u8, Vec<u8>)| {
    let (choice, bytes) = input;
    let formula = Formula::parse(FORMULAS[usize::from(choice) % FORMULAS.len()]).unwrap();
    let options = ReadOptions::default().block_size(16 + u32::from(choice));
    let Ok(reader) = Reader::from_bytes("fuzz", bytes, options) else { return };
    let columns = formula.columns();
    if columns.iter().any(|name| !reader.header().contains(name)) {
        return;
    }
    let Ok(table) = reader.read(&columns) else { return };
    let Ok(bound) = Binder::new(&formula).bind(&table) else { return };
    for conf_type in [ConfType::LogLog, ConfType::Arcsin] {
        let Ok(fit) = KaplanMeier::default().conf_type(conf_type).fit(&bound.cohort) else { return };
        for curve in fit.curves() {
            for row in curve.rows() {
                let limits = [row.lower, row.upper, row.std_err].map(|limit| limit.unwrap_or(0.0));
                assert!((0.0..=1.0).contains(&row.survival), "{row:?}");
                assert!(limits.iter().all(|limit| limit.is_finite()), "{row:?}");
                assert!(row.cumulative_hazard.is_finite(), "{row:?}");
            }
            curve.quantile(0.5).unwrap();
            curve.follow_up();
        }
    }
    if let Ok(test) = LogRank::default().fit(&bound.cohort) {
        assert!(test.statistic().is_finite() && test.p().is_none_or(|p| (0.0..=1.0).contains(&p)));
    }
});
