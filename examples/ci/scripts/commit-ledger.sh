#!/bin/sh
# Commits the lines that the run added to the ledger, and pushes them. Nothing happens when there are none.
#
# It runs after apply.sh whatever the outcome: what was done is in the ledger also when the rest failed.
#
#   LEDGER_BRANCH    the branch to push to; without it, nothing is pushed
#   LEDGER_AUTHOR    who commits     [default: raccord <raccord@localhost>]
set -eu
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

author=${LEDGER_AUTHOR:-raccord <raccord@localhost>}
name=${author%% <*}
email=${author##*<}
email=${email%>}

cd "$RACCORD_PROJECT"
# It fails when there is no ledger yet.
git add -- 'ledger/*.jsonl' 2> /dev/null || true
if git diff --cached --quiet -- ledger; then
    say "the ledger has no new line"
    exit 0
fi
# `[skip ci]`: the commit changes no file that is planned from, and must not start the pipeline again.
git -c user.name="$name" -c user.email="$email" commit --quiet \
    --message "ledger: what raccord did [skip ci]" -- ledger
say "the ledger is committed: $(git rev-parse --short HEAD)"

if [ -z "${LEDGER_BRANCH:-}" ]; then
    exit 0
fi
# Somebody may have pushed meanwhile. Ledgers merge line by line (`merge=union` in .gitattributes).
for attempt in 1 2 3 4 5; do
    if git push --quiet origin "HEAD:$LEDGER_BRANCH"; then
        say "the ledger is pushed"
        exit 0
    fi
    say "push $attempt was refused, trying on top of what is there now"
    git fetch --quiet origin "$LEDGER_BRANCH"
    git -c user.name="$name" -c user.email="$email" rebase --quiet FETCH_HEAD
done
say "the ledger could not be pushed: keep the artefact of this job, and commit its ledger by hand before the next apply"
exit 1
