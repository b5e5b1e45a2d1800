//! One entity: its structure, accounts, certificates, clients; then its connections.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::certificate;
use crate::config::manifest::decode::Decode as _;
use crate::config::manifest::decode::Flag;
use crate::config::manifest::decode::Map;
use crate::config::manifest::decode::Text;
use crate::config::manifest::entity::AccountManifest;
use crate::config::manifest::entity::EntityManifest;
use crate::config::manifest::entity::OperatorManifest;
use crate::config::manifest::entity::StructureManifest;
use crate::config::manifest::reader::Reader;
use crate::config::manifest::reader::listed;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::resolve::value::Contacts;
use crate::config::rule;
use crate::config::yaml::Content;
use crate::config::yaml::Node;
use crate::config::yaml::merge;
use crate::config::yaml::node::Key;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::diagnostic::Span;
use crate::diagnostic::nearest;
use crate::domain::account::DesiredAccount;
use crate::domain::account::PASSWORD_DAYS;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::address::check_name;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::desired::DesiredClient;
use crate::domain::siret::Siret;
use crate::domain::structure::DesiredStructure;
use crate::domain::value::Email;
use crate::domain::value::Line;
use crate::domain::value::ValueFault;
use crate::domain::value::parse_days;
use crate::language::Message;
use crate::language::marked;
use crate::language::message;

/// How many days before its expiry a password is reset when nothing is said.
const ROTATE_BEFORE_DAYS: u32 = 30;

/// What the parts of an entity need to know of it.
pub(crate) struct EntityContext<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Where its tree came from.
    pub(crate) origin: Origin<'a>,
    /// Its structure, when the SIRET could be read.
    pub(crate) siret: Option<Siret>,
    /// Whether it is declared to send and to receive by EDI; nothing where that is not said.
    pub(crate) flags: (Option<bool>, Option<bool>),
    /// Its own contacts.
    pub(crate) contacts: &'a Contacts,
    /// The keys of its technical accounts, also of those with faults.
    pub(crate) accounts: Vec<&'a str>,
    /// Its certificates by key; nothing for those with faults.
    pub(crate) certificates: BTreeMap<&'a str, Option<Arc<DesiredCertificate>>>,
}

