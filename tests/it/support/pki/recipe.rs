//! What a certificate file is, in one line of words.

use super::keys::Signing;

/// A leaf and the file that it comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipe {
    pub(super) leaf: Leaf,
    pub(super) file: File,
}

/// The certificate of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// Tells certificates apart that have the same words; a name has one key.
    pub(super) name: String,
    pub(super) same_key: Option<String>,
    pub(super) common_name: String,
    pub(super) country: Option<String>,
    pub(super) organisation: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) identifier: Option<String>,
    pub(super) from: String,
    pub(super) until: String,
    /// `None` leaves the extension out, here and below.
    pub(super) extended_key_usage: Option<Vec<String>>,
    pub(super) key_usage: Option<Vec<String>>,
    /// Host names; the common name unless given.
    pub(super) hosts: Option<Vec<String>>,
    pub(super) policies: Option<Vec<String>>,
    pub(super) statements: Option<String>,
    pub(super) key: String,
    pub(super) signing: Signing,
    pub(super) serial: Option<String>,
    pub(super) issuer: String,
    pub(super) self_signed: bool,
    pub(super) forged: bool,
    pub(super) authority: bool,
    pub(super) precertificate: bool,
    pub(super) first_version: bool,
    pub(super) double_extension: bool,
}

/// How certificates are put into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// `leaf`, `leaf2`, and names of authorities; the whole path unless given.
    pub(super) chain: Option<Vec<String>>,
    pub(super) form: String,
    pub(super) label: Option<String>,
    pub(super) around: Option<String>,
    pub(super) line_ends: bool,
    pub(super) revoked: bool,
}

impl Default for Recipe {
    /// What passes every check, for each protocol.
    fn default() -> Self {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            leaf: Leaf {
                name: String::new(),
                same_key: None,
                common_name: "sftp.ville.example".to_owned(),
                country: Some("FR".to_owned()),
                organisation: Some("Ville d'Exemple".to_owned()),
                unit: Some("0002 999910011".to_owned()),
                identifier: Some("NTRFR-999910011".to_owned()),
                from: "2026-01-01".to_owned(),
                until: "2036-01-01".to_owned(),
                extended_key_usage: Some(list(&["serverAuth", "clientAuth"])),
                key_usage: Some(list(&["digitalSignature", "keyEncipherment"])),
                hosts: None,
                policies: Some(list(&["0.4.0.194112.1.5"])),
                statements: Some("web".to_owned()),
                // Rules on keys want 3072 bits of what is valid after 2030.
                key: "rsa3072".to_owned(),
                signing: Signing { digest: "sha256".to_owned(), pss: false },
                serial: None,
                issuer: "issuing".to_owned(),
                self_signed: false,
                forged: false,
                authority: false,
                precertificate: false,
                first_version: false,
                double_extension: false,
            },
            file: File {
                chain: None,
                form: "p7-pem".to_owned(),
                label: None,
                around: None,
                line_ends: false,
                revoked: false,
            },
        }
    }
}

