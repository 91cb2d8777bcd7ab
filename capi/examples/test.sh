#!/usr/bin/env bash
# Runs every example and checks that it flags one message and lets the other pass. An example whose language is not here is skipped, and said so.
set -euo pipefail
cd "$(dirname "$0")"
for run in */run.sh; do
    code=0
    output=$(timeout 600 "$run" 2>&1) || code=$?
    if [ "$code" = 77 ]; then
        echo "${run%/run.sh}: $output"
    elif [ "$code" = 0 ] && grep -q '^allow  see you at eight' <<<"$output" && grep -Eq '^(warn|review|block) +add me on wh4ts@pp' <<<"$output"; then
        echo "${run%/run.sh}: passed"
    else
        printf '%s: FAILED (%s)\n%s\n' "${run%/run.sh}" "$code" "$output"
        exit 1
    fi
done
