//! Joins files, ledger, observation and plan into what is to be said of one address. Pure; it decides nothing.

use std::collections::BTreeSet;

use crate::config::Project;
use crate::diagnostic::Diagnostic;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::applied::Applied;
use crate::domain::applied::AppliedLog;
use crate::domain::applied::How;
use crate::domain::applied::Values;
use crate::domain::applied::of_seen;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::edi::Slot;
use crate::domain::environment::Connections;
use crate::domain::environment::PasswordSink;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::domain::seen::Seen;
use crate::domain::value::day_in_france;
use crate::domain::x509::last_day;
use crate::plan::Plan;
use crate::plan::cause::Cause;
use crate::plan::cause::Side;
use crate::plan::cause::behind;
use crate::plan::cause::cause;
use crate::plan::change::Change;
use crate::plan::standing::Standing;
use crate::plan::standing::Stands;
use crate::plan::standing::standing;
use crate::render::diagnostics::json::diagnostics;
use crate::render::explain::json::AppliedJson;
use crate::render::explain::json::CertificateJson;
use crate::render::explain::json::ExplainedJson;
use crate::render::explain::json::FieldJson;
use crate::render::explain::json::ObservedJson;
use crate::render::explain::json::ReasonJson;
use crate::render::explain::origin::Texts;
use crate::render::explain::origin::plain;
use crate::render::explain::values;
use crate::render::plan::json::ChangeJson;

/// What an explanation is made from.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The project, with the values of the entity traced.
    pub(crate) project: &'a Project,
    /// What was found; of an environment that nobody asked, nothing but what persons confirmed.
    pub(crate) observed: &'a Observed,
    /// What the ledger knows.
    pub(crate) known: &'a Known,
    /// Its events.
    pub(crate) events: &'a [Event],
    /// The plan; nothing where nobody was asked.
    pub(crate) plan: Option<&'a Plan>,
    /// The day.
    pub(crate) as_of: jiff::civil::Date,
}

/// What is to be said of one address.
pub(crate) fn explained(asked: Asked<'_>, address: &Address) -> ExplainedJson {
    let Asked { project, observed, known, events, plan, as_of: _ } = asked;
    let desired = &project.desired;
    let standing = standing(address, desired, known, observed);
    let log = AppliedLog::fold(events);
    let applied = log.get(standing.former_address.as_ref().unwrap_or(address));
    let texts = Texts {
        trace: project.trace.as_ref().filter(|trace| trace.entity == address.entity()),
        places: &project.places,
        sources: &project.sources,
    };
    let found = found(asked, address, &standing);
    let (values, how) = values::declared(address, desired);
    let causes = Sides { values: &values, applied, standing: &standing, found: &found, asked };
    let mut fields = fields(&causes, address, texts);
    fields.extend(how.into_iter().map(|(field, value)| FieldJson {
        origin: texts.origin(address, &field),
        field,
        declared: Some(value),
        applied: None,
        observed: None,
        cause: Cause::NotCompared.word().to_owned(),
    }));
    let changes: Vec<&Change> = plan.map_or_else(Vec::new, |plan| {
        plan.changes.iter().filter(|change| change.address == *address).collect()
    });
    let reasons = changes.iter().flat_map(|change| reasons(change, &causes)).collect();
    ExplainedJson {
        address: address.to_string(),
        kind: address.kind().to_string(),
        name: name(address, &standing, asked),
        declared: desired.contains(address),
        declared_at: project.places.of(address).map(|place| texts.place(place)),
        renamed_from: standing.former_address.as_ref().map(ToString::to_string),
        fields,
        certificates: certificates(address, asked),
        password_sink: sink(address, project),
        applied: applied.map(|applied| run(applied, events)),
        observed: observation(asked, address, &standing),
        changes: changes.into_iter().map(ChangeJson::of).collect(),
        reasons,
        diagnostics: diagnostics(&about(asked, address, texts), &project.sources),
    }
}

/// The sides of all fields of an address.
struct Sides<'a> {
    values: &'a Values,
    applied: Option<&'a Applied>,
    standing: &'a Standing<'a>,
    found: &'a Found,
    asked: Asked<'a>,
}

