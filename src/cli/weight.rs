//! The weight of a test of the log-rank family as text.

use crate::compare::TestWeight;
use crate::report::Weighting;

/// What may be written.
const NAMES: &str = "give logrank, gehan, tarone-ware, peto, maxcombo, or fh(rho,gamma) with numbers \
                     that are not negative, as fh(0,1)";

/// One of [`NAMES`].
pub(super) fn parse(text: &str) -> Result<Weighting, String> {
    let weight = match text.trim() {
        "maxcombo" => return Ok(Weighting::MaxCombo),
        "logrank" => Some(TestWeight::LogRank),
        "gehan" => Some(TestWeight::Gehan),
        "tarone-ware" => Some(TestWeight::TaroneWare),
        "peto" => Some(TestWeight::Peto),
        text => fleming_harrington(text),
    };
    weight.map(Weighting::One).ok_or_else(|| NAMES.to_owned())
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
        assert_eq!(parse("peto"), Ok(Weighting::One(TestWeight::Peto)));
        assert_eq!(parse("maxcombo"), Ok(Weighting::MaxCombo));
        let late = TestWeight::FlemingHarrington { rho: 0.0, gamma: 1.5 };
        assert_eq!(parse("fh(0, 1.5)"), Ok(Weighting::One(late)));
        for wrong in ["fh(0)", "fh(-1,0)", "fh(a,b)", "fh(inf,0)", "wilcoxon", ""] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
