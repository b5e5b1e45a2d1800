//! Technical accounts (`docs/sources.md` 6): passwords shown once, 424 days, usable 30 minutes after creation.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::simulator::generate;
use crate::simulator::world::World;
use crate::simulator::world::edi::number_in;
use crate::simulator::world::field;
use crate::simulator::world::people::Actor;
use crate::simulator::world::people::salted;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;
use crate::simulator::world::time::later;

/// How long a password lives.
const PASSWORD_LIFE: SignedDuration = SignedDuration::from_hours(424 * 24);

/// How long a new account must wait.
const USABLE_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// A technical account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    /// `TECH_<n>_<SIRET>@cpro.fr`.
    pub(crate) login: String,
    /// SIRET of its structure.
    pub(crate) structure: String,
    /// E-mail address of its contact.
    pub(crate) email: String,
    /// Whether it is active.
    pub(crate) active: bool,
    /// When it was created.
    pub(crate) created_at: Timestamp,
    /// When its password expires.
    pub(crate) expires_at: Timestamp,
    /// SHA-256 of salt and password.
    password: String,
}

impl Account {
    /// Whether somebody with this salted password is let in.
    pub(crate) fn is_usable(&self, now: Timestamp, hash: &str) -> bool {
        self.active
            && self.password == hash
            && now < self.expires_at
            && later(self.created_at, USABLE_AFTER) <= now
    }
}

/// The identity of the account with this number.
pub(crate) fn account_id(number: u64) -> String {
    format!("CT-{number:06}")
}

impl World {
    /// Creates an account; gives its number and its password.
    pub(crate) fn create_account(
        &mut self,
        actor: &Actor,
        siret: &str,
        email: Option<String>,
    ) -> Result<(u64, String), Refusal> {
        self.may_manage(actor, siret)?;
        let email = field::email("emailContact", email)?;
        let Some(structure) = self.structures.get_mut(siret) else {
            return Err(RefusalKind::Unknown.because("La structure n'existe pas."));
        };
        structure.accounts += 1;
        let login = format!("TECH_{}_{siret}@cpro.fr", structure.accounts);
        let now = self.now();
        let password = self.next_password();
        self.counters.account += 1;
        let number = self.counters.account;
        self.index.logins.insert(login.clone(), number);
        self.index.accounts.entry(siret.to_owned()).or_default().insert(number);
        let account = Account {
            password: salted(self.seed, &login, &password),
            login,
            structure: siret.to_owned(),
            email,
            active: true,
            created_at: now,
            expires_at: later(now, PASSWORD_LIFE),
        };
        self.accounts.insert(number, account);
        Ok((number, password))
    }

    /// Changes the e-mail address of the contact.
    pub(crate) fn change_account_email(
        &mut self,
        actor: &Actor,
        number: u64,
        email: Option<String>,
    ) -> Result<(), Refusal> {
        self.manageable_account(actor, number)?;
        let email = field::email("emailContact", email)?;
        if let Some(account) = self.accounts.get_mut(&number) {
            account.email = email;
        }
        Ok(())
    }

    /// Activates or deactivates an account.
    pub(crate) fn switch_account(
        &mut self,
        actor: &Actor,
        number: u64,
        active: bool,
    ) -> Result<(), Refusal> {
        if self.manageable_account(actor, number)?.active == active {
            let already = if active { "déjà actif" } else { "déjà inactif" };
            return Err(RefusalKind::Status.because(format!("Le compte technique est {already}.")));
        }
        if let Some(account) = self.accounts.get_mut(&number) {
            account.active = active;
        }
        Ok(())
    }

    /// Resets the password; gives the new one.
    pub(crate) fn reset_password(&mut self, actor: &Actor, number: u64) -> Result<String, Refusal> {
        self.manageable_account(actor, number)?;
        let (now, seed) = (self.now(), self.seed);
        let password = self.next_password();
        if let Some(account) = self.accounts.get_mut(&number) {
            account.password = salted(seed, &account.login, &password);
            account.expires_at = later(now, PASSWORD_LIFE);
        }
        Ok(password)
    }

    /// All accounts by number.
    pub(crate) fn accounts(&self) -> &BTreeMap<u64, Account> {
        &self.accounts
    }

    /// The account with this number.
    pub(crate) fn account(&self, number: u64) -> Option<&Account> {
        self.accounts.get(&number)
    }

    /// The earliest expiry among the active accounts of a structure.
    pub(crate) fn earliest_expiry(&self, siret: &str) -> Option<Timestamp> {
        let numbers = self.index.accounts.get(siret)?;
        numbers
            .iter()
            .filter_map(|number| self.accounts.get(number))
            .filter(|account| account.active)
            .map(|account| account.expires_at)
            .min()
    }

    /// The account, when the actor sees it and may manage it.
    fn manageable_account(&self, actor: &Actor, number: u64) -> Result<&Account, Refusal> {
        let account = self
            .accounts
            .get(&number)
            .filter(|account| self.is_attached(actor, &account.structure))
            .ok_or_else(|| RefusalKind::Unknown.because("Ce compte technique n'existe pas."))?;
        self.may_manage(actor, &account.structure)?;
        Ok(account)
    }

    /// A password that was never given before.
    fn next_password(&mut self) -> String {
        let number = self.counters.password;
        self.counters.password += 1;
        generate::password(self.seed, "account", number)
    }
}

/// The number in an identity such as `CT-000001`.
pub(crate) fn account_number(id: &str) -> Option<u64> {
    number_in(id, "CT-")
}
