//! A document under `entities/`, or one that a template made.

use std::borrow::Cow;

use schemars::JsonSchema;
use schemars::Schema;
use schemars::SchemaGenerator;
use schemars::json_schema;

use crate::config::manifest::decode::Decode;
use crate::config::manifest::decode::Flag;
use crate::config::manifest::decode::List;
use crate::config::manifest::decode::Map;
use crate::config::manifest::decode::Raw;
use crate::config::manifest::decode::Text;
use crate::config::manifest::decode::written;
use crate::config::manifest::decode::written_out;
use crate::config::manifest::form::AddressForm;
use crate::config::manifest::form::ApplicationForm;
use crate::config::manifest::form::DateForm;
use crate::config::manifest::form::DaysForm;
use crate::config::manifest::form::EmailForm;
use crate::config::manifest::form::IpForm;
use crate::config::manifest::form::NameForm;
use crate::config::manifest::form::PhoneForm;
use crate::config::manifest::form::PortForm;
use crate::config::manifest::form::ProtocolForm;
use crate::config::manifest::form::ReplaceForm;
use crate::config::manifest::form::SheetNameForm;
use crate::config::manifest::form::SiretForm;
use crate::config::manifest::form::SubscriptionForm;
use crate::config::manifest::form::SystemForm;
use crate::config::manifest::form::UrlForm;
use crate::config::manifest::form::UsageForm;
use crate::config::manifest::form::WordForm;
use crate::config::manifest::reader::Reader;
use crate::config::yaml::Content;
use crate::config::yaml::Node;
use crate::diagnostic::Span;
use crate::language::message;

