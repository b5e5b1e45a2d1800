//! The authorities: two roots, and what stands below them, right and wrong.

use super::certificate::COMMON_NAME;
use super::certificate::COUNTRY;
use super::certificate::Certificate;
use super::certificate::ORGANISATION;
use super::certificate::authority_key;
use super::certificate::basic_constraints;
use super::certificate::excluded_names;
use super::certificate::extended_key_usage;
use super::certificate::key_usage;
use super::certificate::name;
use super::certificate::policies;
use super::certificate::revocation_list;
use super::certificate::subject_key;
use super::keys::Keys;
use super::keys::Signing;
use super::keys::public;

/// One authority, in one certificate: a cross-certificate is an authority of its own here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Authority {
    common_name: &'static str,
    /// The name of its key; two certificates of one authority share it.
    pub(super) key: &'static str,
    pub(super) kind: &'static str,
    /// The authority above, or its own name for a root.
    pub(super) issuer: &'static str,
    from: &'static str,
    until: &'static str,
    may_issue: bool,
    may_sign: bool,
    below: Option<u8>,
    usage: Option<&'static str>,
    excluded: Option<&'static str>,
    digest: &'static str,
}

/// What each of them is unless it says otherwise.
const SOUND: Authority = Authority {
    common_name: "Exemple Émettrice",
    key: "issuing",
    kind: "p256",
    issuer: "root",
    from: "2020-01-01",
    until: "2050-01-01",
    may_issue: true,
    may_sign: true,
    below: Some(0),
    usage: None,
    excluded: None,
    digest: "sha256",
};

/// A name of [`authority`], and what is told when there is none.
pub(super) const NAMES: &str = "root, second-root, issuing, second, cross, cross-expired, stranger, rsa, server-only, expired, future, \
     not-a-ca, no-certsign, narrow, pathlen, constrained, sha1";

/// An authority by its name.
#[rustfmt::skip]
pub(super) fn authority(name: &str) -> Result<Authority, String> {
    Ok(match name {
        "root" => Authority { common_name: "Exemple Racine", key: "root", until: "2060-01-01", below: None, ..SOUND },
        "second-root" => Authority { common_name: "Exemple Racine Deux", key: "second-root", issuer: "second-root", until: "2060-01-01", below: None, ..SOUND },
        "issuing" => SOUND,
        "second" => Authority { common_name: "Exemple Émettrice Deux", key: "second", ..SOUND },
        // The same authority as `issuing`, under the other root.
        "cross" => Authority { issuer: "second-root", ..SOUND },
        "cross-expired" => Authority { issuer: "second-root", until: "2025-11-22", ..SOUND },
        // It has nothing to do with any leaf.
        "stranger" => Authority { common_name: "Exemple Étrangère", key: "stranger", issuer: "second-root", ..SOUND },
        "rsa" => Authority { common_name: "Exemple Émettrice RSA", key: "rsa", kind: "rsa3072", ..SOUND },
        "server-only" => Authority { common_name: "Exemple Serveurs", key: "server-only", usage: Some("serverAuth"), ..SOUND },
        "expired" => Authority { common_name: "Exemple Ancienne", key: "expired", until: "2025-01-01", ..SOUND },
        "future" => Authority { common_name: "Exemple Future", key: "future", from: "2040-01-01", ..SOUND },
        "not-a-ca" => Authority { common_name: "Exemple Sans Autorité", key: "not-a-ca", may_issue: false, below: None, ..SOUND },
        "no-certsign" => Authority { common_name: "Exemple Sans Signature", key: "no-certsign", may_sign: false, ..SOUND },
        // `narrow` allows no authority below it, and `pathlen` is one.
        "narrow" => Authority { common_name: "Exemple Étroite", key: "narrow", ..SOUND },
        "pathlen" => Authority { common_name: "Exemple Trop Bas", key: "pathlen", issuer: "narrow", ..SOUND },
        // It may not issue for names that end in `.example`.
        "constrained" => Authority { common_name: "Exemple Restreinte", key: "constrained", excluded: Some("example"), ..SOUND },
        "sha1" => Authority { common_name: "Exemple Faible", key: "sha1", digest: "sha1", ..SOUND },
        other => return Err(format!("`{other}` is no authority: expected one of {NAMES}")),
    })
}

impl Authority {
    fn is_root(self) -> bool {
        self.key == self.issuer
    }

    /// Its name, as subject and as issuer.
    pub(super) fn subject(self) -> Result<Vec<u8>, String> {
        name(&[
            (COUNTRY, "FR"),
            (ORGANISATION, "Exemple fictif raccord"),
            (COMMON_NAME, self.common_name),
        ])
    }

    /// Its certificate in DER.
    pub(super) fn certificate(self, keys: &mut Keys) -> Result<Vec<u8>, String> {
        let above = authority(self.issuer)?;
        let (own, signer) = (keys.get(self.key, self.kind)?, keys.get(above.key, above.kind)?);
        let own = public(&own, self.kind)?;
        let usages = if self.may_sign { &["keyCertSign", "cRLSign"][..] } else { &["cRLSign"] };
        let usages: Vec<_> = usages.iter().map(|usage| (*usage).to_owned()).collect();
        let mut extensions = vec![
            basic_constraints(self.may_issue, self.below)?,
            key_usage(&usages)?,
            subject_key(&own)?,
        ];
        if !self.is_root() {
            extensions.push(authority_key(&public(&signer, above.kind)?)?);
            extensions.push(policies(&["2.5.29.32.0".to_owned()])?);
            extensions.push(revocation_list()?);
        }
        if let Some(usage) = self.usage {
            extensions.push(extended_key_usage(&[usage.to_owned()])?);
        }
        if let Some(host) = self.excluded {
            extensions.push(excluded_names(host)?);
        }
        let certificate = Certificate {
            version: 3,
            serial: openssl::sha::sha256(format!("{self:?}").as_bytes())[..8]
                .iter()
                .enumerate()
                .map(|(at, byte)| if at == 0 { byte & 0x3F | 0x40 } else { *byte })
                .collect(),
            issuer: above.subject()?,
            subject: self.subject()?,
            from: self.from.to_owned(),
            until: self.until.to_owned(),
            public: own,
            extensions,
        };
        certificate.sign(&signer, &Signing { digest: self.digest.to_owned(), pss: false })
    }
}

/// An authority and those above it, up to the root.
pub(super) fn path(name: &str) -> Result<Vec<String>, String> {
    let mut path = vec![name.to_owned()];
    let mut at = authority(name)?;
    while !at.is_root() {
        path.push(at.issuer.to_owned());
        at = authority(at.issuer)?;
    }
    Ok(path)
}
