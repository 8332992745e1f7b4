//! Texts of options as types.

use std::num::NonZeroUsize;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::compare::Adjustment;
use crate::convention::Dialect;
use crate::cox::{PhTransform, Ties};
use crate::curve::{BandType, ConfType, MedianRule};
use crate::formula::WeightKind;
use crate::io::{Encoding, PartialDate};
use crate::plan::Unit;
use crate::published::PrintedEstimate;
use crate::report::{
    Center, CoxFigure, Format, Heights, Labels, PlotWidth, ResidualType, RiskTable, Spread, Tested,
};
use crate::reproduce::identify::Statistic;

/// One of some values, by name; an error lists the names.
fn choice<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let names = all.iter().map(move |&value| name(value));
    PossibleValuesParser::new(names).try_map(move |text| {
        all.iter().copied().find(|&value| name(value) == text).ok_or("no such value")
    })
}

pub(super) fn conf_type() -> impl TypedValueParser<Value = ConfType> {
    choice(&ConfType::ALL, ConfType::name)
}

pub(super) fn dialect() -> impl TypedValueParser<Value = Dialect> {
    choice(&Dialect::ALL, Dialect::name)
}

pub(super) fn format() -> impl TypedValueParser<Value = Format> {
    choice(&Format::ALL, Format::name)
}

pub(super) fn median_rule() -> impl TypedValueParser<Value = MedianRule> {
    const ALL: [MedianRule; 3] =
        [MedianRule::Midpoint, MedianRule::FirstAtOrBelow, MedianRule::FirstBelow];
    choice(&ALL, MedianRule::name)
}

pub(super) fn band() -> impl TypedValueParser<Value = BandType> {
    choice(&[BandType::HallWellner, BandType::EqualPrecision], |own| match own {
        BandType::HallWellner => "hall-wellner",
        BandType::EqualPrecision => "equal-precision",
    })
}

pub(super) fn ties() -> impl TypedValueParser<Value = Ties> {
    choice(&[Ties::Efron, Ties::Breslow, Ties::Exact], Ties::name)
}

pub(super) fn ph_transform() -> impl TypedValueParser<Value = PhTransform> {
    choice(&PhTransform::ALL, PhTransform::name)
}

pub(super) fn residuals() -> impl TypedValueParser<Value = ResidualType> {
    choice(&ResidualType::ALL, ResidualType::name)
}

/// `p<0.10`.
pub(super) fn selection(text: &str) -> Result<f64, String> {
    let limit = text.trim().strip_prefix('p').map(str::trim_start);
    let limit = limit.and_then(|rest| rest.strip_prefix('<')).map(str::trim);
    let limit = limit.and_then(|limit| limit.parse().ok());
    limit.filter(|limit| (0.0..=1.0).contains(limit)).ok_or_else(|| "write p<0.10".to_owned())
}

pub(super) fn weight_type() -> impl TypedValueParser<Value = WeightKind> {
    choice(&[WeightKind::Frequency, WeightKind::Sampling], |kind| match kind {
        WeightKind::Frequency => "frequency",
        WeightKind::Sampling => "sampling",
    })
}

pub(super) fn center() -> impl TypedValueParser<Value = Center> {
    choice(&[Center::Median, Center::Mean], |own| match own {
        Center::Median => "median",
        Center::Mean => "mean",
    })
}

pub(super) fn spread() -> impl TypedValueParser<Value = Spread> {
    choice(&[Spread::Usual, Spread::Range], |own| match own {
        Spread::Usual => "usual",
        Spread::Range => "range",
    })
}

pub(super) fn tested() -> impl TypedValueParser<Value = Tested> {
    choice(&[Tested::Auto, Tested::Parametric, Tested::None], |own| match own {
        Tested::Auto => "auto",
        Tested::Parametric => "parametric",
        Tested::None => "none",
    })
}

/// Decimals that a double has.
pub(super) fn digits(text: &str) -> Result<usize, String> {
    let digits = text.trim().parse().ok().filter(|&digits: &usize| digits <= 15);
    digits.ok_or_else(|| "give a whole number from 0 to 15".to_owned())
}

pub(super) fn adjustment() -> impl TypedValueParser<Value = Adjustment> {
    const ALL: [Adjustment; 4] =
        [Adjustment::None, Adjustment::Bonferroni, Adjustment::Holm, Adjustment::Bh];
    choice(&ALL, |own| match own {
        Adjustment::None => "none",
        Adjustment::Bonferroni => "bonferroni",
        Adjustment::Holm => "holm",
        Adjustment::Bh => "bh",
    })
}

