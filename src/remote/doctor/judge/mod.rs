//! Judges what was seen. Pure: the time comes as an argument.

mod account;
mod network;
mod project;

use jiff::Timestamp;

use crate::language::Message;
use crate::remote::doctor::cause::Cause;
use crate::remote::doctor::seen::Ask;
use crate::remote::doctor::seen::Seen;

/// A layer on the way to Chorus Pro, from the ground up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layer {
    /// The four secrets.
    Secrets,
    /// Names, connections and TLS of the hosts.
    Network,
    /// The token of the PISTE application.
    Token,
    /// What the application may ask.
    Subscription,
    /// The technical account.
    Account,
    /// Whether Chorus Pro says that it is well.
    Health,
    /// The declared structures.
    Attachments,
    /// How long passwords of technical accounts live.
    Password,
    /// Our clock against theirs.
    Clock,
    /// The names of PISTE applications.
    Application,
}

/// How something stands, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// As it should be.
    Ok,
    /// Not looked at, because a layer below is wrong, or because there was nothing to look at.
    NotLookedAt,
    /// It works, and will not always.
    Warning,
    /// It could not be reached.
    NotReachable,
    /// It does not work.
    Wrong,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// How it stands.
    pub(crate) state: State,
    /// What it is about: a key, a host, an API, a SIRET.
    pub(crate) subject: Message,
    /// What was found.
    pub(crate) told: Message,
    /// The known causes that fit, the likeliest first.
    pub(crate) causes: Vec<Cause>,
    /// Whether credentials are missing or were refused.
    pub(crate) is_refused: bool,
}

impl Finding {
    fn new(state: State, subject: impl Into<Message>, told: impl Into<Message>) -> Self {
        Self {
            state,
            subject: subject.into(),
            told: told.into(),
            causes: Vec::new(),
            is_refused: false,
        }
    }

    fn ok(subject: impl Into<Message>, told: impl Into<Message>) -> Self {
        Self::new(State::Ok, subject, told)
    }

    fn wrong(subject: impl Into<Message>, told: impl Into<Message>) -> Self {
        Self::new(State::Wrong, subject, told)
    }

    fn refused(subject: impl Into<Message>, told: impl Into<Message>) -> Self {
        Self { is_refused: true, ..Self::wrong(subject, told) }
    }

    fn skipped(subject: impl Into<Message>, told: impl Into<Message>) -> Self {
        Self::new(State::NotLookedAt, subject, told)
    }

    fn because(mut self, causes: impl IntoIterator<Item = Cause>) -> Self {
        self.causes.extend(causes);
        self
    }
}

/// A layer with all that was found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    /// Which one.
    pub(crate) layer: Layer,
    /// What was found, at least one thing.
    pub(crate) findings: Vec<Finding>,
}

impl Judged {
    /// How the layer stands: as the worst of what was found in it.
    pub(crate) fn state(&self) -> State {
        self.findings.iter().map(|finding| finding.state).max().unwrap_or(State::NotLookedAt)
    }
}

/// All layers, from the ground up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Examination {
    /// The layers.
    pub(crate) layers: Vec<Judged>,
}

impl Examination {
    /// Whether nothing is in the way.
    pub(crate) fn is_well(&self) -> bool {
        self.layers.iter().all(|judged| judged.state() < State::NotReachable)
    }

    /// Whether credentials are missing or were refused.
    pub(crate) fn is_refused(&self) -> bool {
        self.layers.iter().flat_map(|judged| &judged.findings).any(|finding| finding.is_refused)
    }
}

/// Judges each layer. A password that ends within `warn_days` is warned about.
pub(crate) fn judge(ask: &Ask, seen: &Seen, now: Timestamp, warn_days: u32) -> Examination {
    let layers = [
        (Layer::Secrets, network::secrets(ask)),
        (Layer::Network, network::hosts(seen)),
        (Layer::Token, account::token(ask, seen)),
        (Layer::Subscription, account::subscription(seen)),
        (Layer::Account, account::account(seen)),
        (Layer::Health, account::health(seen)),
        (Layer::Attachments, project::attachments(ask, seen)),
        (Layer::Password, project::passwords(seen, now, warn_days)),
        (Layer::Clock, network::clock(seen)),
        (Layer::Application, project::applications(ask, seen)),
    ];
    let layers = layers.map(|(layer, findings)| Judged { layer, findings });
    Examination { layers: layers.into() }
}
