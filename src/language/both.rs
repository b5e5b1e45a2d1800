//! `Message`: what is kept to be said later, in both languages.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;

use crate::language::Language;
use crate::language::current;
use crate::language::in_english;
use crate::language::is_as_shown;
use crate::language::speaks_french;
use crate::language::within;

/// A sentence that was made for this run, in English and in the language of the run.
///
/// It is shown in the language that holds where it is shown, and compares, sorts and serialises as its English; only
/// within [`as_shown`](crate::language::as_shown), for pages, it is serialised as it is shown.
#[derive(Clone, Default)]
pub(crate) struct Message {
    english: String,
    /// Only when the run speaks French, and says it otherwise.
    french: Option<Box<str>>,
}

impl Message {
    /// What `say` says, in each language.
    pub(crate) fn of(say: impl Fn() -> String) -> Self {
        let english = in_english(&say);
        let french = speaks_french()
            .then(|| within(Language::French, &say))
            .filter(|french| *french != english);
        Self { english, french: french.map(String::into_boxed_str) }
    }

    /// The English, for machines and files.
    pub(crate) fn english(&self) -> &str {
        &self.english
    }

    /// What is shown here and now.
    pub(crate) fn as_str(&self) -> &str {
        match (current(), &self.french) {
            (Language::French, Some(french)) => french,
            _ => &self.english,
        }
    }
}

impl std::ops::Deref for Message {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

/// What has no translation: a name, a value, words of another program.
impl From<String> for Message {
    fn from(english: String) -> Self {
        Self { english, french: None }
    }
}

impl From<&str> for Message {
    fn from(english: &str) -> Self {
        english.to_owned().into()
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.english, f)
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.english == other.english
    }
}

impl Eq for Message {}

impl PartialOrd for Message {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Message {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.english.cmp(&other.english)
    }
}

impl std::hash::Hash for Message {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.english.hash(state);
    }
}

impl PartialEq<str> for Message {
    fn eq(&self, other: &str) -> bool {
        self.english == other
    }
}

impl PartialEq<&str> for Message {
    fn eq(&self, other: &&str) -> bool {
        self.english == *other
    }
}

impl Serialize for Message {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if is_as_shown() { self.as_str() } else { &self.english })
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl schemars::JsonSchema for Message {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}
