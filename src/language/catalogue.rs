//! The French catalogue, read when French is first asked for.

use std::borrow::Cow;
use std::sync::OnceLock;

use polib::catalog;
use tr::Translator;

use crate::language::Language;
use crate::language::current;

/// The catalogue as its translators keep it. A test says what is missing in it.
const FRENCH: &str = include_str!("fr.po");

/// What the macros ask for the text to say.
pub(crate) struct Catalogue;

impl Translator for Catalogue {
    fn translate<'a>(&'a self, english: &'a str, context: Option<&'a str>) -> Cow<'a, str> {
        let french = french()
            .and_then(|french| french.find_message(context, english, None))
            .and_then(|message| message.msgstr().ok())
            .filter(|text| !text.is_empty());
        Cow::Borrowed(french.unwrap_or(english))
    }

    fn ntranslate<'a>(
        &'a self,
        n: u64,
        one: &'a str,
        many: &'a str,
        context: Option<&'a str>,
    ) -> Cow<'a, str> {
        let forms = french()
            .and_then(|french| french.find_message(context, one, Some(many)))
            .and_then(|message| message.msgstr_plural().ok());
        // French counts in the singular below two, English at one only.
        let text = match forms.map(Vec::as_slice) {
            Some([singular, plural]) => {
                if n < 2 {
                    singular
                } else {
                    plural
                }
            }
            _ => {
                if n == 1 {
                    one
                } else {
                    many
                }
            }
        };
        Cow::Borrowed(text)
    }
}

/// The catalogue, when French is spoken here and now.
fn french() -> Option<&'static catalog::Catalog> {
    match current() {
        Language::English => None,
        Language::French => read(),
    }
}

fn read() -> Option<&'static catalog::Catalog> {
    static READ: OnceLock<Option<catalog::Catalog>> = OnceLock::new();
    // A test reads it: it is well-formed. Were it not, English is better than nothing.
    READ.get_or_init(|| polib::po_file::parse_from_reader(FRENCH.as_bytes()).ok()).as_ref()
}

/// An entry of the catalogue.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct Entry {
    /// In which context, when the text alone does not tell.
    pub(crate) context: Option<String>,
    /// The text, and its plural where it counts.
    pub(crate) english: Vec<String>,
    /// The French of each.
    pub(crate) french: Vec<String>,
    /// Whether a translator marked it as uncertain.
    pub(crate) is_fuzzy: bool,
}

#[cfg(test)]
pub(crate) fn entries() -> Vec<Entry> {
    let read = polib::po_file::parse_from_reader(FRENCH.as_bytes()).unwrap();
    read.messages()
        .map(|message| Entry {
            context: message.msgctxt().filter(|context| !context.is_empty()).map(str::to_owned),
            english: match message.msgid_plural() {
                Ok(plural) => vec![message.msgid().to_owned(), plural.to_owned()],
                Err(_) => vec![message.msgid().to_owned()],
            },
            french: match message.msgstr_plural() {
                Ok(forms) => forms.clone(),
                Err(_) => vec![message.msgstr().unwrap_or_default().to_owned()],
            },
            is_fuzzy: message.is_fuzzy(),
        })
        .collect()
}
