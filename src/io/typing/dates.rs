//! Dates in a column that was read as text. The whole column decides in which order day, month
//! and year stand.

use super::date::month_days;
use super::format::{DateFormat, Fit};
use super::reading::{Dates, Reading, Rules};
use super::refusal::{Kind, Refusal};
use super::shape::{Shape, Stamp, day};
use crate::io::options::PartialDate;
use crate::table::Category;

/// How the parts of a date stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    YearFirst(u8),
    DayFirst(u8),
    MonthFirst(u8),
    /// Day or month first: both can be.
    Unsure(u8),
    Named(u8),
    ShortYear(u8),
}

/// A column on its way.
struct Column<'a> {
    category: &'a Category,
    /// How often each level occurs, where the codes do not tell.
    counts: Option<&'a [u64]>,
    rules: &'a Rules,
    shapes: Vec<Option<Shape>>,
}

/// The dates of a column that has nothing else, or why they cannot be told; `None` when it is no
/// column of dates.
pub(super) fn dates(category: &Category, counts: Option<&[u64]>, rules: &Rules) -> Option<Reading> {
    let shapes: Vec<Option<Shape>> = category.levels.iter().map(|text| Shape::of(text)).collect();
    let column = Column { category, counts, rules, shapes };
    let read = if rules.formats.is_empty() { column.guessed() } else { column.given() }?;
    Some(match read {
        Ok(dates) => Reading::Dates(dates),
        Err(refusal) => Reading::Refused(refusal),
    })
}

type Found = Result<Dates, Refusal>;

