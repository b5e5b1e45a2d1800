//! `World`: all that the simulated Chorus Pro holds, and the rules of its portal. Pure: no socket, file or clock.
//!
//! [`World::handle_as`] is the one entry: a request and the machine's time go in, an answer comes out.
//! Everything that looks random follows from the seed. Time passes when a call arrives: what was due by then
//! happens first, in the order in which it was due, so that it does not matter when one looks.
//!
//! Must not: know what the planner believes, or any type of the client.

pub(crate) mod account;
pub(crate) mod api;
pub(crate) mod certificate;
pub(crate) mod edi;
pub(crate) mod edi_rules;
pub(crate) mod edi_values;
pub(crate) mod field;
pub(crate) mod interface;
pub(crate) mod operator;
pub(crate) mod people;
pub(crate) mod refusal;
pub(crate) mod structure;
pub(crate) mod time;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::gateway;
use crate::simulator::piste;
use crate::simulator::steering;
use crate::simulator::world::account::Account;
use crate::simulator::world::api::ApiSheet;
use crate::simulator::world::edi::EdiSheet;
use crate::simulator::world::edi::ExchangeSystem;
use crate::simulator::world::edi::Verdict;
use crate::simulator::world::people::Actor;
use crate::simulator::world::people::Application;
use crate::simulator::world::people::User;
use crate::simulator::world::structure::SeedStructure;
use crate::simulator::world::structure::Structure;
use crate::simulator::world::time::Clock;

/// What can be set about a world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Options {
    /// How long a sheet stays En cours.
    pub(crate) settle_after: Duration,
    /// Whether the certificates of sheets that are Inactif for good are free again. Off: whether Chorus Pro allows it is not known.
    pub(crate) certificate_reuse_after_deactivation: bool,
    /// Whether a PISTE application may serve one active sheet only across all structures. Off: one in each structure.
    pub(crate) application_unique_across_structures: bool,
    /// Whether a technical account may call PISTE only through an application that an active API sheet of its structure names.
    pub(crate) declared_application_required: bool,
    /// Whether `PATCH parametres-edi` answers 403, as the only public test of it saw (`docs/sources.md` 7).
    pub(crate) edi_flags_refused: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            settle_after: Duration::from_secs(5),
            certificate_reuse_after_deactivation: false,
            application_unique_across_structures: false,
            declared_application_required: true,
            edi_flags_refused: false,
        }
    }
}

/// How many of each kind were ever made. Numbers are never given twice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counters {
    edi: u64,
    api: u64,
    account: u64,
    structure: i64,
    service: i64,
    application_code: u64,
    password: u64,
    application: u64,
    /// Raised when all tokens are revoked.
    token_epoch: u64,
}

/// What was said about sheets that are still to settle.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Script {
    /// By the name of a sheet; used once.
    pub(crate) by_name: BTreeMap<String, Verdict>,
    /// For the next sheets that settle; each used once.
    pub(crate) next: VecDeque<Verdict>,
}

/// What is looked up often. Built from the rest, never stored.
#[derive(Clone, Default)]
pub(crate) struct Index {
    /// Sheets by exchange system, structure and name.
    names: BTreeMap<(ExchangeSystem, String, String), u64>,
    /// Sheets by the certificates that they hold.
    certificates: BTreeMap<String, BTreeSet<u64>>,
    /// When something happens to which sheet.
    due: BTreeSet<(Timestamp, u64)>,
    /// Active API sheets by PISTE application and structure.
    applications: BTreeMap<(String, String), u64>,
    /// Technical accounts by login.
    logins: BTreeMap<String, u64>,
    /// Technical accounts by structure.
    accounts: BTreeMap<String, BTreeSet<u64>>,
    /// Structures by `idStructureCPP`.
    structure_numbers: BTreeMap<i64, String>,
    /// Structures by identifier of the register.
    structure_uuids: BTreeMap<String, String>,
}

/// A whole Chorus Pro.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct World {
    seed: u64,
    pub(crate) options: Options,
    clock: Clock,
    counters: Counters,
    applications: BTreeMap<String, Application>,
    users: BTreeMap<String, User>,
    structures: BTreeMap<String, Structure>,
    edi: BTreeMap<u64, EdiSheet>,
    api: BTreeMap<u64, ApiSheet>,
    accounts: BTreeMap<u64, Account>,
    /// Operator, client.
    clients: BTreeSet<(String, String)>,
    pub(crate) script: Script,
    #[serde(skip)]
    index: Index,
}

