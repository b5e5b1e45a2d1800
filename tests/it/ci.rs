//! The scripts of `examples/ci`, as the jobs of a forge run them, against a forge that is a fake.

use std::fmt::Write as _;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::Mutex;

use serde_json::Value;
use serde_json::json;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::copy;
use crate::support::served::Served;

const TOKEN: &str = "canary-token-of-the-forge-0042";

/// `gh api`, as far as the scripts use it, on lists in files.
const GH: &str = r#"#!/bin/sh
set -eu
[ "$1" = api ] && [ "$GH_TOKEN" = "canary-token-of-the-forge-0042" ]
shift
method=GET body='' filter=. path=''
while [ $# -gt 0 ]; do
    case $1 in
    --paginate | --silent) shift ;;
    --method) method=$2; shift 2 ;;
    --jq) filter=$2; shift 2 ;;
    -F) body=${2#body=@}; shift 2 ;;
    -f) shift 2 ;;
    *) path=${1%%\?*}; shift ;;
    esac
done
case $path in
*/comments | */comments/*) list=$FORGE/comments.json ;;
*) list=$FORGE/issues.json ;;
esac
echo "$method $path" >> "$FORGE/calls"
case $method in
GET) exec jq -r "$filter" "$list" ;;
POST) jq --rawfile body "$body" '. + [{ id: (length + 100), number: (length + 100), user: { login: "github-actions[bot]" }, body: $body }]' "$list" > "$list.new" ;;
PATCH) jq --rawfile body "$body" --argjson id "${path##*/}" 'map(if .id == $id then .body = $body else . end)' "$list" > "$list.new" ;;
esac
mv "$list.new" "$list"
"#;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci")
}

/// Whether a program is there; the scripts need it.
fn has(program: &str) -> bool {
    let found = Command::new("sh").arg("-c").arg(format!("command -v {program}")).output();
    found.is_ok_and(|output| output.status.success())
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=tester", "-c", "user.email=tester@ville.example"];
    let ran = Command::new("git").current_dir(folder).args(identity).args(arguments).output();
    let ran = ran.unwrap();
    assert!(ran.status.success(), "{arguments:?}: {ran:?}");
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}

/// A repository with a project and the scripts, its origin, and a Chorus Pro.
struct Stage {
    sandbox: Sandbox,
    served: Served,
    /// All that was said.
    heard: Mutex<String>,
}

impl Stage {
    fn new() -> Self {
        let sandbox = Sandbox::with_project();
        let served = Served::start(&sandbox, "0s");
        let environment = served
            .environment("qualification")
            .replace("{ file: qualification.secret }", "{ env: PISTE_CLIENT_SECRET }")
            .replace("{ file: qualification.password }", "{ env: CPRO_PASSWORD }");
        let manifest = sandbox.path("town/raccord.yaml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        let sink = "    password_sink: { directory: .raccord/secrets }\n";
        std::fs::write(&manifest, format!("{text}\nenvironments:\n{environment}{sink}")).unwrap();
        let ignore = sandbox.path("town/.gitignore");
        let text = std::fs::read_to_string(&ignore).unwrap();
        std::fs::write(&ignore, text + "raccord-out/\n").unwrap();
        copy(&examples().join("scripts"), &sandbox.path("town/ci/scripts"));
        std::fs::create_dir_all(sandbox.path("forge/bin")).unwrap();
        std::fs::write(sandbox.path("forge/bin/gh"), GH).unwrap();
        let mode = Command::new("chmod").arg("+x").arg(sandbox.path("forge/bin/gh")).status();
        assert!(mode.unwrap().success());
        let town = sandbox.path("town");
        git(&sandbox.path(""), &["init", "--quiet", "--bare", "--initial-branch=main", "origin"]);
        git(&town, &["init", "--quiet", "--initial-branch=main"]);
        git(&town, &["add", "."]);
        git(&town, &["commit", "--quiet", "--message", "first"]);
        git(&town, &["remote", "add", "origin", "../origin"]);
        git(&town, &["push", "--quiet", "origin", "main"]);
        Self { sandbox, served, heard: Mutex::default() }
    }

    /// Runs a script in the project, as a job does.
    fn run(&self, script: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = format!("{}:{}", self.sandbox.path("forge/bin").display(), path.display());
        let output = Command::new("sh")
            .arg(format!("ci/scripts/{script}.sh"))
            .args(arguments)
            .current_dir(self.sandbox.path("town"))
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.sandbox.path(""))
            .env("USER", "tester")
            .env("RACCORD", env!("CARGO_BIN_EXE_raccord"))
            .env("RACCORD_NOW", "2026-12-01T10:00:00Z")
            .env("RACCORD_ENVIRONMENT", "qualification")
            .env("FORGE", self.sandbox.path("forge"))
            .env("PISTE_CLIENT_SECRET", self.served.client_secret())
            .env("CPRO_PASSWORD", self.served.password())
            .envs(variables.iter().copied())
            .output();
        let ran = Ran::of(output.unwrap());
        write!(self.heard.lock().unwrap(), "{}{}", ran.stdout, ran.stderr).unwrap();
        ran
    }

