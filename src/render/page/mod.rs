//! What pages share: one file that needs no network, with its style and its script in it, and nothing else allowed to run.
//!
//! A page is a template beside the module that fills it, put into `frame.html`; [`texts`] holds every text that a page shows.

pub(crate) mod texts;

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::AutoEscape;
use minijinja::Environment;
use minijinja::ErrorKind;
use minijinja::UndefinedBehavior;
use minijinja::Value;
use minijinja::context;
use serde::Serialize;
use sha2::Digest as _;
use sha2::Sha256;

use crate::language;
use crate::language::Language;
use crate::language::tr;
use crate::render::page::texts::Text;
use crate::render::words;

/// The style of every page. Its colours stand in its first block, each for the light and the dark theme.
pub(crate) const STYLE: &str = include_str!("style.css");

/// What stands around every page.
const FRAME: &str = include_str!("frame.html");

/// What every page can do: choose a theme.
const SCRIPT: &str = include_str!("theme.js");

/// Why a page could not be written: a fault of its template.
pub(crate) type PageFault = minijinja::Error;

/// Fills a template. It gets `style`, `script`, `policy` and the texts `t` besides what is in `content`.
pub(crate) fn render(
    template: &str,
    script: &str,
    texts: &[Text],
    content: Value,
) -> Result<String, PageFault> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("thousands", words::thousands);
    environment.add_filter("said", said);
    let script = format!("\n{SCRIPT}{script}");
    let policy = policy(&script);
    let template = without_block_lines(template);
    let frame = without_block_lines(FRAME);
    environment.add_template("frame", &frame)?;
    environment.add_template("page", &template)?;
    let t = table(texts);
    environment.get_template("page")?.render(context! {
        style => STYLE,
        script,
        policy,
        version => env!("CARGO_PKG_VERSION"),
        t,
        ..content
    })
}

/// The texts of a page by their keys, with those of every page.
pub(crate) fn table(texts: &[Text]) -> BTreeMap<&'static str, Cow<'static, str>> {
    let texts = texts::COMMON.iter().chain(texts).copied();
    texts.map(|(key, text)| (key, language::translated_in("page", text))).collect()
}

/// A word of the data as people say it; in English it stays as it is.
fn said(word: &str) -> String {
    if language::current() == Language::English { word.to_owned() } else { words::does(word) }
}

/// What a browser may do with the page: its own style and script, by what they are; nothing from anywhere else.
fn policy(script: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(script)
    )
}

/// A value for a block of data in a page. Nothing in it can end the block: `<` is written as an escape.
pub(crate) fn data<T: Serialize>(value: &T) -> Result<String, PageFault> {
    serde_json::to_string(value).map(|text| text.replace('<', "\\u003c")).map_err(|error| {
        minijinja::Error::new(ErrorKind::BadSerialization, tr!("the data of a page"))
            .with_source(error)
    })
}

