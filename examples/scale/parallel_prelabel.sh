#!/bin/sh
# Prelabels a folder of JSONL files with GNU parallel: one process per file, resumable, never half a file.
#
# examples/scale/parallel_prelabel.sh IN OUT [PROGRAM]
set -eu
in=$1 out=$2 copydesk=${3:-copydesk}
export copydesk out
mkdir -p "$out"
one() {
    to=$out/$(basename "$1")
    code=0
    "$copydesk" prelabel "$1" --from jsonl --jobs 1 > "$to.tmp" || code=$?
    # Exit code 3: finished, but some records were bad; each of them says why in `error`.
    [ "$code" = 0 ] || [ "$code" = 3 ] || return "$code"
    [ "$(grep -c . "$1")" = "$(grep -c . "$to.tmp")" ] || return 4
    mv "$to.tmp" "$to"
}
if [ -n "${ONE-}" ]; then one "$ONE"; exit; fi
# parallel logs finished files, and --resume-failed skips them.
ls "$in"/*.jsonl | parallel -j 100% --joblog "$out/joblog" --resume-failed ONE={} "$0" "$in" "$out" "$copydesk"
