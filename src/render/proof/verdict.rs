//! Whether a ledger bears a report out: text for people, JSON (`schema/verify.v1.schema.json`) for machines.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::event::Event;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::ledger::proof;
use crate::ledger::proof::Standing;
use crate::render::FORMAT_VERSION;
use crate::render::proof::json::ProofJson;
use crate::render::style::Colour;
use crate::render::style::GREEN;
use crate::render::style::RED;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

/// How many later events are named for people.
const NAMED: usize = 20;

/// What came of holding a report against a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// The ledger says all that the report says.
    Holds,
    /// The ledger may have been compacted: what is left of the run says the same.
    Compacted,
    /// The report and the ledger differ.
    Differs,
}

/// What came of holding a report against a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Result of verify")]
pub(crate) struct VerifyJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// The run that the report is about.
    pub(crate) run: String,
    /// What came of it.
    pub(crate) verdict: Verdict,
    /// How many events of the run the report has.
    pub(crate) events: usize,
    /// How many of them the ledger has, and says the same.
    pub(crate) same: usize,
    /// How many a compaction may have left away.
    pub(crate) compacted: usize,
    /// What differs, in sentences.
    pub(crate) differences: Vec<Message>,
    /// What happened to the same addresses since.
    pub(crate) since: Vec<SinceJson>,
}

/// A later event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SinceJson {
    /// Its id.
    pub(crate) id: String,
    /// When it was written (RFC 3339).
    pub(crate) at: String,
    /// The run that wrote it.
    pub(crate) run: String,
    /// The word for what happened.
    pub(crate) event: String,
    /// The resources that it is about.
    pub(crate) addresses: Vec<String>,
}

impl VerifyJson {
    /// Holds a report against all events of a ledger, oldest first.
    pub(crate) fn of(report: &ProofJson, ledger: &[Event]) -> Self {
        let (mut differences, events) = report.own_faults();
        let Standing { same, other, missing, compacted, unreported, since } =
            proof::hold(&report.run, &events, ledger);
        let named =
            |event: &Event| message!("event `{id}` ({what})", id = event.id, what = told(event));
        differences.extend(
            other.iter().map(|event| message!("{} is another one in the ledger", named(event))),
        );
        differences
            .extend(missing.iter().map(|event| message!("{} is not in the ledger", named(event))));
        differences.extend(unreported.iter().map(|event| {
            message!("{} of the run is in the ledger and not in the report", named(event))
        }));
        for code in &report.result.application_codes {
            let Some(after) = &code.after else { continue };
            let mut all = ledger.iter().chain(&events);
            if !all.any(|event| proof::tells_code(event, &code.address, after)) {
                differences.push(message!(
                    "the report gives `{address}` the application code `{after}`, and no event says so",
                    address = code.address,
                    after
                ));
            }
        }
        let verdict = match (differences.is_empty(), compacted.is_empty()) {
            (false, _) => Verdict::Differs,
            (true, false) => Verdict::Compacted,
            (true, true) => Verdict::Holds,
        };
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: report.environment.clone(),
            run: report.run.clone(),
            verdict,
            events: report.ledger.events.len(),
            same,
            compacted: compacted.len(),
            differences,
            since: since.iter().map(|event| SinceJson::of(event)).collect(),
        }
    }
}

impl SinceJson {
    fn of(event: &Event) -> Self {
        Self {
            id: event.id.clone(),
            at: event.at.to_string(),
            run: event.run.clone(),
            event: word(event),
            addresses: event.what.addresses().map(ToString::to_string).collect(),
        }
    }
}

/// The word of the ledger's format for what happened.
fn word(event: &Event) -> String {
    let value = serde_json::to_value(&event.what).ok();
    let word = value.as_ref().and_then(|value| value.get("event")).and_then(|word| word.as_str());
    word.unwrap_or_default().to_owned()
}

/// What happened, and to what.
fn told(event: &Event) -> String {
    let addresses: Vec<String> = event.what.addresses().map(|one| format!(" `{one}`")).collect();
    word(event).replace('_', " ") + &addresses.concat()
}

/// Writes it for people.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    verified: &VerifyJson,
    colour: Colour,
) -> fmt::Result {
    let VerifyJson { run, verdict, events, same, compacted, differences, since, .. } = verified;
    let run = harmless(run);
    for difference in differences {
        writeln!(out, "{} {}", colour.paint(RED, &tr!("differs:")), harmless(difference))?;
    }
    if *compacted > 0 {
        let told = tr!(
            "{count} event of the run is not in the ledger, which may have been compacted"
                | "{count} events of the run are not in the ledger, which may have been compacted"
                    % *compacted,
            count = words::thousands(*compacted)
        );
        writeln!(out, "{told}")?;
    }
    if !since.is_empty() {
        let count = words::count(since.len(), "event");
        writeln!(out, "{}", tr!("Since then, about the same addresses: {count}", count))?;
        for SinceJson { at, event, addresses, run, .. } in since.iter().take(NAMED) {
            let addresses: Vec<String> = addresses.iter().map(|one| harmless(one)).collect();
            let told = tr!(
                "{at} {event} {addresses} (run {run})",
                at,
                event = event.replace('_', " "),
                addresses = addresses.join(" -> "),
                run = harmless(run)
            );
            writeln!(out, "    {told}")?;
        }
        if let Some(more) = since.len().checked_sub(NAMED).filter(|more| *more > 0) {
            writeln!(out, "    {}", words::and_more(more))?;
        }
    }
    let last = match verdict {
        Verdict::Holds => {
            colour.paint(GREEN, &tr!("The report of run {run} holds: {why}", run, why = all(*events)))
        }
        Verdict::Compacted => colour.paint(
            STRONG,
            &tr!("The report of run {run} cannot be held against this ledger any more: it may have been compacted, and {same} of {events} are left, which say the same", run, same, events = words::count(*events, "event")),
        ),
        Verdict::Differs => colour.paint(
            RED,
            &tr!("The report of run {run} does not hold: {differences}", run, differences = words::count(differences.len(), "difference")),
        ),
    };
    writeln!(out, "{last}")
}

fn all(events: usize) -> String {
    match events {
        0 => tr!("it wrote nothing to the ledger, and the ledger has nothing of it"),
        1 => tr!("its one event is in the ledger"),
        _ => tr!("its {} events are in the ledger", words::thousands(events)),
    }
}
