//! The capability to look. A plan is only ever handed this one.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::account::ObservedAccount;
use crate::domain::api::ObservedApi;
use crate::domain::edi::ObservedEdi;
use crate::domain::observed::Observed;
use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::remote::doctor::look;
use crate::remote::doctor::look::Clock;
use crate::remote::doctor::seen::Ask;
use crate::remote::doctor::seen::Seen;
use crate::remote::error::RemoteError;
use crate::remote::gateway::read;
use crate::remote::http::Endpoints;
use crate::remote::http::Http;
use crate::remote::piste;
use crate::remote::scope::Scope;

/// Makes a reader. Nothing is sent until it is used.
pub(crate) fn connect(endpoints: Endpoints) -> Result<Reader, RemoteError> {
    Ok(Reader { http: Arc::new(Http::new(endpoints)?) })
}

/// May look at Chorus Pro, and nothing else. Clones share connections, token and pace.
#[derive(Clone)]
pub(crate) struct Reader {
    http: Arc<Http>,
}

impl Reader {
    /// The client below, for [`crate::remote::writer::Writer`].
    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    /// How many requests it and its clones have sent so far.
    pub(crate) fn sent(&self) -> usize {
        self.http.sent()
    }

    /// Looks at each layer on the way to Chorus Pro, for `raccord doctor`.
    pub(crate) async fn examine(&self, ask: &Ask, clock: Clock<'_>) -> Seen {
        look::look(self.http(), ask, clock).await
    }

    /// Reads what `scope` asks for. `now` is noted as the moment of the observation.
    pub(crate) async fn observe(
        &self,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<Observed, RemoteError> {
        let http = self.http();
        let ((structures, directory), accounts, api, edi, clients) = tokio::try_join!(
            piste::read::structures(http, scope),
            when(scope.needs_accounts, read::accounts(http)),
            when(scope.needs_api, read::api_sheets(http)),
            when(scope.needs_edi, read::edi_sheets(http)),
            when(scope.needs_clients, read::clients(http)),
        )?;
        Ok(Observed {
            at: now,
            structures,
            accounts: accounts.into_iter().map(|account| (account.id.clone(), account)).collect(),
            api: api.into_iter().map(|sheet| (sheet.id.clone(), sheet)).collect(),
            edi: edi.into_iter().map(|sheet| (sheet.id.clone(), sheet)).collect(),
            clients,
            by_persons: false,
            looks: BTreeMap::new(),
            unread: None,
            directory,
        })
    }

    /// One EDI sheet; `None` when there is no such sheet.
    pub(crate) async fn edi_sheet(
        &self,
        id: &RemoteId,
    ) -> Result<Option<ObservedEdi>, RemoteError> {
        read::edi_sheet(self.http(), id).await
    }

    /// One API sheet; `None` when there is no such sheet.
    pub(crate) async fn api_sheet(
        &self,
        id: &RemoteId,
    ) -> Result<Option<ObservedApi>, RemoteError> {
        read::api_sheet(self.http(), id).await
    }

    /// Every EDI sheet that is visible. The contract has no search by name.
    pub(crate) async fn edi_sheets(&self) -> Result<Vec<ObservedEdi>, RemoteError> {
        read::edi_sheets(self.http()).await
    }

    /// Every API sheet that is visible.
    pub(crate) async fn api_sheets(&self) -> Result<Vec<ObservedApi>, RemoteError> {
        read::api_sheets(self.http()).await
    }

    /// Every technical account that is visible.
    pub(crate) async fn accounts(&self) -> Result<Vec<ObservedAccount>, RemoteError> {
        read::accounts(self.http()).await
    }

    /// Whether an operator has declared a client.
    pub(crate) async fn has_client(
        &self,
        operator: Siret,
        client: Siret,
    ) -> Result<bool, RemoteError> {
        Ok(read::clients(self.http()).await?.contains(&(operator, client)))
    }
}

/// Reads only where it is needed.
async fn when<T: Default>(
    needed: bool,
    reading: impl Future<Output = Result<T, RemoteError>>,
) -> Result<T, RemoteError> {
    if needed { reading.await } else { Ok(T::default()) }
}
