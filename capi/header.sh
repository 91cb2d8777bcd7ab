#!/usr/bin/env bash
# Makes include/sidestep.h from the Rust source. With --check: says whether the committed one is current. Installs the pinned cbindgen where it is absent.
set -euo pipefail
cd "$(dirname "$0")"
pinned=0.29.2
tools=${SIDESTEP_TOOLS:-../target/tools}
cbindgen=$tools/bin/cbindgen

if [ "$("$cbindgen" --version 2>/dev/null)" != "cbindgen $pinned" ]; then
    cargo install --quiet --debug --locked --root "$tools" --version "$pinned" cbindgen
fi

version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' ../Cargo.toml)
IFS=. read -r major minor patch <<<"$version"
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
"$cbindgen" --quiet --config cbindgen.toml . |
    sed -e "s/@MAJOR@/$major/; s/@MINOR@/$minor/; s/@PATCH@/$patch/; s/@VERSION@/$version/" -e 's,^// # Safety$,// Contract:,' >"$fresh"

if [ "${1-}" = --check ]; then
    diff -u include/sidestep.h "$fresh" && echo 'sidestep.h is current'
else
    cp "$fresh" include/sidestep.h
fi
