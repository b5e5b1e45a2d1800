//! `Exclusions`: rows that are left out, each with the reason that was given.

use std::collections::HashMap;

use crate::config::manifest::decode::Text;
use crate::config::manifest::project::ExcludeManifest;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::source::input;
use crate::config::source::input::Written;
use crate::config::source::join::TOLD;
use crate::config::source::key::Key;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Sources;
use crate::language::message;

/// What a column of reasons may be called.
const REASONS: [&str; 3] = ["motif", "reason", "raison"];

/// Reasons by the keys of rows.
#[derive(Default)]
pub(crate) struct Exclusions {
    rows: HashMap<Key, usize>,
    all: Vec<Exclusion>,
}

struct Exclusion {
    key: Key,
    reason: String,
    place: Place,
    is_used: bool,
}

impl Exclusions {
    /// Reads what `exclude` says. `key` is the name of the column that rows are known by.
    pub(crate) fn read(
        resolver: &mut Resolver<'_>,
        written: &ExcludeManifest,
        key: &str,
        origin: Origin<'_>,
        sources: &mut Sources,
    ) -> Option<Self> {
        let mut found = Self::default();
        match written {
            ExcludeManifest::Table(path) => found.table(resolver, path, key, origin, sources)?,
            ExcludeManifest::List(list) => {
                for one in &list.items {
                    let (Some(siret), Some(reason)) = (&one.siret, &one.reason) else { continue };
                    match Key::of(&siret.value) {
                        Some(key) => found.add(key, &reason.value, origin.place(siret.span)),
                        None => resolver.reader(origin).error(
                            rule::TABLE,
                            siret.span,
                            message!("found nothing, expected what stands in the table"),
                            message!("write the SIRET of the row that is left out"),
                        ),
                    }
                }
            }
        }
        Some(found)
    }

    fn table(
        &mut self,
        resolver: &mut Resolver<'_>,
        path: &Text,
        key: &str,
        origin: Origin<'_>,
        sources: &mut Sources,
    ) -> Option<()> {
        let opened = input::open(resolver, Written::of_path(path), origin, sources)?;
        let mut table = opened.table();
        let headers = input::headers(resolver, &mut table, &opened)?;
        let find = |names: &[&str]| {
            headers
                .iter()
                .position(|header| names.iter().any(|name| name.eq_ignore_ascii_case(header)))
        };
        let (Some(keys), Some(reasons)) = (find(&[key, "siret"]), find(&REASONS)) else {
            let message = message!(
                "`{}` needs a column `siret` and a column `motif`, found {}",
                path.value,
                crate::config::manifest::reader::listed(&headers)
            );
            let help = message!("write the headers `siret;motif` on its first line");
            resolver.reader(origin).error(rule::TABLE, path.span, message, help);
            return None;
        };
        while let Some(record) = table.next() {
            let cell = |index| record.cells.get(index).unwrap_or_default();
            let Some(key) = Key::of(cell(keys)) else { continue };
            let reason = crate::config::source::cells::bare(cell(reasons));
            if reason.is_empty() {
                resolver.diagnostics.push(
                    Diagnostic::error(
                        rule::TABLE_ROW,
                        message!("found no reason for leaving this row out"),
                    )
                    .at(opened.place(&record))
                    .help(message!("write why: whoever looks at the table next year will ask")),
                );
                continue;
            }
            self.add(key, reason, opened.cell_place(&record, keys));
        }
        Some(())
    }

    fn add(&mut self, key: Key, reason: &str, place: Place) {
        let index = self.all.len();
        // Of two entries for one key the first one counts; the second one is told as unused.
        self.rows.entry(key.clone()).or_insert(index);
        self.all.push(Exclusion { key, reason: reason.to_owned(), place, is_used: false });
    }

    /// Why a row with this key is left out, if so.
    pub(crate) fn reason(&mut self, key: &Key) -> Option<&str> {
        let one = self.all.get_mut(*self.rows.get(key)?)?;
        one.is_used = true;
        Some(&one.reason)
    }

    /// Tells exclusions that left no row out.
    pub(crate) fn tell_unused(&self, resolver: &mut Resolver<'_>) {
        let unused: Vec<_> = self.all.iter().filter(|one| !one.is_used).collect();
        for (count, one) in unused.iter().enumerate() {
            if count == TOLD {
                let message = message!("{} more exclusions leave no row out", unused.len() - TOLD);
                resolver.diagnostics.push(
                    Diagnostic::of(rule::UNUSED_EXCLUSION, message)
                        .at(one.place)
                        .help(message!("remove them, or correct their numbers")),
                );
                return;
            }
            let message = match self.rows.get(&one.key).and_then(|index| self.all.get(*index)) {
                Some(first) if first.is_used => {
                    message!("`{}` is excluded already", one.key.as_str())
                }
                _ => message!("no row of the table has the key `{}`", one.key.as_str()),
            };
            resolver.diagnostics.push(
                Diagnostic::of(rule::UNUSED_EXCLUSION, message)
                    .at(one.place)
                    .help(message!("remove the exclusion, or correct its number")),
            );
        }
    }
}
