//! The language of what people read: English in the code, French from a catalogue.
//!
//! English texts stand where they are said, in [`tr!`] or [`message!`]; their French lies in `fr.po`, a gettext
//! catalogue with the English text as its key, so translators use the tools that they know. A key that is missing
//! fails a test. The language of a run is chosen once, by `cli`. What machines read is never translated: who writes
//! JSON, the ledger or a file does so within [`in_english`], and what is kept to be said later is a [`Message`], which
//! knows both.

mod both;
mod catalogue;
mod foreign;

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use ::tr::Translator as _;

pub(crate) use crate::language::both::Message;
pub(crate) use crate::language::foreign::said;

/// A language that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// The language of the code.
    English,
    /// The language of Chorus Pro.
    French,
}

/// Whether the run speaks French.
static IS_FRENCH: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// What holds within [`within`], on this thread.
    static HERE: Cell<Option<Language>> = const { Cell::new(None) };
}

/// Chooses the language of the run, for all threads.
pub(crate) fn choose(language: Language) {
    IS_FRENCH.store(language == Language::French, Ordering::Relaxed);
}

/// Whether French is spoken in this run, or here.
fn speaks_french() -> bool {
    IS_FRENCH.load(Ordering::Relaxed) || HERE.get() == Some(Language::French)
}

/// The language that holds here and now.
pub(crate) fn current() -> Language {
    HERE.get().unwrap_or_else(|| {
        if IS_FRENCH.load(Ordering::Relaxed) { Language::French } else { Language::English }
    })
}

/// Says something in a language, whatever the run's is. Only what is said on this thread.
pub(crate) fn within<T>(language: Language, say: impl FnOnce() -> T) -> T {
    /// Puts back what held before, also after a panic.
    struct Before(Option<Language>);
    impl Drop for Before {
        fn drop(&mut self) {
            HERE.set(self.0);
        }
    }
    let _before = Before(HERE.replace(Some(language)));
    say()
}

/// Keeps to a language on this thread, for as long as it lives: for threads that work for another one.
pub(crate) fn hold(language: Language) {
    HERE.set(Some(language));
}

/// Says something for machines, or for a file that outlives the run.
pub(crate) fn in_english<T>(say: impl FnOnce() -> T) -> T {
    within(Language::English, say)
}

/// A text of the code that was marked with [`marked!`], or that another table of texts holds, in the language of
/// the run.
pub(crate) fn translated(english: &str) -> Cow<'_, str> {
    catalogue::Catalogue.translate(english, None)
}

/// The same, of a text whose French depends on a context.
pub(crate) fn translated_in<'a>(context: &'a str, english: &'a str) -> Cow<'a, str> {
    catalogue::Catalogue.translate(english, Some(context))
}

/// The form of a noun that goes with a number.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    catalogue::Catalogue.ntranslate(number as u64, one, many, None).into_owned()
}

/// Says a text in the language of the run.
///
/// `tr!("no sheet {name}", name)`, `tr!("{} of {}", done, all)`, with a plural
/// `tr!("one row" | "{n} rows" % count)`, with a context `tr!("of a sheet" => "open")`. Arguments are shown by
/// `Display`, without format specifications. Without arguments, braces stand for themselves.
macro_rules! tr {
    ($($text:tt)*) => {{
        $crate::language::ready();
        ::tr::tr!($($text)*)
    }};
}

/// A [`Message`], from what [`tr!`] takes.
macro_rules! message {
    ($($text:tt)*) => {
        $crate::language::Message::of(|| $crate::language::tr!($($text)*))
    };
}

/// Marks a constant as a text that [`translated`], or with a context [`translated_in`], will be asked for.
macro_rules! marked {
    ($text:literal) => {
        $text
    };
    ($context:literal => $text:literal) => {
        $text
    };
}

pub(crate) use marked;
pub(crate) use message;
pub(crate) use tr;

thread_local! {
    /// Whether a [`Message`] is serialised as it is shown, on this thread.
    static AS_SHOWN: Cell<bool> = const { Cell::new(false) };
}

/// Makes values for a page that people read: within it a [`Message`] is serialised in the language of the run.
pub(crate) fn as_shown<T>(make: impl FnOnce() -> T) -> T {
    /// Puts back what held before, also after a panic.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            AS_SHOWN.set(self.0);
        }
    }
    let _before = Before(AS_SHOWN.replace(true));
    make()
}

/// Whether a [`Message`] is serialised as it is shown.
fn is_as_shown() -> bool {
    AS_SHOWN.get()
}

/// Gives the catalogue to the library, once, before its first use: its lock is held while arguments are shown.
pub(crate) fn ready() {
    static READY: std::sync::Once = std::sync::Once::new();
    READY.call_once(|| ::tr::set_translator!(catalogue::Catalogue));
}

/// The English texts that have a French one, and the French one, or both forms; for tests of completeness.
#[cfg(test)]
pub(crate) fn entries() -> Vec<catalogue::Entry> {
    catalogue::entries()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_ends_where_it_ends() {
        let before = current();
        let seen = within(Language::French, || (in_english(current), current()));
        assert_eq!(seen, (Language::English, Language::French));
        assert_eq!(current(), before);
    }

    #[test]
    fn plurals_are_those_of_each_language() {
        let kinds = |n: usize| tr!("API connection" | "API connections" % n);
        let french = within(Language::French, || [0, 1, 2].map(kinds));
        assert_eq!([0, 1, 2].map(kinds), ["API connections", "API connection", "API connections"]);
        assert_eq!(french, ["raccordement API", "raccordement API", "raccordements API"]);
    }

    #[test]
    fn a_text_without_arguments_keeps_its_braces() {
        assert_eq!(tr!("{{ name }}"), "{{ name }}");
    }

    #[test]
    fn a_text_knows_both_languages_and_what_it_quotes_follows() {
        struct Inner;
        impl std::fmt::Display for Inner {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&tr!("error"))
            }
        }
        let text = within(Language::French, || message!("{}: {}", Inner, 7));
        assert_eq!(text.english(), "error: 7");
        assert_eq!(within(Language::French, || text.to_string()), "erreur : 7");
        assert_eq!(text.to_string(), "error: 7");
        assert_eq!(serde_json::to_string(&text).unwrap(), "\"error: 7\"");
    }
}
