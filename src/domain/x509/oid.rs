//! Object identifiers that rules ask for, dotted. Sources: RFC 5280; EN 319 412-5; EN 319 411-2; CA/Browser Forum, Baseline Requirements.

/// `id-kp-serverAuth`.
pub(crate) const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
/// `id-kp-clientAuth`.
pub(crate) const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
/// `id-kp-codeSigning`.
pub(crate) const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
/// `id-kp-emailProtection`.
pub(crate) const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";
/// `id-kp-timeStamping`.
pub(crate) const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
/// `anyExtendedKeyUsage`.
pub(crate) const ANY_USAGE: &str = "2.5.29.37.0";

/// `commonName`.
pub(crate) const COMMON_NAME: &str = "2.5.4.3";
/// `countryName`.
pub(crate) const COUNTRY: &str = "2.5.4.6";
/// `organizationName`.
pub(crate) const ORGANIZATION: &str = "2.5.4.10";
/// `organizationalUnitName`.
pub(crate) const ORGANIZATIONAL_UNIT: &str = "2.5.4.11";
/// `organizationIdentifier`.
pub(crate) const ORGANIZATION_IDENTIFIER: &str = "2.5.4.97";

/// `id-qcs-pkixQCSyntax` statement that the certificate is qualified in the European Union.
pub(crate) const QC_COMPLIANCE: &str = "0.4.0.1862.1.1";
/// `esi4-qcStatement-6`: for what it is qualified.
pub(crate) const QC_TYPE: &str = "0.4.0.1862.1.6";
/// Qualified for electronic signatures.
pub(crate) const QC_TYPE_ESIGN: &str = "0.4.0.1862.1.6.1";
/// Qualified for electronic seals.
pub(crate) const QC_TYPE_ESEAL: &str = "0.4.0.1862.1.6.2";
/// Qualified for web authentication.
pub(crate) const QC_TYPE_WEB: &str = "0.4.0.1862.1.6.3";
/// `esi4-qcStatement-7`: qualified under the law of other countries.
pub(crate) const QC_LEGISLATION: &str = "0.4.0.1862.1.7";

/// What a person says for an extended usage or a qualified type; the digits for what has no word here.
pub(crate) fn word(oid: &str) -> &str {
    match oid {
        SERVER_AUTH => "serverAuth",
        CLIENT_AUTH => "clientAuth",
        CODE_SIGNING => "codeSigning",
        EMAIL_PROTECTION => "emailProtection",
        TIME_STAMPING => "timeStamping",
        ANY_USAGE => "anyExtendedKeyUsage",
        "1.3.6.1.5.5.7.3.9" => "OCSPSigning",
        QC_TYPE_ESIGN => "esign",
        QC_TYPE_ESEAL => "eseal",
        QC_TYPE_WEB => "web",
        other => other,
    }
}
