//! Looks at each layer, and goes no further where the one below does not bear.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use crate::domain::siret::Siret;
use crate::domain::value::WebUrl;
use crate::remote::doctor::seen::Ask;
use crate::remote::doctor::seen::Attachment;
use crate::remote::doctor::seen::CallSeen;
use crate::remote::doctor::seen::Declared;
use crate::remote::doctor::seen::Family;
use crate::remote::doctor::seen::HostSeen;
use crate::remote::doctor::seen::Outcome;
use crate::remote::doctor::seen::Seen;
use crate::remote::doctor::seen::StructureSeen;
use crate::remote::error::RemoteError;
use crate::remote::gateway;
use crate::remote::http::Base;
use crate::remote::http::Call;
use crate::remote::http::Http;
use crate::remote::http::answer::Answer;
use crate::remote::page;
use crate::remote::piste::decode;
use crate::remote::piste::decode::Found;
use crate::remote::piste::encode;
use crate::remote::piste::read;
use crate::remote::piste::wire;

/// How many structures are looked at one by one: PISTE is asked once a second.
const ONE_BY_ONE: usize = 20;

/// Our clock.
pub(crate) type Clock<'a> = &'a (dyn Fn() -> Timestamp + Sync);

/// Looks at everything that `ask` is about.
pub(crate) async fn look(http: &Http, ask: &Ask, clock: Clock<'_>) -> Seen {
    let endpoints = http.endpoints();
    let mut seen = Seen { token_attempts: endpoints.patience.token_attempts, ..Seen::default() };
    let mut roles = vec![("oauth_url", &endpoints.oauth_url), ("api_url", &endpoints.api_url)];
    if ask.has_gateway {
        roles.push(("gateway", &endpoints.gateway_url));
    }
    for (role, url) in roles {
        seen.hosts.push(host(http, role, url, clock).await);
    }
    let is_there =
        |role: &str| seen.hosts.iter().any(|host| host.role == role && host.answered.is_ok());
    let (oauth, api, bridge) = (is_there("oauth_url"), is_there("api_url"), is_there("gateway"));
    let has = |secret: &secrecy::SecretString| !secret.expose_secret().is_empty();
    if !(oauth && has(&endpoints.client_id) && has(&endpoints.client_secret)) {
        return seen;
    }
    let token = http.granted_at().await;
    let may_call = token.is_ok() && has(&endpoints.login) && has(&endpoints.password);
    seen.token = Some(token);
    if may_call && api {
        Box::pin(piste(http, ask, &mut seen)).await;
    }
    let known = !seen.calls.iter().any(|call| matches!(call.outcome, Outcome::NotKnown { .. }));
    if may_call && bridge && known {
        let sheets = gateway::read::api_sheets(http).await;
        seen.sheets = Some(sheets.map(|sheets| {
            sheets.into_iter().map(|sheet| (sheet.structure, sheet.piste_application)).collect()
        }));
    }
    seen
}

async fn host(http: &Http, role: &'static str, url: &WebUrl, clock: Clock<'_>) -> HostSeen {
    let before = clock();
    let answered = http.reach(url).await.map(|answer| {
        // The service wrote its time somewhere between.
        let half = clock().duration_since(before) / 2;
        answer.date.map(|date| date.duration_since(before) - half)
    });
    let parsed = url::Url::parse(url.as_str()).ok();
    let name = parsed.as_ref().and_then(url::Url::host_str).unwrap_or_default();
    let port = parsed.as_ref().and_then(url::Url::port).map(|port| format!(":{port}"));
    HostSeen {
        role,
        host: format!("{name}{}", port.unwrap_or_default()),
        has_proxy: http.endpoints().passage.proxy.is_some() && role != "gateway",
        answered,
    }
}

/// Asks PISTE: health first, then each family that the project needs.
async fn piste(http: &Http, ask: &Ask, seen: &mut Seen) {
    let health = encode::health();
    let answered = http.look(Base::Piste, &health).await;
    seen.health = answered.as_ref().ok().and_then(healthy);
    let is_known = note(seen, Family::Transverse, &health, answered);
    // What refuses the account refuses it everywhere.
    if !is_known {
        return;
    }
    let users = encode::attachments(1, page::SIZE);
    let answered = http.look(Base::Piste, &users).await;
    let may_list = note(seen, Family::Users, &users, answered);
    if let Some(first) = ask.structures.first() {
        let search = encode::search(first.siret);
        let answered = http.look(Base::Piste, &search).await;
        note(seen, Family::Structures, &search, answered);
    }
    if let Some(flagged) = ask.structures.iter().find(|declared| declared.has_flags) {
        let register = encode::organisation(flagged.siret);
        let answered = http.look(Base::Piste, &register).await;
        note(seen, Family::Organisations, &register, answered);
    }
    let passed = |family| {
        seen.calls.iter().any(|call| call.family == family && call.outcome == Outcome::Through)
    };
    if ask.structures.is_empty() {
        seen.structures = Some(Vec::new());
    } else if may_list && passed(Family::Users) && passed(Family::Structures) {
        match read::attachments(http).await {
            Ok(list) => {
                let found = list.into_iter().filter_map(decode::attachment);
                let found = found.map(|found| (found.structure.siret, found)).collect();
                seen.structures = Some(structures(http, &ask.structures, &found).await);
            }
            Err(error) => seen.calls.push(CallSeen {
                family: Family::Users,
                route: users.route(),
                outcome: Outcome::Trouble(error),
            }),
        }
    }
}

