//! From the keys of an `[[analysis]]` to the arguments of a command: a key is an option of the
//! command, and the command line's own parser reads both.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, CommandFactory, Parser};

use crate::cli::args::{Cli, Command, InputArgs};
use crate::codebook::shell;
use crate::error::{Error, PlanError, Result};
use crate::formula::{Formula, Outcome, closest};
use crate::plan::{Answer, Entry, Key};

/// Commands that an analysis can be of; the key of that name says of what.
const COMMANDS: [&str; 5] = ["km", "logrank", "cox", "table1", "response"];

/// Options that belong to the report or to its data, or write rows, and so are no keys.
const NO_KEYS: [&str; 14] = [
    "help",
    "output",
    "format",
    "quiet",
    "threads",
    "delimiter",
    "decimal",
    "encoding",
    "dates",
    "partial-dates",
    "sheet",
    "pool",
    "profiles",
    "residuals",
];

/// What an `[[analysis]]` asks for.
#[derive(Debug)]
pub(super) struct Asked<'p> {
    entry: &'p Entry,
    /// What it is called.
    pub(super) title: String,
    /// The command, as a shell takes it.
    pub(super) call: String,
    pub(super) command: Command,
}

impl<'p> Asked<'p> {
    /// Understands an entry of a plan of this name.
    pub(super) fn new(entry: &'p Entry, plan: &str) -> Result<Self> {
        let name = command(entry)?;
        let options = Options::of(name);
        let (mut words, mut title) = (Vec::new(), None);
        for key in entry.keys() {
            match key.name.as_str() {
                "title" => title = Some(text(key)?.to_owned()),
                own if own == name => {}
                _ => words.extend(options.words(key)?),
            }
        }
        let subject = subject(entry, name)?;
        let title = title.unwrap_or_else(|| default_title(name, subject));
        let what: Vec<&str> = std::iter::once(plan).chain(subject).collect();
        let options: Vec<&str> = words.iter().map(String::as_str).collect();
        let all = [&["riskset", name], &what[..], &options].concat();
        let call = all.iter().map(|own| shell(own)).collect::<Vec<_>>().join(" ");
        // Options first, so that nothing else is taken for one.
        let arguments = [&["riskset", name], &options[..], &["--"], &what].concat();
        let parsed = Cli::try_parse_from(arguments);
        let command = parsed.map_err(|error| refused(entry, &error))?.command;
        Ok(Self { entry, title, call, command })
    }

    /// Says in which entry an analysis failed.
    pub(super) fn wrap(&self, error: &Error) -> Error {
        self.entry.place().wrap(error)
    }

    /// The arguments that choose rows, of commands that have a formula.
    pub(super) fn input(&self) -> Option<&InputArgs> {
        match &self.command {
            Command::Km(own) => Some(&own.input),
            Command::LogRank(own) => Some(&own.input),
            Command::Cox(own) => Some(&own.input),
            _ => None,
        }
    }

    /// Whether it is of an endpoint of this name.
    pub(super) fn is_of(&self, endpoint: &str) -> bool {
        let formula = self.input().and_then(|own| Formula::parse(&own.formula).ok());
        formula.is_some_and(|own| match own.outcome() {
            Outcome::Endpoint(name) => name.columns().concat() == endpoint,
            _ => {
                let prefix = format!("{endpoint}.");
                own.columns().iter().any(|column| column.starts_with(&prefix))
            }
        })
    }
}

/// The one command that an entry names.
fn command(entry: &Entry) -> Result<&'static str> {
    let named = |name: &&&str| entry.keys().iter().any(|key| key.name == **name);
    let own: Vec<&&str> = COMMANDS.iter().filter(named).collect();
    match own.as_slice() {
        [name] => Ok(name),
        _ => {
            let what =
                if own.is_empty() { "no analysis is named" } else { "one entry is one analysis" };
            let help = format!("give one of {}, as km = 'OS ~ group'", COMMANDS.join(", "));
            Err(entry.place().error(what).help(help).into())
        }
    }
}

/// What a command is to analyse: a formula, variables (none for all), a column.
fn subject<'p>(entry: &'p Entry, name: &str) -> Result<Option<&'p str>> {
    let key = entry.keys().iter().find(|key| key.name == name);
    let Some(key) = key else { return Ok(None) };
    match &key.answer {
        Answer::Flag(true) if name == "table1" => Ok(None),
        Answer::One(own) if own.starts_with('@') => {
            Err(key.error("a plan holds its formulas itself; write it here").into())
        }
        _ => text(key).map(Some),
    }
}

fn text(key: &Key) -> Result<&str> {
    match &key.answer {
        Answer::One(own) => Ok(own),
        _ => Err(key.error("this is not a text in quotes").into()),
    }
}

