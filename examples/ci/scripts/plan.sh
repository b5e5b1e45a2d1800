#!/bin/sh
# Plans, saves the plan, and writes the comment for the merge request.
#
#   RACCORD_LINK   where the whole plan can be fetched, for the comment
#
# Leaves plan.json, comment.md and plan.exitcode in RACCORD_OUT. A plan that is refused leaves no plan.json, but a comment that says why;
# then this ends with the exit code of the plan, after the comment is there.
set -eu
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan=$RACCORD_OUT/plan.json
comment=$RACCORD_OUT/comment.md
rm -f "$plan" "$comment"

code=0
if [ -n "${RACCORD_LINK:-}" ]; then
    raccord plan "$RACCORD_PROJECT" --out "$plan" --detailed-exitcode \
        --format markdown --link "$RACCORD_LINK" > "$comment" || code=$?
else
    raccord plan "$RACCORD_PROJECT" --out "$plan" --detailed-exitcode \
        --format markdown > "$comment" || code=$?
fi
printf '%s\n' "$code" > "$RACCORD_OUT/plan.exitcode"

# A project that could not be read, or a Chorus Pro that did not answer: there is no plan to speak of.
if [ ! -s "$comment" ]; then
    rm -f "$comment"
fi

case $code in
0) say "nothing to do" ;;
2) say "changes are pending: see the comment" ;;
*)
    say "no plan to apply: raccord ended with $code"
    exit "$code"
    ;;
esac
