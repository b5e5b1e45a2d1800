//! A PKI for tests: certificate files that are right, or wrong in just the way that a line of words says.
//!
//! Nothing in it depends on today: the default certificate is valid from 2026 to 2036, and its authorities longer.
//! Within a process the same words give the same bytes; only the keys, hence signatures and fingerprints, differ
//! from one process to the next. It needs `openssl` and the standard library alone, so that unit tests can include
//! it by path: `#[path = "../../tests/it/support/pki/mod.rs"] mod pki;`.

mod authority;
mod certificate;
mod der;
mod keys;
mod pack;
mod recipe;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::OnceLock;

use openssl::sha::sha256;

use self::authority::authority;
use self::authority::path;
use self::certificate::Certificate;
use self::keys::Key;
use self::keys::Keys;
use self::keys::Signing;
use self::keys::public;
use self::pack::Content;
pub(crate) use self::pack::PASSWORD;
use self::recipe::Leaf;
pub(crate) use self::recipe::Recipe;

/// The authorities, the keys, and what was issued.
#[derive(Default)]
pub(crate) struct Pki {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: Keys,
    /// Certificates in DER, by the name of their authority or by what their leaf is.
    issued: BTreeMap<String, Vec<u8>>,
}

impl Pki {
    /// The one of this process.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Pki> = OnceLock::new();
        SHARED.get_or_init(Self::default)
    }

    /// A file by its words ([`Recipe::parse`]); none is a bundle that passes every check.
    pub(crate) fn file(&self, words: &str) -> Result<Vec<u8>, String> {
        self.pack(&Recipe::parse(words)?).map_err(|error| format!("{error}, in `{words}`"))
    }

    /// A file by its recipe.
    pub(crate) fn pack(&self, recipe: &Recipe) -> Result<Vec<u8>, String> {
        let mut state = self.state.lock().map_err(|error| error.to_string())?;
        let leaf = &recipe.leaf;
        let chain = match &recipe.file.chain {
            Some(chain) => chain.clone(),
            None if leaf.self_signed => vec!["leaf".to_owned()],
            None => [vec!["leaf".to_owned()], path(&leaf.issuer)?].concat(),
        };
        let content = Content {
            chain: chain
                .iter()
                .map(|member| match member.as_str() {
                    "leaf" => state.leaf(leaf),
                    "leaf2" => state.leaf(&leaf.other()),
                    name => state.authority(name),
                })
                .collect::<Result<_, _>>()?,
            leaf: state.leaf(leaf)?,
            key: state.key(leaf)?,
            request: state.request(leaf)?,
            revocations: state.revocations(leaf, recipe.file.revoked)?,
        };
        content.pack(&recipe.file)
    }

    /// The certificate of an authority (`root`, `issuing`, ...) in PEM, to be declared as an anchor.
    pub(crate) fn authority(&self, name: &str) -> Result<String, String> {
        let mut state = self.state.lock().map_err(|error| error.to_string())?;
        Ok(der::pem("CERTIFICATE", &state.authority(name)?))
    }
}

impl State {
    fn authority(&mut self, name: &str) -> Result<Vec<u8>, String> {
        if let Some(der) = self.issued.get(name) {
            return Ok(der.clone());
        }
        let der = authority(name)?.certificate(&mut self.keys)?;
        self.issued.insert(name.to_owned(), der.clone());
        Ok(der)
    }

    /// The key of a leaf: that of the name it shares, of its own name, or its own.
    fn key(&mut self, leaf: &Leaf) -> Result<Key, String> {
        let name = match (&leaf.same_key, leaf.name.as_str()) {
            (Some(other), _) => other.clone(),
            (None, "") => format!("{leaf:?}"),
            (None, name) => name.to_owned(),
        };
        self.keys.get(&format!("leaf {name}"), &leaf.key)
    }

    fn leaf(&mut self, leaf: &Leaf) -> Result<Vec<u8>, String> {
        let words = format!("{leaf:?}");
        if let Some(der) = self.issued.get(&words) {
            return Ok(der.clone());
        }
        let key = self.key(leaf)?;
        let own = public(&key, &leaf.key)?;
        let above = authority(&leaf.issuer)?;
        let signer = if leaf.self_signed { key } else { self.keys.get(above.key, above.kind)? };
        let identified = if leaf.self_signed { own.clone() } else { public(&signer, above.kind)? };
        let subject = subject(leaf)?;
        let certificate = Certificate {
            version: if leaf.first_version { 1 } else { 3 },
            serial: serial(leaf)?,
            issuer: if leaf.self_signed { subject.clone() } else { above.subject()? },
            subject,
            from: leaf.from.clone(),
            until: leaf.until.clone(),
            extensions: extensions(leaf, &own, &identified)?,
            public: own,
        };
        // Whoever forges has the names right and the key wrong.
        let signer = if leaf.forged { self.keys.get("forger", above.kind)? } else { signer };
        let der = certificate.sign(&signer, &leaf.signing)?;
        self.issued.insert(words, der.clone());
        Ok(der)
    }

