//! What is known to go wrong between a project and Chorus Pro: why, what to do, where, and from where it is known.

use crate::language::marked;

/// One known cause of trouble. Its texts are said by [`crate::language::translated`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cause {
    /// What may be the matter.
    pub(crate) why: &'static str,
    /// What to do.
    pub(crate) remedy: &'static str,
    /// Where: on PISTE, on the portal, or in one's own files.
    pub(crate) place: &'static str,
    /// Where it is known from.
    pub(crate) source: &'static str,
}

const HERE: &str = marked!("the `piste` of the environment in `raccord.yaml`");
const PISTE_CREDENTIALS: &str = marked!("PISTE, the application, panel «OAuth Credentials»");
const PISTE_CONSENT: &str = marked!(
    "PISTE, the consent to the conditions of use (CGU), asked for each API, and apart for sandbox and production; then the application, where the API must be ticked"
);
const PORTAL_API: &str = marked!("the portal, «Raccordements», «Mes raccordements API»");
const PORTAL_ACCOUNT: &str = marked!(
    "the portal, form «Compte technique», open to the principal manager (gestionnaire principal) only"
);
const PORTAL_USERS: &str = marked!("the portal, domain «Organisation», «Utilisateurs»");
const NETWORK: &str = marked!("the network of the machine that runs raccord");
const OWN: &str = marked!("this project: docs/doctor.md");

/// A secret with a blank at an end.
pub(crate) const BLANK: Cause = Cause {
    why: marked!(
        "it begins or ends with a blank or a line end, which came along when it was copied"
    ),
    remedy: marked!("store it again without blanks; raccord itself drops one line end only"),
    place: HERE,
    source: OWN,
};
/// A secret between quotes.
pub(crate) const QUOTED: Cause = Cause {
    why: marked!("it stands between quotes, which are sent with it"),
    remedy: marked!("store it without quotes"),
    place: HERE,
    source: OWN,
};
/// A login with a colon.
pub(crate) const COLON: Cause = Cause {
    why: marked!(
        "a login holds no colon: at the first one `cpro-account` is divided into login and password"
    ),
    remedy: marked!("store the login alone in `account`, and the password in `password`"),
    place: HERE,
    source: "docs/sources.md 8",
};

/// A host whose name is not known.
pub(crate) const NAME: Cause = Cause {
    why: marked!(
        "the name is mistyped, or this network resolves no public names because a proxy does that"
    ),
    remedy: marked!(
        "correct the URL, or name the proxy in `piste.proxy` (the variable `HTTPS_PROXY` works too)"
    ),
    place: HERE,
    source: OWN,
};
/// Hosts of the State's own network.
pub(crate) const STATE_NETWORK: Cause = Cause {
    why: marked!(
        "inside the State's own network (RIE), PISTE has other hosts, and the old public ones on `aife.economie.gouv.fr` are gone since 2023"
    ),
    remedy: marked!(
        "write the hosts of that network in `piste.oauth_url` and `piste.api_url`; outside of it remove both keys"
    ),
    place: HERE,
    source: marked!("docs/sources.md 8 and 10"),
};
/// Nothing listens.
pub(crate) const REFUSED: Cause = Cause {
    why: marked!("nothing listens there, or a firewall says no at once"),
    remedy: marked!("check host and port, and ask for a way out to this host on port 443"),
    place: NETWORK,
    source: OWN,
};
/// Nothing answers.
pub(crate) const SILENT: Cause = Cause {
    why: marked!("a firewall drops the requests, or a proxy has to be used"),
    remedy: marked!(
        "ask for a way out to this host on port 443, or name the proxy in `piste.proxy`"
    ),
    place: NETWORK,
    source: OWN,
};
/// An authority that is not known.
pub(crate) const INSPECTED: Cause = Cause {
    why: marked!(
        "a proxy on the way reads what passes and shows a certificate of its own, or the host belongs to the inter-ministerial network, whose authority this machine does not know"
    ),
    remedy: marked!(
        "ask those who run the network for the certificate of their authority, in PEM, and name it in `piste.ca_file`"
    ),
    place: HERE,
    source: OWN,
};
/// A clock that makes certificates look over.
pub(crate) const CLOCK_OF_CERTIFICATE: Cause = Cause {
    why: marked!(
        "when the certificate is said to be over or not valid yet: the clock of this machine may be wrong"
    ),
    remedy: marked!("set the clock, by NTP"),
    place: marked!("this machine"),
    source: OWN,
};
/// No TLS there.
pub(crate) const NO_TLS: Cause = Cause {
    why: marked!(
        "what answers does not speak TLS: the port is wrong, or something else answers on it"
    ),
    remedy: marked!("check the port, and whether the URL should begin with `http://`"),
    place: HERE,
    source: OWN,
};
/// A proxy that says no.
pub(crate) const PROXY: Cause = Cause {
    why: marked!("the proxy lets nobody through to this host, or asks who is calling"),
    remedy: marked!(
        "ask those who run the proxy to open the host; a proxy that wants a password is named in the variable `HTTPS_PROXY` instead of `piste.proxy`"
    ),
    place: NETWORK,
    source: OWN,
};

