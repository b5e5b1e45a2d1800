//! A table of EDI sheets that a person pasted or exported from the portal («Mes raccordements EDI», view «Tableau»).
//!
//! Which columns that view has is not published (`docs/sources.md` 10): columns are known by the portal's labels, in any
//! order, and what a table does not say is left for a person to fill in.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;
use thiserror::Error;

use crate::config::source::cells::bare;
use crate::config::source::table::Table;
use crate::confirm::words;
use crate::confirm::words::Column;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ExchangeSystem;
use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;
use crate::domain::siret::Siret;
use crate::domain::value::SheetName;
use crate::import::Imported;
use crate::import::Left;
use crate::import::entity::Certificate;
use crate::import::entity::Edi;
use crate::import::entity::Entity;
use crate::import::entity::Person;
use crate::import::entity::Place;
use crate::import::entity::Value;
use crate::import::name;
use crate::import::name::Keys;
use crate::import::observed;
use crate::import::observed::Present;
use crate::import::observed::empty;
use crate::import::observed::written;
use crate::import::sheet;
use crate::language::Message;
use crate::language::marked;
use crate::language::message;
use crate::language::tr;
use crate::language::translated;

/// The columns that say whose a sheet is.
const WHOSE: [Column; 3] = [Column::Siret, Column::Structure, Column::Title];

/// The columns that are used.
const USED: [Column; 10] = [
    Column::Siret,
    Column::Structure,
    Column::Title,
    Column::Status,
    Column::System,
    Column::Code,
    Column::Protocol,
    Column::From,
    Column::Until,
    Column::Name,
];

/// Why a table gives nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum TableFault {
    /// It has no row.
    #[error("{}", tr!("the table is empty"))]
    Empty,
    /// No header is known.
    #[error("{}", tr!("no column of the table is known; its first line is `{}`", .0))]
    Headers(String),
    /// Nothing says whose the sheets are.
    #[error("{}", tr!("the table has no column with the SIRET of the structure"))]
    Structure,
}

impl TableFault {
    /// What to do.
    pub(crate) fn help(&self) -> Message {
        match self {
            Self::Empty | Self::Headers(_) => {
                message!(
                    "copy the table with its headers, for example «Statut», «Système d'échange», «Code application», «Protocole», «Début de validité», «Fin de validité»"
                )
            }
            Self::Structure => {
                message!("give the one structure whose sheets these are with `--structure SIRET`")
            }
        }
    }
}

/// What an import of a table is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    /// The table.
    pub(crate) text: &'a str,
    /// The structures that are asked for; all when there are none.
    pub(crate) structures: &'a BTreeSet<Siret>,
    /// The day.
    pub(crate) today: Date,
    /// What the project has already.
    pub(crate) project: &'a Present,
}

