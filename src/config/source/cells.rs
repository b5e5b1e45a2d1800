//! `Cells`: one record as the values that a template sees.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use csv::StringRecord;
use minijinja::Value;
use minijinja::value::Enumerator;
use minijinja::value::Object;

/// What the columns of a table are called, and which of them a template asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    names: BTreeMap<String, usize>,
    defaults: BTreeMap<String, String>,
    /// The headers in their order, for people.
    headers: Arc<[String]>,
    used: Arc<[AtomicBool]>,
}

impl Columns {
    /// The columns of a table: of two equal headers the first; none for a column without a name.
    pub(crate) fn new(headers: &[String]) -> Self {
        let names = headers
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, header)| !header.is_empty())
            .map(|(index, header)| (header.clone(), index))
            .collect();
        let used = headers.iter().map(|_| AtomicBool::new(false)).collect();
        Self { names, defaults: BTreeMap::new(), headers: headers.into(), used }
    }

    /// The number of the column that has a name.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// The header of a column.
    pub(crate) fn header(&self, index: usize) -> Option<&str> {
        self.headers.get(index).map(String::as_str)
    }

    /// Whether something stands for an empty cell under a name.
    pub(crate) fn has_default(&self, name: &str) -> bool {
        self.defaults.contains_key(name)
    }

    /// Gives a column one more name; of two columns with that name it is the one.
    pub(crate) fn name(&mut self, name: &str, index: usize) {
        self.names.insert(name.to_owned(), index);
    }

    /// Says what stands for an empty cell under a name, and for a column that is not there.
    pub(crate) fn default(&mut self, name: &str, value: &str) {
        self.defaults.insert(name.to_owned(), value.to_owned());
    }

    /// The headers in their order, then the other names.
    pub(crate) fn told(&self) -> impl Iterator<Item = &str> {
        let is_header = |name: &str| self.headers.iter().any(|header| header == name);
        let headers = self.headers.iter().map(String::as_str).filter(|header| !header.is_empty());
        headers.chain(self.names().filter(move |name| !is_header(name)))
    }

    /// All names that have a value.
    fn names(&self) -> impl Iterator<Item = &str> {
        let defaults = self.defaults.keys().filter(|name| !self.names.contains_key(*name));
        self.names.keys().chain(defaults).map(String::as_str)
    }

    /// Whether there is a value under a name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains_key(name) || self.defaults.contains_key(name)
    }

    /// Whether a template asked for a column so far.
    pub(crate) fn is_used(&self, index: usize) -> bool {
        self.used.get(index).is_some_and(|used| used.load(Ordering::Relaxed))
    }

    fn value(&self, name: &str, record: &StringRecord) -> Option<Value> {
        let Some(index) = self.index(name) else {
            return self.defaults.get(name).map(|text| Value::from(text.as_str()));
        };
        if let Some(used) = self.used.get(index) {
            used.store(true, Ordering::Relaxed);
        }
        let text = bare(record.get(index).unwrap_or_default());
        let default = if text.is_empty() { self.defaults.get(name) } else { None };
        Some(Value::from(default.map_or(text, String::as_str)))
    }
}

/// The cells of one record by their names; with a line, also the names that every template has.
///
/// A cell becomes a value when it is asked for: a table may have many more columns than a template needs.
#[derive(Debug)]
pub(crate) struct Cells {
    /// What the cells are called.
    pub(crate) columns: Arc<Columns>,
    /// The cells; none of them is there in the record that stands for a missing one.
    pub(crate) record: StringRecord,
    /// The line, for the values of a template; nothing for its `row`, and for a row of another table.
    pub(crate) line: Option<u32>,
    /// The rows of other tables that belong to it, by the names that templates use.
    pub(crate) joined: Vec<(Arc<str>, Value)>,
}

/// A text without the blanks around it, those that look like none among them: no cell means them.
pub(crate) fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'))
}

impl Object for Cells {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        match (name, self.line) {
            ("line", Some(line)) => return Some(Value::from(line)),
            ("row", Some(_)) => {
                return Some(Value::from_object(Self {
                    columns: Arc::clone(&self.columns),
                    record: self.record.clone(),
                    line: None,
                    joined: Vec::new(),
                }));
            }
            _ => {}
        }
        if let Some((_, partner)) = self.joined.iter().find(|(alias, _)| **alias == *name) {
            return Some(partner.clone());
        }
        self.columns.value(name, &self.record)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.columns.names().map(Value::from).collect())
    }
}
