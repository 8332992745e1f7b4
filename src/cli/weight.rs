//! The weight of a test of the log-rank family as text.

use crate::compare::TestWeight;

/// `logrank`, `gehan`, `tarone-ware`, `peto` or `fh(rho,gamma)`.
pub(super) fn parse(text: &str) -> Result<TestWeight, String> {
    match text.trim() {
        "logrank" => Ok(TestWeight::LogRank),
        "gehan" => Ok(TestWeight::Gehan),
        "tarone-ware" => Ok(TestWeight::TaroneWare),
        "peto" => Ok(TestWeight::Peto),
        text => fleming_harrington(text).ok_or_else(|| {
            "give logrank, gehan, tarone-ware, peto, or fh(rho,gamma) with numbers ≥ 0, as fh(0,1)"
                .to_owned()
        }),
    }
}

fn fleming_harrington(text: &str) -> Option<TestWeight> {
    let (rho, gamma) = text.strip_prefix("fh(")?.strip_suffix(')')?.split_once(',')?;
    let [rho, gamma] = [power(rho)?, power(gamma)?];
    Some(TestWeight::FlemingHarrington { rho, gamma })
}

fn power(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|power: &f64| *power >= 0.0 && power.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_by_name() {
        assert_eq!(parse("peto"), Ok(TestWeight::Peto));
        let late = TestWeight::FlemingHarrington { rho: 0.0, gamma: 1.5 };
        assert_eq!(parse("fh(0, 1.5)"), Ok(late));
        for wrong in ["fh(0)", "fh(-1,0)", "fh(a,b)", "fh(inf,0)", "wilcoxon", ""] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
