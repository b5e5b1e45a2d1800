//! An environment where a person works at the portal: the plan, the dossier, the confirmations, and what is known after.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::served::Served;

/// The example with an environment where nothing is read by an API.
pub(crate) fn by_hand() -> Sandbox {
    let sandbox = Sandbox::with_example("metropole");
    sandbox.edit(
        "project/raccord.yaml",
        "\npolicy:\n",
        "\n  by_hand:\n    stage: production\n    connections: { channel: portal }\n    password_sink: { directory: secrets }\n\npolicy:\n",
    );
    sandbox
}

/// Runs a command on that environment.
fn run(sandbox: &Sandbox, arguments: &[&str]) -> Ran {
    let mut all = vec!["--environment", "by_hand"];
    all.extend(arguments);
    sandbox.run(&all)
}

/// Applies, and gives the folder of the dossier.
pub(crate) fn apply(sandbox: &Sandbox) -> PathBuf {
    let ran = run(sandbox, &["apply", "project", "--auto-approve", "--format", "json"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    sandbox.path(ran.json()["dossier"].as_str().unwrap())
}

fn with_input(sandbox: &Sandbox, arguments: &[&str], input: &str) -> Ran {
    let mut all = vec!["--environment", "by_hand"];
    all.extend(arguments);
    let mut command = sandbox.command(&all);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

/// Fills in the table of a dossier, as its reader does: by column, for each row.
fn fill(
    table: &str,
    answer: impl Fn(&BTreeMap<String, String>) -> Vec<(&'static str, String)>,
) -> String {
    let text = table.trim_start_matches('\u{feff}');
    let mut lines = text.lines();
    let headers: Vec<&str> = lines.next().unwrap().split(';').collect();
    let mut filled = format!("\u{feff}{}\r\n", headers.join(";"));
    for line in lines {
        let mut cells: Vec<String> = line.split(';').map(str::to_owned).collect();
        let row = headers.iter().map(|header| (*header).to_owned()).zip(cells.clone()).collect();
        for (column, value) in answer(&row) {
            let index = headers.iter().position(|header| *header == column).unwrap();
            cells[index] = value;
        }
        filled.push_str(&cells.join(";"));
        filled.push_str("\r\n");
    }
    filled
}

/// Everything was made as the dossier says.
fn done(row: &BTreeMap<String, String>) -> Vec<(&'static str, String)> {
    let step = &row["etape"];
    if !step.ends_with("-create") {
        return Vec::new();
    }
    let number: u32 = row["numero"].parse().unwrap();
    if step.contains("/account/") {
        let login = format!("TECH_1_{}@cpro.fr", row["siret"]);
        return vec![("resultat", "fait".to_owned()), ("identifiant", login)];
    }
    vec![("statut", "Actif".to_owned()), ("code_application", format!("VFE{number:03}"))]
}

fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn change<'a>(plan: &'a Value, address: &str) -> &'a Value {
    let mut changes = plan["changes"].as_array().unwrap().iter();
    changes.find(|change| change["address"] == address).unwrap()
}

#[test]
fn a_whole_project_is_done_by_hand_and_confirmed() {
    let mut sandbox = by_hand();
    let plan = run(&sandbox, &["plan", "project", "--format", "json"]).json();
    assert_eq!(plan["summary"]["create"], 11, "{plan}");
    let first = &change(&plan, "ville/edi/g2b")["steps"][0];
    assert_eq!(first["does"], "verify");
    assert_eq!(change(&plan, "ville/edi/g2b")["channel"], "portal");

    let folder = apply(&sandbox);
    assert!(folder.starts_with(sandbox.path("project/dossier/by_hand")), "{folder:?}");
    let page = read(&folder.join("index.html"));
    assert!(page.contains("Étape 1 sur 4 : Structure et système d&#x27;échange"), "{page}");
    assert!(!page.contains("http://") && !page.contains("src="), "the page needs no network");
    let dossier: Value = serde_json::from_str(&read(&folder.join("etapes.json"))).unwrap();
    let steps = dossier["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 27);
    for (number, step) in (1..).zip(steps) {
        let after = step["after"].as_array().unwrap();
        assert!(after.iter().all(|earlier| earlier.as_u64().unwrap() < number), "{step}");
        for field in step["screens"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|screen| screen["fields"].as_array().unwrap())
        {
            if let Some(file) = field["file"].as_str() {
                assert!(folder.join(file).metadata().unwrap().len() > 1000, "{file}");
            }
        }
    }
    let schema: Value = serde_json::from_str(&read(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/dossier.v1.schema.json"),
    ))
    .unwrap();
    assert!(jsonschema::is_valid(&schema, &dossier));
    assert!(read(&folder.join("dossier.md")).contains("## 27. "));

    // Handed over, and nobody has said how it came out: nothing is created twice.
    let plan = run(&sandbox, &["plan", "project", "--format", "json"]).json();
    assert_eq!(plan["summary"]["create"], 0, "{plan}");
    assert_eq!(plan["summary"]["verify"], 11, "{plan}");

    let table = fill(&read(&folder.join("etapes.csv")), done);
    std::fs::write(sandbox.path("filled.csv"), table).unwrap();
    let confirm = ["confirm", "--project", "project", "--from", "filled.csv", "--auto-approve"];
    let ran = run(&sandbox, &[&confirm[..], &["--format", "json"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.json()["confirmed"].as_array().unwrap().len(), 11);
    assert!(ran.json()["by"].as_str().unwrap().starts_with("tester@"));
    let schema: Value = serde_json::from_str(&read(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/confirm.v1.schema.json"),
    ))
    .unwrap();
    assert!(jsonschema::is_valid(&schema, &ran.json()));

    let ran = run(&sandbox, &["plan", "project", "--detailed-exitcode"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    sandbox.at("2026-12-13T10:00:00Z");
    let status = run(&sandbox, &["status", "project", "--format", "json"]).json();
    let resource = status["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["address"] == "ville/edi/g2b")
        .unwrap()
        .clone();
    assert_eq!(resource["status"], "Actif");
    assert_eq!(resource["provenance"], "confirmed");
    assert_eq!(resource["age_days"], 12);
    assert!(resource["confirmed_by"].as_str().unwrap().starts_with("tester@"), "{resource}");
    let human = run(&sandbox, &["status", "project"]).stdout;
    assert!(human.contains("12 days ago") && human.contains("unknown"), "{human}");

    // What was seen grows old.
    let ran = run(&sandbox, &["plan", "project", "--require-verified", "10d"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.stderr.contains("`ville/edi/g2b` was seen 12 days ago, by tester@"), "{ran:?}");
    assert_eq!(run(&sandbox, &["plan", "project", "--require-verified", "12"]).code, 0);
    assert_eq!(
        run(&sandbox, &["apply", "project", "--auto-approve", "--require-verified", "10"]).code,
        5
    );

    let history = run(&sandbox, &["history", "project", "--address", "ville/edi/g2b"]).stdout;
    assert!(history.contains("handed over") && history.contains("confirmed"), "{history}");
    assert!(history.contains("seen by tester@"), "{history}");
    let ledger = read(&sandbox.path("project/ledger/by_hand.jsonl"));
    assert!(ledger.contains(r#""by":"tester@"#), "{ledger}");
    let ran = run(&sandbox, &["ledger", "compact", "project"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(run(&sandbox, &["plan", "project", "--detailed-exitcode"]).code, 0);
}

#[test]
fn there_and_not_there_are_both_answers_to_a_look() {
    let sandbox = by_hand();
    let address = "ville/edi/g2b";
    let confirm = |more: &[&str]| {
        let words = ["confirm", address, "--project", "project", "--auto-approve"];
        run(&sandbox, &[&words[..], more].concat())
    };
    apply(&sandbox);
    let decided = || {
        let plan = run(&sandbox, &["plan", "project", "--format", "json"]).json();
        let steps = change(&plan, address)["steps"].as_array().unwrap().clone();
        let steps: Vec<String> =
            steps.iter().map(|step| step["does"].as_str().unwrap().to_owned()).collect();
        (change(&plan, address)["change"].as_str().unwrap().to_owned(), steps)
    };
    assert_eq!(
        decided(),
        ("verify".to_owned(), ["verify", "create", "wait"].map(str::to_owned).to_vec())
    );
    // Not there: it is created without another look.
    assert_eq!(confirm(&["--absent"]).code, 0);
    assert_eq!(decided(), ("create".to_owned(), ["create", "wait"].map(str::to_owned).to_vec()));
    // There after all: it is ours, and nothing is left to do about it.
    let ran = confirm(&["--status", "En cours"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(decided(), ("wait".to_owned(), vec!["wait".to_owned()]));
    let ran = confirm(&["--status", "actif", "--application-code", "vfe025", "--format", "json"]);
    assert_eq!(ran.json()["confirmed"][0]["code"], "VFE025", "{ran:?}");
    let plan = run(&sandbox, &["plan", "project", "--format", "json"]).json();
    assert!(plan["changes"].as_array().unwrap().iter().all(|change| change["address"] != address));
    // It was deleted behind our back: it is made again.
    assert_eq!(confirm(&["--absent"]).code, 0);
    assert_eq!(decided().0, "create");
}

#[test]
fn what_is_found_without_a_dossier_is_adopted_as_declared() {
    let sandbox = by_hand();
    let list = "Structure\tNom du raccordement\tSystème d'échange\tProtocole\tCode application\tDébut de validité\tFin de validité\tStatut\n\
        VILLE D'EXEMPLE (99991003700012)\tVille d'Exemple, G2B\tPA-CPRO\tAS2\tVFE025\t01/09/2026\t31/12/2050\tActif\n\
        MÉTROPOLE D'EXEMPLE\tMétropole d'Exemple, dépôt\tCPRO\tPeSit\tVFE026\t01/09/2026\t31/12/2049\tEN ERREUR\n";
    let paste =
        ["confirm", "--project", "project", "--paste", "--auto-approve", "--format", "json"];
    let ran = with_input(&sandbox, &paste, list);
    assert_eq!(ran.code, 0, "{ran:?}");
    let told: Vec<Value> = ran.json()["confirmed"].as_array().unwrap().clone();
    assert_eq!(
        (&told[0]["address"], &told[0]["status"]),
        (&"ville/edi/g2b".into(), &"Actif".into())
    );
    assert_eq!(
        (&told[1]["address"], &told[1]["status"]),
        (&"metropole/edi/depot".into(), &"Erreur".into())
    );
    let plan = run(&sandbox, &["plan", "project", "--format", "json"]).json();
    let depot = change(&plan, "metropole/edi/depot");
    assert_eq!(depot["change"], "ask_support");
    let because = depot["because"].to_string();
    assert!(
        because.contains("2049-12-31"),
        "a date that differs from the declared one is told: {because}"
    );
    assert!(
        plan["changes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|change| change["address"] != "ville/edi/g2b")
    );
}

#[test]
fn all_faults_are_told_at_once_with_their_lines() {
    let sandbox = by_hand();
    apply(&sandbox);
    // As Excel saves it in French: windows-1252, semicolons, CRLF.
    let table = "adresse;statut;code application;identifiant;date\r\n\
        ville/edi/g2b;Actf;VFE025;;\r\n\
        ville/edi/depot;Actif;VFE25;;\r\n\
        ville/edi/nowhere;Actif;;;\r\n\
        metropole/edi/g2b;Actif;;;31/12/2099\r\n\
        metropole/edi/depot;Actif;;;32/12/2026\r\n\
        ville/account/factures;Actif;;TECH_1_99991002900019@cpro.fr;\r\n\
        ccas/api/aides;Partielle;;;\r\n\
        ;;;;\r\n";
    let text = table.replace("nowhere", "nowh\u{e9}re");
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    std::fs::write(sandbox.path("wrong.csv"), bytes).unwrap();
    let ran = run(
        &sandbox,
        &["confirm", "--project", "project", "--from", "wrong.csv", "--auto-approve"],
    );
    assert_eq!(ran.code, 1, "{ran:?}");
    for told in [
        "line 2: found the status `Actf`",
        "`Actif` is near",
        "line 3: found the application code `VFE25`",
        "line 4: ",
        "line 5: found the date 2099-12-31",
        "line 6: found `32/12/2026` as the date",
        "line 7: the login",
        "line 8: found the status `Partielle`",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
    let history = run(&sandbox, &["history", "project"]).stdout;
    assert!(!history.contains("confirmed"), "{history}");
    let ran =
        run(&sandbox, &["confirm", "ville/edi/g2b", "--project", "project", "--status", "Actif"]);
    assert_eq!((ran.code, ran.stderr.contains("nobody can be asked")), (1, true), "{ran:?}");
    let ran = sandbox.run(&[
        "confirm",
        "ville/edi/g2b",
        "--project",
        "project",
        "--absent",
        "--auto-approve",
    ]);
    assert_eq!(ran.code, 64, "the simulator is read by an API: {ran:?}");
}

#[test]
fn a_password_goes_to_its_sink_and_nowhere_else() {
    let sandbox = by_hand();
    apply(&sandbox);
    let login = "TECH_1_99991003700012@cpro.fr";
    let words = [
        "confirm",
        "ville/account/factures",
        "--project",
        "project",
        "--login",
        login,
        "--password-stdin",
        "--auto-approve",
    ];
    let ran = with_input(&sandbox, &words, "c4nary-p4ssword\n");
    assert_eq!(ran.code, 0, "{ran:?}");
    let secret = read(&sandbox.path("project/secrets/ville/factures.password"));
    assert!(secret.contains("c4nary-p4ssword") && secret.contains(login), "{secret}");
    let ledger = read(&sandbox.path("project/ledger/by_hand.jsonl"));
    assert!(ledger.contains("password_stored"), "{ledger}");
    for text in [&ran.stdout, &ran.stderr, &ledger] {
        assert!(!text.contains("c4nary"), "{text}");
    }
    // 424 days later it has to be reset: a person does that too, with one of the six requests.
    let plan =
        run(&sandbox, &["plan", "project", "--as-of", "2028-01-15", "--format", "json"]).json();
    assert_eq!(change(&plan, "ville/account/factures")["change"], "rotate");
}

#[test]
fn a_replacement_is_handed_over_in_its_order() {
    let mut sandbox = by_hand();
    let folder = apply(&sandbox);
    std::fs::write(sandbox.path("filled.csv"), fill(&read(&folder.join("etapes.csv")), done))
        .unwrap();
    let confirm = ["confirm", "--project", "project", "--auto-approve", "--from", "filled.csv"];
    assert_eq!(run(&sandbox, &confirm).code, 0);
    sandbox.edit(
        "project/entities/regie-des-eaux.yaml",
        "    protocol: SFTP\n    network: { ip: 192.0.2.30 }\n    certificates: { client: g2b }\n",
        "    protocol: AS2\n    network: { as2_id: REGIE, url: \"https://as2.eaux.example/in\" }\n    certificates: { server: g2b }\n",
    );
    sandbox.edit(
        "project/entities/regie-des-eaux.yaml",
        "  g2b: certificates/regie-des-eaux-g2b.p7b\n\n",
        "  g2b: certificates/regie-des-eaux-g2b-2.p7b\n\n",
    );
    sandbox.at("2026-12-02T10:00:00Z");
    let folder = apply(&sandbox);
    let dossier: Value = serde_json::from_str(&read(&folder.join("etapes.json"))).unwrap();
    let does: Vec<&str> = dossier["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["does"].as_str().unwrap())
        .collect();
    assert_eq!(does, ["create", "wait", "deactivate"]);
    assert!(dossier["steps"][2]["name"].as_str().unwrap().contains("VFE0"), "{dossier}");
    let table = fill(&read(&folder.join("etapes.csv")), |row| {
        if row["etape"].ends_with("-wait") {
            return Vec::new();
        }
        if row["etape"].ends_with("-deactivate") {
            return vec![("resultat", "fait".to_owned())];
        }
        vec![("statut", "Actif".to_owned()), ("code_application", "VFE900".to_owned())]
    });
    std::fs::write(sandbox.path("filled.csv"), table).unwrap();
    let ran = run(&sandbox, &confirm);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = run(&sandbox, &["plan", "project", "--detailed-exitcode"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let status = run(&sandbox, &["status", "project", "--format", "json"]).json();
    let eaux = status["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["address"] == "regie-des-eaux/edi/g2b")
        .unwrap()
        .clone();
    assert_eq!(
        (&eaux["application_code"], &eaux["former"][0]["status"]),
        (&"VFE900".into(), &"Inactif".into())
    );
}

#[test]
fn the_same_dossier_again_takes_the_place_of_the_first() {
    let sandbox = by_hand();
    run(&sandbox, &["apply", "project", "--auto-approve", "--dossier", "here"]);
    assert!(sandbox.path("here/index.html").is_file());
    run(&sandbox, &["apply", "project", "--auto-approve", "--dossier", "here"]);
    let left: Vec<_> = std::fs::read_dir(sandbox.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
    std::fs::create_dir(sandbox.path("mine")).unwrap();
    std::fs::write(sandbox.path("mine/letter.txt"), "").unwrap();
    let ran = run(&sandbox, &["apply", "project", "--auto-approve", "--dossier", "mine"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(sandbox.path("mine/letter.txt").is_file());
}

#[test]
fn the_api_does_what_it_can_and_what_it_says_against_the_ledger_is_told() {
    let sandbox = Sandbox::with_example("metropole");
    let seed = r#"[
        { "siret": "99991002900019", "nom": "METROPOLE", "services": [
            { "code": "FINANCES", "nom": "F" }, { "code": "VOIRIE", "nom": "V" } ] },
        { "siret": "99991003700012", "nom": "VILLE", "emetteurEdi": true },
        { "siret": "99991004500015", "nom": "REGIE" },
        { "siret": "99991005200011", "nom": "CCAS" }
    ]"#;
    std::fs::write(sandbox.path("seed.json"), seed).unwrap();
    let served = Served::with(&sandbox, &["--seed", "seed.json"]);
    let environment = served.environment("production");
    let (before, after) =
        environment.split_once("connections: { channel: gateway, url: \"").unwrap();
    let (_, after) = after.split_once("\" }").unwrap();
    let environment =
        format!("{before}connections: {{ channel: portal }}\n    rate: 1000/s{after}")
            .replace("  production:", "  by_hand:");
    sandbox.edit("project/raccord.yaml", "\npolicy:\n", &format!("\n{environment}\npolicy:\n"));
    served.secrets(&sandbox.path("project"), "production");

    // The city sends by EDI, and no sheet of it is known; the métropole has no flag yet.
    let plan = run(&sandbox, &["plan", "project", "--format", "json"]).json();
    assert_eq!(change(&plan, "ville/edi/g2b")["change"], "verify");
    assert!(
        change(&plan, "ville/edi/g2b")["because"].to_string().contains("connexionEDI"),
        "{plan}"
    );
    assert_eq!(change(&plan, "metropole/edi/g2b")["change"], "create");
    let flags = change(&plan, "metropole/structure/99991002900019");
    assert_eq!((&flags["change"], &flags["channel"]), (&"update".into(), &"piste".into()));

    let ran = run(&sandbox, &["apply", "project", "--auto-approve", "--format", "json"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(ran.json()["summary"]["done"], 1, "the flags: {ran:?}");
    assert!(ran.json()["last_steps"].to_string().contains("PeSIT"), "{ran:?}");
    let changes = served.changes();
    assert!(changes.keys().all(|route| route.starts_with("PATCH ")), "{changes:?}");
    let plan = run(&sandbox, &["plan", "project", "--format", "json"]).json();
    let changes = plan["changes"].as_array().unwrap();
    assert!(changes.iter().all(|change| change["kind"] != "structure"), "{plan}");
    let status = run(&sandbox, &["status", "project", "--format", "json"]).json();
    let structure = &status["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"] == "structure")
        .unwrap()
        .clone();
    assert_eq!(structure["provenance"], "piste");

    // The technical account is refused: structures are unknown, the rest goes on.
    std::fs::write(sandbox.path("project/production.password"), "another").unwrap();
    let ran = run(&sandbox, &["plan", "project", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.json()["diagnostics"].to_string().contains("account-refused"), "{ran:?}");
    let status = run(&sandbox, &["status", "project", "--format", "json"]).json();
    let structure = &status["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"] == "structure")
        .unwrap()
        .clone();
    assert_eq!(structure["unknown"], true);
}
