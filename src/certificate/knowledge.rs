//! What is known of authorities and of policies: dated lists that are part of the program, and what a project adds.
//!
//! The trust store of the system is never asked: a run gives the same answer on every machine, and the store of a
//! browser says nothing about RGS or eIDAS.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::LazyLock;

use jiff::civil::Date;
use openssl::x509::CrlStatus;
use openssl::x509::X509;
use openssl::x509::X509Crl;
use serde::Deserialize;

use crate::certificate::facts::canonical_name;
use crate::certificate::facts::facts;
use crate::domain::value::Fingerprint;
use crate::domain::x509::Certificate;
use crate::language::in_english;

/// An authority of a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Authority {
    /// SHA-256 of its certificate.
    pub(crate) sha256: String,
    /// Its name.
    pub(crate) name: String,
    /// Who runs it.
    pub(crate) owner: String,
    /// The country of its supervisor, two letters.
    pub(crate) country: String,
    /// The list that it stands in, by its key.
    pub(crate) list: String,
    /// Whether it is listed for web authentication; `None` when the list at hand does not say.
    #[serde(default)]
    pub(crate) web: Option<bool>,
    /// Whether its service is granted; a root has no service of its own.
    #[serde(default)]
    pub(crate) status: Status,
    /// The last day of its certificate.
    #[serde(default)]
    pub(crate) until: Option<Date>,
    /// Whether it is a root.
    #[serde(default)]
    pub(crate) root: bool,
}

/// What a list says about the service of an authority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// It may issue.
    #[default]
    Granted,
    /// It may no longer issue.
    Withdrawn,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    /// The day of the list.
    pub(crate) date: Date,
    /// Where it is published.
    pub(crate) source: String,
}

/// A policy under which certificates are issued.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyRow {
    /// Its identifier, dotted.
    pub(crate) oid: String,
    /// What it stands for.
    pub(crate) profile: PolicyProfile,
    /// What its certificates are for; empty when that is not known.
    #[serde(default)]
    pub(crate) usage: Vec<Usage>,
    /// Whose it is.
    #[serde(default)]
    pub(crate) owner: String,
    /// What it is called.
    #[serde(default)]
    pub(crate) name: String,
    /// The level that it stands for, in the words of its owner.
    #[serde(default)]
    pub(crate) level: Option<String>,
    /// How sure that is.
    pub(crate) confidence: Confidence,
    /// Where that is known from.
    pub(crate) source: String,
}

/// What a policy stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PolicyProfile {
    /// Qualified web authentication (eIDAS).
    Qwac,
    /// A level of the RGS.
    Rgs,
    /// A person's certificate.
    Person,
    /// A seal.
    Seal,
    /// Only the domain was checked.
    Dv,
    /// The organization was checked; says nothing about RGS and eIDAS.
    Ov,
    /// A person was checked; says nothing about RGS and eIDAS.
    Iv,
    /// The organization was checked at length; says nothing about RGS and eIDAS.
    Ev,
    /// A policy of authorities, never of a leaf.
    Authority,
    /// Says nothing about RGS and eIDAS.
    None,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Usage {
    /// «Serveur».
    Server,
    /// «Serveur de type Client».
    Client,
}

/// How sure a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Confidence {
    /// Recalled, or a weak inference.
    Low,
    /// A secondary source, or a well-supported inference.
    Medium,
    /// A primary source.
    High,
}

/// The embedded lists.
struct Embedded {
    lists: BTreeMap<String, List>,
    authorities: BTreeMap<String, Authority>,
    certificates: BTreeMap<String, Vec<Arc<Certificate>>>,
    policies: BTreeMap<String, PolicyRow>,
    browser_roots: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorityFile {
    lists: BTreeMap<String, List>,
    authorities: Vec<Authority>,
}

static EMBEDDED: LazyLock<Embedded> = LazyLock::new(|| {
    let file: AuthorityFile = parsed(include_str!("data/authorities.yaml"));
    let policies: Vec<PolicyRow> = parsed(include_str!("data/policies.yaml"));
    let mut certificates: BTreeMap<String, Vec<Arc<Certificate>>> = BTreeMap::new();
    for one in X509::stack_from_pem(include_bytes!("data/authorities.pem")).unwrap_or_default() {
        if let Ok(one) = facts(&one) {
            certificates.entry(one.subject.canonical()).or_default().push(Arc::new(one));
        }
    }
    Embedded {
        lists: file.lists,
        authorities: file.authorities.into_iter().map(|row| (row.sha256.clone(), row)).collect(),
        certificates,
        policies: policies.into_iter().map(|row| (row.oid.clone(), row)).collect(),
        browser_roots: include_str!("data/browser-roots.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_whitespace().next())
            .map(str::to_owned)
            .collect(),
    }
});

/// Reads embedded rows. They are part of the program, and a test reads them all.
fn parsed<T: for<'a> Deserialize<'a>>(text: &str) -> T {
    serde_yaml::from_str(text).expect("the embedded lists are read by a test")
}

/// Whether a list names a certificate; `None` when the issuer did not sign the list.
fn is_revoked(list: &[u8], certificate: &Certificate, issuer: &Certificate) -> Option<bool> {
    let list = X509Crl::from_der(list).ok()?;
    let key = X509::from_der(&issuer.der).ok()?.public_key().ok()?;
    if !list.verify(&key).unwrap_or(false) {
        return None;
    }
    let certificate = X509::from_der(&certificate.der).ok()?;
    Some(!matches!(list.get_by_serial(certificate.serial_number()), CrlStatus::NotRevoked))
}

/// The list to which a project's own authorities belong.
pub(crate) const OWN_LIST: &str = "raccord.yaml";

/// The embedded lists, and what a project adds to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Knowledge {
    authorities: BTreeMap<String, Authority>,
    certificates: BTreeMap<String, Vec<Arc<Certificate>>>,
    policies: BTreeMap<String, PolicyRow>,
    revocations: Vec<RevocationList>,
}

/// A revocation list that a project gives.
#[derive(Clone, Debug)]
struct RevocationList {
    /// Whose it is, in the canonical form of a name.
    issuer: String,
    /// The list as it is.
    der: Arc<[u8]>,
}

/// What the lists of a project say about a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revocation {
    /// There is no list of its issuer, so nothing is known.
    Unchecked,
    /// It is in no list of its issuer.
    NotListed,
    /// Its issuer revoked it.
    Revoked,
}

