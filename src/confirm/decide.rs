//! Holds what was told against what the ledger knows, and says what it will know.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::confirm::Fault;
use crate::confirm::Told;
use crate::confirm::check::tell;
use crate::confirm::declared::declared;
use crate::confirm::declared::declared_making;
use crate::confirm::declared::facts;
use crate::confirm::meant::address_of;
use crate::domain::account::PASSWORD_DAYS;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::desired::Desired;
use crate::domain::event::Event;
use crate::domain::event::Making;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::known::KnownAddress;
use crate::domain::observed::RemoteId;
use crate::domain::seen::HandedStep;
use crate::domain::seen::Look;
use crate::domain::seen::Seen;
use crate::domain::value::day_begins_in_france;
use crate::domain::value::day_in_france;
use crate::language::message;

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
                let message = message!("`{address}` was told before in the same table", address);
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
        let message = message!(
            "`{address}` is no sheet, account or client: there is nothing to confirm",
            address
        );
        return Err(Fault::new(told.line, message));
    }
    let mut look = look(told, ground)?;
    let handed = handed(told, address, at)?;
    let base = base(number, told, address, ground, at, handed)?;
    let before = base.target.as_ref().and_then(|id| at.sightings.get(id));
    if let Some(before) =
        before.filter(|before| day_in_france(before.look.at) > day_in_france(look.at))
    {
        let message = message!(
            "`{address}` was seen on {} already, which is later than {}",
            day_in_france(before.look.at),
            day_in_france(look.at),
            address
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
            let message = message!("found the date {date}, which is still to come", date);
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
        _ => Err(Fault::new(told.line, message!("the step `{step}` is not in hand", step)).help(
            message!("it is confirmed already, or the dossier is of an older plan: `raccord apply` writes the present one"),
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
            message!(
                "`{address}` is no longer declared, and the ledger does not know what it is",
                address
            ),
        )
    })?;
    let making = at
        .intent
        .as_ref()
        .map(|intent| intent.making.clone())
        .or_else(|| declared_making(address, ground.desired));
    Ok(Base { seen: Some(seen), target: Some(id), making, step: None, shows_password: false })
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
