#!/bin/sh
# Applies the saved plan plan.json in RACCORD_OUT, and keeps the report.
#
# The plan is applied only if it is still what would be decided: else nothing is changed, and this ends with 6. Then a new merge
# request, or a run of plan.sh by hand, has to be looked at first.
# Ends with 0 also when the rest waits for Chorus Pro or for a person (3): a later run goes on.
set -eu
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan=$RACCORD_OUT/plan.json
if [ ! -f "$plan" ]; then
    say "there is no $plan: nothing was planned, or the plan was refused"
    exit 1
fi

# The environment is in the plan.
code=0
command "$RACCORD" apply "$plan" --auto-approve --lock-timeout 10m \
    --report "$RACCORD_OUT/report.json" --report "$RACCORD_OUT/report.html" || code=$?
printf '%s\n' "$code" > "$RACCORD_OUT/apply.exitcode"

case $code in
0) say "applied" ;;
3)
    say "applied as far as possible, the rest waits: the report says for whom"
    code=0
    ;;
4) say "some steps failed: the report says which, and what to do" ;;
5) say "refused by a limit of the policy, nothing was changed" ;;
6) say "the plan is stale, nothing was changed: plan again, and look at the new plan" ;;
7) say "another run holds the ledger, nothing was changed: run this job again later" ;;
*) say "raccord ended with $code" ;;
esac
exit "$code"
