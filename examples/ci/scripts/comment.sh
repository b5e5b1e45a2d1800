#!/bin/sh
# Writes comment.md to the merge request: the comment that is there is edited, else one is made.
#
# The first line of comment.md is a marker that nobody sees: it names the environment and the project, so that each has one comment.
#
#   usage: comment.sh github    GITHUB_REPOSITORY, PULL_REQUEST; `gh` finds its token in GH_TOKEN, and COMMENT_AUTHOR is
#                               whose token that is [default: github-actions[bot]]
#          comment.sh gitlab    CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, RACCORD_COMMENT_TOKEN; needs curl and jq
set -eu
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

comment=$RACCORD_OUT/comment.md
if [ ! -s "$comment" ]; then
    say "there is no comment to write"
    exit 0
fi
marker=$(head -n 1 "$comment")
case $marker in
'<!-- raccord:plan '*' -->') ;;
*)
    say "the first line of $comment is no marker"
    exit 1
    ;;
esac

# The id of the comment that begins with the marker and is ours; nothing when there is none.
find_github() {
    gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments?per_page=100" \
        --jq '.[] | "\(.id) \(.user.login) \(.body | split("\n")[0] | rtrimstr("\r"))"' |
        first_with_marker "${COMMENT_AUTHOR:-github-actions[bot]}"
}

find_gitlab() {
    page=1
    while [ -n "$page" ]; do
        gitlab "$(notes)?per_page=100&sort=asc&order_by=created_at&page=$page" \
            --dump-header "$RACCORD_OUT/.headers" > "$RACCORD_OUT/.notes"
        found=$(jq -r '.[] | "\(.id) \(.author.username) \(.body | split("\n")[0] | rtrimstr("\r"))"' \
            "$RACCORD_OUT/.notes" | first_with_marker "$me")
        if [ -n "$found" ]; then
            printf '%s\n' "$found"
            break
        fi
        page=$(tr -d '\r' < "$RACCORD_OUT/.headers" | sed -n 's/^[Xx]-[Nn]ext-[Pp]age: *//p' | tail -n 1)
    done
    rm -f "$RACCORD_OUT/.headers" "$RACCORD_OUT/.notes"
}

# From lines `ID AUTHOR FIRST-LINE` the id of the first one of this author whose line is the marker. Anybody may have copied the
# marker, but their comments are not ours to edit.
first_with_marker() {
    found=
    while read -r id author line; do
        # All of it is read, so that who writes it meets no closed pipe.
        if [ -z "$found" ] && [ "$author" = "$1" ] && [ "$line" = "$marker" ]; then
            found=$id
        fi
    done
    printf '%s' "$found"
}

notes() {
    printf '%s/projects/%s/merge_requests/%s/notes' "$CI_API_V4_URL" "$CI_PROJECT_ID" "$CI_MERGE_REQUEST_IID"
}

# Asks GitLab. The token goes through a file that only we can read, not through the command line, which others can see.
gitlab() {
    curl --fail --silent --show-error --config "$token" "$@"
}

case ${1:-} in
github)
    found=$(find_github)
    if [ -n "$found" ]; then
        gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$found" -F "body=@$comment" --silent
        say "comment $found edited"
    else
        gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" -F "body=@$comment" --silent
        say "comment made"
    fi
    ;;
gitlab)
    umask 077
    token=$(mktemp)
    trap 'rm -f "$token"' EXIT
    printf 'header = "PRIVATE-TOKEN: %s"\n' "$RACCORD_COMMENT_TOKEN" > "$token"
    me=$(gitlab "$CI_API_V4_URL/user" | jq -r .username)
    found=$(find_gitlab)
    if [ -n "$found" ]; then
        gitlab --request PUT "$(notes)/$found" --data-urlencode "body@$comment" --output /dev/null
        say "comment $found edited"
    else
        gitlab --request POST "$(notes)" --data-urlencode "body@$comment" --output /dev/null
        say "comment made"
    fi
    ;;
*)
    say "usage: comment.sh github|gitlab"
    exit 64
    ;;
esac
