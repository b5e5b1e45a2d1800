//! Certificates: their slots, their days, and that each serves one sheet.

use crate::diagnostic::rule::rules;

rules! {
    CERTIFICATE_RULES = "Certificates";

    /// The same certificate is declared for qualification and for production.
    CERTIFICATE_ACROSS_STAGES = "certificate-across-stages", Error, in simulator Warning, check "X03" {
        why: "Qualification and production want two different certificates.",
        source: "docs/sources.md 3 (deck, «Les prérequis au raccordement : EDI - certificats»; KB0011570)",
        breaks: "qualification: { certificates: { g2b: certificates/ville-g2b.p7b } }",
        keeps: "qualification: { certificates: { g2b: certificates/ville-g2b-qual.p7b } }",
    }

    /// A certificate ends before the sheet that holds it begins.
    CERTIFICATE_ENDS_BEFORE_SHEET = "certificate-ends-before-sheet", Error, check "V04" {
        why: "The sheet would never work: a certificate must be valid when the connection is made.",
        source: "docs/sources.md 3 (deck, the same slide; KB0011570)",
        breaks: "validity: { from: 2036-06-01, until: 2037-05-31 }",
        keeps: "validity: { from: 2026-12-01, until: 2028-11-30 }",
    }

    /// A certificate ends soon, or before the sheet that holds it.
    CERTIFICATE_ENDS_EARLY = "certificate-ends-early", Warning, check "V03, V04" {
        why: "A sheet stops working with its certificate, and sending one near its end is advised against.",
        source: "docs/sources.md 3 (deck, the same slide; KB0011570)",
        breaks: "until: 2036-12-31",
        keeps: "until: 2028-11-30",
    }

    /// A certificate is over.
    CERTIFICATE_EXPIRED = "certificate-expired", Error, check "V01" {
        why: "A certificate must be valid when the connection is made, and exchanges stop with it.",
        source: "docs/sources.md 3 (deck, the same slide; KB0011570)",
        breaks: "depot: certificates/over.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// The index of certificates that projects share is not there.
    CERTIFICATE_INDEX_MISSING = "certificate-index-missing", Warning {
        why: "Other projects are not looked at. Before the first one has written it, and where its repository is not checked out, there is none.",
        source: "this project: docs/configuration.md, \"The shared index\"",
        breaks: "certificate_index: ../certificate-index.jsonl",
        keeps: "certificate_index: index.jsonl",
    }

    /// The index of certificates that projects share cannot be used.
    CERTIFICATE_INDEX_UNUSABLE = "certificate-index-unusable", Error {
        why: "Without it, nobody notices that another project uses the same certificate.",
        source: "this project: docs/configuration.md, \"The shared index\"",
        breaks: "certificate_index: index-with-a-torn-line.jsonl",
        keeps: "certificate_index: index.jsonl",
    }

    /// Certificates of different sheets have one key.
    CERTIFICATE_KEY_SHARED = "certificate-key-shared", Warning, check "X02" {
        why: "Who loses the key of one connection loses the other one with it; Chorus Pro asks for different certificates.",
        source: "inferred from docs/sources.md 3 (deck, the same slide)",
        breaks: "second: certificates/same-key.p7b",
        keeps: "second: certificates/ville-g2b.p7b",
    }

    /// A certificate is not valid yet.
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid", Error, in simulator Warning, check "V02" {
        why: "A certificate must be valid when the connection is made.",
        source: "docs/sources.md 3 (deck, the same slide)",
        breaks: "depot: certificates/later.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// Two sheets hold one certificate.
    CERTIFICATE_SHARED = "certificate-shared", Error, check "X01" {
        why: "One certificate serves one connection, also across structures, and also a sheet that exists already.",
        source: "docs/sources.md 3 (deck, the same slide; DSE 3.3)",
        breaks: "certificates: { client: depot } # again",
        keeps: "certificates: { client: second }",
    }

    /// A certificate lives 200 days or less.
    CERTIFICATE_SHORT_LIVED = "certificate-short-lived", Notice, check "V05" {
        why: "Each renewal is a modification of the sheet at Chorus Pro, several times a year.",
        source: "docs/sources.md 11 (CA/Browser Forum, ballot SC-081)",
        breaks: "depot: certificates/short.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate slot does not belong to the protocol, or one that it needs is empty.
    CERTIFICATE_SLOT = "certificate-slot", Error {
        why: "SFTP has a client certificate; AS2 a server certificate, which may be of client type; PeSIT shows both slots.",
        source: "docs/sources.md 3 (deck, prerequisites, «Renseigner le certificat», «Afficher le récapitulatif des données»)",
        breaks: "certificates: { server: depot }",
        keeps: "certificates: { client: depot }",
    }

    /// A file of the project holds a private key.
    PRIVATE_KEY = "private-key", Error, check "F03" {
        why: "Only the public part is ever sent, and a key that was committed must be changed.",
        source: "docs/sources.md 3 (deck, the same slide; KB0011570)",
        breaks: "depot: certificates/with-key.pem",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A file of the project holds a private key, though nothing names it.
    STRAY_PRIVATE_KEY = "stray-private-key", Warning {
        why: "What lies beside the files is committed with them sooner or later, and a key that was committed must be changed. Looked at are files of at most 100,000 bytes that are not hidden.",
        source: "docs/sources.md 3 (deck, the same slide; KB0011570)",
        breaks: "-----BEGIN PRIVATE KEY-----",
        keeps: "-----BEGIN PUBLIC KEY-----",
    }

    /// A certificate is named that is not declared.
    UNKNOWN_CERTIFICATE = "unknown-certificate", Error {
        why: "A sheet holds the certificate of a file that the project declares.",
        source: "this project: docs/configuration.md, \"certificates\"",
        breaks: "certificates: { client: dépot }",
        keeps: "certificates: { client: depot }",
    }
}