impl Column<'_> {
    /// By what the values look like.
    fn guessed(&self) -> Option<Found> {
        let full = self.full();
        if !full.contains(&true) {
            return self.only_partial();
        }
        if self.shapes.contains(&None) {
            let strange: Vec<bool> = self.shapes.iter().map(Option::is_none).collect();
            return self.is_most(&full).then(|| Err(not_dates(strange)));
        }
        Some(self.order().and_then(|order| self.by_order(order)))
    }

    /// By the formats that were given; columns of ISO dates need none.
    fn given(&self) -> Option<Found> {
        let fits: Vec<Option<Result<Fit, ()>>> =
            self.category.levels.iter().map(|text| self.fit(text)).collect();
        let full = self.full();
        if !fits.iter().any(Option::is_some) {
            let iso = |shape: &Option<Shape>| {
                shape.is_none_or(|own| {
                    !own.is_full() || matches!(own.stamp, Stamp::YearFirst(b'-', _))
                })
            };
            if self.shapes.iter().all(iso) {
                return self.guessed();
            }
        }
        let partial = |at: usize| self.shapes[at].is_some_and(|shape| !shape.is_full());
        let strange: Vec<bool> =
            (0..fits.len()).map(|at| fits[at].is_none() && !partial(at)).collect();
        if strange.contains(&true) {
            let dates: Vec<bool> =
                fits.iter().zip(&full).map(|(fit, &full)| fit.is_some() || full).collect();
            let all = dates.iter().zip(&strange).all(|(&date, &strange)| date || !strange);
            return (all || self.is_most(&dates)).then(|| Err(self.misfit(strange)));
        }
        if !fits.iter().any(Option::is_some) {
            return self.only_partial();
        }
        let unsure: Vec<bool> = fits.iter().map(|fit| matches!(fit, Some(Err(())))).collect();
        if unsure.contains(&true) {
            let refusal = Refusal::of("has dates that fit two formats as different days", unsure);
            return Some(Err(refusal.help("give one order of day and month: --dates")));
        }
        let short_years = self.rules.formats.iter().any(DateFormat::has_short_year);
        let fits: Vec<Option<Fit>> = fits.into_iter().map(|fit| fit?.ok()).collect();
        Some(self.complete(&fits).map(|dates| Dates { short_years, ..dates }))
    }

    /// The one day that a text is by the given formats; an error when they differ.
    fn fit(&self, text: &str) -> Option<Result<Fit, ()>> {
        let mut fits = self.rules.formats.iter().filter_map(|format| format.day(text));
        let first = fits.next()?;
        Some(if fits.all(|fit| fit.day == first.day) { Ok(first) } else { Err(()) })
    }

    /// Whether each level has day, month and year.
    fn full(&self) -> Vec<bool> {
        self.shapes.iter().map(|shape| shape.is_some_and(|shape| shape.is_full())).collect()
    }

    /// Years and months without a single whole date are dates only if a rule says so.
    fn only_partial(&self) -> Option<Found> {
        let month = |shape: &Option<Shape>| {
            shape.is_some_and(|shape| matches!(shape.stamp, Stamp::Month(_)))
        };
        let dates = self.rules.partial.is_some()
            && self.shapes.iter().all(Option::is_some)
            && self.shapes.iter().any(month);
        dates.then(|| self.complete(&vec![None; self.shapes.len()]))
    }

    /// Whether more than half of the values that are there are among these levels.
    fn is_most(&self, levels: &[bool]) -> bool {
        let add =
            |(of, all): (u64, u64), (own, count)| (of + if own { count } else { 0 }, all + count);
        let (of, all) = match self.counts {
            Some(counts) => levels.iter().copied().zip(counts.iter().copied()).fold((0, 0), add),
            None => {
                let codes = self.category.codes.iter();
                let known = codes.filter_map(|&code| levels.get(code as usize));
                known.map(|&own| (own, 1)).fold((0, 0), add)
            }
        };
        2 * of > all
    }

    /// The one order in which the parts of all dates stand.
    fn order(&self) -> Result<Order, Refusal> {
        let orders: Vec<Option<Order>> =
            self.shapes.iter().map(|shape| order_of(&(*shape)?.stamp)).collect();
        let mut kinds: Vec<Order> = Vec::new();
        for &order in orders.iter().flatten() {
            if !kinds.contains(&order) {
                kinds.push(order);
            }
        }
        // An order that some values leave open is that of the others.
        let settled = |kinds: &[Order], separator| {
            kinds.iter().any(|kind| matches!(kind, Order::DayFirst(own) | Order::MonthFirst(own) if *own == separator))
        };
        let all = kinds.clone();
        kinds.retain(|kind| !matches!(kind, Order::Unsure(own) if settled(&all, *own)));
        let with = |order| orders.iter().map(|own| *own == Some(order)).collect::<Vec<bool>>();
        match kinds[..] {
            [Order::Unsure(separator)] => self.unsure(separator, with(kinds[0])),
            [Order::ShortYear(separator)] => Err(short_years(separator, with(kinds[0]))),
            [order] => Ok(order),
            _ => Err(several(kinds.iter().map(|&order| (order, with(order))))),
        }
    }

    /// Day and month are the same number throughout, or nobody can tell.
    fn unsure(&self, separator: u8, codes: Vec<bool>) -> Result<Order, Refusal> {
        let same = |shape: &Shape| match shape.stamp {
            Stamp::YearLast(_, [first, second, _]) => first == second,
            _ => true,
        };
        if self.shapes.iter().flatten().all(same) {
            return Ok(Order::DayFirst(separator));
        }
        let [day, month] = [Order::DayFirst(separator), Order::MonthFirst(separator)];
        let (day, month) = (format(day), format(month));
        let refusal = Refusal::of("has dates whose day and month cannot be told apart", codes);
        Err(refusal
            .help(format!("say which comes first: --dates \"{day}\" or --dates \"{month}\"")))
    }

    fn by_order(&self, order: Order) -> Found {
        let fit = |shape: &Option<Shape>| {
            let shape = shape.filter(Shape::is_full)?;
            Some(ordered(shape.stamp, order).and_then(day).map(|day| Fit { day, time: shape.time }))
        };
        let fits: Vec<Option<Option<Fit>>> = self.shapes.iter().map(fit).collect();
        let impossible: Vec<bool> = fits.iter().map(|fit| *fit == Some(None)).collect();
        if impossible.contains(&true) {
            return Err(no_such_day(impossible));
        }
        let fits: Vec<Option<Fit>> = fits.into_iter().map(Option::flatten).collect();
        let guessed = (order != Order::YearFirst(b'-')).then(|| format(order));
        Ok(Dates { guessed, ..self.complete(&fits)? })
    }

    /// Completes the dates that are partial, by the rule.
    fn complete(&self, fits: &[Option<Fit>]) -> Found {
        let cut: Vec<bool> = fits.iter().map(|fit| fit.is_some_and(|fit| fit.time.later)).collect();
        let elsewhere = |fit: &Option<Fit>| fit.is_some_and(|fit| fit.time.later && fit.time.zoned);
        if fits.iter().any(elsewhere) {
            let codes = fits.iter().map(elsewhere).collect();
            return Err(Refusal::of("has times with a time zone", codes)
                .help("the day may be another one where it happened: write local dates"));
        }
        let completed: Vec<bool> = fits.iter().map(Option::is_none).collect();
        let Some(rule) = self.rules.partial else {
            return match completed.contains(&true) {
                true => Err(incomplete(completed)),
                false => Ok(Dates { days: days(fits), completed, cut, ..Dates::default() }),
            };
        };
        let completing = |(fit, shape): (&Option<Fit>, &Option<Shape>)| match (fit, shape) {
            (Some(fit), _) => Some(fit.day),
            (None, Some(shape)) => completion(shape.stamp, rule),
            (None, None) => None,
        };
        let days: Vec<Option<i32>> = fits.iter().zip(&self.shapes).map(completing).collect();
        if days.contains(&None) {
            return Err(no_such_day(days.iter().map(Option::is_none).collect()));
        }
        let days = days.into_iter().flatten().collect();
        Ok(Dates { days, completed, cut, ..Dates::default() })
    }

    fn misfit(&self, codes: Vec<bool>) -> Refusal {
        let formats: Vec<&str> = self.rules.formats.iter().map(DateFormat::text).collect();
        let formats = formats.join(" or ");
        Refusal::of(format!("has values that are no dates by {formats}"), codes).help(
            "give every format in use with --dates, mend the cells, or say that they are missing: \
             --missing \"…\"",
        )
    }
}

