//! The functions there are, and how their arguments are matched: as R does, first by name, then by
//! position.

use super::ast::{Argument, Span};
use crate::error::{FormulaError, Result};
use crate::formula::suggest::closest;

/// The slot of an argument that may be given any number of times.
pub(crate) const REPEATED: usize = usize::MAX;

/// A function of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Function {
    Surv,
    Strata,
    Cluster,
    Offset,
    Tdc,
    Spline,
    AsIs,
    Factor,
    Cut,
    Combine,
    IsNa,
    Pmin,
    Pmax,
    IfElse,
    Coalesce,
    Log,
    Log2,
    Log10,
    Sqrt,
    Exp,
    Abs,
    Floor,
    Ceiling,
    Round,
    Months,
    Years,
}

/// Name and parameters. `…` first: any number of arguments.
struct Signature {
    function: Function,
    name: &'static str,
    parameters: &'static [&'static str],
    required: usize,
}

const fn signature(
    function: Function,
    name: &'static str,
    parameters: &'static [&'static str],
    required: usize,
) -> Signature {
    Signature { function, name, parameters, required }
}

static SIGNATURES: [Signature; 26] = [
    signature(Function::Surv, "Surv", &["time", "time2", "event"], 1),
    signature(Function::Strata, "strata", &["..."], 1),
    signature(Function::Cluster, "cluster", &["x"], 1),
    signature(Function::Offset, "offset", &["x"], 1),
    signature(Function::Tdc, "tdc", &["date"], 1),
    signature(Function::Spline, "ns", &["x", "df", "knots"], 1),
    signature(Function::AsIs, "I", &["x"], 1),
    signature(Function::Factor, "factor", &["x", "levels", "labels", "ref"], 1),
    signature(
        Function::Cut,
        "cut",
        &["x", "breaks", "labels", "include.lowest", "right", "dig.lab"],
        2,
    ),
    signature(Function::Combine, "c", &["..."], 1),
    signature(Function::IsNa, "is.na", &["x"], 1),
    signature(Function::Pmin, "pmin", &["...", "na.rm"], 1),
    signature(Function::Pmax, "pmax", &["...", "na.rm"], 1),
    signature(Function::IfElse, "ifelse", &["test", "yes", "no"], 3),
    signature(Function::Coalesce, "coalesce", &["..."], 1),
    signature(Function::Log, "log", &["x", "base"], 1),
    signature(Function::Log2, "log2", &["x"], 1),
    signature(Function::Log10, "log10", &["x"], 1),
    signature(Function::Sqrt, "sqrt", &["x"], 1),
    signature(Function::Exp, "exp", &["x"], 1),
    signature(Function::Abs, "abs", &["x"], 1),
    signature(Function::Floor, "floor", &["x"], 1),
    signature(Function::Ceiling, "ceiling", &["x"], 1),
    signature(Function::Round, "round", &["x", "digits"], 1),
    signature(Function::Months, "months", &["from", "to"], 2),
    signature(Function::Years, "years", &["from", "to"], 2),
];

impl Function {
    fn signature(self) -> &'static Signature {
        // Every function has its line in the table: a test counts them.
        SIGNATURES.iter().find(|own| own.function == self).unwrap_or(&SIGNATURES[0])
    }

    pub(crate) fn name(self) -> &'static str {
        self.signature().name
    }

    /// The place of a parameter.
    pub(crate) fn slot(self, parameter: &str) -> Option<usize> {
        self.signature().parameters.iter().position(|own| *own == parameter)
    }

    /// The function of a name, or an error that knows what was meant.
    pub(super) fn find(text: &str, name: &str, span: Span) -> Result<Self> {
        if let Some(found) = SIGNATURES.iter().find(|own| own.name == name) {
            return Ok(found.function);
        }
        let names: Vec<&str> = SIGNATURES.iter().map(|own| own.name).collect();
        let help = match closest(name, names.iter().copied()) {
            Some(near) => format!("did you mean {near}()?"),
            None => format!("the functions are {}", names.join(", ")),
        };
        let message = format!("there is no function {name}()");
        Err(FormulaError::syntax(text, span, message).help(help).into())
    }

    /// Decides which parameter each argument fills. `span` is the whole call.
    pub(super) fn assign(self, text: &str, span: Span, args: &mut [Argument]) -> Result<()> {
        let own = self.signature();
        let mut filled = vec![false; own.parameters.len()];
        for arg in args.iter_mut().filter(|arg| arg.name.is_some()) {
            arg.slot = own.named(text, arg)?;
            if std::mem::replace(&mut filled[arg.slot], true) {
                let message = format!("{} is given twice", own.parameters[arg.slot]);
                return Err(own.error(text, arg.value.span.clone(), message));
            }
        }
        for arg in args.iter_mut().filter(|arg| arg.name.is_none()) {
            arg.slot = own.positional(&mut filled).ok_or_else(|| {
                let message = format!("one argument too many for {}()", own.name);
                own.error(text, arg.value.span.clone(), message)
            })?;
        }
        match filled.iter().take(own.required).position(|filled| !filled) {
            None => Ok(()),
            Some(slot) => {
                let parameter = own.parameters[slot].replace("...", "x");
                let message = format!("{}() lacks its argument {parameter}", own.name);
                Err(own.error(text, span, message))
            }
        }
    }
}

impl Signature {
    fn is_variadic(&self) -> bool {
        self.parameters.first() == Some(&"...")
    }

    fn named(&self, text: &str, arg: &Argument) -> Result<usize> {
        let name = arg.name.as_deref().unwrap_or_default();
        let slot = self.parameters.iter().position(|own| *own == name && *own != "...");
        slot.ok_or_else(|| {
            let message = format!("{}() has no argument {name}", self.name);
            self.error(text, arg.value.span.clone(), message)
        })
    }

    fn positional(&self, filled: &mut [bool]) -> Option<usize> {
        if self.is_variadic() {
            filled[0] = true;
            return Some(REPEATED);
        }
        let slot = filled.iter().position(|filled| !filled)?;
        filled[slot] = true;
        Some(slot)
    }

    fn error(&self, text: &str, span: Span, message: String) -> crate::Error {
        FormulaError::syntax(text, span, message).help(self.usage()).into()
    }

    fn usage(&self) -> String {
        match self.function {
            Function::Surv => "write Surv(time, event) or Surv(entry, exit, event)".to_owned(),
            _ => format!("write {}({})", self.name, self.parameters.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_its_own_signature() {
        for own in &SIGNATURES {
            assert_eq!(Function::find("", own.name, 0..0).unwrap(), own.function);
            assert_eq!(own.function.name(), own.name);
        }
    }
}
