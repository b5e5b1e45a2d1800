#!/usr/bin/env bash
# Makes the demonstration certificates of the examples again.
#
# Each file is a PKCS#7 bundle (PEM) of two certificates: a leaf, and the demonstration root that
# signed it. Only public parts are kept: the private keys live in a temporary folder that is removed
# at the end, so nobody can use these certificates for anything. Every subject says what they are.
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

# Makes a key and a request: name, subject.
request() {
    openssl req -new -newkey rsa:2048 -nodes -batch -utf8 -config "$work/ca.cnf" \
        -keyout "$work/$1.key" -out "$work/$1.csr" -subj "$2" 2>"$work/log" ||
        { cat "$work/log" >&2; exit 1; }
}

cat > "$work/root.ext" <<EXT
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
EXT
request root "/C=FR/O=Exemple fictif raccord/CN=Racine des exemples (certificat de démonstration)"
sign root root.ext -selfsign -keyfile "$work/root.key"

# One bundle: file, SIRET, host name, extended key usages.
bundle() {
    local file=$1 siret=$2 host=$3 usages=$4
    # The subject's common name must keep to 64 characters (RFC 5280, upper bounds).
    cat > "$work/leaf.ext" <<EXT
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = $usages
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:$host
EXT
    request leaf "/C=FR/O=Exemple fictif raccord/OU=0002 $siret/CN=$(basename "$file" .p7b) (certificat de démonstration)"
    sign leaf leaf.ext -cert "$work/root.crt" -keyfile "$work/root.key"
    mkdir -p "$(dirname "$file")"
    openssl crl2pkcs7 -nocrl -certfile "$work/leaf.crt" -certfile "$work/root.crt" -out "$work/leaf.p7b"
    cat "$work/leaf.p7b" > "$file"
    chmod 644 "$file"
    echo "made $file"
}

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

slot metropole/certificates/metropole-pesit-serveur "$metropole" pesit.metropole.example serverAuth
slot metropole/certificates/metropole-pesit-client "$metropole" pesit-client.metropole.example clientAuth
slot metropole/certificates/metropole-g2b "$metropole" as2.metropole.example serverAuth
slot metropole/certificates/ville-depot "$ville" sftp.ville.example clientAuth
slot metropole/certificates/ville-g2b "$ville" as2.ville.example serverAuth
slot metropole/certificates/regie-des-eaux-g2b "$regie" sftp.eaux.example clientAuth
# The spare one of the README's walk-through: no sheet uses it yet.
bundle metropole/certificates/regie-des-eaux-g2b-2.p7b "$regie" as2.eaux.example "serverAuth, clientAuth"
slot operator/certificates/operateur-depot "$operateur" sftp.operateur.example clientAuth
slot operator/certificates/operateur-g2b "$operateur" as2.operateur.example serverAuth
