#!/usr/bin/env bash
# Builds the NIF and runs the example.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
need erlc
make --silent -C "$here" PREFIX="$prefix" OUT="$out"
erlc -Werror -o "$out" "$here/example.erl"
erl -noshell -pa "$out" -eval 'example:main(), halt().'
