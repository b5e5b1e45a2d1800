//! Who issued whom: among the certificates of a file, and up to the authorities that are known to us.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::X509StoreContext;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::verify::X509VerifyParam;

use crate::certificate::knowledge::Knowledge;
use crate::certificate::path::Path;
use crate::domain::x509::Certificate;
use crate::domain::x509::CertificateFile;
use crate::domain::x509::Link;

/// How many authorities are added to a file at most: more than any chain has, cross-certificates included.
const ADDED: usize = 32;

/// How many signatures are checked for one file at most; those of a file made to be slow stay unverified.
const SIGNATURES: usize = 2_000;

/// The links among some certificates, and the known authorities that lie on a way up from them.
///
/// Indices count the certificates first, then the authorities. `read` holds certificates as `openssl` has read them,
/// as far as it has: it takes longer to read one again, with its key, than to check a signature.
pub(crate) fn links(
    certificates: &[Arc<Certificate>],
    read: Vec<X509>,
    knowledge: &Knowledge,
) -> (Vec<Link>, Vec<Arc<Certificate>>) {
    let mut all: Vec<Arc<Certificate>> = certificates.to_vec();
    let mut present: BTreeSet<_> = all.iter().map(|one| one.fingerprint.clone()).collect();
    let mut by_subject: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, one) in all.iter().enumerate() {
        by_subject.entry(one.subject.canonical()).or_default().push(index);
    }
    let mut read: BTreeMap<usize, Option<X509>> = (0..).zip(read.into_iter().map(Some)).collect();
    let mut links = Vec::new();
    let mut child = 0;
    while let Some(one) = all.get(child).map(Arc::clone) {
        let issuer_name = one.issuer.canonical();
        for authority in knowledge.named(&issuer_name) {
            let is_full = all.len() >= certificates.len() + ADDED;
            if !is_full && present.insert(authority.fingerprint.clone()) {
                by_subject.entry(issuer_name.clone()).or_default().push(all.len());
                all.push(authority);
            }
        }
        for issuer in by_subject.get(&issuer_name).into_iter().flatten().copied() {
            if issuer == child || one.self_signed || !keys_fit(&one, &all[issuer]) {
                continue;
            }
            for index in [child, issuer] {
                read.entry(index).or_insert_with(|| X509::from_der(&all[index].der).ok());
            }
            let member = |index: usize| read.get(&index).and_then(Option::as_ref);
            let verified = links.len() < SIGNATURES
                && member(child).zip(member(issuer)).is_some_and(|(child, issuer)| {
                    issuer.public_key().is_ok_and(|key| child.verify(&key).unwrap_or(false))
                });
            links.push(Link { child, issuer, verified });
        }
        child += 1;
    }
    (links, all.split_off(certificates.len()))
}

/// Whether the key identifiers match, where both are there (RFC 5280, section 4.2.1.1).
fn keys_fit(child: &Certificate, issuer: &Certificate) -> bool {
    match (&child.extensions.authority_key, &issuer.extensions.subject_key) {
        (Some(wanted), Some(found)) => wanted == found,
        _ => true,
    }
}

/// Whether the names of the leaf are among those that the authorities above it allow (RFC 5280, section 4.2.1.10).
pub(crate) fn within_constraints(file: &CertificateFile, path: &Path) -> bool {
    let constrains = path.authorities(file).any(|(_, one)| one.extensions.name_constraints);
    !constrains || !violates(file, path).unwrap_or(false)
}

/// Asks `openssl`, whose answer about names comes before all others; without the clock, and without its trust store.
fn violates(file: &CertificateFile, path: &Path) -> Result<bool, ErrorStack> {
    let mut members = path.members.iter().filter_map(|index| file.get(*index));
    let Some(leaf) = members.next() else { return Ok(false) };
    let leaf = X509::from_der(&leaf.der)?;
    let mut chain = Stack::new()?;
    let mut top = None;
    for member in members {
        let member = X509::from_der(&member.der)?;
        chain.push(member.clone())?;
        top = Some(member);
    }
    let Some(top) = top else { return Ok(false) };
    let mut store = X509StoreBuilder::new()?;
    store.add_cert(top)?;
    let mut settings = X509VerifyParam::new()?;
    settings.set_flags(X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::NO_CHECK_TIME)?;
    store.set_param(&settings)?;
    let mut context = X509StoreContext::new()?;
    context.init(&store.build(), &leaf, &chain, |context| {
        let verified = context.verify_cert()?;
        // `X509_V_ERR_PERMITTED_VIOLATION` and `X509_V_ERR_EXCLUDED_VIOLATION`.
        Ok(!verified && matches!(context.error().as_raw(), 47 | 48))
    })
}
