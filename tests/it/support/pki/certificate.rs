//! The certificate as RFC 5280 lays it out, and its extensions; nothing keeps it from being wrong.

use openssl::sha::sha256;

use super::der;
use super::keys::Key;
use super::keys::Signing;

/// What is signed.
pub(super) struct Certificate {
    /// 3, or 1 without extensions.
    pub(super) version: u8,
    /// Two's complement, most significant byte first.
    pub(super) serial: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) subject: Vec<u8>,
    /// A day or a moment, as [`der::time`] reads it.
    pub(super) from: String,
    pub(super) until: String,
    /// `SubjectPublicKeyInfo`.
    pub(super) public: Vec<u8>,
    pub(super) extensions: Vec<Vec<u8>>,
}

impl Certificate {
    /// The certificate in DER, signed.
    pub(super) fn sign(&self, key: &Key, signing: &Signing) -> Result<Vec<u8>, String> {
        let algorithm = signing.algorithm(key)?;
        let mut parts = vec![
            der::integer(&self.serial),
            algorithm.clone(),
            self.issuer.clone(),
            der::sequence(&[der::time(&self.from)?, der::time(&self.until)?]),
            self.subject.clone(),
            self.public.clone(),
        ];
        if self.version == 3 {
            parts.insert(0, der::tagged(0, &der::integer(&[2])));
            parts.push(der::tagged(3, &der::sequence(&self.extensions)));
        }
        signed(der::sequence(&parts), algorithm, key, signing)
    }
}

/// What is signed, how, and the signature: the shape of certificates, requests and revocation lists.
pub(super) fn signed(
    body: Vec<u8>,
    algorithm: Vec<u8>,
    key: &Key,
    signing: &Signing,
) -> Result<Vec<u8>, String> {
    let signature = signing.sign(key, &body)?;
    Ok(der::sequence(&[body, algorithm, der::bit_string(&signature)]))
}

/// A name of the attributes given, one in each part: OID and value.
pub(super) fn name(attributes: &[(&str, &str)]) -> Result<Vec<u8>, String> {
    let mut parts = Vec::new();
    for (oid, value) in attributes {
        let text = if *oid == COUNTRY { der::printable(value) } else { der::utf8(value) };
        parts.push(der::set(&[der::sequence(&[der::oid(oid)?, text])]));
    }
    Ok(der::sequence(&parts))
}

pub(super) const COUNTRY: &str = "2.5.4.6";
pub(super) const ORGANISATION: &str = "2.5.4.10";
pub(super) const UNIT: &str = "2.5.4.11";
pub(super) const COMMON_NAME: &str = "2.5.4.3";
pub(super) const ORGANISATION_IDENTIFIER: &str = "2.5.4.97";

/// One extension.
pub(super) fn extension(oid: &str, critical: bool, value: &[u8]) -> Result<Vec<u8>, String> {
    let critical = if critical { der::truth() } else { vec![] };
    Ok(der::sequence(&[der::oid(oid)?, critical, der::octets(value)]))
}

/// Whether it may issue, and how many authorities may stand below it.
pub(super) fn basic_constraints(authority: bool, below: Option<u8>) -> Result<Vec<u8>, String> {
    let authority = if authority { der::truth() } else { vec![] };
    let below = below.map(|below| der::integer(&[below])).unwrap_or_default();
    extension("2.5.29.19", true, &der::sequence(&[authority, below]))
}

/// What the key may do, by the names of RFC 5280.
pub(super) fn key_usage(names: &[String]) -> Result<Vec<u8>, String> {
    const NAMES: [&str; 7] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
    ];
    let number = |name: &String| {
        let at = NAMES.iter().position(|known| known == name);
        at.and_then(|at| u8::try_from(at).ok())
            .ok_or_else(|| format!("`ku={name}`: expected one of {}", NAMES.join(", ")))
    };
    let numbers = names.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    extension("2.5.29.15", true, &der::named_bits(&numbers))
}

/// What the certificate is for, by name or by OID.
pub(super) fn extended_key_usage(names: &[String]) -> Result<Vec<u8>, String> {
    let oid = |name: &String| {
        der::oid(match name.as_str() {
            "any" => "2.5.29.37.0",
            "serverAuth" => "1.3.6.1.5.5.7.3.1",
            "clientAuth" => "1.3.6.1.5.5.7.3.2",
            "codeSigning" => "1.3.6.1.5.5.7.3.3",
            "emailProtection" => "1.3.6.1.5.5.7.3.4",
            "timeStamping" => "1.3.6.1.5.5.7.3.8",
            "ocspSigning" => "1.3.6.1.5.5.7.3.9",
            other => other,
        })
    };
    let oids = names.iter().map(oid).collect::<Result<Vec<_>, _>>()?;
    extension("2.5.29.37", false, &der::sequence(&oids))
}

/// What tells keys apart in extensions.
pub(super) fn key_identifier(public: &[u8]) -> Vec<u8> {
    sha256(public)[..20].to_vec()
}

