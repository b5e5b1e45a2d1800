//! From the tree to our own structs. One definition gives the struct, its keys, and its JSON Schema.
//!
//! Every field is optional in the struct: a missing or faulty one was reported, and the rest is still looked at.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::JsonSchema;
use schemars::Schema;
use schemars::SchemaGenerator;
use schemars::json_schema;
use serde_json::Value;
use serde_json::json;

use crate::config::manifest::reader::Reader;
use crate::config::manifest::schema::NOTHING;
use crate::config::meant::unquoted;
use crate::config::rule;
use crate::config::yaml::Content;
use crate::config::yaml::Node;
use crate::diagnostic::Span;
use crate::language::message;

/// A value that can be read from a tree.
pub(crate) trait Decode: Sized {
    /// Reads it; nothing when it has a fault, which is then reported.
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self>;
}

/// The form of a text, for the schema. The values themselves are checked when files are resolved.
pub(crate) trait Form {
    /// What a text of this form looks like.
    fn schema() -> Schema;
}

/// A text and where it was written. `F` is its form.
#[derive(Debug, PartialEq)]
pub(crate) struct Text<F = Plain> {
    /// The text, exactly as written.
    pub(crate) value: String,
    /// Where it was written.
    pub(crate) span: Span,
    form: PhantomData<F>,
}

impl<F> Clone for Text<F> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), span: self.span, form: PhantomData }
    }
}

impl<F> Text<F> {
    /// A text at a place.
    pub(crate) fn new(value: impl Into<String>, span: Span) -> Self {
        Self { value: value.into(), span, form: PhantomData }
    }
}

impl<F> Decode for Text<F> {
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.content {
            Content::Scalar { text, plain: true } if matches!(text.as_str(), "true" | "false") => {
                reader.error(
                    rule::WRONG_VALUE,
                    node.span,
                    message!("found the truth value `{text}`, expected a text", text),
                    message!("write `\"{text}\"` if the word is meant", text),
                );
                None
            }
            Content::Scalar { text, plain: true } if unquoted(text).is_some() => {
                let inner = unquoted(text).unwrap_or_default();
                reader.error(
                    rule::WRONG_VALUE,
                    node.span,
                    message!("found typographic quotes in `{text}`, expected `\"` or none", text),
                    message!(
                        "write `\"{inner}\"`; if they belong to the text, `\"{text}\"`",
                        inner,
                        text
                    ),
                );
                None
            }
            Content::Scalar { text, .. } if !node.is_null() => Some(Self::new(text, node.span)),
            Content::Scalar { .. } | Content::Sequence(_) | Content::Mapping(_) => {
                reader.wrong_shape(node, message!("a text"));
                None
            }
        }
    }
}

impl<F: Form> JsonSchema for Text<F> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        F::schema()
    }
}

/// Any text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Plain {}

impl Form for Plain {
    fn schema() -> Schema {
        // What looks like a number is a text all the same.
        json_schema!({ "type": ["string", "number"] })
    }
}

/// A truth value and where it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Flag {
    /// The value.
    pub(crate) value: bool,
    /// Where it was written.
    pub(crate) span: Span,
}

impl Decode for Flag {
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Content::Scalar { text, plain } = &node.content else {
            reader.wrong_shape(node, message!("`true` or `false`"));
            return None;
        };
        match text.as_str() {
            "true" if *plain => Some(Self { value: true, span: node.span }),
            "false" if *plain => Some(Self { value: false, span: node.span }),
            word => {
                let help = match word.to_ascii_lowercase().as_str() {
                    "yes" | "on" | "y" | "true" | "oui" | "vrai" | "1" => {
                        message!("write `true`, in lower case and without quotes")
                    }
                    "no" | "off" | "n" | "false" | "non" | "faux" | "0" => {
                        message!("write `false`, in lower case and without quotes")
                    }
                    _ => message!("write `true` or `false`, without quotes"),
                };
                let message = if node.is_null() {
                    message!("found nothing, expected `true` or `false`")
                } else {
                    message!("found `{word}`, expected `true` or `false`", word)
                };
                reader.error(rule::WRONG_VALUE, node.span, message, help);
                None
            }
        }
    }
}

