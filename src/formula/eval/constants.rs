//! Constants: `c(…)`, options of functions.

use super::Evaluator;
use super::value::{Scalar, Value};
use crate::error::Result;
use crate::formula::syntax::ast::{Argument, Kind, Node};
use crate::formula::syntax::function::Function;

impl<'t> Evaluator<'t> {
    /// The values of `c(…)`, or the one constant.
    pub(super) fn constants(&mut self, node: &Node) -> Result<Vec<Scalar>> {
        match &node.bare().kind {
            Kind::Call { function: Function::Combine, args } => {
                let mut all = Vec::with_capacity(args.len());
                for arg in args {
                    all.extend(self.constants(&arg.value)?);
                }
                Ok(all)
            }
            _ => Ok(vec![self.constant(node)?]),
        }
    }

    pub(super) fn constant(&mut self, node: &Node) -> Result<Scalar> {
        match self.value(node)? {
            Value::Scalar(scalar) => Ok(scalar),
            Value::Column(_) => {
                let error = self.misfit(&node.span, "a constant must stand here, not a column");
                Err(error.help("as c(1, 2) or c(\"a\", \"b\")").into())
            }
        }
    }

    pub(super) fn number(&mut self, node: &Node) -> Result<f64> {
        match self.constant(node)? {
            Scalar::Number(number) => Ok(number),
            _ => Err(self.misfit(&node.span, "a number must stand here").into()),
        }
    }

    /// Numbers of `c(…)`.
    pub(super) fn numbers(&mut self, node: &Node) -> Result<Vec<f64>> {
        let number = |scalar| match scalar {
            Scalar::Number(number) => Some(number),
            _ => None,
        };
        let all: Option<Vec<f64>> = self.constants(node)?.into_iter().map(number).collect();
        all.ok_or_else(|| self.misfit(&node.span, "numbers must stand here").into())
    }

    /// Texts of `c(…)`; numbers count as the text they print as.
    pub(super) fn texts_of(&mut self, node: &Node) -> Result<Vec<String>> {
        let all: Option<Vec<String>> = self.constants(node)?.iter().map(text).collect();
        all.ok_or_else(|| self.misfit(&node.span, "NA is no label").into())
    }

    /// A switch, or its default.
    pub(super) fn switch(&mut self, node: Option<&Node>, default: bool) -> Result<bool> {
        let Some(node) = node else { return Ok(default) };
        match self.constant(node)? {
            Scalar::Boolean(value) => Ok(value),
            _ => Err(self.misfit(&node.span, "TRUE or FALSE must stand here").into()),
        }
    }
}

/// A constant as a level.
pub(super) fn text(scalar: &Scalar) -> Option<String> {
    match scalar {
        Scalar::Missing => None,
        Scalar::Number(number) => Some(super::label::number(*number)),
        Scalar::Boolean(value) => Some(value.to_string()),
        Scalar::Text(text) => Some(text.clone()),
        Scalar::Date(days) => Some(crate::formula::syntax::date_text(*days)),
    }
}

/// The argument of a parameter.
pub(super) fn arg<'n>(function: Function, args: &'n [Argument], name: &str) -> Option<&'n Node> {
    let slot = function.slot(name)?;
    args.iter().find(|arg| arg.slot == slot).map(|arg| &arg.value)
}