/// What was found, as far as it can be held against the files.
enum Found {
    /// Nobody looked.
    Unknown,
    /// Nothing is there.
    Absent,
    /// These values.
    Values(Values),
}

impl Sides<'_> {
    fn declared(&self, field: &str) -> Option<&str> {
        self.values.get(field).map(String::as_str)
    }

    fn observed(&self, field: &str) -> Option<&str> {
        match self.found {
            Found::Values(values) => values.get(field).map(String::as_str),
            Found::Unknown | Found::Absent => None,
        }
    }

    /// The name that a sheet had to get where the declared one was taken by its predecessor.
    fn expected(&self, field: &str) -> Option<&str> {
        let declared = self.declared(field);
        let making = self.standing.known.and_then(|known| known.current.as_ref());
        let making = making.map(|owned| &owned.making).filter(|_| field == "name");
        match making {
            Some(making) if declared == Some(&making.declared_name) => Some(&making.name),
            _ => declared,
        }
    }

    fn cause(&self, field: &str) -> Cause {
        let is_declared = !self.values.is_empty();
        let declared = match self.expected(field) {
            Some(value) => Side::Value(value),
            None if is_declared && values::is_told_whole(field) => Side::Nothing,
            None => Side::Unknown,
        };
        let applied = match self.applied {
            Some(applied) if applied.values.contains_key(field) || values::is_told_whole(field) => {
                Side::known(applied.values.get(field).map(String::as_str))
            }
            Some(_) | None => Side::Unknown,
        };
        let observed = match self.found {
            Found::Unknown => Side::Unknown,
            Found::Absent if self.applied.is_none() => return Cause::New,
            Found::Absent => return Cause::Gone,
            Found::Values(found) if found.contains_key(field) || values::is_told_whole(field) => {
                Side::known(self.observed(field))
            }
            Found::Values(_) => Side::Unknown,
        };
        if field == "active" && self.is_outside_validity() {
            return Cause::Same;
        }
        cause(declared, applied, observed)
    }

    /// Outside its validity a sheet is expected to be Inactif, whoever made it so.
    fn is_outside_validity(&self) -> bool {
        let (Stands::Ours(_, Seen::Edi(sheet)) | Stands::Found(_, Seen::Edi(sheet))) =
            &self.standing.stands
        else {
            return false;
        };
        let as_of = self.asked.as_of;
        sheet.valid_from.is_some_and(|from| as_of < from)
            || sheet.valid_until.is_some_and(|until| as_of > until)
    }
}

/// All fields that any side tells.
fn fields(sides: &Sides<'_>, address: &Address, texts: Texts<'_>) -> Vec<FieldJson> {
    let mut names: BTreeSet<&str> = sides.values.keys().map(String::as_str).collect();
    names.extend(sides.applied.iter().flat_map(|one| one.values.keys()).map(String::as_str));
    if let Found::Values(found) = sides.found {
        names.extend(found.keys().map(String::as_str));
    }
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_by_key(|field| (values::rank(field), *field));
    names
        .into_iter()
        .map(|field| {
            let declared = sides.declared(field);
            let origin = declared.map_or_else(|| plain("none"), |_| texts.origin(address, field));
            let applied = sides.applied.and_then(|applied| applied.values.get(field));
            FieldJson {
                field: field.to_owned(),
                declared: declared.map(str::to_owned),
                origin,
                applied: applied.cloned(),
                observed: sides.observed(field).map(str::to_owned),
                cause: sides.cause(field).word().to_owned(),
            }
        })
        .collect()
}

/// What stands behind each reason of a change.
fn reasons(change: &Change, sides: &Sides<'_>) -> Vec<ReasonJson> {
    change
        .because
        .iter()
        .map(|because| {
            // A status says whether a sheet is in use.
            let field = if because.field == "status" { "active" } else { because.field.as_str() };
            let known = sides.values.contains_key(field)
                || sides.applied.is_some_and(|applied| applied.values.contains_key(field))
                || values::is_told_whole(field);
            let cause = known.then(|| sides.cause(field));
            ReasonJson {
                field: because.field.clone(),
                before: because.before.clone(),
                after: because.after.clone(),
                cause: behind(change, because, cause).word().to_owned(),
            }
        })
        .collect()
}

