//! What the command line's parser says, at the key that it is about.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::options::as_key;
use crate::error::PlanError;
use crate::plan::{Answer, Entry, Key};

/// An error of the parser as one of the plan.
pub(super) fn refused(entry: &Entry, error: &clap::Error) -> PlanError {
    let told = |kind| error.get(kind).map(words).unwrap_or_default();
    let argument = told(ContextKind::InvalidArg);
    let key = find(entry.keys(), &key_of(&argument));
    let place = key.map_or_else(|| entry.place(), |own| &own.place);
    let value = told(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidValue => {
            let all = told(ContextKind::ValidValue);
            let error = place.error(format!("{value:?} is none of {all}"));
            match told(ContextKind::SuggestedValue) {
                near if near.is_empty() => error,
                near => error.help(format!("did you mean {near}?")),
            }
        }
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error).map(ToString::to_string);
            place.error(format!("{value:?}: {}", reason.unwrap_or_default()))
        }
        ErrorKind::ArgumentConflict => {
            place.error(format!("this does not go with {}", keys_of(&told(ContextKind::PriorArg))))
        }
        ErrorKind::MissingRequiredArgument => {
            let error = entry.place().error("a key is missing that others need");
            error.help(format!("add {}", keys_of(&argument)))
        }
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            place.error(first.trim_start_matches("error: "))
        }
    }
}

/// The key of this name, or of a figure.
fn find<'e>(keys: &'e [Key], name: &str) -> Option<&'e Key> {
    let inside = || {
        keys.iter().find_map(|own| match &own.answer {
            Answer::Keys(own) => find(own, name.strip_prefix("plot_").unwrap_or(name)),
            _ => None,
        })
    };
    keys.iter().find(|own| own.name == name).or_else(inside)
}

/// `--conf-type <TYPE>` as a key.
fn key_of(argument: &str) -> String {
    let name = argument.split([' ', '=']).next().unwrap_or_default();
    as_key(name.trim_start_matches('-'))
}

fn keys_of(arguments: &str) -> String {
    arguments.split(", ").map(key_of).collect::<Vec<_>>().join(", ")
}

fn words(own: &ContextValue) -> String {
    match own {
        ContextValue::Strings(all) => all.join(", "),
        own => own.to_string(),
    }
}
