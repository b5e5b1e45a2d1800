//! Whatever a plan holds: the budget is kept, nothing is left open, and nothing speaks outside its place.

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::language::Language;
use crate::language::within;
use crate::plan::change::ChangeKind;
use crate::render::diagnostics::json::DiagnosticJson;
use crate::render::plan::json::BecauseJson;
use crate::render::plan::json::ChangeJson;
use crate::render::plan::json::PlanJson;
use crate::render::plan::json::StepJson;
use crate::render::plan::json::SummaryJson;
use crate::render::plan::json::UnmanagedJson;
use crate::render::plan::markdown::Wanted;
use crate::render::plan::markdown::render;
use crate::render::plan::view::View;

/// Values that would like to be more than values.
const HOSTILE: [&str; 12] = [
    "@maire",
    "a ``` b ```` @maire",
    "`@maire",
    "</code></details><script>alert(1)</script>@maire",
    "a | b \\| @maire",
    "--> @maire <!--",
    "line\n\n# title\n\n@maire\n```\n@maire",
    "<img src=x onerror=alert(1)>",
    "[link](https://evil.example) ![image](https://evil.example/@maire)",
    "\\` @maire \\",
    " ` ",
    "",
];

fn because(field: &str, before: Option<&str>, after: Option<&str>) -> BecauseJson {
    BecauseJson {
        field: field.to_owned(),
        before: before.map(Into::into),
        after: after.map(Into::into),
        forces_replacement: field == "protocol",
    }
}

fn change(address: &str, change: ChangeKind, text: &str) -> ChangeJson {
    ChangeJson {
        address: address.to_owned(),
        kind: "edi".to_owned(),
        change: change.word().to_owned(),
        channel: "gateway".to_owned(),
        name: Some(text.to_owned()),
        new_name: None,
        template: None,
        because: vec![
            because("protocol", Some("SFTP"), Some("AS2")),
            because("note", None, Some(text)),
        ],
        shown: None,
        steps: vec![StepJson {
            id: format!("{address}#1"),
            does: "create".to_owned(),
            sentence: Some(format!("create {text}").into()),
            needs: Vec::new(),
            channel: None,
            due: None,
        }],
        blocked: None,
        notes: vec![text.into()],
        qualification: None,
        rotations: Vec::new(),
    }
}

fn said(severity: &str, message: &str) -> DiagnosticJson {
    DiagnosticJson {
        rule: "name-taken".to_owned(),
        severity: severity.to_owned(),
        message: message.into(),
        file: Some("entities/ville.yaml".to_owned()),
        line: Some(3),
        column: Some(1),
        end_line: None,
        end_column: None,
        cell: None,
        help: Some("choose another name".into()),
        related: Vec::new(),
    }
}

fn plan(environment: &str, changes: Vec<ChangeJson>, diagnostics: Vec<DiagnosticJson>) -> PlanJson {
    let count = |kind: ChangeKind| changes.iter().filter(|one| one.change == kind.word()).count();
    PlanJson {
        format_version: "1.0".to_owned(),
        environment: environment.to_owned(),
        stage: Some("production".to_owned()),
        as_of: "2026-12-01".to_owned(),
        fingerprint: "f".to_owned(),
        summary: SummaryJson {
            replace: count(ChangeKind::Replace),
            create: count(ChangeKind::Create),
            update: count(ChangeKind::Update),
            unchanged: 4,
            ..SummaryJson::default()
        },
        changes,
        directory: None,
        budget: None,
        unmanaged: vec![UnmanagedJson {
            kind: "edi".to_owned(),
            id: "EDI-1".to_owned(),
            name: environment.to_owned(),
            structure: "12345678200010".to_owned(),
            status: "Actif".into(),
        }],
        upcoming: Vec::new(),
        diagnostics,
    }
}

fn shown(plan: &PlanJson, project: &str, max_bytes: usize) -> String {
    let view = View::saved(plan, String::new()).unwrap();
    let link = Some("https://forge.example/artefacts/1");
    render(&view, &plan.diagnostics, Wanted { project, link, max_bytes })
}

/// The lines outside fences. Each fence is closed by a run of backticks as long as the one that opened it.
fn outside_fences(text: &str) -> Vec<&str> {
    let (mut lines, mut open) = (Vec::new(), None);
    for line in text.lines() {
        let run = line.len() - line.trim_start_matches('`').len();
        match open {
            Some(length) => {
                if run >= length && run == line.trim_end().len() {
                    open = None;
                }
            }
            None if run >= 3 => open = Some(run),
            None => lines.push(line),
        }
    }
    assert!(open.is_none(), "a fence is open:\n{text}");
    lines
}

