#!/bin/sh
# Checks the files, without network and without secrets.
#
# With `sarif` (GitHub) or `gitlab` (GitLab) the findings are also written for the forge, to raccord.sarif or
# raccord-quality.json. Ends with 1 when the files have faults.
set -eu
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

form=${1:-human}
code=0
case $form in
sarif) raccord validate "$RACCORD_PROJECT" --format sarif > "$RACCORD_OUT/raccord.sarif" || code=$? ;;
gitlab) raccord validate "$RACCORD_PROJECT" --format gitlab > "$RACCORD_OUT/raccord-quality.json" || code=$? ;;
human) ;;
*)
    say "usage: validate.sh [sarif|gitlab]"
    exit 64
    ;;
esac
# The log is for people. The files are the same, so the outcome is.
raccord validate "$RACCORD_PROJECT" || code=$?
exit "$code"
