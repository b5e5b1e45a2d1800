//! API connections and technical accounts.

use crate::diagnostic::rule::rules;

rules! {
    API_RULES = "API connections and technical accounts";

    /// No API connection goes through a technical account.
    ACCOUNT_UNUSED = "account-unused", Warning {
        why: "A technical account serves API calls only; without a declared API connection PISTE answers 403.",
        source: "docs/sources.md 6 and 8 (deck; community)",
        breaks: "accueil: { contact_email: raccordement@ville.example }\n  ",
        keeps: "",
    }

    /// An API connection names no technical account.
    API_WITHOUT_ACCOUNT = "api-without-account", Warning {
        why: "An API connection consists of a PISTE application, an application code and a technical account.",
        source: "docs/sources.md 5 (DSE 3.3.1)",
        breaks: "active: true",
        keeps: "technical_account: ccas/account/factures",
    }

    /// Two declared accounts mean one login.
    LOGIN_TWICE = "login-twice", Error {
        why: "A login names one technical account, which cannot be declared in two places.",
        source: "docs/sources.md 6 (community)",
        breaks: "login: TECH_1_99991001100017@cpro.fr }\n  #",
        keeps: "login: TECH_2_99991001100017@cpro.fr }\n  #",
    }

    /// One PISTE application is written in two ways that differ by case alone.
    PISTE_APPLICATION_CASE = "piste-application-case", Warning {
        why: "The name of a PISTE application is case sensitive, so one of the two names nothing.",
        source: "docs/sources.md 5 (deck, «Créer un raccordement API»)",
        breaks: "piste_application: App_Ville",
        keeps: "piste_application: APP_AUTRE",
    }

    /// Two API connections of one structure name one PISTE application.
    PISTE_APPLICATION_TWICE = "piste-application-twice", Error, silenceable true {
        why: "The PISTE application of an active sheet must be unique; how far that reaches is not published, so a reason may silence it.",
        source: "docs/sources.md 5 (DSE 3.3.4) and 10",
        breaks: "piste_application: APP_VILLE # again",
        keeps: "piste_application: APP_AUTRE # again",
    }

    /// A usage needs the name of a publisher or operator, which is missing.
    PUBLISHER = "publisher-name", Error {
        why: "The portal asks for the name of the publisher or operator with this «Type d'utilisation».",
        source: "docs/sources.md 5 (deck, «Créer un raccordement API»)",
        breaks: "usage: publisher",
        keeps: "usage: own",
    }

    /// A publisher is named with a usage that has none.
    PUBLISHER_UNNEEDED = "publisher-unneeded", Warning {
        why: "The portal asks for no name with this «Type d'utilisation», so it is lost or the usage is wrong.",
        source: "docs/sources.md 5 (deck, «Créer un raccordement API»)",
        breaks: "usage: own",
        keeps: "usage: publisher",
    }

    /// A technical account is named that is not declared.
    UNKNOWN_ACCOUNT = "unknown-technical-account", Error {
        why: "An API connection goes through an account that somebody keeps.",
        source: "docs/sources.md 5 (DSE 3.3.1)",
        breaks: "technical_account: factrues",
        keeps: "technical_account: factures",
    }

    /// A usage is not in the catalogue.
    UNKNOWN_USAGE = "unknown-usage", Warning {
        why: "Not every «Type d'utilisation» is published; rows are added under `catalogue.usages` once seen on the portal.",
        source: "docs/sources.md 5 and 10",
        breaks: "usage: owner",
        keeps: "usage: own",
    }
}
