//! Tokens to tree, by precedence climbing.
//!
//! Written by hand rather than with a combinator library: R's precedences are one table, every
//! error knows the exact bytes it is about (an unclosed parenthesis points at the one that opened),
//! and the depth of nesting is bounded in one place, on which all later recursion relies.

use super::ast::{Argument, BinaryOp, Kind, Link, Node, Span, UnaryOp};
use super::function::Function;
use super::lexer::{Token, TokenKind, tokens};
use crate::error::{Error, FormulaError, Result};

/// Deepest nesting that is accepted; a bound on the stack, far above what anybody writes.
const MAX_DEPTH: u16 = 100;

/// Words of other languages between two operands.
const WORDS: [(&str, &str); 4] = [("and", "&"), ("or", "|"), ("not", "!"), ("in", "%in%")];

/// Parses `left ~ right`.
pub(crate) fn formula(text: &str) -> Result<(Node, Node)> {
    let mut parser = Parser::new(text)?;
    parser.refuse_empty("a formula", "write Surv(time, event) ~ group")?;
    if parser.peek().kind == TokenKind::Tilde {
        let error = parser.error("the left side is missing");
        return Err(error.help("write Surv(time, event) before ~").into());
    }
    let left = parser.climb(0)?;
    parser.tilde()?;
    let right = parser.climb(0)?;
    parser.end()?;
    Ok((left, right))
}

/// Parses one expression.
pub(crate) fn expression(text: &str) -> Result<Node> {
    let mut parser = Parser::new(text)?;
    parser.refuse_empty("an expression", "write a column or a condition, as age >= 60")?;
    let node = parser.climb(0)?;
    parser.end()?;
    Ok(node)
}

/// Parses `name = value, name = value`.
pub(crate) fn assignments(text: &str) -> Result<Vec<(Node, Node)>> {
    let mut parser = Parser::new(text)?;
    parser.refuse_empty("a profile", "name variables and their values, as age = 60, sex = 2")?;
    let mut pairs = Vec::new();
    loop {
        let name = parser.climb(0)?;
        if !parser.accept(&TokenKind::Assign) {
            let error = parser.error(format!("{name} has no value"));
            return Err(error.help("write name = value, as age = 60, sex = 2").into());
        }
        pairs.push((name, parser.climb(0)?));
        if !parser.accept(&TokenKind::Comma) {
            break;
        }
    }
    parser.end()?;
    Ok(pairs)
}

/// Words that are values, never columns.
pub(super) fn is_constant(word: &str) -> bool {
    constant(word).is_some()
}

