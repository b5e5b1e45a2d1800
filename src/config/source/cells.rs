//! `Cells`: one record as the values that a template sees.

use std::collections::BTreeMap;
use std::sync::Arc;

use csv::StringRecord;
use minijinja::Value;
use minijinja::value::Enumerator;
use minijinja::value::Object;

/// The cells of one record by their headers; with a line, also the names that every template has.
///
/// A cell becomes a value when it is asked for: a table may have many more columns than a template needs.
#[derive(Debug)]
pub(crate) struct Cells {
    /// Which cell each header names.
    pub(crate) columns: Arc<BTreeMap<String, usize>>,
    /// The cells.
    pub(crate) record: StringRecord,
    /// The line, for the values of a template; nothing for its `row`.
    pub(crate) line: Option<u32>,
}

/// Which cell each header names: of two equal ones the first; none for a column without a name.
pub(crate) fn columns(headers: &[String]) -> BTreeMap<String, usize> {
    headers
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, header)| !header.is_empty())
        .map(|(index, header)| (header.clone(), index))
        .collect()
}

/// A text without the blanks around it, those that look like none among them: no cell means them.
pub(crate) fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'))
}

impl Object for Cells {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        match (name, self.line) {
            ("line", Some(line)) => Some(Value::from(line)),
            ("row", Some(_)) => Some(Value::from_object(Self {
                columns: Arc::clone(&self.columns),
                record: self.record.clone(),
                line: None,
            })),
            _ => Some(Value::from(bare(self.record.get(*self.columns.get(name)?)?))),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.columns.keys().map(|name| Value::from(name.as_str())).collect())
    }
}
