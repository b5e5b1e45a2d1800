//! The extensions of a certificate (RFC 5280, section 4.2; EN 319 412-5; RFC 6962, section 3.1).

use std::collections::BTreeSet;

use x509_cert::der::Decode;
use x509_cert::der::Tag;
use x509_cert::der::Tagged as _;
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::asn1::Ia5StringRef;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::asn1::PrintableStringRef;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::AuthorityInfoAccessSyntax;
use x509_cert::ext::pkix::AuthorityKeyIdentifier;
use x509_cert::ext::pkix::BasicConstraints;
use x509_cert::ext::pkix::CertificatePolicies;
use x509_cert::ext::pkix::CrlDistributionPoints;
use x509_cert::ext::pkix::ExtendedKeyUsage;
use x509_cert::ext::pkix::KeyUsage as ParsedKeyUsage;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::ext::pkix::name::DistributionPointName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::certificate::der::elements;
use crate::certificate::facts::plain;
use crate::domain::x509::AlternativeName;
use crate::domain::x509::Extensions;
use crate::domain::x509::KeyUsage;
use crate::domain::x509::Policy;
use crate::domain::x509::Qualified;
use crate::domain::x509::oid;
use crate::language::Message;
use crate::language::message;

/// Reads all extensions; what is written twice or cannot be read is a fault.
pub(crate) fn read(written: &[Extension], faults: &mut Vec<Message>) -> Extensions {
    let mut read = Extensions::default();
    let mut seen = BTreeSet::new();
    for extension in written {
        let id = extension.extn_id.to_string();
        let bytes = extension.extn_value.as_bytes();
        if take(&mut read, &id, extension.critical, bytes).is_none() {
            faults.push(message!("its extension {} cannot be read", label(&id)));
        }
        if !seen.insert(id.clone()) {
            faults.push(message!("its extension {} stands in it twice", label(&id)));
        }
    }
    read
}

/// Takes one extension in; `None` when it cannot be read.
fn take(read: &mut Extensions, id: &str, critical: bool, bytes: &[u8]) -> Option<()> {
    match id {
        "2.5.29.19" => {
            let constraints: BasicConstraints = decoded(bytes)?;
            read.ca = Some(constraints.ca);
            read.path_length = constraints.path_len_constraint;
        }
        "2.5.29.15" => read.key_usage = Some(key_usage(decoded(bytes)?)),
        "2.5.29.37" => {
            let usages: ExtendedKeyUsage = decoded(bytes)?;
            read.extended_key_usage = Some(usages.0.iter().map(ToString::to_string).collect());
        }
        "2.5.29.17" => {
            let names: SubjectAltName = decoded(bytes)?;
            read.alternative_names = names.0.iter().map(alternative_name).collect();
        }
        "2.5.29.32" => {
            let policies: CertificatePolicies = decoded(bytes)?;
            read.policies = policies.0.iter().map(policy).collect();
        }
        "2.5.29.14" => {
            let key: SubjectKeyIdentifier = decoded(bytes)?;
            read.subject_key = Some(key.0.as_bytes().to_vec());
        }
        "2.5.29.35" => {
            let key: AuthorityKeyIdentifier = decoded(bytes)?;
            read.authority_key = key.key_identifier.map(|key| key.as_bytes().to_vec());
        }
        "2.5.29.31" => {
            let points: CrlDistributionPoints = decoded(bytes)?;
            let names = points.0.iter().filter_map(|point| match &point.distribution_point {
                Some(DistributionPointName::FullName(names)) => Some(names),
                _ => None,
            });
            read.crls_at = names.flatten().filter_map(address).collect();
        }
        "1.3.6.1.5.5.7.1.1" => {
            let access: AuthorityInfoAccessSyntax = decoded(bytes)?;
            let at = |method: &str| {
                let of = access.0.iter().filter(|one| one.access_method.to_string() == method);
                of.filter_map(|one| address(&one.access_location)).collect()
            };
            read.issuers_at = at("1.3.6.1.5.5.7.48.2");
            read.ocsp_at = at("1.3.6.1.5.5.7.48.1");
        }
        "2.5.29.30" => read.name_constraints = true,
        "1.3.6.1.5.5.7.1.3" => read.qualified = Some(qualified(critical, bytes)),
        "1.3.6.1.4.1.11129.2.4.3" => read.precertificate |= critical,
        _ => {}
    }
    Some(())
}

fn decoded<'a, T: Decode<'a>>(bytes: &'a [u8]) -> Option<T> {
    T::from_der(bytes).ok()
}