/// A template whose lines that hold nothing but one block leave no empty line behind.
pub(crate) fn without_block_lines(template: &str) -> String {
    let mut text = String::with_capacity(template.len());
    for line in template.split_inclusive('\n') {
        let bare = line.trim();
        let is_block =
            bare.starts_with("{%") && bare.ends_with("%}") && bare.matches("{%").count() == 1;
        text.push_str(if is_block { bare } else { line });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_its_block() {
        let text = data(&["</script><!--", "\"'&"]).unwrap();
        assert_eq!(text, r#"["\u003c/script>\u003c!--","\"'&"]"#);
    }

    /// The colours of the first block: name, light, dark.
    fn colours() -> BTreeMap<&'static str, [f64; 2]> {
        let block = STYLE.split_once('}').unwrap().0;
        let line = |line: &'static str| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(")?;
            let (light, dark) = value.trim_end_matches(");").split_once(", ")?;
            Some((name, [luminance(light), luminance(dark)]))
        };
        block.lines().filter_map(line).collect()
    }

    /// Relative luminance, as WCAG 2.2 defines it.
    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    /// Contrast of two colours in each theme, the smaller.
    fn contrast(colours: &BTreeMap<&str, [f64; 2]>, one: &str, other: &str) -> f64 {
        let (one, other) = (colours[one], colours[other]);
        let ratio = |theme: usize| {
            let (high, low) = (one[theme].max(other[theme]), one[theme].min(other[theme]));
            (high + 0.05) / (low + 0.05)
        };
        ratio(0).min(ratio(1))
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((luminance("#ffffff") - 1.0).abs() < 1e-9);
        let colours = BTreeMap::from([
            ("black", [luminance("#000000"); 2]),
            ("white", [luminance("#ffffff"); 2]),
            ("grey", [luminance("#767676"); 2]),
        ]);
        assert!((contrast(&colours, "black", "white") - 21.0).abs() < 1e-9);
        assert!((contrast(&colours, "grey", "white") - 4.54).abs() < 0.01);
    }

    #[test]
    fn texts_and_edges_can_be_seen_in_both_themes() {
        let colours = colours();
        let grounds = ["ground", "panel", "raised"];
        let mut wanted: Vec<(&str, &str, f64)> = Vec::new();
        for ground in grounds {
            // Texts: success criterion 1.4.3.
            wanted.extend(
                ["ink", "soft", "accent", "ok", "warn", "bad", "info"]
                    .map(|ink| (ink, ground, 4.5)),
            );
            // Edges of controls, focus, the parts of the drawing: success criterion 1.4.11.
            let seen = ["edge", "focus", "first", "second", "third", "fourth", "fifth"];
            wanted.extend(seen.map(|seen| (seen, ground, 3.0)));
        }
        wanted.extend([
            ("ok", "ok-ground", 4.5),
            ("warn", "warn-ground", 4.5),
            ("bad", "bad-ground", 4.5),
            ("info", "info-ground", 4.5),
            ("soft", "soft-ground", 4.5),
            ("on-accent", "accent", 4.5),
            ("ink", "soft-ground", 4.5),
            ("accent", "soft-ground", 4.5),
        ]);
        let faint: Vec<String> = wanted
            .iter()
            .map(|(ink, ground, least)| (ink, ground, least, contrast(&colours, ink, ground)))
            .filter(|(_, _, least, found)| found < least)
            .map(|(ink, ground, least, found)| format!("{ink} on {ground}: {found:.2} < {least}"))
            .collect();
        assert!(faint.is_empty(), "{}", faint.join("\n"));

        // Each rule that sets both has a pair from above, and no colour stands outside the first block.
        let rules = STYLE.split_once('}').unwrap().1;
        assert!(!rules.contains('#') && !rules.contains("rgb"), "a colour outside the first block");
        for rule in rules.split('}') {
            let of = |property: &str| {
                rule.split([';', '{', ' '].as_slice()).collect::<Vec<_>>().windows(2).find_map(
                    |words| {
                        (words[0] == property)
                            .then(|| words[1].strip_prefix("var(--")?.strip_suffix(')'))
                            .flatten()
                    },
                )
            };
            if let (Some(ink), Some(ground)) = (of("color:"), of("background:")) {
                let pair =
                    wanted.iter().any(|(a, b, least)| (*a, *b) == (ink, ground) && *least >= 4.5);
                assert!(pair, "{ink} on {ground} is not checked");
            }
        }
    }

    /// The keys after `t.` in a template or a script.
    fn used(text: &str) -> Vec<&str> {
        text.match_indices("t.")
            .filter(|(at, _)| {
                !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
            })
            .map(|(at, _)| {
                let rest = &text[at + 2..];
                let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_');
                &rest[..end.unwrap_or(rest.len())]
            })
            .collect()
    }

    #[test]
    fn every_text_is_there_and_every_one_is_used() {
        let status = [include_str!("../status/page.html"), include_str!("../status/page.js")];
        let plan = [include_str!("../plan/page.html"), include_str!("../plan/page.js")];
        let proof = [include_str!("../proof/page.html"), ""];
        for (texts, files) in [(texts::STATUS, status), (texts::PLAN, plan), (texts::PROOF, proof)]
        {
            let table = table(texts);
            let used: Vec<&str> = files.into_iter().chain([FRAME, SCRIPT]).flat_map(used).collect();
            for key in &used {
                assert!(table.contains_key(key), "no text `{key}`");
            }
            // These are looked up by a word of the data.
            let looked_up = ["party_", "origin_", "ends_", "kind_", "before", "later"];
            for (key, _) in texts {
                let known = used.contains(key) || looked_up.iter().any(|one| key.starts_with(one));
                assert!(known, "the text `{key}` is not used");
            }
        }
    }
}