/// A line without its code spans, as CommonMark reads them.
fn outside_spans(line: &str) -> String {
    let (mut rest, mut outside) = (line, String::new());
    while let Some(start) = rest.find('`') {
        outside.push_str(&rest[..start]);
        let run = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let mut at = start + run;
        loop {
            let next = rest[at..].find('`').unwrap_or_else(|| panic!("a span is open: {line}"));
            let closing = rest[at + next..].len() - rest[at + next..].trim_start_matches('`').len();
            at += next + closing;
            if closing == run {
                break;
            }
        }
        rest = &rest[at..];
    }
    outside + rest
}

/// Nothing is open, and what stands outside the places of values is ours.
fn assert_safe(text: &str) {
    let mut depth = 0;
    for line in outside_fences(text) {
        if let Some(rest) = line.strip_prefix("<details><summary>") {
            depth += 1;
            let rest = rest.strip_suffix("</summary>").unwrap_or_else(|| panic!("{line}"));
            // Between the tags of code, and only there, stand values.
            let mut ours = String::new();
            for (number, part) in rest.split("<code>").enumerate() {
                let after = part.split_once("</code>");
                ours.push_str(if number == 0 {
                    part
                } else {
                    after.unwrap_or_else(|| panic!("{line}")).1
                });
                let value = after.filter(|_| number > 0).map_or("", |(value, _)| value);
                assert!(!value.contains(['<', '>', '"']), "{line}");
            }
            let ours = ours.replace("<b>", "").replace("</b>", "");
            assert!(!ours.contains(['@', '<', '`', '[']), "{line}");
        } else if line == "</details>" {
            depth -= 1;
        } else if !line.starts_with("<!-- raccord:plan ") {
            let outside = outside_spans(line);
            let outside =
                outside.replace("[The whole plan](<https://forge.example/artefacts/1>)", "");
            assert!(!outside.contains(['@', '<', '[', '|', '\\']), "{line}");
        }
        assert!((0..=1).contains(&depth), "{text}");
    }
    assert_eq!(depth, 0, "{text}");
}

#[test]
fn a_plan_is_a_comment() {
    let mut blocked = change("ville/edi/depot", ChangeKind::Update, "Dépôt");
    blocked.blocked = Some("the sheet is En cours".into());
    let changes = vec![
        change("ville/api/factures", ChangeKind::Create, "APP"),
        change("ville/edi/g2b", ChangeKind::Replace, "Ville, G2B"),
        blocked,
    ];
    let said = vec![said("warning", "odd"), said("error", "the name is taken")];
    assert_snapshot!(shown(&plan("production", changes, said), "ville", 65_000));
}

#[test]
fn what_there_is_no_room_for_is_counted() {
    let changes = (0..15)
        .map(|number| change(&format!("v{number}/edi/a"), ChangeKind::Replace, "name"))
        .collect();
    let plan = plan("production", changes, Vec::new());
    let text = shown(&plan, "ville", 1500);
    assert!(text.len() <= 1500 && text.contains("**Plan: 15 to replace, 4 unchanged**"), "{text}");
    let named = text.matches("**replace**").count();
    let told = format!("for lack of room: {} changes, 1 other thing.**", 15 - named);
    assert!(named > 2 && text.contains(&told), "{text}");
    let mut all = (1000..1200).map(|budget| shown(&plan, "ville", budget));
    assert!(all.any(|text| text.contains("\n- **replace** `v")), "one is shortened to its line");
}

