//! Why something differs: what is declared, what was last applied and what is observed, side by side. Pure.

use crate::language::Message;
use crate::plan::change::Because;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;

/// One side of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side<'a> {
    /// Nobody knows, or, of the files, nothing is asked for.
    Unknown,
    /// It is known that there is no value.
    Nothing,
    /// The value.
    Value(&'a str),
}

impl<'a> Side<'a> {
    /// A value that is known, also where there is none.
    pub(crate) fn known(value: Option<&'a str>) -> Self {
        value.map_or(Self::Nothing, Self::Value)
    }
}

/// Who changed something, or what else came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// Nothing differs.
    Same,
    /// Chorus Pro has no such value, or it is not held against the files.
    NotCompared,
    /// The files changed since it was last applied.
    Files,
    /// Chorus Pro holds another value than was last applied, and the files did not change.
    Remote,
    /// Both changed since it was last applied, and not to the same value.
    Both,
    /// It differs, and the ledger did not note what was last applied.
    Unrecorded,
    /// It was never there.
    New,
    /// It was there, and is no longer found.
    Gone,
    /// Nobody knows what Chorus Pro holds.
    Unknown,
    /// It left the files.
    Removed,
    /// It exists as declared, and is not in the ledger.
    Adoption,
    /// It has another address.
    Renamed,
    /// Chorus Pro works on it.
    Busy,
    /// It was begun and never finalised.
    Unfinished,
    /// Only support can go on.
    Support,
    /// A certificate or a validity is over.
    Expired,
    /// A day has come: a password is near its end, an overlap is over.
    Due,
    /// An answer was lost, and with it what is needed.
    Lost,
}

impl Cause {
    /// Its word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::NotCompared => "not_compared",
            Self::Files => "files",
            Self::Remote => "chorus_pro",
            Self::Both => "both",
            Self::Unrecorded => "unrecorded",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Unknown => "unknown",
            Self::Removed => "removed",
            Self::Adoption => "adoption",
            Self::Renamed => "renamed",
            Self::Busy => "busy",
            Self::Unfinished => "unfinished",
            Self::Support => "support",
            Self::Expired => "expired",
            Self::Due => "due",
            Self::Lost => "lost",
        }
    }
}

/// Who changed a field.
pub(crate) fn cause(declared: Side<'_>, applied: Side<'_>, observed: Side<'_>) -> Cause {
    match (declared, applied, observed) {
        (Side::Unknown, _, _) => Cause::NotCompared,
        // The files moved on, whatever Chorus Pro holds.
        (declared, applied, Side::Unknown) if applied != Side::Unknown && declared != applied => {
            Cause::Files
        }
        (_, _, Side::Unknown) => Cause::Unknown,
        (declared, _, observed) if declared == observed => Cause::Same,
        (_, Side::Unknown, _) => Cause::Unrecorded,
        (declared, applied, _) if declared == applied => Cause::Remote,
        (_, applied, observed) if applied == observed => Cause::Files,
        _ => Cause::Both,
    }
}

/// What stands behind one reason of a change. `field` is the cause of the field that it names, where it names one.
pub(crate) fn behind(change: &Change, because: &Because, field: Option<Cause>) -> Cause {
    let before = because.before.as_ref().map(Message::english).unwrap_or_default();
    match (because.field.as_str(), field) {
        ("sheet" | "account" | "client", _) if before.ends_with("(no longer found)") => Cause::Gone,
        ("sheet" | "account" | "client", _) if change.change == ChangeKind::Adopt => {
            Cause::Adoption
        }
        ("sheet" | "account" | "client", _) if because.before.is_none() => Cause::New,
        ("status", _) => match before {
            "En cours" => Cause::Busy,
            "Brouillon" => Cause::Unfinished,
            "Partielle" | "Erreur" => Cause::Support,
            // Whatever it was last left as, somebody or a day has changed it since.
            "Inactif" | "Actif" => field.unwrap_or(Cause::Remote),
            _ => Cause::Unknown,
        },
        ("password", _) if before.starts_with("expires") => Cause::Due,
        ("password", _) => Cause::Lost,
        ("not_after", _) => Cause::Expired,
        ("replaced_by", _) => Cause::Due,
        ("address", _) => Cause::Renamed,
        ("declared", _) => Cause::Removed,
        (_, Some(cause)) => cause,
        _ => Cause::Unrecorded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::environment::Channel;
    use crate::plan::draft::Draft;
    use crate::plan::fields::reason;

    #[test]
    fn three_sides_tell_who_changed_a_field() {
        use Side::Nothing;
        use Side::Unknown;
        use Side::Value;
        let cases = [
            (Value("a"), Value("a"), Value("a"), Cause::Same),
            (Value("b"), Value("a"), Value("a"), Cause::Files),
            (Value("a"), Value("a"), Value("b"), Cause::Remote),
            (Value("c"), Value("a"), Value("b"), Cause::Both),
            // Both changed to the same: nothing differs any more.
            (Value("b"), Value("a"), Value("b"), Cause::Same),
            (Value("b"), Unknown, Value("a"), Cause::Unrecorded),
            (Value("a"), Unknown, Value("a"), Cause::Same),
            (Value("b"), Value("a"), Unknown, Cause::Files),
            (Value("a"), Value("a"), Unknown, Cause::Unknown),
            (Value("a"), Unknown, Unknown, Cause::Unknown),
            (Nothing, Value("a"), Value("a"), Cause::Files),
            (Value("a"), Nothing, Nothing, Cause::Files),
            (Nothing, Nothing, Value("a"), Cause::Remote),
            (Value("a"), Value("a"), Nothing, Cause::Remote),
            (Unknown, Value("a"), Value("b"), Cause::NotCompared),
        ];
        for (declared, applied, observed, expected) in cases {
            let found = cause(declared, applied, observed);
            assert_eq!(found, expected, "{declared:?} {applied:?} {observed:?}");
        }
    }

    #[test]
    fn reasons_that_are_no_fields_have_causes_of_their_own() {
        use ChangeKind::Adopt;
        use ChangeKind::Create;
        use ChangeKind::Rotate;
        use ChangeKind::Update;
        use ChangeKind::Wait;
        let address = "ville/edi/g2b".parse().unwrap();
        let of = |kind, field: &str, before: Option<&str>, known| {
            let because = reason(field, before, None);
            let change = Draft::new(&address, kind, Channel::Gateway).finish();
            behind(&change, &because, known)
        };
        assert_eq!(of(Create, "sheet", None, None), Cause::New);
        assert_eq!(of(Create, "sheet", Some("EDI-1 (no longer found)"), None), Cause::Gone);
        assert_eq!(of(Adopt, "sheet", Some("EDI-1"), None), Cause::Adoption);
        assert_eq!(of(Wait, "status", Some("En cours"), None), Cause::Busy);
        assert_eq!(of(Update, "status", Some("Inactif"), None), Cause::Remote);
        assert_eq!(of(Update, "status", Some("Suspendu"), None), Cause::Unknown);
        assert_eq!(of(Rotate, "password", Some("expires on 2027-01-01"), None), Cause::Due);
        assert_eq!(of(Rotate, "password", Some("never reached its sink"), None), Cause::Lost);
        assert_eq!(of(Update, "network.url", Some("a"), Some(Cause::Both)), Cause::Both);
        assert_eq!(of(Update, "network.url", Some("a"), None), Cause::Unrecorded);
    }
}
