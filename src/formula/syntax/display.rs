//! Trees as text, with the spaces that R puts.

use std::fmt::{self, Display, Formatter, Write};

use super::ast::{Argument, BinaryOp, Kind, Link, Node};
use super::lexer::is_identifier;

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Number { text, .. } => f.write_str(text),
            Kind::Text(text) => write_quoted(f, text, '"'),
            Kind::Boolean(value) => f.write_str(if *value { "TRUE" } else { "FALSE" }),
            Kind::Date(days) => f.write_str(&super::lexer::date_text(*days)),
            Kind::Missing => f.write_str("NA"),
            Kind::Name(text) => f.write_str(&name(text)),
            Kind::Group(inner) => write!(f, "({inner})"),
            Kind::Unary { op, operand } => write!(f, "{}{operand}", op.symbol()),
            Kind::Chain { first, rest } => write_chain(f, first, rest),
            Kind::Call { function, args } => write_call(f, function.name(), args),
        }
    }
}

fn write_chain(f: &mut Formatter<'_>, first: &Node, rest: &[Link]) -> fmt::Result {
    write!(f, "{first}")?;
    for Link { op, right, .. } in rest {
        let space = if is_tight(*op) { "" } else { " " };
        write!(f, "{space}{}{space}{right}", op.symbol())?;
    }
    Ok(())
}

/// R sets these without spaces.
fn is_tight(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Divide | BinaryOp::Interact | BinaryOp::Power)
}

fn write_call(f: &mut Formatter<'_>, function: &str, args: &[Argument]) -> fmt::Result {
    write!(f, "{function}(")?;
    for (at, arg) in args.iter().enumerate() {
        f.write_str(if at > 0 { ", " } else { "" })?;
        if let Some(name) = &arg.name {
            write!(f, "{name} = ")?;
        }
        write!(f, "{}", arg.value)?;
    }
    f.write_char(')')
}

/// A column's name as a formula must write it.
pub(crate) fn name(text: &str) -> String {
    if is_identifier(text) {
        return text.to_owned();
    }
    format!("`{}`", text.replace('\\', "\\\\").replace('`', "\\`"))
}

fn write_quoted(f: &mut Formatter<'_>, text: &str, quote: char) -> fmt::Result {
    f.write_char(quote)?;
    for c in text.chars() {
        match c {
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            '\\' | '"' => write!(f, "\\{c}")?,
            c => f.write_char(c)?,
        }
    }
    f.write_char(quote)
}
