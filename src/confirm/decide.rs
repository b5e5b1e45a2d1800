//! Holds what was told against what the ledger knows, and says what it will know.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::confirm::Fault;
use crate::confirm::Named;
use crate::confirm::Told;
use crate::confirm::words;
use crate::diagnostic::nearest;
use crate::domain::account::PASSWORD_DAYS;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::api::ApiStatus;
use crate::domain::certificate::CertificateFacts;
use crate::domain::desired::Desired;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::Slot;
use crate::domain::event::Event;
use crate::domain::event::Making;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::known::KnownAddress;
use crate::domain::observed::RemoteId;
use crate::domain::seen::HandedStep;
use crate::domain::seen::LastDays;
use crate::domain::seen::Look;
use crate::domain::seen::Seen;
use crate::domain::value::Fingerprint;
use crate::domain::value::day_begins_in_france;
use crate::domain::value::day_in_france;

/// What confirmations are held against.
pub(crate) struct Ground<'a> {
    /// What is declared.
    pub(crate) desired: &'a Desired,
    /// What the ledger knows.
    pub(crate) known: &'a Known,
    /// The moment it is.
    pub(crate) now: Timestamp,
    /// Who says so.
    pub(crate) by: &'a str,
    /// An identity that nothing has yet, for the `n`th thing that becomes known by this.
    pub(crate) identity: &'a dyn Fn(usize) -> RemoteId,
}

/// One thing that will be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Confirmation {
    /// The resource.
    pub(crate) address: Address,
    /// The step that was done by it.
    pub(crate) step: Option<String>,
    /// What was known, field by field, where it differs: before, after.
    pub(crate) differences: BTreeMap<String, (Option<String>, Option<String>)>,
    /// The portal's word; `None` when it is not there, or has none.
    pub(crate) status: Option<String>,
    /// Whether it is there.
    pub(crate) there: bool,
    /// Its application code or login.
    pub(crate) code: Option<String>,
    /// The event.
    pub(crate) what: What,
}

impl Confirmation {
    /// Whether it is about a technical account.
    pub(crate) fn is_account(&self) -> bool {
        self.address.kind() == Kind::Account
    }
}

/// What will be known by all that was told, and every fault in it.
pub(crate) fn decide(told: &[Told], ground: &Ground<'_>) -> (Vec<Confirmation>, Vec<Fault>) {
    let (mut confirmations, mut faults) = (Vec::new(), Vec::new());
    let mut known = ground.known.clone();
    let mut seen_rows = BTreeSet::new();
    for (number, told) in told.iter().enumerate() {
        let one = address_of(told, ground, &known).and_then(|address| {
            if !seen_rows.insert((address.clone(), told.step.clone())) {
                let message = format!("`{address}` was told before in the same table");
                return Err(Fault::new(told.line, message));
            }
            confirm(number, told, &address, ground, &known)
        });
        match one {
            Ok(one) => {
                // Later rows may rest on this one.
                known.record(&Event {
                    v: one.what.version(),
                    id: String::new(),
                    at: ground.now,
                    run: String::new(),
                    what: one.what.clone(),
                });
                confirmations.push(one);
            }
            Err(fault) => faults.push(fault),
        }
    }
    (confirmations, faults)
}

/// The resource that is meant.
fn address_of(told: &Told, ground: &Ground<'_>, known: &Known) -> Result<Address, Fault> {
    if let Some(address) = &told.address {
        if ground.desired.contains(address) || known.get(address).is_some() {
            return Ok(address.clone());
        }
        let all = addresses(ground, known);
        let text = address.to_string();
        let near = nearest(&text, all.iter().map(String::as_str));
        let fault = Fault::new(told.line, format!("nothing is declared or known as `{address}`"));
        return Err(match near {
            Some(near) => fault.help(format!("`{near}` is near")),
            None => fault.help("run `raccord status` to see every address"),
        });
    }
    let named = told.named.clone().unwrap_or_default();
    let mut found: Vec<Address> = by_name(&named, ground).into_iter().collect();
    if found.len() != 1
        && let Some(code) = told.code.as_deref().and_then(words::application_code)
    {
        let has = |at: &KnownAddress| {
            at.current.as_ref().is_some_and(|owned| owned.code.as_ref() == Some(&code))
        };
        let by_code = known.addresses.iter().filter(|(_, at)| has(at)).map(|(one, _)| one.clone());
        let by_code: Vec<Address> = by_code.collect();
        if by_code.len() == 1 {
            found = by_code;
        }
    }
    let name = named.name.as_deref().or(told.code.as_deref()).unwrap_or("");
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Fault::new(told.line, format!("no declared sheet is `{name}`")).help(
            "if it is not yours to keep, take the row out; else declare it, or write its address",
        )),
        several => {
            let list: Vec<String> = several.iter().map(|one| format!("`{one}`")).collect();
            let message = format!("`{name}` may be {}", list.join(" or "));
            Err(Fault::new(told.line, message).help("add a column `structure`, or one `adresse`"))
        }
    }
}

