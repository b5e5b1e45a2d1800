# What the scripts of this folder share. To be sourced, from the root of the repository.
# shellcheck shell=bash

# The moment that a build bears: that of the commit, so that two builds of it are alike.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
fi
export SOURCE_DATE_EPOCH

# No path of this machine gets into the program, unless flags of one's own are given.
export RUSTFLAGS="${RUSTFLAGS---remap-path-prefix=$PWD=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo}"

# The system's OpenSSL, which the system updates.
export OPENSSL_NO_VENDOR=1
