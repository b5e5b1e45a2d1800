//! Where a value comes from, in the words of the files.

use crate::config::trace::Trace;
use crate::config::trace::Written;
use crate::diagnostic::Place;
use crate::diagnostic::Places;
use crate::diagnostic::Sources;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::render::explain::json::OriginJson;
use crate::render::explain::json::PlaceJson;

/// What tells where things were written.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    /// What was traced.
    pub(super) trace: Option<&'a Trace>,
    /// Where each resource was written.
    pub(super) places: &'a Places,
    /// The files.
    pub(super) sources: &'a Sources,
}

impl Texts<'_> {
    /// A place as it is told.
    pub(super) fn place(&self, place: Place) -> PlaceJson {
        let template = place.template;
        PlaceJson {
            file: self.sources.path(place.file).to_owned(),
            line: place.span.line,
            column: place.span.column,
            cell: self.sources.cell(place).map(|cell| cell.to_string()),
            template: template.map(|(file, _)| self.sources.path(file).to_owned()),
            template_line: template.map(|(_, line)| line),
        }
    }

    /// Where a value of an address was written.
    pub(super) fn origin(&self, address: &Address, field: &str) -> OriginJson {
        let below = below(address);
        if let Some(key) = field.strip_prefix("contact.") {
            return self.contact(&format!("{below}contact"), key);
        }
        let path = match (address.kind(), field) {
            (Kind::Structure, "public_operator") => "operator.public_operator".to_owned(),
            (Kind::Edi | Kind::Api | Kind::Account, "structure") | (Kind::Client, "operator") => {
                "structure.siret".to_owned()
            }
            // A certificate is the path of its file, and nothing below it.
            (Kind::Certificate, _) => below.trim_end_matches('.').to_owned(),
            _ => format!("{below}{field}"),
        };
        if let Some(written) = self.written(&path) {
            return self.told(written);
        }
        match (address.kind(), field, self.places.of(address)) {
            (Kind::Client, _, Some(place)) => self.at("file", place),
            _ => plain("default"),
        }
    }

    /// Every place where something of an address was written.
    pub(super) fn all(&self, address: &Address) -> Vec<Place> {
        let below = below(address);
        let traced = self.trace.into_iter().flat_map(|trace| &trace.written);
        let ours = traced.filter(|(path, _)| path.starts_with(below.trim_end_matches('.')));
        ours.map(|(_, written)| written.place).chain(self.places.of(address)).collect()
    }

    fn written(&self, path: &str) -> Option<&Written> {
        self.trace?.written.get(path)
    }

    /// A contact stands where it is used, or has a name in the entity or in `raccord.yaml`.
    fn contact(&self, path: &str, key: &str) -> OriginJson {
        let named = self.written(path).and_then(|written| Some((written, written.text.as_ref()?)));
        let Some((reference, name)) = named else {
            let inline = self.written(&format!("{path}.{key}"));
            return inline.map_or_else(|| plain("none"), |written| self.told(written));
        };
        let path = format!("contacts.{name}.{key}");
        let named_at = Some(self.place(reference.place));
        if let Some(written) = self.written(&path) {
            return OriginJson { named_at, ..self.told(written) };
        }
        let project = self.trace.and_then(|trace| trace.project.get(&path));
        match project {
            Some(written) => OriginJson { named_at, ..self.at("project", written.place) },
            None => OriginJson { named_at, ..plain("none") },
        }
    }

    fn at(&self, kind: &str, place: Place) -> OriginJson {
        OriginJson { place: Some(self.place(place)), ..plain(kind) }
    }

    fn told(&self, written: &Written) -> OriginJson {
        let Written { text: _, place, cell, overrides } = written;
        let kind = match (cell, overrides) {
            (_, Some(_)) => "override",
            (Some(cell), None) if cell.alias.is_some() => "joined",
            (Some(_), None) => "row",
            (None, None) if place.template.is_some() => "template",
            (None, None) => "file",
        };
        let instead_of = overrides.and_then(|overrides| overrides.base);
        OriginJson {
            column: cell.as_ref().map(|cell| cell.column.clone()),
            joined_as: cell.as_ref().and_then(|cell| cell.alias.clone()),
            column_default: cell.as_ref().is_some_and(|cell| cell.is_default),
            instead_of: instead_of.map(|place| self.place(place)),
            ..self.at(kind, *place)
        }
    }
}

/// How the paths of what is declared at an address begin.
fn below(address: &Address) -> String {
    let list = match address.kind() {
        Kind::Structure => return "structure.".to_owned(),
        Kind::Client => return "operator.clients".to_owned(),
        Kind::Certificate => "certificates",
        Kind::Account => "technical_accounts",
        Kind::Api => "api_connections",
        Kind::Edi => "edi_connections",
    };
    format!("{list}.{}.", address.key())
}

/// An origin without a place.
pub(super) fn plain(kind: &str) -> OriginJson {
    OriginJson { kind: kind.to_owned(), ..OriginJson::default() }
}
