//! `raccord explain ADDRESS`: where values come from, what was applied and observed, and who changed what.

use serde_json::Value;

use crate::portal::by_hand;
use crate::support::Ran;
use crate::support::Sandbox;

const ENTITY: &str = "project/entities/ville.yaml";
const WORLD: &str = "project/.raccord/simulator/simulator/world.json";
const LEDGER: &str = "project/.raccord/ledger";
const URL: &str = "https://as2.ville.example/in";

/// The example, applied on the simulator.
fn applied() -> Sandbox {
    let sandbox = Sandbox::with_example("metropole");
    apply(&sandbox);
    sandbox
}

fn apply(sandbox: &Sandbox) {
    let ran = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

fn explain(sandbox: &Sandbox, arguments: &[&str]) -> Ran {
    let mut all = vec!["explain"];
    all.extend(arguments);
    sandbox.run(&all)
}

/// What is said of one address, as JSON; its schema is held too.
fn told(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    let ran = explain(sandbox, &all);
    assert_eq!(ran.code, 0, "{ran:?}");
    let json = ran.json();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/explain-address.v1.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let faults: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&json)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert_eq!(faults, Vec::<String>::new());
    json["addresses"][0].clone()
}

fn field<'a>(told: &'a Value, name: &str) -> &'a Value {
    let fields = told["fields"].as_array().unwrap();
    fields.iter().find(|field| field["field"] == name).unwrap_or_else(|| panic!("{name}: {told}"))
}

fn causes(told: &Value) -> Vec<(&str, &str)> {
    let reasons = told["reasons"].as_array().unwrap().iter();
    reasons
        .map(|reason| (reason["field"].as_str().unwrap(), reason["cause"].as_str().unwrap()))
        .collect()
}

/// Where a value comes from: kind, file, line.
fn origin(told: &Value, name: &str) -> (String, String, u64) {
    let origin = &field(told, name)["origin"];
    let place = &origin["place"];
    (
        origin["kind"].as_str().unwrap().to_owned(),
        place["file"].as_str().unwrap_or_default().to_owned(),
        place["line"].as_u64().unwrap_or_default(),
    )
}

fn line_of(sandbox: &Sandbox, file: &str, text: &str) -> u64 {
    let all = std::fs::read_to_string(sandbox.path(&format!("project/{file}"))).unwrap();
    let line = all.lines().position(|line| line.contains(text));
    line.unwrap_or_else(|| panic!("`{text}` in {all}")) as u64 + 1
}

#[test]
fn a_value_comes_from_a_file_an_override_the_project_or_a_default() {
    let sandbox = Sandbox::with_example("metropole");
    sandbox.edit(
        ENTITY,
        "overrides:\n",
        "overrides:\n  simulator:\n    edi_connections:\n      g2b:\n        network: { url: \"https://essai.ville.example/in\" }\n",
    );
    apply(&sandbox);
    let one = told(&sandbox, &["ville/edi/g2b", "project"]);
    let at = |text| line_of(&sandbox, "entities/ville.yaml", text);
    let file = "entities/ville.yaml".to_owned();
    assert_eq!(origin(&one, "name"), ("file".to_owned(), file.clone(), at("Ville d'Exemple, G2B")));
    assert_eq!(origin(&one, "network.url"), ("override".to_owned(), file, at("essai.ville")));
    let instead = &field(&one, "network.url")["origin"]["instead_of"];
    assert_eq!(instead["line"], at("as2.ville.example"));
    // What the override leaves alone is that of the file.
    assert_eq!(origin(&one, "network.as2_id").0, "file");
    assert_eq!(origin(&one, "active").0, "default");
    assert_eq!(origin(&one, "lifecycle.overlap").0, "default");
    let contact = field(&one, "contact.email");
    assert_eq!(origin(&one, "contact.email").0, "project");
    assert_eq!(contact["origin"]["place"]["file"], "raccord.yaml");
    assert_eq!(contact["origin"]["named_at"]["file"], "entities/ville.yaml");
    for name in ["name", "network.url", "active", "contact.email", "certificates.server"] {
        let field = field(&one, name);
        assert_eq!(field["cause"], "same", "{field}");
        assert_eq!(field["applied"], field["observed"], "{field}");
    }
    assert_eq!(one["changes"], Value::Array(Vec::new()));
    assert_eq!(one["applied"]["how"], "sent");
    assert!(one["applied"]["by"].as_str().unwrap().starts_with("tester@"));
    assert_eq!(one["observed"]["provenance"], "simulator");
    assert_eq!(one["certificates"][0]["file"], "certificates/ville-g2b.p7b");
    let text = explain(&sandbox, &["ville/edi/g2b", "project"]).stdout;
    for part in [
        "overrides, entities/ville.yaml:",
        "in place of entities/ville.yaml:",
        "named in entities/ville.yaml:",
        "nothing to do: it is as declared",
        "read from the simulator",
    ] {
        assert!(text.contains(part), "`{part}` in {text}");
    }
}

