//! `cut`: classes of a number, as R makes and names them.

use std::borrow::Cow;

use super::constants::arg;
use super::factor::relabelled;
use super::label::{number, significant};
use super::value::{Scalar, Value};
use super::{Evaluator, in_words};
use crate::error::Result;
use crate::formula::rows::{count as count_rows, map};
use crate::formula::syntax::ast::{Argument, Node};
use crate::formula::syntax::function::Function::Cut;
use crate::table::{Category, Column, MISSING_CODE, MISSING_INT};

/// Distinct values outside the breaks that a note names.
const NAMED: usize = 5;

/// Where classes begin and end.
struct Classes {
    breaks: Vec<f64>,
    /// Whether a class contains its upper break, not its lower.
    right: bool,
    /// Whether the outermost break belongs to the outermost class.
    lowest: bool,
    digits: usize,
}

impl<'t> Evaluator<'t> {
    pub(super) fn cut(&mut self, x: &Node, args: &[Argument], node: &Node) -> Result<Value<'t>> {
        let value = self.value(x)?;
        let value = self.numeric(value, x)?;
        let classes = self.classes(args)?;
        let value = match value {
            Value::Scalar(_) => Value::Column(Cow::Owned(value.into_column(self.rows()))),
            column => column,
        };
        let Some(numbers) = value.numbers() else { return Ok(Value::Scalar(Scalar::Missing)) };
        let codes = numbers.each(|x| classes.code(x));
        let lost = count_rows(&codes, |&code| code == MISSING_CODE);
        if lost > numbers.count_missing() {
            self.note_outside(&codes, &numbers.reals(), &classes, node);
        }
        let labels = match arg(Cut, args, "labels") {
            None => classes.labels(),
            Some(labels) => match self.labels(labels, &classes)? {
                Some(labels) => labels,
                None => return Ok(numbered(&codes)),
            },
        };
        let plain = Category { codes, levels: labels.clone().into() };
        Ok(Value::Column(Cow::Owned(Column::Category(relabelled(plain, &labels)))))
    }

    fn classes(&mut self, args: &[Argument]) -> Result<Classes> {
        let digits = match arg(Cut, args, "dig.lab") {
            Some(node) => self.number(node)?.clamp(1.0, 17.0) as usize,
            None => 3,
        };
        let right = self.switch(arg(Cut, args, "right"), true)?;
        let lowest = self.switch(arg(Cut, args, "include.lowest"), false)?;
        let mut breaks = Vec::new();
        if let Some(node) = arg(Cut, args, "breaks") {
            breaks = self.numbers(node)?;
            breaks.sort_by(f64::total_cmp);
            if breaks.len() < 2 {
                let error = self.misfit(&node.span, "classes need two breaks or more");
                return Err(error.help("as cut(x, c(0, 55, 101)); Inf stands for no limit").into());
            }
            if let Some(twice) = breaks.windows(2).find(|pair| pair[0] == pair[1]) {
                let message = format!("break {} is given twice", number(twice[0]));
                return Err(self.misfit(&node.span, message).into());
            }
        }
        Ok(Classes { breaks, right, lowest, digits })
    }

    /// The labels given; none when classes shall be numbered (`labels = FALSE`).
    fn labels(&mut self, node: &Node, classes: &Classes) -> Result<Option<Vec<String>>> {
        if let [Scalar::Boolean(false)] = self.constants(node)?[..] {
            return Ok(None);
        }
        let labels = self.texts_of(node)?;
        let needed = classes.breaks.len() - 1;
        if labels.len() != needed {
            let message = format!("{} labels for {needed} classes", labels.len());
            return Err(self.misfit(&node.span, message).into());
        }
        Ok(Some(labels))
    }

    fn note_outside(&mut self, codes: &[u32], values: &[f64], classes: &Classes, node: &Node) {
        let is_outside = |&(&code, x): &(&u32, &f64)| code == MISSING_CODE && !x.is_nan();
        let mut rows = 0;
        let mut named: Vec<f64> = Vec::new();
        for (_, &x) in codes.iter().zip(values).filter(is_outside) {
            rows += 1;
            if named.len() <= NAMED && !named.contains(&x) {
                named.push(x);
            }
        }
        let more = if named.len() > NAMED { ", …" } else { "" };
        let shown: Vec<String> = named.iter().take(NAMED).map(|&x| number(x)).collect();
        let (first, last) = (classes.breaks[0], classes.breaks[classes.breaks.len() - 1]);
        self.remark(format!(
            "{node}: {} outside the breaks {} to {} ({}{more}), taken as missing",
            in_words(rows),
            number(first),
            number(last),
            shown.join(", ")
        ));
    }
}

fn numbered(codes: &[u32]) -> Value<'static> {
    let class = |&code: &u32| if code == MISSING_CODE { MISSING_INT } else { code as i32 + 1 };
    Value::Column(Cow::Owned(Column::Integer(map(codes, class))))
}

impl Classes {
    fn code(&self, x: f64) -> u32 {
        let classes = self.breaks.len() - 1;
        let below = match self.right {
            true => self.breaks.partition_point(|&own| own < x),
            false => self.breaks.partition_point(|&own| own <= x),
        };
        let at_edge = self.lowest && x == self.breaks[if self.right { 0 } else { classes }];
        match below {
            _ if x.is_nan() => MISSING_CODE,
            _ if at_edge => {
                if self.right {
                    0
                } else {
                    classes as u32 - 1
                }
            }
            0 => MISSING_CODE,
            below if below > classes => MISSING_CODE,
            below => below as u32 - 1,
        }
    }

    /// R's labels: as few digits, from 3 on, as tell neighbouring breaks apart.
    fn labels(&self) -> Vec<String> {
        let classes = self.breaks.len() - 1;
        let texts = |digits| -> Vec<String> {
            self.breaks.iter().map(|&own| self.text(own, digits)).collect()
        };
        let told_apart = |texts: &Vec<String>| texts.windows(2).all(|pair| pair[0] != pair[1]);
        let Some(texts) = (self.digits..=self.digits.max(12)).map(texts).find(told_apart) else {
            return (1..=classes).map(|class| format!("Range_{class}")).collect();
        };
        (0..classes).map(|class| self.label(class, &texts)).collect()
    }

    /// R makes infinities equally wide: `(-Inf,0]` and `(0, Inf]`.
    fn text(&self, value: f64, digits: usize) -> String {
        let padded = value == f64::INFINITY && self.breaks[0] == f64::NEG_INFINITY;
        let space = if padded { " " } else { "" };
        format!("{space}{}", significant(value, digits))
    }

    fn label(&self, class: usize, texts: &[String]) -> String {
        let first = self.lowest && self.right && class == 0;
        let last = self.lowest && !self.right && class + 2 == texts.len();
        let open = if self.right && !first { '(' } else { '[' };
        let close = if self.right || last { ']' } else { ')' };
        format!("{open}{},{}{close}", texts[class], texts[class + 1])
    }
}
