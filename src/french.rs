//! Everything that people read has its French: the sources are searched for texts and held against the catalogue.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::Delimiter;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;

use crate::cli;
use crate::diagnostic::rule;
use crate::language;
use crate::render::words;

/// Files and folders whose texts nobody reads in two languages, and why.
const NOT_TRANSLATED: &[(&str, &str)] = &[
    ("catalogue", "data of Chorus Pro"),
    (
        "config/manifest/form.rs",
        "descriptions in the JSON schemas, which are the same in any language",
    ),
    ("config/manifest/schema.rs", "titles in the JSON schemas, which are the same in any language"),
    ("confirm/words.rs", "words of the portal and of people, which are recognised"),
    ("cli/seed.rs", "names of structures of the simulator"),
    ("cli/shown", "tests"),
    ("crash", "for tests"),
    ("french.rs", "tests"),
    ("fuzzing.rs", "for tests"),
    ("invariants", "tests"),
    ("language/both.rs", "the mechanism itself"),
    ("language/catalogue.rs", "the mechanism itself"),
    ("language/mod.rs", "the mechanism itself"),
    ("remote/piste/directory.rs", "why it is not used stands in the log alone"),
    ("render/dossier", "French: for people at the portal"),
    ("render/rule/markdown", "the page `docs/rules.md`"),
    ("render/ticket", "French: for the support of Chorus Pro"),
    ("simulator", "speaks as Chorus Pro does"),
];

/// Macros whose texts are for those who look after raccord.
const FOR_DEVELOPERS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "concat",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "error",
    "include_bytes",
    "include_str",
    "info",
    "panic",
    "trace",
    "unreachable",
    "warn",
    "matches",
];

/// Labels of the portal, which are the same in both languages.
const OF_THE_PORTAL: &[&str] = &["En cours"];
/// Methods that look for a text of a machine.
const SEARCHES: &[&str] =
    &["contains", "ends_with", "split_once", "starts_with", "strip_prefix", "strip_suffix"];
/// How texts begin that programs read, and what they are.
const FOR_PROGRAMS: &[(&str, &str)] = &[
    ("default-src ", "what a browser may do with a page"),
    (".br\n", "a page of the manual, before it is shown"),
    ("raccord {version}", "name and version, the same in both languages"),
];

/// What clap writes by itself, which is looked for to be translated.
const OF_CLAP: &[&str] = &["Possible values:"];

/// A text: its context, its forms.
type Key = (Option<String>, Vec<String>);

/// What a file says.
#[derive(Default)]
struct Found {
    /// What is translated.
    keys: BTreeSet<Key>,
    /// What looks like a sentence and is not translated, with its line.
    bare: Vec<(usize, String)>,
}

/// The value of a string literal.
fn string(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else { return None };
    let text = literal.to_string();
    if let Some(raw) = text.strip_prefix('r') {
        let raw = raw.trim_matches('#');
        return raw.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    }
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut value = String::new();
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        match chars.next()? {
            'n' => value.push('\n'),
            't' => value.push('\t'),
            'r' => value.push('\r'),
            '0' => value.push('\0'),
            'x' => {
                let code: String = chars.by_ref().take(2).collect();
                value.push(char::from(u8::from_str_radix(&code, 16).ok()?));
            }
            'u' => {
                let code: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                value.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
            }
            '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            other => value.push(other),
        }
    }
    Some(value)
}

/// With what SQL and requests begin, and no text for people does.
const FOR_SERVERS: &[&str] =
    &["CREATE", "DELETE", "GET", "INSERT", "PATCH", "POST", "PUT", "SELECT", "UPDATE", "WITH"];

/// Names of PISTE, which are the same in both languages.
const OF_PISTE: &[&str] = &["Référentiel des organisations"];

/// Whether a text is a command line of ours, for somebody to type or for the ledger to name.
fn is_command(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("raccord ") else { return false };
    let word: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
    cli::help::is_command(&word)
}