written! {
    /// One public body: its structure, and what connects it to Chorus Pro.
    EntityManifest {
        /// Name of the entity, the first part of every address. Never change it without `moved`.
        required entity: Text<NameForm>,
        /// The structure of Chorus Pro.
        required structure: StructureManifest,
        /// Contacts of this entity alone, by the names that connections use.
        optional contacts: Map<ContactManifest>,
        /// Technical accounts, by key.
        optional technical_accounts: Map<AccountManifest>,
        /// Certificate files by key; paths begin at the project. Public certificates only: p7b, crt, cer, pem.
        optional certificates: Map<Text>,
        /// API connections, by key.
        optional api_connections: Map<ApiManifest>,
        /// EDI connections, by key.
        optional edi_connections: Map<EdiManifest>,
        /// What differs in an environment, by its name; merged as RFC 7396 says: nothing (`null`) removes a key.
        optional overrides: Map<Raw>,
        /// For dematerialisation operators.
        optional operator: OperatorManifest,
        /// Renamed addresses.
        optional moved: List<MovedManifest>,
    }

    /// A structure of Chorus Pro. It is never created nor removed.
    StructureManifest {
        /// SIRET, 14 digits; best between quotes.
        required siret: Text<SiretForm>,
        /// Name, for people.
        optional name: Text,
        /// The flags of the structure for EDI, when they matter.
        optional edi: EdiFlagsManifest,
        /// Services that must exist.
        optional services: List<ServiceManifest>,
        /// Why a SIRET with a wrong checksum is right in production.
        optional siret_exception: Text,
    }

    /// Flags of a structure for EDI.
    EdiFlagsManifest {
        /// Whether it sends data by EDI.
        optional sender: Flag,
        /// Whether it receives data by EDI.
        optional receiver: Flag,
    }

    /// A service of a structure.
    ServiceManifest {
        /// Code of the service.
        required code: Text<WordForm>,
        /// Its name.
        optional name: Text,
    }

    /// A technical account, through which API calls act.
    AccountManifest {
        /// E-mail address of its contact.
        required contact_email: Text<EmailForm>,
        /// Whether it shall be active. By default `true`.
        optional active: Flag,
        /// How long before its expiry the password is reset. By default `30d`.
        optional rotate_before: Text<DaysForm>,
        /// Login of an existing account, when that one is meant.
        optional login: Text,
    }

    /// A person whom the support of Chorus Pro can reach.
    ContactManifest {
        /// Given name.
        required first_name: Text,
        /// Family name.
        required last_name: Text,
        /// E-mail address.
        required email: Text<EmailForm>,
        /// Telephone number, best between quotes.
        required phone: Text<PhoneForm>,
    }

    /// An API connection: a PISTE application that may act for the structure.
    ApiManifest {
        /// Name of the PISTE application, in its exact case.
        required piste_application: Text<ApplicationForm>,
        /// «Type d'utilisation»: `own`, `publisher`, `operator`, or a word of the catalogue.
        required usage: Text<UsageForm>,
        /// Name of the publisher or operator, where the usage asks for one.
        optional publisher: Text,
        /// Technical account: a key of this entity, or `entity/account/key`. For example `main`.
        optional technical_account: Text,
        /// Technical contact: a name in `contacts`, or a contact.
        required contact: ContactReference,
        /// Whether it shall be active. By default `true`.
        optional active: Flag,
        /// How it may be replaced.
        optional lifecycle: LifecycleManifest,
    }

    /// An EDI connection.
    EdiManifest {
        /// Name of the sheet: at most 100 characters, unique for an exchange system and a structure, never modifiable.
        required name: Text<SheetNameForm>,
        /// Exchange system. Not modifiable.
        required exchange_system: Text<SystemForm>,
        /// Protocol. Not modifiable. PESIT only with CPRO.
        required protocol: Text<ProtocolForm>,
        /// Network characteristics; the fields depend on the protocol.
        optional network: NetworkManifest,
        /// Certificates by slot; the slots depend on the protocol.
        optional certificates: SlotsManifest,
        /// Period of validity.
        required validity: ValidityManifest,
        /// Technical contact: a name in `contacts`, or a contact.
        required contact: ContactReference,
        /// Interface codes; at least one.
        required subscriptions: List<Text<SubscriptionForm>>,
        /// Whether it shall be active inside its validity. By default `true`.
        optional active: Flag,
        /// How it may live, be replaced and be retired.
        optional lifecycle: LifecycleManifest,
    }

    /// Network characteristics of the partner's side: `ip`, `port`, `part_id` for PESIT; `ip` for SFTP; `as2_id`, `url` for AS2.
    NetworkManifest {
        /// Address of the partner's server (PESIT), or from which the partner connects (SFTP, when it is asked for).
        optional ip: Text<IpForm>,
        /// Port of the partner's server (PESIT).
        optional port: Text<PortForm>,
        /// «Part ID» (PESIT).
        optional part_id: Text<WordForm>,
        /// Identifier of the partner (AS2).
        optional as2_id: Text<WordForm>,
        /// Where Chorus Pro sends messages (AS2).
        optional url: Text<UrlForm>,
    }

    /// Certificates of a sheet: keys of `certificates`, or `entity/certificate/key`.
    SlotsManifest {
        /// «Certificat Serveur»: a key of `certificates`. For example `g2b`.
        optional server: Text,
        /// «Certificat Client»: a key of `certificates`. For example `g2b`.
        optional client: Text,
    }

    /// A period; both days included.
    ValidityManifest {
        /// First day.
        required from: Text<DateForm>,
        /// Last day.
        required until: Text<DateForm>,
    }

    /// How a sheet may live, be replaced and be retired.
    LifecycleManifest {
        /// Refuse any plan that would replace this sheet. By default `false`.
        optional prevent_replace: Flag,
        /// The order of a replacement. By default `create_first`.
        optional replace: Text<ReplaceForm>,
        /// How long old and new sheet stay active together. By default `0d`.
        optional overlap: Text<DaysForm>,
        /// Template for the name of a replacement; knows `name` and `generation`. By default `{{ name }} ({{ generation }})`.
        optional replacement_name: Text,
        /// Allow the replacement of a sheet in Erreur although nothing non-modifiable differs. By default `false`.
        optional recreate_on_error: Flag,
    }

    /// What only dematerialisation operators need.
    OperatorManifest {
        /// The "Opérateur public" parameter, granted by support.
        optional public_operator: Flag,
        /// Public bodies that it works for.
        optional clients: List<ClientManifest>,
    }

    /// A resource that has a new address.
    MovedManifest {
        /// The old address.
        required from: Text<AddressForm>,
        /// The new address.
        required to: Text<AddressForm>,
    }

    /// A client with its name.
    NamedClientManifest {
        /// SIRET of the client.
        required siret: Text<SiretForm>,
        /// Its name, for people.
        optional name: Text,
    }
}

/// A contact by its name, or written out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ContactReference {
    /// A name in `contacts`.
    Name(Text),
    /// A contact of its own.
    Inline(ContactManifest),
}

impl Decode for ContactReference {
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match node.content {
            Content::Mapping(_) => ContactManifest::decode(node, reader).map(Self::Inline),
            Content::Scalar { .. } => Text::decode(node, reader).map(Self::Name),
            Content::Sequence(_) => {
                reader.wrong_shape(node, message!("the name of a contact, or a contact"));
                None
            }
        }
    }
}

impl JsonSchema for ContactReference {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ContactReference".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": ["string", "number"], "examples": ["it"] },
                written_out(generator.subschema_for::<ContactManifest>()),
            ],
        })
    }
}

/// A client by its SIRET, with or without a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClientManifest {
    /// SIRET of the client.
    pub(crate) siret: Option<Text<SiretForm>>,
    /// Where it was written.
    pub(crate) span: Span,
}

impl Decode for ClientManifest {
    fn decode(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let siret = if matches!(node.content, Content::Mapping(_)) {
            NamedClientManifest::decode(node, reader)?.siret
        } else {
            Text::decode(node, reader)
        };
        Some(Self { siret, span: node.span })
    }
}

impl JsonSchema for ClientManifest {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ClientManifest".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                generator.subschema_for::<Text<SiretForm>>(),
                written_out(generator.subschema_for::<NamedClientManifest>()),
            ],
        })
    }
}