fn addresses(ground: &Ground<'_>, known: &Known) -> Vec<String> {
    let desired = ground.desired;
    let declared = desired.edi.keys().chain(desired.api.keys()).chain(desired.accounts.keys());
    declared
        .chain(desired.clients.keys())
        .chain(known.addresses.keys())
        .map(ToString::to_string)
        .collect()
}

/// The declared sheets that a list of the portal may mean.
fn by_name(named: &Named, ground: &Ground<'_>) -> BTreeSet<Address> {
    let Some(name) = &named.name else { return BTreeSet::new() };
    let wanted = words::plain(name);
    let structure = named.structure.as_deref().map(words::plain);
    let of_structure = |siret: &str| {
        let Some(text) = &structure else { return true };
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_named = ground.desired.structures.values().any(|declared| {
            let name = declared.name.as_deref().map(words::plain);
            declared.siret.as_str() == siret && name.is_some_and(|name| text.contains(&name))
        });
        if digits.len() >= 14 { digits.contains(siret) } else { is_named }
    };
    let system = named.exchange_system.as_deref().map(words::plain);
    let edi = ground.desired.edi.iter().filter(|(address, edi)| {
        let sheet = &edi.sheet;
        let known = ground.known.get(address).and_then(|known| known.current.as_ref());
        let handed = ground.known.get(address).into_iter().flat_map(|known| &known.handed);
        let mut names = handed
            .filter_map(|handed| handed.making.as_ref())
            .chain(known.map(|owned| &owned.making))
            .map(|making| making.name.as_str())
            .chain([sheet.name.as_str()]);
        names.any(|name| words::plain(name) == wanted)
            && of_structure(sheet.structure.as_str())
            && system
                .as_ref()
                .is_none_or(|system| *system == words::plain(sheet.exchange_system.word()))
    });
    let api = ground.desired.api.iter().filter(|(_, api)| {
        words::plain(api.sheet.piste_application.as_str()) == wanted
            && of_structure(api.sheet.structure.as_str())
            && system.is_none()
    });
    edi.map(|(address, _)| address.clone()).chain(api.map(|(address, _)| address.clone())).collect()
}

/// What a confirmation begins from.
struct Base {
    seen: Option<Seen>,
    target: Option<RemoteId>,
    making: Option<Making>,
    step: Option<String>,
    shows_password: bool,
}

