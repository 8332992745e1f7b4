//! The contradictions of five papers, found by arithmetic on what they print.

use riskset::reproduce::check::{Finding, PrintedNumbers, Severity, check};

const FILES: [&str; 4] = ["figures", "responses", "cox_models", "nordic_nec2_table1_2"];

fn all() -> Vec<Finding> {
    let files = FILES.map(|name| format!("fixtures/published/{name}.csv"));
    check(&PrintedNumbers::read(&files).unwrap())
}

/// The contradictions by number, with the check that finds them and words of the row concerned.
const KNOWN: [(&str, Severity, &str, &str); 39] = [
    ("A1 A2", Severity::Error, "printed-differently", "mayo-netg3-ep-pfs-median"),
    ("A2", Severity::Warning, "percentage-impossible", "mayo-netg3-ep-response-discussion"),
    ("A2", Severity::Error, "printed-differently", "mayo-netg3-ep-response"),
    ("A3", Severity::Error, "orr-is-not-cr-plus-pr", "mayo-netg3-captem-ki67-20-54-response"),
    ("A3", Severity::Error, "parts-do-not-add", "mayo-netg3-captem-response"),
    ("A5", Severity::Warning, "death-before-follow-up", "mayo-netg3-all-follow-up-median"),
    ("A5", Severity::Warning, "death-before-follow-up", "mayo-netg3-treated-follow-up-median"),
    ("A7", Severity::Rounding, "printed-differently", "mayo-netg3-folfox-pfs-median"),
    ("B1", Severity::Error, "interval-excludes-estimate", "s001-galleberg-liver-pfs-median"),
    ("B1", Severity::Warning, "interval-repeated", "s001-galleberg-liver-pfs-median"),
    ("B6", Severity::Warning, "printed-differently", "s001-apostolidis-folfox-pfs-a"),
    ("C14", Severity::Warning, "range-like-interval", "s002-ferrarotto-os-median"),
    ("C14", Severity::Warning, "range-like-interval", "s002-ferrarotto-pfs-median"),
    ("D1", Severity::Error, "orr-is-not-cr-plus-pr", "nordic-nec2-nec-first-line-response"),
    ("D1", Severity::Error, "printed-differently", "nordic-nec2-nec-first-line-response"),
    ("D2", Severity::Error, "percentage-against-count", "Table 1: SRI uptake >= liver"),
    ("D2", Severity::Warning, "n-against-table", "nordic-nec2-nec-sri-positive-pfs-median"),
    ("D3", Severity::Error, "counts-do-not-add", "Table 1: morphology small-cell"),
    ("D4", Severity::Error, "percentage-against-count", "Table 1: ECOG PS 2"),
    (
        "D6",
        Severity::Error,
        "model-above-complete-cases",
        "Sorbye 2025, NEC OS (final multivariate): ALP > UNL",
    ),
    ("D7", Severity::Warning, "p-against-interval", "nordic-nec2-nec-os-hr-alp-gt-unl"),
    ("D8", Severity::Warning, "p-against-interval", "nordic-nec2-nec-pfs-hr-non-crc-primary"),
    (
        "D9",
        Severity::Warning,
        "factor-p-too-large",
        "Sorbye 2025, NET G3 OS (final multivariate): PS (overall)",
    ),
    ("E1", Severity::Error, "printed-differently", "s004-moertel1980-stz5fu-os-median"),
    ("E1", Severity::Error, "printed-differently", "s004-moertel1980-stz-os-median"),
    ("E2", Severity::Error, "printed-differently", "s004-moertel19-stzdoxo-os-median"),
    ("E2", Severity::Error, "printed-differently", "s004-moertel19-stz5fu-os-median"),
    ("E3", Severity::Error, "printed-differently", "s004-e2211-captem-os-median"),
    ("E3", Severity::Error, "printed-differently", "s004-e2211-tem-os-median"),
    ("E3", Severity::Warning, "hazard-ratio-against-medians", "s004-e2211-os-hr"),
    ("E6", Severity::Error, "printed-differently", "s004-atlant-pfs-median-table"),
    ("E7", Severity::Error, "printed-differently", "s004-est5275-stz5fu-os-median"),
    ("E7", Severity::Warning, "progression-after-death", "s004-est5275-doxo-pfs-median"),
    ("E11", Severity::Warning, "rate-without-time", "s004-brixi-folfiri-os"),
    ("X3", Severity::Warning, "papers-differ", "s000-apostolidis-folfox-first-line-pfs-median"),
    ("X3", Severity::Warning, "papers-differ", "s000-apostolidis-folfox-first-line-pfs-median:2"),
    ("female sex", Severity::Rounding, "p-against-interval", "nordic-nec2-nec-os-hr-female-sex"),
    ("SPSS", Severity::Note, "symmetric-intervals", "nordic-nec2-nec-pfs-median"),
    ("lattice", Severity::Note, "not-on-lattice", "nordic-nec2-nec-pfs-median"),
];

/// Every known contradiction is found, and nothing else is flagged.
#[test]
fn what_is_found_is_what_is_known() {
    let found = all();
    for own in &found {
        let known = KNOWN.iter().any(|(_, severity, name, row)| {
            own.id == format!("{name}:{row}") && own.severity == *severity
        });
        assert!(known, "{}: {}", own.id, own.finding);
    }
    for (number, severity, name, row) in KNOWN {
        let id = format!("{name}:{row}");
        let own = found.iter().find(|own| own.id == id);
        assert!(own.is_some_and(|own| own.severity == severity), "{number}: {id}");
    }
}

/// The sentences show the arithmetic.
#[test]
fn sentences_have_the_numbers() {
    let found = all();
    let sentence = |id: &str| {
        let own = found.iter().find(|own| own.id.starts_with(id));
        own.map_or_else(|| panic!("{id} is not found"), |own| own.finding.clone())
    };
    let has = |id: &str, words: &[&str]| {
        let text = sentence(id);
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    };
    has("orr-is-not-cr-plus-pr:nordic", &["8 + 119 = 127 of 387 = 32.8%", "31%"]);
    has("orr-is-not-cr-plus-pr:mayo", &["3 of 14 = 21.4%", "5 (35.7%)"]);
    has("model-above-complete-cases", &["n = 420", "10 of 427", "417"]);
    has("factor-p-too-large", &["p 0.007", "p ≤ 0.00529"]);
    has("p-against-interval:nordic-nec2-nec-os-hr-female", &["0.0276 to 0.0315"]);
    has(
        "p-against-interval:nordic-nec2-nec-os-hr-alp",
        &["p 0.004", "2 degrees of freedom", "of another test (log-rank"],
    );
    has("percentage-against-count:Table 1: ECOG", &["13 of 114 = 11.4%", "12%"]);
    has("percentage-against-count:Table 1: SRI", &["40 of 102 = 39.2%", "35%"]);
    has("not-on-lattice", &["3.4 (2.8-3.9)"]);
}

/// A coefficient that stands in two files is one finding with both rows.
#[test]
fn rows_of_several_files_are_joined() {
    let found = all();
    let alp = found.iter().find(|own| own.id.ends_with("os-hr-alp-gt-unl")).unwrap();
    let files: Vec<&str> = alp.rows.iter().map(|row| row.file.as_str()).collect();
    assert_eq!(files, ["fixtures/published/figures.csv", "fixtures/published/cox_models.csv"]);
    assert!(alp.rows.iter().all(|row| row.line.is_some()));
    let ids: Vec<&String> = found.iter().map(|own| &own.id).collect();
    let mut distinct = ids.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(ids.len(), distinct.len());
}
