//! What several analyses say of their methods.

use super::methods::{Methods, Topic};
use super::source::Source;
use crate::convention::Dialect;
use crate::note::Note;
use crate::report::number::time;

/// What notes say of subjects, and whose defaults were followed.
pub(in crate::report) fn say_common(methods: &mut Methods, dialect: Dialect, notes: &[Note]) {
    let is_missing = |own: &Note| matches!(own.core(), Note::Missing { .. });
    if notes.iter().any(is_missing) {
        let text = "Rows that miss a variable of an analysis were left out of it";
        methods.say(Topic::Missing, text);
    }
    for note in notes {
        if let Note::Landmark { time: at, .. } = note.core() {
            let (at, source) = (time(*at), Source::Anderson);
            let text =
                "whoever was not followed beyond it was left out, and time counts from there";
            methods.say(Topic::Landmark, format!("Landmark {at}: {text} {source}"));
        }
    }
    if dialect != Dialect::Riskset {
        let title = dialect.title();
        let text = "unless something else is said";
        methods.say(Topic::Dialect, format!("Conventions are those of {title}, {text}"));
    }
}

/// How a Cox regression treats ties.
pub(in crate::report) fn ties_words(ties: &str) -> String {
    match ties {
        "efron" => format!("Efron's method for ties {}", Source::Efron1977),
        "breslow" => format!("Breslow's method for ties {}", Source::Breslow),
        _ => format!("the exact conditional likelihood for ties {}", Source::Gail),
    }
}