fn days(fits: &[Option<Fit>]) -> Vec<i32> {
    fits.iter().flatten().map(|fit| fit.day).collect()
}

/// What one value says about the order. Dots have the day first.
fn order_of(stamp: &Stamp) -> Option<Order> {
    Some(match *stamp {
        Stamp::YearFirst(separator, _) => Order::YearFirst(separator),
        Stamp::Named(separator, _) => Order::Named(separator),
        Stamp::ShortYear(separator) => Order::ShortYear(separator),
        Stamp::YearLast(b'.', _) => Order::DayFirst(b'.'),
        Stamp::YearLast(separator, [first, second, _]) => match (first > 12, second > 12) {
            (true, false) => Order::DayFirst(separator),
            (false, true) => Order::MonthFirst(separator),
            _ => Order::Unsure(separator),
        },
        Stamp::Month(_) | Stamp::Year(_) => return None,
    })
}

/// Year, month and day.
fn ordered(stamp: Stamp, order: Order) -> Option<[i32; 3]> {
    match (stamp, order) {
        (Stamp::YearFirst(_, parts) | Stamp::Named(_, parts), _) => Some(parts),
        (Stamp::YearLast(_, [first, second, year]), Order::MonthFirst(_)) => {
            Some([year, first, second])
        }
        (Stamp::YearLast(_, [first, second, year]), _) => Some([year, second, first]),
        _ => None,
    }
}

/// The day that stands for a partial date.
fn completion(stamp: Stamp, rule: PartialDate) -> Option<i32> {
    let (year, month) = match (stamp, rule) {
        (Stamp::Month([year, month]), _) => (year, month),
        (Stamp::Year(year), PartialDate::First) => return day([year, 1, 1]),
        (Stamp::Year(year), PartialDate::Middle) => return day([year, 7, 1]),
        (Stamp::Year(year), PartialDate::Last) => return day([year, 12, 31]),
        _ => return None,
    };
    day([
        year,
        month,
        match rule {
            PartialDate::First => 1,
            PartialDate::Middle => 15,
            PartialDate::Last => month_days(year, month),
        },
    ])
}

/// An order as a format of `strftime`.
fn format(order: Order) -> String {
    let join = |parts: [&str; 3], separator: u8| {
        let separator = if separator == 0 { String::new() } else { char::from(separator).into() };
        parts.join(&separator)
    };
    match order {
        Order::YearFirst(separator) => join(["%Y", "%m", "%d"], separator),
        Order::DayFirst(separator) => join(["%d", "%m", "%Y"], separator),
        Order::MonthFirst(separator) => join(["%m", "%d", "%Y"], separator),
        Order::Named(separator) => join(["%d", "%b", "%Y"], separator),
        Order::ShortYear(separator) => join(["%d", "%m", "%y"], separator),
        Order::Unsure(_) => format!("{} or {}", format(first_of(order)), format(second_of(order))),
    }
}

fn first_of(order: Order) -> Order {
    if let Order::Unsure(separator) = order { Order::DayFirst(separator) } else { order }
}

fn second_of(order: Order) -> Order {
    if let Order::Unsure(separator) = order { Order::MonthFirst(separator) } else { order }
}

fn several(orders: impl Iterator<Item = (Order, Vec<bool>)>) -> Refusal {
    let kinds: Vec<(Order, Kind)> =
        orders.map(|(order, codes)| (order, Kind { what: format(order), codes })).collect();
    let formats: Vec<String> = kinds.iter().map(|(order, _)| format(first_of(*order))).collect();
    let separators = |order: &Order| match *order {
        Order::DayFirst(own) | Order::MonthFirst(own) => Some(own),
        _ => None,
    };
    let found: Vec<u8> = kinds.iter().filter_map(|(order, _)| separators(order)).collect();
    let contrary = found.windows(2).any(|pair| pair[0] == pair[1]);
    Refusal {
        summary: format!("has dates of {} formats", kinds.len()),
        help: match contrary {
            true => "day and month stand in different orders, so that no day up to the 12th is \
                     sure: mend the column"
                .to_owned(),
            false => format!("if all of them are meant, say so: --dates \"{}\"", formats.join(",")),
        },
        kinds: kinds.into_iter().map(|(_, kind)| kind).collect(),
    }
}

fn short_years(separator: u8, codes: Vec<bool>) -> Refusal {
    let format = format(Order::ShortYear(separator));
    Refusal::of("has dates with years of two digits", codes)
        .help(format!("say how they are written: --dates \"{format}\""))
}

fn not_dates(codes: Vec<bool>) -> Refusal {
    Refusal::of("is a column of dates with values that are none", codes)
        .help("mend these cells, or say that they are missing: --missing \"…\"")
}

fn no_such_day(codes: Vec<bool>) -> Refusal {
    Refusal::of("has days that no calendar has", codes)
        .help("mend these cells, or say that they are missing: --missing \"…\"")
}

fn incomplete(codes: Vec<bool>) -> Refusal {
    Refusal::of("has dates without day or month", codes)
        .help("say which day stands for them: --partial-dates first, middle or last")
}