/// Whether a text has words for people: two in a row, outside of code.
fn is_prose(text: &str) -> bool {
    if is_command(text) {
        return false;
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    if FOR_SERVERS.contains(&first) || OF_PISTE.contains(&text) || OF_CLAP.contains(&text) {
        return false;
    }
    if FOR_PROGRAMS.iter().any(|(beginning, _)| text.starts_with(beginning)) {
        return false;
    }
    let quoted: String = text.split('`').step_by(2).collect::<Vec<_>>().join("`");
    // Labels of PEM, words of SQL and names of offices are in capitals.
    let outside: String =
        quoted.split('{').map(|part| part.rsplit('}').next().unwrap_or(part)).collect();
    if !outside.chars().any(char::is_lowercase) || OF_THE_PORTAL.contains(&text) {
        return false;
    }
    let words = |text: &str| {
        let is_word = |word: &str| {
            let word = word.trim_matches(|c: char| ",.:;!?()«»'".contains(c));
            word.len() > 1
                && word.contains(char::is_alphabetic)
                && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '-')
        };
        let words: Vec<bool> = text.split_whitespace().map(is_word).collect();
        words.windows(2).any(|pair| pair == [true, true])
    };
    words(&quoted)
        || (text.contains('{')
            && words(&text.replace(['{', '}'], " "))
            && quoted.contains(' ')
            && quoted
                .split_whitespace()
                .any(|word| word.len() > 2 && word.chars().all(char::is_alphabetic)))
}

/// The text that a translating macro was given.
fn key(arguments: &[TokenTree]) -> Option<Key> {
    let is = |at: usize, what: char| matches!(arguments.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == what);
    let first = string(arguments.first()?)?;
    if is(1, '=') && is(2, '>') {
        let (_, forms) = key(&arguments[3..])?;
        return Some((Some(first), forms));
    }
    if is(1, '|') {
        return Some((None, vec![first, string(arguments.get(2)?)?]));
    }
    Some((None, vec![first]))
}

fn search(tokens: TokenStream, found: &mut Found) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            // An attribute; what only tests see is left out.
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let inner = matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
                let Some(TokenTree::Group(group)) = tokens.get(at + usize::from(inner)) else {
                    continue;
                };
                if group.delimiter() != Delimiter::Bracket {
                    continue;
                }
                at += 1 + usize::from(inner);
                let text = group.stream().to_string();
                if text.starts_with("error") {
                    search(group.stream(), found);
                } else if text.replace(' ', "") == "cfg(test)" {
                    while let Some(token) = tokens.get(at) {
                        at += 1;
                        match token {
                            TokenTree::Punct(punct) if punct.as_char() == ';' => break,
                            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                                break;
                            }
                            _ => {}
                        }
                    }
                }
            }
            TokenTree::Ident(name) => {
                let is_macro = matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
                let name = name.to_string();
                // A point at which tests let the program crash: `crash::point("ledger: events are on disk")`.
                if name == "crash"
                    && let Some(TokenTree::Group(group)) = tokens.get(at + 3)
                    && group.delimiter() == Delimiter::Parenthesis
                {
                    at += 4;
                    continue;
                }
                match tokens.get(at + usize::from(is_macro)) {
                    Some(TokenTree::Group(group)) if is_macro => {
                        if ["tr", "message", "marked"].contains(&name.as_str()) {
                            let arguments: Vec<TokenTree> = group.stream().into_iter().collect();
                            match key(&arguments) {
                                Some(key) => {
                                    let taken = match &key {
                                        (None, forms) => 2 * forms.len() - 1,
                                        (Some(_), forms) => 3 + 2 * forms.len() - 1,
                                    };
                                    found.keys.insert(key);
                                    search(arguments.into_iter().skip(taken).collect(), found);
                                }
                                None => found.bare.push((0, group.to_string())),
                            }
                            at += 2;
                        } else if FOR_DEVELOPERS.contains(&name.as_str())
                            || name == "rules"
                            || name == "macro_rules"
                        {
                            at += 2;
                        }
                    }
                    // A noun that is counted: `words::count(number, "step")`, or told for one: `noun("step")`.
                    Some(TokenTree::Group(group)) if name == "count" || name == "noun" => {
                        let arguments: Vec<TokenTree> = group.stream().into_iter().collect();
                        let is_noun = name == "noun" || arguments.len() > 1;
                        if let Some(noun) = arguments.last().filter(|_| is_noun).and_then(string) {
                            let plural = words::plural(&noun);
                            found.keys.insert((None, vec![noun, plural]));
                            search(
                                arguments[..arguments.len() - 1].iter().cloned().collect(),
                                found,
                            );
                            at += 1;
                        }
                    }
                    // A message for a panic that cannot happen; a text that is looked for in another one.
                    Some(TokenTree::Group(_))
                        if ["expect", "disk"].contains(&name.as_str())
                            || SEARCHES.contains(&name.as_str()) =>
                    {
                        at += 1;
                    }
                    _ => {}
                }
            }
            TokenTree::Group(group) => search(group.stream(), found),
            TokenTree::Literal(literal) => {
                if let Some(text) = string(token).filter(|text| is_prose(text)) {
                    found.bare.push((literal.span().start().line, text));
                }
            }
            TokenTree::Punct(_) => {}
        }
    }
}