    fn ok(&self, script: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let ran = self.run(script, arguments, variables);
        assert_eq!(ran.code, 0, "{script}: {ran:?}");
        ran
    }

    /// What a job keeps.
    fn kept(&self, name: &str) -> String {
        std::fs::read_to_string(self.sandbox.path("town/raccord-out").join(name)).unwrap()
    }

    /// What a list of the fake `gh` holds.
    fn list(&self, name: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.sandbox.path("forge").join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn set_list(&self, name: &str, list: &Value) {
        std::fs::write(self.sandbox.path("forge").join(name), list.to_string()).unwrap();
    }

    /// Nothing secret was said, kept or committed.
    fn assert_silent(&self) {
        let mut all = self.heard.lock().unwrap().clone();
        for entry in std::fs::read_dir(self.sandbox.path("town/raccord-out")).unwrap() {
            all.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
        }
        all.push_str(&git(&self.sandbox.path("town"), &["log", "--patch", "--all"]));
        for secret in [self.served.client_secret(), self.served.password(), TOKEN] {
            assert!(!all.contains(secret), "leaks: {secret}");
        }
    }
}

#[test]
fn a_change_goes_from_the_merge_request_to_the_ledger() {
    if !has("git") {
        println!("skipped: git is not installed");
        return;
    }
    let stage = Stage::new();
    let town = stage.sandbox.path("town");
    stage.ok("validate", &["sarif"], &[]);
    assert!(stage.kept("raccord.sarif").contains("\"version\": \"2.1.0\""));
    stage.ok("validate", &["gitlab"], &[]);
    assert_eq!(stage.kept("raccord-quality.json").trim(), "[]");

    let link = ("RACCORD_LINK", "https://forge.example/run/1");
    stage.ok("plan", &[], &[link]);
    assert_eq!(stage.kept("plan.exitcode"), "2\n");
    let comment = stage.kept("comment.md");
    assert!(comment.starts_with("<!-- raccord:plan environment=qualification project="));
    assert!(comment.contains("[The whole plan](<https://forge.example/run/1>)"), "{comment}");
    assert!(comment.contains("**Plan: 2 to create"), "{comment}");
    // In French the same comment is found, by the same first line.
    stage.ok("plan", &[], &[link, ("RACCORD_LANG", "fr")]);
    let french = stage.kept("comment.md");
    assert_eq!(french.lines().next(), comment.lines().next());
    assert!(french.contains("[Le plan entier](<https://forge.example/run/1>)"), "{french}");
    assert_eq!(crate::french::english(&french), [""; 0], "{french}");

    stage.ok("apply", &[], &[]);
    assert!(stage.kept("report.json").contains("\"exit_code\": 0"));
    let report: Value = serde_json::from_str(&stage.kept("report.json")).unwrap();
    assert_eq!(report["commit"]["dirty"], false, "{}", report["commit"]);
    let push = [("LEDGER_BRANCH", "main")];
    stage.ok("commit-ledger", &[], &push);
    let origin = stage.sandbox.path("origin");
    let ledger = git(&origin, &["show", "main:ledger/qualification.jsonl"]);
    assert!(ledger.contains("run_ended"), "{ledger}");
    let told = stage.ok("commit-ledger", &[], &push);
    assert!(told.stderr.contains("no new line"), "{told:?}");
    assert_eq!(git(&origin, &["rev-list", "--count", "main"]), "2");
    let held = stage.sandbox.run(&["verify", "town/raccord-out/report.json", "town"]);
    assert_eq!(held.code, 0, "{held:?}");

    // The plan was applied: it is not what would be decided now.
    let stale = stage.run("apply", &[], &[]);
    assert!(stale.code == 6 && stale.stderr.contains("the plan is stale"), "{stale:?}");
    stage.ok("plan", &[], &[]);
    assert_eq!(stage.kept("plan.exitcode"), "0\n");
    stage.ok("drift", &[], &[]);

    // Somebody pushes while the job runs.
    let other = stage.sandbox.path("other");
    git(&stage.sandbox.path(""), &["clone", "--quiet", "origin", "other"]);
    std::fs::write(other.join("NOTES"), "notes\n").unwrap();
    git(&other, &["add", "."]);
    git(&other, &["commit", "--quiet", "--message", "notes"]);
    git(&other, &["push", "--quiet", "origin", "main"]);
    std::fs::write(town.join("ledger/other.jsonl"), "").unwrap();
    let pushed = stage.ok("commit-ledger", &[], &push);
    assert!(pushed.stderr.contains("push 1 was refused"), "{pushed:?}");
    assert_eq!(git(&origin, &["rev-list", "--count", "main"]), "4");
    assert_eq!(git(&origin, &["show", "main:NOTES"]), "notes");
    stage.assert_silent();
}

#[test]
fn a_refused_plan_has_a_comment_and_no_plan_to_apply() {
    let stage = Stage::new();
    stage.ok("plan", &[], &[]);
    stage.ok("apply", &[], &[]);
    // More is deactivated than the policy allows.
    let entity = stage.sandbox.path("town/entities/town.yaml");
    let declared = std::fs::read_to_string(&entity).unwrap();
    std::fs::remove_file(&entity).unwrap();
    let refused = stage.run("plan", &[], &[]);
    assert_eq!(refused.code, 5, "{refused:?}");
    let comment = stage.kept("comment.md");
    assert!(comment.contains("### Errors") && comment.contains("`raccord apply` refuses it"));
    let nothing = stage.run("apply", &[], &[]);
    assert!(nothing.code == 1 && nothing.stderr.contains("the plan was refused"), "{nothing:?}");

    // Files with faults: there is no plan to speak of.
    std::fs::write(&entity, declared.replace("entity: town", "entity: Not A Name")).unwrap();
    assert_eq!(stage.run("plan", &[], &[]).code, 1);
    assert!(!stage.sandbox.path("town/raccord-out/comment.md").exists());
    stage.assert_silent();
}

#[test]
fn github_has_one_comment_and_one_issue() {
    if !has("jq") {
        println!("skipped: jq is not installed");
        return;
    }
    let stage = Stage::new();
    stage.ok("plan", &[], &[]);
    let marker = stage.kept("comment.md").lines().next().unwrap().to_owned();
    let other = json!([{ "id": 7, "number": 7, "user": { "login": "somebody" }, "body": format!("{marker}\r\nmine") }]);
    stage.set_list("comments.json", &other);
    stage.set_list("issues.json", &json!([]));
    let forge =
        [("GITHUB_REPOSITORY", "ville/raccord"), ("PULL_REQUEST", "4"), ("GH_TOKEN", TOKEN)];
    let made = stage.ok("comment", &["github"], &forge);
    assert!(made.stderr.contains("comment made"), "{made:?}");
    assert_eq!(stage.list("comments.json")[1]["body"], stage.kept("comment.md"));

    stage.ok("plan", &[], &[("RACCORD_LINK", "https://forge.example/run/2")]);
    let edited = stage.ok("comment", &["github"], &forge);
    assert!(edited.stderr.contains("comment 101 edited"), "{edited:?}");
    let comments = stage.list("comments.json");
    assert_eq!(comments.len(), 2);
    assert_eq!((&comments[0], &comments[1]["body"]), (&other[0], &stage.kept("comment.md").into()));
    assert!(stage.kept("comment.md").contains("run/2"));

    stage.ok("apply", &[], &[]);
    stage.sandbox.edit("town/entities/town.yaml", "usage: own", "usage: own\n    active: false");
    let drift = stage.run("drift", &[], &[]);
    assert!(drift.code == 2 && drift.stderr.contains("DRIFT"), "{drift:?}");
    for told in ["issue made", "issue 100 edited"] {
        let issue = stage.ok("drift-issue", &[], &forge);
        assert!(issue.stderr.contains(told), "{issue:?}");
    }
    assert_eq!(stage.list("issues.json").len(), 1);
    assert_eq!(stage.list("issues.json")[0]["body"], stage.kept("drift.md"));
    stage.assert_silent();
}

/// The notes of a merge request, each with its author.
type Notes = Arc<Mutex<Vec<(String, String)>>>;

/// One request to a GitLab that knows one merge request, and shows one note on a page.
fn answer(mut stream: TcpStream, notes: &Notes) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let header = |name: &str| {
        lines.iter().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    let text = url::form_urlencoded::parse(&body).find(|(key, _)| key == "body");
    let text = text.map(|(_, text)| text.into_owned()).unwrap_or_default();
    let mut words = lines.first().map(String::as_str).unwrap_or_default().split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut notes = notes.lock().unwrap();
    let mut next = String::new();
    let mut status = "200 OK";
    let all = "/api/v4/projects/5/merge_requests/9/notes";
    let answer = match (method, path.strip_prefix(all)) {
        _ if header("private-token").as_deref() != Some(TOKEN) => {
            status = "401 Unauthorized";
            json!({})
        }
        ("GET", None) if path == "/api/v4/user" => json!({ "username": "raccord-bot" }),
        ("GET", Some("")) => {
            let page = query.rsplit_once("&page=").unwrap().1.parse::<usize>().unwrap();
            if page < notes.len() {
                next = (page + 1).to_string();
            }
            let shown = notes.get(page - 1).map(|(author, body)| json!({ "id": page, "author": { "username": author }, "body": body }));
            json!(shown.into_iter().collect::<Vec<_>>())
        }
        ("POST", Some("")) => {
            notes.push(("raccord-bot".to_owned(), text));
            json!({})
        }
        ("PUT", Some(id)) => {
            notes[id[1..].parse::<usize>().unwrap() - 1].1 = text;
            json!({})
        }
        _ => {
            status = "404 Not Found";
            json!({})
        }
    };
    let answer = answer.to_string();
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nX-Next-Page: {next}\r\nContent-Length: {}\r\n\r\n",
        answer.len()
    );
    stream.write_all((head + &answer).as_bytes()).unwrap();
}

