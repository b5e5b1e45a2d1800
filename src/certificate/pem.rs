//! Text with labelled blocks (RFC 7468), as people really have it: with notes around, old labels, Windows line ends.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;

use crate::certificate::refusal::Refusal;
use crate::language::message;

/// Reads base64 with or without padding, and with loose last bits.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The label of a certificate with settings of OpenSSL behind it.
pub(crate) const TRUSTED: &str = "TRUSTED CERTIFICATE";

/// The labels under which certificates and their containers are written today.
const LABELS: [&str; 5] = ["CERTIFICATE", "PKCS7", "CMS", TRUSTED, "X509 CRL"];

/// One block.
pub(crate) struct Block<'a> {
    /// Its label.
    pub(crate) label: &'a str,
    /// Its content.
    pub(crate) der: Vec<u8>,
}

/// The blocks of a text, and whether there is text around them.
pub(crate) struct Blocks<'a> {
    /// The blocks, in order.
    pub(crate) blocks: Vec<Block<'a>>,
    /// Whether something stands before, between or after them.
    pub(crate) text_around: bool,
}

impl Block<'_> {
    /// Whether its label is one that is no longer used for what it may hold.
    pub(crate) fn is_old(&self) -> bool {
        !LABELS.contains(&self.label)
            && matches!(self.label, "X509 CERTIFICATE" | "PKCS #7 SIGNED DATA")
    }
}

/// Finds all blocks; `None` when the text has none. A private key ends the search at once, whatever else is there.
pub(crate) fn blocks(text: &str) -> Result<Option<Blocks<'_>>, Refusal> {
    if text.contains("PRIVATE KEY-----") || text.contains("PuTTY-User-Key-File") {
        return Err(Refusal::PrivateKey);
    }
    let mut found = Blocks { blocks: Vec::new(), text_around: false };
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("-----BEGIN ") {
        found.text_around |= !before.trim().is_empty();
        let Some((label, body)) = after.split_once("-----") else {
            return Err(Refusal::Malformed(message!("its first line does not end in `-----`")));
        };
        let end = format!("-----END {label}-----");
        let Some((body, after)) = body.split_once(&end) else {
            return Err(Refusal::Malformed(message!("the line `{}` is missing", shown(&end))));
        };
        found.blocks.push(Block { label, der: decode(body)? });
        rest = after;
    }
    found.text_around |= !rest.trim().is_empty();
    Ok((!found.blocks.is_empty()).then_some(found))
}

/// The bytes of base64 that stands alone, without labels; `None` when the text is something else.
pub(crate) fn unlabelled(text: &str) -> Option<Vec<u8>> {
    decode(text).ok().filter(|der| der.len() > 16)
}

fn decode(body: &str) -> Result<Vec<u8>, Refusal> {
    let letters: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    BASE64.decode(letters).map_err(|_| Refusal::Malformed(message!("its base64 is damaged")))
}

/// A label comes from the file: it is cut, and keeps plain letters only.
fn shown(label: &str) -> String {
    label.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(60).collect()
}