fn confirm(
    number: usize,
    told: &Told,
    address: &Address,
    ground: &Ground<'_>,
    known: &Known,
) -> Result<Confirmation, Fault> {
    let nothing = KnownAddress::default();
    let at = known.get(address).unwrap_or(&nothing);
    if matches!(address.kind(), Kind::Structure | Kind::Certificate) {
        let message =
            format!("`{address}` is no sheet, account or client: there is nothing to confirm");
        return Err(Fault::new(told.line, message));
    }
    let mut look = look(told, ground)?;
    let handed = handed(told, address, at)?;
    let base = base(number, told, address, ground, at, handed)?;
    let before = base.target.as_ref().and_then(|id| at.sightings.get(id));
    if let Some(before) =
        before.filter(|before| day_in_france(before.look.at) > day_in_france(look.at))
    {
        let message = format!(
            "`{address}` was seen on {} already, which is later than {}",
            day_in_france(before.look.at),
            day_in_france(look.at)
        );
        return Err(Fault::new(told.line, message));
    }
    if let Some(before) = before {
        // The clocks of two machines differ a little; a day without a time begins at midnight.
        look.at = look.at.max(before.look.at);
    }
    let before = before.map(|sighting| &sighting.seen);
    let mut after = if told.absent { None } else { base.seen };
    if let Some(seen) = &mut after {
        tell(seen, told, ground, known, address)?;
        if let Seen::Account(account) = seen
            && base.shows_password
        {
            // What follows from the day of its last change; what the API tells later is held against it.
            let expires = look
                .at
                .checked_add(jiff::SignedDuration::from_hours(24 * i64::from(PASSWORD_DAYS)));
            account.password_expires_at = expires.ok();
        }
    }
    let certificates = after.as_ref().map(|seen| facts(seen, ground.desired)).unwrap_or_default();
    let is_current = base.making.is_some()
        || at.current.as_ref().is_some_and(|owned| Some(&owned.id) == base.target.as_ref());
    Ok(Confirmation {
        address: address.clone(),
        step: base.step.clone(),
        differences: differences(before, after.as_ref()),
        status: after.as_ref().and_then(Seen::status).map(str::to_owned),
        there: after.is_some(),
        code: after.as_ref().and_then(Seen::code).map(str::to_owned),
        what: What::Confirmed {
            address: address.clone(),
            look,
            step: base.step,
            target: base.target.filter(|_| after.is_some() || before.is_some() || !told.absent),
            making: base.making.filter(|_| after.is_some()),
            seen: after.map(Box::new),
            certificates: if is_current { certificates } else { BTreeMap::new() },
        },
    })
}

/// Who looked, and when: now, or at the beginning of the day that was told.
fn look(told: &Told, ground: &Ground<'_>) -> Result<Look, Fault> {
    let by = ground.by.to_owned();
    let today = day_in_france(ground.now);
    let at = match told.date {
        None => ground.now,
        Some(date) if date == today => ground.now,
        Some(date) if date > today => {
            let message = format!("found the date {date}, which is still to come");
            return Err(Fault::new(told.line, message));
        }
        Some(date) => day_begins_in_france(date).unwrap_or(ground.now),
    };
    Ok(Look { at, by })
}

/// The step in hand that is meant.
fn handed<'a>(
    told: &Told,
    address: &Address,
    at: &'a KnownAddress,
) -> Result<Option<&'a HandedStep>, Fault> {
    if told.as_known {
        return Ok(None);
    }
    let Some(step) = &told.step else {
        // What is made counts before what is retired; else the last one, which has all that was done before it.
        let made = at.handed.iter().find(|handed| handed.making.is_some());
        return Ok(made.or_else(|| at.handed.last()));
    };
    if let Some(handed) = at.handed.iter().find(|handed| handed.step == *step) {
        return Ok(Some(handed));
    }
    let rest = step.strip_prefix(&format!("{address}#"));
    match rest.and_then(|rest| rest.rsplit('-').next()) {
        // To look is no step that is in hand: what it finds is told of the sheet that is meant.
        Some("verify") => Ok(at.handed.iter().find(|handed| handed.making.is_some())),
        Some("wait") if at.current.is_some() => Ok(None),
        _ => Err(Fault::new(told.line, format!("the step `{step}` is not in hand")).help(
            "it is confirmed already, or the dossier is of an older plan: `raccord apply` writes the present one",
        )),
    }
}

