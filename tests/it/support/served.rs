//! `Served`: a Chorus Pro of its own, as `raccord simulator` serves it.

use std::fmt::Write as _;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
use std::process::Stdio;

use base64::Engine as _;
use serde_json::Value;

use crate::support::Sandbox;

/// A simulator in its own process, which ends with the test.
pub(crate) struct Served {
    process: Child,
    /// What it printed, without the headings.
    words: Vec<String>,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

impl Served {
    /// Starts one that knows the structures of the projects in tests, and leaves a sheet En cours for `settle`.
    pub(crate) fn start(sandbox: &Sandbox, settle: &str) -> Self {
        let seed = r#"[
            { "siret": "99991001100017", "nom": "TOWN OF EXAMPLE" },
            { "siret": "12345678200010", "nom": "TOWN OF EXAMPLE" }
        ]"#;
        std::fs::write(sandbox.path("seed.json"), seed).unwrap();
        Self::with(sandbox, &["--seed", "seed.json", "--settle", settle])
    }

    /// Starts one with these arguments.
    pub(crate) fn with(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        let mut command = sandbox.command(&["simulator"]);
        let mut process = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let word = |line: String| line.split_whitespace().last().unwrap().to_owned();
        let words = lines.take(6).map(|line| word(line.unwrap())).collect();
        Self { process, words }
    }

    /// Its base.
    pub(crate) fn base(&self) -> &str {
        &self.words[0]
    }

    /// The secret of the PISTE application.
    pub(crate) fn client_secret(&self) -> &str {
        &self.words[3]
    }

    /// The password of the technical account.
    pub(crate) fn password(&self) -> &str {
        &self.words[5]
    }

    /// The environment that reaches it, with secrets in `<stage>.secret` and `<stage>.password`.
    pub(crate) fn environment(&self, stage: &str) -> String {
        let [base, oauth, client, _, login, _] = &self.words[..] else { panic!() };
        format!(
            "  {stage}:\n    stage: {stage}\n    connections: {{ channel: gateway, url: \"{base}\" }}\n    piste:\n      \
             oauth_url: \"{oauth}\"\n      api_url: \"{base}\"\n      client_id: {{ command: \"echo {client}\" }}\n      \
             client_secret: {{ file: {stage}.secret }}\n      account: {{ command: \"echo {login}\" }}\n      \
             password: {{ file: {stage}.password }}\n"
        )
    }

    /// Writes the secrets of [`Self::environment`] into a project.
    pub(crate) fn secrets(&self, project: &Path, name: &str) {
        std::fs::write(project.join(format!("{name}.secret")), self.client_secret()).unwrap();
        std::fs::write(project.join(format!("{name}.password")), self.password()).unwrap();
    }

    /// Steers it, or asks how it is: one call under `/simulateur/v1`.
    pub(crate) fn steer(&self, method: &str, path: &str, body: &Value) -> Value {
        let path = format!("/simulateur/v1/{path}");
        let (status, answer) = self.call(method, &path, "application/json", &[], &body.to_string());
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    /// Whether a technical account is let in with this password.
    pub(crate) fn accepts(&self, login: &str, password: &str) -> bool {
        let credentials = format!(
            "grant_type=client_credentials&scope=openid&client_id={}&client_secret={}",
            self.words[2],
            self.client_secret()
        );
        let form = "application/x-www-form-urlencoded";
        let (_, answer) = self.call("POST", "/api/oauth/token", form, &[], &credentials);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let token = format!("Bearer {}", answer["access_token"].as_str().unwrap());
        let account =
            base64::engine::general_purpose::STANDARD.encode(format!("{login}:{password}"));
        let headers = [("Authorization", token.as_str()), ("cpro-account", account.as_str())];
        let health = "/cpro/transverses/v1/health-check";
        self.call("GET", health, "application/json", &headers, "").0 == 200
    }

    /// One call; its status and its body.
    fn call(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, String) {
        let host = self.words[0].trim_start_matches("http://").trim_end_matches('/');
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        let mut stream = TcpStream::connect(host).unwrap();
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// Whether each request that came may change something, in their order.
    pub(crate) fn requests(&self) -> Vec<bool> {
        let asked = self.steer("GET", "requetes", &Value::Null);
        let all = asked["requetes"].as_array().unwrap();
        assert!(all.len() < 1000, "only the last thousand are told");
        let word = |request: &Value, key: &str| request[key].as_str().unwrap().to_owned();
        let route = |request| format!("{} {}", word(request, "methode"), word(request, "chemin"));
        all.iter().map(|request| is_change(&route(request))).collect()
    }

    /// How many requests of each route came that may change something.
    pub(crate) fn changes(&self) -> std::collections::BTreeMap<String, u64> {
        let asked = self.steer("GET", "requetes", &Value::Null);
        let routes = asked["parRoute"].as_object().unwrap();
        let count = |(route, count): (&String, &Value)| (route.clone(), count.as_u64().unwrap());
        routes.iter().filter(|(route, _)| is_change(route)).map(count).collect()
    }

    /// Ends it as Ctrl-C does; its world is whole on disk then.
    pub(crate) fn stop(mut self) {
        let pid = self.process.id().to_string();
        let told = std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
        assert!(told.success());
        assert!(self.process.wait().unwrap().success());
    }
}

/// Whether a route may change something. PISTE reads with POST; of its routes one changes.
fn is_change(route: &str) -> bool {
    let is_gateway = route.contains("/raccordements/v1/");
    route.starts_with("PATCH ") || is_gateway && !route.starts_with("GET ")
}
