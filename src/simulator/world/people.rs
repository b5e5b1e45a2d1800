//! Who may do what: PISTE applications and their tokens, users, and the rights behind `cpro-account`.
//!
//! Sources: `docs/sources.md` 6 to 8.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::Serialize;

use crate::simulator::call::Call;
use crate::simulator::generate;
use crate::simulator::world::World;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;

/// How long a token lives, in seconds.
pub(crate) const TOKEN_SECONDS: i64 = 3600;

/// The name of the PISTE application that every world has.
pub(crate) const FIRST_APPLICATION: &str = "APP_SIMULATEUR";

/// The login of the user that every world has.
pub(crate) const FIRST_USER: &str = "raccordement@simulateur.example";

/// The families of the PISTE API that an application subscribes to.
pub(crate) const API_FAMILIES: [&str; 4] =
    ["structures", "utilisateurs", "transverses", "organisations"];

/// A PISTE application.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Application {
    /// How many came before it.
    number: u64,
    /// Its name on PISTE.
    pub(crate) name: String,
    /// Its identifier.
    pub(crate) client_id: String,
    /// SHA-256 of its secret.
    secret: String,
    /// The families of the API that it subscribed to.
    pub(crate) subscribed: BTreeSet<String>,
}

/// What a user may do on one structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rights {
    /// Attached to it at all.
    pub(crate) attached: bool,
    /// Its principal manager.
    pub(crate) manager: bool,
    /// Holds the profile «Raccordement modification».
    pub(crate) connections: bool,
}

impl Rights {
    /// Everything.
    const ALL: Self = Self { attached: true, manager: true, connections: true };
    /// Nothing.
    pub(crate) const NONE: Self = Self { attached: false, manager: false, connections: false };
}

/// A user of the portal.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct User {
    /// `idUtilisateur`.
    pub(crate) number: i64,
    /// SHA-256 of salt and password.
    password: String,
    /// Rights on every structure that is not named below.
    everywhere: Rights,
    /// Rights on single structures.
    exceptions: BTreeMap<String, Rights>,
}

impl User {
    /// The user's rights on a structure.
    pub(crate) fn rights(&self, siret: &str) -> Rights {
        self.exceptions.get(siret).copied().unwrap_or(self.everywhere)
    }

    /// Whether the user sees every structure.
    fn sees_all(&self) -> bool {
        self.everywhere.attached && self.exceptions.values().all(|rights| rights.attached)
    }
}

/// Whose rights decide about a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Actor {
    /// The user: the one who logged in, or the principal manager behind a technical account.
    pub(crate) user: String,
    /// The structure of the technical account, where one was used.
    pub(crate) technical: Option<String>,
    /// The PISTE application behind the token.
    pub(crate) application: String,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAuthenticated {
    /// The token is missing, wrong or expired.
    Token,
    /// The account is missing, wrong, expired, inactive or too young.
    Account,
}

/// What a client needs to call a world.
#[derive(Clone)]
pub(crate) struct Credentials {
    /// Identifier of the PISTE application.
    pub(crate) client_id: String,
    /// Its secret.
    pub(crate) client_secret: String,
    /// Login of the account.
    pub(crate) login: String,
    /// Its password.
    pub(crate) password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({}, ***)", self.login)
    }
}

/// The salted hash of a password.
pub(crate) fn salted(seed: u64, login: &str, password: &str) -> String {
    generate::sha256(format!("{seed}\n{login}\n{password}").as_bytes())
}

impl World {
    /// The application and the user that every world has.
    pub(crate) fn add_first_people(&mut self) {
        self.add_application(FIRST_APPLICATION);
        let password = self.first_credentials().password;
        self.users.insert(
            FIRST_USER.to_owned(),
            User {
                number: 1,
                password: salted(self.seed, FIRST_USER, &password),
                everywhere: Rights::ALL,
                exceptions: BTreeMap::new(),
            },
        );
    }

    /// What a client needs to act as the first user through the first application.
    pub(crate) fn first_credentials(&self) -> Credentials {
        Credentials {
            client_id: generate::identifier(self.seed, "client", 0),
            client_secret: generate::identifier(self.seed, "secret", 0),
            login: FIRST_USER.to_owned(),
            password: generate::password(self.seed, "user", 0),
        }
    }

