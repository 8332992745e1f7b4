//! From the keys of an `[[analysis]]` to the arguments of a command: a key is an option of the
//! command, and the command line's own parser reads both.

use clap::Parser;

use super::options::Options;
use super::refusal::refused;
use crate::cli::args::{Cli, Command, InputArgs};
use crate::codebook::shell;
use crate::error::{Error, Result};
use crate::formula::{Formula, Outcome};
use crate::plan::{Answer, Entry, Key, Plan};

/// Commands that an analysis can be of; the key of that name says of what.
const COMMANDS: [&str; 5] = ["km", "logrank", "cox", "table1", "response"];

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

/// The outcome of a formula, in brief.
struct Subject<'p>(Option<&'p str>);

impl<'p> Asked<'p> {
    /// Understands an entry of a plan, which is called so.
    pub(super) fn new((at, entry): (usize, &'p Entry), plan: &Plan, name: &str) -> Result<Self> {
        let command = command(entry)?;
        let options = Options::of(command);
        let subject = Subject::of(entry, command)?;
        let (mut words, mut title) = (Vec::new(), None);
        for key in entry.keys() {
            match key.name.as_str() {
                "title" => title = Some(key.text()?.to_owned()),
                "figure" if options.can_draw() => {
                    words.extend(options.figure(key, at, subject.unit(plan))?);
                }
                own if own == command => {}
                _ => words.extend(options.words(key)?),
            }
        }
        let title = title.unwrap_or_else(|| subject.title(command));
        let what: Vec<&str> = std::iter::once(name).chain(subject.0).collect();
        let options: Vec<&str> = words.iter().map(String::as_str).collect();
        let all = [&["riskset", command], &what[..], &options].concat();
        let call = all.iter().map(|own| shell(own)).collect::<Vec<_>>().join(" ");
        // Options first, so that nothing else is taken for one.
        let arguments = [&["riskset", command], &options[..], &["--"], &what].concat();
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
        let prefix = format!("{endpoint}.");
        let formula = self.input().and_then(|own| Formula::parse(&own.formula).ok());
        formula.is_some_and(|own| {
            endpoint_of(&own).is_some_and(|name| name == endpoint)
                || own.columns().iter().any(|column| column.starts_with(&prefix))
        })
    }
}

impl<'p> Subject<'p> {
    /// What a command is to analyse: a formula, variables (none for all), a column.
    fn of(entry: &'p Entry, command: &str) -> Result<Self> {
        let key = entry.keys().iter().find(|key| key.name == command);
        let Some(key) = key else { return Ok(Self(None)) };
        match &key.answer {
            Answer::Flag(true) if command == "table1" => Ok(Self(None)),
            Answer::One(own) if own.starts_with('@') => {
                Err(key.error("a plan holds its formulas itself; write it here").into())
            }
            _ => Ok(Self(Some(key.text()?))),
        }
    }

    fn title(&self, command: &str) -> String {
        let kind = match command {
            "km" => "Kaplan–Meier",
            "logrank" => "Log-rank tests",
            "cox" => "Cox regression",
            "response" => "Best overall response",
            _ => "Characteristics",
        };
        self.0.map_or_else(|| kind.to_owned(), |own| format!("{kind}: {own}"))
    }

    /// What the times of its endpoint are counted in, where the plan knows it.
    fn unit(&self, plan: &Plan) -> Option<&'static str> {
        let formula = Formula::parse(self.0?).ok()?;
        let name = endpoint_of(&formula)?;
        let own = plan.endpoints().iter().find(|own| own.name() == name)?;
        own.is_derived().then(|| own.unit().name())
    }
}

fn endpoint_of(formula: &Formula) -> Option<String> {
    match formula.outcome() {
        Outcome::Endpoint(name) => Some(name.columns().concat()),
        Outcome::Surv { .. } => None,
    }
}

/// The one command that an entry names.
fn command(entry: &Entry) -> Result<&'static str> {
    let named = |name: &&&str| entry.keys().iter().any(|key| key.name == **name);
    let own: Vec<&&str> = COMMANDS.iter().filter(named).collect();
    let what = match own.as_slice() {
        [name] => return Ok(name),
        [] => "no analysis is named",
        _ => "one entry is one analysis",
    };
    let help = format!("give one of {}, as km = 'OS ~ group'", COMMANDS.join(", "));
    Err(entry.place().error(what).help(help).into())
}

impl Key {
    fn text(&self) -> Result<&str> {
        match &self.answer {
            Answer::One(own) => Ok(own),
            _ => Err(self.error("this is not a text in quotes").into()),
        }
    }
}