#[test]
fn gitlab_has_one_comment() {
    if !has("jq") || !has("curl") {
        println!("skipped: jq or curl is not installed");
        return;
    }
    let stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api/v4", listener.local_addr().unwrap());
    let notes = Notes::default();
    let served = Arc::clone(&notes);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), &served);
        }
    });
    stage.ok("plan", &[], &[]);
    let marker = stage.kept("comment.md").lines().next().unwrap().to_owned();
    let mine = ("somebody".to_owned(), format!("{marker}\nmine"));
    notes.lock().unwrap().push(mine.clone());
    let forge = [
        ("CI_API_V4_URL", url.as_str()),
        ("CI_PROJECT_ID", "5"),
        ("CI_MERGE_REQUEST_IID", "9"),
        ("RACCORD_COMMENT_TOKEN", TOKEN),
    ];
    let made = stage.ok("comment", &["gitlab"], &forge);
    assert!(made.stderr.contains("comment made"), "{made:?}");
    stage.ok("plan", &[], &[("RACCORD_LINK", "https://forge.example/run/2")]);
    let edited = stage.ok("comment", &["gitlab"], &forge);
    assert!(edited.stderr.contains("comment 2 edited"), "{edited:?}");
    let bot = ("raccord-bot".to_owned(), stage.kept("comment.md"));
    assert_eq!(*notes.lock().unwrap(), [mine, bot]);

    // A token that is refused fails the job, and is not shown.
    let refused = stage.run(
        "comment",
        &["gitlab"],
        &[&forge[..3], &[("RACCORD_COMMENT_TOKEN", "other")]].concat(),
    );
    assert_ne!(refused.code, 0, "{refused:?}");
    stage.assert_silent();
}