    /// Registers a PISTE application and gives its identifier and its secret.
    pub(crate) fn add_application(&mut self, name: &str) -> (String, String) {
        let number = self.counters.application;
        self.counters.application += 1;
        let client_id = generate::identifier(self.seed, "client", number);
        let secret = generate::identifier(self.seed, "secret", number);
        self.applications.insert(
            client_id.clone(),
            Application {
                number,
                name: name.to_owned(),
                client_id: client_id.clone(),
                secret: generate::sha256(secret.as_bytes()),
                subscribed: API_FAMILIES.iter().map(|&family| family.to_owned()).collect(),
            },
        );
        (client_id, secret)
    }

    /// Subscribes the applications with this name to a family of the API, or ends it. False when there is none.
    pub(crate) fn subscribe(&mut self, name: &str, family: &str, subscribed: bool) -> bool {
        let mut found = false;
        for application in self.applications.values_mut().filter(|app| app.name == name) {
            found = true;
            if subscribed {
                application.subscribed.insert(family.to_owned());
            } else {
                application.subscribed.remove(family);
            }
        }
        found
    }

    /// Adds a user without any rights. False when the login is taken.
    pub(crate) fn add_user(&mut self, login: &str, password: &str) -> bool {
        if self.users.contains_key(login) {
            return false;
        }
        let number = i64::try_from(self.users.len()).unwrap_or(i64::MAX - 1) + 1;
        let password = salted(self.seed, login, password);
        self.users.insert(
            login.to_owned(),
            User { number, password, everywhere: Rights::NONE, exceptions: BTreeMap::new() },
        );
        true
    }

    /// Changes rights of a user: on one structure, or everywhere. False when there is no such user.
    pub(crate) fn change_rights(
        &mut self,
        login: &str,
        siret: Option<&str>,
        change: impl Fn(Rights) -> Rights,
    ) -> bool {
        let Some(user) = self.users.get_mut(login) else {
            return false;
        };
        if let Some(siret) = siret {
            let rights = change(user.rights(siret));
            user.exceptions.insert(siret.to_owned(), rights);
        } else {
            user.everywhere = change(user.everywhere);
            for rights in user.exceptions.values_mut() {
                *rights = change(*rights);
            }
        }
        true
    }

    /// The same call with the credentials of the first user, and a token that outlives every test.
    ///
    /// Good before the world was asked anything, and after its clock was moved.
    #[cfg(test)]
    pub(crate) fn authorise(&self, mut call: Call) -> Call {
        const FAR_AWAY: i64 = 0xff_ffff_ffff;
        let Credentials { client_id, login, password, .. } = self.first_credentials();
        let token = self.token_until(&client_id, FAR_AWAY);
        call.authorization = Some(format!("Bearer {token}"));
        call.account = Some(STANDARD.encode(format!("{login}:{password}")));
        call
    }

    /// A token for an application that proves itself.
    pub(crate) fn issue_token(&self, client_id: &str, secret: &str) -> Option<String> {
        let application = self.applications.get(client_id)?;
        if application.secret != generate::sha256(secret.as_bytes()) {
            return None;
        }
        Some(self.token_until(client_id, self.now().as_second() + TOKEN_SECONDS))
    }

    /// Makes every token that was issued so far worthless.
    pub(crate) fn revoke_tokens(&mut self) {
        self.counters.token_epoch += 1;
    }

    /// A token of 54 characters, as on PISTE (`docs/sources.md` 8): it carries its end and a proof, so none is stored.
    fn token_until(&self, client_id: &str, until: i64) -> String {
        let number = self.applications.get(client_id).map_or(0, |application| application.number);
        let head = format!("{until:010x}{number:04x}");
        let epoch = self.counters.token_epoch;
        let key = generate::password(self.seed, "token", epoch);
        let proof = generate::sha256(format!("{key}\n{client_id}\n{head}").as_bytes());
        format!("{head}{}", &proof[..40])
    }

    /// The application behind a token that still lives.
    fn application_of(&self, token: &str) -> Option<&Application> {
        let until = i64::from_str_radix(token.get(..10)?, 16).ok()?;
        let number = u64::from_str_radix(token.get(10..14)?, 16).ok()?;
        let application = self.applications.values().find(|app| app.number == number)?;
        let genuine = self.token_until(&application.client_id, until) == token;
        (genuine && self.now().as_second() < until).then_some(application)
    }

