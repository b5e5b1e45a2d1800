//! `Lost`: why there was no answer, as far as an error of the client tells.

use std::error::Error;
use std::io;

use crate::language::Message;
use crate::language::message;
use crate::remote::http::chain;

/// What kind of trouble kept an answer away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The name of the host is not known.
    Name,
    /// Nothing listens there.
    Refused,
    /// Nothing came in time.
    Timeout,
    /// The certificate of the host is not trusted.
    Untrusted(String),
    /// Something answers that does not speak TLS as expected.
    Tls(String),
    /// The proxy said no.
    Proxy(String),
    /// Something else.
    Other(String),
}

impl Lost {
    /// Why there was no answer, for people.
    pub(crate) fn told(&self) -> Message {
        match self {
            Self::Name => message!("no such name"),
            Self::Refused => message!("the connection was refused"),
            Self::Timeout => message!("no answer in time"),
            Self::Untrusted(reason) => {
                message!("its certificate is not trusted ({reason})", reason)
            }
            Self::Tls(reason) => message!("no TLS was agreed upon ({reason})", reason),
            Self::Proxy(reason) => message!("the proxy said no ({reason})", reason),
            Self::Other(reason) => message!("no answer ({reason})", reason),
        }
    }

    /// Reads an error.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let words = chain(error);
        Self::read(error.is_timeout(), io_kind(error), &words)
    }

    /// Reads what an error says. OpenSSL and the proxy's tunnel have no types that could be asked.
    fn read(timed_out: bool, io: Option<io::ErrorKind>, words: &str) -> Self {
        let lower = words.to_ascii_lowercase();
        let reason = || words.rsplit(": ").next().unwrap_or(words).to_owned();
        if lower.contains("certificate verify failed") {
            // OpenSSL says which one in brackets at the end.
            let (_, reason) = words.rsplit_once('(').unwrap_or(("", ""));
            return Self::Untrusted(reason.trim_end_matches(')').to_owned());
        }
        if lower.contains("ssl routines") || lower.contains("ssl:") {
            return Self::Tls(reason());
        }
        if lower.contains("tunnel") || lower.contains("proxy") {
            return Self::Proxy(reason());
        }
        if lower.contains("dns error") {
            return Self::Name;
        }
        match io {
            _ if timed_out => Self::Timeout,
            Some(io::ErrorKind::TimedOut) => Self::Timeout,
            Some(io::ErrorKind::ConnectionRefused) => Self::Refused,
            _ => Self::Other(reason()),
        }
    }
}

/// The kind of the innermost error of the system among the causes.
fn io_kind(error: &dyn Error) -> Option<io::ErrorKind> {
    let mut kind = None;
    let mut cause = error.source();
    while let Some(source) = cause {
        kind = source.downcast_ref::<io::Error>().map(io::Error::kind).or(kind);
        cause = source.source();
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_trouble_has_its_own_word() {
        let refused = Some(io::ErrorKind::ConnectionRefused);
        for (timed_out, io, words, expected) in [
            (false, None, "error sending request: client error (Connect): dns error: failed to lookup address information: Name or service not known", Lost::Name),
            (false, refused, "client error (Connect): tcp connect error: Connection refused (os error 111)", Lost::Refused),
            (true, None, "operation timed out", Lost::Timeout),
            (
                false,
                None,
                "client error (Connect): error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:ssl/statem.c:1889: (self-signed certificate)",
                Lost::Untrusted("self-signed certificate".to_owned()),
            ),
            (
                false,
                None,
                "client error (Connect): error:0A00010B:SSL routines:ssl3_get_record:wrong version number:ssl/record.c:354",
                Lost::Tls("error:0A00010B:SSL routines:ssl3_get_record:wrong version number:ssl/record.c:354".to_owned()),
            ),
            (false, None, "client error (Connect): tunnel error: unsuccessful", Lost::Proxy("unsuccessful".to_owned())),
            (false, None, "connection closed before message completed", Lost::Other("connection closed before message completed".to_owned())),
        ] {
            assert_eq!(Lost::read(timed_out, io, words), expected, "{words}");
        }
    }
}