    /// What is sent to an authority to get the leaf.
    fn request(&mut self, leaf: &Leaf) -> Result<Vec<u8>, String> {
        let key = self.key(leaf)?;
        let signing = Signing { digest: "sha256".to_owned(), pss: false };
        let parts =
            [der::integer(&[0]), subject(leaf)?, public(&key, &leaf.key)?, der::tagged(0, &[])];
        let algorithm = signing.algorithm(&key)?;
        certificate::signed(der::sequence(&parts), algorithm, &key, &signing)
    }

    /// The revocation list of the leaf's issuer, which lists the leaf or nothing.
    fn revocations(&mut self, leaf: &Leaf, listed: bool) -> Result<Vec<u8>, String> {
        let above = authority(&leaf.issuer)?;
        let key = self.keys.get(above.key, above.kind)?;
        let signing = Signing { digest: "sha256".to_owned(), pss: false };
        let algorithm = signing.algorithm(&key)?;
        let entry = der::sequence(&[der::integer(&serial(leaf)?), der::time("2026-06-01")?]);
        let parts = [
            der::integer(&[1]),
            algorithm.clone(),
            above.subject()?,
            der::time("2026-06-02")?,
            der::time("2050-01-01")?,
            if listed { der::sequence(&[entry]) } else { vec![] },
            der::tagged(
                0,
                &der::sequence(&[
                    certificate::authority_key(&public(&key, above.kind)?)?,
                    certificate::extension("2.5.29.20", false, &der::integer(&[1]))?,
                ]),
            ),
        ];
        certificate::signed(der::sequence(&parts), algorithm, &key, &signing)
    }
}

fn subject(leaf: &Leaf) -> Result<Vec<u8>, String> {
    let mut attributes = Vec::new();
    for (oid, value) in [
        (certificate::COUNTRY, leaf.country.as_ref()),
        (certificate::ORGANISATION, leaf.organisation.as_ref()),
        (certificate::UNIT, leaf.unit.as_ref()),
        (certificate::ORGANISATION_IDENTIFIER, leaf.identifier.as_ref()),
        (certificate::COMMON_NAME, Some(&leaf.common_name)),
    ] {
        attributes.extend(value.map(|value| (oid, value.as_str())));
    }
    certificate::name(&attributes)
}

fn serial(leaf: &Leaf) -> Result<Vec<u8>, String> {
    let mut bytes = sha256(format!("{leaf:?}").as_bytes())[..12].to_vec();
    bytes[0] = bytes[0] & 0x0F | 0x40;
    match leaf.serial.as_deref() {
        None => Ok(bytes),
        Some("negative") => {
            bytes[0] |= 0x80;
            Ok(bytes)
        }
        Some(number) => {
            let number: u32 = number.parse().map_err(|_| {
                format!("`serial={number}`: expected `negative` or a number of 32 bits")
            })?;
            let bytes = u64::from(number).to_be_bytes();
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            // A first byte above 0x7F would make it negative.
            let start = zeros - usize::from(zeros == 8 || bytes[zeros.min(7)] > 0x7F);
            Ok(bytes[start..].to_vec())
        }
    }
}

fn extensions(leaf: &Leaf, own: &[u8], issuer: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut extensions = vec![certificate::basic_constraints(leaf.authority, None)?];
    if let Some(usage) = &leaf.key_usage {
        extensions.push(certificate::key_usage(usage)?);
    }
    if let Some(usage) = &leaf.extended_key_usage {
        extensions.push(certificate::extended_key_usage(usage)?);
    }
    extensions.push(certificate::subject_key(own)?);
    extensions.push(certificate::authority_key(issuer)?);
    let hosts = leaf.hosts.clone().unwrap_or_else(|| vec![leaf.common_name.clone()]);
    if !hosts.is_empty() {
        extensions.push(certificate::alternative_names(&hosts)?);
    }
    if let Some(oids) = &leaf.policies {
        extensions.push(certificate::policies(oids)?);
    }
    if let Some(word) = &leaf.statements {
        extensions.push(certificate::statements(word)?);
    }
    extensions.push(certificate::issuer_access()?);
    extensions.push(certificate::revocation_list()?);
    if leaf.precertificate {
        extensions.push(certificate::poison()?);
    }
    if leaf.double_extension {
        extensions.push(certificate::subject_key(own)?);
    }
    Ok(extensions)
}