fn base(
    number: usize,
    told: &Told,
    address: &Address,
    ground: &Ground<'_>,
    at: &KnownAddress,
    handed: Option<&HandedStep>,
) -> Result<Base, Fault> {
    if let Some(handed) = handed {
        let resets = handed.step.ends_with("reset_password");
        return Ok(Base {
            seen: handed.leaves.clone(),
            target: Some(handed.target.clone()),
            making: handed.making.clone(),
            step: Some(handed.step.clone())
                .filter(|_| {
                    // A look that finds it there makes the creation needless: it is no longer in hand either way.
                    let is_meant = told.step.as_deref().is_none_or(|step| step == handed.step);
                    is_meant || handed.making.is_some()
                })
                // What is not there can still be made: that stays in hand.
                .filter(|_| !(told.absent && handed.making.is_some())),
            shows_password: resets
                || (address.kind() == Kind::Account
                    && handed.making.is_some()
                    && told.step.as_deref().is_none_or(|step| step == handed.step)),
        });
    }
    if let Some(owned) = &at.current {
        let sighting = at.sightings.get(&owned.id);
        let seen = sighting.map(|sighting| sighting.seen.clone());
        let seen = seen.or_else(|| declared(address, ground.desired, owned.id.clone()));
        return Ok(Base {
            seen,
            target: Some(owned.id.clone()),
            making: None,
            step: None,
            shows_password: false,
        });
    }
    if told.absent {
        return Ok(Base {
            seen: None,
            target: None,
            making: None,
            step: None,
            shows_password: false,
        });
    }
    let id = match ground.desired.clients.get(address) {
        Some(client) => RemoteId::of_client(client.operator, client.client),
        None => (ground.identity)(number),
    };
    let seen = declared(address, ground.desired, id.clone()).ok_or_else(|| {
        Fault::new(
            told.line,
            format!("`{address}` is no longer declared, and the ledger does not know what it is"),
        )
    })?;
    let making = at
        .intent
        .as_ref()
        .map(|intent| intent.making.clone())
        .or_else(|| declared_making(address, ground.desired));
    Ok(Base { seen: Some(seen), target: Some(id), making, step: None, shows_password: false })
}

/// What is declared, as if it stood at the portal.
fn declared(address: &Address, desired: &Desired, id: RemoteId) -> Option<Seen> {
    match address.kind() {
        Kind::Edi => {
            let sheet = &desired.edi.get(address)?.sheet;
            Some(Seen::edi(sheet, id, EdiStatus::Pending, &last_days(desired)))
        }
        Kind::Api => Some(Seen::api(&desired.api.get(address)?.sheet, id)),
        Kind::Account => {
            let account = desired.accounts.get(address)?;
            Some(Seen::account(account.structure, account.contact_email.as_str(), id))
        }
        Kind::Client => {
            let client = desired.clients.get(address)?;
            Some(Seen::Client { operator: client.operator, client: client.client })
        }
        Kind::Structure | Kind::Certificate => None,
    }
}

fn declared_making(address: &Address, desired: &Desired) -> Option<Making> {
    let (structure, system, name) = match address.kind() {
        Kind::Edi => {
            let sheet = &desired.edi.get(address)?.sheet;
            (sheet.structure, Some(sheet.exchange_system.to_string()), sheet.name.to_string())
        }
        Kind::Api => {
            let sheet = &desired.api.get(address)?.sheet;
            (sheet.structure, None, sheet.piste_application.to_string())
        }
        Kind::Account => {
            let account = desired.accounts.get(address)?;
            (account.structure, None, account.contact_email.to_string())
        }
        Kind::Client => {
            let client = desired.clients.get(address)?;
            (client.operator, None, client.client.to_string())
        }
        Kind::Structure | Kind::Certificate => return None,
    };
    Some(Making {
        structure,
        exchange_system: system,
        declared_name: name.clone(),
        name,
        generation: 1,
        replaces: None,
        overlap_days: 0,
    })
}

/// The last days of the declared certificates.
pub(crate) fn last_days(desired: &Desired) -> LastDays {
    desired
        .certificates
        .values()
        .map(|held| (held.fingerprint.clone(), crate::domain::x509::last_day(held.not_after)))
        .collect()
}