impl Resolver<'_> {
    /// Resolves one document that declares an entity; gives its name.
    pub(crate) fn entity(&mut self, mut node: Node, origin: Origin<'_>) -> Option<String> {
        let traced = self.trace.as_ref().filter(|trace| trace.is_about(&node));
        let base = traced.map(|_| node.clone());
        if matches!(node.content, Content::Mapping(_)) {
            self.apply_overrides(&mut node, origin);
        }
        if let (Some(trace), Some(base)) = (&mut self.trace, base) {
            trace.take(&base, &node, origin);
        }
        let manifest = EntityManifest::decode(&node, &mut self.reader(origin))?;
        // An entity without a name, or with one that is none, is still looked at: all its faults are told at once.
        let (named, nameless) = match manifest.entity.as_ref() {
            Some(name) => match check_name(&name.value) {
                Ok(()) => (Some(name), None),
                Err(fault) => (None, Some((name, fault))),
            },
            None => (None, None),
        };
        if let Some(name) = named {
            self.register(name, origin)?;
        }
        self.resolve_entity(&manifest, named.map_or("unnamed", |name| &name.value), origin);
        if let Some((name, fault)) = nameless {
            let siret = manifest.structure.as_ref().and_then(|structure| structure.siret.as_ref());
            // A name made with a SIRET that has a fault of its own is right with the right SIRET.
            let told = siret.is_some_and(|siret| {
                name.value.contains(&siret.value) && Siret::parse(&siret.value).is_err()
            });
            if !told {
                let help = message!(
                    "choose a name of plain letters, digits, `.`, `-` and `_`, for example `ville-de-paris`"
                );
                self.reader(origin).error(
                    rule::NAME,
                    name.span,
                    Message::of(|| fault.to_string()),
                    help,
                );
            }
        }
        named.map(|name| name.value.clone())
    }

    /// Notes an entity; says when its name is taken.
    fn register<F>(&mut self, written: &Text<F>, origin: Origin<'_>) -> Option<()> {
        let place = origin.place(written.span);
        if let Some(first) = self.entities.get(&written.value) {
            self.diagnostics.push(
                Diagnostic::error(
                    rule::DUPLICATE_ENTITY,
                    message!("entity `{}` is declared twice", written.value),
                )
                .at(place)
                .help(message!("give one of the two another name, or put both into one document"))
                .related(Some(*first), message!("first declared here")),
            );
            return None;
        }
        self.entities.insert(written.value.clone(), place);
        Some(())
    }

    /// Merges the overrides of this environment into the tree, and looks at the shapes of the others.
    fn apply_overrides(&mut self, node: &mut Node, origin: Origin<'_>) {
        let Some((_, overrides)) = node.take("overrides") else {
            self.across_stages(node, &[], origin);
            return;
        };
        if overrides.is_null() {
            return;
        }
        let Content::Mapping(entries) = overrides.content else {
            self.reader(origin)
                .wrong_shape(&overrides, message!("a mapping with names of environments"));
            return;
        };
        let base = node.clone();
        self.across_stages(&base, &entries, origin);
        for (key, patch) in entries {
            if !self.environments.contains(&key.text) {
                let known = listed(&self.environments);
                let near = nearest(&key.text, self.environments.iter().map(String::as_str));
                let help = near.map_or_else(
                    || message!("declare it in `raccord.yaml`, or use one of {known}", known),
                    |near| message!("did you mean `{near}`?", near),
                );
                let message = message!("environment `{}` is not declared", key.text);
                self.reader(origin).warning(
                    rule::OVERRIDE_UNKNOWN_ENVIRONMENT,
                    key.span,
                    message,
                    help,
                );
            }
            if let Content::Mapping(_) = patch.content {
                if let Some((word, span)) = fixed_key(&patch) {
                    let message = message!("`{word}` cannot differ between environments", word);
                    let help = message!("remove `{word}` here", word);
                    self.reader(origin).error(rule::UNKNOWN_KEY, span, message, help);
                    continue;
                }
            } else if !patch.is_null() {
                self.reader(origin).wrong_shape(&patch, message!("a mapping"));
                continue;
            }
            // Cells of a table may well repeat what the template says above.
            let declared = self.environments.contains(&key.text);
            if declared && matches!(origin, Origin::File(_)) {
                self.without_effect(&base, &key, &patch, origin);
            }
            if key.text == self.environment {
                if !patch.is_null() {
                    merge(node, patch);
                }
            } else {
                self.check_other_override(node.clone(), patch, origin);
            }
        }
    }

    /// Says which parts of an override repeat what holds anyway; one that does so as a whole is told once.
    fn without_effect(&mut self, base: &Node, key: &Key, patch: &Node, origin: Origin<'_>) {
        let mut idle = Vec::new();
        idle_keys(base, patch, &mut idle);
        if patch.is_null() || is_idle(Some(base), patch) {
            idle = vec![key];
        }
        for found in idle {
            let message = message!(
                "`{}` changes nothing in environment `{}`: the same holds without it",
                if found.span == key.span { "overrides" } else { &found.text },
                key.text
            );
            self.reader(origin).warning(
                rule::OVERRIDE_WITHOUT_EFFECT,
                found.span,
                message,
                message!("remove it, or write what differs"),
            );
        }
    }

    /// Reports faults of shape inside an override that does not apply now, so that they are not found too late.
    fn check_other_override(&mut self, mut node: Node, patch: Node, origin: Origin<'_>) {
        let inside = patch.span;
        if patch.is_null() {
            return;
        }
        merge(&mut node, patch);
        let (mut diagnostics, mut secrets) = (Vec::new(), Vec::new());
        let mut reader = Reader { origin, diagnostics: &mut diagnostics, secrets: &mut secrets };
        EntityManifest::decode(&node, &mut reader);
        let area = origin.place(inside);
        self.diagnostics.extend(diagnostics.into_iter().filter(|diagnostic| {
            diagnostic
                .place
                .is_some_and(|place| place.file == area.file && within(place.span, area.span))
        }));
    }

    fn resolve_entity(&mut self, manifest: &EntityManifest, name: &str, origin: Origin<'_>) {
        let stage = self.stage;
        let structure = manifest.structure.as_ref();
        let siret = structure.and_then(|structure| {
            let exception = structure.siret_exception.as_ref();
            self.reader(origin).siret(structure.siret.as_ref(), stage, exception)
        });
        let operator = manifest.operator.as_ref();
        if let Some(structure) = structure {
            self.structure(structure, siret, operator, name, origin);
        }
        let contacts = self.reader(origin).contacts(manifest.contacts.as_ref());
        self.accounts(manifest.technical_accounts.as_ref(), siret, name, origin);
        let certificates = self.certificate_files(manifest.certificates.as_ref(), name, origin);
        let context = EntityContext {
            name,
            origin,
            siret,
            flags: structure
                .and_then(|structure| structure.edi.as_ref())
                .map_or((None, None), |edi| {
                    (edi.sender.map(|flag| flag.value), edi.receiver.map(|flag| flag.value))
                }),
            contacts: &contacts,
            accounts: keys(manifest.technical_accounts.as_ref()),
            certificates,
        };
        for (key, api) in manifest.api_connections.iter().flat_map(|map| &map.entries) {
            self.api_connection(key, api, &context);
        }
        for (key, edi) in manifest.edi_connections.iter().flat_map(|map| &map.entries) {
            self.edi_connection(key, edi, &context);
        }
        if let Some(operator) = operator {
            self.clients(operator, siret, name, origin);
        }
        for moved in manifest.moved.iter().flat_map(|list| &list.items) {
            self.moved(moved, origin);
        }
    }

    fn structure(
        &mut self,
        written: &StructureManifest,
        siret: Option<Siret>,
        operator: Option<&OperatorManifest>,
        name: &str,
        origin: Origin<'_>,
    ) {
        let mut reader = self.reader(origin);
        let structure_name = reader.value(written.name.as_ref(), Line::parse);
        let mut services: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut first: BTreeMap<String, Span> = BTreeMap::new();
        for service in written.services.iter().flat_map(|list| &list.items) {
            let code = reader.value(service.code.as_ref(), Line::parse);
            let label = reader.value(service.name.as_ref(), Line::parse);
            let (Some(code), Some(text)) = (code, service.code.as_ref()) else {
                continue;
            };
            if let Some(earlier) = first.insert(code.to_string(), text.span) {
                let place = reader.origin.place(text.span);
                let earlier = reader.origin.place(earlier);
                reader.diagnostics.push(
                    Diagnostic::error(
                        rule::DUPLICATE_KEY,
                        message!("service `{code}` is declared twice", code),
                    )
                    .at(place)
                    .help(message!("keep one of the two"))
                    .related(Some(earlier), message!("first declared here")),
                );
            }
            services.insert(code.to_string(), label.map(|label| label.to_string()));
        }
        let Some(siret) = siret else {
            return;
        };
        let Ok(address) = Address::new(name, Kind::Structure, siret.as_str()) else {
            return;
        };
        let flags = written.edi.as_ref();
        let sender = flags.and_then(|flags| flags.sender);
        let receiver = flags.and_then(|flags| flags.receiver);
        self.places.set(address.clone(), origin.place(written.span));
        self.note(&address, "siret", written.siret.as_ref().map(|text| text.span), origin);
        self.note(&address, "name", written.name.as_ref().map(|text| text.span), origin);
        self.note(&address, "edi.sender", sender.map(|flag| flag.span), origin);
        self.note(&address, "edi.receiver", receiver.map(|flag| flag.span), origin);
        self.note(&address, "services", written.services.as_ref().map(|list| list.span), origin);
        let public_operator = operator.and_then(|operator| operator.public_operator);
        self.note(
            &address,
            "operator.public_operator",
            public_operator.map(|flag| flag.span),
            origin,
        );
        self.desired.structures.insert(
            address,
            DesiredStructure {
                siret,
                name: structure_name.map(|name| name.to_string()),
                edi_sender: sender.map(|flag| flag.value),
                edi_receiver: receiver.map(|flag| flag.value),
                services,
                public_operator: public_operator.is_some_and(|flag| flag.value),
            },
        );
    }

    fn accounts(
        &mut self,
        written: Option<&Map<AccountManifest>>,
        siret: Option<Siret>,
        name: &str,
        origin: Origin<'_>,
    ) {
        for key in written.into_iter().flat_map(|map| &map.faulty) {
            self.faulty(name, Kind::Account, key);
        }
        for (key, account) in written.into_iter().flat_map(|map| &map.entries) {
            let mut reader = self.reader(origin);
            let address = reader.address(name, Kind::Account, key);
            let contact_email = reader.value(account.contact_email.as_ref(), Email::parse);
            let rotate_before = reader.value(account.rotate_before.as_ref(), parse_rotate_before);
            let login = reader.value(account.login.as_ref(), Line::parse);
            let (Some(address), Some(structure), Some(contact_email)) =
                (address, siret, contact_email)
            else {
                self.faulty(name, Kind::Account, key);
                continue;
            };
            self.places.set(address.clone(), origin.place(key.span));
            self.note(
                &address,
                "contact_email",
                account.contact_email.as_ref().map(|text| text.span),
                origin,
            );
            self.note(&address, "active", account.active.map(|flag| flag.span), origin);
            self.note(
                &address,
                "rotate_before",
                account.rotate_before.as_ref().map(|text| text.span),
                origin,
            );
            self.note(&address, "login", account.login.as_ref().map(|text| text.span), origin);
            self.desired.accounts.insert(
                address,
                DesiredAccount {
                    structure,
                    contact_email,
                    active: flag(account.active, true),
                    rotate_before_days: rotate_before.unwrap_or(ROTATE_BEFORE_DAYS),
                    login: login.map(|login| login.to_string()),
                },
            );
        }
    }

    fn certificate_files<'b>(
        &mut self,
        written: Option<&'b Map<Text>>,
        name: &str,
        origin: Origin<'_>,
    ) -> BTreeMap<&'b str, Option<Arc<DesiredCertificate>>> {
        let mut certificates = BTreeMap::new();
        for (key, path) in written.into_iter().flat_map(|map| &map.entries) {
            let address = self.reader(origin).address(name, Kind::Certificate, key);
            let certificate = self.certificate_file(path, origin);
            if let (Some(address), Some(certificate)) = (address, &certificate) {
                self.places.set(address.clone(), origin.place(path.span));
                self.desired.certificates.insert(address, DesiredCertificate::clone(certificate));
            }
            if certificate.is_none() {
                self.faulty(name, Kind::Certificate, key);
            }
            certificates.insert(key.value.as_str(), certificate);
        }
        for key in written.into_iter().flat_map(|map| &map.faulty) {
            self.faulty(name, Kind::Certificate, key);
            certificates.insert(key.value.as_str(), None);
        }
        certificates
    }

    /// Keeps in mind that something is declared with a fault, so that it is not told again where it is used.
    fn faulty(&mut self, entity: &str, kind: Kind, key: &Text) {
        self.faulty.extend(Address::new(entity, kind, &key.value).ok());
    }

    /// Reads a certificate file once, however many entities name it; each that names a faulty one is told.
    fn certificate_file(
        &mut self,
        path: &Text,
        origin: Origin<'_>,
    ) -> Option<Arc<DesiredCertificate>> {
        if let Some(Some(known)) = self.certificates.get(&path.value) {
            return Some(Arc::clone(known));
        }
        let read = match self.files.read(&path.value) {
            Ok(bytes) => match certificate::read(&path.value, &bytes, &self.knowledge) {
                Ok(file) => {
                    let desired = certificate::desired(&file, &bytes);
                    self.desired.certificate_files.insert(path.value.clone(), Arc::new(file));
                    // A file that was read has a leaf.
                    Ok(desired)
                }
                Err(refusal) => {
                    let message = message!("`{}` cannot be used: {refusal}", path.value, refusal);
                    Err((refusal.check().1, message, refusal.help()))
                }
            },
            Err(fault) => {
                let message = message!("`{}` cannot be read: {fault}", path.value, fault);
                Err((fault.rule(), message, fault.help()))
            }
        };
        let certificate = match read {
            Ok(certificate) => certificate.map(Arc::new),
            Err((rule, message, help)) => {
                self.reader(origin).error(rule, path.span, message, help);
                None
            }
        };
        self.certificates.insert(path.value.clone(), certificate.clone());
        certificate
    }

    fn clients(
        &mut self,
        written: &OperatorManifest,
        siret: Option<Siret>,
        name: &str,
        origin: Origin<'_>,
    ) {
        let stage = self.stage;
        for client in written.clients.iter().flat_map(|list| &list.items) {
            let Some(client_siret) = self.reader(origin).siret(client.siret.as_ref(), stage, None)
            else {
                continue;
            };
            let (Some(operator), Ok(address)) =
                (siret, Address::new(name, Kind::Client, client_siret.as_str()))
            else {
                continue;
            };
            let place = origin.place(client.span);
            if let Some(first) = self.places.of(&address) {
                self.diagnostics.push(
                    Diagnostic::new(
                        rule::DUPLICATE_CLIENT,
                        Severity::Warning,
                        message!("client `{client_siret}` is declared twice", client_siret),
                    )
                    .at(place)
                    .help(message!("keep one of the two"))
                    .related(Some(first), message!("first declared here")),
                );
                continue;
            }
            self.places.set(address.clone(), place);
            self.desired.clients.insert(address, DesiredClient { operator, client: client_siret });
        }
    }

    /// Notes where a field was written.
    pub(crate) fn note(
        &mut self,
        address: &Address,
        field: &'static str,
        span: Option<Span>,
        origin: Origin<'_>,
    ) {
        if let Some(place) = span.and_then(|span| origin.own_place(span)) {
            self.places.set_field(address.clone(), field, place);
        }
    }
}