fn found(asked: Asked<'_>, address: &Address, standing: &Standing<'_>) -> Found {
    let Asked { project, observed, plan, .. } = asked;
    if address.kind() == Kind::Certificate {
        return Found::Unknown;
    }
    if address.kind() == Kind::Structure {
        let declared = project.desired.structures.get(address);
        let found = declared.and_then(|declared| values::structure_found(declared, observed));
        return match found {
            Some(values) => Found::Values(values),
            None if plan.is_none() || observed.unread.is_some() => Found::Unknown,
            None => Found::Absent,
        };
    }
    match &standing.stands {
        Stands::Ours(_, seen) | Stands::Found(_, seen) => Found::Values(of_seen(seen)),
        Stands::Several(_) => Found::Unknown,
        Stands::Gone(_) | Stands::Nothing if is_unseen(asked, standing) => Found::Unknown,
        Stands::Gone(_) | Stands::Nothing => Found::Absent,
    }
}

/// Whether nobody has looked, so that nothing is known of what is there.
fn is_unseen(asked: Asked<'_>, standing: &Standing<'_>) -> bool {
    let nobody = standing.known.is_none_or(|known| known.absent.is_none());
    if asked.observed.by_persons { nobody } else { asked.plan.is_none() }
}

fn observation(asked: Asked<'_>, address: &Address, standing: &Standing<'_>) -> ObservedJson {
    let Asked { project, observed, .. } = asked;
    let simulated = project.environment.connections == Connections::Simulator;
    let read = |by: &str| Some(if simulated { "simulator" } else { by }.to_owned());
    let state = |state: &str| ObservedJson { state: state.to_owned(), ..ObservedJson::default() };
    let at = Some(observed.at.to_string());
    if address.kind() == Kind::Certificate {
        return state("unknown");
    }
    if address.kind() == Kind::Structure {
        return match found(asked, address, standing) {
            Found::Unknown => state("unknown"),
            Found::Absent => ObservedJson { provenance: read("piste"), at, ..state("absent") },
            Found::Values(_) => {
                let declared = project.desired.structures.get(address);
                let found = declared.and_then(|one| observed.structures.get(&one.siret));
                let status = found.map(|one| if one.active { "Actif" } else { "Inactif" });
                let status = status.map(str::to_owned);
                ObservedJson { status, provenance: read("piste"), at, ..state("there") }
            }
        };
    }
    let word = match (&standing.stands, found(asked, address, standing)) {
        (Stands::Several(_), _) => "several",
        (_, Found::Unknown) => "unknown",
        (_, Found::Values(_)) => "there",
        (Stands::Gone(_), Found::Absent) => "gone",
        (_, Found::Absent) => "absent",
    };
    let mut told = state(word);
    match &standing.stands {
        Stands::Ours(id, seen) | Stands::Found(id, seen) => {
            told.id = Some(id.to_string());
            told.status = seen.status().map(str::to_owned);
            told.code = seen.code().map(str::to_owned);
            if let Seen::Account(account) = seen {
                let expires = account.password_expires_at.map(day_in_france);
                told.password_expires = expires.map(|day| day.to_string());
            }
        }
        Stands::Gone(id) => told.id = Some(id.to_string()),
        Stands::Several(logins) => told.several.clone_from(logins),
        Stands::Nothing => {}
    }
    let look = match &standing.stands {
        Stands::Ours(id, _) | Stands::Found(id, _) => observed.looks.get(id),
        Stands::Gone(_) | Stands::Nothing | Stands::Several(_) => None,
    };
    let look = look.or_else(|| standing.known.and_then(|known| known.absent.as_ref()));
    if word == "unknown" {
        return told;
    }
    match look.filter(|_| observed.by_persons) {
        Some(look) => ObservedJson {
            provenance: Some("confirmed".to_owned()),
            at: Some(look.at.to_string()),
            by: Some(look.by.clone()),
            ..told
        },
        None => ObservedJson { provenance: read("gateway"), at, ..told },
    }
}