/// Puts what was told on what stands there.
fn tell(
    seen: &mut Seen,
    told: &Told,
    ground: &Ground<'_>,
    known: &Known,
    address: &Address,
) -> Result<(), Fault> {
    let status = |known| {
        let Some(text) = &told.status else { return Ok(None) };
        words::status(text, known).map(|word| Some(word.to_owned())).map_err(|near| {
            let message =
                format!("found the status `{text}`, expected one of {}", known.join(", "));
            let fault = Fault::new(told.line, message);
            match near {
                Some(near) => fault.help(format!("`{near}` is near")),
                None => fault,
            }
        })
    };
    let refuse = |what: &str| Fault::new(told.line, format!("`{address}` has no {what}"));
    if told.login.is_some() && !matches!(seen, Seen::Account(_)) {
        return Err(refuse("login").help("only technical accounts have one"));
    }
    if told.code.is_some() && matches!(seen, Seen::Account(_) | Seen::Client { .. }) {
        return Err(refuse("application code").help("only sheets have one"));
    }
    let code = match &told.code {
        None => None,
        Some(text) => Some(code(text, told, known, address)?),
    };
    match seen {
        Seen::Edi(sheet) => {
            if let Some(word) = status(&words::EDI)? {
                sheet.status = EdiStatus::from(word);
            }
            sheet.application_code = code.or_else(|| sheet.application_code.take());
            if let Some(protocol) = &told.protocol {
                sheet.protocol.clone_from(protocol);
            }
            sheet.valid_from = told.valid_from.or(sheet.valid_from);
            sheet.valid_until = told.valid_until.or(sheet.valid_until);
        }
        Seen::Api(sheet) => {
            if let Some(word) = status(&words::TWO)? {
                sheet.status = ApiStatus::from(word);
            }
            sheet.application_code = code.or_else(|| sheet.application_code.take());
        }
        Seen::Account(account) => {
            if let Some(word) = status(&words::TWO)? {
                account.active = word == "Actif";
            }
            if let Some(login) = &told.login {
                check_login(login, told, account.structure.as_str())?;
                account.login.clone_from(login);
            } else if account.login.is_empty() {
                let declared = ground.desired.accounts.get(address);
                account.login = declared.and_then(|one| one.login.clone()).ok_or_else(|| {
                    Fault::new(told.line, format!("the login of `{address}` is missing"))
                        .help("the portal shows it, `TECH_…@cpro.fr`: give it as `--login`, or in the column `identifiant`")
                })?;
            }
        }
        Seen::Client { .. } => {
            if told.status.is_some() {
                return Err(refuse("status"));
            }
        }
    }
    Ok(())
}

fn code(text: &str, told: &Told, known: &Known, address: &Address) -> Result<String, Fault> {
    let code = words::application_code(text).ok_or_else(|| {
        let message =
            format!("found the application code `{text}`, expected three letters and three digits");
        Fault::new(told.line, message)
            .help("the portal shows it on the card of the sheet, for example `VFE025`")
    })?;
    let other = known.addresses.iter().find(|(other, at)| {
        *other != address
            && at.current.as_ref().is_some_and(|owned| owned.code.as_ref() == Some(&code))
    });
    match other {
        None => Ok(code),
        Some((other, _)) => {
            let message = format!("the application code `{code}` belongs to `{other}`");
            Err(Fault::new(told.line, message).help("look at both cards at the portal again"))
        }
    }
}

fn check_login(login: &str, told: &Told, structure: &str) -> Result<(), Fault> {
    match words::login_siret(login) {
        Ok(siret) if siret.as_str() == structure => Ok(()),
        Ok(siret) => {
            let message =
                format!("the login `{login}` is of structure {siret}, expected one of {structure}");
            Err(Fault::new(told.line, message))
        }
        Err(()) => {
            let message =
                format!("found the login `{login}`, expected `TECH_<number>_<SIRET>@cpro.fr`");
            Err(Fault::new(told.line, message))
        }
    }
}

/// What the project's files say of the certificates that a sheet holds.
fn facts(seen: &Seen, desired: &Desired) -> BTreeMap<Slot, CertificateFacts> {
    let Seen::Edi(sheet) = seen else { return BTreeMap::new() };
    let leaf = |wanted: &Fingerprint| {
        let mut leaves = desired.certificate_files.values().filter_map(|file| file.leaf());
        leaves.find(|leaf| leaf.fingerprint == *wanted).map(CertificateFacts::of)
    };
    sheet
        .certificates
        .iter()
        .filter_map(|(slot, held)| Some((*slot, leaf(&held.fingerprint)?)))
        .collect()
}

fn differences(
    before: Option<&Seen>,
    after: Option<&Seen>,
) -> BTreeMap<String, (Option<String>, Option<String>)> {
    let fields = |seen: Option<&Seen>| seen.map(Seen::fields).unwrap_or_default();
    let (before, after) = (fields(before), fields(after));
    before
        .keys()
        .chain(after.keys())
        .map(|key| (key.clone(), (before.get(key).cloned(), after.get(key).cloned())))
        .filter(|(_, (before, after))| before != after)
        .collect()
}
