//! What the tests share: certificates made for the purpose, ready bodies, a world that is asked in one line.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::Id;
use openssl::pkey::PKey;
use openssl::pkey::Private;
use openssl::x509::X509;
use openssl::x509::X509Name;
use openssl::x509::extension::BasicConstraints;
use serde_json::Value;
use serde_json::json;

use crate::simulator::SeedService;
use crate::simulator::SeedStructure;
use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::world::Options;
use crate::simulator::world::World;

pub(crate) const PARIS: &str = "21750001600019";
pub(crate) const LYON: &str = "21690123100011";

/// A key and its certificate.
pub(crate) struct Issued {
    pub(crate) key: PKey<Private>,
    pub(crate) certificate: X509,
}

/// A certificate that says it is a test, valid from 2020 to `until` (ASN.1 form, for example `20600101000000Z`).
///
/// Its key follows from its name and its kind of signature has no randomness: the same bytes each time.
pub(crate) fn issue(name: &str, until: &str, issuer: Option<&Issued>) -> Issued {
    let secret = openssl::sha::sha256(name.as_bytes());
    let key = PKey::private_key_from_raw_bytes(&secret, Id::ED25519).unwrap();
    issue_for(key, name, until, issuer)
}

/// The same for a given key.
pub(crate) fn issue_for(
    key: PKey<Private>,
    name: &str,
    until: &str,
    issuer: Option<&Issued>,
) -> Issued {
    let mut subject = X509Name::builder().unwrap();
    subject.append_entry_by_text("O", "Test certificate of raccord, good for nothing").unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(1 + u32::try_from(name.len()).unwrap()).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&subject).unwrap();
    let issuer_name = issuer.map_or(&*subject, |issuer| issuer.certificate.subject_name());
    builder.set_issuer_name(issuer_name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::from_str("20200101000000Z").unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_str(until).unwrap()).unwrap();
    if name.contains("authority") {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    }
    builder.sign(issuer.map_or(&key, |issuer| &issuer.key), MessageDigest::null()).unwrap();
    Issued { key, certificate: builder.build() }
}

/// The PEM of a certificate that is valid until 2060. The same for the same number.
pub(crate) fn pem(number: usize) -> &'static str {
    static MADE: OnceLock<Vec<String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        (0..8)
            .map(|number| {
                let issued = issue(&format!("test {number}"), "20600101000000Z", None);
                String::from_utf8(issued.certificate.to_pem().unwrap()).unwrap()
            })
            .collect()
    });
    &made[number]
}

/// A certificate as a creation sends it.
pub(crate) fn certificate(slot: &str, number: usize) -> Value {
    json!({ "emplacement": slot, "nomFichier": format!("test-{number}.pem"),
            "contenu": STANDARD.encode(pem(number)) })
}

/// A technical contact.
pub(crate) fn contact() -> Value {
    json!({ "prenom": "Camille", "nom": "Martin", "email": "raccordement@ville.example",
            "telephone": "+33123456789" })
}

/// A whole AS2 sheet, with the certificate of this number.
pub(crate) fn as2(name: &str, number: usize) -> Value {
    json!({
        "structure": PARIS, "systemeEchange": "PA-CPRO", "nom": name, "protocole": "AS2",
        "reseau": { "identifiantAs2": "VILLE-PARIS", "url": "https://as2.ville.example/in" },
        "certificats": [certificate("serveur", number)],
        "validite": { "debut": "2026-12-01", "fin": "2028-11-30" },
        "contact": contact(), "abonnements": ["FSO1150A"],
    })
}

/// A whole SFTP sheet.
pub(crate) fn sftp(name: &str, number: usize) -> Value {
    let mut sheet = as2(name, number);
    sheet["protocole"] = json!("SFTP");
    sheet["reseau"] = json!({});
    sheet["certificats"] = json!([certificate("client", number)]);
    sheet
}

/// A whole PeSIT sheet; both slots hold the same certificate.
pub(crate) fn pesit(name: &str, number: usize) -> Value {
    let mut sheet = as2(name, number);
    sheet["systemeEchange"] = json!("CPRO");
    sheet["protocole"] = json!("PeSIT");
    sheet["reseau"] = json!({ "ip": "192.0.2.10", "port": 1761, "partId": "VILLEPAR" });
    sheet["certificats"] = json!([certificate("serveur", number), certificate("client", number)]);
    sheet["abonnements"] = json!(["FSO1100A", "FEN1200A"]);
    sheet
}

/// What a `PUT` sends: a sheet without what cannot be changed.
pub(crate) fn settings(sheet: &Value) -> Value {
    let mut values = sheet.clone();
    for fixed in ["structure", "systemeEchange", "nom"] {
        values.as_object_mut().unwrap().remove(fixed);
    }
    values
}

/// A whole API sheet.
pub(crate) fn api(application: &str) -> Value {
    json!({ "structure": PARIS, "nomApplicationPiste": application,
            "typeUtilisation": "publisher", "nomEditeur": "Éditeur SA", "contact": contact() })
}

/// Two structures.
pub(crate) fn structures() -> Vec<SeedStructure> {
    let paris = SeedStructure {
        siret: PARIS.to_owned(),
        name: "VILLE DE PARIS".to_owned(),
        services: vec![SeedService {
            code: "FINANCES".to_owned(),
            name: "Direction des finances".to_owned(),
        }],
        edi_sender: true,
        ..SeedStructure::default()
    };
    let lyon = SeedStructure {
        siret: LYON.to_owned(),
        name: "COMMUNE DE LYON".to_owned(),
        ..SeedStructure::default()
    };
    vec![paris, lyon]
}

/// When the tests take place, unless they move the clock.
pub(crate) fn noon() -> Timestamp {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

/// A world that is asked without a socket, at a fixed time.
pub(crate) struct Asked {
    pub(crate) world: World,
    pub(crate) now: Timestamp,
}

impl Asked {
    /// A world with two structures at noon of 1 December 2026, where sheets settle after five seconds.
    pub(crate) fn new() -> Self {
        let mut world = World::new(7, Options::default());
        world.add_structures(&structures()).unwrap();
        Self { world, now: noon() }
    }

    /// Asks as the first user.
    pub(crate) fn ask(&mut self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let call = self.world.authorise(Call::new(method, path, body));
        self.world.handle(self.now, &call)
    }

    /// Asks the gateway as the first user.
    pub(crate) fn gateway(&mut self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.ask(method, &format!("/raccordements/v1{path}"), body)
    }

    /// Creates something on the gateway and gives what was answered.
    pub(crate) fn created(&mut self, path: &str, body: Value) -> Value {
        let answer = self.gateway("POST", path, Some(body));
        assert_eq!(answer.status, 201, "{}", answer.value());
        answer.value().clone()
    }

    /// Asks PISTE as the first user.
    pub(crate) fn piste(&mut self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, Some(body))
    }

    /// Steers; whatever it is must be accepted.
    pub(crate) fn steer(&mut self, method: &str, path: &str, body: Value) -> Answer {
        let call = Call::new(method, &format!("/simulateur/v1{path}"), Some(body));
        let answer = self.world.handle(self.now, &call);
        assert!(answer.status < 300, "{}", answer.value());
        answer
    }

    /// Lets seconds pass.
    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now = self.now.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
    }

    /// The status of an EDI sheet.
    pub(crate) fn status(&mut self, id: &str) -> String {
        let answer = self.gateway("GET", &format!("/fiches-edi/{id}"), None);
        answer.value()["statut"].as_str().unwrap_or_default().to_owned()
    }
}
