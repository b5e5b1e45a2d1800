//! The end of an `apply`, for people.

use std::fmt;

use crate::language::tr;
use crate::render::report::model::Report;
use crate::render::report::model::ReportCode;
use crate::render::report::model::ReportFailure;
use crate::render::report::model::ReportStep;
use crate::render::report::model::ReportWaiting;
use crate::render::style;
use crate::render::style::Colour;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

/// How many lines of each list are shown before the rest is counted.
const LISTED: usize = 20;

/// Writes `report`.
pub(crate) fn render(out: &mut dyn fmt::Write, report: &Report, colour: Colour) -> fmt::Result {
    let Report {
        environment: _,
        done,
        failed,
        waiting,
        scheduled,
        not_started,
        codes,
        stopped,
        made_by_persons: _,
        dossier,
        next,
    } = report;
    let title = |text: &str| colour.paint(STRONG, text);
    section(out, &title(&tr!("Done:")), done, |step| {
        colour.paint(style::GREEN, &format!("  {}", step_phrase(step)))
    })?;
    section(out, &title(&tr!("Failed:")), failed, |failure| failure_phrase(failure, colour))?;
    section(out, &title(&tr!("Waiting:")), waiting, |waiting| {
        let ReportWaiting { address, step: _, waiting_for, help } = waiting;
        let told = tr!("{}: {}", address, harmless(waiting_for));
        let text = format!("  >> {told}");
        colour.paint(style::YELLOW, &text) + &help_phrase(help.as_deref())
    })?;
    section(out, &title(&tr!("Due later:")), scheduled, |scheduled| {
        let step = step_phrase(&scheduled.step);
        match scheduled.due {
            Some(day) => format!("  {}", tr!("{step}, due {day}", step, day)),
            None => format!("  {step}"),
        }
    })?;
    section(out, &title(&tr!("Not started:")), not_started, |not_started| {
        let told = tr!("{}: {}", step_phrase(&not_started.step), harmless(&not_started.why));
        format!("  {told}")
    })?;
    section(out, &title(&tr!("Application codes:")), codes, code_phrase)?;
    reminder(out, report, &title(&tr!("Last steps on your side, for the new EDI connections:")))?;
    if let Some(stopped) = stopped {
        writeln!(out, "{}\n", colour.paint(style::RED, &tr!("Stopped: {}", harmless(stopped))))?;
    }
    if let Some(dossier) = dossier {
        let text = tr!("Dossier for the person at the portal: {}", harmless(dossier));
        writeln!(out, "{}\n", title(&text))?;
    }
    section(out, &title(&tr!("To go on:")), next, |command| format!("  {command}"))?;
    writeln!(out, "{}", title(&summary(report)))
}

/// The last line, which counts everything.
pub(crate) fn summary(report: &Report) -> String {
    let number = words::thousands;
    let done = report.done.len();
    let mut parts =
        vec![tr!("{count} step done" | "{count} steps done" % done, count = number(done))];
    if !report.failed.is_empty() {
        parts.push(tr!("{} failed", number(report.failed.len())));
    }
    if !report.waiting.is_empty() {
        parts.push(tr!("{} waiting", number(report.waiting.len())));
    }
    if !report.scheduled.is_empty() {
        parts.push(tr!("{} due later", number(report.scheduled.len())));
    }
    let not_started = report.not_started.len();
    if not_started > 0 {
        let count = number(not_started);
        parts.push(tr!("{count} not started" | "{count} not started" % not_started, count = count));
    }
    tr!("Apply: {}", parts.join(", "))
}

fn section<T>(
    out: &mut dyn fmt::Write,
    title: &str,
    items: &[T],
    line: impl Fn(&T) -> String,
) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}")?;
    for item in items.iter().take(LISTED) {
        writeln!(out, "{}", line(item))?;
    }
    if items.len() > LISTED {
        writeln!(out, "  {}", words::and_more(items.len() - LISTED))?;
    }
    writeln!(out)
}

fn step_phrase(step: &ReportStep) -> String {
    let ReportStep { address, step: _, does } = step;
    format!("{address} {}", harmless(&words::does(does)))
}

fn failure_phrase(failure: &ReportFailure, colour: Colour) -> String {
    let ReportFailure { step, error, ambiguous, help } = failure;
    let mut text = colour.paint(style::RED, &format!("  {}", step_phrase(step)));
    text.push_str("\n      ");
    text.push_str(&harmless(error));
    if *ambiguous {
        text.push_str("\n      ");
        text.push_str(&tr!("it may have been done all the same: the next `raccord apply` looks before it sends anything"));
    }
    text + &help_phrase(help.as_deref())
}