#[test]
fn many_alike_changes_are_folded() {
    let changes =
        (0..300).map(|number| change(&format!("v{number}/edi/a"), ChangeKind::Create, "name"));
    let text = shown(&plan("production", changes.collect(), Vec::new()), "ville", 65_000);
    assert!(text.contains("<b>300 × create</b> EDI connection, group 1</summary>"), "{text}");
    assert!(text.contains("\n  v7/edi/a\n") && text.contains("\n  and 100 more\n"), "{text}");
    assert_safe(&text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_leaves_its_place_and_the_budget_is_kept(
        entries in proptest::collection::vec((0..ChangeKind::ALL.len(), 0..HOSTILE.len(), any::<[bool; 3]>()), 0..40),
        own in "[@a<>`|\\\\\n -]{0,12}",
        names in (0..HOSTILE.len(), 0..HOSTILE.len()),
        said_of in proptest::collection::vec((any::<bool>(), 0..HOSTILE.len()), 0..4),
        max_bytes in prop_oneof![0..3000_usize, Just(65_000)],
    ) {
        let changes = entries.iter().enumerate().map(|(number, (kind, text, [own_text, blocked, template]))| {
            let text = if *own_text { own.as_str() } else { HOSTILE[*text] };
            let mut change = change(&format!("v{number}/edi/a"), ChangeKind::ALL[*kind], text);
            change.new_name = own_text.then(|| HOSTILE[names.0].to_owned());
            change.blocked = blocked.then(|| text.into());
            change.template = template.then(|| text.to_owned());
            change.because.push(because(text, Some(text), Some(HOSTILE[names.1])));
            change.because.push(because(text, Some(HOSTILE[names.1]), None));
            change
        });
        let said = said_of.iter().map(|(error, text)| said(if *error { "error" } else { "warning" }, HOSTILE[*text]));
        let plan = plan(HOSTILE[names.0], changes.collect(), said.collect());
        let text = shown(&plan, HOSTILE[names.1], max_bytes);
        prop_assert!(text.len() <= max_bytes, "{} bytes", text.len());
        assert_safe(&text);
        if max_bytes > 1000 {
            let marker = text.lines().next().unwrap_or_default();
            prop_assert!(marker.starts_with("<!-- raccord:plan environment=") && marker.ends_with(" -->"));
            prop_assert_eq!(marker.matches("--").count(), 2);
            prop_assert!(text.contains("unchanged") || text.contains("as declared"));
        }
    }
}

#[test]
fn the_comment_is_french_and_its_marker_is_not() {
    let text = within(Language::French, || {
        let mut blocked = change("ville/edi/x", ChangeKind::Replace, "a");
        blocked.blocked = Some("…".into());
        let changes = vec![
            blocked,
            change("ville/edi/y", ChangeKind::Create, "b"),
            change("z/edi/z", ChangeKind::Update, "c"),
        ];
        let said = vec![said("error", "…"), said("warning", "…")];
        shown(&plan("production", changes, said), "ville", 60_000)
    });
    assert!(
        text.starts_with("<!-- raccord:plan environment=production project=ville -->\n"),
        "{text}"
    );
    assert_snapshot!(text, @r"
    <!-- raccord:plan environment=production project=ville -->
    ## Plan pour `production` au `2026-12-01`

    > ⚠️ **Production** : ces raccordements transportent de vraies factures.

    **Plan : 1 à créer, 1 à mettre à jour, 1 à remplacer, 4 inchangés, 1 bloqué**

    Le plan comporte des erreurs : `raccord apply` le refuse et ne change rien.

    [Le plan entier](<https://forge.example/artefacts/1>)

    ### Erreurs

    - `erreur[name-taken]`, `entities/ville.yaml:3`

    ```text
    …
    aide : choose another name
    ```

    ### Changements à risque

    #### **remplacer** `ville/edi/x` : raccordement EDI `a` (bloqué)

    ```diff
    ! bloqué : …
    - protocol  SFTP
    + protocol  AS2  (impose un remplacement)
    + note  a
      1. create a
      note : a
    ```

    ### Autres changements

    <details><summary><b>mettre à jour</b> <code>z/edi/z</code> : raccordement EDI <code>c</code></summary>

    ```diff
    - protocol  SFTP
    + protocol  AS2  (impose un remplacement)
    + note  c
      1. create c
      note : c
    ```

    </details>

    <details><summary><b>créer</b> <code>ville/edi/y</code> : raccordement EDI <code>b</code></summary>

    ```diff
    - protocol  SFTP
    + protocol  AS2  (impose un remplacement)
    + note  b
      1. create b
      note : b
    ```

    </details>

    ### Remarques

    - `avertissement[name-taken]`, `entities/ville.yaml:3`

    ```text
    …
    aide : choose another name
    ```

    <details><summary>Non géré, jamais modifié : 1</summary>

    ```text
    Non géré, jamais modifié :
        raccordement EDI `production`, EDI-1, structure 12345678200010, Actif
    ```

    </details>
    ");
}
