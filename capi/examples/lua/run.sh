#!/usr/bin/env bash
# Builds the module and runs the example: judges the arguments, or two messages of its own.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
need lua5.4
make --silent -C "$here" PREFIX="$prefix" OUT="$out/sidestep.so"
LUA_CPATH="$out/?.so" lua5.4 "$here/example.lua" "$@"
