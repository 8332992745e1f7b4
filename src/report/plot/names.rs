//! Names of variables and groups as figures show them.

/// `factor(ecog)` is ecog, and so is `factor(ecog, labels = c("fit", "frail"))`.
pub(in crate::report) fn in_words(name: &str) -> &str {
    let inner = name.strip_prefix("factor(").and_then(|own| own.strip_suffix(')'));
    let variable = inner.and_then(|own| own.split(',').next());
    variable.filter(|own| !own.contains(['(', ')', '"'])).unwrap_or(name).trim_matches('`')
}

/// A group: of one variable, its level where that says enough (`NEC`, but `ecog = 1`).
pub(in crate::report) fn group(levels: &[(String, String)]) -> String {
    match levels {
        [(_, level)] if says_enough(level) => level.clone(),
        levels => {
            let words: Vec<String> = levels
                .iter()
                .map(|(name, level)| format!("{} = {level}", in_words(name)))
                .collect();
            words.join(", ")
        }
    }
}

/// A number or a truth value needs its variable.
fn says_enough(level: &str) -> bool {
    !level.is_empty()
        && level.parse::<f64>().is_err()
        && !["true", "false"].contains(&level.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(levels: &[(&str, &str)]) -> String {
        let own = levels.iter().map(|&(name, level)| (name.to_owned(), level.to_owned()));
        group(&own.collect::<Vec<_>>())
    }

    #[test]
    fn a_level_that_is_a_word_stands_alone() {
        assert_eq!(named(&[("type", "NEC")]), "NEC");
        assert_eq!(named(&[("factor(ecog)", "1")]), "ecog = 1");
        assert_eq!(named(&[("ki67 >= 55", "TRUE")]), "ki67 >= 55 = TRUE");
        assert_eq!(named(&[("type", "NEC"), ("sex", "f")]), "type = NEC, sex = f");
        assert_eq!(named(&[]), "");
    }

    #[test]
    fn only_a_factor_of_a_variable_loses_its_function() {
        let all = ["factor(a)", "factor(a, ref = \"1\")", "factor(cut(a, c(0, 1)))", "log(a)"];
        assert_eq!(all.map(in_words), ["a", "a", "factor(cut(a, c(0, 1)))", "log(a)"]);
        assert_eq!(in_words("`odd name`"), "odd name");
    }
}
