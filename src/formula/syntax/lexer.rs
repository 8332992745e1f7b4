//! Text to tokens.

use jiff::civil::Date;

use super::ast::{BinaryOp, Comparison, Span};
use crate::error::{FormulaError, Result};

/// A piece of the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Number(f64),
    Text(String),
    /// A word: a column, a function or a constant.
    Word(String),
    /// A back-quoted name: always a column.
    Quoted(String),
    Date(i32),
    Operator(BinaryOp),
    Not,
    Open,
    Close,
    Comma,
    Assign,
    Tilde,
    End,
}

/// Operators, longest first.
const SYMBOLS: [(&str, TokenKind); 22] = {
    use BinaryOp::*;
    use Comparison::*;
    use TokenKind::{Assign, Close, Comma, Not, Open, Operator, Tilde};
    [
        ("%in%", Operator(In)),
        ("**", Operator(Power)),
        ("==", Operator(Compare(Equal))),
        ("!=", Operator(Compare(NotEqual))),
        ("<=", Operator(Compare(LessOrEqual))),
        (">=", Operator(Compare(GreaterOrEqual))),
        ("<", Operator(Compare(Less))),
        (">", Operator(Compare(Greater))),
        ("&", Operator(And)),
        ("|", Operator(Or)),
        ("+", Operator(Add)),
        ("-", Operator(Subtract)),
        ("*", Operator(Multiply)),
        ("/", Operator(Divide)),
        (":", Operator(Interact)),
        ("^", Operator(Power)),
        ("!", Not),
        ("(", Open),
        (")", Close),
        (",", Comma),
        ("=", Assign),
        ("~", Tilde),
    ]
};

/// What other languages write, and what to write here.
const FOREIGN: [(&str, &str); 7] = [
    ("&&", "write & for \"and\""),
    ("||", "write | for \"or\""),
    ("<>", "write != for \"not equal\""),
    ("%%", "the only operator between % signs is %in%"),
    ("[", "rows are chosen by --where, columns by their names"),
    ("$", "write the column's name alone"),
    ("{", "only expressions are allowed"),
];

/// Cuts a text into tokens; the last one is [`TokenKind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        if at == text.len() {
            tokens.push(Token { kind: TokenKind::End, span: at..at });
            return Ok(tokens);
        }
        let token = token(text, at)?;
        at = token.span.end;
        tokens.push(token);
    }
}

fn token(text: &str, at: usize) -> Result<Token> {
    let rest = &text[at..];
    let first = rest.chars().next().unwrap_or(' ');
    let second = rest.chars().nth(1).unwrap_or(' ');
    if first.is_ascii_digit() || first == '.' && second.is_ascii_digit() {
        number(text, at)
    } else if starts_word(first) {
        let len = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        Ok(Token { kind: TokenKind::Word(rest[..len].to_owned()), span: at..at + len })
    } else if matches!(first, '"' | '\'' | '`') {
        quoted(text, at, first)
    } else {
        symbol(text, at)
    }
}

fn starts_word(c: char) -> bool {
    c.is_alphabetic() || c == '.' || c == '_'
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '.' || c == '_'
}

/// Whether a name can stand in a formula without quotes.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next().unwrap_or(' ');
    let number_like = first == '.' && chars.clone().next().is_some_and(|c| c.is_ascii_digit());
    let constant = super::parser::is_constant(text);
    starts_word(first) && !number_like && !constant && text != "." && chars.all(in_word)
}

fn symbol(text: &str, at: usize) -> Result<Token> {
    let rest = &text[at..];
    if let Some((found, advice)) = FOREIGN.iter().find(|(found, _)| rest.starts_with(found)) {
        let error =
            FormulaError::syntax(text, at..at + found.len(), format!("{found} means nothing here"));
        return Err(error.help(*advice).into());
    }
    if let Some((symbol, kind)) = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol)) {
        return Ok(Token { kind: kind.clone(), span: at..at + symbol.len() });
    }
    let c = rest.chars().next().unwrap_or(' ');
    let message = format!("the character {:?} means nothing here", c);
    let error = FormulaError::syntax(text, at..at + c.len_utf8(), message);
    Err(error
        .help("a column's name with special characters stands in back quotes: `Ki-67 %`")
        .into())
}