fn default_title(name: &str, subject: Option<&str>) -> String {
    let kind = match name {
        "km" => "Kaplan–Meier",
        "logrank" => "Log-rank tests",
        "cox" => "Cox regression",
        "response" => "Best overall response",
        _ => "Characteristics",
    };
    subject.map_or_else(|| kind.to_owned(), |own| format!("{kind}: {own}"))
}

/// The options of a command that are keys.
struct Options {
    all: Vec<Arg>,
    command: &'static str,
}

impl Options {
    fn of(command: &'static str) -> Self {
        let cli = Cli::command();
        let own = cli.find_subcommand(command).into_iter().flat_map(clap::Command::get_arguments);
        let is_key = |own: &&Arg| own.get_long().is_some_and(|long| !NO_KEYS.contains(&long));
        // Texts for missing are the plan's; models take what is done about them.
        let own = own.filter(is_key);
        let own = own.filter(|own| own.get_long() != Some("missing") || command == "cox");
        Self { all: own.cloned().collect(), command }
    }

    fn names(&self) -> Vec<String> {
        let own = self.all.iter().filter_map(Arg::get_long).map(as_key);
        ["title".to_owned(), self.command.to_owned()].into_iter().chain(own).collect()
    }

    /// A key as words of a command line.
    fn words(&self, key: &Key) -> Result<Option<String>> {
        let is_it = |own: &&Arg| own.get_long().is_some_and(|long| as_key(long) == key.name);
        let Some(own) = self.all.iter().find(is_it) else { return Err(self.unknown(key).into()) };
        let long = own.get_long().unwrap_or_default();
        let takes_values = !matches!(own.get_action(), ArgAction::SetTrue);
        match (&key.answer, takes_values) {
            (Answer::Flag(false), false) => Ok(None),
            (Answer::Flag(true), false) => Ok(Some(format!("--{long}"))),
            (Answer::Flag(_), true) => Err(key.error("this is true or false, not a value").into()),
            (_, false) => Err(key.error("this must be true or false").into()),
            (Answer::One(text), true) => Ok(Some(format!("--{long}={text}"))),
            (Answer::Several(texts), true) => {
                Ok(Some(format!("--{long}={}", list(own, key, texts)?)))
            }
        }
    }

    fn unknown(&self, key: &Key) -> PlanError {
        let names = self.names();
        let help = match closest(&key.name, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the keys here are {}", names.join(", ")),
        };
        key.error("there is no such key").help(help)
    }
}

/// Several values in one word.
fn list(own: &Arg, key: &Key, texts: &[String]) -> Result<String> {
    let Some(delimiter) = own.get_value_delimiter() else {
        return Err(key.error("this is a list, and there is one value").into());
    };
    if texts.is_empty() {
        return Err(key.error("the list is empty; leave the key out").into());
    }
    if texts.iter().any(|own| own.contains(delimiter)) {
        return Err(key.error(format!("a value in a list must not hold {delimiter:?}")).into());
    }
    Ok(texts.join(&delimiter.to_string()))
}

fn as_key(long: &str) -> String {
    long.replace('-', "_")
}

/// What the command line's parser says, at the key that it is about.
fn refused(entry: &Entry, error: &clap::Error) -> PlanError {
    let told = |kind| error.get(kind).map(words);
    let argument = told(ContextKind::InvalidArg).unwrap_or_default();
    let long = |own: &str| {
        let name = own.split([' ', '=']).next().unwrap_or_default();
        as_key(name.trim_start_matches('-'))
    };
    let key = entry.keys().iter().find(|own| own.name == long(&argument));
    let place = key.map_or_else(|| entry.place(), |own| &own.place);
    let value = told(ContextKind::InvalidValue).unwrap_or_default();
    let reason = std::error::Error::source(error).map(ToString::to_string);
    match error.kind() {
        ErrorKind::InvalidValue => {
            let all = told(ContextKind::ValidValue).unwrap_or_default();
            let error = place.error(format!("{value:?} is none of {all}"));
            match told(ContextKind::SuggestedValue) {
                Some(near) => error.help(format!("did you mean {near}?")),
                None => error,
            }
        }
        ErrorKind::ValueValidation => {
            place.error(format!("{value:?}: {}", reason.unwrap_or_default()))
        }
        ErrorKind::ArgumentConflict => {
            let prior = told(ContextKind::PriorArg).unwrap_or_default();
            let prior: Vec<String> = prior.split(", ").map(long).collect();
            place.error(format!("this does not go with {}", prior.join(", ")))
        }
        ErrorKind::MissingRequiredArgument => {
            let missing: Vec<String> = argument.split(", ").map(long).collect();
            entry.place().error(format!("{} is needed with these keys", missing.join(", ")))
        }
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            place.error(first.trim_start_matches("error: "))
        }
    }
}

fn words(own: &ContextValue) -> String {
    match own {
        ContextValue::Strings(all) => all.join(", "),
        own => own.to_string(),
    }
}
