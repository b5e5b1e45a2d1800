#!/usr/bin/env bash
# Makes the demonstration certificates of the examples again.
#
# Each file is a PKCS#7 bundle (PEM) of three certificates: a leaf with the marks of a qualified
# certificate for web authentication (eIDAS, QNCP-w), the demonstration authority that issued it, and
# the demonstration root. The root also lies in `certificates/authorities`, for a project to declare.
# Only public parts are kept: the private keys live in a temporary folder that is removed at the end,
# so nobody can use these certificates for anything. Every subject says what they are.
#
# Running it gives other keys, hence other fingerprints: a sheet that holds the old file is then
# planned for an update.
set -euo pipefail
cd "$(dirname "$0")"

for tool in openssl mktemp; do
    command -v "$tool" >/dev/null || { echo "make-certificates.sh: \`$tool\` is needed" >&2; exit 1; }
done

# Wide enough for the validity of every sheet in the examples (until 2050-12-31).
not_before=20260101000000Z
not_after=20560101000000Z

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 077
mkdir "$work/issued"
: > "$work/index.txt"

cat > "$work/ca.cnf" <<CNF
[ca]
default_ca = demonstration
[demonstration]
dir = $work
new_certs_dir = $work/issued
database = $work/index.txt
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
utf8 = yes
string_mask = utf8only
[any]
countryName = optional
organizationName = supplied
organizationalUnitName = optional
organizationIdentifier = optional
commonName = supplied
[req]
distinguished_name = empty
string_mask = utf8only
utf8 = yes
[empty]
CNF

# Signs a request: name of the request, name of the extension file, then options of `openssl ca`.
sign() {
    local name=$1 extensions=$2
    shift 2
    openssl ca -batch -notext -utf8 -config "$work/ca.cnf" -preserveDN \
        -startdate "$not_before" -enddate "$not_after" \
        -in "$work/$name.csr" -out "$work/$name.crt" -extfile "$work/$extensions" "$@" 2>"$work/log" ||
        { cat "$work/log" >&2; exit 1; }
}

# Makes a key and a request: name, subject. RSA keys of 2048 bits are for use until 2030 (RGS B1).
request() {
    openssl req -new -newkey rsa:3072 -nodes -batch -utf8 -config "$work/ca.cnf" \
        -keyout "$work/$1.key" -out "$work/$1.csr" -subj "$2" 2>"$work/log" ||
        { cat "$work/log" >&2; exit 1; }
}

organisation="Exemple fictif raccord (démonstration)"

cat > "$work/root.ext" <<EXT
basicConstraints = critical, CA:TRUE, pathlen:1
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
EXT
request root "/C=FR/O=$organisation/CN=Racine des exemples (démonstration)"
sign root root.ext -selfsign -keyfile "$work/root.key"

cat > "$work/issuing.ext" <<EXT
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 2.5.29.32.0
crlDistributionPoints = URI:http://pki.raccord.example/racine.crl
EXT
request issuing "/C=FR/O=$organisation/CN=Émettrice des exemples (démonstration)"
sign issuing issuing.ext -cert "$work/root.crt" -keyfile "$work/root.key"

# One bundle: file, SIRET, host name, extended key usages.
bundle() {
    local file=$1 siret=$2 host=$3 usages=$4
    # The statements say: qualified in the EU, for web authentication, and where to read about it (EN 319 412-5).
    cat > "$work/leaf.ext" <<EXT
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = $usages
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:$host
certificatePolicies = @policy
1.3.6.1.5.5.7.1.3 = ASN1:SEQUENCE:statements
authorityInfoAccess = caIssuers;URI:http://pki.raccord.example/emettrice.cer, OCSP;URI:http://pki.raccord.example/ocsp
crlDistributionPoints = URI:http://pki.raccord.example/emettrice.crl
[policy]
policyIdentifier = 0.4.0.194112.1.5
CPS.1 = http://pki.raccord.example/politique
[statements]
compliance = SEQUENCE:compliance
type = SEQUENCE:type
disclosure = SEQUENCE:disclosure
[compliance]
statement = OID:0.4.0.1862.1.1
[type]
statement = OID:0.4.0.1862.1.6
types = SEQUENCE:types
[types]
web = OID:0.4.0.1862.1.6.3
[disclosure]
statement = OID:0.4.0.1862.1.5
places = SEQUENCE:places
[places]
english = SEQUENCE:english
[english]
url = IA5STRING:https://pki.raccord.example/disclosure
language = PRINTABLESTRING:en
EXT
    request leaf "/C=FR/O=$organisation/OU=0002 $siret/organizationIdentifier=NTRFR-${siret:0:9}/CN=$host"
    sign leaf leaf.ext -cert "$work/issuing.crt" -keyfile "$work/issuing.key"
    openssl crl2pkcs7 -nocrl -certfile "$work/leaf.crt" -certfile "$work/issuing.crt" -certfile "$work/root.crt" \
        -out "$work/leaf.p7b"
    keep "$work/leaf.p7b" "$file"
}

# Copies a public file to where an example has it.
keep() {
    (umask 022 && mkdir -p "$(dirname "$2")")
    cat "$1" > "$2"
    chmod 644 "$2"
    echo "made $2"
}

for example in metropole operator; do
    keep "$work/root.crt" "$example/certificates/authorities/exemple-racine.pem"
done

# A certificate serves one sheet only, and qualification wants another one than production:
# so each slot has its own file, and a second one whose name ends in `-qual`.
slot() {
    bundle "$1.p7b" "$2" "$3" "$4"
    bundle "$1-qual.p7b" "$2" "qual.$3" "$4"
}

metropole=99991002900019
ville=99991003700012
regie=99991004500015
operateur=99992001000017

slot metropole/certificates/metropole-pesit-serveur "$metropole" pesit.metropole.example "serverAuth, clientAuth"
slot metropole/certificates/metropole-pesit-client "$metropole" pesit-client.metropole.example clientAuth
slot metropole/certificates/metropole-g2b "$metropole" as2.metropole.example serverAuth
slot metropole/certificates/ville-depot "$ville" sftp.ville.example clientAuth
slot metropole/certificates/ville-g2b "$ville" as2.ville.example serverAuth
slot metropole/certificates/regie-des-eaux-g2b "$regie" sftp.eaux.example clientAuth
# The spare one of the README's walk-through: no sheet uses it yet.
bundle metropole/certificates/regie-des-eaux-g2b-2.p7b "$regie" as2.eaux.example "serverAuth, clientAuth"
slot operator/certificates/operateur-depot "$operateur" sftp.operateur.example clientAuth
slot operator/certificates/operateur-g2b "$operateur" as2.operateur.example serverAuth
