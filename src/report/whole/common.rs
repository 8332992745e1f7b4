//! What every analysis says of its methods.

use super::methods::{Methods, Topic};
use super::source::Source;
use crate::convention::Dialect;
use crate::note::Note;
use crate::report::number::time;

/// What notes say of subjects, and whose defaults were followed.
pub(in crate::report) fn say_common(methods: &mut Methods, dialect: Dialect, notes: &[Note]) {
    let is_missing = |own: &Note| matches!(own, Note::Missing { .. });
    if notes.iter().any(is_missing) {
        let text = "Rows that miss a variable of an analysis were left out of it";
        methods.say(Topic::Missing, text);
    }
    for note in notes {
        if let Note::Landmark { time: at, .. } = note {
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
