//! Small values that several kinds of resources share: checked texts, days, SIRETs, contacts.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::config::manifest::decode::Map;
use crate::config::manifest::decode::Text;
use crate::config::manifest::entity::ContactManifest;
use crate::config::manifest::entity::ContactReference;
use crate::config::manifest::form::SiretForm;
use crate::config::manifest::reader::Reader;
use crate::config::manifest::reader::listed;
use crate::config::meant::day_meant;
use crate::config::meant::meant;
use crate::config::rule;
use crate::diagnostic::Severity;
use crate::diagnostic::nearest;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::environment::Stage;
use crate::domain::siret::Siret;
use crate::domain::siret::SiretFault;
use crate::domain::value::Contact;
use crate::domain::value::Email;
use crate::domain::value::Line;
use crate::domain::value::Phone;
use crate::domain::value::ValueFault;
use crate::domain::value::parse_date;
use crate::language::Message;
use crate::language::message;

impl Reader<'_> {
    /// Checks a text by the constructor of its type.
    pub(crate) fn value<T, F>(
        &mut self,
        text: Option<&Text<F>>,
        parse: impl Fn(&str) -> Result<T, ValueFault>,
    ) -> Option<T> {
        let text = text?;
        match parse(&text.value) {
            Ok(value) => Some(value),
            Err(fault) => {
                let fits = |candidate: &str| parse(candidate).is_ok();
                let help = match meant(&text.value, fits) {
                    Some(meant) => message!("did you mean `{meant}`?", meant),
                    None => message!("write {}", &fault.expected),
                };
                self.error(rule::WRONG_VALUE, text.span, Message::of(|| fault.to_string()), help);
                None
            }
        }
    }

    /// Checks a day; says which one was probably meant.
    pub(crate) fn day<F>(&mut self, text: Option<&Text<F>>) -> Option<Date> {
        let text = text?;
        match parse_date(&text.value) {
            Ok(day) => Some(day),
            Err(fault) => {
                let help = day_meant(&text.value).map_or_else(
                    || message!("write {}", &fault.expected),
                    |day| message!("did you mean `{day}`?", day),
                );
                self.error(rule::WRONG_VALUE, text.span, Message::of(|| fault.to_string()), help);
                None
            }
        }
    }

    /// Checks a text that is one of a few words.
    pub(crate) fn word<T: Copy, F>(
        &mut self,
        text: Option<&Text<F>>,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let text = text?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(*value);
        }
        let same = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text.value));
        if let Some((word, value)) = same {
            self.say(
                rule::SPELLING,
                Severity::Notice,
                text.span,
                message!("found `{}`, read as `{word}`", text.value, word),
                message!("write `{word}`", word),
            );
            return Some(*value);
        }
        let known = listed(words.iter().map(|(word, _)| *word));
        let help = match nearest(&text.value, words.iter().map(|(word, _)| *word)) {
            Some(near) => message!("did you mean `{near}`?", near),
            None => message!("write one of {known}", known),
        };
        let message = message!("found `{}`, expected one of {known}", text.value, known);
        self.error(rule::WRONG_VALUE, text.span, message, help);
        None
    }

    /// Makes an address; says when its key cannot be part of one.
    pub(crate) fn address(&mut self, entity: &str, kind: Kind, key: &Text) -> Option<Address> {
        match Address::new(entity, kind, &key.value) {
            Ok(address) => Some(address),
            Err(fault) => {
                self.error(
                    rule::NAME,
                    key.span,
                    Message::of(|| fault.to_string()),
                    message!("choose a key of plain letters, digits, `.`, `-` and `_`"),
                );
                None
            }
        }
    }

    /// Checks a SIRET. A wrong checksum is a fault in production, unless `exception` says why it is right
    /// (`docs/sources.md` 7); elsewhere it is worth a remark.
    pub(crate) fn siret(
        &mut self,
        text: Option<&Text<SiretForm>>,
        stage: Stage,
        exception: Option<&Text>,
    ) -> Option<Siret> {
        let text = text?;
        let read = match Siret::parse(&text.value) {
            Ok(read) => read,
            Err(fault) => {
                let right = |candidate: &str| {
                    Siret::parse(candidate).is_ok_and(|read| read.siret.checksum_matches())
                };
                let help = match (&fault, meant(&text.value, right)) {
                    (SiretFault::Format(_), Some(meant)) => {
                        message!("did you mean `\"{meant}\"`?", meant)
                    }
                    _ => fault.help(),
                };
                self.error(rule::SIRET_FORM, text.span, Message::of(|| fault.to_string()), help);
                return None;
            }
        };
        let siret = read.siret;
        if read.tidied {
            self.say(
                rule::SIRET_TIDIED,
                Severity::Notice,
                text.span,
                message!("found `{}`, read as `{siret}`", text.value, siret),
                message!("write `\"{siret}\"`", siret),
            );
        }
        match (siret.checksum_matches(), exception) {
            (true, None) => {}
            (true, Some(exception)) => self.warning(
                rule::SIRET_EXCEPTION,
                exception.span,
                message!("the checksum of `{siret}` is right, so it needs no exception", siret),
                message!("remove `siret_exception`"),
            ),
            (false, Some(_)) => {}
            (false, None) => {
                let severity =
                    if stage == Stage::Production { Severity::Error } else { Severity::Notice };
                let help = if stage == Stage::Production {
                    message!(
                        "copy the number again from the SIRENE register; if Chorus Pro really knows this number, say why in `siret_exception`"
                    )
                } else {
                    message!(
                        "check the number before production; the data sets of qualification hold such numbers"
                    )
                };
                let message = message!("the checksum of SIRET `{siret}` is wrong", siret);
                self.say(rule::SIRET_CHECKSUM, severity, text.span, message, help);
            }
        }
        Some(siret)
    }

    /// Checks a contact.
    pub(crate) fn contact(&mut self, written: &ContactManifest) -> Option<Contact> {
        let first_name = self.value(written.first_name.as_ref(), Line::parse);
        let last_name = self.value(written.last_name.as_ref(), Line::parse);
        let email = self.value(written.email.as_ref(), Email::parse);
        let phone = self.value(written.phone.as_ref(), Phone::parse);
        Some(Contact {
            first_name: first_name?,
            last_name: last_name?,
            email: email?,
            phone: phone?,
        })
    }

    /// Checks contacts that have names.
    pub(crate) fn contacts(&mut self, written: Option<&Map<ContactManifest>>) -> Contacts {
        let mut known = BTreeMap::new();
        if let Some(map) = written {
            known.extend(map.faulty.iter().map(|name| (name.value.clone(), None)));
            for (name, contact) in &map.entries {
                known.insert(name.value.clone(), self.contact(contact));
            }
        }
        Contacts { known }
    }

    /// Finds the contact that is meant: those of the entity come first.
    pub(crate) fn contact_of(
        &mut self,
        written: Option<&ContactReference>,
        own: &Contacts,
        project: &Contacts,
    ) -> Option<Contact> {
        let name = match written? {
            ContactReference::Inline(contact) => return self.contact(contact),
            ContactReference::Name(name) => name,
        };
        if let Some(contact) = own.known.get(&name.value).or_else(|| project.known.get(&name.value))
        {
            return contact.clone();
        }
        let known = || own.known.keys().chain(project.known.keys()).map(String::as_str);
        let help = match nearest(&name.value, known()) {
            Some(near) => message!("did you mean `{near}`?", near),
            None => {
                message!("declare it under `contacts` in `raccord.yaml`, or write the contact here")
            }
        };
        let message = message!("contact `{}` is not declared", name.value);
        self.error(rule::UNKNOWN_CONTACT, name.span, message, help);
        None
    }
}

/// Contacts by name; nothing for those that have a fault, which was reported.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contacts {
    /// The contacts.
    pub(crate) known: BTreeMap<String, Option<Contact>>,
}

impl Contacts {
    /// Those without a fault.
    pub(crate) fn sound(&self) -> BTreeMap<String, Contact> {
        let known = self.known.iter();
        known.filter_map(|(key, contact)| Some((key.clone(), contact.clone()?))).collect()
    }
}