/// Writes what a table says.
pub(crate) fn import(ask: Ask<'_>) -> Result<Imported, TableFault> {
    let mut table = Table::new(ask.text, None);
    let headers = table.next().ok_or(TableFault::Empty)?.cells;
    let mut imported = Imported::default();
    let mut columns = BTreeMap::new();
    for (index, header) in headers.iter().enumerate() {
        match words::column(header).filter(|column| USED.contains(column)) {
            Some(column) if !columns.contains_key(&column) => {
                columns.insert(column, index);
            }
            _ if bare(header).is_empty() => {}
            _ => imported.notices.push(message!("the column `{}` is not used", bare(header))),
        }
    }
    let about_structure = |column: &Column| WHOSE.contains(column);
    if columns.keys().all(about_structure) {
        let first: Vec<&str> = headers.iter().collect();
        return Err(TableFault::Headers(first.join(" | ")));
    }
    let only = match ask.structures.first() {
        Some(only) if ask.structures.len() == 1 => Some(*only),
        _ => None,
    };
    let names_it = [Column::Siret, Column::Structure];
    if !names_it.iter().any(|column| columns.contains_key(column)) && only.is_none() {
        return Err(TableFault::Structure);
    }
    let mut rows: BTreeMap<Siret, Vec<Row>> = BTreeMap::new();
    let mut titles: BTreeMap<Siret, Option<String>> = BTreeMap::new();
    while let Some(record) = table.next() {
        let cell = |column: Column| {
            let text = bare(record.cells.get(*columns.get(&column)?)?);
            (!text.is_empty()).then(|| text.to_owned())
        };
        if record.cells.iter().all(|cell| bare(cell).is_empty()) {
            continue;
        }
        let written = cell(Column::Siret).or_else(|| cell(Column::Structure));
        let read = match &written {
            Some(text) => siret(text),
            None => only.ok_or_else(|| message!("has no SIRET")),
        };
        let row = Row {
            line: record.line,
            cells: columns.keys().filter_map(|column| Some((*column, cell(*column)?))).collect(),
        };
        match read {
            Err(why) => imported.left.push(row.left(None, why)),
            Ok(siret) if !ask.structures.is_empty() && !ask.structures.contains(&siret) => {
                imported.left.push(
                    row.left(Some(siret), message!("is of a structure that was not asked for")),
                );
            }
            Ok(siret) => {
                let title = titles.entry(siret).or_default();
                if title.is_none() {
                    *title = cell(Column::Title).as_deref().and_then(observed::title);
                }
                rows.entry(siret).or_default().push(row);
            }
        }
    }
    let people = ask.project.people();
    for (siret, name) in ask.project.names(&titles) {
        let mut entity = empty(&name, siret, titles.get(&siret).cloned().flatten());
        let mut keys = Keys::default();
        let mut codes = BTreeSet::new();
        for row in rows.get(&siret).into_iter().flatten() {
            let again = row.get(Column::Code).is_some_and(|code| !codes.insert(code));
            let made = if again {
                Err(message!("has the application code of a row above"))
            } else {
                row.sheet(ask.today)
            };
            match made {
                Ok(edi) => add(&mut entity, &mut keys, row, edi),
                Err(why) => imported.left.push(row.left(Some(siret), why)),
            }
        }
        if !entity.edi.is_empty() {
            imported.files.push(written(&entity, Vec::new(), &people, ask.project));
        }
    }
    imported.left.sort();
    Ok(imported)
}

/// One row.
struct Row {
    line: u32,
    cells: BTreeMap<Column, String>,
}

impl Row {
    fn get(&self, column: Column) -> Option<&str> {
        self.cells.get(&column).map(String::as_str)
    }

    fn left(&self, siret: Option<Siret>, why: Message) -> Left {
        let name = self.get(Column::Name).or_else(|| self.get(Column::Code)).map(str::to_owned);
        Left { siret, id: Some(message!("line {}", self.line)), name, why }
    }

