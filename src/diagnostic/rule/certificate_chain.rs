//! Chains: from the certificate of a connection up to a root.

use crate::diagnostic::rule::rules;

rules! {
    CERTIFICATE_CHAIN_RULES = "Certificate chains";

    /// Neither the issuing authority nor its root is in the lists that raccord knows.
    CERTIFICATE_AUTHORITY_UNKNOWN = "certificate-authority-unknown", Warning, in simulator Notice, strict true, check "C10" {
        why: "Anybody can write a level into a certificate; that an authority may do so is said by lists of others.",
        source: "docs/sources.md 11 (trusted lists, as of the day told)",
        breaks: "depot: certificates/unknown-authority.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate of the chain is missing in the file.
    CERTIFICATE_CHAIN_INCOMPLETE = "certificate-chain-incomplete", Error, in simulator Warning, check "C01" {
        why: "The whole chain is to be sent: without it the exchange system cannot tell whom to trust.",
        source: "docs/sources.md 3 (deck, «Les prérequis au raccordement : EDI - certificats»; KB0011570)",
        breaks: "depot: certificates/leaf-only.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// The certificates of a PEM file do not stand in the order of the chain.
    CERTIFICATE_CHAIN_ORDER = "certificate-chain-order", Warning, in simulator Notice, check "C08" {
        why: "Programs that read the first block only take a wrong certificate. In PKCS#7 the order has no meaning.",
        source: "practice",
        breaks: "depot: certificates/root-first.pem",
        keeps: "depot: certificates/leaf-first.pem",
    }

    /// A certificate lies in the file that does not belong to the chain.
    CERTIFICATE_CHAIN_SURPLUS = "certificate-chain-surplus", Warning, in simulator Notice, check "C07" {
        why: "It is not needed; an expired one may lead a program on a way that ends nowhere.",
        source: "practice; docs/sources.md 11",
        breaks: "depot: certificates/stranger.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// An authority of the chain is not valid on the day.
    CERTIFICATE_ISSUER_EXPIRED = "certificate-issuer-expired", Error, in simulator Warning, check "C06" {
        why: "A chain is no longer than its shortest certificate.",
        source: "RFC 5280, section 6.1.3",
        breaks: "depot: certificates/issuer-over.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate of the chain may not issue what is below it.
    CERTIFICATE_ISSUER_NOT_ALLOWED = "certificate-issuer-not-allowed", Error, in simulator Warning, check "C04" {
        why: "Only authorities issue certificates, within the length and the names that their own certificates allow.",
        source: "RFC 5280, sections 4.2.1.3, 4.2.1.9, 4.2.1.10 and 6.1.4",
        breaks: "depot: certificates/issued-by-no-authority.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// An authority of the chain may not issue for the use that the connection needs.
    CERTIFICATE_ISSUER_USAGE = "certificate-issuer-usage", Error, in simulator Warning, check "C05", silenceable true {
        why: "The extended usages of an authority bind everything below it; some authorities issue for servers only.",
        source: "RFC 5280, section 4.2.1.12; docs/sources.md 11",
        breaks: "depot: certificates/server-authority.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate was revoked by its issuer.
    CERTIFICATE_REVOKED = "certificate-revoked", Error, check "R01" {
        why: "A revocation list of the project names it.",
        source: "RFC 5280, section 5",
        breaks: "depot: certificates/revoked.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// The root of the chain is missing in the file.
    CERTIFICATE_ROOT_MISSING = "certificate-root-missing", Warning, in simulator Notice, strict true, check "C02" {
        why: "The whole chain is to be sent; whether that includes the root is not told.",
        source: "docs/sources.md 3 (deck, the same slide; KB0011570)",
        breaks: "depot: certificates/without-root.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate is signed by itself.
    CERTIFICATE_SELF_SIGNED = "certificate-self-signed", Error, in simulator Warning, check "C09" {
        why: "No authority stands behind it, so it has no level.",
        source: "docs/sources.md 3 (deck, the same slide; KB0011570)",
        breaks: "depot: certificates/self-signed.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A signature of the chain does not match.
    CERTIFICATE_SIGNATURE_INVALID = "certificate-signature-invalid", Error, in simulator Warning, check "C03" {
        why: "The certificate was altered, or another authority of the same name issued it.",
        source: "RFC 5280, section 6.1.3",
        breaks: "depot: certificates/forged.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }
}