/// A key that an override must not have, and where it is.
fn fixed_key(patch: &Node) -> Option<(String, Span)> {
    ["entity", "overrides"].into_iter().find_map(|word| match &patch.content {
        Content::Mapping(entries) => entries
            .iter()
            .find(|(key, _)| key.text == word)
            .map(|(key, _)| (key.text.clone(), key.span)),
        Content::Scalar { .. } | Content::Sequence(_) => None,
    })
}

/// The keys of a patch, at any depth, that repeat what holds anyway. Source: RFC 7396, section 2.
fn idle_keys<'a>(base: &Node, patch: &'a Node, found: &mut Vec<&'a Key>) {
    let Content::Mapping(entries) = &patch.content else { return };
    for (key, value) in entries {
        let known = base.get(&key.text);
        if is_idle(known, value) {
            found.push(key);
        } else if let Some(known) = known {
            idle_keys(known, value, found);
        }
    }
}

/// Whether a patch leaves a value as it is.
fn is_idle(base: Option<&Node>, patch: &Node) -> bool {
    let Some(base) = base else { return patch.is_null() };
    match (&base.content, &patch.content) {
        (_, Content::Scalar { .. }) if patch.is_null() => base.is_null(),
        (Content::Scalar { text, .. }, Content::Scalar { text: other, .. }) => {
            !base.is_null() && text == other
        }
        (Content::Sequence(items), Content::Sequence(others)) => {
            items.len() == others.len()
                && items.iter().zip(others).all(|(item, other)| {
                    // A list is replaced as a whole, so its values must be alike in both directions.
                    is_idle(Some(item), other) && is_idle(Some(other), item)
                })
        }
        (Content::Mapping(_), Content::Mapping(entries)) => {
            entries.iter().all(|(key, value)| is_idle(base.get(&key.text), value))
        }
        _ => false,
    }
}

/// The value of a flag, or what holds when it is not written.
pub(crate) fn flag(written: Option<Flag>, default: bool) -> bool {
    written.map_or(default, |flag| flag.value)
}

fn keys<T>(map: Option<&Map<T>>) -> Vec<&str> {
    map.into_iter()
        .flat_map(|map| map.entries.iter().map(|(key, _)| key).chain(&map.faulty))
        .map(|key| key.value.as_str())
        .collect()
}

/// Whether a stretch lies inside another.
fn within(inner: Span, outer: Span) -> bool {
    (outer.line, outer.column) <= (inner.line, inner.column)
        && (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
}

/// Reads how long before its end a password is reset: less than it lives, or it would be reset at every run.
fn parse_rotate_before(text: &str) -> Result<u32, ValueFault> {
    let days = parse_days(text)?;
    if days < PASSWORD_DAYS {
        return Ok(days);
    }
    Err(ValueFault::new(
        format!("`{text}`"),
        marked!("fewer days than the 424 that a password lives, for example `30d`"),
    ))
}