pub(super) fn unit() -> impl TypedValueParser<Value = Unit> {
    choice(&Unit::ALL, Unit::name)
}

pub(super) fn risk_table() -> impl TypedValueParser<Value = RiskTable> {
    choice(&[RiskTable::AtRisk, RiskTable::Full, RiskTable::None], |own| match own {
        RiskTable::AtRisk => "at-risk",
        RiskTable::Full => "full",
        RiskTable::None => "none",
    })
}

pub(super) fn heights() -> impl TypedValueParser<Value = Heights> {
    choice(&[Heights::Survival, Heights::Failure, Heights::LogLog], |own| match own {
        Heights::Survival => "survival",
        Heights::Failure => "failure",
        Heights::LogLog => "log-log",
    })
}

pub(super) fn cox_figure() -> impl TypedValueParser<Value = CoxFigure> {
    choice(&[CoxFigure::Forest, CoxFigure::PhTest, CoxFigure::Curves], |own| match own {
        CoxFigure::Forest => "forest",
        CoxFigure::PhTest => "ph-test",
        CoxFigure::Curves => "curves",
    })
}

pub(super) fn labels() -> impl TypedValueParser<Value = Labels> {
    choice(&[Labels::Legend, Labels::Direct], |own| match own {
        Labels::Legend => "legend",
        Labels::Direct => "direct",
    })
}

/// The width of a figure, by name or in millimetres.
pub(super) fn width(text: &str) -> Result<PlotWidth, String> {
    match text.trim() {
        "single" => Ok(PlotWidth::Single),
        "middle" => Ok(PlotWidth::Middle),
        "double" => Ok(PlotWidth::Double),
        text => number(text).map(PlotWidth::Millimetres).map_err(|_| {
            "give single (85 mm), middle (130 mm), double (175 mm), or millimetres".to_owned()
        }),
    }
}

/// The share of the absolute penalty, by name or as a number.
pub(super) fn penalty(text: &str) -> Result<f64, String> {
    let alpha = match text.trim() {
        "ridge" => Some(0.0),
        "lasso" => Some(1.0),
        text => number(text).ok().filter(|alpha| (0.0..=1.0).contains(alpha)),
    };
    alpha.ok_or_else(|| "give ridge, lasso, or an alpha from 0 to 1".to_owned())
}

/// A finite number.
pub(super) fn number(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "this is no number".to_owned())
}

/// A time at which somebody could be followed.
pub(super) fn time(text: &str) -> Result<f64, String> {
    let time = number(text)?;
    if time >= 0.0 { Ok(time) } else { Err("a time cannot be negative".to_owned()) }
}

/// A number between 0 and 1.
pub(super) fn fraction(text: &str) -> Result<f64, String> {
    match number(text)? {
        number if number > 0.0 && number < 1.0 => Ok(number),
        _ => Err("give a number between 0 and 1, both excluded".to_owned()),
    }
}

/// One byte between fields.
pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        text => match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
            _ => Err("give one ASCII character, or tab".to_owned()),
        },
    }
}

/// The mark before the decimals.
pub(super) fn decimal(text: &str) -> Result<u8, String> {
    match text {
        "," | "comma" => Ok(b','),
        "." | "point" => Ok(b'.'),
        _ => Err("give , or .".to_owned()),
    }
}

pub(super) fn encoding(text: &str) -> Result<Encoding, String> {
    Encoding::parse(text).map_err(|error| error.to_string())
}

pub(super) fn partial_date() -> impl TypedValueParser<Value = PartialDate> {
    choice(&PartialDate::ALL, PartialDate::name)
}

/// A number of threads.
pub(super) fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.trim().parse().map_err(|_| "give a whole number, 1 or more".to_owned())
}

/// A number of random draws.
pub(super) fn draws(text: &str) -> Result<u64, String> {
    match text.trim().parse() {
        Ok(draws) if draws > 0 => Ok(draws),
        _ => Err("give a whole number, 1 or more".to_owned()),
    }
}

/// A printed number with or without its limits.
pub(super) fn published(text: &str) -> Result<PrintedEstimate, String> {
    PrintedEstimate::parse(text).map_err(|error| error.to_string())
}

/// `median`, `rate@12`, `hr`, `p`.
pub(super) fn statistic(text: &str) -> Result<Statistic, String> {
    match text.trim() {
        "median" => Ok(Statistic::Quantile(0.5)),
        "hr" => Ok(Statistic::HazardRatio),
        "p" => Ok(Statistic::P),
        text => match text.strip_prefix("rate@") {
            Some(at) => time(at).map(Statistic::Rate),
            None => Err("give median, rate@TIME, hr or p".to_owned()),
        },
    }
}
