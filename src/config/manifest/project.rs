//! `raccord.yaml`.

use std::borrow::Cow;

use schemars::JsonSchema;
use schemars::Schema;
use schemars::SchemaGenerator;
use schemars::json_schema;

use crate::config::manifest::decode::Decode;
use crate::config::manifest::decode::Flag;
use crate::config::manifest::decode::List;
use crate::config::manifest::decode::Map;
use crate::config::manifest::decode::Text;
use crate::config::manifest::decode::written;
use crate::config::manifest::decode::written_out;
use crate::config::manifest::entity::ContactManifest;
use crate::config::manifest::entity::MovedManifest;
use crate::config::manifest::form::ChannelForm;
use crate::config::manifest::form::DelimiterForm;
use crate::config::manifest::form::DirectionForm;
use crate::config::manifest::form::DuplicatesForm;
use crate::config::manifest::form::EncodingForm;
use crate::config::manifest::form::InterfaceForm;
use crate::config::manifest::form::LimitForm;
use crate::config::manifest::form::MomentForm;
use crate::config::manifest::form::NameForm;
use crate::config::manifest::form::NumberForm;
use crate::config::manifest::form::OidForm;
use crate::config::manifest::form::PolicyProfileForm;
use crate::config::manifest::form::ProtocolForm;
use crate::config::manifest::form::RateForm;
use crate::config::manifest::form::StageForm;
use crate::config::manifest::form::SystemForm;
use crate::config::manifest::form::UrlForm;
use crate::config::manifest::form::VersionForm;
use crate::config::manifest::reader::Reader;
use crate::config::rule;
use crate::config::yaml::Content;
use crate::config::yaml::Node;
use crate::diagnostic::Span;
use crate::language::message;

