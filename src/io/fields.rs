//! A file as the texts that stand in it, for numbers whose printed digits matter.

use super::Reader;
use super::encoding::Evidence;
use super::typing::Texts;
use crate::error::{Error, Result};
use crate::table::MISSING_CODE;

/// One record: its fields as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow {
    /// The line, counted from 1, where it begins, if the file has lines.
    pub line: Option<u64>,
    /// The fields in the order of the header; `None` for what is missing.
    pub fields: Vec<Option<String>>,
}

impl Reader {
    /// Reads every field as text: `0.890` stays `0.890`.
    ///
    /// # Errors
    /// As for [`Reader::read`], but for columns that are refused.
    pub fn read_texts(&self) -> Result<Vec<TextRow>> {
        let all: Vec<usize> = (0..self.header().len()).collect();
        let mut stretches = Vec::new();
        let whole = self.visit(&all, &mut |new| stretches.extend(new))?;
        let columns = stretches.iter().flat_map(|stretch| &stretch.columns);
        let levels = columns.flat_map(|texts| texts.levels.iter());
        let evidence = levels.fold(Evidence::default(), |mut own, text| {
            own.add(text);
            own
        });
        let encoding = self.encoding(evidence);
        let text = |texts: &Texts, row: usize| -> Result<Option<String>> {
            let code = texts.codes[row];
            if code == MISSING_CODE {
                return Ok(None);
            }
            let text = encoding.decode(texts.levels.get(code as usize));
            let text = text.ok_or_else(|| Error::file(self.name(), "is not UTF-8 text"))?;
            Ok(Some(text.trim().to_owned()))
        };
        let mut rows = Vec::with_capacity(whole.rows);
        for stretch in &stretches {
            let height = stretch.columns.first().map_or(0, |column| column.codes.len());
            for row in 0..height {
                let fields = stretch.columns.iter().map(|column| text(column, row));
                let line = whole.origin.line(stretch.first + row);
                rows.push(TextRow { line, fields: fields.collect::<Result<_>>()? });
            }
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use crate::io::{ReadOptions, Reader};

    #[test]
    fn digits_stay_as_they_are_written() {
        let bytes = b"id,value,p\na,0.890,<0.001\n\nb,,1.0\n".to_vec();
        let reader = Reader::from_bytes("f.csv", bytes, ReadOptions::default()).unwrap();
        let rows = reader.read_texts().unwrap();
        let text = |row: usize, field: usize| rows[row].fields[field].as_deref();
        assert_eq!((text(0, 1), text(0, 2)), (Some("0.890"), Some("<0.001")));
        assert_eq!((text(1, 1), text(1, 2)), (None, Some("1.0")));
        assert_eq!((rows[0].line, rows[1].line), (Some(2), Some(4)));
    }
}
