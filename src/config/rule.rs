//! The rules that reading the files can break, by their stable ids. Rules across resources are in `validate`.

/// A text is no YAML.
pub(crate) const YAML_SYNTAX: &str = "yaml-syntax";
/// A text is larger, deeper or more repetitive than any file needs to be.
pub(crate) const YAML_LIMIT: &str = "yaml-limit";
/// `<<` was used.
pub(crate) const YAML_MERGE_KEY: &str = "yaml-merge-key";
/// A tag was used.
pub(crate) const YAML_TAG: &str = "yaml-tag";
/// A key is written twice.
pub(crate) const DUPLICATE_KEY: &str = "duplicate-key";
/// A key is not known.
pub(crate) const UNKNOWN_KEY: &str = "unknown-key";
/// A key that is needed is missing.
pub(crate) const MISSING_KEY: &str = "missing-key";
/// A value has another shape than expected: a list for a text, for example.
pub(crate) const WRONG_SHAPE: &str = "wrong-shape";
/// A value breaks the rules of its kind.
pub(crate) const WRONG_VALUE: &str = "wrong-value";
/// A file cannot be read.
pub(crate) const UNREADABLE_FILE: &str = "unreadable-file";
/// A path leads out of the project.
pub(crate) const PATH_OUTSIDE: &str = "path-outside-project";
/// `version` is not ours.
pub(crate) const VERSION: &str = "unknown-version";
/// A secret stands in a file.
pub(crate) const LITERAL_SECRET: &str = "literal-secret";
/// A setting is read but not done yet.
pub(crate) const NOT_SUPPORTED: &str = "not-supported-yet";
/// The channel of an environment is missing, or two of its settings contradict each other.
pub(crate) const CHANNEL: &str = "environment-channel";
/// An override is for an environment that is not declared.
pub(crate) const UNKNOWN_ENVIRONMENT: &str = "unknown-environment";
/// A SIRET is no SIRET.
pub(crate) const SIRET_FORM: &str = "siret-form";
/// A SIRET has blanks or dots.
pub(crate) const SIRET_TIDIED: &str = "siret-tidied";
/// The checksum of a SIRET is wrong.
pub(crate) const SIRET_CHECKSUM: &str = "siret-checksum";
/// An exception is declared and not needed.
pub(crate) const SIRET_EXCEPTION: &str = "siret-exception-unneeded";
/// The name of an entity or the key of a resource has characters that an address has not.
pub(crate) const NAME: &str = "address-name";
/// Two entities have one name.
pub(crate) const DUPLICATE_ENTITY: &str = "duplicate-entity";
/// Two resources have one address.
pub(crate) const DUPLICATE_ADDRESS: &str = "duplicate-address";
/// A contact is named that is not declared.
pub(crate) const UNKNOWN_CONTACT: &str = "unknown-contact";
/// A technical account is named that is not declared.
pub(crate) const UNKNOWN_ACCOUNT: &str = "unknown-technical-account";
/// A certificate is named that is not declared.
pub(crate) const UNKNOWN_CERTIFICATE: &str = "unknown-certificate";
/// A certificate file cannot be taken.
pub(crate) const CERTIFICATE_FILE: &str = "certificate-file";
/// A certificate slot does not belong to the protocol, or is empty.
pub(crate) const CERTIFICATE_SLOT: &str = "certificate-slot";
/// The exchange system does not offer the protocol.
pub(crate) const PROTOCOL_NOT_OFFERED: &str = "protocol-not-offered";
/// A word is accepted, but written otherwise.
pub(crate) const SPELLING: &str = "spelling";
/// A network field belongs to another protocol, or is missing.
pub(crate) const NETWORK_FIELD: &str = "network-field";
/// An interface code is not in the catalogue.
pub(crate) const UNKNOWN_INTERFACE: &str = "unknown-interface";
/// An interface belongs to the other exchange system.
pub(crate) const INTERFACE_SYSTEM: &str = "interface-of-other-system";
/// A sheet subscribes to nothing.
pub(crate) const NO_SUBSCRIPTION: &str = "no-subscription";
/// An interface is subscribed to twice.
pub(crate) const DUPLICATE_SUBSCRIPTION: &str = "duplicate-subscription";
/// A usage is not in the catalogue.
pub(crate) const UNKNOWN_USAGE: &str = "unknown-usage";
/// The name of the publisher is missing, or not wanted.
pub(crate) const PUBLISHER: &str = "publisher-name";
/// The template for replacement names gives no usable names.
pub(crate) const REPLACEMENT_NAME: &str = "replacement-name";
/// A renaming leads nowhere, or in a circle.
pub(crate) const MOVED: &str = "moved";
/// A table cannot be read.
pub(crate) const TABLE: &str = "table";
/// The headers of a table are doubtful.
pub(crate) const TABLE_HEADER: &str = "table-header";
/// A row of a table has more or fewer cells than there are headers.
pub(crate) const TABLE_ROW: &str = "table-row";
/// A template cannot be read, or fails for a row.
pub(crate) const TEMPLATE: &str = "template";
/// No entity is declared at all.
pub(crate) const NO_ENTITY: &str = "no-entity";