    /// The sheet that it is about, without key and certificates.
    fn sheet(&self, today: Date) -> Result<Edi, Message> {
        let day = |column, missing| match self.get(column) {
            None => Ok((None, Value::Missing(missing))),
            Some(text) => day(text).map(|day| (Some(day), Value::Found(day.to_string()))),
        };
        let (begins, from) = day(Column::From, marked!("«Début de validité»"))?;
        let (_, until) = day(Column::Until, marked!("«Fin de validité»"))?;
        match self.get(Column::Status).map(status) {
            Some(EdiStatus::Draft) => {
                return Err(Message::of(|| translated(sheet::DRAFT).into_owned()));
            }
            Some(EdiStatus::Inactive) if begins.is_none_or(|begins| begins <= today) => {
                return Err(Message::of(|| translated(sheet::INACTIVE).into_owned()));
            }
            Some(EdiStatus::Unrecognized(word)) => {
                return Err(message!("has the status `{word}`, which raccord does not know", word));
            }
            _ => {}
        }
        let system = self.get(Column::System).map(|text| {
            let known = [ExchangeSystem::Cpro, ExchangeSystem::PaCpro];
            let found =
                known.into_iter().find(|known| name::plain(known.word()) == name::plain(text));
            found.ok_or_else(|| {
                message!("has the exchange system `{text}`, which raccord does not know", text)
            })
        });
        let system = system.transpose()?;
        let protocol = self.protocol()?;
        if let Some(text) = self.get(Column::Name) {
            SheetName::parse(text)
                .map_err(|fault| message!("cannot be declared: name: {fault}", fault))?;
        }
        Ok(Edi {
            key: String::new(),
            name: Value::or(
                self.get(Column::Name),
                marked!("«Nom du raccordement», to the letter"),
            ),
            exchange_system: Value::or(
                system.map(ExchangeSystem::word),
                marked!("CPRO or PA-CPRO"),
            ),
            protocol: Value::or(protocol.map(Protocol::word), marked!("PESIT, SFTP or AS2")),
            network: protocol
                .map_or(&[][..], sheet::network_fields)
                .iter()
                .map(|(key, missing)| (*key, Value::Missing(missing)))
                .collect(),
            certificates: Vec::new(),
            from,
            until,
            contact: Person::unknown(),
            subscriptions: vec![Value::Missing(marked!("interface codes, at least one"))],
            code: self.get(Column::Code).map(str::to_owned),
        })
    }

    fn protocol(&self) -> Result<Option<Protocol>, Message> {
        let Some(text) = self.get(Column::Protocol) else { return Ok(None) };
        let same = |known: &Protocol| name::plain(known.word()) == name::plain(text);
        match Protocol::ALL.into_iter().find(same) {
            Some(protocol) => Ok(Some(protocol)),
            None => Err(message!("has the protocol `{text}`, which raccord does not know", text)),
        }
    }
}

/// Adds a sheet to its entity, with a place for its certificate.
fn add(entity: &mut Entity, keys: &mut Keys, row: &Row, mut edi: Edi) {
    let called = row.get(Column::Name).or_else(|| row.get(Column::Code)).unwrap_or_default();
    edi.key = keys.take(&name::key(called, &entity.name, "edi"));
    entity.certificates.push(Certificate {
        key: edi.key.clone(),
        path: format!("certificates/{}-{}.p7b", entity.name, edi.key),
        file: Place::Nowhere,
        fingerprint: None,
        not_after: None,
    });
    // A sheet that was read has a protocol that is known.
    let protocol = row.protocol().ok().flatten();
    let needed = protocol.map(sheet::needed).unwrap_or_default();
    edi.certificates = needed.iter().map(|slot| (*slot, Value::Found(edi.key.clone()))).collect();
    if edi.certificates.is_empty() {
        let missing =
            Value::Missing(marked!("the key of the certificate above; or `client`, or both"));
        edi.certificates.push((Slot::Server, missing));
    }
    entity.edi.push(edi);
}

/// A status, in the words of the portal's lists and of its cards.
fn status(text: &str) -> EdiStatus {
    let word = words::status(text, &words::EDI).unwrap_or(text);
    EdiStatus::from(word.to_owned())
}

/// A day as the portal writes it, or as our files do.
fn day(text: &str) -> Result<Date, Message> {
    words::day(text)
        .ok_or_else(|| message!("has the day `{text}`, expected for example `25/09/2050`", text))
}

/// The SIRET of a cell, which may have a name beside it.
fn siret(text: &str) -> Result<Siret, Message> {
    let whole = Siret::parse(text);
    let among = || {
        let parts = text.split(|c: char| !c.is_ascii_digit());
        parts.filter(|part| part.len() == 14).find_map(|part| Siret::parse(part).ok())
    };
    match whole {
        Ok(read) => Ok(read.siret),
        Err(fault) => {
            among().map(|read| read.siret).ok_or_else(|| Message::of(|| fault.to_string()))
        }
    }
}
