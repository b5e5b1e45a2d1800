//! Checks what was told of a resource, and puts it into what is known.

use crate::confirm::Fault;
use crate::confirm::Told;
use crate::confirm::decide::Ground;
use crate::confirm::words;
use crate::domain::address::Address;
use crate::domain::api::ApiStatus;
use crate::domain::edi::EdiStatus;
use crate::domain::known::Known;
use crate::domain::seen::Seen;
use crate::language::Message;
use crate::language::message;

/// Puts what was told on what stands there.
pub(super) fn tell(
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
                message!("found the status `{text}`, expected one of {}", known.join(", "), text);
            let fault = Fault::new(told.line, message);
            match near {
                Some(near) => fault.help(message!("`{near}` is near", near)),
                None => fault,
            }
        })
    };
    let refuse = |message: Message| Fault::new(told.line, message);
    if told.login.is_some() && !matches!(seen, Seen::Account(_)) {
        return Err(refuse(message!("`{address}` has no login", address))
            .help(message!("only technical accounts have one")));
    }
    if told.code.is_some() && matches!(seen, Seen::Account(_) | Seen::Client { .. }) {
        return Err(refuse(message!("`{address}` has no application code", address))
            .help(message!("only sheets have one")));
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
                    Fault::new(told.line, message!("the login of `{address}` is missing", address))
                        .help(message!("the portal shows it, `TECH_…@cpro.fr`: give it as `--login`, or in the column `identifiant`"))
                })?;
            }
        }
        Seen::Client { .. } => {
            if told.status.is_some() {
                return Err(refuse(message!("`{address}` has no status", address)));
            }
        }
    }
    Ok(())
}

fn code(text: &str, told: &Told, known: &Known, address: &Address) -> Result<String, Fault> {
    let code = words::application_code(text).ok_or_else(|| {
        let message = message!(
            "found the application code `{text}`, expected three letters and three digits",
            text
        );
        Fault::new(told.line, message)
            .help(message!("the portal shows it on the card of the sheet, for example `VFE025`"))
    })?;
    let other = known.addresses.iter().find(|(other, at)| {
        *other != address
            && at.current.as_ref().is_some_and(|owned| owned.code.as_ref() == Some(&code))
    });
    match other {
        None => Ok(code),
        Some((other, _)) => {
            let message =
                message!("the application code `{code}` belongs to `{other}`", code, other);
            Err(Fault::new(told.line, message)
                .help(message!("look at both cards at the portal again")))
        }
    }
}

fn check_login(login: &str, told: &Told, structure: &str) -> Result<(), Fault> {
    match words::login_siret(login) {
        Ok(siret) if siret.as_str() == structure => Ok(()),
        Ok(siret) => {
            let message = message!(
                "the login `{login}` is of structure {siret}, expected one of {structure}",
                login,
                siret,
                structure
            );
            Err(Fault::new(told.line, message))
        }
        Err(()) => {
            let message = message!(
                "found the login `{login}`, expected `TECH_<number>_<SIRET>@cpro.fr`",
                login
            );
            Err(Fault::new(told.line, message))
        }
    }
}
