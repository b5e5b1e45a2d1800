//! Claims about the reader.

use std::fmt::Write as _;

use super::*;
use crate::config::rule;
use crate::diagnostic::Span;

fn one(text: &str) -> Node {
    let read = read(text);
    assert_eq!(read.faults, [], "{text}");
    assert_eq!(read.documents.len(), 1, "{text}");
    read.documents.into_iter().next().unwrap()
}

fn text_of(node: &Node) -> &str {
    match &node.content {
        Content::Scalar { text, .. } => text,
        _ => panic!("not a scalar"),
    }
}

fn span(line: u32, column: u32, end_line: u32, end_column: u32) -> Span {
    Span { line, column, end_line, end_column }
}

#[test]
fn scalars_keep_their_text_and_their_place() {
    let node = one(
        "siret: 00012345678901\nname: \"é à\" # why\nlist:\n  - a\n  - 1e5\nflow: { a: [1, 2] }\n",
    );
    let siret = node.get("siret").unwrap();
    assert_eq!((text_of(siret), siret.span), ("00012345678901", span(1, 8, 1, 22)));
    let name = node.get("name").unwrap();
    assert_eq!((text_of(name), name.span), ("é à", span(2, 7, 2, 12)));
    let list = node.get("list").unwrap();
    assert_eq!(list.span, span(4, 3, 5, 8));
    let flow = node.get("flow").unwrap();
    assert_eq!(flow.span, span(6, 7, 6, 20));
}

#[test]
fn lines_of_windows_and_several_documents_are_read() {
    let read = read("a: 1\r\n---\r\nb: 2\r\n---\r\n# nothing\r\n...\r\n");
    assert_eq!(read.faults, []);
    assert_eq!(read.documents.len(), 2);
    assert_eq!(read.documents[1].get("b").unwrap().span, span(3, 4, 3, 5));
}

#[test]
fn nothing_is_no_document() {
    for text in ["", "\n", "# only a remark\n", "---\n", "~\n"] {
        assert_eq!(read(text), tree::Read::default(), "{text:?}");
    }
}

#[test]
fn a_key_written_twice_names_both_places() {
    let read = read("a: 1\nb: 2\na: 3\n");
    assert_eq!(read.faults.len(), 1);
    assert_eq!((read.faults[0].rule, read.faults[0].span), (rule::DUPLICATE_KEY, span(3, 1, 3, 2)));
    assert_eq!(read.faults[0].related, Some((span(1, 1, 1, 2), "first written here".into())));
    assert_eq!(text_of(read.documents[0].get("a").unwrap()), "1");
}

#[test]
fn a_broken_document_does_not_hide_the_next_broken_one() {
    let read = read("a: [1\n---\nb: 1\n---\nc: 'x\n");
    assert_eq!(read.faults.len(), 2, "{:?}", read.faults);
    assert!(read.faults.iter().all(|fault| fault.rule == rule::YAML_SYNTAX));
    assert_eq!(read.documents.len(), 1);
}

#[test]
fn aliases_are_repeated_within_a_budget() {
    let node = one("a: &x { b: 1 }\nc: *x\n");
    assert_eq!(node.get("c"), node.get("a"));

    let mut laughs = "a0: &a0 [x]\n".to_owned();
    for level in 1..12 {
        let previous = format!("*a{},", level - 1).repeat(9);
        writeln!(laughs, "a{level}: &a{level} [{previous}]").unwrap();
    }
    let result = read(&laughs);
    assert!(result.faults.iter().any(|fault| fault.rule == rule::YAML_LIMIT));

    let bomb = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(900_000), "*a,".repeat(2000));
    let result = read(&bomb);
    assert_eq!(result.faults.len(), 1);
    assert_eq!(result.faults[0].rule, rule::YAML_LIMIT);

    let itself = read("a: &a [*a]\n");
    assert_eq!(itself.faults[0].rule, rule::YAML_LIMIT);
}

#[test]
fn depth_is_limited() {
    for text in
        ["- ".repeat(100_000), "[".repeat(100_000), "{a: ".repeat(100_000), "? ".repeat(50_000)]
    {
        let read = read(&text);
        assert!(!read.faults.is_empty());
        assert!(read.documents.is_empty());
    }
    assert_eq!(read(&"[".repeat(100)).faults[0].rule, rule::YAML_LIMIT);
}

/// Found by the fuzz target `yaml`.
#[test]
fn what_ends_with_an_alias_ends_where_the_alias_stands() {
    let node = one("a: &x une\nb:\n    c: *x\nd:\n  - e\n  - *x\n");
    assert_eq!(node.get("b").unwrap().span, span(3, 5, 3, 10));
    assert_eq!(node.get("d").unwrap().span, span(5, 3, 6, 7));
    assert_eq!(node.get("b").unwrap().get("c").unwrap().span, span(1, 7, 1, 10));
    // All its entries are refused.
    let result = read("a: &x une\nb:\n    : *x\n");
    assert_eq!(result.documents[0].get("b").unwrap().span, span(3, 5, 3, 9));
    for text in ["a:\n  - >\n\n  - c\n", "a: >\nb: c\n"] {
        let Content::Mapping(entries) = one(text).content else { panic!("{text}") };
        for (_, Node { span, .. }) in entries {
            assert!((span.line, span.column) <= (span.end_line, span.end_column), "{text}");
        }
    }
}