impl JsonSchema for Flag {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Flag".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

/// Values in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct List<T> {
    /// The values without faults.
    pub(crate) items: Vec<T>,
    /// Where the list was written.
    pub(crate) span: Span,
    /// Whether a value had to be left out.
    pub(crate) faulty: bool,
}

impl<T: Decode> Decode for List<T> {
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Content::Sequence(nodes) = &node.content else {
            reader.no_list(node);
            return None;
        };
        let items: Vec<T> = nodes.iter().filter_map(|node| T::decode(node, reader)).collect();
        let faulty = items.len() != nodes.len();
        Some(Self { items, span: node.span, faulty })
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("List_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": written_out(generator.subschema_for::<T>()) })
    }
}

/// Values by keys that the user chose, in the order in which they were written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Map<T> {
    /// The values without faults.
    pub(crate) entries: Vec<(Text, T)>,
    /// The keys of those with a fault, which was reported.
    pub(crate) faulty: Vec<Text>,
}

impl<T: Decode> Decode for Map<T> {
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Content::Mapping(nodes) = &node.content else {
            reader.wrong_shape(node, message!("a mapping"));
            return None;
        };
        let mut map = Self { entries: Vec::new(), faulty: Vec::new() };
        for (key, value) in nodes {
            let key = Text::new(&key.text, key.span);
            match T::decode(value, reader) {
                Some(value) => map.entries.push((key, value)),
                None => map.faulty.push(key),
            }
        }
        Some(map)
    }
}

impl<T: JsonSchema> JsonSchema for Map<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Map_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$" },
            "additionalProperties": written_out(generator.subschema_for::<T>()),
        })
    }
}

/// A tree that is looked at later: a patch for another environment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Raw(pub(crate) Node);

impl Decode for Raw {
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if matches!(node.content, Content::Mapping(_)) {
            return Some(Self(node.clone()));
        }
        reader.wrong_shape(node, message!("a mapping"));
        None
    }
}

impl JsonSchema for Raw {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Raw".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }
}

/// Whether a key must be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(non_camel_case_types, reason = "these are the words of the macro `written!`")]
pub(crate) enum Need {
    /// Always.
    required,
    /// As one likes.
    optional,
}

