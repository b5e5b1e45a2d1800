//! `PostgresUrl`: the address of a database that keeps a ledger.

use std::fmt;

use crate::domain::value::ValueFault;
use crate::language::marked;
use crate::language::message;

/// Parameters of a URL that PostgreSQL's clients know, and that we hand on.
const HANDED_ON: [&str; 3] = ["host", "connect_timeout", "options"];

/// How the connection is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Protection {
    /// TLS, and the server has to prove who it is.
    Verified(Verified),
    /// None.
    Plain,
}

/// Files that verify a server, and prove to it who we are. Paths begin at the project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Authorities that are trusted, in PEM; those of the system without it.
    pub(crate) root_certificates: Option<String>,
    /// Our own certificate, in PEM.
    pub(crate) certificate: Option<String>,
    /// Its key, in PEM.
    pub(crate) key: Option<String>,
}

/// `postgres://user@host:port/database`, without a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PostgresUrl {
    /// What a client of PostgreSQL is given.
    connection: String,
    /// What people are shown.
    shown: String,
    /// How the connection is protected.
    protection: Protection,
}

impl PostgresUrl {
    /// Whether a text is meant as the address of a database.
    pub(crate) fn is_meant(text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        lower.starts_with("postgres://") || lower.starts_with("postgresql://")
    }

    /// Whether an address holds a password, also one that cannot be read.
    pub(crate) fn has_password(text: &str) -> bool {
        if let Ok(url) = url::Url::parse(text) {
            let in_query = |key: &str| key.eq_ignore_ascii_case("password");
            return url.password().is_some() || url.query_pairs().any(|(key, _)| in_query(&key));
        }
        let after = text.split_once("//").map_or(text, |(_, after)| after);
        after.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
    }

    /// Reads an address. A password inside it is refused: a secret is only ever a reference.
    ///
    /// `sslmode` is `disable` or `verify-full`; `require` and `verify-ca` are taken for `verify-full`, which checks more.
    /// Without it, a socket and the own machine are not encrypted, and everything else is `verify-full`.
    pub(crate) fn parse(text: &str) -> Result<Self, ValueFault> {
        const EXPECTED: &str = marked!(
            "the address of a database, for example `postgres://raccord@db.ville.example/raccord`"
        );
        let fault = |expected| ValueFault::of(text, expected);
        if Self::has_password(text) {
            return Err(ValueFault::new(
                message!("the address of a database with a password in it"),
                marked!("one without; `ledger_password` says where the password is"),
            ));
        }
        let url = url::Url::parse(text).map_err(|_| fault(EXPECTED))?;
        if url.username().is_empty() {
            return Err(fault(marked!("an address that names the user, `postgres://USER@…`")));
        }
        let database = url.path().trim_matches('/');
        if database.is_empty() || database.contains('/') {
            return Err(fault(marked!("an address that ends in the name of a database")));
        }
        let mut protection = Verified::default();
        let (mut mode, mut socket, mut handed_on) = (None, None, Vec::new());
        for (key, value) in url.query_pairs() {
            let value = value.into_owned();
            match key.as_ref() {
                "sslmode" => mode = Some(value),
                "sslrootcert" => protection.root_certificates = Some(value),
                "sslcert" => protection.certificate = Some(value),
                "sslkey" => protection.key = Some(value),
                known if HANDED_ON.contains(&known) => {
                    if known == "host" {
                        socket = Some(value.clone());
                    }
                    handed_on.push((key.into_owned(), value));
                }
                _ => {
                    return Err(fault(marked!(
                        "only the parameters sslmode, sslrootcert, sslcert, sslkey, host, connect_timeout and options"
                    )));
                }
            }
        }
        let host = socket.or_else(|| url.host_str().map(str::to_owned)).unwrap_or_default();
        if host.is_empty() || host.contains(',') {
            return Err(fault(marked!("an address with one host")));
        }
        if protection.certificate.is_some() != protection.key.is_some() {
            return Err(fault(marked!("`sslcert` and `sslkey` together")));
        }
        let protection = match mode.as_deref() {
            Some("disable") => Protection::Plain,
            Some("require" | "verify-ca" | "verify-full") => Protection::Verified(protection),
            None if is_near(&host) && protection == Verified::default() => Protection::Plain,
            None => Protection::Verified(protection),
            Some(_) => return Err(fault(marked!("an `sslmode` of `disable` or `verify-full`"))),
        };
        let mut connection = url.clone();
        connection.set_query(None);
        connection.set_fragment(None);
        let shown = connection.to_string();
        if !handed_on.is_empty() {
            connection.query_pairs_mut().extend_pairs(handed_on);
        }
        Ok(Self { connection: connection.into(), shown, protection })
    }

    /// What a client of PostgreSQL is given.
    pub(crate) fn connection(&self) -> &str {
        &self.connection
    }

    /// How the connection is protected.
    pub(crate) fn protection(&self) -> &Protection {
        &self.protection
    }
}

/// Whether a host is a socket or this machine.
fn is_near(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']);
    host.starts_with('/')
        || host == "localhost"
        || address.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protection(text: &str) -> Protection {
        PostgresUrl::parse(text).unwrap().protection
    }

    #[test]
    fn only_this_machine_is_reached_without_tls_unless_asked_for() {
        let verified = |root: Option<&str>| {
            Protection::Verified(Verified {
                root_certificates: root.map(str::to_owned),
                ..Verified::default()
            })
        };
        for (text, wanted) in [
            ("postgres://raccord@localhost/raccord", Protection::Plain),
            ("postgres://raccord@127.0.0.1:5433/raccord", Protection::Plain),
            ("postgresql://raccord@[::1]/raccord", Protection::Plain),
            ("postgres://raccord@ignored/raccord?host=/run/postgresql", Protection::Plain),
            ("postgres://raccord@db/raccord", verified(None)),
            ("postgres://raccord@db/raccord?sslmode=disable", Protection::Plain),
            ("postgres://raccord@db/raccord?sslmode=require", verified(None)),
            ("postgres://raccord@localhost/raccord?sslrootcert=ca.pem", verified(Some("ca.pem"))),
        ] {
            assert_eq!(protection(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_would_be_less_safe_or_not_understood_is_refused() {
        for text in [
            "postgres://db/raccord",
            "postgres://raccord@db",
            "postgres://raccord@db/a/b",
            "postgres://raccord:hunter2@db/raccord",
            "postgres://raccord:hunter2@db:port/raccord",
            "postgres://raccord@db/raccord?password=hunter2",
            "postgres://raccord@db/raccord?sslmode=prefer",
            "postgres://raccord@db/raccord?target_session_attrs=any",
            "postgres://raccord@db/raccord?sslcert=a.pem",
            "postgres://raccord@a,b/raccord",
        ] {
            let fault = PostgresUrl::parse(text).unwrap_err();
            assert!(!fault.to_string().contains("hunter2"), "{fault}");
        }
    }

    #[test]
    fn what_is_shown_has_no_parameters() {
        let url = PostgresUrl::parse(
            "postgres://raccord@db:5433/raccord?sslmode=verify-full&connect_timeout=3",
        );
        let url = url.unwrap();
        assert_eq!(url.to_string(), "postgres://raccord@db:5433/raccord");
        assert_eq!(url.connection(), "postgres://raccord@db:5433/raccord?connect_timeout=3");
    }
}
