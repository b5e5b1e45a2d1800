//! The rules across resources, in one list: stable id, default severity, why.

use crate::diagnostic::Severity;

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Its stable id, named by the fault.
    pub(crate) id: &'static str,
    /// How much a fault weighs.
    pub(crate) severity: Severity,
    /// Why there is such a rule, and where that is known from.
    pub(crate) why: &'static str,
}

/// Declares rules, and the list of all.
macro_rules! rules {
    ($( $(#[doc = $doc:literal])* $name:ident = $id:literal, $severity:ident, $why:literal; )*) => {
        $(
            $(#[doc = $doc])*
            pub(crate) const $name: Rule = Rule { id: $id, severity: Severity::$severity, why: $why };
        )*

        /// All rules.
        #[cfg(test)]
        pub(crate) const RULES: &[Rule] = &[$($name),*];
    };
}

rules! {
    /// The account that an API connection goes through has no connection.
    ACCOUNT_UNUSED = "account-unused", Warning,
        "a technical account serves API calls only; without a declared API connection PISTE answers 403 (docs/sources.md 6 and 8)";
    /// An API connection names no technical account.
    API_WITHOUT_ACCOUNT = "api-without-account", Warning,
        "an API connection consists of a PISTE application, an application code and a technical account (docs/sources.md 5: DSE 3.3.1)";
    /// A certificate is over.
    CERTIFICATE_EXPIRED = "certificate-expired", Error,
        "a certificate must be valid when the connection is made (docs/sources.md 3)";
    /// A certificate ends soon, or before the sheet that holds it.
    CERTIFICATE_ENDS_EARLY = "certificate-ends-early", Warning,
        "a sheet stops working with its certificate; the advice is to send none near its end (docs/sources.md 3)";
    /// A certificate is not valid yet.
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid", Warning,
        "a certificate must be valid when the connection is made (docs/sources.md 3)";
    /// Two sheets hold one certificate.
    CERTIFICATE_SHARED = "certificate-shared", Error,
        "one certificate serves one sheet, also across structures (docs/sources.md 3: AIFE's deck, DSE)";
    /// Two declared accounts mean one login.
    LOGIN_TWICE = "login-twice", Error,
        "a login names one technical account, which cannot be declared in two places";
    /// Clients are declared without the parameter that allows them.
    OPERATOR_WITHOUT_PARAMETER = "operator-without-parameter", Error,
        "clients are declared through a tile that the \"Opérateur public\" parameter opens (docs/sources.md 7: AIFE's deck)";
    /// Two PISTE applications differ by case alone.
    PISTE_APPLICATION_CASE = "piste-application-case", Warning,
        "the name of a PISTE application is case sensitive (docs/sources.md 5: AIFE's deck)";
    /// Two API connections of one structure name one PISTE application.
    PISTE_APPLICATION_TWICE = "piste-application-twice", Error,
        "an active sheet of a structure holds its PISTE application alone (docs/sources.md 5: DSE 3.3.4; how far that reaches: 10)";
    /// Two sheets of one exchange system and one structure have one name.
    SHEET_NAME_TAKEN = "sheet-name-taken", Error,
        "the name of a sheet is unique for an exchange system and a structure (docs/sources.md 3: AIFE's deck)";
    /// The first replacement of a sheet would take the name of another sheet.
    REPLACEMENT_NAME_TAKEN = "replacement-name-taken", Error,
        "a replacement needs a name of its own: names cannot be changed, and count as taken (docs/sources.md 3 and 10)";
    /// Two entities declare one SIRET.
    SIRET_TWICE = "siret-twice", Error,
        "one structure is declared once, else two plans would decide about it";
    /// A validity ends before it begins.
    VALIDITY_REVERSED = "validity-reversed", Error,
        "a sheet is active between the two days of its validity (docs/sources.md 2)";
    /// A validity is over.
    VALIDITY_OVER = "validity-over", Warning,
        "outside its validity a sheet is Inactif (docs/sources.md 2: AIFE's deck)";
}
