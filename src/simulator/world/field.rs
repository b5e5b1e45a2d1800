//! Rules of single fields, as the portal's screens have them.

use std::net::IpAddr;

use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;

/// The value of a required field, trimmed of nothing: empty and blank texts are refused.
pub(crate) fn required(name: &str, value: Option<String>) -> Result<String, Refusal> {
    match value {
        Some(text) if !text.trim().is_empty() => {
            if text.chars().any(char::is_control) {
                return Err(RefusalKind::Field
                    .because(format!("Le champ « {name} » tient sur une seule ligne.")));
            }
            Ok(text)
        }
        _ => Err(RefusalKind::Field.because(format!("Le champ « {name} » est obligatoire."))),
    }
}

/// An e-mail address: one `@`, something before it, a dotted domain after it.
pub(crate) fn email(name: &str, value: Option<String>) -> Result<String, Refusal> {
    let text = required(name, value)?;
    let fits = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.contains('@')
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
    }) && !text.contains(char::is_whitespace);
    if fits {
        Ok(text)
    } else {
        Err(RefusalKind::Field
            .because(format!("Le champ « {name} » n'est pas une adresse électronique valide.")))
    }
}

/// A telephone number: country code and number, `+` and 8 to 15 digits.
pub(crate) fn phone(name: &str, value: Option<String>) -> Result<String, Refusal> {
    let text = required(name, value)?;
    let fits = text.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit())
    });
    if fits {
        Ok(text)
    } else {
        Err(RefusalKind::Field.because(format!(
            "Le champ « {name} » n'est pas un numéro de téléphone valide (indicatif et numéro)."
        )))
    }
}

/// An IP address.
pub(crate) fn ip(name: &str, value: Option<String>) -> Result<String, Refusal> {
    let text = required(name, value)?;
    if text.parse::<IpAddr>().is_ok() {
        Ok(text)
    } else {
        Err(RefusalKind::Field
            .because(format!("Le champ « {name} » n'est pas une adresse IP valide.")))
    }
}

/// A URL at which a partner receives.
pub(crate) fn url(name: &str, value: Option<String>) -> Result<String, Refusal> {
    let text = required(name, value)?;
    let fits = url::Url::parse(&text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    if fits {
        Ok(text)
    } else {
        Err(RefusalKind::Field.because(format!("Le champ « {name} » n'est pas une URL valide.")))
    }
}

/// A SIRET: fourteen digits. Checksums are not checked: those of qualification fail (`docs/sources.md` 7).
pub(crate) fn siret(name: &str, value: Option<String>) -> Result<String, Refusal> {
    let text = required(name, value)?;
    if is_siret(&text) {
        Ok(text)
    } else {
        Err(RefusalKind::Unreadable
            .because(format!("Le champ « {name} » n'est pas un SIRET de 14 chiffres.")))
    }
}

/// Whether `text` is fourteen digits.
pub(crate) fn is_siret(text: &str) -> bool {
    text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "fields arrive as options")]
    fn given(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_missing_or_blank_field_is_named() {
        for value in [None, given(""), given("  ")] {
            let refusal = required("contact.nom", value).unwrap_err();
            assert_eq!(refusal.code(), "CHAMP_INVALIDE");
            assert!(format!("{refusal:?}").contains("contact.nom"));
        }
    }

    #[test]
    fn forms_are_checked() {
        assert!(email("e", given("a@b.example")).is_ok());
        for wrong in ["a", "@b.example", "a@b", "a@b..c", "a b@c.example"] {
            assert!(email("e", given(wrong)).is_err(), "{wrong}");
        }
        assert!(phone("t", given("+33123456789")).is_ok());
        for wrong in ["0123456789", "+33 1 23 45 67 89", "+12", "+3312345678901234"] {
            assert!(phone("t", given(wrong)).is_err(), "{wrong}");
        }
        assert!(ip("i", given("2001:db8::1")).is_ok());
        assert!(ip("i", given("ville.example")).is_err());
        assert!(url("u", given("https://as2.ville.example/in")).is_ok());
        assert!(url("u", given("ftp://ville.example")).is_err());
    }
}
