//! Certificates: their files, their slots, their days.

use crate::diagnostic::rule::rules;

rules! {
    CERTIFICATE_RULES = "Certificates";

    /// The same certificate is declared for qualification and for production.
    CERTIFICATE_ACROSS_STAGES = "certificate-across-stages", Warning {
        why: "Qualification and production of G2B want two different certificates.",
        source: "docs/sources.md 3 (deck, «Les prérequis au raccordement : EDI - certificats»)",
        breaks: "qualification: { certificates: { g2b: certificates/ville-g2b.p7b } }",
        keeps: "qualification: { certificates: { g2b: certificates/ville-g2b-qual.p7b } }",
    }

    /// A certificate ends soon, or before the sheet that holds it.
    CERTIFICATE_ENDS_EARLY = "certificate-ends-early", Warning {
        why: "A sheet stops working with its certificate, and sending one near its end is advised against.",
        source: "docs/sources.md 3 (deck, the same slide; KB0011570)",
        breaks: "until: 2060-12-31",
        keeps: "until: 2050-12-31",
    }

    /// A certificate is over.
    CERTIFICATE_EXPIRED = "certificate-expired", Error {
        why: "A certificate must be valid when the connection is made, and exchanges stop with it.",
        source: "docs/sources.md 3 (deck, the same slide; KB0011570)",
        breaks: "depot: certificates/over.pem",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate file is none that the portal would take.
    CERTIFICATE_FILE = "certificate-file", Error {
        why: "The portal takes public certificates in files of p7b, crt, cer and pem, at most 5 MB each.",
        source: "docs/sources.md 1 and 3 (deck, «Renseigner le certificat»)",
        breaks: "depot: certificates/notes.pem",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate is not valid yet.
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid", Warning {
        why: "A certificate must be valid when the connection is made.",
        source: "docs/sources.md 3 (deck, the same slide)",
        breaks: "depot: certificates/later.pem",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// Two sheets hold one certificate.
    CERTIFICATE_SHARED = "certificate-shared", Error {
        why: "One certificate serves one connection, also across structures, and also a sheet that exists already.",
        source: "docs/sources.md 3 (deck, the same slide; DSE 3.3)",
        breaks: "certificates: { client: depot } # again",
        keeps: "certificates: { client: second }",
    }

    /// A certificate slot does not belong to the protocol, or one that it needs is empty.
    CERTIFICATE_SLOT = "certificate-slot", Error {
        why: "SFTP has a client certificate; AS2 a server certificate, which may be of client type; PeSIT shows both slots.",
        source: "docs/sources.md 3 (deck, prerequisites, «Renseigner le certificat», «Afficher le récapitulatif des données»)",
        breaks: "certificates: { server: depot }",
        keeps: "certificates: { client: depot }",
    }

    /// A file of the project holds a private key.
    PRIVATE_KEY = "private-key", Error {
        why: "Only the public part is ever sent, and a key that was committed must be changed.",
        source: "docs/sources.md 3 (deck, the same slide; KB0011570)",
        breaks: "depot: certificates/with-key.pem",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate is named that is not declared.
    UNKNOWN_CERTIFICATE = "unknown-certificate", Error {
        why: "A sheet holds the certificate of a file that the project declares.",
        source: "this project: docs/configuration.md, \"certificates\"",
        breaks: "certificates: { client: dépot }",
        keeps: "certificates: { client: depot }",
    }
}
