//! Fills the template for a row, and says what is wrong with it where that fails.

use std::sync::Arc;

use minijinja::OutputSpan;
use minijinja::Value;

use crate::config::manifest::reader::listed;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::source::cells::Cells;
use crate::config::source::cells::Columns;
use crate::config::source::read::FAILURES;
use crate::config::source::read::Source;
use crate::config::source::row::header_of;
use crate::config::source::table::Record;
use crate::config::source::template::TemplateFault;
use crate::config::source::told::Became;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::nearest;
use crate::language::Message;
use crate::language::message;

impl Source<'_> {
    /// What a template sees of a row.
    pub(super) fn values(&self, record: &Record, columns: &Arc<Columns>) -> Value {
        let joined = self
            .setup
            .joins
            .iter()
            .map(|join| (Arc::clone(&join.alias), join.partner(columns, &record.cells).0))
            .collect();
        Value::from_object(Cells {
            columns: Arc::clone(columns),
            record: record.cells.clone(),
            line: Some(record.line),
            joined,
        })
    }

    /// Fills the template for one row. A name without a header does not hide the next one.
    pub(super) fn fill(
        &self,
        record: &Record,
    ) -> Result<(String, Vec<OutputSpan>), Vec<TemplateFault>> {
        let mut columns = Arc::clone(&self.setup.columns);
        let mut faults: Vec<TemplateFault> = Vec::new();
        loop {
            let values = self.values(record, &columns);
            let fault = match self.engine.fill(self.path, &self.template.text, &values) {
                Ok(filled) if faults.is_empty() => return Ok(filled),
                Ok(_) => return Err(faults),
                Err(fault) => fault,
            };
            let header = fault.missing.as_deref().and_then(header_of).map(str::to_owned);
            match header {
                Some(header)
                    if faults.len() < FAILURES
                        && !columns.has(&header)
                        && self.joined_headers().is_none() =>
                {
                    Arc::make_mut(&mut columns).name(&header, 0);
                    faults.push(fault);
                }
                // What a stand-in causes is no fault of its own.
                _ if faults.is_empty() => return Err(vec![fault]),
                _ => return Err(faults),
            }
        }
    }

    pub(super) fn unfilled(
        &mut self,
        resolver: &mut Resolver<'_>,
        record: &Record,
        faults: Vec<TemplateFault>,
    ) -> Became {
        self.failures += usize::from(faults.iter().any(|fault| fault.missing.is_none()));
        let why = faults.first().map(|fault| fault.message.clone()).unwrap_or_default();
        for fault in faults {
            let help = self.help(&fault);
            let place = Place {
                template: fault.line.map(|line| (self.template.file, line)),
                ..self.opened.place(record)
            };
            let said = Diagnostic::error(rule::TEMPLATE, fault.message).at(place).help(help);
            match fault.missing {
                Some(name) => {
                    self.missing.entry((name, fault.line)).or_insert((said, 0)).1 += 1;
                }
                None => resolver.diagnostics.push(said),
            }
        }
        Became::Faulty(why)
    }

    /// The only header, when it looks like a whole row of them: the separator is wrong.
    fn joined_headers(&self) -> Option<&str> {
        match self.headers {
            [header] if header.contains([';', ',', '\t', '|']) => Some(header),
            _ => None,
        }
    }

    pub(super) fn help(&self, fault: &TemplateFault) -> Message {
        let Some(missing) = &fault.missing else {
            return message!("correct the template");
        };
        if let Some(header) = self.joined_headers() {
            return message!(
                "the whole row is one column `{header}`: correct `delimiter`, or remove it",
                header
            );
        }
        let missing = header_of(missing).unwrap_or(missing);
        let joined = missing.split_once('.').and_then(|(alias, name)| {
            let join = self.setup.joins.iter().find(|join| *join.alias == *alias)?;
            Some((name.trim(), &join.columns))
        });
        let (missing, columns) = joined.unwrap_or((missing, &self.setup.columns));
        let names = || columns.told();
        match nearest(missing, names()) {
            Some(near) => message!("did you mean `{near}`?", near),
            None => message!("use a header of the table: {}", listed(names())),
        }
    }
}
