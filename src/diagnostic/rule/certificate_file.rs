//! Files of certificates: what the portal's form takes, and what Chorus Pro can read.

use crate::diagnostic::rule::rules;

rules! {
    CERTIFICATE_FILE_RULES = "Certificate files";

    /// A file holds certificates of authorities only.
    CERTIFICATE_AUTHORITY_ONLY = "certificate-authority-only", Error, in simulator Warning, check "F11" {
        why: "The certificate of the connection itself is missing.",
        source: "docs/sources.md 3 (deck, «Les prérequis au raccordement : EDI - certificats»)",
        breaks: "depot: certificates/authorities-only.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A PKCS#7 is of a kind that carries no chain, or holds no certificate.
    CERTIFICATE_CONTAINER = "certificate-container", Error, check "F05" {
        why: "The chain is sent as PKCS#7 signed data with certificates and nothing else.",
        source: "docs/sources.md 3 (deck, the same slide); RFC 2315, section 9.1",
        breaks: "depot: certificates/enveloped.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A PKCS#7 is a signed message instead of a chain.
    CERTIFICATE_CONTAINER_SIGNED = "certificate-container-signed", Warning, check "F06" {
        why: "A chain has no signer and no content; a program that expects one may refuse it.",
        source: "RFC 2315, section 9.1",
        breaks: "depot: certificates/signed.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate lies in its file twice.
    CERTIFICATE_DUPLICATE = "certificate-duplicate", Warning, check "F10" {
        why: "It says nothing new, and mostly another certificate was meant.",
        source: "practice",
        breaks: "depot: certificates/twice.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// The extension of a file says something else than its content.
    CERTIFICATE_ENCODING = "certificate-encoding", Warning, check "F08" {
        why: "Programs that go by the extension cannot read it.",
        source: "practice",
        breaks: "depot: certificates/binary.pem",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate file has an extension that the portal does not take.
    CERTIFICATE_EXTENSION = "certificate-extension", Error, check "F01" {
        why: "The form takes p7b, crt, cer and pem.",
        source: "docs/sources.md 1 (deck, «Renseigner le certificat»)",
        breaks: "depot: certificates/chain.p7c",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate file holds no certificate.
    CERTIFICATE_FILE = "certificate-file", Error, check "F04" {
        why: "A request, a revocation list, a bare key or a web page is no certificate.",
        source: "docs/sources.md 1 and 3 (deck, «Renseigner le certificat»)",
        breaks: "depot: certificates/notes.pem",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// Something lies in a certificate file beside the certificates.
    CERTIFICATE_FILE_SURPLUS = "certificate-file-surplus", Warning, check "F09" {
        why: "Text, marks or bytes around the data make some programs refuse the file.",
        source: "practice; RFC 7468, section 2",
        breaks: "depot: certificates/notes-around.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate breaks the rules of its own format.
    CERTIFICATE_MALFORMED = "certificate-malformed", Error, in simulator Warning, check "F14", silenceable true {
        why: "Programs differ in what they forgive, and the one at the other end may not.",
        source: "RFC 5280, sections 4.1 and 4.2",
        breaks: "depot: certificates/negative-serial.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate file is no PKCS#7.
    CERTIFICATE_NOT_PKCS7 = "certificate-not-pkcs7", Warning, in simulator Notice, strict true, check "F07" {
        why: "The public parts are to be sent as PKCS#7 with the whole chain, though the form takes other files.",
        source: "docs/sources.md 1 and 3 (deck, both slides; KB0011570)",
        breaks: "depot: certificates/chain.pem",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate was downloaded from a transparency log instead of its authority.
    CERTIFICATE_PRECERTIFICATE = "certificate-precertificate", Error, in simulator Warning, check "F13" {
        why: "A pre-certificate is made to be refused.",
        source: "RFC 6962, section 3.1",
        breaks: "depot: certificates/precertificate.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A file holds certificates of several owners.
    CERTIFICATE_SEVERAL_LEAVES = "certificate-several-leaves", Error, in simulator Warning, check "F12" {
        why: "A slot takes one certificate, and which one is meant cannot be told.",
        source: "docs/sources.md 3 (deck, «Renseigner le certificat»)",
        breaks: "depot: certificates/two.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate file is as large as the limit of the portal, whichever way that is read.
    CERTIFICATE_SIZE_UNCLEAR = "certificate-size-unclear", Warning, check "F02" {
        why: "The form says 5 Mo: whether that is 5,000,000 or 5,242,880 bytes is not known.",
        source: "docs/sources.md 1 (deck, «Renseigner le certificat»)",
        breaks: "depot: certificates/large.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate file is too large.
    CERTIFICATE_TOO_LARGE = "certificate-too-large", Error, check "F02" {
        why: "The form takes files of at most 5 Mo.",
        source: "docs/sources.md 1 (deck, «Renseigner le certificat»)",
        breaks: "depot: certificates/huge.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }
}
