//! Two trees of JSON, value by value.

use serde::Serialize;
use serde_json::{Map, Value};

/// Numbers closer than this, relative to their size, are the same: another machine may round
/// another way.
const CLOSE: f64 = 1e-12;

/// Keys at the top that say where a report comes from, and are compared by themselves.
const ORIGINS: [&str; 3] = ["riskset", "plan", "data"];

/// A value that is another one now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Difference {
    /// Where, as a JSON pointer.
    pub(super) path: String,
    /// None where there was nothing.
    pub(super) recorded: Option<Value>,
    /// None where there is nothing.
    pub(super) here: Option<Value>,
    /// Of numbers, how far they are apart, relative to the larger one.
    pub(super) relative: Option<f64>,
}

/// What comparing has found.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) compared: usize,
    /// Numbers that differ by rounding only.
    pub(super) rounding: usize,
    pub(super) differences: Vec<Difference>,
}

impl Tally {
    /// Compares two reports, origins aside.
    pub(super) fn of(was: &Value, is: &Value) -> Self {
        let mut own = Self::default();
        if let (Value::Object(was), Value::Object(is)) = (was, is) {
            own.objects("", was, is, &ORIGINS);
        }
        own
    }

    fn objects(
        &mut self,
        path: &str,
        was: &Map<String, Value>,
        is: &Map<String, Value>,
        without: &[&str],
    ) {
        let new = is.keys().filter(|key| !was.contains_key(*key));
        for key in was.keys().chain(new).filter(|key| !without.contains(&key.as_str())) {
            // As a JSON pointer has it.
            let name = key.replace('~', "~0").replace('/', "~1");
            self.compare(&format!("{path}/{name}"), was.get(key), is.get(key));
        }
    }

    fn compare(&mut self, path: &str, was: Option<&Value>, is: Option<&Value>) {
        match (was, is) {
            (Some(Value::Object(was)), Some(Value::Object(is))) => self.objects(path, was, is, &[]),
            (Some(Value::Array(was)), Some(Value::Array(is))) => {
                for at in 0..was.len().max(is.len()) {
                    self.compare(&format!("{path}/{at}"), was.get(at), is.get(at));
                }
            }
            (was, is) => self.values(path, was, is),
        }
    }

    fn values(&mut self, path: &str, was: Option<&Value>, is: Option<&Value>) {
        self.compared += 1;
        if was == is {
            return;
        }
        let number = |own: Option<&Value>| own.and_then(Value::as_f64);
        let relative = match (number(was), number(is)) {
            (Some(was), Some(is)) => Some((was - is).abs() / was.abs().max(is.abs())),
            _ => None,
        };
        if relative.is_some_and(|own| own < CLOSE) {
            self.rounding += 1;
            return;
        }
        let (recorded, here) = (was.cloned(), is.cloned());
        self.differences.push(Difference { path: path.to_owned(), recorded, here, relative });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_is_compared_and_origins_are_not() {
        let was = json!({"riskset": "1", "a": [1.0, 2.0, null], "b/c": {"x": "y"}, "gone": 3});
        let is = json!({"riskset": "2", "a": [1.0, 2.0000000000001, 0.5], "b/c": {"x": "z"}});
        let own = Tally::of(&was, &is);
        assert_eq!((own.compared, own.rounding), (5, 1));
        let paths: Vec<&str> = own.differences.iter().map(|own| own.path.as_str()).collect();
        assert_eq!(paths, ["/a/2", "/b~1c/x", "/gone"]);
        assert_eq!(own.differences[0].recorded, Some(json!(null)));
        assert_eq!(own.differences[2].here, None);
    }

    #[test]
    fn a_number_that_became_another_differs_however_little_it_is() {
        let own =
            Tally::of(&json!({"a": 0.0, "b": 1.0}), &json!({"a": 1e-300, "b": 1.000_000_001}));
        assert_eq!((own.rounding, own.differences.len()), (0, 2));
    }
}