fn help_phrase(help: Option<&str>) -> String {
    help.map(|help| format!("\n      {}", tr!("help: {}", harmless(help)))).unwrap_or_default()
}

fn code_phrase(code: &ReportCode) -> String {
    let ReportCode { address, name, before, after, protocol: _ } = code;
    let unknown = tr!("not told yet");
    let after = after.as_deref().unwrap_or(&unknown);
    let change = match before {
        Some(before) => format!("{} -> {}", harmless(before), harmless(after)),
        None => harmless(after),
    };
    let sheet = format!("{address} `{}`", harmless(name));
    format!("  {}", tr!("{}: {}", sheet, change))
}

/// What no one but the partner can do after an EDI sheet was made.
///
/// Sources: AIFE's deck, «Télécharger les certificats de l'AIFE» (they are downloaded and installed); `docs/sources.md` 3
/// (by protocol) and 9 (the name of a flow file carries the application code).
fn reminder(out: &mut dyn fmt::Write, report: &Report, title: &str) -> fmt::Result {
    let steps = report.last_steps();
    if steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}")?;
    for step in steps {
        writeln!(out, "  {step}")?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use insta::assert_snapshot;

    use crate::domain::edi::Protocol;

    use crate::render::report::json::ReportJson;
    use crate::render::report::model::ReportNotStarted;
    use crate::render::report::model::ReportScheduled;

    use super::*;

    fn step(address: &str, does: &str) -> ReportStep {
        ReportStep {
            address: address.parse().unwrap(),
            step: format!("{address}#1-{does}"),
            does: does.to_owned(),
        }
    }

    fn report() -> Report {
        Report {
            environment: "simulator".to_owned(),
            done: vec![
                step("ville/account/main", "reset_password"),
                step("ville/edi/g2b", "create"),
            ],
            failed: vec![ReportFailure {
                step: step("ville/api/main", "create"),
                error: "could not create the sheet: the connection was lost".into(),
                ambiguous: true,
                help: None,
            }],
            waiting: vec![ReportWaiting {
                address: "ville/edi/g2b".parse().unwrap(),
                step: Some("ville/edi/g2b#2-wait".to_owned()),
                waiting_for: "Chorus Pro is still busy with it (En cours)".into(),
                help: None,
            }],
            scheduled: vec![ReportScheduled {
                step: step("ville/edi/old", "deactivate"),
                due: Some("2026-12-15".parse().unwrap()),
            }],
            not_started: vec![ReportNotStarted {
                step: step("ville/edi/g2b", "deactivate"),
                why: "`ville/edi/g2b#2-wait` is not done".into(),
            }],
            codes: vec![ReportCode {
                address: "ville/edi/g2b".parse().unwrap(),
                name: "Ville G2B (2)".to_owned(),
                before: Some("AAA001".to_owned()),
                after: Some("AAA007".to_owned()),
                protocol: Some(Protocol::As2),
            }],
            stopped: None,
            made_by_persons: BTreeSet::new(),
            dossier: None,
            next: vec!["raccord apply --environment simulator".to_owned()],
        }
    }

    #[test]
    fn the_end_says_what_is_done_what_is_not_and_how_to_go_on() {
        let mut text = String::new();
        render(&mut text, &report(), Colour::Off).unwrap();
        assert_snapshot!(text, @r"
        Done:
          ville/account/main reset password
          ville/edi/g2b create

        Failed:
          ville/api/main create
              could not create the sheet: the connection was lost
              it may have been done all the same: the next `raccord apply` looks before it sends anything

        Waiting:
          >> ville/edi/g2b: Chorus Pro is still busy with it (En cours)

        Due later:
          ville/edi/old deactivate, due 2026-12-15

        Not started:
          ville/edi/g2b deactivate: `ville/edi/g2b#2-wait` is not done

        Application codes:
          ville/edi/g2b `Ville G2B (2)`: AAA001 -> AAA007

        Last steps on your side, for the new EDI connections:
          download from AIFE's documentation portal and install, for AS2, AIFE's certificate, with which your server checks signatures and encrypts
          name flow files with the new application code, and give it to whoever sends them

        To go on:
          raccord apply --environment simulator

        Apply: 2 steps done, 1 failed, 1 waiting, 1 due later, 1 not started
        ");
    }

    #[test]
    fn long_lists_end_with_a_count() {
        let report = Report {
            done: (0..10_000)
                .map(|number| step(&format!("e{number}/api/main"), "create"))
                .collect(),
            ..Report::default()
        };
        let mut text = String::new();
        render(&mut text, &report, Colour::Off).unwrap();
        assert!(
            text.contains("  and 9,980 more\n") && text.ends_with("Apply: 10,000 steps done\n"),
            "{text}"
        );
    }

    #[test]
    fn json_says_the_same() {
        insta::assert_json_snapshot!(ReportJson::of(&report()), @r#"
        {
          "format_version": "1.0",
          "environment": "simulator",
          "summary": {
            "done": 2,
            "failed": 1,
            "waiting": 1,
            "scheduled": 1,
            "not_started": 1
          },
          "done": [
            {
              "address": "ville/account/main",
              "step": "ville/account/main#1-reset_password",
              "does": "reset_password"
            },
            {
              "address": "ville/edi/g2b",
              "step": "ville/edi/g2b#1-create",
              "does": "create"
            }
          ],
          "failed": [
            {
              "address": "ville/api/main",
              "step": "ville/api/main#1-create",
              "does": "create",
              "error": "could not create the sheet: the connection was lost",
              "ambiguous": true,
              "help": null
            }
          ],
          "waiting": [
            {
              "address": "ville/edi/g2b",
              "step": "ville/edi/g2b#2-wait",
              "waiting_for": "Chorus Pro is still busy with it (En cours)",
              "help": null
            }
          ],
          "scheduled": [
            {
              "address": "ville/edi/old",
              "step": "ville/edi/old#1-deactivate",
              "does": "deactivate",
              "due": "2026-12-15"
            }
          ],
          "not_started": [
            {
              "address": "ville/edi/g2b",
              "step": "ville/edi/g2b#1-deactivate",
              "does": "deactivate",
              "why": "`ville/edi/g2b#2-wait` is not done"
            }
          ],
          "application_codes": [
            {
              "address": "ville/edi/g2b",
              "name": "Ville G2B (2)",
              "before": "AAA001",
              "after": "AAA007"
            }
          ],
          "last_steps": [
            "download from AIFE's documentation portal and install, for AS2, AIFE's certificate, with which your server checks signatures and encrypts",
            "name flow files with the new application code, and give it to whoever sends them"
          ],
          "dossier": null,
          "stopped": null,
          "next": [
            "raccord apply --environment simulator"
          ]
        }
        "#);
    }

    #[test]
    fn the_end_is_told_in_french() {
        use crate::language::Language;
        use crate::language::message;
        use crate::language::within;

        let text = within(Language::French, || {
            let mut report = report();
            report.failed[0].help = Some(message!("check its name, and who may read it"));
            report.stopped = Some(message!("the credentials were refused"));
            let mut text = String::new();
            render(&mut text, &report, Colour::Off).unwrap();
            text
        });
        assert_snapshot!(text, @r"
        Fait :
          ville/account/main réinitialiser le mot de passe
          ville/edi/g2b créer

        En échec :
          ville/api/main créer
              could not create the sheet: the connection was lost
              cela a pu être fait malgré tout : le prochain `raccord apply` vérifie avant d'envoyer quoi que ce soit
              aide : vérifiez son nom, et qui peut le lire

        En attente :
          >> ville/edi/g2b : Chorus Pro is still busy with it (En cours)

        Prévu plus tard :
          ville/edi/old désactiver, prévu le 2026-12-15

        Non commencé :
          ville/edi/g2b désactiver : `ville/edi/g2b#2-wait` is not done

        Codes application :
          ville/edi/g2b `Ville G2B (2)` : AAA001 -> AAA007

        Dernières étapes de votre côté, pour les nouveaux raccordements EDI :
          téléchargez depuis le portail documentaire de l'AIFE et installez, pour AS2, le certificat de l'AIFE, avec lequel votre serveur vérifie les signatures et chiffre
          nommez les fichiers de flux avec le nouveau code application, et donnez-le à qui les envoie

        Arrêté : les identifiants ont été refusés

        Pour continuer :
          raccord apply --environment simulator

        Application : 2 étapes faites, 1 en échec, 1 en attente, 1 pour plus tard, 1 non commencée
        ");
    }
}