impl Knowledge {
    /// Adds a revocation list, in PEM or DER; `false` when it is none.
    pub(crate) fn add_revocation_list(&mut self, bytes: &[u8]) -> bool {
        let parsed = X509Crl::from_pem(bytes).or_else(|_| X509Crl::from_der(bytes));
        let (Ok(list), true) = (parsed, !bytes.is_empty()) else { return false };
        let (Ok(der), Ok(issuer)) = (list.to_der(), list.issuer_name().to_der()) else {
            return false;
        };
        let Some(issuer) = canonical_name(&issuer) else { return false };
        self.revocations.push(RevocationList { issuer, der: Arc::from(der) });
        true
    }

    /// What the lists say about a certificate of an issuer. A list that its issuer did not sign says nothing.
    pub(crate) fn revocation(&self, certificate: &Certificate, issuer: &Certificate) -> Revocation {
        let canonical = issuer.subject.canonical();
        let lists = self.revocations.iter().filter(|list| list.issuer == canonical);
        let mut found = Revocation::Unchecked;
        for list in lists {
            match is_revoked(&list.der, certificate, issuer) {
                Some(true) => return Revocation::Revoked,
                Some(false) => found = Revocation::NotListed,
                None => {}
            }
        }
        found
    }

    /// Adds an authority that the project trusts.
    pub(crate) fn add_authority(&mut self, certificate: Arc<Certificate>) {
        self.add_authority_of(certificate, OWN_LIST);
    }

    /// Adds an authority that someone trusts; `list` says where that is written.
    pub(crate) fn add_authority_of(&mut self, certificate: Arc<Certificate>, list: &str) {
        let sha256 = certificate.fingerprint.to_string();
        let row = Authority {
            sha256: sha256.clone(),
            name: in_english(|| certificate.subject.short()),
            owner: String::new(),
            country: String::new(),
            list: list.to_owned(),
            web: None,
            status: Status::Granted,
            until: Some(certificate.last_day()),
            root: certificate.self_signed,
        };
        if self.authorities.insert(sha256, row).is_none() {
            self.certificates.entry(certificate.subject.canonical()).or_default().push(certificate);
        }
    }

    /// Adds a policy, or puts another row in the place of one.
    pub(crate) fn add_policy(&mut self, row: PolicyRow) {
        self.policies.insert(row.oid.clone(), row);
    }

    /// An authority by the fingerprint of its certificate.
    pub(crate) fn authority(&self, fingerprint: &Fingerprint) -> Option<&Authority> {
        let sha256 = fingerprint.as_str();
        self.authorities.get(sha256).or_else(|| EMBEDDED.authorities.get(sha256))
    }

    /// A policy by its identifier.
    pub(crate) fn policy(&self, oid: &str) -> Option<&PolicyRow> {
        self.policies.get(oid).or_else(|| EMBEDDED.policies.get(oid))
    }

    /// The certificates of authorities of a name, in its canonical form.
    pub(crate) fn named(&self, canonical: &str) -> Vec<Arc<Certificate>> {
        let own = self.certificates.get(canonical).into_iter().flatten();
        own.chain(EMBEDDED.certificates.get(canonical).into_iter().flatten()).cloned().collect()
    }

    /// Whether browsers trust a root (the Mozilla list), whose rules then bind the certificates below it.
    pub(crate) fn is_browser_root(fingerprint: &Fingerprint) -> bool {
        EMBEDDED.browser_roots.contains(fingerprint.as_str())
    }

    /// A list by its key; `None` for what a project added.
    pub(crate) fn list(key: &str) -> Option<&'static List> {
        EMBEDDED.lists.get(key)
    }

    /// The day of the newest embedded list of France.
    pub(crate) fn date() -> Option<Date> {
        let french = EMBEDDED.lists.iter().filter(|(key, _)| key.starts_with("fr-"));
        french.map(|(_, list)| list.date).max()
    }
}