#[test]
fn a_value_of_a_table_names_its_cell_and_the_line_of_the_template() {
    let sandbox = Sandbox::with_example("operator");
    sandbox.edit(
        "project/raccord.yaml",
        "    template: templates/commune.yaml.j2\n",
        "    template: templates/commune.yaml.j2\n    join:\n      - csv: sources/contacts.csv\n        as: bureau\n        on: siret\n    defaults: { delai: 45d }\n",
    );
    let communes = std::fs::read_to_string(sandbox.path("project/sources/communes.csv")).unwrap();
    let sirets = communes.lines().skip(1).filter_map(|line| line.split(';').next());
    let mut contacts = "siret;courriel_bureau\n".to_owned();
    for siret in sirets.filter(|siret| siret.len() == 14) {
        contacts.extend([siret, ";bureau-", siret, "@bureau.example\n"]);
    }
    std::fs::write(sandbox.path("project/sources/contacts.csv"), contacts).unwrap();
    let template = "project/templates/commune.yaml.j2";
    sandbox.edit(template, "rotate_before: 30d", "rotate_before: \"{{ delai }}\"");
    sandbox.edit(
        template,
        "    contact: exploitation",
        "    contact: { first_name: Alix, last_name: Durand, email: \"{{ bureau.courriel_bureau }}\", phone: \"+33199004321\" }",
    );
    let account = told(&sandbox, &["commune-99993002700019/account/factures", "project"]);
    let email = &field(&account, "contact_email")["origin"];
    let place = &email["place"];
    assert_eq!((&email["kind"], &email["column"]), (&"row".into(), &"courriel".into()));
    assert_eq!((&place["file"], &place["line"]), (&"sources/communes.csv".into(), &3.into()));
    assert_eq!(place["template"], "templates/commune.yaml.j2");
    let at = line_of(&sandbox, "templates/commune.yaml.j2", "contact_email");
    assert_eq!(place["template_line"], at);
    let default = &field(&account, "rotate_before")["origin"];
    assert_eq!((&default["kind"], &default["column_default"]), (&"row".into(), &true.into()));
    let api = told(&sandbox, &["commune-99993002700019/api/factures", "project"]);
    let joined = &field(&api, "contact.email")["origin"];
    assert_eq!((&joined["kind"], &joined["joined_as"]), (&"joined".into(), &"bureau".into()));
    assert_eq!(joined["column"], "courriel_bureau");
    assert_eq!(joined["place"]["file"], "sources/contacts.csv");
    assert_eq!(joined["place"]["line"], 3);
    assert_eq!(origin(&api, "usage").0, "template");
    assert_eq!(causes(&api), [("sheet", "new")]);
    let shown = explain(&sandbox, &["commune-99993002700019/account/factures", "project"]).stdout;
    let template = format!("(by templates/commune.yaml.j2:{at})");
    assert!(shown.contains(&template), "{shown}");
    let part = "column `courriel`, sources/communes.csv:3:";
    assert!(shown.contains(part), "`{part}` in {shown}");
}

