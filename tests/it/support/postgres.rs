//! A real PostgreSQL for tests, on a port of the loopback interface, with TLS and a password. It ends with the process.

use std::io::BufRead as _;
use std::io::BufReader;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::OnceLock;

use openssl::asn1::Asn1Time;
use openssl::ec::EcGroup;
use openssl::ec::EcKey;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::x509::X509;
use openssl::x509::X509Name;
use openssl::x509::extension::BasicConstraints;
use openssl::x509::extension::SubjectAlternativeName;

/// The password of the user `raccord`.
pub(crate) const PASSWORD: &str = "only-for-tests";

/// What starts a server, waits for the end of its input, and leaves nothing behind.
const SCRIPT: &str = r#"
set -e
data=$1 bin=$2 port=$3
"$bin/initdb" -D "$data/cluster" -U raccord -A scram-sha-256 --pwfile="$data/password" -E UTF8 --no-locale --no-sync >/dev/null
"$bin/postgres" -D "$data/cluster" -p "$port" -k "$data" -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 \
    -c ssl=on -c ssl_cert_file="$data/server.pem" -c ssl_key_file="$data/server.key" >"$data/log" 2>&1 &
server=$!
trap 'kill -QUIT $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$data"' EXIT
until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; do
    kill -0 $server || { cat "$data/log" >&2; exit 1; }
    sleep 0.05
done
echo ready
read -r _ || true
"#;

/// A running server.
pub(crate) struct Server {
    port: u16,
    data: PathBuf,
    bin: PathBuf,
    // Its input ends when this process does.
    _child: Child,
}

impl Server {
    /// The server of all tests of this process.
    pub(crate) fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| {
            // The port may be taken by someone else meanwhile.
            (0..3).find_map(|_| Self::start()).expect("PostgreSQL does not start")
        })
    }

    fn start() -> Option<Self> {
        let bin = programs();
        let data = tempfile::Builder::new().prefix("raccord-postgres").tempdir().unwrap().keep();
        std::fs::write(data.join("password"), PASSWORD).unwrap();
        certificate(&data);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // PostgreSQL refuses to run as root.
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| {
            use std::os::unix::fs::MetadataExt as _;
            process.uid() == 0
        });
        let mut command = if is_root {
            let owned = Command::new("chown").args(["-R", "nobody"]).arg(&data).status();
            assert!(owned.unwrap().success(), "could not give the folder away");
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        command.args(["-c", SCRIPT, "sh"]).arg(&data).arg(&bin).arg(port.to_string());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).current_dir("/").spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (line == "ready\n").then_some(Self { port, data, bin, _child: child })
    }

    /// The address of the database, with parameters.
    pub(crate) fn url(&self, parameters: &str) -> String {
        format!("postgres://raccord@127.0.0.1:{}/postgres{parameters}", self.port)
    }

    /// The certificate that the server shows, which is its own authority.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.data.join("server.pem")
    }

    /// What `psql` prints for a statement.
    pub(crate) fn sql(&self, statement: &str) -> String {
        let ran = Command::new(self.bin.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"])
            .args(["-U", "raccord", "-d", "postgres", "-c", statement])
            .args(["-p", &self.port.to_string()])
            .env("PGPASSWORD", PASSWORD)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap().trim().to_owned()
    }
}

/// Where PostgreSQL's programs are; Debian keeps them out of the path.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&path));
    let found = folders.into_iter().find(|folder| folder.join("initdb").is_file());
    found.expect(
        "PostgreSQL is not installed, and these tests need it: `apt-get install postgresql`",
    )
}

/// Writes a certificate for 127.0.0.1 that signs itself, and its key.
fn certificate(folder: &Path) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", "127.0.0.1").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    builder.append_extension(BasicConstraints::new().ca().build().unwrap()).unwrap();
    let names = SubjectAlternativeName::new()
        .ip("127.0.0.1")
        .build(&builder.x509v3_context(None, None))
        .unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    std::fs::write(folder.join("server.pem"), builder.build().to_pem().unwrap()).unwrap();
    std::fs::write(folder.join("server.key"), key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(folder.join("server.key"), mode).unwrap();
    // Others read the certificate of a server that runs as someone else.
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}
