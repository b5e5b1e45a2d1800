//! `Tls`: a server that speaks TLS with a certificate of an authority of its own, in front of one that does not.

use std::io::Read as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::TcpStream;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::pkey::Private;
use openssl::rsa::Rsa;
use openssl::ssl::SslAcceptor;
use openssl::ssl::SslMethod;
use openssl::x509::X509;
use openssl::x509::X509Name;
use openssl::x509::extension::BasicConstraints;
use openssl::x509::extension::SubjectAlternativeName;

/// One that listens until the process ends.
pub(crate) struct Tls {
    address: SocketAddr,
    authority: String,
}

impl Tls {
    /// Starts one in front of the server at `base`, `http://127.0.0.1:…`.
    pub(crate) fn in_front_of(base: &str) -> Self {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let authority = issue(&key, None);
        let leaf_key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let leaf = issue(&leaf_key, Some((&authority, &key)));
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
        acceptor.set_private_key(&leaf_key).unwrap();
        acceptor.set_certificate(&leaf).unwrap();
        let acceptor = acceptor.build();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let behind = base.trim_start_matches("http://").trim_end_matches('/').to_owned();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who does not trust us hangs up in the middle.
                let Ok(mut stream) = acceptor.accept(stream) else { continue };
                let request = request(&mut stream);
                let mut server = TcpStream::connect(&behind).unwrap();
                server.write_all(&request).unwrap();
                let mut answer = Vec::new();
                server.read_to_end(&mut answer).unwrap();
                stream.write_all(&answer).unwrap();
                stream.shutdown().ok();
            }
        });
        let authority = String::from_utf8(authority.to_pem().unwrap()).unwrap();
        Self { address, authority }
    }

    /// Its base.
    pub(crate) fn base(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The certificate of its authority, in PEM.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }
}

/// Reads one request, and has the connection closed after its answer.
fn request(stream: &mut impl std::io::Read) -> Vec<u8> {
    let mut read = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).unwrap_or(0);
        read.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if count == 0 {
                return read;
            }
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
        });
        if body.len() >= length.unwrap_or(0) || count == 0 {
            return format!("{head}\r\nConnection: close\r\n\r\n{body}").into_bytes();
        }
    }
}

/// A certificate for 127.0.0.1, or that of an authority when nobody issues it.
fn issue(key: &PKey<Private>, issuer: Option<(&X509, &PKey<Private>)>) -> X509 {
    let mut name = X509Name::builder().unwrap();
    let words = if issuer.is_some() { "127.0.0.1" } else { "authority of a test of raccord" };
    name.append_entry_by_text("CN", words).unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(if issuer.is_some() { 2 } else { 1 }).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(issuer.map_or(&*name, |(issuer, _)| issuer.subject_name())).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&Asn1Time::from_str("20200101000000Z").unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_str("20600101000000Z").unwrap()).unwrap();
    if issuer.is_some() {
        let context = builder.x509v3_context(None, None);
        let names = SubjectAlternativeName::new().ip("127.0.0.1").build(&context).unwrap();
        builder.append_extension(names).unwrap();
    } else {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    }
    builder.sign(issuer.map_or(key, |(_, key)| key), MessageDigest::sha256()).unwrap();
    builder.build()
}
