//! A report as it stands in its page.

use serde_json::Value;

use super::html::{ANALYSIS, FRAME};
use crate::error::{Error, Result};

/// What a page says of its origin and its results.
#[derive(Debug)]
pub struct StoredReport {
    /// The file as the user named it.
    name: String,
    /// The page, with plain line ends.
    page: String,
    /// Its JSON, as `--format json` would have it.
    json: Value,
}

impl StoredReport {
    /// Reads a page.
    ///
    /// # Errors
    /// It is no page of `riskset report`, or what is embedded in it is damaged.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let page = text.replace("\r\n", "\n");
        let Some(frame) = embedded(&page, FRAME) else {
            let reason = "this is no page that riskset report wrote: it holds no element with the id \
                          riskset-report";
            return Err(Error::file(name, reason));
        };
        let mut json = parsed(name, FRAME, frame)?;
        let analyses = json["analyses"].as_array_mut().into_iter().flatten();
        for (analysis, at) in analyses.zip(1..) {
            let id = format!("{ANALYSIS}{at}");
            let missing =
                || Error::file(name, format!("the page holds no element with the id {id}"));
            analysis["result"] = parsed(name, &id, embedded(&page, &id).ok_or_else(missing)?)?;
        }
        Ok(Self { name: name.to_owned(), page, json })
    }

    /// The file as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version that wrote it.
    pub fn version(&self) -> &str {
        self.text("/riskset")
    }

    /// The name of its plan.
    pub fn plan_file(&self) -> &str {
        self.text("/plan/file")
    }

    /// The text of its plan.
    pub fn plan_text(&self) -> &str {
        self.text("/plan/text")
    }

    /// The hash of its plan, as it is recorded.
    pub fn plan_hash(&self) -> &str {
        self.text("/plan/sha256")
    }

    /// The name that its plan has for the data.
    pub fn data_file(&self) -> &str {
        self.text("/data/file")
    }

    /// The hash of its data.
    pub fn data_hash(&self) -> &str {
        self.text("/data/sha256")
    }

    pub(super) fn page(&self) -> &str {
        &self.page
    }

    pub(super) fn json(&self) -> &Value {
        &self.json
    }

    fn text(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The JSON in the element with this id.
fn embedded<'p>(page: &'p str, id: &str) -> Option<&'p str> {
    let start = format!("<script type=\"application/json\" id=\"{id}\">");
    let rest = &page[page.find(&start)? + start.len()..];
    Some(&rest[..rest.find("</script>")?])
}

fn parsed(name: &str, id: &str, text: &str) -> Result<Value> {
    let damaged = |error| Error::file(name, format!("the JSON of {id} is damaged: {error}"));
    serde_json::from_str(text).map_err(damaged)
}