#[test]
fn the_pipelines_are_yaml_that_runs_scripts_that_are_there() {
    let files = [
        "github/.github/workflows/chorus-pro.yaml",
        "github/.github/actions/install-raccord/action.yaml",
        "gitlab/.gitlab-ci.yml",
    ];
    for file in files {
        let text = std::fs::read_to_string(examples().join(file)).unwrap();
        let read: Value =
            serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(read.as_object().is_some_and(|keys| keys.len() > 2), "{file}");
        for part in text.split("ci/scripts/").skip(1) {
            let script = part.split_once(".sh").unwrap().0;
            let path = examples().join("scripts").join(format!("{script}.sh"));
            assert!(path.is_file(), "{file} runs {}", path.display());
        }
        for line in
            text.lines().filter(|line| line.contains("uses: ") && !line.contains("uses: ./"))
        {
            let (commit, version) = line.split_once('@').unwrap().1.split_once(" # v").unwrap();
            let is_commit =
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit && version.split('.').count() == 3, "{file}: {line}");
        }
    }
}

#[test]
fn the_scripts_are_clean_by_shellcheck() {
    if !has("shellcheck") {
        println!("skipped: shellcheck is not installed");
        return;
    }
    let folder = examples().join("scripts");
    let checked =
        Command::new("sh").arg("-c").arg("shellcheck -x *.sh").current_dir(folder).output();
    let checked = checked.unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}