fn constant(word: &str) -> Option<Kind> {
    match word {
        "TRUE" | "true" => Some(Kind::Boolean(true)),
        "FALSE" | "false" => Some(Kind::Boolean(false)),
        "NA" => Some(Kind::Missing),
        "Inf" => Some(Kind::Number { value: f64::INFINITY, text: word.to_owned() }),
        _ => None,
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    depth: u16,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Result<Self> {
        Ok(Self { text, tokens: tokens(text)?, at: 0, depth: 0 })
    }

    /// The next token; the last one, the end, stays.
    fn peek(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn advance(&mut self) -> Span {
        let span = self.peek().span.clone();
        self.at += 1;
        span
    }

    fn accept(&mut self, kind: &TokenKind) -> bool {
        let found = self.peek().kind == *kind;
        self.at += usize::from(found);
        found
    }

    /// An error at the next token.
    fn error(&self, message: impl Into<String>) -> FormulaError {
        FormulaError::syntax(self.text, self.peek().span.clone(), message)
    }

    fn refuse_empty(&self, what: &str, help: &str) -> Result<()> {
        if self.peek().kind != TokenKind::End {
            return Ok(());
        }
        Err(self.error(format!("{what} cannot be empty")).help(help).into())
    }

    fn tilde(&mut self) -> Result<()> {
        if self.peek().kind == TokenKind::End {
            let error = self.error("~ is missing");
            return Err(error.help("write Surv(time, event) ~ group, or ~ 1 for all rows").into());
        }
        if !self.accept(&TokenKind::Tilde) {
            return Err(self.unexpected());
        }
        if self.peek().kind == TokenKind::End {
            let error = self.error("the right side is missing");
            return Err(error.help("write ~ group, or ~ 1 for all rows").into());
        }
        Ok(())
    }

    fn end(&self) -> Result<()> {
        match self.peek().kind {
            TokenKind::End => Ok(()),
            _ => Err(self.unexpected()),
        }
    }

    /// Operands joined by operators that bind at least as tightly as `least`.
    fn climb(&mut self, least: u8) -> Result<Node> {
        self.depth += 1;
        self.check_depth(self.depth)?;
        let mut left = self.prefix()?;
        while let TokenKind::Operator(op) = self.peek().kind
            && op.power() >= least
        {
            let at = self.advance();
            // Only ^ groups from the right.
            let right = self.climb(op.power() + u8::from(op != BinaryOp::Power))?;
            self.refuse_comparison_chain(op)?;
            left = join(left, Link { op, at, right });
            self.check_depth(left.depth)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn check_depth(&self, depth: u16) -> Result<()> {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        Err(self.error(format!("nested more than {MAX_DEPTH} levels deep")).into())
    }

    fn refuse_comparison_chain(&self, op: BinaryOp) -> Result<()> {
        match (op, &self.peek().kind) {
            (BinaryOp::Compare(_), TokenKind::Operator(BinaryOp::Compare(_))) => {
                let error = self.error("comparisons cannot be chained");
                Err(error.help("write (a < b) & (b < c)").into())
            }
            _ => Ok(()),
        }
    }

    fn prefix(&mut self) -> Result<Node> {
        let op = match self.peek().kind {
            TokenKind::Operator(BinaryOp::Subtract) => UnaryOp::Minus,
            TokenKind::Operator(BinaryOp::Add) => UnaryOp::Plus,
            TokenKind::Not => UnaryOp::Not,
            _ => return self.atom(),
        };
        let start = self.advance().start;
        let operand = Box::new(self.climb(op.power())?);
        let span = start..operand.span.end;
        Ok(Node::new(Kind::Unary { op, operand }, span))
    }

    fn atom(&mut self) -> Result<Node> {
        let token = self.peek().clone();
        let kind = match token.kind {
            TokenKind::Number(value) => {
                Kind::Number { value, text: self.text[token.span.clone()].to_owned() }
            }
            TokenKind::Text(text) => Kind::Text(text),
            TokenKind::Date(days) => Kind::Date(days),
            TokenKind::Quoted(name) => Kind::Name(name),
            TokenKind::Word(word) => return self.word(&word),
            TokenKind::Open => return self.group(),
            _ => return Err(self.operand_missing()),
        };
        self.advance();
        Ok(Node::new(kind, token.span))
    }

    fn word(&mut self, word: &str) -> Result<Node> {
        let span = self.advance();
        if self.peek().kind == TokenKind::Open {
            return self.call(word, span);
        }
        if word == "." {
            let error =
                FormulaError::syntax(self.text, span, "`.` (all other columns) is not offered");
            return Err(error.help("name the columns").into());
        }
        let kind = constant(word).unwrap_or_else(|| Kind::Name(word.to_owned()));
        Ok(Node::new(kind, span))
    }

    fn group(&mut self) -> Result<Node> {
        let open = self.advance();
        let inner = Box::new(self.climb(0)?);
        let end = self.close(open.clone())?;
        Ok(Node::new(Kind::Group(inner), open.start..end))
    }

    /// The end of the closing parenthesis that must come now.
    fn close(&mut self, open: Span) -> Result<usize> {
        match self.peek().kind {
            TokenKind::Close => Ok(self.advance().end),
            TokenKind::End | TokenKind::Tilde => Err(self.unclosed(open)),
            _ => Err(self.unexpected()),
        }
    }

    fn unclosed(&self, open: Span) -> Error {
        FormulaError::syntax(self.text, open, "this ( is never closed").into()
    }

    fn call(&mut self, name: &str, span: Span) -> Result<Node> {
        let function = Function::find(self.text, name, span.clone())?;
        let open = self.advance();
        let mut args = Vec::new();
        if self.peek().kind != TokenKind::Close {
            args.push(self.argument(&open)?);
            while self.accept(&TokenKind::Comma) {
                args.push(self.argument(&open)?);
            }
        }
        let whole = span.start..self.close(open)?;
        function.assign(self.text, whole.clone(), &mut args)?;
        Ok(Node::new(Kind::Call { function, args }, whole))
    }

    fn argument(&mut self, open: &Span) -> Result<Argument> {
        if self.peek().kind == TokenKind::End {
            return Err(self.unclosed(open.clone()));
        }
        let name = self.argument_name();
        let value = self.climb(0)?;
        Ok(Argument { name, slot: 0, value })
    }

    /// `name =` before an argument.
    fn argument_name(&mut self) -> Option<String> {
        let next = self.tokens.get(self.at + 1)?;
        match &self.peek().kind {
            TokenKind::Word(name) if next.kind == TokenKind::Assign => {
                let name = name.clone();
                self.at += 2;
                Some(name)
            }
            _ => None,
        }
    }

    fn operand_missing(&self) -> Error {
        let message = match self.peek().kind {
            TokenKind::End => "something is missing at the end",
            TokenKind::Operator(_) | TokenKind::Comma | TokenKind::Tilde | TokenKind::Close => {
                "something is missing before this"
            }
            _ => return self.unexpected(),
        };
        self.error(message).into()
    }

    /// The error of a token that cannot stand after an operand.
    fn unexpected(&self) -> Error {
        let error = match &self.peek().kind {
            TokenKind::Assign => self.error("= does not compare").help("write =="),
            TokenKind::Close => self.error("no ( before this )"),
            TokenKind::Tilde => self.error("only one ~ can stand in a formula"),
            TokenKind::Comma => {
                self.error("a comma can stand in a call only, as in Surv(time, event)")
            }
            TokenKind::Not => {
                self.error("an operator is missing before !").help("\"not equal\" is !=")
            }
            TokenKind::Word(word) => {
                match WORDS.iter().find(|(own, _)| own.eq_ignore_ascii_case(word)) {
                    Some((word, symbol)) => self.error(format!("write {symbol} for \"{word}\"")),
                    None => self.error("an operator is missing before this"),
                }
            }
            _ => self.error("an operator is missing before this"),
        };
        error.into()
    }
}

/// Extends a chain of one precedence, or begins one.
fn join(left: Node, link: Link) -> Node {
    let span = left.span.start..link.right.span.end;
    let depth = left.depth.max(link.right.depth + 1);
    match left.kind {
        Kind::Chain { first, mut rest } if continues(&rest, link.op) => {
            rest.push(link);
            Node { kind: Kind::Chain { first, rest }, span, depth }
        }
        kind => {
            let first = Box::new(Node { kind, ..left });
            Node::new(Kind::Chain { first, rest: vec![link] }, span)
        }
    }
}

fn continues(rest: &[Link], op: BinaryOp) -> bool {
    op != BinaryOp::Power && rest.last().is_some_and(|link| link.op.power() == op.power())
}
