//! The client against the exchanges that were recorded from the simulator (`tests/fixtures/wire/piste`).

use serde::Deserialize as _;

use crate::remote::RemoteError;
use crate::remote::http::Call;
use crate::remote::http::answer::Answer;
use crate::remote::piste::decode;
use crate::remote::piste::encode;
use crate::remote::piste::wire;
use crate::remote::testing::Exchange;
use crate::remote::testing::LYON;
use crate::remote::testing::PARIS;
use crate::remote::testing::recorded;
use crate::remote::testing::siret;

/// The number of Paris in the recordings.
const NUMBER: i64 = 26_000_001;

fn answered(exchange: &Exchange) -> Answer {
    let body = exchange.response.to_string().into_bytes();
    Answer { status: exchange.status, body, ..Answer::default() }
}

fn assert_sent(call: Call, exchange: &Exchange) {
    assert_eq!((call.method.word(), call.path.as_str()), (&*exchange.method, &*exchange.path));
    assert_eq!(call.body.unwrap_or_default(), exchange.request);
}

fn accepted(exchange: &Exchange) -> Answer {
    decode::accepted(answered(exchange).accepted("POST /x").unwrap(), "POST /x").unwrap()
}

#[test]
fn recorded_attachments_are_asked_for_and_read_in_pages() {
    let mut read = Vec::new();
    for (number, exchange) in (1..).zip(recorded("piste/rattachements")) {
        assert_sent(encode::attachments(number, 2), &exchange);
        let page: wire::Rattachements = accepted(&exchange).json("x").unwrap();
        let told = page.parametres_retour.unwrap();
        assert_eq!((told.pages, told.total), (Some(2), Some(3)));
        read.extend(page.liste_structure_rattachement.unwrap());
    }
    let read: Vec<_> = read.into_iter().filter_map(decode::attachment).collect();
    assert_eq!(read.len(), 3);
    assert_eq!((read[1].structure.siret, read[1].number), (siret(LYON), Some(26_000_002)));
    let paris = &read[2].structure;
    assert_eq!((paris.name.as_str(), paris.attached, paris.active), ("VILLE DE PARIS", true, true));
}

#[test]
fn recorded_searches_are_asked_for_and_read() {
    let [hit, miss] = recorded("piste/rechercher").try_into().unwrap();
    assert_sent(encode::search(siret(PARIS)), &hit);
    let found = decode::search(siret(PARIS), accepted(&hit).json("x").unwrap()).unwrap();
    assert_eq!(
        (found.name.as_str(), found.attached, found.active),
        ("VILLE DE PARIS", false, true)
    );
    assert!(decode::search(siret(PARIS), accepted(&miss).json("x").unwrap()).is_none());
    // Another structure than the one that was asked for is not taken for it.
    assert!(decode::search(siret(LYON), accepted(&hit).json("x").unwrap()).is_none());
}

#[test]
fn recorded_consultations_are_asked_for_and_read() {
    let [exchange] = recorded("piste/consulter").try_into().unwrap();
    assert_sent(encode::consult(NUMBER), &exchange);
    let read: wire::Consultation = accepted(&exchange).json("x").unwrap();
    let flags = read.parametres.unwrap();
    assert_eq!((flags.connexion_edi, flags.recevoir_donnees_via_edi), (Some(true), Some(false)));

    let [exchange] = recorded("piste/consulter-refused").try_into().unwrap();
    assert_sent(encode::consult(1), &exchange);
    assert_eq!(exchange.status, 200);
    let error = decode::accepted(answered(&exchange), "POST /x").err().unwrap();
    assert!(error.has_code("20000") && error.to_string().contains("n'existe pas"), "{error}");
}

