//! The options of a command, as keys of an `[[analysis]]`.

use clap::{Arg, ArgAction, CommandFactory};

use crate::cli::args::Cli;
use crate::error::{PlanError, Result};
use crate::formula::closest;
use crate::plan::{Answer, Key};

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

/// Under which heading help has the options of figures.
const FIGURE: &str = "Figure";
/// The option that asks for one, and with which others of them begin.
const PLOT: &str = "plot";
/// The option that says what times are counted in.
const UNIT: &str = "time-unit";

/// The options of a command.
pub(super) struct Options {
    command: &'static str,
    own: Vec<Arg>,
    /// How figures look.
    figure: Vec<Arg>,
}

impl Options {
    pub(super) fn of(command: &'static str) -> Self {
        let cli = Cli::command();
        let all = cli.find_subcommand(command).into_iter().flat_map(clap::Command::get_arguments);
        let is_key = |own: &&Arg| own.get_long().is_some_and(|long| !NO_KEYS.contains(&long));
        // Texts for missing are the plan's; models take what is done about them.
        let missing = |own: &&Arg| own.get_long() != Some("missing") || command == "cox";
        let all = all.filter(is_key).filter(missing).cloned();
        let (figure, own) = all.partition(|own| own.get_help_heading() == Some(FIGURE));
        Self { command, own, figure }
    }

    /// Whether the command draws.
    pub(super) fn can_draw(&self) -> bool {
        !self.figure.is_empty()
    }

    /// A key as a word of a command line.
    pub(super) fn words(&self, key: &Key) -> Result<Option<String>> {
        let own = self.own.iter().find(|own| as_key(long(own)) == key.name);
        match (own, elsewhere(self.command, &key.name)) {
            (Some(own), _) => word(own, key),
            (None, Some((why, help))) => Err(key.error(why).help(help).into()),
            (None, None) => Err(unknown(key, self.names()).into()),
        }
    }

    fn names(&self) -> Vec<String> {
        let first = ["title", self.command].map(str::to_owned);
        let figure = self.can_draw().then(|| "figure".to_owned());
        let own = self.own.iter().map(|own| as_key(long(own)));
        first.into_iter().chain(figure).chain(own).collect()
    }

    /// The figure that a key asks for; times are in this unit unless it says another.
    pub(super) fn figure(&self, key: &Key, at: usize, unit: Option<&str>) -> Result<Vec<String>> {
        let keys = match &key.answer {
            Answer::Flag(false) => return Ok(Vec::new()),
            Answer::Flag(true) => &[][..],
            Answer::Keys(keys) => keys,
            _ => {
                let help = "as figure = true or figure = { width = \"double\" }";
                let error = key.error("this is neither true nor a table of keys");
                return Err(error.help(help).into());
            }
        };
        let mut words = vec![format!("--{PLOT}=figure-{at}.svg")];
        for key in keys {
            let own = self.figure.iter().find(|own| figure_key(own).as_ref() == Some(&key.name));
            match own {
                Some(own) => words.extend(word(own, key)?),
                None => {
                    let names = self.figure.iter().filter_map(figure_key).collect();
                    return Err(unknown(key, names).into());
                }
            }
        }
        let given = keys.iter().any(|key| key.name == as_key(UNIT));
        let has_unit = self.figure.iter().any(|own| long(own) == UNIT);
        let unit = unit.filter(|_| has_unit && !given);
        words.extend(unit.map(|unit| format!("--{UNIT}={unit}")));
        Ok(words)
    }
}

fn long(own: &Arg) -> &str {
    own.get_long().unwrap_or_default()
}

/// An option as a key.
pub(super) fn as_key(long: &str) -> String {
    long.replace('-', "_")
}

/// An option of figures as a key; what asks for one is none.
fn figure_key(own: &Arg) -> Option<String> {
    let long = long(own);
    let short = long.strip_prefix(PLOT).map(|rest| rest.trim_start_matches('-'));
    Some(as_key(short.unwrap_or(long))).filter(|own| !own.is_empty())
}

/// What a key says, as an option.
fn word(own: &Arg, key: &Key) -> Result<Option<String>> {
    let long = long(own);
    let is_flag = matches!(own.get_action(), ArgAction::SetTrue);
    match (&key.answer, is_flag) {
        (Answer::Flag(wanted), true) => Ok(wanted.then(|| format!("--{long}"))),
        (_, true) => Err(key.error("this must be true or false").into()),
        (Answer::One(text), false) => Ok(Some(format!("--{long}={text}"))),
        (Answer::Several(texts), false) => Ok(Some(format!("--{long}={}", list(own, key, texts)?))),
        (Answer::Flag(_), false) => Err(key.error("this is true or false, not a value").into()),
        (Answer::Keys(_), false) => Err(key.error("this is a table of keys, not a value").into()),
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

/// Why an option of a command is no key, and where it is one.
fn elsewhere(command: &str, key: &str) -> Option<(&'static str, &'static str)> {
    match (command, key) {
        ("cox", "residuals") => Some((
            "residuals are records of rows, and no row of the data stands in a report",
            "riskset cox PLAN FORMULA --residuals TYPE --format csv writes them",
        )),
        ("cox", "profiles") => Some((
            "profiles are a second file, and a report rests on its plan and the file of that alone",
            "riskset cox PLAN FORMULA --profiles FILE predicts them; adjusted = \"COLUMN\" needs no file",
        )),
        ("cox", "pool") => Some((
            "pooling reads several files, and a report rests on the one that its plan names",
            "riskset cox FILE FILE … FORMULA --pool pools them",
        )),
        _ => None,
    }
}

fn unknown(key: &Key, names: Vec<String>) -> PlanError {
    let help = match closest(&key.name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("the keys here are {}", names.join(", ")),
    };
    key.error("there is no such key").help(help)
}