#[test]
fn who_changed_a_field_is_told_from_three_sides() {
    let sandbox = applied();
    let ask = || told(&sandbox, &["ville/edi/g2b", "project"]);
    // In the files.
    sandbox.edit(ENTITY, URL, "https://as2.ville.example/neuf");
    let one = ask();
    assert_eq!(causes(&one), [("network.url", "files")]);
    let url = field(&one, "network.url");
    assert_eq!((&url["applied"], &url["observed"]), (&URL.into(), &URL.into()));
    let shown = explain(&sandbox, &["ville/edi/g2b", "project"]).stdout;
    assert!(shown.contains("Chorus Pro has still the old value"), "{shown}");
    assert!(shown.contains("~ update ville/edi/g2b"), "{shown}");
    // Files and ledger alone tell it too.
    let offline = told(&sandbox, &["ville/edi/g2b", "project", "--offline"]);
    assert_eq!(field(&offline, "network.url")["cause"], "files");
    assert_eq!(field(&offline, "name")["cause"], "unknown");
    assert_eq!(offline["changes"], Value::Array(Vec::new()));
    // At Chorus Pro as well.
    sandbox.edit(WORLD, URL, "https://as2.ville.example/ailleurs");
    assert_eq!(causes(&ask()), [("network.url", "both")]);
    // At Chorus Pro alone.
    sandbox.edit(ENTITY, "https://as2.ville.example/neuf", URL);
    let one = ask();
    assert_eq!(causes(&one), [("network.url", "chorus_pro")]);
    assert_eq!(field(&one, "network.url")["observed"], "https://as2.ville.example/ailleurs");
    // After an apply nothing differs, and what was applied is newer.
    apply(&sandbox);
    let one = ask();
    assert_eq!(causes(&one), []);
    assert_eq!(field(&one, "network.url")["cause"], "same");
}

#[test]
fn a_ledger_that_noted_no_values_says_that_nobody_can_tell() {
    let sandbox = applied();
    let ledger = sandbox.path(&format!("{LEDGER}/simulator.jsonl"));
    let mut without = String::new();
    for line in std::fs::read_to_string(&ledger).unwrap().lines() {
        let mut event: Value = serde_json::from_str(line).unwrap();
        event.as_object_mut().unwrap().remove("values");
        without.push_str(&event.to_string());
        without.push('\n');
    }
    std::fs::write(&ledger, without).unwrap();
    sandbox.edit(ENTITY, URL, "https://as2.ville.example/neuf");
    let one = told(&sandbox, &["ville/edi/g2b", "project"]);
    assert_eq!(causes(&one), [("network.url", "unrecorded")]);
    assert_eq!(one["applied"], Value::Null);
}