#[test]
fn merge_keys_tags_and_unknown_anchors_are_refused() {
    assert_eq!(read("a: &a {b: 1}\nc:\n  <<: *a\n").faults[0].rule, rule::YAML_MERGE_KEY);
    assert_eq!(read("a: !vault x\n").faults[0].rule, rule::YAML_TAG);
    assert_eq!(read("a: !!int 1\n").faults[0].rule, rule::YAML_TAG);
    assert_eq!(read("a: !!str 1\n").faults, []);
    assert_eq!(read("a: *nowhere\n").faults[0].rule, rule::YAML_SYNTAX);
    assert_eq!(read("[a]: 1\n").faults[0].rule, rule::YAML_SYNTAX);
}

#[test]
fn a_patch_keeps_places_and_removes_with_null() {
    let mut target = one("a: {b: 1, c: 2}\nd: [1]\n");
    let patch = one("\n\na: {b: 9, c: null, e: {f: null, g: 1}}\nd: x\n");
    merge(&mut target, patch);
    let a = target.get("a").unwrap();
    assert_eq!((text_of(a.get("b").unwrap()), a.get("b").unwrap().span.line), ("9", 3));
    assert_eq!(a.get("c"), None);
    assert_eq!(a.get("e").unwrap().get("f"), None);
    assert!(a.get("e").unwrap().get("g").is_some());
    assert_eq!(text_of(target.get("d").unwrap()), "x");
}

/// Our tree as the other reader's value would be, with scalars as the text that stands there.
fn plain(node: &Node) -> serde_json::Value {
    match &node.content {
        _ if node.is_null() => serde_json::Value::Null,
        Content::Scalar { text, .. } => text.as_str().into(),
        Content::Sequence(items) => items.iter().map(plain).collect(),
        Content::Mapping(entries) => serde_json::Value::Object(
            entries.iter().map(|(key, value)| (key.text.clone(), plain(value))).collect(),
        ),
    }
}

/// The other reader's value, as far as it keeps what was written.
fn oracle(text: &str) -> serde_json::Value {
    fn turn(value: serde_yaml::Value) -> serde_json::Value {
        match value {
            serde_yaml::Value::Null => serde_json::Value::Null,
            serde_yaml::Value::Bool(value) => value.to_string().into(),
            serde_yaml::Value::Number(value) => value.to_string().into(),
            serde_yaml::Value::String(text) => text.into(),
            serde_yaml::Value::Sequence(items) => items.into_iter().map(turn).collect(),
            serde_yaml::Value::Mapping(entries) => serde_json::Value::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.as_str().unwrap().to_owned(), turn(value)))
                    .collect(),
            ),
            serde_yaml::Value::Tagged(_) => panic!("no tags here"),
        }
    }
    turn(serde_yaml::from_str(text).unwrap())
}

#[test]
fn two_readers_agree_on_a_file_of_every_style() {
    let text = "a: plain text # remark
b: 'single ''quoted'''
c: \"double \\\"quoted\\\" \\u00e9 \\n\"
d: |
  literal
   lines
e: >-
  folded
  lines
f: [1, two, {g: true, h: null}]
i:
- j: 12
  k: [ ]
- {}
l: several
  lines
m: ~
\"quoted key\": &x here
n: *x
";
    assert_eq!(plain(&one(text)), oracle(text));
}

mod differential {
    use proptest::prelude::*;

    use super::*;

    /// Texts on which both readers agree about the type: no numbers with odd forms.
    fn value() -> impl Strategy<Value = serde_yaml::Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(serde_yaml::Value::Bool),
            any::<i32>().prop_map(|number| serde_yaml::Value::Number(number.into())),
            "[ -~éàœ\n\t\"'#:,{}\\[\\]&*!|>%@`-]{0,20}".prop_map(serde_yaml::Value::String),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(serde_yaml::Value::Sequence),
                prop::collection::btree_map("[a-z][a-z_ #:-]{0,8}", inner, 0..5).prop_map(
                    |entries| {
                        serde_yaml::Value::Mapping(
                            entries.into_iter().map(|(key, value)| (key.into(), value)).collect(),
                        )
                    }
                ),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn two_readers_agree_on_what_one_of_them_wrote(value in value()) {
            let value = serde_yaml::Value::Mapping([("root".into(), value)].into_iter().collect());
            let text = serde_yaml::to_string(&value).unwrap();
            let read = read(&text);
            prop_assert_eq!(&read.faults, &Vec::new(), "{}", text);
            prop_assert_eq!(plain(&read.documents[0]), oracle(&text), "{}", text);
        }

        #[test]
        fn no_text_makes_the_reader_fail_badly(text in "[ -~\n\t\"'#:,{}\\[\\]&*!|>%@`-]{0,60}") {
            let read = read(&text);
            for fault in &read.faults {
                prop_assert!(fault.span.line >= 1 && fault.span.column >= 1);
            }
        }
    }
}
