//! Environments: where a plan is made for, and how that place is reached.

use std::sync::Arc;
use std::time::Duration;

use crate::certificate::pem;
use crate::config::files::Files;
use crate::config::manifest::decode::Text;
use crate::config::manifest::form::UrlForm;
use crate::config::manifest::project::EnvironmentManifest;
use crate::config::manifest::project::PisteManifest;
use crate::config::manifest::project::SecretReference;
use crate::config::manifest::project::SinkManifest;
use crate::config::manifest::reader::Reader;
use crate::config::rule;
use crate::diagnostic::Span;
use crate::domain::environment::Connections;
use crate::domain::environment::Environment;
use crate::domain::environment::LedgerPlace;
use crate::domain::environment::Passage;
use crate::domain::environment::PasswordSink;
use crate::domain::environment::Piste;
use crate::domain::environment::SecretRef;
use crate::domain::environment::Stage;
use crate::domain::recipient::Recipient;
use crate::domain::value::ValueFault;
use crate::domain::value::WebUrl;
use crate::language::Message;
use crate::language::marked;
use crate::language::message;

/// The environment that exists without being written.
pub(crate) const SIMULATOR: &str = "simulator";

/// The stages by their words.
const STAGES: [(&str, Stage); 3] = [
    ("simulator", Stage::Simulator),
    ("qualification", Stage::Qualification),
    ("production", Stage::Production),
];

/// The channels by their words.
const CHANNELS: [(&str, ChannelWord); 3] = [
    ("simulator", ChannelWord::Simulator),
    ("portal", ChannelWord::Portal),
    ("gateway", ChannelWord::Gateway),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChannelWord {
    Simulator,
    Portal,
    Gateway,
}

/// The simulator as it is when nobody wrote anything about it.
pub(crate) fn simulator(name: &str) -> Environment {
    Environment {
        name: name.to_owned(),
        stage: Stage::Simulator,
        piste: None,
        connections: Connections::Simulator,
        password_sink: Some(PasswordSink::Directory(format!(".raccord/passwords/{name}"))),
        ledger: LedgerPlace::File(format!(".raccord/ledger/{name}.jsonl")),
        interval: None,
    }
}

/// The official hosts of a stage: token, API (`docs/sources.md` 8).
fn official_hosts(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Production => {
            ("https://oauth.piste.gouv.fr/api/oauth/token", "https://api.piste.gouv.fr")
        }
        Stage::Simulator | Stage::Qualification => (
            "https://sandbox-oauth.piste.gouv.fr/api/oauth/token",
            "https://sandbox-api.piste.gouv.fr",
        ),
    }
}

