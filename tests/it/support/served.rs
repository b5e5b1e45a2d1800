//! `Served`: a Chorus Pro of its own, as `raccord simulator` serves it.

use std::io::BufRead as _;
use std::io::BufReader;
use std::process::Child;
use std::process::Stdio;

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
        let mut command =
            sandbox.command(&["simulator", "--seed", "seed.json", "--settle", settle]);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let word = |line: String| line.split_whitespace().last().unwrap().to_owned();
        let words = lines.take(6).map(|line| word(line.unwrap())).collect();
        Self { process, words }
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
}
