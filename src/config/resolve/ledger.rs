//! Where the ledger of an environment is: a file of the project, or a database.

use crate::config::manifest::decode::Text;
use crate::config::manifest::project::EnvironmentManifest;
use crate::config::manifest::reader::Reader;
use crate::config::rule;
use crate::domain::environment::LedgerPlace;
use crate::domain::postgres_url::PostgresUrl;
use crate::language::message;

impl Reader<'_> {
    /// Resolves where a ledger is; `project` is the name that the project gives itself.
    pub(crate) fn ledger(
        &mut self,
        written: &EnvironmentManifest,
        project: Option<&str>,
    ) -> Option<LedgerPlace> {
        let text = written.ledger.as_ref();
        if let Some(text) = text.filter(|text| PostgresUrl::is_meant(&text.value)) {
            return self.database(text, written, project);
        }
        if let Some(password) = &written.ledger_password {
            self.error(
                rule::LEDGER_PLACE,
                password.span,
                message!("a ledger in a file has no password"),
                message!("remove `ledger_password`, or write `ledger: \"postgres://…\"`"),
            );
        }
        self.inside(text?).map(LedgerPlace::File)
    }

    fn database(
        &mut self,
        text: &Text,
        written: &EnvironmentManifest,
        project: Option<&str>,
    ) -> Option<LedgerPlace> {
        if PostgresUrl::has_password(&text.value) {
            self.hide(text.span, &message!("a password"));
            return None;
        }
        if project.is_none() {
            self.error(
                rule::LEDGER_PLACE,
                text.span,
                message!("a ledger in a database needs the name of its project"),
                message!("write `project: NAME` in `raccord.yaml`: the ledger keeps that name wherever the project is checked out"),
            );
        }
        let password = match written.ledger_password.as_ref() {
            None => None,
            Some(password) => Some(self.secret(Some(password))?),
        };
        let url = self.value(Some(text), PostgresUrl::parse)?;
        Some(LedgerPlace::Postgres { url, password, project: project?.to_owned() })
    }
}
