//! Makes the entities of a row, unless an earlier row made them.

use crate::config::manifest::reader::listed;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::source::decide::told;
use crate::config::source::join::TOLD;
use crate::config::source::join::differing;
use crate::config::source::read::Source;
use crate::config::source::row::Row;
use crate::config::source::table::Record;
use crate::config::source::told::Became;
use crate::config::yaml;
use crate::config::yaml::Content;
use crate::diagnostic::Diagnostic;
use crate::language::message;

/// A row that made an entity.
#[derive(Clone, Copy)]
pub(super) struct Made {
    pub(super) line: u32,
    pub(super) bytes: (usize, usize),
}

impl Source<'_> {
    pub(super) fn entities(&mut self, resolver: &mut Resolver<'_>, row: &Row<'_>) -> Became {
        let origin = Origin::Row(row);
        let read = yaml::read(row.text);
        let before = resolver.diagnostics.len();
        if !read.faults.is_empty() {
            self.failures += 1;
        }
        for fault in read.faults {
            resolver.reader(origin).fault(fault);
        }
        let earlier = read.documents.iter().find_map(|node| {
            let name = name_of(node)?;
            Some((name, *self.made.get(name)?))
        });
        if let Some((name, first)) = earlier {
            return self.repeats(resolver, row, name, first);
        }
        let made = Made { line: row.record.line, bytes: row.record.bytes };
        let mut names = Vec::new();
        for node in read.documents {
            if let Some(name) = name_of(&node) {
                self.made.insert(name.to_owned(), made);
            }
            if let Some(name) = resolver.entity(node, origin) {
                resolver.desired.templates.insert(name.clone(), self.path.to_owned());
                names.push(name);
            }
        }
        let fault = resolver.diagnostics.get(before..).unwrap_or_default();
        match fault.iter().find(|found| found.is_error()) {
            Some(fault) => Became::Faulty(fault.message.clone()),
            None => Became::Entities(names),
        }
    }

    /// A row that makes an entity which an earlier row made.
    fn repeats(
        &mut self,
        resolver: &mut Resolver<'_>,
        row: &Row<'_>,
        name: &str,
        first: Made,
    ) -> Became {
        let (record, opened) = (row.record, self.opened);
        let Some(earlier) = opened.record_at(first.bytes, first.line) else {
            return Became::Duplicate(first.line);
        };
        if self.fill(&earlier).is_ok_and(|(text, _)| text == row.text) {
            self.tell_repeated(resolver, record, &earlier);
            return Became::Duplicate(first.line);
        }
        let columns = &self.setup.columns;
        let mut differ =
            differing(self.headers, &earlier.cells, &record.cells, |at| columns.is_used(at));
        if differ.is_empty() {
            differ = vec!["line"];
        }
        let message = message!(
            "lines {} and {} both make entity `{name}`, and differ in {}",
            first.line,
            record.line,
            listed(&differ),
            name
        );
        let help = message!(
            "correct one of the two, leave it out with `where` or `exclude`, or write `duplicates: first` or `duplicates: last`"
        );
        let fault = Diagnostic::error(rule::CONFLICTING_ROWS, message)
            .at(opened.place(record))
            .help(help)
            .related(Some(opened.place(&earlier)), message!("the first one"));
        told(resolver, fault)
    }

    /// Tells a row that says the same as an earlier one. Where `duplicates` chooses, they are told together at the end.
    fn tell_repeated(&mut self, resolver: &mut Resolver<'_>, record: &Record, earlier: &Record) {
        self.repeated += 1;
        if self.repeated > TOLD {
            return;
        }
        let message = message!(
            "this row makes the same as the one of line {}, and is left out",
            earlier.line
        );
        resolver.diagnostics.push(
            Diagnostic::notice(rule::DUPLICATE_ROW, message)
                .at(self.opened.place(record))
                .help(message!("remove one of the two"))
                .related(Some(self.opened.place(earlier)), message!("the one that counts")),
        );
    }
}

/// The name of the entity that a document declares.
fn name_of(node: &yaml::Node) -> Option<&str> {
    match &node.get("entity")?.content {
        Content::Scalar { text, .. } => Some(text),
        Content::Sequence(_) | Content::Mapping(_) => None,
    }
}
