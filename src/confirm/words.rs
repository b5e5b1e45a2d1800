//! The portal's words for statuses, our headers in French and English, and the forms of codes and logins.

use jiff::civil::Date;

use crate::diagnostic::nearest;
use crate::domain::siret::Siret;
use crate::domain::value::folded;
use crate::domain::value::parse_date;

/// The statuses of an EDI sheet, as the portal writes them.
pub(crate) const EDI: [&str; 6] =
    ["Brouillon", "En cours", "Partielle", "Erreur", "Actif", "Inactif"];

/// Those of an API sheet or an account.
pub(crate) const TWO: [&str; 2] = ["Actif", "Inactif"];

/// Other ways in which the portal's own screens write a status.
const SAME: [(&str, &str); 8] = [
    ("active", "Actif"),
    ("inactive", "Inactif"),
    ("actif(ve)", "Actif"),
    ("en erreur", "Erreur"),
    ("partiel", "Partielle"),
    ("brouillons", "Brouillon"),
    ("activé", "Actif"),
    ("désactivé", "Inactif"),
];

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    /// The step of a dossier.
    Step,
    /// The address.
    Address,
    /// How it came out: done, there, not there.
    Outcome,
    /// Status.
    Status,
    /// Application code.
    Code,
    /// Login of an account.
    Login,
    /// Day of the look.
    Date,
    /// Structure, by name or SIRET.
    Structure,
    /// Name of the structure.
    Title,
    /// SIRET.
    Siret,
    /// Exchange system.
    System,
    /// Name of the sheet, or PISTE application.
    Name,
    /// Protocol.
    Protocol,
    /// First day of validity.
    From,
    /// Last day of validity.
    Until,
}

/// Headers, without accents and in lower case.
const HEADERS: &[(&str, Column)] = &[
    ("etape", Column::Step),
    ("step", Column::Step),
    ("adresse", Column::Address),
    ("address", Column::Address),
    ("resultat", Column::Outcome),
    ("outcome", Column::Outcome),
    ("result", Column::Outcome),
    ("statut", Column::Status),
    ("status", Column::Status),
    ("statut du raccordement", Column::Status),
    ("code application", Column::Code),
    ("code de l'application", Column::Code),
    ("code appli", Column::Code),
    ("application code", Column::Code),
    ("identifiant", Column::Login),
    ("login", Column::Login),
    ("compte technique", Column::Login),
    ("date", Column::Date),
    ("structure", Column::Structure),
    ("organisation", Column::Title),
    ("raison sociale", Column::Title),
    ("raison sociale de la structure", Column::Title),
    ("nom de la structure", Column::Title),
    ("siret", Column::Siret),
    ("siret de la structure", Column::Siret),
    ("identifiant de la structure", Column::Siret),
    ("systeme d'echange", Column::System),
    ("systeme d echange", Column::System),
    ("systeme echange", Column::System),
    ("systeme", Column::System),
    ("se", Column::System),
    ("exchange system", Column::System),
    ("nom", Column::Name),
    ("nom du raccordement", Column::Name),
    ("raccordement", Column::Name),
    ("libelle", Column::Name),
    ("name", Column::Name),
    ("nom application piste", Column::Name),
    ("nom de l'application piste", Column::Name),
    ("piste application", Column::Name),
    ("protocole", Column::Protocol),
    ("protocol", Column::Protocol),
    ("debut de validite", Column::From),
    ("date de debut", Column::From),
    ("date de debut de validite", Column::From),
    ("date debut validite", Column::From),
    ("valid from", Column::From),
    ("fin de validite", Column::Until),
    ("date de fin", Column::Until),
    ("date de fin de validite", Column::Until),
    ("date fin validite", Column::Until),
    ("valid until", Column::Until),
];

/// A text without accents, case, marks and doubled blanks: what two headers are compared by.
pub(crate) fn plain(text: &str) -> String {
    let folded = folded(text).replace(['’', 'ʼ'], "'");
    let folded = folded.replace(['_', '*', '\u{feff}', ':'], " ");
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The column that a header names.
pub(crate) fn column(header: &str) -> Option<Column> {
    let header = plain(header);
    HEADERS.iter().find(|(name, _)| *name == header).map(|(_, column)| *column)
}

/// The portal's own spelling of a status; `Err` has the nearest one, where one is near.
pub(crate) fn status(
    text: &str,
    known: &'static [&'static str],
) -> Result<&'static str, Option<&'static str>> {
    let wanted = plain(text);
    let same = SAME.iter().find(|(other, _)| plain(other) == wanted).map(|(_, word)| *word);
    let found = known.iter().find(|word| plain(word) == wanted || Some(**word) == same);
    found.copied().ok_or_else(|| nearest(text, known.iter().copied()))
}

/// How something came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done, or it is there.
    Done,
    /// It is not there.
    Absent,
    /// Nothing was done yet.
    Open,
}

/// What a word in the column «résultat» means.
pub(crate) fn outcome(text: &str) -> Option<Outcome> {
    Some(match plain(text).as_str() {
        "fait" | "faite" | "oui" | "x" | "ok" | "done" | "yes" | "existe" | "presente"
        | "present" | "la" | "there" => Outcome::Done,
        "absente" | "absent" | "n'existe pas" | "not there" | "inexistante" => Outcome::Absent,
        "" | "non" | "pas fait" | "pas faite" | "a faire" | "no" | "open" => Outcome::Open,
        _ => return None,
    })
}

/// A day in the form of our files, or as the portal and French spreadsheets write it.
pub(crate) fn day(text: &str) -> Option<Date> {
    if let Ok(day) = parse_date(text) {
        return Some(day);
    }
    let parts: Vec<i32> = text.split('/').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [day, month, year] = parts.as_slice() else { return None };
    let year = i16::try_from(*year).ok().filter(|year| *year > 1900)?;
    Date::new(year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok()
}

/// An application code, three letters and three digits (`docs/sources.md` 9); letters may be typed small.
pub(crate) fn application_code(text: &str) -> Option<String> {
    let code = text.to_uppercase();
    let (letters, digits) = code.split_at_checked(3)?;
    (letters.bytes().all(|byte| byte.is_ascii_uppercase())
        && digits.len() == 3
        && digits.bytes().all(|byte| byte.is_ascii_digit()))
    .then_some(code)
}

/// The SIRET inside a login of the usual form, `TECH_<n>_<SIRET>@cpro.fr`; `Err` when it has another form.
pub(crate) fn login_siret(login: &str) -> Result<Siret, ()> {
    let inside = login.strip_prefix("TECH_").and_then(|rest| rest.strip_suffix("@cpro.fr"));
    let (_, siret) = inside.and_then(|inside| inside.split_once('_')).ok_or(())?;
    Siret::parse(siret).map(|read| read.siret).map_err(|_| ())
}
