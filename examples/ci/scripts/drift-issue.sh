#!/bin/sh
# Opens an issue on GitHub with drift.md, or edits the one that is open: one for each environment and project.
#
#   GITHUB_REPOSITORY; `gh` finds its token in GH_TOKEN
set -eu
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

drift=$RACCORD_OUT/drift.md
marker=$(head -n 1 "$drift")
label=raccord-drift
title="raccord: Chorus Pro is no longer as applied${RACCORD_ENVIRONMENT:+ ($RACCORD_ENVIRONMENT)}"

found=
issues=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues?state=open&labels=$label&per_page=100" \
    --jq '.[] | "\(.number) \(.body | split("\n")[0] | rtrimstr("\r"))"')
while read -r number line; do
    if [ -z "$found" ] && [ "$line" = "$marker" ]; then
        found=$number
    fi
done << END
$issues
END

if [ -n "$found" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/$found" -F "body=@$drift" --silent
    say "issue $found edited"
else
    gh api --method POST "repos/$GITHUB_REPOSITORY/issues" \
        -f "title=$title" -f "labels[]=$label" -F "body=@$drift" --silent
    say "issue made"
fi