impl Reader<'_> {
    /// Resolves an environment of a project that may give itself a name. What has a fault is left out, and was reported.
    pub(crate) fn environment(
        &mut self,
        name: &Text,
        written: &EnvironmentManifest,
        project: Option<&str>,
        files: &mut Files,
    ) -> Environment {
        let channel = self.channel(written).unwrap_or(if name.value == SIMULATOR {
            ChannelWord::Simulator
        } else {
            ChannelWord::Portal
        });
        let simulated = channel == ChannelWord::Simulator;
        let stage = self.stage(name, written, simulated);
        let url = written.connections.as_ref().and_then(|connections| {
            let url = self.value(connections.url.as_ref(), WebUrl::parse);
            if channel != ChannelWord::Gateway
                && let Some(text) = connections.url.as_ref()
            {
                self.error(
                    rule::CHANNEL,
                    text.span,
                    message!("only a gateway has a `url`"),
                    message!("remove `url`, or write `channel: gateway`"),
                );
            }
            url
        });
        let connections = match (channel, url) {
            (ChannelWord::Simulator, _) => Connections::Simulator,
            (ChannelWord::Portal, _) => Connections::Portal,
            (ChannelWord::Gateway, Some(url)) => Connections::Gateway { url },
            (ChannelWord::Gateway, None) => {
                let told = written
                    .connections
                    .as_ref()
                    .is_some_and(|connections| connections.url.is_some());
                if !told {
                    self.error(
                        rule::CHANNEL,
                        name.span,
                        message!("a gateway needs its address"),
                        message!("write `connections: { channel: gateway, url: \"https://…\" }`"),
                    );
                }
                Connections::Portal
            }
        };
        let piste = written.piste.as_ref().and_then(|piste| self.piste(piste, stage, files));
        if simulated && let Some(piste) = written.piste.as_ref() {
            self.warning(
                rule::PISTE_UNNEEDED,
                piste.span,
                message!("the simulator does not use PISTE"),
                message!("remove `piste`"),
            );
        }
        let default = simulator(&name.value);
        let password_sink = match written.password_sink.as_ref() {
            Some(sink) => self.sink(sink),
            None if simulated => default.password_sink,
            None => None,
        };
        let ledger = self.ledger(written, project).or(simulated.then_some(default.ledger));
        let rate = written.rate.as_ref().and_then(|text| self.value(Some(text), parse_rate));
        Environment {
            name: name.value.clone(),
            stage,
            piste: piste.filter(|_| !simulated),
            ledger: ledger
                .unwrap_or_else(|| LedgerPlace::File(format!("ledger/{}.jsonl", name.value))),
            interval: rate.unwrap_or(match channel {
                ChannelWord::Simulator => None,
                // PISTE publishes no quota (`docs/sources.md` 10).
                ChannelWord::Portal => Some(Duration::from_secs(1)),
                ChannelWord::Gateway => Some(Duration::from_millis(100)),
            }),
            connections,
            password_sink,
        }
    }

    fn channel(&mut self, written: &EnvironmentManifest) -> Option<ChannelWord> {
        let direct = self.word(written.channel.as_ref(), &CHANNELS);
        let inside =
            written.connections.as_ref().and_then(|connections| connections.channel.as_ref());
        let nested = self.word(inside, &CHANNELS);
        if let (Some(direct), Some(nested), Some(text)) = (direct, nested, inside)
            && direct != nested
        {
            self.error(
                rule::CHANNEL,
                text.span,
                message!("found two channels that differ, expected one"),
                message!("remove `channel` beside `connections`"),
            );
        }
        nested.or(direct)
    }

    fn stage(&mut self, name: &Text, written: &EnvironmentManifest, simulated: bool) -> Stage {
        let stage = self.word(written.stage.as_ref(), &STAGES);
        match (simulated, stage) {
            (true, None | Some(Stage::Simulator)) => Stage::Simulator,
            // Rules of production can be tried on the simulator.
            (true, Some(stage)) => stage,
            (false, Some(Stage::Simulator)) => {
                let span = written.stage.as_ref().map_or(name.span, |text| text.span);
                self.error(
                    rule::CHANNEL,
                    span,
                    message!("stage `simulator` needs channel `simulator`"),
                    message!("write `stage: qualification` or `stage: production`"),
                );
                Stage::Qualification
            }
            (false, Some(stage)) => stage,
            (false, None) => {
                if written.stage.is_none() {
                    self.error(
                        rule::MISSING_KEY,
                        name.span,
                        message!("environment `{}` has no stage", name.value),
                        message!("add `stage: qualification` or `stage: production`"),
                    );
                }
                // The stricter rules, until it is said.
                Stage::Production
            }
        }
    }

    fn piste(&mut self, written: &PisteManifest, stage: Stage, files: &mut Files) -> Option<Piste> {
        let (oauth, api) = official_hosts(stage);
        let mut host = |text: Option<&Text<_>>, official: &str| match text {
            Some(text) => self.value(Some(text), WebUrl::parse),
            None => WebUrl::parse(official).ok(),
        };
        let oauth_url = host(written.oauth_url.as_ref(), oauth);
        let api_url = host(written.api_url.as_ref(), api);
        for text in [&written.oauth_url, &written.api_url].into_iter().flatten() {
            self.mixed(text, stage);
        }
        let passage = Passage {
            proxy: self.value(written.proxy.as_ref(), WebUrl::parse),
            authorities: written.ca_file.as_ref().and_then(|path| self.authorities(path, files)),
        };
        let client_id = self.secret(written.client_id.as_ref());
        let client_secret = self.secret(written.client_secret.as_ref());
        let account = self.secret(written.account.as_ref());
        let password = self.secret(written.password.as_ref());
        Some(Piste {
            oauth_url: oauth_url?,
            api_url: api_url?,
            client_id: client_id?,
            client_secret: client_secret?,
            account: account?,
            password: password?,
            passage,
        })
    }

    /// Certificates of authorities in PEM, which connections to PISTE trust.
    fn authorities(&mut self, path: &Text, files: &mut Files) -> Option<Arc<[u8]>> {
        let bytes = self.bytes(path, files)?;
        let fault = match pem::blocks(&String::from_utf8_lossy(&bytes)) {
            Err(refusal) => Message::of(|| refusal.to_string()),
            Ok(None) => message!("found no certificate in PEM in it"),
            Ok(Some(found)) => {
                let mut labels = found.blocks.iter().map(|block| block.label);
                match labels.find(|label| !label.ends_with("CERTIFICATE")) {
                    Some(label) => message!("found a block `{label}` in it", label),
                    None => return Some(Arc::from(bytes)),
                }
            }
        };
        self.error(
            rule::CERTIFICATE_FILE,
            path.span,
            message!("`{}` cannot be used: {fault}", path.value, fault),
            message!("write the certificates of the authorities into it, each between `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`, and nothing else"),
        );
        None
    }

    /// Says that a host belongs to the other stage. Hosts that are not official may be anybody's.
    fn mixed(&mut self, text: &Text<UrlForm>, stage: Stage) {
        let other = match stage {
            Stage::Simulator => return,
            Stage::Qualification => Stage::Production,
            Stage::Production => Stage::Qualification,
        };
        let host = |url: &str| {
            url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_ascii_lowercase))
        };
        let (oauth, api) = official_hosts(other);
        let Some(found) = host(&text.value) else { return };
        if [oauth, api].into_iter().any(|official| host(official).as_ref() == Some(&found)) {
            self.error(
                rule::ENVIRONMENT_MIXED,
                text.span,
                message!(
                    "`{found}` is the host of {other}, and this environment is for {stage}",
                    found,
                    other,
                    stage
                ),
                message!("remove the key to use the host of the stage, or correct `stage`"),
            );
        }
    }

    /// Where a secret is.
    pub(super) fn secret(&mut self, written: Option<&SecretReference>) -> Option<SecretRef> {
        let written = written?;
        let given: Vec<SecretRef> = [
            written.reference.env.as_ref().map(|text| SecretRef::Env(text.value.clone())),
            written.reference.file.as_ref().map(|text| SecretRef::File(text.value.clone())),
            written.reference.command.as_ref().map(|text| SecretRef::Command(text.value.clone())),
        ]
        .into_iter()
        .flatten()
        .collect();
        match <[SecretRef; 1]>::try_from(given) {
            Ok([reference]) => Some(reference),
            Err(given) => {
                self.error(
                    rule::WRONG_SHAPE,
                    written.span,
                    message!("found {} references, expected exactly one", given.len()),
                    message!("write one of `{ env: NAME }`, `{ file: PATH }`, `{ command: … }`"),
                );
                None
            }
        }
    }

    fn sink(&mut self, written: &SinkManifest) -> Option<PasswordSink> {
        let mut sinks: Vec<Option<PasswordSink>> = Vec::new();
        if let Some(command) = &written.command {
            sinks.push(Some(PasswordSink::Command(command.value.clone())));
        }
        if let Some(directory) = &written.directory {
            sinks.push(self.inside(directory).map(PasswordSink::Directory));
        }
        if let Some(age) = &written.age {
            let recipients =
                self.recipients(age.recipients.as_ref().map_or(&[], |list| &list.items));
            let directory = age.directory.as_ref().and_then(|directory| self.inside(directory));
            if age.recipients.as_ref().is_some_and(|list| list.items.is_empty() && !list.faulty) {
                self.error(
                    rule::MISSING_KEY,
                    age.span,
                    message!("found no recipient, expected at least one"),
                    message!("add a public key, `age1…`"),
                );
            }
            sinks.push(directory.and_then(|directory| {
                Some(PasswordSink::Age { recipients: recipients?, directory })
            }));
        }
        if sinks.len() != 1 {
            self.error(
                rule::WRONG_SHAPE,
                written.span,
                message!("found {} password sinks, expected exactly one", sinks.len()),
                message!("write one of `command`, `directory`, `age`"),
            );
            return None;
        }
        sinks.pop().flatten()
    }

    /// Public keys of age. A secret key is refused, and hidden.
    fn recipients(&mut self, written: &[Text]) -> Option<Vec<Recipient>> {
        let mut recipients = Vec::new();
        for text in written {
            if text.value.to_ascii_uppercase().starts_with("AGE-SECRET-KEY-") {
                self.hide(text.span, &message!("a secret key"));
            } else if text.value.starts_with("ssh-") {
                self.error(
                    rule::NOT_SUPPORTED,
                    text.span,
                    message!("passwords are not encrypted for keys of SSH"),
                    message!("write a public key of age, `age1…`; `age-keygen` makes one"),
                );
            } else {
                recipients.extend(self.value(Some(text), Recipient::parse));
            }
        }
        (!written.is_empty() && recipients.len() == written.len()).then_some(recipients)
    }

    /// A path that stays inside the project.
    pub(super) fn inside(&mut self, text: &Text) -> Option<String> {
        let path = std::path::Path::new(&text.value);
        let plain = path.components().all(|part| {
            matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir)
        });
        if plain && !text.value.is_empty() {
            return Some(text.value.clone());
        }
        self.error(
            rule::PATH_OUTSIDE,
            text.span,
            message!("`{}` leads out of the project", text.value),
            message!("write a path that begins at the folder of `raccord.yaml`"),
        );
        None
    }

    /// Reports a secret that stands in a file, and has it hidden from every output.
    pub(super) fn hide(&mut self, span: Span, what: &Message) {
        let place = self.origin.place(span);
        self.secrets.push(place);
        self.error(
            rule::LITERAL_SECRET,
            span,
            message!("found {what} in the file, expected none", what),
            message!("remove it, and change the secret if this file was ever shared"),
        );
    }
}

/// Reads `5/s`, `30/m` or `100/h` as the time between two requests.
/// The time between two requests; `None` for no limit.
fn parse_rate(text: &str) -> Result<Option<Duration>, ValueFault> {
    if text == "none" {
        return Ok(None);
    }
    let fault = || {
        ValueFault::new(
            format!("`{text}`"),
            marked!("a rate, for example `5/s` or `30/m`, or `none`"),
        )
    };
    let (count, unit) = text.split_once('/').ok_or_else(fault)?;
    let count: u32 = count.trim().parse().map_err(|_| fault())?;
    let seconds = match unit.trim() {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(fault()),
    };
    if count == 0 || count > 10_000 {
        return Err(fault());
    }
    Ok(Some(Duration::from_secs(seconds) / count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_become_times_between_requests() {
        assert_eq!(parse_rate("5/s"), Ok(Some(Duration::from_millis(200))));
        assert_eq!(parse_rate("30/m"), Ok(Some(Duration::from_secs(2))));
        assert_eq!(parse_rate("none"), Ok(None));
        for text in ["5", "0/s", "-1/s", "5/d", "x/s", "99999/s"] {
            assert!(parse_rate(text).is_err(), "{text}");
        }
    }
}