/// API keys.
pub(crate) const API_KEYS: Cause = Cause {
    why: marked!(
        "the pair comes from the panel «API Keys»: PISTE shows two panels, and only «OAuth Credentials» gives tokens"
    ),
    remedy: marked!("copy `client_id` and `client_secret` from «OAuth Credentials»"),
    place: PISTE_CREDENTIALS,
    source: "docs/sources.md 8",
};
/// The sandbox application in production.
pub(crate) const APPLICATION_OF_SANDBOX: Cause = Cause {
    why: marked!(
        "the application is the one of the sandbox (`APP_SANDBOX_…`): production has an application of its own, with its own secret"
    ),
    remedy: marked!("create the application for production, and take its credentials"),
    place: PISTE_CREDENTIALS,
    source: "docs/sources.md 8",
};
/// The production application in qualification.
pub(crate) const APPLICATION_OF_PRODUCTION: Cause = Cause {
    why: marked!(
        "the application is one of production: qualification has the one of the sandbox, which PISTE makes by itself (`APP_SANDBOX_…`)"
    ),
    remedy: marked!("take the credentials of the application of the sandbox"),
    place: PISTE_CREDENTIALS,
    source: "docs/sources.md 8",
};
/// A secret that was renewed.
pub(crate) const SECRET_RENEWED: Cause = Cause {
    why: marked!("the secret was renewed on PISTE, or cut when it was copied"),
    remedy: marked!("copy it again"),
    place: PISTE_CREDENTIALS,
    source: OWN,
};
/// An URL that is no token service.
pub(crate) const NO_TOKEN_SERVICE: Cause = Cause {
    why: marked!(
        "what answers gives no tokens: the URL is wrong, or a proxy or a maintenance page answers in its place"
    ),
    remedy: marked!(
        "remove `piste.oauth_url` to use the official host, or write the whole address with `/api/oauth/token`"
    ),
    place: HERE,
    source: "docs/sources.md 8",
};
/// PISTE in trouble.
pub(crate) const BUSY: Cause = Cause {
    why: marked!("PISTE is in trouble, under maintenance, or was asked too often"),
    remedy: marked!("try again later; a lower `rate` asks less often"),
    place: marked!("none of yours"),
    source: "docs/sources.md 8",
};

/// No consent to an API.
pub(crate) const CONSENT: Cause = Cause {
    why: marked!(
        "nobody agreed to the conditions of use (CGU) of this API, or the application has not subscribed to it"
    ),
    remedy: marked!("agree to them, then tick the API in the application"),
    place: PISTE_CONSENT,
    source: "docs/sources.md 8",
};
/// An application that is not declared.
pub(crate) const NOT_DECLARED: Cause = Cause {
    why: marked!(
        "no API connection (raccordement API) declares the application for the structure of the technical account"
    ),
    remedy: marked!(
        "declare it, with the application's name in its exact case; the connection and the technical account are both needed"
    ),
    place: PORTAL_API,
    source: marked!("docs/sources.md 5 and 8"),
};
/// Environments that are mixed.
pub(crate) const MIXED: Cause = Cause {
    why: marked!(
        "the account, the structure and the application are not of the same environment: qualification and production share nothing"
    ),
    remedy: marked!("take account, SIRETs and application of one environment"),
    place: HERE,
    source: marked!("docs/sources.md 1 and 8"),
};
/// A URL that is not the API's.
pub(crate) const WRONG_API: Cause = Cause {
    why: marked!("what answers does not know this API: the URL is wrong"),
    remedy: marked!("remove `piste.api_url` to use the official host, or write it without `/cpro`"),
    place: HERE,
    source: "docs/sources.md 8",
};