impl Recipe {
    /// Reads `word key=value key="value with spaces" ...`; the last of two that say the same holds.
    ///
    /// Of the certificate: `name=`, `same-key=NAME`, `cn=`, `country=`, `org=`, `ou=`, `org-id=`, `siren=` (unit and
    /// identifier), `no-country`, `no-org`, `no-org-id` (neither unit nor identifier), `from=`, `until=`, `eku=`, `ku=`, `san=`,
    /// `policies=`, `qc=` (each a list with commas, or `none`), `key=`, `digest=`, `pss`, `serial=0|negative|NUMBER`, `issuer=`,
    /// `self-signed`, `forged`, `ca`, `precert`, `v1`, `double-extension`.
    /// Of the file: `chain=` (`leaf`, `leaf2`, authorities), `form=`, `label=`, `around=text|bom|trailing`, `crlf`,
    /// `revoked` (with `form=crl`).
    ///
    /// - `key=`: `rsa3072` (cheap: the others are made one by one), `rsa1024`, `rsa2048`, `rsa2048e3`, `rsa-pss`, `p256`, `p384`,
    ///   `p224`, `brainpool256`, `p256-explicit`, `ed25519`, `dsa`.
    /// - `digest=`: `sha256`, `sha384`, `sha1`, `md5`.
    /// - `qc=`: `web`, `esign`, `eseal`, `double`, `no-type`, `no-compliance`, `no-pds`, `third-country`, `critical`, `misplaced`.
    /// - `issuer=`: the names of [`super::authority::authority`].
    /// - `form=`: `p7-pem`, `p7-der`, `p7-empty`, `p7-signed`, `p7-enveloped`, `pem`, `der`, `csr`, `crl`, `public-key`, `key`, `key-der`,
    ///   `key-pkcs1`, `key-encrypted`, `pem-with-key`, `p12`, `html`, `ssh`, `text`, `empty`.
    pub(crate) fn parse(words: &str) -> Result<Self, String> {
        let mut recipe = Self::default();
        for word in split(words)? {
            match word.split_once('=') {
                Some((key, value)) => recipe.set(key, value)?,
                None => recipe.mark(&word)?,
            }
        }
        // Only RSA signs these ways, and the usual authority has a key on a curve.
        let leaf = &mut recipe.leaf;
        if (leaf.signing.pss || leaf.signing.digest == "md5") && leaf.issuer == "issuing" {
            "rsa".clone_into(&mut leaf.issuer);
        }
        Ok(recipe)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let (leaf, file) = (&mut self.leaf, &mut self.file);
        let text = value.to_owned();
        let list = || value.split(',').map(str::to_owned).collect::<Vec<_>>();
        let unless_none = || (value != "none").then(list);
        match key {
            "name" => leaf.name = text,
            "same-key" => leaf.same_key = Some(text),
            "cn" => leaf.common_name = text,
            "country" => leaf.country = Some(text),
            "org" => leaf.organisation = Some(text),
            "ou" => leaf.unit = Some(text),
            "org-id" => leaf.identifier = Some(text),
            "siren" => {
                leaf.unit = Some(format!("0002 {value}"));
                leaf.identifier = Some(format!("NTRFR-{value}"));
            }
            "from" => leaf.from = text,
            "until" => leaf.until = text,
            "eku" => leaf.extended_key_usage = unless_none(),
            "ku" => leaf.key_usage = unless_none(),
            "san" => leaf.hosts = Some(unless_none().unwrap_or_default()),
            "policies" => leaf.policies = unless_none(),
            "qc" => leaf.statements = (value != "none").then_some(text),
            "key" => leaf.key = text,
            "digest" => leaf.signing.digest = text,
            "serial" => leaf.serial = Some(text),
            "issuer" => leaf.issuer = text,
            "chain" => file.chain = Some(list()),
            "form" => file.form = text,
            "label" => file.label = Some(text),
            "around" => file.around = Some(text),
            _ => return Err(format!("`{key}=` is no word of a recipe")),
        }
        Ok(())
    }

    fn mark(&mut self, word: &str) -> Result<(), String> {
        let leaf = &mut self.leaf;
        match word {
            "no-country" => leaf.country = None,
            "no-org" => leaf.organisation = None,
            "no-org-id" => (leaf.unit, leaf.identifier) = (None, None),
            "pss" => leaf.signing.pss = true,
            "self-signed" => leaf.self_signed = true,
            "forged" => leaf.forged = true,
            "ca" => leaf.authority = true,
            "precert" => leaf.precertificate = true,
            "v1" => leaf.first_version = true,
            "double-extension" => leaf.double_extension = true,
            "crlf" => self.file.line_ends = true,
            "revoked" => self.file.revoked = true,
            _ => return Err(format!("`{word}` is no word of a recipe")),
        }
        Ok(())
    }
}

impl Leaf {
    /// Another leaf of the same kind, with its own name, host and key.
    pub(super) fn other(&self) -> Self {
        Self {
            name: format!("{}-2", self.name),
            common_name: format!("autre-{}", self.common_name),
            ..self.clone()
        }
    }
}

/// The words of a line; double quotes keep spaces together.
fn split(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            space if space.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    if quoted { Err(format!("a quote is left open in `{line}`")) } else { Ok(words) }
}