written! {
    /// The file `raccord.yaml`: environments, contacts, limits and tables of one project.
    ProjectManifest {
        /// Version of the form of these files.
        required version: Text<VersionForm>,
        /// The name of this project in the index that it shares with others, and in the database of a ledger. By default that of its folder.
        optional project: Text<NameForm>,
        /// The environment that commands use when none is named. By default `simulator`, which is built in.
        optional default_environment: Text,
        /// Contacts by the names that connections use.
        optional contacts: Map<ContactManifest>,
        /// Environments by name. `simulator` exists without being written.
        optional environments: Map<EnvironmentManifest>,
        /// Limits that a plan must keep to.
        optional policy: PolicyManifest,
        /// Tables that make one entity of each row.
        optional sources: List<SourceManifest>,
        /// Rows added to the catalogue of the portal's lists.
        optional catalogue: CatalogueManifest,
        /// Renamed addresses.
        optional moved: List<MovedManifest>,
    }

    /// Where a plan is made for, and how that place is reached.
    EnvironmentManifest {
        /// What it is for; drives the rules. Needed unless the channel is `simulator`.
        optional stage: Text<StageForm>,
        /// Who carries out the steps on connections. By default `portal`.
        optional channel: Text<ChannelForm>,
        /// How PISTE, the official API, is reached.
        optional piste: PisteManifest,
        /// Who carries out the steps on connections, with the address of a gateway.
        optional connections: ConnectionsManifest,
        /// Where passwords that are shown once are put.
        optional password_sink: SinkManifest,
        /// The ledger: a file of the project, or `postgres://USER@HOST/DATABASE`. By default `ledger/<environment>.jsonl`.
        optional ledger: Text,
        /// Where the password of the ledger's database is. By default the environment variable `PGPASSWORD`, if that is set.
        optional ledger_password: SecretReference,
        /// How many requests at most. By default `1/s`, `10/s` on a gateway, no limit on the simulator.
        optional rate: Text<RateForm>,
    }

    /// Access to PISTE. Secrets are only ever references.
    PisteManifest {
        /// Where tokens are given. By default the official host of the stage.
        optional oauth_url: Text<UrlForm>,
        /// Base of the API. By default the official host of the stage.
        optional api_url: Text<UrlForm>,
        /// A proxy on the way to both, `http://host:port`. By default that of the system.
        optional proxy: Text<UrlForm>,
        /// A file with certificates of authorities in PEM that are trusted beside the system's.
        optional ca_file: Text,
        /// Identifier of the PISTE application («OAuth Credentials», not «API Keys»).
        required client_id: SecretReference,
        /// Its secret.
        required client_secret: SecretReference,
        /// Login of the technical account.
        required account: SecretReference,
        /// Its password.
        required password: SecretReference,
    }

    /// Who carries out the steps on connections.
    ConnectionsManifest {
        /// The channel.
        required channel: Text<ChannelForm>,
        /// Base of the gateway, without `/raccordements/v1`.
        optional url: Text<UrlForm>,
    }

    /// Where passwords that are shown once are put: exactly one of the three.
    SinkManifest {
        /// A command that gets the password on its standard input; `RACCORD_ADDRESS` and `RACCORD_LOGIN` say whose it is.
        optional command: Text,
        /// A folder with one private file for each account.
        optional directory: Text,
        /// Files encrypted with age, one for each account.
        optional age: AgeManifest,
    }

    /// Files encrypted with age.
    AgeManifest {
        /// Public keys, `age1…`.
        required recipients: List<Text>,
        /// Folder of the files.
        required directory: Text,
    }

    /// Limits that a plan must keep to. A run may lift one by naming it.
    PolicyManifest {
        /// How many sheets one plan may replace: a number, or a share of what is managed.
        optional max_replacements: Text<LimitForm>,
        /// How many sheets and accounts one plan may deactivate because they left the files.
        optional max_deactivations: Text<LimitForm>,
        /// Nothing goes to production that was never Actif in qualification. By default `false`.
        optional require_qualification: Flag,
        /// Times in which nothing may be changed.
        optional freeze: List<FreezeManifest>,
        /// How many days before its end a certificate is warned about. By default `60`.
        optional certificate_warning_days: Text<NumberForm>,
        /// How many days it takes to get a new certificate: by so much earlier it has to be ordered. By default `30`.
        optional certificate_lead_days: Text<NumberForm>,
        /// A file of fingerprints that several projects share, so that none uses another's certificate; it may lie outside of the project. For example `../certificate-index.jsonl`.
        optional certificate_index: Text,
        /// Whether the warnings about certificates that `raccord explain` marks with it are errors. By default `false`.
        optional certificate_strict: Flag,
        /// Whether a certificate may serve a new sheet once the sheet that held it is Inactif. By default `false`: not known of Chorus Pro.
        optional certificate_reuse_after_deactivation: Flag,
    }

    /// A time in which nothing may be changed, by the clock in France.
    FreezeManifest {
        /// From when: a day, or a minute of it. For example `2026-12-20`.
        required from: Text<MomentForm>,
        /// Until when: a day, which counts whole, or a minute. For example `2027-01-04`.
        required until: Text<MomentForm>,
        /// Why, for whoever is refused. For example `clôture comptable`.
        required reason: Text,
        /// The environments by name. By default all whose stage is `production`.
        optional environments: List<Text>,
    }

    /// A table and the template that makes one entity of each of its rows: exactly one of `csv` and `xlsx`.
    SourceManifest {
        /// Path of the table, a CSV file. For example `sources/communes.csv`.
        optional csv: Text,
        /// Path of the table, a workbook. For example `sources/communes.xlsx`.
        optional xlsx: Text,
        /// The sheet of the workbook. By default the first one.
        optional sheet: Text,
        /// The character between two cells. By default found in the headers.
        optional delimiter: Text<DelimiterForm>,
        /// Encoding of the table. By default UTF-8 when it is that, else windows-1252.
        optional encoding: Text<EncodingForm>,
        /// Names for templates, and the headers that they stand for.
        optional columns: Map<Text>,
        /// What stands for an empty cell, or for a column that the table does not have, by name.
        optional defaults: Map<Text>,
        /// The column that says which body a row is about. By default the one that is called `siret`.
        optional key: Text,
        /// Which of several rows about one body counts. By default `error`.
        optional duplicates: Text<DuplicatesForm>,
        /// Other tables with more about the same bodies.
        optional join: List<JoinManifest>,
        /// Rows that are left out, with the reasons: a list, or the path of a table.
        optional exclude: ExcludeManifest,
        /// A template; rows for which it gives nothing, `false` or `0` are left out. For example `{{ siret }}`.
        optional r#where: Text,
        /// Path of the template, which gives one or more entities for each row. For example `templates/commune.yaml.j2`.
        required template: Text,
    }

    /// Another table with more about the same bodies: exactly one of `csv` and `xlsx`.
    JoinManifest {
        /// Path of the table, a CSV file. For example `sources/contacts.csv`.
        optional csv: Text,
        /// Path of the table, a workbook. For example `sources/contacts.xlsx`.
        optional xlsx: Text,
        /// The sheet of the workbook. By default the first one.
        optional sheet: Text,
        /// The character between two cells. By default found in the headers.
        optional delimiter: Text<DelimiterForm>,
        /// Encoding of the table. By default UTF-8 when it is that, else windows-1252.
        optional encoding: Text<EncodingForm>,
        /// The column by which rows belong together: one name for both tables, or one for each.
        required on: OnManifest,
        /// What templates call the row that belongs to theirs. For example `contact`.
        required r#as: Text,
        /// Whether each row must have one there. By default `true`.
        optional required: Flag,
    }

    /// The columns by which rows of two tables belong together.
    OnColumnsManifest {
        /// The column of the first table. For example `siret`.
        required left: Text,
        /// The column of the joined table. For example `N° SIRET`.
        required right: Text,
    }

    /// A row that is left out.
    ExclusionManifest {
        /// The SIRET, or what stands in the column that `key` names.
        required siret: Text,
        /// Why.
        required reason: Text,
    }

    /// Rows added to the catalogue.
    CatalogueManifest {
        /// Interfaces.
        optional interfaces: List<InterfaceManifest>,
        /// «Type d'utilisation» of API connections.
        optional usages: List<UsageManifest>,
        /// Files with certificates of authorities that the project knows to be fit. For example `certificates/authorities/root.pem`.
        optional certificate_authorities: List<Text>,
        /// Policies of certificates, as the texts of their authorities explain them.
        optional certificate_policies: List<CertificatePolicyManifest>,
        /// Files with revocation lists, against which certificates are checked.
        optional certificate_revocation_lists: List<Text>,
    }

    /// A policy under which an authority issues certificates.
    CertificatePolicyManifest {
        /// Its identifier, in digits and dots. For example `1.2.250.1.177.2.5.1.1.1`.
        required oid: Text<OidForm>,
        /// What its certificates are.
        required profile: Text<PolicyProfileForm>,
        /// The level, in the words of the authority. For example `RGS*`.
        optional level: Text,
        /// What it is called.
        optional name: Text,
        /// Where this is known from.
        optional source: Text,
    }

    /// An interface.
    InterfaceManifest {
        /// Its code.
        required code: Text<InterfaceForm>,
        /// The exchange system that offers it, when known.
        optional exchange_system: Text<SystemForm>,
        /// Its protocol, when it has only one.
        optional protocol: Text<ProtocolForm>,
        /// Format of the data.
        optional format: Text,
        /// Direction, seen by the partner.
        optional direction: Text<DirectionForm>,
        /// What it carries, for people.
        optional description: Text,
        /// Where this is known from.
        optional source: Text,
    }

    /// A «type d'utilisation».
    UsageManifest {
        /// The word that connections use.
        required word: Text,
        /// Whether the portal asks for a name with it.
        optional needs_name: Flag,
        /// The portal's label.
        optional label: Text,
        /// Where this is known from.
        optional source: Text,
    }

    /// Where a secret is found: exactly one of the three.
    SecretManifest {
        /// Name of an environment variable. For example `PISTE_CLIENT_SECRET`.
        optional env: Text,
        /// Path of a file. For example `/run/secrets/chorus-pro-password`.
        optional file: Text,
        /// A command whose output it is.
        optional command: Text,
    }
}