fn name(address: &Address, standing: &Standing<'_>, asked: Asked<'_>) -> Option<String> {
    let desired = &asked.project.desired;
    match &standing.stands {
        Stands::Ours(_, seen) | Stands::Found(_, seen) => match seen {
            Seen::Edi(sheet) => Some(sheet.name.clone()),
            Seen::Api(sheet) => Some(sheet.piste_application.clone()),
            Seen::Account(account) => Some(account.login.clone()),
            Seen::Client { .. } => None,
        },
        Stands::Nothing | Stands::Gone(_) | Stands::Several(_) => {
            let owned = standing.known.and_then(|known| known.current.as_ref());
            let edi = desired.edi.get(address).map(|edi| edi.sheet.name.to_string());
            let api =
                || desired.api.get(address).map(|api| api.sheet.piste_application.to_string());
            let structure = || desired.structures.get(address).and_then(|one| one.name.clone());
            let known = || owned.map(|owned| owned.making.name.clone());
            edi.or_else(api).or_else(structure).or_else(known)
        }
    }
    .filter(|name| !name.is_empty())
}

fn certificates(address: &Address, asked: Asked<'_>) -> Vec<CertificateJson> {
    let desired = &asked.project.desired;
    let told = |slot: Option<Slot>, (address, one): (&Address, &DesiredCertificate)| {
        let ends = last_day(one.not_after);
        CertificateJson {
            slot: slot.map(|slot| slot.to_string()),
            address: address.to_string(),
            file: one.file.clone(),
            sha256: one.fingerprint.to_string(),
            subject: one.subject.clone(),
            ends: ends.to_string(),
            is_over: ends < asked.as_of,
        }
    };
    if let Some(own) = desired.certificates.get_key_value(address) {
        return vec![told(None, own)];
    }
    let Some(edi) = desired.edi.get(address) else { return Vec::new() };
    let used = edi.sheet.settings.certificates.iter();
    used.filter_map(|(slot, used)| {
        let same =
            desired.certificates.iter().filter(|(_, one)| one.fingerprint == used.fingerprint);
        // Of several names for one file, that of the entity is meant.
        let own =
            same.min_by_key(|(one, _)| (one.entity() != address.entity(), one.key() != used.key));
        own.map(|own| told(Some(*slot), own))
    })
    .collect()
}

fn sink(address: &Address, project: &Project) -> Option<String> {
    let sink =
        project.environment.password_sink.as_ref().filter(|_| address.kind() == Kind::Account)?;
    Some(
        match sink {
            PasswordSink::Directory(_) => "directory",
            PasswordSink::Command(_) => "command",
            PasswordSink::Age { .. } => "age",
        }
        .to_owned(),
    )
}

fn run(applied: &Applied, events: &[Event]) -> AppliedJson {
    let Applied { values: _, at, run, how } = applied;
    let started = events.iter().filter(|event| event.run == *run).find_map(|event| {
        let What::RunStarted { by, plan, .. } = &event.what else { return None };
        Some((by.clone(), plan.clone()))
    });
    let (by, plan) = started.unzip();
    AppliedJson {
        at: at.to_string(),
        how: match how {
            How::Sent => "sent",
            How::Adopted => "adopted",
            How::Confirmed => "confirmed",
        }
        .to_owned(),
        run: run.clone(),
        by,
        plan: plan.filter(|plan| !plan.is_empty()),
    }
}

/// What was said of an address: at the places where it is written, or by its name.
fn about(asked: Asked<'_>, address: &Address, texts: Texts<'_>) -> Vec<Diagnostic> {
    let lines: BTreeSet<_> =
        texts.all(address).into_iter().map(|place| (place.file, place.span.line)).collect();
    let named = format!("`{address}`");
    let said = asked.project.diagnostics.iter();
    let said = said.chain(asked.plan.iter().flat_map(|plan| &plan.diagnostics));
    let mut found: Vec<Diagnostic> = said
        .filter(|one| {
            one.message.english().contains(&named)
                || one.place.is_some_and(|place| lines.contains(&(place.file, place.span.line)))
        })
        .cloned()
        .collect();
    crate::diagnostic::sort(&mut found);
    found
}