/// A world holds secrets: nothing of it is printed.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "World(seed {}, {} EDI sheets)", self.seed, self.edi.len())
    }
}

/// An answer, and who asked.
#[derive(Debug)]
pub(crate) struct Handled {
    /// The answer.
    pub(crate) answer: Answer,
    /// Who asked, where that had to be known.
    pub(crate) actor: Option<Actor>,
}

impl World {
    /// A world without structures, with one PISTE application and one user who may do everything everywhere.
    pub(crate) fn new(seed: u64, options: Options) -> Self {
        let mut world = Self {
            seed,
            options,
            clock: Clock::default(),
            counters: Counters::default(),
            applications: BTreeMap::new(),
            users: BTreeMap::new(),
            structures: BTreeMap::new(),
            edi: BTreeMap::new(),
            api: BTreeMap::new(),
            accounts: BTreeMap::new(),
            clients: BTreeSet::new(),
            script: Script::default(),
            index: Index::default(),
        };
        world.add_first_people();
        world
    }

    /// Lets time pass until the machine's `now`, then answers `call`.
    #[cfg(test)]
    pub(crate) fn handle(&mut self, now: Timestamp, call: &Call) -> Answer {
        self.handle_as(now, call).answer
    }

    /// Answers one call, and tells who asked, so that the call can be told again without credentials.
    pub(crate) fn handle_as(&mut self, now: Timestamp, call: &Call) -> Handled {
        self.pass_time(now);
        if steering::is_for(call) {
            return Handled { answer: steering::answer(self, call), actor: None };
        }
        if gateway::is_for(call) {
            return match self.authenticate(call) {
                Err(_) => Handled { answer: gateway::not_authenticated(), actor: None },
                Ok(actor) => {
                    Handled { answer: gateway::answer(self, &actor, call), actor: Some(actor) }
                }
            };
        }
        if piste::is_token(call) {
            return Handled { answer: piste::token(self, call), actor: None };
        }
        match self.authenticate(call) {
            Err(missing) => {
                Handled { answer: piste::not_authenticated(call, missing), actor: None }
            }
            Ok(actor) => Handled { answer: piste::answer(self, &actor, call), actor: Some(actor) },
        }
    }

    /// Does again what `actor` did at the machine's `now`.
    pub(crate) fn replay(&mut self, now: Timestamp, actor: Option<&Actor>, call: &Call) -> Answer {
        self.pass_time(now);
        match actor {
            None => steering::answer(self, call),
            Some(actor) if gateway::is_for(call) => gateway::answer(self, actor, call),
            Some(actor) => piste::answer(self, actor, call),
        }
    }

    /// Forgets all that happened. Structures, applications and users stay as they were given.
    pub(crate) fn reset(&mut self) {
        let mut world = Self::new(self.seed, self.options.clone());
        world.clock = self.clock.clone();
        // Tokens that are in use stay good.
        world.counters.token_epoch = self.counters.token_epoch;
        let seeds: Vec<SeedStructure> =
            self.structures.values().map(|structure| structure.seed.clone()).collect();
        // They were accepted before.
        world.add_structures(&seeds).ok();
        *self = world;
    }

    /// Builds the index after the world was read.
    pub(crate) fn rebuild_index(&mut self) {
        self.index = Index::default();
        for (number, sheet) in self.edi.clone() {
            self.index_edi(number, &sheet);
        }
        for (number, sheet) in &self.api {
            if sheet.active {
                self.index
                    .applications
                    .insert((sheet.application.clone(), sheet.structure.clone()), *number);
            }
        }
        for (number, account) in &self.accounts {
            self.index.logins.insert(account.login.clone(), *number);
            self.index.accounts.entry(account.structure.clone()).or_default().insert(*number);
        }
        for structure in self.structures.values() {
            let siret = structure.seed.siret.clone();
            self.index.structure_numbers.insert(structure.number, siret.clone());
            self.index.structure_uuids.insert(structure.uuid.clone(), siret);
        }
    }

    /// The next application code. Never given twice.
    fn next_application_code(&mut self) -> String {
        let code = crate::simulator::generate::application_code(self.counters.application_code);
        self.counters.application_code += 1;
        code
    }
}
