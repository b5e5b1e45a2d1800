//! API and EDI connections of one entity.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalogue::Direction;
use crate::config::manifest::decode::Text;
use crate::config::manifest::entity::ApiManifest;
use crate::config::manifest::entity::EdiManifest;
use crate::config::manifest::entity::NetworkManifest;
use crate::config::manifest::reader::listed;
use crate::config::meant::several;
use crate::config::resolve::Resolver;
use crate::config::resolve::entity::EntityContext;
use crate::config::resolve::entity::flag;
use crate::config::resolve::reference::Pending;
use crate::config::rule;
use crate::diagnostic::Severity;
use crate::diagnostic::Span;
use crate::diagnostic::nearest;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::api::ApiSheet;
use crate::domain::api::DesiredApi;
use crate::domain::edi::CertificateUse;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::ExchangeSystem;
use crate::domain::edi::Network;
use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;
use crate::domain::edi::Validity;
use crate::domain::value::InterfaceCode;
use crate::domain::value::Line;
use crate::domain::value::PisteApplication;
use crate::domain::value::Port;
use crate::domain::value::ServerIp;
use crate::domain::value::SheetName;
use crate::domain::value::WebUrl;
use crate::language::Message;
use crate::language::message;

/// The exchange systems by their words.
pub(crate) const SYSTEMS: [(&str, ExchangeSystem); 2] =
    [("CPRO", ExchangeSystem::Cpro), ("PA-CPRO", ExchangeSystem::PaCpro)];

/// The protocols by their words.
pub(crate) const PROTOCOLS: [(&str, Protocol); 3] =
    [("PESIT", Protocol::Pesit), ("SFTP", Protocol::Sftp), ("AS2", Protocol::As2)];

