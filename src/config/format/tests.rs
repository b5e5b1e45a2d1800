//! Claims about the layout of files.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::config::rule;

/// Formats a text; formatting once more changes nothing.
fn formatted(text: &str) -> String {
    let once = format(text).unwrap_or_else(|fault| panic!("{fault:?}: {text}"));
    assert_eq!(format(&once).as_ref(), Ok(&once), "{text}");
    once
}

fn becomes(before: &str, after: &str) {
    assert_eq!(formatted(before), after, "{before}");
}

#[test]
fn each_level_is_indented_by_two_and_comments_follow_their_line() {
    becomes(
        "\
# top
a:
    # about b
    b: 1   # aside
    # the end of a
c:
- d:  1
  # about e
  e: 2
-    f
# about g
-
      g: 3
# bottom
",
        "\
# top
a:
  # about b
  b: 1   # aside
  # the end of a
c:
  - d:  1
    # about e
    e: 2
  - f
  # about g
  -
    g: 3
# bottom
",
    );
    becomes("  a:\n   b: 1\n", "a:\n  b: 1\n");
    becomes("- - - a\n    - b\n  -   - c\n", "- - - a\n    - b\n  - - c\n");
    becomes(
        "a:\n    - b:\n        - c\n        # d\n    # e\n",
        "a:\n  - b:\n      - c\n      # d\n  # e\n",
    );
    becomes("a:\n - b\n # c\n   # d\n# e\nf: g\n", "a:\n  - b\n  # c\n  # d\n# e\nf: g\n");
}

#[test]
fn a_value_over_several_lines_moves_with_its_line() {
    becomes(
        "a:\n    b: |\n        x\n          y  \n\n    c: \"d\n      e\"\n    f: [1,\n        2, # g\n     ]\n    h: i\n      j\n",
        "a:\n  b: |\n      x\n        y  \n\n  c: \"d\n    e\"\n  f: [1,\n      2, # g\n   ]\n  h: i\n    j\n",
    );
    becomes(
        "a:\n    c: |2\n      x\nb: >-\n    y\n    z\n",
        "a:\n  c: |2\n    x\nb: >-\n    y\n    z\n",
    );
    becomes("-    a: |2\n       x\n     b: 'c\n      d'\n", "- a: |2\n    x\n  b: 'c\n   d'\n");
    becomes("a:\n    &x\n    b: c\nd: *x\n", "a:\n  &x\n  b: c\nd: *x\n");
    becomes("a: |+\n  b\n\n\n", "a: |+\n  b\n\n\n");
    becomes("a: |\n  b\n\n\n", "a: |\n  b\n");
    becomes("a:\n-  b: |\n    x\n", "a:\n  - b: |\n     x\n");
    becomes(":\n-  : &x |\na:\n", ":\n  - : &x |\na:\n");
    // A block without text.
    becomes("a: >\nb: c\n  d\n", "a: >\nb: c\n  d\n");
    becomes(
        "a:\n    - > # e\n\n    - &x |+\n\n    - c\n      d\n",
        "a:\n  - > # e\n\n  - &x |+\n\n  - c\n    d\n",
    );
}

#[test]
fn ends_are_tidied() {
    becomes("a: 1 \t\r\nb: 2  # c  \r\n\r\n\r\n", "a: 1\nb: 2  # c\n");
    becomes("a: 1", "a: 1\n");
    becomes("a: 'b \n  c'\n", "a: 'b \n  c'\n");
    becomes("a: 1\rb: 2\r", "a: 1\nb: 2\n");
    becomes("", "");
    becomes("# only a remark \n\n", "# only a remark\n");
    becomes("---\n  a: 1\n---\n# b\n    - c\n...\n", "---\na: 1\n---\n# b\n- c\n...\n");
}

#[test]
fn a_siret_stands_between_double_quotes() {
    for written in
        ["12345678200010", "'12345678200010'", "\"123 456 782 00010\"", "123.456.782\u{a0}00010"]
    {
        becomes(
            &format!("structure:\n  siret: {written}   # s\n"),
            "structure:\n  siret: \"12345678200010\"   # s\n",
        );
        becomes(
            &format!(
                "clients:\n- {written}\n- {{ siret: {written}, name: 12345678200010 }}\n- {written}\n"
            ),
            "clients:\n  - \"12345678200010\"\n  - { siret: \"12345678200010\", name: 12345678200010 }\n  - \"12345678200010\"\n",
        );
        becomes(
            &format!("clients: [{written}, {{siret: {written}}}, {written}]\n"),
            "clients: [\"12345678200010\", {siret: \"12345678200010\"}, \"12345678200010\"]\n",
        );
    }
    for kept in [
        "siret: 2,10104E+13\n",
        "siret: 1234567820001\n",
        "siret: !!str 12345678200010\n",
        "siret: &a 12345678200010\n",
        "siret: |\n  12345678200010\n",
        "name: 12345678200010\n",
        "siret: [12345678200010]\n",
    ] {
        becomes(kept, kept);
    }
}

