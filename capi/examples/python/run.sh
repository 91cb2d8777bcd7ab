#!/usr/bin/env bash
# Runs the example: judges the arguments, or two messages of its own.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
need python3
PYTHONDONTWRITEBYTECODE=1 python3 "$here/example.py" "$@"
