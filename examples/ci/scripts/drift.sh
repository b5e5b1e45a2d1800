#!/bin/sh
# Looks whether Chorus Pro still is as applied. Nothing is changed, and what was only added to the files is no drift.
#
# Ends with 0 when nothing differs and 2 when something does (drift.md says what); any other code is a failure of the look itself.
set -eu
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

code=0
raccord plan "$RACCORD_PROJECT" --refresh-only --detailed-exitcode --format markdown \
    > "$RACCORD_OUT/drift.md" || code=$?
case $code in
0) say "no drift" ;;
2) say "DRIFT: Chorus Pro is no longer as applied, see drift.md" ;;
*) say "the look failed: raccord ended with $code" ;;
esac
exit "$code"
