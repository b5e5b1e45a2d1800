# shellcheck shell=sh
# What the scripts share. It is read with `.`, after `set -eu`.
#
#   RACCORD                the program                             [default: raccord]
#   RACCORD_PROJECT        the folder with raccord.yaml            [default: .]
#   RACCORD_ENVIRONMENT    the environment                         [default: that of raccord.yaml]
#   RACCORD_OUT            the folder for what the jobs keep       [default: raccord-out]

# Nothing here may be traced: tokens and passwords are in the environment.
set +x

RACCORD=${RACCORD:-raccord}
RACCORD_PROJECT=${RACCORD_PROJECT:-.}
RACCORD_OUT=${RACCORD_OUT:-raccord-out}
mkdir -p "$RACCORD_OUT"

# Runs raccord, on the environment that was chosen.
raccord() {
    if [ -n "${RACCORD_ENVIRONMENT:-}" ]; then
        command "$RACCORD" "$@" --environment "$RACCORD_ENVIRONMENT"
    else
        command "$RACCORD" "$@"
    fi
}

# Says something to the person who reads the log.
say() {
    printf '%s\n' "$*" >&2
}
