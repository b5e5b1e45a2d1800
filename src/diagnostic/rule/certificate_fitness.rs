//! Whether a certificate fits: its level, its usages, its key, its names.

use crate::diagnostic::rule::rules;

rules! {
    CERTIFICATE_FITNESS_RULES = "Fitness of certificates";

    /// The key or the signature is of a kind that is rarely seen.
    CERTIFICATE_ALGORITHM = "certificate-algorithm", Warning, in simulator Notice, check "K03" {
        why: "RSA with PKCS#1 and named curves of NIST and Brainpool work everywhere; whether others do is not known.",
        source: "practice",
        breaks: "depot: certificates/ed25519.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// Only the domain of a certificate was checked.
    CERTIFICATE_DOMAIN_VALIDATED = "certificate-domain-validated", Error, in simulator Warning, check "P06" {
        why: "Such a certificate is neither RGS* nor QWAC.",
        source: "docs/sources.md 3 and 11 (deck, prerequisites; CA/Browser Forum, Baseline Requirements)",
        breaks: "depot: certificates/domain-validated.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate for AS2 cannot be used to encrypt.
    CERTIFICATE_ENCRYPTION = "certificate-encryption", Warning, in simulator Notice, strict true, check "U05" {
        why: "Chorus Pro encrypts AS2 messages with the partner's certificate, which takes an RSA key and keyEncipherment.",
        source: "docs/sources.md 3 (deck, «Télécharger les certificats de l'AIFE»); inferred",
        breaks: "g2b: certificates/signs-only.p7b",
        keeps: "g2b: certificates/ville-g2b.p7b",
    }

    /// The public exponent of an RSA key is small.
    CERTIFICATE_EXPONENT = "certificate-exponent", Warning, in simulator Notice, check "K04" {
        why: "ANSSI asks for an exponent above 65536.",
        source: "docs/sources.md 11 (ANSSI, RGS, annex B1)",
        breaks: "depot: certificates/exponent.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A key is too short, or will be before its certificate ends.
    CERTIFICATE_KEY_SHORT = "certificate-key-short", Error, in simulator Warning, check "K01", silenceable true {
        why: "ANSSI asks for RSA of 2048 bits or more, 3072 after 2030, and for curves of 256 bits or more.",
        source: "docs/sources.md 11 (ANSSI, RGS, annex B1)",
        breaks: "depot: certificates/short-key.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// An RSA key is shorter than what is asked for after 2030, and its certificate lasts longer.
    CERTIFICATE_KEY_SHORT_LATER = "certificate-key-short-later", Warning, in simulator Notice, check "K01" {
        why: "ANSSI asks for RSA of 3072 bits or more after 2030.",
        source: "docs/sources.md 11 (ANSSI, RGS, annex B1)",
        breaks: "depot: certificates/long-life.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate may not sign.
    CERTIFICATE_KEY_USAGE = "certificate-key-usage", Error, in simulator Warning, check "U03", silenceable true {
        why: "TLS and AS2 sign with the key, so its usages include digitalSignature.",
        source: "RFC 5280, section 4.2.1.3; docs/sources.md 11 (RGS, annex A4)",
        breaks: "depot: certificates/signs-nothing.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// Nothing in a certificate shows its level.
    CERTIFICATE_LEVEL_UNDETERMINED = "certificate-level-undetermined", Warning, in simulator Notice, strict true, check "P04" {
        why: "RGS* or QWAC is asked for; the first is told by the policy of the authority only, which not every table knows.",
        source: "docs/sources.md 3 and 11 (deck, prerequisites; KB0011570)",
        breaks: "depot: certificates/no-policy.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A server's certificate does not name its host among its alternative names.
    CERTIFICATE_NAMES = "certificate-names", Warning, in simulator Notice, check "N03" {
        why: "Programs look for the host among the alternative names only.",
        source: "RFC 6125, section 6.4.4; EN 319 412-4",
        breaks: "g2b: certificates/no-names.p7b",
        keeps: "g2b: certificates/ville-g2b.p7b",
    }

    /// A certificate has no TLS usage.
    CERTIFICATE_NO_TLS_USAGE = "certificate-no-tls-usage", Error, in simulator Warning, check "U01" {
        why: "AS2 takes certificates of servers, and of servers of client type.",
        source: "docs/sources.md 3 (deck, prerequisites)",
        breaks: "g2b: certificates/mail.p7b",
        keeps: "g2b: certificates/ville-g2b.p7b",
    }

    /// A server's certificate stands where one of client type is asked for.
    CERTIFICATE_NOT_CLIENT = "certificate-not-client", Error, in simulator Warning, check "U02" {
        why: "SFTP and PeSIT take certificates of servers of client type: their usages include clientAuth.",
        source: "docs/sources.md 3 (deck, prerequisites)",
        breaks: "depot: certificates/server-only.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// The certificate is the one of AIFE.
    CERTIFICATE_OF_AIFE = "certificate-of-aife", Error, in simulator Warning, check "X04" {
        why: "AIFE's certificates are installed on the partner's side; the sheet takes the partner's own.",
        source: "docs/sources.md 3 (deck, «Télécharger les certificats de l'AIFE»)",
        breaks: "depot: certificates/chorus-pro.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate is of another organization than the structure, and of no operator of the project.
    CERTIFICATE_OTHER_ORGANISATION = "certificate-other-organisation", Warning, in simulator Notice, check "N02" {
        why: "That is right for an operator; otherwise two files were mistaken for one another.",
        source: "practice",
        breaks: "depot: certificates/neighbour.p7b",
        keeps: "depot: certificates/own.p7b",
    }

    /// A certificate claims to be qualified for the web, and contradicts itself.
    CERTIFICATE_QWAC_CONTRADICTION = "certificate-qwac-contradiction", Error, in simulator Warning, check "P02" {
        why: "A QWAC has the statements QcCompliance and QcType web, not critical, under the law of the Union.",
        source: "EN 319 412-5, section 4; EN 319 411-2",
        breaks: "depot: certificates/double-type.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate is signed with a digest for which forgeries are known.
    CERTIFICATE_SIGNATURE_WEAK = "certificate-signature-weak", Error, in simulator Warning, check "K02" {
        why: "MD2, MD5 and SHA-1 are no longer allowed; of a root the signature has no meaning.",
        source: "docs/sources.md 11 (ANSSI, RGS, annex B1)",
        breaks: "depot: certificates/sha1.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate in one slot is made for the other.
    CERTIFICATE_SLOT_USAGE = "certificate-slot-usage", Warning, in simulator Notice, check "U07" {
        why: "The screen has «Certificat Serveur» and «Certificat Client»; perhaps the two were swapped.",
        source: "docs/sources.md 3 (deck, «Renseigner le certificat»)",
        breaks: "serveur: certificates/client-only.p7b",
        keeps: "serveur: certificates/metropole-pesit-serveur.p7b",
    }

    /// The subject of a certificate does not name the organization as French certificates do.
    CERTIFICATE_SUBJECT = "certificate-subject", Warning, in simulator Notice, check "N01" {
        why: "Country, organization and a registration number with a right SIREN belong into a certificate of a service.",
        source: "docs/sources.md 11 (RGS v2.0, annex A3, chapter III.1; EN 319 412-1, section 5.1.4)",
        breaks: "depot: certificates/no-number.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate was made for tests.
    CERTIFICATE_TEST = "certificate-test", Warning, in production Error, in simulator Notice, check "P07" {
        why: "The requirements are the same in qualification and production, and a certificate for tests meets none.",
        source: "docs/sources.md 11 (KB0011570; an older page of AIFE allowed it for tests)",
        breaks: "depot: certificates/test.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate says nothing about its usages.
    CERTIFICATE_USAGE_UNSTATED = "certificate-usage-unstated", Warning, in simulator Notice, strict true, check "U04" {
        why: "Whether it is a server's or of client type cannot be shown.",
        source: "RFC 5280, section 4.2.1.12",
        breaks: "depot: certificates/no-usage.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate is for all hosts of a domain.
    CERTIFICATE_WILDCARD = "certificate-wildcard", Warning, in simulator Notice, check "P08" {
        why: "Its key lies on many machines, and one certificate serves one connection.",
        source: "practice",
        breaks: "depot: certificates/wildcard.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// A certificate is for something else.
    CERTIFICATE_WRONG_KIND = "certificate-wrong-kind", Error, in simulator Warning, check "P05" {
        why: "Connections take certificates of servers, not of persons, seals, code, mail or time stamps.",
        source: "docs/sources.md 3 (deck, prerequisites)",
        breaks: "depot: certificates/seal.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }
}

rules! {
    CERTIFICATE_FACT_RULES = "Facts about certificates";

    /// A certificate of client type comes from an authority that may soon issue none.
    CERTIFICATE_CLIENT_USAGE_ENDS = "certificate-client-usage-ends", Notice, check "U06" {
        why: "Authorities that browsers trust may no longer issue for clients from 2027-03-15 on: the next certificate may lack that use.",
        source: "docs/sources.md 11 (Chrome Root Program Policy 1.8)",
    }

    /// A certificate is qualified for web authentication.
    CERTIFICATE_QWAC = "certificate-qwac", Notice, check "P01" {
        why: "A QWAC is one of the two levels that are asked for.",
        source: "docs/sources.md 3 and 11 (deck, prerequisites; EN 319 412-5)",
    }

    /// Whether a certificate was revoked has not been checked.
    CERTIFICATE_REVOCATION_UNCHECKED = "certificate-revocation-unchecked", Notice, check "R01" {
        why: "Checks work without network; a revocation list can be given.",
        source: "this project: docs/certificates.md",
    }

    /// The policy of a certificate stands for a level of the RGS.
    CERTIFICATE_RGS = "certificate-rgs", Notice, check "P03" {
        why: "RGS* is one of the two levels that are asked for; the table says how sure the row is.",
        source: "docs/sources.md 3 and 11 (deck, prerequisites)",
    }
}