#[test]
fn recorded_services_are_asked_for_and_read_in_pages() {
    let mut read = Vec::new();
    for (number, exchange) in (1..).zip(recorded("piste/services")) {
        // The sort, which the recording leaves out, is in the official description.
        let mut call = encode::services(NUMBER, number, 1);
        let wrapper = call.body.as_mut().unwrap().get_mut("parametresRechercherServicesStructure");
        let wrapper = wrapper.unwrap().as_object_mut().unwrap();
        assert_eq!(wrapper.remove("triColonne").unwrap(), "CodeService");
        assert_eq!(wrapper.remove("triSens").unwrap(), "Ascendant");
        assert_sent(call, &exchange);
        let page: wire::Services = accepted(&exchange).json("x").unwrap();
        let told = page.parametres_retour.unwrap();
        assert_eq!((told.pages, told.total), (Some(2), Some(2)));
        read.extend(page.liste_services.unwrap());
    }
    let names =
        [("FACTURES_PUBLIQUES", "Factures publiques"), ("FINANCES", "Direction des finances")];
    let names = names.map(|(code, name)| (code.to_owned(), name.to_owned()));
    assert_eq!(decode::services(read), names.into());
}

#[test]
fn recorded_organisations_and_flags_are_asked_for_and_read() {
    let [exchange] = recorded("piste/organisation").try_into().unwrap();
    assert_sent(encode::organisation(siret(PARIS)), &exchange);
    let found: wire::Organisation = answered(&exchange).accepted("x").unwrap().json("x").unwrap();

    let [exchange] = recorded("piste/organisations").try_into().unwrap();
    assert_sent(encode::search_organisations(siret(PARIS)), &exchange);
    let searched: Vec<wire::Organisation> =
        answered(&exchange).accepted("x").unwrap().json("x").unwrap();
    assert_eq!(searched[0].uuid, found.uuid);

    let [exchange] = recorded("piste/parametres-edi").try_into().unwrap();
    assert_sent(encode::set_edi_flags(&found.uuid, true, true), &exchange);
    assert!(answered(&exchange).accepted("x").is_ok());
    // Which flag is which: `connexion_edi` is that of the sender.
    let body = encode::set_edi_flags(&found.uuid, true, false).body.unwrap();
    assert_eq!(body, serde_json::json!({ "connexion_edi": true, "reception_edi": false }));

    let [exchange] = recorded("piste/organisation-refused").try_into().unwrap();
    let error = answered(&exchange).accepted("GET /x").err().unwrap();
    assert!(error.has_code("NotFoundReference"));
    assert!(matches!(error, RemoteError::Refused { status: 400, .. }));
}

/// Every field of our requests is one of the official description of the API, where that is at hand.
#[test]
fn requests_keep_to_the_official_description() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/swagger/structures-1.0.0.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: the official description is not at hand");
        return;
    };
    let official = serde_json::Value::deserialize(&mut serde_json::Deserializer::from_str(&text));
    let official = official.unwrap();
    for call in [encode::search(siret(PARIS)), encode::consult(1), encode::services(1, 1, 10)] {
        let path = call.path.strip_prefix("/cpro").unwrap();
        let route = official["paths"]
            .as_object()
            .unwrap()
            .iter()
            .find(|(name, _)| path.ends_with(name.as_str()) || name.ends_with(path))
            .unwrap_or_else(|| panic!("{path} is not in the official description"))
            .1;
        let schema = route["post"]["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .find_map(|parameter| parameter.get("schema"))
            .unwrap();
        assert_described(call.body.as_ref().unwrap(), schema, &official);
    }
}

fn assert_described(
    body: &serde_json::Value,
    schema: &serde_json::Value,
    official: &serde_json::Value,
) {
    let schema = match schema.get("$ref").and_then(|name| name.as_str()) {
        Some(name) => official.pointer(name.strip_prefix('#').unwrap()).unwrap(),
        None => schema,
    };
    if let Some(words) = schema.get("enum").and_then(|words| words.as_array()) {
        assert!(words.contains(body), "{body} is none of the official words");
    }
    for (name, value) in body.as_object().into_iter().flatten() {
        let described = schema["properties"].get(name);
        assert_described(value, described.unwrap_or_else(|| panic!("`{name}`")), official);
    }
}
