//! Certificates in a file, the way that people send them, or by mistake.

use openssl::error::ErrorStack;
use openssl::pkcs7::Pkcs7;
use openssl::pkcs7::Pkcs7Flags;
use openssl::pkcs12::Pkcs12;
use openssl::stack::Stack;
use openssl::symm::Cipher;
use openssl::x509::X509;

use super::der;
use super::keys::Key;
use super::recipe::File;

/// What goes into a file.
pub(super) struct Content {
    /// Certificates in DER, in the order of the recipe.
    pub(super) chain: Vec<Vec<u8>>,
    /// The leaf, also when the chain leaves it out.
    pub(super) leaf: Vec<u8>,
    pub(super) key: Key,
    /// A request for the leaf, and a revocation list of its issuer, in DER.
    pub(super) request: Vec<u8>,
    pub(super) revocations: Vec<u8>,
}

/// The password of containers and encrypted keys.
pub(crate) const PASSWORD: &str = "exemple";

impl Content {
    /// The bytes of a file.
    pub(super) fn pack(&self, file: &File) -> Result<Vec<u8>, String> {
        let broken = |error: ErrorStack| format!("`form={}`: {error}", file.form);
        let label = |usual: &'static str| file.label.as_deref().unwrap_or(usual);
        let text = |text: &str| text.as_bytes().to_vec();
        let first = || self.chain.first().cloned().unwrap_or_default();
        let blocks = || {
            let block = |der: &Vec<u8>| der::pem(label("CERTIFICATE"), der);
            self.chain.iter().map(block).collect::<String>()
        };
        let bytes = match file.form.as_str() {
            "p7-pem" => text(&der::pem(label("PKCS7"), &bundle(&self.chain)?)),
            "p7-der" => bundle(&self.chain)?,
            "p7-empty" => text(&der::pem(label("PKCS7"), &bundle(&[])?)),
            "p7-signed" => text(&der::pem(label("PKCS7"), &self.signed().map_err(broken)?)),
            "p7-enveloped" => text(&der::pem(label("PKCS7"), &self.enveloped().map_err(broken)?)),
            "pem" => text(&blocks()),
            "der" => first(),
            "csr" => text(&der::pem(label("CERTIFICATE REQUEST"), &self.request)),
            "crl" => text(&der::pem(label("X509 CRL"), &self.revocations)),
            "public-key" => self.key.public_key_to_pem().map_err(broken)?,
            "key" => self.key.private_key_to_pem_pkcs8().map_err(broken)?,
            "key-der" => self.key.private_key_to_pkcs8().map_err(broken)?,
            "key-pkcs1" => {
                let rsa = self.key.rsa().map_err(broken)?;
                rsa.private_key_to_pem().map_err(broken)?
            }
            "key-encrypted" => {
                let (cipher, password) = (Cipher::aes_256_cbc(), PASSWORD.as_bytes());
                self.key.private_key_to_pem_pkcs8_passphrase(cipher, password).map_err(broken)?
            }
            "pem-with-key" => {
                let key = self.key.private_key_to_pem_pkcs8().map_err(broken)?;
                [blocks().into_bytes(), key].concat()
            }
            "p12" => self.container().map_err(broken)?,
            "html" => text("<!DOCTYPE html>\n<html><body>Session expirée</body></html>\n"),
            "ssh" => {
                text("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExemple exploitation@ville.example\n")
            }
            "text" => text("Voici le certificat demandé.\n"),
            "empty" => vec![],
            other => return Err(format!("`form={other}` is not known")),
        };
        let bytes = if file.line_ends { with_line_ends(&bytes) } else { bytes };
        match file.around.as_deref() {
            None => Ok(bytes),
            Some("text") => {
                let before = "Bag Attributes\n    friendlyName: ville\nsubject=CN = ville\n";
                Ok([before.as_bytes(), &bytes, b"Cordialement,\n"].concat())
            }
            Some("bom") => Ok([&[0xEF, 0xBB, 0xBF], bytes.as_slice()].concat()),
            Some("trailing") => Ok([bytes.as_slice(), b"\0\0\0\0"].concat()),
            Some(other) => Err(format!("`around={other}`: expected text, bom or trailing")),
        }
    }

    fn parsed(&self) -> Result<(X509, Stack<X509>), ErrorStack> {
        let mut others = Stack::new()?;
        for der in &self.chain {
            if *der != self.leaf {
                others.push(X509::from_der(der)?)?;
            }
        }
        Ok((X509::from_der(&self.leaf)?, others))
    }

    /// A signed message, not a bundle of certificates.
    fn signed(&self) -> Result<Vec<u8>, ErrorStack> {
        let (leaf, others) = self.parsed()?;
        Pkcs7::sign(&leaf, &self.key, &others, b"Bonjour", Pkcs7Flags::BINARY)?.to_der()
    }

    /// An encrypted message.
    fn enveloped(&self) -> Result<Vec<u8>, ErrorStack> {
        let mut to = Stack::new()?;
        to.push(self.parsed()?.0)?;
        Pkcs7::encrypt(&to, b"Bonjour", Cipher::aes_256_cbc(), Pkcs7Flags::BINARY)?.to_der()
    }

    fn container(&self) -> Result<Vec<u8>, ErrorStack> {
        let (leaf, others) = self.parsed()?;
        let mut builder = Pkcs12::builder();
        builder.name("ville").pkey(&self.key).cert(&leaf).ca(others);
        builder.build2(PASSWORD)?.to_der()
    }
}

/// A `SignedData` with certificates alone (RFC 5652, 5.1): no content, no signer.
fn bundle(chain: &[Vec<u8>]) -> Result<Vec<u8>, String> {
    let certificates = if chain.is_empty() { vec![] } else { der::tagged(0, &chain.concat()) };
    let signed = der::sequence(&[
        der::integer(&[1]),
        der::set(&[]),
        der::sequence(&[der::oid("1.2.840.113549.1.7.1")?]),
        certificates,
        der::set(&[]),
    ]);
    Ok(der::sequence(&[der::oid("1.2.840.113549.1.7.2")?, der::tagged(0, &signed)]))
}

/// Lines as Windows ends them.
fn with_line_ends(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().fold(Vec::new(), |mut all, byte| {
        if *byte == b'\n' {
            all.push(b'\r');
        }
        all.push(*byte);
        all
    })
}