    /// Who is calling, by both headers.
    pub(crate) fn authenticate(&self, call: &Call) -> Result<Actor, NotAuthenticated> {
        let application = call
            .authorization
            .as_deref()
            .and_then(|header| header.strip_prefix("Bearer "))
            .and_then(|token| self.application_of(token))
            .ok_or(NotAuthenticated::Token)?;
        let (user, technical) = call
            .account
            .as_deref()
            .and_then(|header| STANDARD.decode(header.trim()).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| {
                let (login, password) = text.split_once(':')?;
                self.user_behind(login, password)
            })
            .ok_or(NotAuthenticated::Account)?;
        Ok(Actor { user, technical, application: application.client_id.clone() })
    }

    /// The user whose rights a login has, and the structure of the technical account when it is one.
    fn user_behind(&self, login: &str, password: &str) -> Option<(String, Option<String>)> {
        let hash = salted(self.seed, login, password);
        if let Some(user) = self.users.get(login) {
            return (user.password == hash).then(|| (login.to_owned(), None));
        }
        let account = self.accounts.get(self.index.logins.get(login)?)?;
        if !account.is_usable(self.now(), &hash) {
            return None;
        }
        // The account has the rights of whoever is the principal manager now.
        let manager = self
            .users
            .iter()
            .find(|(_, user)| user.rights(&account.structure).manager)
            .map(|(login, _)| login.clone())?;
        Some((manager, Some(account.structure.clone())))
    }

    /// The rights of an actor on a structure. Unknown structures give none.
    fn rights(&self, actor: &Actor, siret: &str) -> Rights {
        match self.users.get(&actor.user) {
            Some(user) if self.structures.contains_key(siret) => user.rights(siret),
            _ => Rights::NONE,
        }
    }

    /// Whether the actor is attached to a structure.
    pub(crate) fn is_attached(&self, actor: &Actor, siret: &str) -> bool {
        self.rights(actor, siret).attached
    }

    /// Whether the actor is attached to every structure.
    pub(crate) fn sees_all(&self, actor: &Actor) -> bool {
        self.users.get(&actor.user).is_some_and(User::sees_all)
    }

    /// Whether the actor is the principal manager of a structure.
    pub(crate) fn is_manager(&self, actor: &Actor, siret: &str) -> bool {
        self.rights(actor, siret).manager
    }

    /// A user by login or by number.
    pub(crate) fn find_user(&self, login: Option<&str>, number: Option<i64>) -> Option<&User> {
        match login {
            Some(login) => self.users.get(login),
            None => self.users.values().find(|user| Some(user.number) == number),
        }
    }

    /// Whether the application of the actor may call this family of the API for this actor.
    pub(crate) fn may_call(&self, actor: &Actor, family: &str) -> bool {
        let Some(application) = self.applications.get(&actor.application) else {
            return false;
        };
        let declared = match &actor.technical {
            Some(structure) if self.options.declared_application_required => {
                self.index.applications.contains_key(&(application.name.clone(), structure.clone()))
            }
            _ => true,
        };
        declared && application.subscribed.contains(family)
    }

    /// The structure exists, and the actor may change sheets of it.
    pub(crate) fn may_edit(&self, actor: &Actor, siret: &str) -> Result<(), Refusal> {
        self.known_structure(siret)?;
        let rights = self.rights(actor, siret);
        if rights.attached && rights.connections {
            return Ok(());
        }
        Err(RefusalKind::ProfileMissing.because(format!(
            "Le profil « Raccordement modification » est requis sur la structure {siret}."
        )))
    }

    /// The structure exists, and the actor is its principal manager.
    pub(crate) fn may_manage(&self, actor: &Actor, siret: &str) -> Result<(), Refusal> {
        self.known_structure(siret)?;
        if self.is_manager(actor, siret) {
            return Ok(());
        }
        Err(RefusalKind::ManagerRequired.because(format!(
            "Seul le gestionnaire principal de la structure {siret} gère ses comptes techniques."
        )))
    }

    /// The structure exists.
    pub(crate) fn known_structure(&self, siret: &str) -> Result<(), Refusal> {
        if self.structures.contains_key(siret) {
            return Ok(());
        }
        Err(RefusalKind::Unknown.because(format!("La structure {siret} n'existe pas.")))
    }

    /// When the token in a call ends, for tests.
    #[cfg(test)]
    pub(crate) fn token_lives_at(&self, token: &str, at: jiff::Timestamp) -> bool {
        let mut world = self.clone();
        world.pass_time(at);
        world.application_of(token).is_some()
    }
}
