//! The forms of texts in our files, for the schema. An editor may take a number where digits are written without quotes.

use crate::config::manifest::decode::forms;

forms! {
    /// A SIRET.
    SiretForm = {
        "type": ["string", "integer"],
        "pattern": "^[0-9 .\u{a0}\u{202f}]{14,}$",
        "examples": ["21750001600019"]
    }
    /// The name of an entity.
    NameForm = { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$" }
    /// The name of an EDI sheet.
    SheetNameForm = { "type": "string", "minLength": 1, "maxLength": 100 }
    /// An e-mail address.
    EmailForm = { "type": "string", "format": "email" }
    /// A telephone number.
    PhoneForm = { "type": ["string", "integer"], "examples": ["+33123456789"] }
    /// A day.
    DateForm = { "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }
    /// A number of days.
    DaysForm = { "type": "string", "pattern": "^[0-9]{1,4}d$", "examples": ["14d"] }
    /// A limit of the policy.
    LimitForm = { "type": ["string", "integer"], "pattern": "^[0-9]+%?$", "minimum": 0, "examples": [5, "10%"] }
    /// How many requests in which time.
    RateForm = { "type": "string", "pattern": "^[0-9]+/[smh]$", "examples": ["5/s", "30/m"] }
    /// A URL.
    UrlForm = { "type": "string", "format": "uri", "pattern": "^https?://" }
    /// A port.
    PortForm = { "type": ["integer", "string"], "minimum": 1, "maximum": 65535 }
    /// A whole number.
    NumberForm = { "type": "integer", "minimum": 0 }
    /// Any word, which may look like a number.
    WordForm = { "type": ["string", "integer"] }
    /// The version of this file's form.
    VersionForm = { "type": "integer", "const": 1 }
    /// The code of an interface.
    InterfaceForm = { "type": "string", "pattern": "^[A-Z]{3}[0-9]{4}[A-Z]$", "examples": ["FSO1100A"] }
    /// An address.
    AddressForm = {
        "type": "string",
        "pattern": "^[^/]+/(structure|certificate|account|api|edi|client)/[^/]+$",
        "examples": ["ville-de-paris/edi/g2b"]
    }
    /// An exchange system.
    SystemForm = { "type": "string", "enum": ["CPRO", "PA-CPRO"] }
    /// A protocol.
    ProtocolForm = { "type": "string", "enum": ["PESIT", "SFTP", "AS2", "PeSIT"] }
    /// A stage.
    StageForm = { "type": "string", "enum": ["simulator", "qualification", "production"] }
    /// A channel.
    ChannelForm = { "type": "string", "enum": ["simulator", "portal", "gateway"] }
    /// The order of a replacement.
    ReplaceForm = { "type": "string", "enum": ["create_first", "deactivate_first"] }
    /// The encoding of a table.
    EncodingForm = { "type": "string", "examples": ["utf-8", "windows-1252"] }
    /// The character between two cells.
    DelimiterForm = { "type": "string", "enum": [";", ",", "\t", "|"] }
    /// The direction of an interface, seen by the partner.
    DirectionForm = { "type": "string", "enum": ["EMISSION", "RECEPTION"] }
}