/// The key of a field: its name, also where that is a word of Rust (`r#where`).
pub(crate) const fn bare(name: &'static str) -> &'static str {
    let bytes = name.as_bytes();
    if bytes.len() > 2 && bytes[0] == b'r' && bytes[1] == b'#' { name.split_at(2).1 } else { name }
}

/// One schema for a key: what stands there, and what it is for. A key that nothing follows counts as not written.
pub(crate) fn property(schema: Schema, need: Need, description: &str) -> Schema {
    let mut schema = match need {
        Need::required => written_out(schema),
        Need::optional => or_nothing(schema),
    };
    schema.insert("description".to_owned(), description.into());
    if let Some(default) = default_of(description) {
        let is = |word| schema.get("type").is_some_and(|kind| kind.to_string().contains(word));
        let read = if is("boolean") || is("integer") && !is("string") {
            serde_json::from_str(default).ok()
        } else {
            None
        };
        let default = read.unwrap_or_else(|| default.into());
        schema.insert("default".to_owned(), default);
    }
    if let Some((_, example)) = description.split_once("For example `")
        && let Some((example, _)) = example.split_once('`')
    {
        let is_list = schema.get("type").is_some_and(|kind| kind.to_string().contains("\"array\""));
        let example = if is_list { json!([example]) } else { json!(example) };
        schema.insert("examples".to_owned(), json!([example]));
    }
    schema
}

/// What a description says that holds by default: "By default `30d`.".
fn default_of(description: &str) -> Option<&str> {
    let (_, rest) = description.split_once("By default `")?;
    let (default, rest) = rest.split_once('`')?;
    // A default with a part in angle brackets is no value, and one with a condition behind it does not always hold.
    (rest.starts_with('.') && !default.contains('<')).then_some(default)
}

/// A schema that refuses an empty value: the definitions of our structs accept one, for keys that may stay empty.
pub(crate) fn written_out(mut schema: Schema) -> Schema {
    if schema.get("$ref").is_some() {
        schema.insert("type".to_owned(), "object".into());
    }
    schema
}

/// A schema that accepts an empty value too.
fn or_nothing(mut schema: Schema) -> Schema {
    if let Some(kinds) = schema.get_mut("type") {
        let mut all = match kinds.take() {
            Value::Array(all) => all,
            one => vec![one],
        };
        all.push("null".into());
        *kinds = all.into();
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    if let Some(Value::Array(descriptions)) = schema.get_mut("enumDescriptions") {
        descriptions.push(NOTHING.into());
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.push(json!({ "type": "null" }));
    }
    schema
}

/// Reads the value of one key out of a mapping; reports it when it is needed and not there. A key that was
/// `guessed` from a mistyped one was reported with that.
pub(crate) fn decode_key<T: Decode>(
    node: &Node,
    key: &'static str,
    need: Need,
    guessed: &[&str],
    reader: &mut Reader<'_>,
) -> Option<T> {
    match node.get(key) {
        Some(value) if !value.is_null() => T::decode(value, reader),
        found => {
            if need == Need::required && !guessed.contains(&key) {
                reader.missing(
                    key,
                    found.map_or_else(|| first_line(node.span), |value| value.span),
                    found.is_some(),
                );
            }
            None
        }
    }
}

/// The first line of a stretch, so that a missing key does not underline a whole file.
fn first_line(span: Span) -> Span {
    if span.line == span.end_line {
        return span;
    }
    Span { end_line: span.line, end_column: span.column + 1, ..span }
}

/// Declares a struct of our files: its fields, their keys, its decoder and its schema.
macro_rules! written {
    ($(
        $(#[doc = $about:literal])*
        $name:ident {
            $( $(#[doc = $doc:literal])* $need:ident $field:ident : $type:ty, )*
        }
    )*) => { $(
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct $name {
            $( $(#[doc = $doc])* pub(crate) $field: Option<$type>, )*
            /// Where it was written.
            pub(crate) span: crate::diagnostic::Span,
        }


        impl crate::config::manifest::decode::Decode for $name {
            fn decode(
                node: &crate::config::yaml::Node,
                reader: &mut crate::config::manifest::reader::Reader<'_>,
            ) -> Option<Self> {
                const KEYS: &[&str] =
                    &[$(crate::config::manifest::decode::bare(stringify!($field))),*];
                let crate::config::yaml::Content::Mapping(entries) = &node.content else {
                    reader.wrong_shape(
                        node,
                        crate::language::message!(
                            "a mapping with {}",
                            crate::config::manifest::reader::listed(KEYS.iter().take(4)),
                        ),
                    );
                    return None;
                };
                let unknown = entries.iter().filter(|(key, _)| !KEYS.contains(&key.text.as_str()));
                let guessed = reader.unknown_keys(unknown, KEYS);
                Some(Self {
                    $( $field: crate::config::manifest::decode::decode_key(
                        node,
                        crate::config::manifest::decode::bare(stringify!($field)),
                        crate::config::manifest::decode::Need::$need,
                        &guessed,
                        reader,
                    ), )*
                    span: node.span,
                })
            }
        }



        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut properties = serde_json::Map::new();
                let mut required: Vec<serde_json::Value> = Vec::new();
                $(
                    let description = concat!($($doc),*).trim();
                    let schema = generator.subschema_for::<$type>();
                    let schema = crate::config::manifest::decode::property(
                        schema,
                        crate::config::manifest::decode::Need::$need,
                        description,
                    );
                    let key = crate::config::manifest::decode::bare(stringify!($field));
                    properties.insert(key.to_owned(), schema.to_value());
                    if crate::config::manifest::decode::Need::$need
                        == crate::config::manifest::decode::Need::required
                    {
                        required.push(key.into());
                    }
                )*
                let mut schema = schemars::json_schema!({
                    "type": ["object", "null"],
                    "description": concat!($($about),*).trim(),
                    "properties": properties,
                    "additionalProperties": false,
                });
                if !required.is_empty() {
                    schema.insert("required".to_owned(), required.into());
                }
                schema
            }
        }
    )* };
}
pub(crate) use written;

/// Declares forms of texts: a marker type and what its text looks like.
macro_rules! forms {
    ($( $(#[doc = $doc:literal])* $name:ident = $schema:tt )*) => { $(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(crate) enum $name {}

        impl crate::config::manifest::decode::Form for $name {
            fn schema() -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    )* };
}
pub(crate) use forms;
