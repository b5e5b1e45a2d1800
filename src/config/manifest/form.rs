//! The forms of texts in our files, for the schema. An editor may take a number where digits are written without quotes.
//!
//! A form never refuses what the resolver accepts without a remark: it may be wider, because a schema says less.
//! `enumDescriptions` is not JSON Schema, but what editors show beside each word.

use serde_json::Value;
use serde_json::json;

use crate::catalogue::Catalogue;
use crate::catalogue::Direction;
use crate::config::manifest::decode::forms;

forms! {
    /// A SIRET, with the blanks and dots of people. A number has lost the zeros in front: three, for the oldest.
    SiretForm = {
        "type": ["string", "integer"],
        "minimum": 10_000_000_000_i64,
        "maximum": 99_999_999_999_999_i64,
        "pattern": "^[0-9\\s.]{14,}$",
        "patternErrorMessage": "A SIRET has 14 digits, best between quotes",
        "examples": ["21750001600019"],
    }
    /// The name of an entity.
    NameForm = {
        "type": ["string", "integer"],
        "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
        "patternErrorMessage": "1 to 100 letters without accents, digits, `.`, `-`, `_`, beginning with a letter or a digit",
        "examples": ["ville-de-paris"],
    }
    /// The name of an EDI sheet.
    SheetNameForm = {
        "type": ["string", "number"],
        "minLength": 1,
        "maxLength": 100,
        "examples": ["Ville de Paris, G2B"],
    }
    /// An e-mail address.
    EmailForm = {
        "type": "string",
        "pattern": "^[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+$",
        "patternErrorMessage": "An e-mail address, for example `name@ville.example`",
        "examples": ["raccordement@ville.example"],
    }
    /// A telephone number.
    PhoneForm = {
        "type": ["string", "integer"],
        "pattern": "^[+0-9\\s.()-]{8,}$",
        "patternErrorMessage": "A telephone number, for example `+33123456789` or `01 23 45 67 89`",
        "examples": ["+33123456789"],
    }
    /// A day.
    DateForm = {
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "patternErrorMessage": "A day written year-month-day, for example `2026-12-01`",
        "examples": ["2026-12-01"],
    }
    /// A day, or a minute of it.
    MomentForm = {
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$",
        "patternErrorMessage": "A day, for example `2026-12-20`, or a minute of it, for example `2026-12-31T18:00`",
        "examples": ["2026-12-20", "2026-12-31T18:00"],
    }
    /// A number of days.
    DaysForm = {
        "type": "string",
        "pattern": "^[+]?[0-9]+d$",
        "patternErrorMessage": "A number of days, for example `14d` (at most `3660d`)",
        "examples": ["14d"],
    }
    /// A limit of the policy.
    LimitForm = {
        "type": ["string", "integer"],
        "pattern": "^[+]?[0-9]+%?$",
        "patternErrorMessage": "A number, for example `5`, or a share, for example `10%`",
        "minimum": 0,
        "examples": [5, "10%"],
    }
    /// An object identifier.
    OidForm = {
        "type": "string",
        "pattern": "^\\s*[0-2](\\.[0-9]+)+\\s*$",
        "patternErrorMessage": "An object identifier, for example `1.2.250.1.177.2.5.1.1.1`",
        "examples": ["1.2.250.1.177.2.5.1.1.1"],
    }
    /// What a certificate policy stands for.
    PolicyProfileForm = {
        "type": "string",
        "enum": ["qwac", "rgs", "person", "seal", "dv", "none"],
        "enumDescriptions": [
            "qualified for web authentication (eIDAS)",
            "a level of the RGS",
            "a person's certificate, which no connection takes",
            "a seal, which no connection takes",
            "only the domain was checked, which is not enough",
            "it says nothing about the level",
        ],
    }
    /// How many requests in which time.
    RateForm = {
        "type": "string",
        "pattern": "^(\\s*[+]?[0-9]+\\s*/\\s*[smh]\\s*|none)$",
        "patternErrorMessage": "A rate, for example `5/s` or `30/m`, or `none`",
        "examples": ["5/s", "30/m", "none"],
    }
    /// A URL.
    UrlForm = {
        "type": "string",
        "pattern": "^\\s*[Hh][Tt][Tt][Pp][Ss]?:",
        "patternErrorMessage": "A URL, for example `https://as2.ville.example/in`",
        "examples": ["https://as2.ville.example/in"],
    }
    /// An IP address.
    IpForm = {
        "type": "string",
        "pattern": "^[0-9A-Fa-f.:]+$",
        "patternErrorMessage": "An IP address, for example `192.0.2.10`",
        "examples": ["192.0.2.10"],
    }
    /// A port.
    PortForm = {
        "type": ["integer", "string"],
        "minimum": 1,
        "maximum": 65535,
        "pattern": "^[0-9]+$",
        "examples": [17617],
    }
    /// A whole number.
    NumberForm = { "type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]+$", "examples": [60] }
    /// Any word, which may look like a number.
    WordForm = { "type": ["string", "number"], "minLength": 1 }
    /// The version of this file's form.
    VersionForm = { "type": ["integer", "string"], "enum": [1, "1"] }
    /// The code of an interface that is told to us.
    InterfaceForm = {
        "type": "string",
        "pattern": "^[A-Z]{3}[0-9]{4}[A-Z]$",
        "patternErrorMessage": "Three capitals, four digits and one capital, for example `FSO1100A`",
        "examples": ["FSO1100A"],
    }
    /// The code of an interface of the catalogue, or of one that `raccord.yaml` adds.
    SubscriptionForm = {
        "description": "Code of an interface: one of the catalogue, or one added under `catalogue.interfaces` in `raccord.yaml`.",
        "anyOf": [
            interfaces(),
            { "type": "string", "pattern": "^[A-Z]{3}[0-9]{4}[A-Z]$" },
        ],
    }
    /// A «type d'utilisation» of the catalogue, or one that `raccord.yaml` adds.
    UsageForm = { "anyOf": [usages(), { "type": ["string", "number"], "minLength": 1 }] }
    /// The name of a PISTE application.
    ApplicationForm = { "type": ["string", "number"], "minLength": 1, "examples": ["APP_VILLE_FACTURES"] }
    /// An address.
    AddressForm = {
        "type": "string",
        "pattern": "^[^/]+/(structure|certificate|account|api|edi|client)/[^/]+$",
        "patternErrorMessage": "An address, `entity/kind/key`, for example `ville-de-paris/edi/g2b`",
        "examples": ["ville-de-paris/edi/g2b"],
    }
    /// An exchange system.
    SystemForm = {
        "type": "string",
        "enum": ["CPRO", "PA-CPRO"],
        "enumDescriptions": [
            "Chorus Pro. Offers PESIT, SFTP and AS2.",
            "The State's own platform in the reform of 2026: invoices from public bodies to companies. Offers SFTP and AS2.",
        ],
    }
    /// A protocol.
    ProtocolForm = {
        "type": "string",
        "enum": ["PESIT", "SFTP", "AS2"],
        "enumDescriptions": [
            "PeSIT. Only with CPRO; network: `ip`, `port`, `part_id`; certificates: `server` and `client`.",
            "SFTP. Network: `ip`, where it is asked for; certificates: `client`.",
            "AS2. Network: `as2_id`, `url`; certificates: `server` or `client`.",
        ],
    }
    /// A stage.
    StageForm = {
        "type": "string",
        "enum": ["simulator", "qualification", "production"],
        "enumDescriptions": [
            "The embedded Chorus Pro.",
            "The qualification environment of Chorus Pro. Its SIRETs may have wrong checksums.",
            "Chorus Pro itself.",
        ],
    }
    /// A channel.
    ChannelForm = {
        "type": "string",
        "enum": ["simulator", "portal", "gateway"],
        "enumDescriptions": [
            "Everything goes to the embedded Chorus Pro.",
            "A person carries out the steps at the portal.",
            "A service that speaks the gateway contract carries them out; needs `url` under `connections`.",
        ],
    }
    /// The order of a replacement.
    ReplaceForm = {
        "type": "string",
        "enum": ["create_first", "deactivate_first"],
        "enumDescriptions": [
            "The old sheet stays Actif until the new one is.",
            "The old sheet is deactivated before the new one is created: no exchange in between.",
        ],
    }
    /// The encoding of a table.
    EncodingForm = { "type": "string", "minLength": 1, "examples": ["utf-8", "windows-1252"] }
    /// The character between two cells.
    DelimiterForm = {
        "type": ["string", "integer"],
        "pattern": "^([\\x01-\\x7f]|\\\\t)$",
        "patternErrorMessage": "One character, for example `;`, `,` or `\"\\t\"`",
        "examples": [";", ",", "\t"],
    }
    /// Which of several rows about one body counts.
    DuplicatesForm = {
        "type": "string",
        "enum": ["error", "first", "last"],
        "enumDescriptions": [
            "None: rows that say different things about it are an error",
            "The first one, the others are left out",
            "The last one, the others are left out",
        ],
    }
    /// The direction of an interface, seen by the partner.
    DirectionForm = {
        "type": "string",
        "enum": ["EMISSION", "RECEPTION"],
        "enumDescriptions": ["From the partner to Chorus Pro.", "From Chorus Pro to the partner."],
    }
}

/// The interfaces of the catalogue, each with what is known of it.
fn interfaces() -> Value {
    let catalogue = Catalogue::embedded();
    let (codes, descriptions): (Vec<&str>, Vec<String>) = catalogue
        .interfaces()
        .map(|interface| {
            let direction = interface.direction.map(|direction| match direction {
                Direction::Emission => "EMISSION",
                Direction::Reception => "RECEPTION",
            });
            let parts = [direction, interface.format.as_deref(), Some(&*interface.description)];
            let known: Vec<&str> =
                parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
            (interface.code.as_str(), known.join(", "))
        })
        .unzip();
    json!({ "type": "string", "enum": codes, "enumDescriptions": descriptions })
}

/// The usages of the catalogue.
fn usages() -> Value {
    let catalogue = Catalogue::embedded();
    let (words, descriptions): (Vec<&str>, Vec<String>) = catalogue
        .usage_words()
        .filter_map(|word| catalogue.usage(word).map(|usage| (word, usage)))
        .map(|(word, usage)| {
            let name = if usage.needs_name { " Needs `publisher`." } else { "" };
            (word, format!("«{}».{name}", usage.label))
        })
        .unzip();
    json!({ "type": "string", "enum": words, "enumDescriptions": descriptions })
}