#[test]
fn compacting_the_ledger_keeps_what_was_last_applied() {
    let sandbox = applied();
    sandbox.edit(ENTITY, URL, "https://as2.ville.example/neuf");
    apply(&sandbox);
    let before = told(&sandbox, &["ville/edi/g2b", "project"]);
    let ran = sandbox.run(&["ledger", "compact", "project"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let after = told(&sandbox, &["ville/edi/g2b", "project"]);
    assert_eq!(after["applied"], before["applied"]);
    assert_eq!(field(&after, "network.url"), field(&before, "network.url"));
}

#[test]
fn what_time_alone_makes_due_is_told_as_that() {
    let sandbox = applied();
    let password = told(&sandbox, &["ville/account/factures", "project", "--as-of", "2028-01-15"]);
    assert_eq!(causes(&password), [("password", "due")]);
    assert_eq!(password["password_sink"], "directory");
    let certificate =
        told(&sandbox, &["ville/certificate/g2b", "project", "--as-of", "2056-06-01"]);
    assert_eq!(causes(&certificate), [("not_after", "expired")]);
    assert_eq!(certificate["certificates"][0]["is_over"], true);
    let over = told(&sandbox, &["ville/edi/g2b", "project", "--as-of", "2051-01-01"]);
    let rules: Vec<&str> = over["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["rule"].as_str().unwrap())
        .collect();
    assert!(rules.contains(&"validity-over"), "{rules:?}");
}

#[test]
fn what_left_the_files_and_what_was_never_ours_is_explained_as_such() {
    let sandbox = applied();
    let text = std::fs::read_to_string(sandbox.path(ENTITY)).unwrap();
    let (head, rest) = text.split_once("  g2b:\n    name:").unwrap();
    let (_, tail) = rest.split_once("\noverrides:").unwrap();
    let tail = tail.replace("      g2b: certificates/ville-g2b-qual.p7b\n", "");
    std::fs::write(sandbox.path(ENTITY), format!("{head}\noverrides:{tail}")).unwrap();
    let one = told(&sandbox, &["ville/edi/g2b", "project"]);
    assert_eq!(one["declared"], false);
    assert_eq!(causes(&one), [("declared", "removed")]);
    assert_eq!(field(&one, "network.url")["declared"], Value::Null);
    let shown = explain(&sandbox, &["ville/edi/g2b", "project"]).stdout;
    assert!(shown.contains("not in the files any more"), "{shown}");
    // By its code, an address of ours is found.
    let code = one["observed"]["code"].as_str().unwrap();
    let by_code = told(&sandbox, &[code, "project"]);
    assert_eq!(by_code["address"], "ville/edi/g2b");
    // Without its ledger, nothing of it is ours: it is unmanaged.
    let id = one["observed"]["id"].as_str().unwrap();
    std::fs::remove_dir_all(sandbox.path(LEDGER)).unwrap();
    let ran = explain(&sandbox, &[id, "project"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("unmanaged") && ran.stdout.contains("no plan ever touches it"));
    let ran = explain(&sandbox, &[id, "project", "--format", "json"]);
    assert_eq!(ran.json()["unmanaged"][0]["id"], id);
    // What is declared still is adopted.
    let adopted = told(&sandbox, &["ville/edi/depot", "project"]);
    assert_eq!(causes(&adopted), [("sheet", "adoption")]);
    assert_eq!(adopted["applied"], Value::Null);
    let ran = explain(&sandbox, &["ville/edi/g2b", "project"]);
    assert_eq!(ran.code, 64, "{ran:?}");
}

#[test]
fn what_was_adopted_is_compared_with_what_was_found_then() {
    let sandbox = applied();
    std::fs::remove_dir_all(sandbox.path(LEDGER)).unwrap();
    apply(&sandbox);
    sandbox.edit(WORLD, URL, "https://as2.ville.example/ailleurs");
    let one = told(&sandbox, &["ville/edi/g2b", "project"]);
    assert_eq!(one["applied"]["how"], "adopted");
    assert_eq!(causes(&one), [("network.url", "chorus_pro")]);
}

#[test]
fn an_entity_has_a_line_of_each_address_and_an_unknown_one_the_nearest() {
    let sandbox = applied();
    sandbox.edit(ENTITY, URL, "https://as2.ville.example/neuf");
    let ran = explain(&sandbox, &["ville", "project"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 9, "{}", ran.stdout);
    assert!(ran.stdout.contains("update: network.url (files)"), "{}", ran.stdout);
    let whole = explain(&sandbox, &["ville/edi", "project", "--format", "json"]).json();
    assert_eq!(whole["addresses"].as_array().unwrap().len(), 2);
    let unknown = explain(&sandbox, &["ville/edi/g2x", "project"]);
    assert_eq!(unknown.code, 64, "{unknown:?}");
    assert!(unknown.stderr.contains("did you mean `ville/edi/g2b`?"), "{unknown:?}");
    let shape = explain(&sandbox, &["ville/edy/g2b", "project"]);
    assert!(shape.stderr.contains("expected one of structure"), "{shape:?}");
    let entity = explain(&sandbox, &["vile", "project"]);
    assert!(entity.stderr.contains("did you mean `ville`?"), "{entity:?}");
    // A rule needs no project, and is told as before beside one.
    let rule = explain(&sandbox, &["siret-checksum", "project"]);
    assert!(rule.stdout.starts_with("siret-checksum: "), "{rule:?}");
}

#[test]
fn at_the_portal_what_nobody_has_confirmed_is_unknown() {
    let sandbox = by_hand();
    let ran = explain(&sandbox, &["ville/edi/g2b", "project", "-e", "by_hand"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("in production"), "{ran:?}");
    assert!(ran.stdout.contains("nobody has confirmed it"), "{ran:?}");
    let one = told(&sandbox, &["ville/edi/g2b", "project", "-e", "by_hand"]);
    assert_eq!(one["observed"]["state"], "unknown");
    assert_eq!(field(&one, "network.url")["cause"], "unknown");
}
