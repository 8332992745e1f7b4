//! Text to tree and back.

pub(super) mod ast;
mod display;
pub(super) mod function;
mod lexer;
mod parser;

pub(crate) use display::name as quote_name;
pub(super) use lexer::{date, date_text};
pub(super) use parser::{assignments, expression, formula};
