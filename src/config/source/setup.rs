//! `Setup`: what is written about the columns of a table, the tables that are joined to it, and the rows left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::manifest::project::SourceManifest;
use crate::config::manifest::reader::listed;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::source::cells::Columns;
use crate::config::source::exclude::Exclusions;
use crate::config::source::input::BUILT_IN;
use crate::config::source::join::Join;
use crate::config::source::join::is_word;
use crate::config::source::join::unknown;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::language::message;

/// What a row is known by when nothing is said.
const KEY: &str = "siret";

/// Which of several rows about one body counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duplicates {
    /// None, unless they say the same.
    Error,
    /// The first one.
    First,
    /// The last one.
    Last,
}

/// How rows are read.
pub(crate) struct Setup {
    /// What the cells are called.
    pub(crate) columns: Arc<Columns>,
    /// The name that `columns` gives to a column.
    pub(crate) names: BTreeMap<usize, String>,
    /// The column that rows are known by.
    pub(crate) key: Option<usize>,
    /// Which of several rows about one body counts.
    pub(crate) duplicates: Duplicates,
    /// The joined tables.
    pub(crate) joins: Vec<Join>,
    /// Rows that are left out.
    pub(crate) exclusions: Exclusions,
}

impl Setup {
    /// Reads what is written; nothing when some of it has a fault, which is told.
    pub(crate) fn read(
        resolver: &mut Resolver<'_>,
        written: &SourceManifest,
        headers: &[String],
        origin: Origin<'_>,
        sources: &mut Sources,
    ) -> Option<Self> {
        let mut columns = Columns::new(headers);
        let mut sound = true;
        let names = names(resolver, written, &mut columns, origin);
        sound &= names.is_some();
        sound &= defaults(resolver, written, &mut columns, origin);
        let key = match &written.key {
            Some(name) => {
                let found = columns.index(&name.value);
                if found.is_none() {
                    unknown(resolver, name, &columns, origin);
                    sound = false;
                }
                found
            }
            None => columns
                .index(KEY)
                .or_else(|| headers.iter().position(|header| header.eq_ignore_ascii_case(KEY))),
        };
        let (duplicates, span) = match &written.duplicates {
            None => (Some(Duplicates::Error), written.span),
            Some(text) => (
                match text.value.as_str() {
                    "error" => Some(Duplicates::Error),
                    "first" => Some(Duplicates::First),
                    "last" => Some(Duplicates::Last),
                    word => {
                        let message =
                            message!("found `{word}`, expected `error`, `first` or `last`", word);
                        let help = message!("with `error`, rows that differ are told");
                        resolver.reader(origin).error(rule::WRONG_VALUE, text.span, message, help);
                        None
                    }
                },
                text.span,
            ),
        };
        sound &= duplicates.is_some();
        let chooses = !matches!(duplicates, None | Some(Duplicates::Error));
        if key.is_none() && written.key.is_none() && (chooses || written.exclude.is_some()) {
            sound = false;
            needs_key(resolver, headers, if chooses { span } else { written.span }, origin);
        }
        let mut exclusions = Some(Exclusions::default());
        if let (Some(exclude), Some(index)) = (&written.exclude, key) {
            let name = headers.get(index).map_or(KEY, String::as_str);
            exclusions = Exclusions::read(resolver, exclude, name, origin, sources);
        }
        let mut joins: Vec<Join> = Vec::new();
        for one in written.join.iter().flat_map(|list| &list.items) {
            match Join::read(resolver, one, &columns, origin, sources) {
                Some(join) if joins.iter().any(|known| known.alias == join.alias) => {
                    sound = false;
                    let span = one.r#as.as_ref().map_or(one.span, |alias| alias.span);
                    let message = message!("`{}` is the name of two joined tables", join.alias);
                    let help = message!("give one of them another name");
                    resolver.reader(origin).error(rule::TABLE, span, message, help);
                }
                Some(join) => joins.push(join),
                None => sound = false,
            }
        }
        sound &= written.join.as_ref().is_none_or(|list| !list.faulty);
        let (names, duplicates, exclusions) = (names?, duplicates?, exclusions?);
        let columns = Arc::new(columns);
        sound.then_some(Self { columns, names, key, duplicates, joins, exclusions })
    }
}

fn needs_key(resolver: &mut Resolver<'_>, headers: &[String], span: Span, origin: Origin<'_>) {
    let span = Span { end_line: span.line, end_column: span.column + 1, ..span };
    let message = message!("nothing says which column a row is known by");
    let help = message!("write `key:` and one of {}", listed(headers));
    resolver.reader(origin).error(rule::TABLE, span, message, help);
}

/// Gives columns the names of `columns`.
fn names(
    resolver: &mut Resolver<'_>,
    written: &SourceManifest,
    columns: &mut Columns,
    origin: Origin<'_>,
) -> Option<BTreeMap<usize, String>> {
    let Some(map) = &written.columns else { return Some(BTreeMap::new()) };
    let mut sound = map.faulty.is_empty();
    let mut names = BTreeMap::new();
    let plain = columns.clone();
    for (name, header) in &map.entries {
        let Some(index) = plain.index(&header.value) else {
            unknown(resolver, header, &plain, origin);
            sound = false;
            continue;
        };
        if !plain_word(resolver, name, origin) {
            sound = false;
            continue;
        }
        if plain.index(&name.value).is_some_and(|other| other != index) {
            let message =
                message!("the table has another column `{}`, which is hidden", name.value);
            let help = message!("choose another name for `{}`", header.value);
            resolver.reader(origin).warning(rule::TABLE_HEADER, name.span, message, help);
        }
        columns.name(&name.value, index);
        names.insert(index, name.value.clone());
    }
    sound.then_some(names)
}

fn defaults(
    resolver: &mut Resolver<'_>,
    written: &SourceManifest,
    columns: &mut Columns,
    origin: Origin<'_>,
) -> bool {
    let Some(map) = &written.defaults else { return true };
    let mut sound = map.faulty.is_empty();
    for (name, value) in &map.entries {
        if columns.has(&name.value) || plain_word(resolver, name, origin) {
            columns.default(&name.value, &value.value);
        } else {
            sound = false;
        }
    }
    sound
}

/// Whether a name can be used in a template as it is; told when it cannot.
fn plain_word(
    resolver: &mut Resolver<'_>,
    name: &crate::config::manifest::decode::Text,
    origin: Origin<'_>,
) -> bool {
    if is_word(&name.value) {
        return true;
    }
    let message = if BUILT_IN.contains(&name.value.as_str()) {
        message!("`{}` is a name that every template has", name.value)
    } else {
        message!("found `{}`, expected a plain word", name.value)
    };
    let help = message!("write a name of letters, digits and `_`, for example `nom`");
    resolver.reader(origin).error(rule::TABLE, name.span, message, help);
    false
}