/// A wrong or changed password.
pub(crate) const PASSWORD: Cause = Cause {
    why: marked!(
        "login or password are wrong, or a colleague has reset the password since: a reset ends the old one, and it is shown once, to whoever asked"
    ),
    remedy: marked!(
        "ask the other users of this account for the present password; if nobody has it, ask for «Réinitialisation du mot de passe», and store the new one"
    ),
    place: PORTAL_ACCOUNT,
    source: marked!("docs/sources.md 6 and 8"),
};
/// An expired password.
pub(crate) const EXPIRED: Cause = Cause {
    why: marked!("the password is over: it lives 424 days"),
    remedy: marked!("ask for «Réinitialisation du mot de passe», and store the new one"),
    place: PORTAL_ACCOUNT,
    source: "docs/sources.md 6",
};
/// A deactivated account.
pub(crate) const DEACTIVATED: Cause = Cause {
    why: marked!("the account was deactivated"),
    remedy: marked!("look with «Consulter», then ask for «Activer»"),
    place: PORTAL_ACCOUNT,
    source: "docs/sources.md 6",
};
/// An account that is too young.
pub(crate) const TOO_YOUNG: Cause = Cause {
    why: marked!(
        "the account is younger than 30 minutes: it works about half an hour after its creation"
    ),
    remedy: marked!("wait half an hour, then run `raccord doctor` again"),
    place: marked!("nowhere: it takes time"),
    source: "docs/sources.md 6",
};

/// Nobody asked for an attachment.
pub(crate) const NOT_ATTACHED: Cause = Cause {
    why: marked!(
        "a technical account reaches the structures of the principal manager (gestionnaire principal) behind it, and this one is not among them"
    ),
    remedy: marked!("have that manager made one of this structure, or use an account of it"),
    place: PORTAL_USERS,
    source: marked!("docs/sources.md 6 and 7"),
};
/// An attachment that waits.
pub(crate) const PENDING: Cause = Cause {
    why: marked!(
        "the attachment was asked for, and a manager of the structure has not accepted it yet"
    ),
    remedy: marked!("ask the structure's manager to accept it"),
    place: PORTAL_USERS,
    source: "docs/sources.md 7",
};
/// An attachment that was refused or ended.
pub(crate) const ENDED: Cause = Cause {
    why: marked!("a manager of the structure refused or ended the attachment"),
    remedy: marked!("ask the structure's manager, then ask for it again"),
    place: PORTAL_USERS,
    source: "docs/sources.md 7",
};
/// A SIRET that is not there.
pub(crate) const ABSENT: Cause = Cause {
    why: marked!(
        "the SIRET is mistyped, or it is one of the other environment: qualification has fictitious structures of its own"
    ),
    remedy: marked!(
        "correct `structure.siret`, or write it for this environment under `overrides`"
    ),
    place: marked!("the file of the entity"),
    source: marked!("docs/sources.md 1 and 7"),
};
/// An inactive structure.
pub(crate) const INACTIVE: Cause = Cause {
    why: marked!("the structure is inactive: it may have closed, or merged into another one"),
    remedy: marked!("declare the structure that took its place, or have it activated again"),
    place: marked!("the portal, domain «Organisation»"),
    source: "docs/sources.md 7",
};

/// A password that ends.
pub(crate) const ENDS: Cause = Cause {
    why: marked!("after that day every call is refused with HTTP 401"),
    remedy: marked!(
        "ask for «Réinitialisation du mot de passe» before, at a moment when the new one can be stored at once: the old one ends with it"
    ),
    place: PORTAL_ACCOUNT,
    source: "docs/sources.md 6",
};
/// A clock that is wrong.
pub(crate) const CLOCK: Cause = Cause {
    why: marked!(
        "one of the two clocks is wrong; with a wrong clock tokens are renewed too late, and days of validity are off"
    ),
    remedy: marked!("set the clock, by NTP"),
    place: marked!("this machine"),
    source: OWN,
};
/// A name in another case.
pub(crate) const CASE: Cause = Cause {
    why: marked!(
        "the case of the application's name matters, and a sheet with another spelling declares another application"
    ),
    remedy: marked!("write the name exactly as PISTE shows it"),
    place: marked!(
        "PISTE, the application; then `piste_application` in the file of the entity, and the sheet in «Mes raccordements API»"
    ),
    source: "docs/sources.md 5",
};