/// A reference to a secret. A secret itself is refused, and hidden from every output.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SecretReference {
    /// The reference.
    pub(crate) reference: SecretManifest,
    /// Where it was written.
    pub(crate) span: Span,
}

impl Decode for SecretReference {
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if matches!(node.content, Content::Scalar { .. }) {
            let place = reader.origin.place(node.span);
            reader.secrets.push(place);
            reader.error(
                rule::LITERAL_SECRET,
                node.span,
                message!("found a secret, expected a reference to one"),
                message!("write `{ env: NAME }`, `{ file: PATH }` or `{ command: … }`, and change the secret if this file was ever shared"),
            );
            return None;
        }
        let reference = SecretManifest::decode(node, reader)?;
        Some(Self { reference, span: node.span })
    }
}

impl JsonSchema for SecretReference {
    fn schema_name() -> Cow<'static, str> {
        "SecretReference".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = SecretManifest::json_schema(generator);
        schema.insert("minProperties".to_owned(), 1.into());
        schema.insert("maxProperties".to_owned(), 1.into());
        schema
    }
}

/// The column by which rows of two tables belong together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum OnManifest {
    /// A column of one name.
    Same(Text),
    /// Two names.
    Columns(OnColumnsManifest),
}

impl Decode for OnManifest {
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match node.content {
            Content::Mapping(_) => OnColumnsManifest::decode(node, reader).map(Self::Columns),
            Content::Scalar { .. } | Content::Sequence(_) => {
                Text::decode(node, reader).map(Self::Same)
            }
        }
    }
}

impl JsonSchema for OnManifest {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OnManifest".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let columns = written_out(generator.subschema_for::<OnColumnsManifest>());
        json_schema!({ "anyOf": [generator.subschema_for::<Text>(), columns] })
    }
}

/// Rows that are left out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExcludeManifest {
    /// The path of a table of them.
    Table(Text),
    /// One by one.
    List(List<ExclusionManifest>),
}

impl Decode for ExcludeManifest {
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match node.content {
            Content::Sequence(_) => List::decode(node, reader).map(Self::List),
            Content::Scalar { .. } | Content::Mapping(_) => {
                Text::decode(node, reader).map(Self::Table)
            }
        }
    }
}

impl JsonSchema for ExcludeManifest {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ExcludeManifest".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let list = generator.subschema_for::<List<ExclusionManifest>>();
        json_schema!({ "anyOf": [{ "type": "string" }, list] })
    }
}