/// What each file of the sources says, by its path.
fn sources(only: &str) -> BTreeMap<String, Found> {
    fn files(folder: &Path, all: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, all);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                all.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&root, &mut all);
    all.into_iter()
        .filter_map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            let is_left_out = !format!("src/{name}").starts_with(only)
                || name.contains("/tests")
                || name.ends_with("/testing.rs")
                || name.ends_with("/arbitrary.rs")
                || name.ends_with("/contract.rs")
                || NOT_TRANSLATED.iter().any(|(left_out, _)| name.starts_with(left_out));
            if is_left_out {
                return None;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let mut found = Found::default();
            search(text.parse().unwrap(), &mut found);
            Some((name, found))
        })
        .collect()
}

/// Which folder is looked at alone, for those who work on it: `RACCORD_FRENCH=src/config`.
#[expect(clippy::disallowed_methods, reason = "for those who work on one folder, in a test")]
fn only() -> String {
    std::env::var("RACCORD_FRENCH").unwrap_or_default()
}

/// All texts that have to have their French.
fn keys(only: &str) -> BTreeSet<Key> {
    let single = |text: &str| (None, vec![text.to_owned()]);
    let mut keys: BTreeSet<Key> =
        sources(only).into_values().flat_map(|found| found.keys).collect();
    if "src/diagnostic".starts_with(only) {
        for rule in rule::all() {
            keys.extend([rule.summary, rule.why, rule.source].map(single));
        }
        keys.extend(rule::GROUPS.iter().map(|group| single(group.title)));
    }
    if "src/cli".starts_with(only) {
        keys.extend(
            cli::help::texts()
                .into_iter()
                .map(|(context, text)| (context.map(str::to_owned), vec![text])),
        );
    }
    keys
}

/// The names between braces.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_text_has_its_french() {
    let entries = language::entries();
    let known: BTreeSet<Key> =
        entries.iter().map(|entry| (entry.context.clone(), entry.english.clone())).collect();
    let only = only();
    let keys = keys(&only);
    let skeleton: Vec<String> = keys
        .difference(&known)
        .map(|(context, forms)| {
            let context =
                context.as_ref().map_or(String::new(), |context| format!("msgctxt {context:?}\n"));
            let french = match forms.get(1) {
                Some(plural) => {
                    format!("msgid_plural {plural:?}\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n")
                }
                None => "msgstr \"\"\n".to_owned(),
            };
            format!("{context}msgid {:?}\n{french}\n", forms[0])
        })
        .collect();
    let unused: Vec<&Key> = known.difference(&keys).collect();
    assert!(skeleton.is_empty(), "missing in src/language/fr.po:\n\n{}", skeleton.concat());
    assert!(
        unused.is_empty() || !only.is_empty(),
        "in src/language/fr.po, and said nowhere: {unused:#?}"
    );
}

#[test]
fn every_french_text_is_whole() {
    let mut offences = Vec::new();
    for entry in language::entries() {
        let first = placeholders(&entry.english[0]);
        let all: BTreeSet<&str> =
            entry.english.iter().flat_map(|text| placeholders(text)).collect();
        let expected = entry.english.len();
        if entry.is_fuzzy || entry.french.len() != expected {
            offences.push(format!("not finished: {:?}", entry.english[0]));
        }
        for french in &entry.french {
            let given = placeholders(french);
            // The singular may leave the number away.
            let fits = given == all
                || (expected == 2 && given.is_superset(&first) && given.is_subset(&all));
            if french.trim().is_empty() || !fits {
                offences
                    .push(format!("other braces, or nothing: {:?}: {french:?}", entry.english[0]));
            }
            let ends = |text: &str| {
                (text.starts_with(' '), text.ends_with('\n'), text.matches('\n').count())
            };
            if ends(french) != ends(&entry.english[0]) {
                offences
                    .push(format!("other line ends or blanks: {:?}: {french:?}", entry.english[0]));
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn nothing_that_people_read_is_english_only() {
    let bare: Vec<String> = sources(&only())
        .into_iter()
        .flat_map(|(name, found)| {
            found.bare.into_iter().map(move |(line, text)| format!("src/{name}:{line}: {text:?}"))
        })
        .collect();
    assert!(bare.is_empty(), "{} texts are said in English only:\n{}", bare.len(), bare.join("\n"));
}
