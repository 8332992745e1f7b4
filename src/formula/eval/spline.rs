//! `ns(x, df, knots)`: knots from the values, as R places them.

use super::Evaluator;
use super::constants::arg;
use super::value::Class;
use crate::error::Result;
use crate::formula::expr::Expr;
use crate::formula::syntax::ast::Node;
use crate::formula::syntax::function::Function::Spline;
use crate::numeric::spline::{NaturalSpline, quantile_knots};

/// More columns than this are no smooth curve.
const MAX_DF: f64 = 100.0;

impl<'t> Evaluator<'t> {
    /// The spline of a call of `ns`, for the values that are not missing.
    pub(in crate::formula) fn spline(&mut self, expr: &Expr) -> Result<Option<NaturalSpline>> {
        let Some((x, args)) = expr.argument(Spline) else { return Ok(None) };
        self.text = expr.text().clone();
        let mut values = self.measurements(x.node())?;
        let given = arg(Spline, args, "knots").map(|node| self.numbers(node)).transpose()?;
        let count = self.count_knots(arg(Spline, args, "df"))?;
        let Some((boundaries, mut knots)) = quantile_knots(&mut values, count) else {
            return Err(expr.misfit(format!("{x} is missing in every row")).into());
        };
        if let Some(given) = given {
            knots = given;
            knots.sort_by(f64::total_cmp);
        }
        let spline = NaturalSpline::new(boundaries, &knots).ok_or_else(|| {
            let [low, high] = boundaries;
            let knots: Vec<String> = knots.iter().map(f64::to_string).collect();
            let knots = if knots.is_empty() { "none".to_owned() } else { knots.join(", ") };
            let message = format!("{x} runs from {low} to {high}, the knots are {knots}");
            let help = "knots must lie between the ends; use a smaller df, or knots = c(…)";
            crate::Error::from(expr.misfit(message).help(help))
        });
        spline.map(Some)
    }

    /// The finite numbers of an expression that must be a measurement.
    fn measurements(&mut self, x: &Node) -> Result<Vec<f64>> {
        let value = self.value(x)?;
        if let Some(error) = self.misread(&value) {
            return Err(error);
        }
        match value.numbers().filter(|_| value.class() != Class::Boolean) {
            Some(numbers) => {
                Ok(numbers.reals().iter().copied().filter(|x| x.is_finite()).collect())
            }
            None => {
                let message = format!("a spline needs numbers, {x} is {}", value.class().words());
                let error = self.misfit(&x.span, message);
                Err(error.help(format!("a category needs no spline: write {x} alone")).into())
            }
        }
    }

    fn count_knots(&mut self, df: Option<&Node>) -> Result<usize> {
        let Some(node) = df else { return Ok(0) };
        match self.number(node)? {
            df if df.fract() == 0.0 && (1.0..=MAX_DF).contains(&df) => Ok(df as usize - 1),
            _ => {
                let message = format!("df must be a whole number from 1 to {MAX_DF}");
                Err(self.misfit(&node.span, message).into())
            }
        }
    }
}