/// Notes what came of a call; whether the account was let in.
fn note(
    seen: &mut Seen,
    family: Family,
    call: &Call,
    answered: Result<Answer, RemoteError>,
) -> bool {
    let route = call.route();
    let outcome = match answered {
        Err(error) => Outcome::Trouble(error),
        Ok(answer) => outcome(answer, &route),
    };
    let is_known = !matches!(outcome, Outcome::NotKnown { .. });
    seen.calls.push(CallSeen { family, route, outcome });
    is_known
}

/// What an answer means for the way to it.
fn outcome(answer: Answer, route: &str) -> Outcome {
    let (code, message) = answer.refusal();
    match answer.status {
        401 => Outcome::NotKnown { realm: answer.realm },
        403 => Outcome::NotAllowed { message },
        404 => Outcome::NoSuchRoute,
        // Chorus Pro itself says no, with a code of its own: everything before it let the call through.
        400 if code.is_some() => Outcome::Through,
        _ => match answer.accepted(route) {
            Ok(answer) => match answer.json::<serde_json::Value>(route) {
                Ok(_) => Outcome::Through,
                Err(error) => Outcome::Trouble(error),
            },
            Err(error) => Outcome::Trouble(error),
        },
    }
}

/// What the health check says of itself.
fn healthy(answer: &Answer) -> Option<Result<(), String>> {
    let told: wire::HealthCheck = answer.json("health").ok().filter(|_| answer.status == 200)?;
    let is_well = told.status_code_value.is_none_or(|value| value == 200)
        && told.status_code.as_deref().is_none_or(|word| word == "OK");
    let words = || {
        let number = told.status_code_value.map(|value| value.to_string());
        [number, told.status_code.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    Some(if is_well { Ok(()) } else { Err(words()) })
}

/// Looks at the declared structures: those that are not attached first, then those with accounts.
async fn structures(
    http: &Http,
    declared: &[Declared],
    attached: &BTreeMap<Siret, Found>,
) -> Vec<StructureSeen> {
    let mut order: Vec<&Declared> = declared.iter().collect();
    order.sort_by_key(|one| (attached.contains_key(&one.siret), !one.has_account, one.siret));
    let mut seen = Vec::new();
    for (number, one) in order.into_iter().enumerate() {
        let found = attached.get(&one.siret);
        let attachment = found.map_or(Attachment::NotLooked, |found| word(found.status.as_deref()));
        let name = found.map(|found| found.structure.name.clone()).unwrap_or_default();
        let mut structure = StructureSeen { siret: one.siret, name, attachment, expiry: None };
        if number < ONE_BY_ONE {
            closer(http, &mut structure, found.and_then(|found| found.number)).await;
        }
        seen.push(structure);
    }
    seen.sort_by_key(|structure| structure.siret);
    seen
}

/// What the word of an attachment means (`docs/sources.md` 7).
fn word(status: Option<&str>) -> Attachment {
    match status {
        None | Some("VALIDEE") => Attachment::Attached,
        Some("EN_COURS_DE_VALIDATION") => Attachment::Pending,
        Some("REFUSEE") => Attachment::Refused,
        Some(ended @ ("DESACTIVEE" | "SUPPRIMEE")) => Attachment::Ended(ended.to_owned()),
        Some(other) => Attachment::Unrecognized(other.to_owned()),
    }
}

/// Whether it exists and is active, and when the password of its account ends.
async fn closer(http: &Http, structure: &mut StructureSeen, number: Option<i64>) {
    let search = encode::search(structure.siret);
    match read::read(http, &search).await.map(|found| decode::search(structure.siret, found)) {
        Err(error) => structure.attachment = Attachment::Trouble(error),
        Ok(None) if structure.attachment == Attachment::NotLooked => {
            structure.attachment = Attachment::Absent;
        }
        // Attached and not found: the search shows less than the attachments.
        Ok(None) => {}
        Ok(Some(found)) => {
            structure.name = found.name;
            if !found.active {
                structure.attachment = Attachment::Inactive;
            } else if structure.attachment == Attachment::NotLooked {
                structure.attachment = Attachment::Not;
            }
        }
    }
    let Some(number) = number else { return };
    match read::read::<wire::Consultation>(http, &encode::consult(number)).await {
        Ok(told) => {
            let general = told.information_generales;
            structure.expiry = general.and_then(|told| told.date_expiration_mot_passe_compte_tech);
        }
        Err(error) => structure.attachment = Attachment::Trouble(error),
    }
}