fn number(text: &str, at: usize) -> Result<Token> {
    let rest = &text[at..];
    if rest.get(..10).is_some_and(looks_like_date) && !rest[10..].starts_with(in_word) {
        return date_token(text, at);
    }
    let len = number_len(rest);
    // R's mark for a whole number.
    let marked = len + usize::from(rest[len..].starts_with('L'));
    let span = at..at + marked;
    if rest[marked..].starts_with(in_word) {
        let end = rest[marked..].find(|c| !in_word(c)).map_or(text.len(), |len| at + marked + len);
        let error = FormulaError::syntax(text, at..end, "this is neither a number nor a name");
        return Err(error
            .help("a name that begins with a digit stands in back quotes: `5fu`")
            .into());
    }
    match rest[..len].parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Token { kind: TokenKind::Number(value), span }),
        _ => Err(FormulaError::syntax(text, span, "this number is too large").into()),
    }
}

/// Length of `12`, `1.5`, `.5`, `1e3`, `1E-3` at the start.
fn number_len(text: &str) -> usize {
    let digits = |from: usize| {
        text.as_bytes()[from..].iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut len = digits(0);
    if text[len..].starts_with('.') {
        len += 1 + digits(len + 1);
    }
    if text[len..].starts_with(['e', 'E']) {
        let sign = usize::from(text[len + 1..].starts_with(['+', '-']));
        let exponent = digits(len + 1 + sign);
        if exponent > 0 {
            len += 1 + sign + exponent;
        }
    }
    len
}

fn quoted(text: &str, at: usize, quote: char) -> Result<Token> {
    let mut value = String::new();
    let mut chars = text[at + 1..].char_indices();
    while let Some((offset, c)) = chars.next() {
        let here = at + 1 + offset;
        match c {
            '\\' => value.push(escaped(text, here, chars.next().map(|(_, c)| c))?),
            c if c == quote => {
                let span = at..here + 1;
                return match quote {
                    '`' if value.is_empty() => {
                        Err(FormulaError::syntax(text, span, "a name cannot be empty").into())
                    }
                    '`' => Ok(Token { kind: TokenKind::Quoted(value), span }),
                    _ => Ok(Token { kind: TokenKind::Text(value), span }),
                };
            }
            c => value.push(c),
        }
    }
    Err(FormulaError::syntax(text, at..at + 1, format!("this {quote} is never closed")).into())
}

fn escaped(text: &str, at: usize, c: Option<char>) -> Result<char> {
    match c {
        Some('n') => Ok('\n'),
        Some('t') => Ok('\t'),
        Some('r') => Ok('\r'),
        Some(c @ ('\\' | '"' | '\'' | '`')) => Ok(c),
        _ => Err(FormulaError::syntax(
            text,
            at..at + 1,
            "a backslash begins \\\\ \\\" \\' \\n or \\t",
        )
        .help("write \\\\ for a backslash")
        .into()),
    }
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

fn date_token(text: &str, at: usize) -> Result<Token> {
    let span = at..at + 10;
    match date(&text[span.clone()]) {
        Some(days) => Ok(Token { kind: TokenKind::Date(days), span }),
        None => Err(FormulaError::syntax(text, span, "there is no such day").into()),
    }
}

/// Four, two and two digits.
fn looks_like_date(text: &str) -> bool {
    let shape = |(at, byte): (usize, &u8)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.as_bytes().iter().enumerate().all(shape)
}

/// Days since 1970-01-01 of an ISO date.
pub(crate) fn date(text: &str) -> Option<i32> {
    if !looks_like_date(text) {
        return None;
    }
    let (year, month, day) = (text[..4].parse(), text[5..7].parse(), text[8..].parse());
    let date = Date::new(year.ok()?, month.ok()?, day.ok()?).ok()?;
    Some(date.since(EPOCH).ok()?.get_days())
}

/// A day as ISO text.
pub(crate) fn date_text(days: i32) -> String {
    EPOCH.saturating_add(jiff::Span::new().days(days)).to_string()
}