/// What people call an extension; the digits for what has no name here.
fn label(id: &str) -> &str {
    match id {
        "2.5.29.14" => "subjectKeyIdentifier",
        "2.5.29.15" => "keyUsage",
        "2.5.29.17" => "subjectAltName",
        "2.5.29.19" => "basicConstraints",
        "2.5.29.30" => "nameConstraints",
        "2.5.29.31" => "cRLDistributionPoints",
        "2.5.29.32" => "certificatePolicies",
        "2.5.29.35" => "authorityKeyIdentifier",
        "2.5.29.37" => "extendedKeyUsage",
        "1.3.6.1.5.5.7.1.1" => "authorityInfoAccess",
        "1.3.6.1.5.5.7.1.3" => "qcStatements",
        other => other,
    }
}

fn key_usage(parsed: ParsedKeyUsage) -> BTreeSet<KeyUsage> {
    [
        (parsed.digital_signature(), KeyUsage::DigitalSignature),
        (parsed.non_repudiation(), KeyUsage::NonRepudiation),
        (parsed.key_encipherment(), KeyUsage::KeyEncipherment),
        (parsed.data_encipherment(), KeyUsage::DataEncipherment),
        (parsed.key_agreement(), KeyUsage::KeyAgreement),
        (parsed.key_cert_sign(), KeyUsage::KeyCertSign),
        (parsed.crl_sign(), KeyUsage::CrlSign),
    ]
    .into_iter()
    .filter_map(|(is_set, usage)| is_set.then_some(usage))
    .collect()
}

fn alternative_name(name: &GeneralName) -> AlternativeName {
    match name {
        GeneralName::DnsName(host) => AlternativeName::Dns(plain(host.as_str())),
        GeneralName::Rfc822Name(mailbox) => AlternativeName::Email(plain(mailbox.as_str())),
        GeneralName::IpAddress(bytes) => match bytes.as_bytes() {
            [a, b, c, d] => AlternativeName::Ip(format!("{a}.{b}.{c}.{d}")),
            other => <[u8; 16]>::try_from(other).map_or(AlternativeName::Other, |bytes| {
                AlternativeName::Ip(std::net::Ipv6Addr::from(bytes).to_string())
            }),
        },
        _ => AlternativeName::Other,
    }
}

/// A web address.
fn address(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(plain(uri.as_str())),
        _ => None,
    }
}

fn policy(information: &x509_cert::ext::pkix::certpolicy::PolicyInformation) -> Policy {
    // `id-qt-cps` (RFC 5280, section 4.2.1.4).
    let statement = information.policy_qualifiers.iter().flatten().find_map(|qualifier| {
        let is_statement = qualifier.policy_qualifier_id.to_string() == "1.3.6.1.5.5.7.2.1";
        let text = qualifier.qualifier.as_ref()?.decode_as::<Ia5StringRef<'_>>().ok()?;
        is_statement.then(|| plain(text.as_str()))
    });
    Policy { oid: information.policy_identifier.to_string(), statement }
}

/// The statements (EN 319 412-5): a row of identifiers, each with its information.
fn qualified(critical: bool, bytes: &[u8]) -> Qualified {
    let mut read = Qualified { critical, ..Qualified::default() };
    let statements = AnyRef::from_der(bytes).ok().and_then(elements);
    let Some(statements) = statements else {
        return Qualified { unreadable: true, ..read };
    };
    for statement in statements {
        if take_statement(&mut read, statement).is_none() {
            read.unreadable = true;
        }
    }
    read
}

fn take_statement(read: &mut Qualified, statement: AnyRef<'_>) -> Option<()> {
    let parts = elements(statement)?;
    let id: ObjectIdentifier = parts.first()?.decode_as().ok()?;
    let information = parts.get(1).copied();
    match id.to_string().as_str() {
        oid::QC_COMPLIANCE => read.compliance = true,
        oid::QC_TYPE => {
            for kind in elements(information?)? {
                let kind: ObjectIdentifier = kind.decode_as().ok()?;
                read.types.push(kind.to_string());
            }
        }
        oid::QC_LEGISLATION => {
            for country in elements(information?)? {
                let code = match country.tag() {
                    Tag::PrintableString => country.decode_as::<PrintableStringRef<'_>>().ok()?,
                    _ => return None,
                };
                read.legislation.push(plain(code.as_str()));
            }
        }
        _ => {}
    }
    Some(())
}
