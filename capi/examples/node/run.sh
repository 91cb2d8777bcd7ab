#!/usr/bin/env bash
# Installs koffi (calls C from Node.js) and runs the example: judges the arguments, or two messages of its own.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
need npm
cp "$here/package.json" "$here/example.js" "$out/"
(cd "$out" && timeout 120 npm install --silent --no-audit --no-fund) || { echo 'skipped: koffi cannot be installed'; exit 77; }
node "$out/example.js" "$@"