#[test]
fn what_has_faults_is_left_alone() {
    for (text, broken) in [
        ("a: [1\n", rule::YAML_SYNTAX),
        ("a: 1\na: 2\n", rule::DUPLICATE_KEY),
        ("a:\n\tb: 1\n", rule::YAML_SYNTAX),
        ("<<: {}\n", rule::YAML_MERGE_KEY),
    ] {
        match format(text) {
            Err(Unformatted::Faults(faults)) => assert_eq!(faults[0].rule, broken, "{text}"),
            other => panic!("{other:?}: {text}"),
        }
    }
}

#[test]
fn another_meaning_is_seen() {
    for (before, after) in [
        ("a: 1 # b\n", "a: 1\n"),
        ("a: 1\n", "a: \"1\"\n"),
        ("a: 1\n# b\n# c\n", "a: 1\n# c\n# b\n"),
        ("a: {b: 1}\n", "a: [b, 1]\n"),
        ("a:\n  b:\nc:\n", "a:\n  b:\n  c:\n"),
        ("siret: 12345678200010\n", "siret: 12345678200028\n"),
        ("a: &b 1\nc: *b\n", "a: 1\nc: 1\n"),
    ] {
        assert!(changed_meaning(before, after).is_some(), "{before}{after}");
        assert_eq!(changed_meaning(before, before), None);
    }
}

/// A text of blocks with any indentation, comments, and values over several lines.
fn text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("x".to_owned()),
        Just("\"12 34\"   # aside ".to_owned()),
        Just("'a\n@ b'".to_owned()),
        Just("plain\n@  more".to_owned()),
        Just("|\n@ text \n@   deeper\n".to_owned()),
        Just(">+\n@ text\n\n".to_owned()),
        Just("[a, # one\n@ {b: c}]".to_owned()),
        Just("{ siret: 123 456 782 00010 }".to_owned()),
        Just(String::new()),
    ]
    .prop_map(Tree::Leaf);
    let tree = leaf.prop_recursive(4, 24, 4, |inner| {
        (any::<bool>(), 0..5_usize, prop::collection::vec((inner, comment()), 1..4))
            .prop_map(|(mapping, step, items)| Tree::Block { mapping, step, items })
    });
    prop::collection::vec(tree, 1..3).prop_map(|documents| {
        let mut text = String::new();
        for tree in documents {
            if !text.is_empty() {
                text.push_str("---\n");
            }
            tree.write(0, &mut text);
        }
        text
    })
}

fn comment() -> impl Strategy<Value = Option<usize>> {
    prop::option::weighted(0.3, 0..9_usize)
}

#[derive(Clone, Debug)]
enum Tree {
    Leaf(String),
    Block { mapping: bool, step: usize, items: Vec<(Self, Option<usize>)> },
}

impl Tree {
    /// Writes it with its entries at `column`; what stands behind `@` goes at least one column further.
    fn write(&self, column: usize, text: &mut String) {
        match self {
            Self::Leaf(leaf) => {
                let lines = leaf.replace('@', &" ".repeat(column + 1));
                writeln!(text, "{lines}").unwrap();
            }
            Self::Block { mapping, step, items } => {
                for (number, (item, comment)) in items.iter().enumerate() {
                    if let Some(column) = comment {
                        writeln!(text, "{}# comment {number}", " ".repeat(*column)).unwrap();
                    }
                    let indent = " ".repeat(column);
                    if *mapping {
                        write!(text, "{indent}k{number}: ").unwrap();
                    } else {
                        write!(text, "{indent}- ").unwrap();
                    }
                    if matches!(item, Self::Block { .. }) {
                        text.push('\n');
                    }
                    item.write(column + 1 + step, text);
                }
            }
        }
    }
}

/// What is to be seen of a text but for blanks and the writing of its SIRET.
fn ink(text: &str) -> String {
    text.replace("\"12345678200010\"", "12345678200010").split_whitespace().collect()
}

/// A text that fuzzing found.
#[test]
fn an_odd_text_is_laid_out_once() {
    let text = "antries&b: \n-  - : -expected ',' or *-  -  &b: &xx |\na: 09--- # cq\n# u0!t |  a: 1000, *x] }\n--- u0 }\n---!t !x|\n m2\"\n";
    let once = format(text).unwrap();
    assert_eq!(format(&once), Ok(once.clone()));
    assert_eq!(ink(&once), ink(text));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_layout_is_tidied_once_and_loses_nothing(text in text()) {
        match format(&text) {
            Ok(once) => {
                prop_assert_eq!(format(&once), Ok(once.clone()), "{}", text);
                prop_assert_eq!(ink(&once), ink(&text));
                let odd = once.lines().find(|line| {
                    let indent = line.len() - line.trim_start().len();
                    let entry = line.trim_start().starts_with(['k', '-']);
                    entry && indent % 2 == 1
                });
                prop_assert_eq!(odd, None, "{}", once);
            }
            Err(Unformatted::Faults(_)) => {}
            Err(fault) => prop_assert!(false, "{fault:?}: {text}"),
        }
    }

    #[test]
    fn no_text_is_damaged(text in "[ -~\n\t\"'#:,{}\\[\\]&*!|>%@`-]{0,60}") {
        if let Ok(once) = format(&text) {
            prop_assert_eq!(format(&once), Ok(once.clone()), "{:?}", text);
            prop_assert_eq!(ink(&once), ink(&text));
        }
    }
}
