//! The tree of an expression, every node with the bytes it came from.

use std::ops::Range;

use super::function::Function;

/// Bytes of the source text.
pub(crate) type Span = Range<usize>;

/// An expression.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
    /// Levels of nesting below, so that the parser can bound every later recursion.
    pub(super) depth: u16,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A number and how it was written.
    Number {
        value: f64,
        text: String,
    },
    Text(String),
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
    Missing,
    Name(String),
    /// Parentheses, kept so that text comes back as it was.
    Group(Box<Node>),
    Unary {
        op: UnaryOp,
        operand: Box<Node>,
    },
    /// Operators of one precedence, from left to right. A flat list, because a sum of ten thousand
    /// columns is an honest formula and must not nest ten thousand levels deep.
    Chain {
        first: Box<Node>,
        rest: Vec<Link>,
    },
    Call {
        function: Function,
        args: Vec<Argument>,
    },
}

/// An operator and what stands to its right.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) op: BinaryOp,
    pub(crate) at: Span,
    pub(crate) right: Node,
}

/// An argument of a call.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) name: Option<String>,
    /// Which parameter it fills; [`super::function::REPEATED`] for one of many.
    pub(crate) slot: usize,
    pub(crate) value: Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnaryOp {
    Minus,
    Plus,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOp {
    Or,
    And,
    Compare(Comparison),
    Add,
    Subtract,
    Multiply,
    Divide,
    In,
    Interact,
    Power,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl BinaryOp {
    /// How tightly it binds, in R's order.
    pub(super) fn power(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Compare(_) => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide => 6,
            Self::In => 7,
            Self::Interact => 8,
            Self::Power => 10,
        }
    }

    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Or => "|",
            Self::And => "&",
            Self::Compare(comparison) => comparison.symbol(),
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::In => "%in%",
            Self::Interact => ":",
            Self::Power => "^",
        }
    }
}

impl Comparison {
    fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl UnaryOp {
    /// `!` reaches over comparisons; a sign over `^` only.
    pub(super) fn power(self) -> u8 {
        if self == Self::Not { 3 } else { 9 }
    }

    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Minus => "-",
            Self::Plus => "+",
            Self::Not => "!",
        }
    }
}

impl Node {
    pub(crate) fn new(kind: Kind, span: Span) -> Self {
        let depth = 1 + kind.children().map(|child| child.depth).max().unwrap_or(0);
        Self { kind, span, depth }
    }

    /// The node within any parentheses.
    pub(crate) fn bare(&self) -> &Self {
        match &self.kind {
            Kind::Group(inner) => inner.bare(),
            _ => self,
        }
    }

    /// The column, when the expression is just that.
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.bare().kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Calls `visit` for this node and all below, in the order of the text.
    pub(crate) fn walk<'n>(&'n self, visit: &mut impl FnMut(&'n Self)) {
        visit(self);
        self.kind.children().for_each(|child| child.walk(visit));
    }

    /// The names of columns in the expression, in order, repeats included.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.walk(&mut |node| {
            if let Kind::Name(name) = &node.kind {
                names.push(name.as_str());
            }
        });
        names
    }
}

impl Kind {
    fn children(&self) -> Box<dyn Iterator<Item = &Node> + '_> {
        match self {
            Self::Group(inner) | Self::Unary { operand: inner, .. } => {
                Box::new(std::iter::once(&**inner))
            }
            Self::Chain { first, rest } => {
                Box::new(std::iter::once(&**first).chain(rest.iter().map(|link| &link.right)))
            }
            Self::Call { args, .. } => Box::new(args.iter().map(|arg| &arg.value)),
            _ => Box::new(std::iter::empty()),
        }
    }
}