/// Which key the certificate is for.
pub(super) fn subject_key(public: &[u8]) -> Result<Vec<u8>, String> {
    extension("2.5.29.14", false, &der::octets(&key_identifier(public)))
}

/// Which key signed it.
pub(super) fn authority_key(public: &[u8]) -> Result<Vec<u8>, String> {
    let identifier = der::tagged_bytes(0, &key_identifier(public));
    extension("2.5.29.35", false, &der::sequence(&[identifier]))
}

/// Host names.
pub(super) fn alternative_names(hosts: &[String]) -> Result<Vec<u8>, String> {
    let names: Vec<_> = hosts.iter().map(|host| der::tagged_bytes(2, host.as_bytes())).collect();
    extension("2.5.29.17", false, &der::sequence(&names))
}

/// Policies; the first says where its practice statement is.
pub(super) fn policies(oids: &[String]) -> Result<Vec<u8>, String> {
    let mut parts = Vec::new();
    for (at, oid) in oids.iter().enumerate() {
        let mut part = vec![der::oid(oid)?];
        if at == 0 {
            let statement =
                [der::oid("1.3.6.1.5.5.7.2.1")?, der::ia5("http://cps.example/politique")];
            part.push(der::sequence(&[der::sequence(&statement)]));
        }
        parts.push(der::sequence(&part));
    }
    extension("2.5.29.32", false, &der::sequence(&parts))
}

/// Where the issuer's certificate and the answers on revocation are.
pub(super) fn issuer_access() -> Result<Vec<u8>, String> {
    let access = |oid: &str, url: &str| {
        Ok::<_, String>(der::sequence(&[der::oid(oid)?, der::tagged_bytes(6, url.as_bytes())]))
    };
    let value = der::sequence(&[
        access("1.3.6.1.5.5.7.48.2", "http://aia.example/emettrice.cer")?,
        access("1.3.6.1.5.5.7.48.1", "http://aia.example/ocsp")?,
    ]);
    extension("1.3.6.1.5.5.7.1.1", false, &value)
}

/// Where the revocation list is.
pub(super) fn revocation_list() -> Result<Vec<u8>, String> {
    let url = der::tagged_bytes(6, b"http://crl.example/emettrice.crl");
    let point = der::sequence(&[der::tagged(0, &der::tagged(0, &url))]);
    extension("2.5.29.31", false, &der::sequence(&[point]))
}

/// Names that may not be issued below this authority.
pub(super) fn excluded_names(host: &str) -> Result<Vec<u8>, String> {
    let subtree = der::sequence(&[der::tagged_bytes(2, host.as_bytes())]);
    extension("2.5.29.30", true, &der::sequence(&[der::tagged(1, &subtree)]))
}

/// What marks a pre-certificate (RFC 6962, 3.1).
pub(super) fn poison() -> Result<Vec<u8>, String> {
    extension("1.3.6.1.4.1.11129.2.4.3", true, &der::null())
}

/// QCStatements (EN 319 412-5), by the word of a recipe.
pub(super) fn statements(word: &str) -> Result<Vec<u8>, String> {
    let statement =
        |oid: &str, info: Vec<u8>| Ok::<_, String>(der::sequence(&[der::oid(oid)?, info]));
    let compliance = statement("0.4.0.1862.1.1", vec![])?;
    let kinds = |oids: &[&str]| {
        let oids = oids.iter().map(|oid| der::oid(oid)).collect::<Result<Vec<_>, _>>()?;
        statement("0.4.0.1862.1.6", der::sequence(&oids))
    };
    let web = kinds(&["0.4.0.1862.1.6.3"])?;
    let location = der::sequence(&[der::ia5("https://pds.example/en"), der::printable("en")]);
    let disclosure = statement("0.4.0.1862.1.5", der::sequence(&[location]))?;
    let chosen = match word {
        "web" | "critical" => vec![compliance, web, disclosure],
        "esign" => vec![compliance, kinds(&["0.4.0.1862.1.6.1"])?, disclosure],
        "eseal" => vec![compliance, kinds(&["0.4.0.1862.1.6.2"])?, disclosure],
        "double" => {
            vec![compliance, kinds(&["0.4.0.1862.1.6.3", "0.4.0.1862.1.6.1"])?, disclosure]
        }
        "no-type" => vec![compliance, disclosure],
        "no-compliance" => vec![web, disclosure],
        "no-pds" => vec![compliance, web],
        "third-country" => {
            let countries = der::sequence(&[der::printable("CH")]);
            vec![compliance, web, disclosure, statement("0.4.0.1862.1.7", countries)?]
        }
        // Seen in the wild: the value of a type where the name of a statement belongs.
        "misplaced" => vec![compliance, statement("0.4.0.1862.1.6.3", vec![])?, disclosure],
        other => return Err(format!("`qc={other}` is not known")),
    };
    extension("1.3.6.1.5.5.7.1.3", word == "critical", &der::sequence(&chosen))
}