impl Resolver<'_> {
    /// Resolves one API connection.
    pub(crate) fn api_connection(
        &mut self,
        key: &Text,
        written: &ApiManifest,
        of: &EntityContext<'_>,
    ) {
        let project = Arc::clone(&self.contacts);
        let mut reader = self.reader(of.origin);
        let address = reader.address(of.name, Kind::Api, key);
        let application = reader.value(written.piste_application.as_ref(), PisteApplication::parse);
        let usage = reader.value(written.usage.as_ref(), Line::parse);
        let publisher = reader.value(written.publisher.as_ref(), Line::parse);
        let contact = reader.contact_of(written.contact.as_ref(), of.contacts, &project);
        let publisher_known = self.usage(written, usage.as_ref(), publisher.is_some(), of);
        let (lifecycle, _) = self.lifecycle(written.lifecycle.as_ref(), None, of.origin);
        let account = written.technical_account.as_ref().and_then(|text| self.account_of(text, of));
        if let (Some(account), Some(text)) = (&account, written.technical_account.as_ref()) {
            self.places.name(account.clone(), of.origin.place(text.span));
        }
        let (Some(address), Some(structure)) = (address, of.siret) else {
            return;
        };
        let (Some(piste_application), Some(usage), Some(contact), true) =
            (application, usage, contact, publisher_known)
        else {
            return;
        };
        let origin = of.origin;
        self.places.set(address.clone(), origin.place(key.span));
        let spans = [
            ("piste_application", written.piste_application.as_ref().map(|text| text.span)),
            ("usage", written.usage.as_ref().map(|text| text.span)),
            ("publisher", written.publisher.as_ref().map(|text| text.span)),
            ("technical_account", written.technical_account.as_ref().map(|text| text.span)),
            ("active", written.active.map(|flag| flag.span)),
        ];
        for (field, span) in spans {
            self.note(&address, field, span, origin);
        }
        if let (Some(target), Some(text)) = (&account, written.technical_account.as_ref()) {
            self.pending.push(Pending::Account {
                by: address.clone(),
                target: target.clone(),
                place: origin.place(text.span),
            });
        }
        self.desired.api.insert(
            address,
            DesiredApi {
                sheet: ApiSheet { structure, piste_application, usage, publisher, contact },
                technical_account: account,
                lifecycle,
                active: flag(written.active, true),
            },
        );
    }

    /// Checks a usage against the catalogue; false when the sheet lacks the name that it needs.
    fn usage(
        &mut self,
        written: &ApiManifest,
        usage: Option<&Line>,
        has_publisher: bool,
        of: &EntityContext<'_>,
    ) -> bool {
        let (Some(text), Some(word)) = (written.usage.as_ref(), usage) else {
            return true;
        };
        let Some(known) = self.catalogue.usage(word.as_str()).cloned() else {
            let help = match self.catalogue.nearest_usage(word.as_str()) {
                Some(near) => message!("did you mean `{near}`?", near),
                None => {
                    message!(
                        "add it under `catalogue.usages` in `raccord.yaml` when the portal offers it"
                    )
                }
            };
            let words = listed(self.catalogue.usage_words());
            let message =
                message!("usage `{word}` is not in the catalogue, which has {words}", word, words);
            self.reader(of.origin).warning(rule::UNKNOWN_USAGE, text.span, message, help);
            return true;
        };
        let mut reader = self.reader(of.origin);
        match (known.needs_name, written.publisher.as_ref()) {
            (true, None) => {
                reader.error(
                    rule::PUBLISHER,
                    text.span,
                    message!("usage `{word}` needs a name", word),
                    message!("add `publisher:` with the name of the publisher or operator"),
                );
                false
            }
            (false, Some(publisher)) => {
                reader.warning(
                    rule::PUBLISHER_UNNEEDED,
                    publisher.span,
                    message!("usage `{word}` has no publisher", word),
                    message!("remove `publisher`, or choose another usage"),
                );
                true
            }
            (true, Some(_)) => has_publisher,
            (false, None) => true,
        }
    }

    /// The technical account that is meant: a key of the entity, or a whole address.
    fn account_of(&mut self, text: &Text, of: &EntityContext<'_>) -> Option<Address> {
        if text.value.contains('/') {
            return self.whole_address(text, Kind::Account, of);
        }
        if of.accounts.contains(&text.value.as_str()) {
            return Address::new(of.name, Kind::Account, &text.value).ok();
        }
        let near = nearest(&text.value, of.accounts.iter().copied());
        // The account that is probably meant is not unused.
        if let Some(meant) = near.and_then(|near| Address::new(of.name, Kind::Account, near).ok()) {
            self.places.name(meant, of.origin.place(text.span));
        }
        let help = match near {
            Some(near) => message!("did you mean `{near}`?", near),
            None => {
                message!("declare it under `technical_accounts`, or write `entity/account/key`")
            }
        };
        let message = message!("technical account `{}` is not declared in this entity", text.value);
        self.reader(of.origin).error(rule::UNKNOWN_ACCOUNT, text.span, message, help);
        None
    }

    fn whole_address(
        &mut self,
        text: &Text,
        kind: Kind,
        of: &EntityContext<'_>,
    ) -> Option<Address> {
        let fault = match text.value.parse::<Address>() {
            Ok(address) if address.kind() == kind => return Some(address),
            Ok(address) => {
                message!("found `{address}`, expected an address of kind `{kind}`", address, kind)
            }
            Err(fault) => Message::of(|| fault.to_string()),
        };
        let help = message!("write `entity/{kind}/key`", kind);
        self.reader(of.origin).error(rule::NAME, text.span, fault, help);
        None
    }

    /// Resolves one EDI connection.
    pub(crate) fn edi_connection(
        &mut self,
        key: &Text,
        written: &EdiManifest,
        of: &EntityContext<'_>,
    ) {
        let origin = of.origin;
        let project = Arc::clone(&self.contacts);
        let mut reader = self.reader(origin);
        let address = reader.address(of.name, Kind::Edi, key);
        let name = reader.value(written.name.as_ref(), SheetName::parse);
        let system = reader.word(written.exchange_system.as_ref(), &SYSTEMS);
        let protocol = reader.word(written.protocol.as_ref(), &PROTOCOLS);
        let validity = written.validity.as_ref().and_then(|validity| {
            let from = reader.day(validity.from.as_ref());
            let until = reader.day(validity.until.as_ref());
            Some(Validity { from: from?, until: until? })
        });
        let contact = reader.contact_of(written.contact.as_ref(), of.contacts, &project);
        let network = protocol.and_then(|protocol| self.network(written, protocol, of));
        if let (Some(system), Some(protocol), Some(text)) =
            (system, protocol, written.protocol.as_ref())
        {
            self.offered(system, protocol, text.span, of);
        }
        let slots = protocol.map(|protocol| self.slots(written, protocol, of));
        let subscriptions = self.subscriptions(written, (system, protocol), of);
        let (lifecycle, replacement_names) =
            self.lifecycle(written.lifecycle.as_ref(), name.as_ref(), origin);
        let (Some(address), Some(structure)) = (address, of.siret) else {
            return;
        };
        let (Some(name), Some(exchange_system), Some(network), Some(validity)) =
            (name, system, network, validity)
        else {
            return;
        };
        let (Some(contact), Some(slots), Some(subscriptions)) = (contact, slots, subscriptions)
        else {
            return;
        };
        self.note_edi(&address, key, written, of);
        let mut certificates = BTreeMap::new();
        for (slot, used, span) in slots {
            match used {
                Used::Here(used) => {
                    certificates.insert(slot, used);
                }
                Used::Elsewhere(target) => self.pending.push(Pending::Certificate {
                    by: address.clone(),
                    slot,
                    target,
                    place: origin.place(span),
                }),
            }
        }
        let settings = EdiSettings { network, certificates, validity, contact, subscriptions };
        self.desired.edi.insert(
            address,
            DesiredEdi {
                sheet: EdiSheet { structure, exchange_system, name, settings },
                replacement_names,
                lifecycle,
                active: flag(written.active, true),
            },
        );
    }

    /// Notes where the fields of an EDI connection were written.
    fn note_edi(
        &mut self,
        address: &Address,
        key: &Text,
        written: &EdiManifest,
        of: &EntityContext<'_>,
    ) {
        let origin = of.origin;
        let network = written.network.as_ref();
        let slots = written.certificates.as_ref();
        let validity = written.validity.as_ref();
        let spans = [
            ("name", written.name.as_ref().map(|text| text.span)),
            ("exchange_system", written.exchange_system.as_ref().map(|text| text.span)),
            ("protocol", written.protocol.as_ref().map(|text| text.span)),
            ("network", network.map(|network| network.span)),
            ("network.ip", network.and_then(|network| network.ip.as_ref()).map(|text| text.span)),
            (
                "network.port",
                network.and_then(|network| network.port.as_ref()).map(|text| text.span),
            ),
            (
                "network.part_id",
                network.and_then(|network| network.part_id.as_ref()).map(|text| text.span),
            ),
            (
                "network.as2_id",
                network.and_then(|network| network.as2_id.as_ref()).map(|text| text.span),
            ),
            ("network.url", network.and_then(|network| network.url.as_ref()).map(|text| text.span)),
            (
                "certificates.server",
                slots.and_then(|slots| slots.server.as_ref()).map(|text| text.span),
            ),
            (
                "certificates.client",
                slots.and_then(|slots| slots.client.as_ref()).map(|text| text.span),
            ),
            (
                "validity.from",
                validity.and_then(|validity| validity.from.as_ref()).map(|text| text.span),
            ),
            (
                "validity.until",
                validity.and_then(|validity| validity.until.as_ref()).map(|text| text.span),
            ),
            ("subscriptions", written.subscriptions.as_ref().map(|list| list.span)),
            ("active", written.active.map(|flag| flag.span)),
        ];
        self.places.set(address.clone(), origin.place(key.span));
        for (field, span) in spans {
            self.note(address, field, span, origin);
        }
    }

    fn offered(
        &mut self,
        system: ExchangeSystem,
        protocol: Protocol,
        span: Span,
        of: &EntityContext<'_>,
    ) {
        let offered = self.catalogue.protocols(system);
        if !offered.contains(&protocol) {
            let message = message!("`{system}` does not offer `{protocol}`", system, protocol);
            let help = message!("choose one of {}", listed(offered.iter()));
            self.reader(of.origin).error(rule::PROTOCOL_NOT_OFFERED, span, message, help);
        }
    }

    /// The network fields as the variant of their protocol.
    fn network(
        &mut self,
        written: &EdiManifest,
        protocol: Protocol,
        of: &EntityContext<'_>,
    ) -> Option<Network> {
        let missing_at = written.network.as_ref().map_or_else(
            || written.protocol.as_ref().map_or(written.span, |text| text.span),
            |network| network.span,
        );
        let nothing = NetworkManifest {
            ip: None,
            port: None,
            part_id: None,
            as2_id: None,
            url: None,
            span: missing_at,
        };
        let network = written.network.as_ref().unwrap_or(&nothing);
        let fields: [(&str, Option<Span>); 5] = [
            ("ip", network.ip.as_ref().map(|text| text.span)),
            ("port", network.port.as_ref().map(|text| text.span)),
            ("part_id", network.part_id.as_ref().map(|text| text.span)),
            ("as2_id", network.as2_id.as_ref().map(|text| text.span)),
            ("url", network.url.as_ref().map(|text| text.span)),
        ];
        // `ip` of SFTP: whether the portal asks for it is not known (`docs/sources.md` 10).
        let (needed, allowed): (&[&str], &[&str]) = match protocol {
            Protocol::Pesit => (&["ip", "port", "part_id"], &["ip", "port", "part_id"]),
            Protocol::Sftp => (&[], &["ip"]),
            Protocol::As2 => (&["as2_id", "url"], &["as2_id", "url"]),
        };
        let mut reader = self.reader(of.origin);
        for (field, span) in fields {
            match span {
                Some(span) if !allowed.contains(&field) => reader.error(
                    rule::NETWORK_FIELD,
                    span,
                    message!("`{field}` does not belong to protocol `{protocol}`", field, protocol),
                    message!("remove it; `{protocol}` has {}", listed(allowed), protocol),
                ),
                None if needed.contains(&field) => {
                    let line = Span {
                        end_line: missing_at.line,
                        end_column: missing_at.column + 1,
                        ..missing_at
                    };
                    let at = if missing_at.line == missing_at.end_line { missing_at } else { line };
                    reader.error(
                        rule::NETWORK_FIELD,
                        at,
                        message!("protocol `{protocol}` needs `{field}`", protocol, field),
                        message!("add `{field}:` under `network`", field),
                    );
                }
                Some(_) | None => {}
            }
        }
        let ip = reader.value(network.ip.as_ref(), ServerIp::parse);
        let port = reader.value(network.port.as_ref(), Port::parse);
        let part_id = reader.value(network.part_id.as_ref(), Line::parse);
        let as2_id = reader.value(network.as2_id.as_ref(), Line::parse);
        let url = reader.value(network.url.as_ref(), WebUrl::parse);
        match protocol {
            Protocol::Pesit => Some(Network::Pesit { ip: ip?, port: port?, part_id: part_id? }),
            Protocol::Sftp => Some(Network::Sftp { ip }),
            Protocol::As2 => Some(Network::As2 { as2_id: as2_id?, url: url? }),
        }
    }

    /// The certificates by slot, and where each was written.
    fn slots(
        &mut self,
        written: &EdiManifest,
        protocol: Protocol,
        of: &EntityContext<'_>,
    ) -> Vec<(Slot, Used, Span)> {
        let needed = self.catalogue.slots(protocol);
        let manifest = written.certificates.as_ref();
        let whole = manifest.map_or_else(
            || written.protocol.as_ref().map_or(written.span, |text| text.span),
            |manifest| manifest.span,
        );
        let mut found = Vec::new();
        let mut given = false;
        for slot in Slot::ALL {
            let text = manifest.and_then(|manifest| match slot {
                Slot::Server => manifest.server.as_ref(),
                Slot::Client => manifest.client.as_ref(),
            });
            match (text, needed.get(&slot).copied()) {
                (Some(text), Some(_)) => {
                    given = true;
                    if let Some(used) = self.certificate_of(text, of) {
                        found.push((slot, used, text.span));
                    }
                }
                (Some(text), None) => {
                    given = true;
                    let message =
                        message!("`{protocol}` has no certificate `{slot}`", protocol, slot);
                    let help = message!("use {}", listed(needed.keys()));
                    self.reader(of.origin).error(rule::CERTIFICATE_SLOT, text.span, message, help);
                }
                (None, Some(true)) => {
                    given = true;
                    let message =
                        message!("`{protocol}` needs a certificate `{slot}`", protocol, slot);
                    let help = message!(
                        "add `{slot}:` under `certificates`, with a key of the entity's `certificates`",
                        slot
                    );
                    self.reader(of.origin).error(rule::CERTIFICATE_SLOT, whole, message, help);
                }
                (None, Some(false) | None) => {}
            }
        }
        if !given {
            let message =
                message!("`{protocol}` needs a certificate, {}", listed(needed.keys()), protocol);
            let help =
                message!("add one under `certificates`, with a key of the entity's `certificates`");
            self.reader(of.origin).error(rule::CERTIFICATE_SLOT, whole, message, help);
        }
        found
    }

    fn certificate_of(&mut self, text: &Text, of: &EntityContext<'_>) -> Option<Used> {
        if text.value.contains('/') {
            return self.whole_address(text, Kind::Certificate, of).map(Used::Elsewhere);
        }
        if let Some(certificate) = of.certificates.get(text.value.as_str()) {
            let fingerprint = certificate.as_ref()?.fingerprint.clone();
            return Some(Used::Here(CertificateUse { key: text.value.clone(), fingerprint }));
        }
        let help = match nearest(&text.value, of.certificates.keys().copied()) {
            Some(near) => message!("did you mean `{near}`?", near),
            None => message!(
                "declare its file under `certificates` of the entity, or write `entity/certificate/key`"
            ),
        };
        let message = message!("certificate `{}` is not declared in this entity", text.value);
        self.reader(of.origin).error(rule::UNKNOWN_CERTIFICATE, text.span, message, help);
        None
    }

    /// The interface codes; nothing when none is left.
    fn subscriptions(
        &mut self,
        written: &EdiManifest,
        offer: (Option<ExchangeSystem>, Option<Protocol>),
        of: &EntityContext<'_>,
    ) -> Option<BTreeSet<InterfaceCode>> {
        let list = written.subscriptions.as_ref()?;
        let mut codes = BTreeSet::new();
        for text in &list.items {
            if let Some(codes) = several(&text.value, |code| InterfaceCode::parse(code).is_ok()) {
                self.reader(of.origin).error(
                    rule::WRONG_VALUE,
                    text.span,
                    message!("found `{}`, expected one interface code", text.value),
                    message!("write each code for itself: `[{}]`", codes.join(", ")),
                );
                continue;
            }
            let Some(code) = self.reader(of.origin).value(Some(text), InterfaceCode::parse) else {
                continue;
            };
            self.interface(&code, text.span, offer, of);
            if !codes.insert(code.clone()) {
                self.reader(of.origin).say(
                    rule::DUPLICATE_SUBSCRIPTION,
                    Severity::Warning,
                    text.span,
                    message!("interface `{code}` is subscribed to twice", code),
                    message!("keep one of the two"),
                );
            }
        }
        if codes.is_empty() {
            if list.items.is_empty() && !list.faulty {
                self.reader(of.origin).error(
                    rule::NO_SUBSCRIPTION,
                    list.span,
                    message!("found no interface, expected at least one"),
                    message!("add the code of an interface, for example `FSO1100A`"),
                );
            }
            return None;
        }
        Some(codes)
    }

    fn interface(
        &mut self,
        code: &InterfaceCode,
        span: Span,
        (system, protocol): (Option<ExchangeSystem>, Option<Protocol>),
        of: &EntityContext<'_>,
    ) {
        let Some(known) = self.catalogue.interface(code.as_str()) else {
            let help = match self.catalogue.nearest_interface(code.as_str()) {
                Some(near) => message!("did you mean `{near}`?", near),
                None => message!(
                    "add it under `catalogue.interfaces` in `raccord.yaml` when the portal offers it"
                ),
            };
            let message = message!("interface `{code}` is not in the catalogue", code);
            self.reader(of.origin).warning(rule::UNKNOWN_INTERFACE, span, message, help);
            return;
        };
        let known = known.clone();
        if let (Some(only), Some(protocol)) = (known.protocol, protocol)
            && only != protocol
        {
            self.reader(of.origin).error(
                rule::INTERFACE_PROTOCOL,
                span,
                message!(
                    "interface `{code}` goes over `{only}`, not over `{protocol}`",
                    code,
                    only,
                    protocol
                ),
                message!("remove it, or declare a connection with that protocol"),
            );
        }
        let (sender, receiver) = of.flags;
        let refused = match known.direction {
            Some(Direction::Emission) if sender == Some(false) => {
                Some((message!("an emission"), "sender"))
            }
            Some(Direction::Reception) if receiver == Some(false) => {
                Some((message!("a reception"), "receiver"))
            }
            _ => None,
        };
        if let Some((direction, flag)) = refused {
            self.reader(of.origin).warning(
                rule::SUBSCRIPTION_DIRECTION,
                span,
                message!(
                    "interface `{code}` is {direction}, and the structure has `edi.{flag}: false`",
                    code,
                    direction,
                    flag
                ),
                message!("remove it, or write `{flag}: true` under `structure.edi`", flag),
            );
        }
        let Some(system) = system else {
            return;
        };
        if !known.exchange_systems.is_empty() && !known.exchange_systems.contains(&system) {
            let offered = listed(&known.exchange_systems);
            let message = message!(
                "interface `{code}` belongs to {offered}, not to `{system}`",
                code,
                offered,
                system
            );
            let help = message!("remove it, or declare a connection to that exchange system");
            self.reader(of.origin).error(rule::INTERFACE_SYSTEM, span, message, help);
        }
    }
}

/// The certificate in a slot.
enum Used {
    /// One of the same entity.
    Here(CertificateUse),
    /// One of another entity.
    Elsewhere(Address),
}
