#!/usr/bin/env bash
# Builds and runs the example: judges the arguments, or two messages of its own.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
# shellcheck disable=SC2046 # pkg-config's answer is words
cc -std=c99 -Wall -Wextra -Werror -o "$out/example" "$here/example.c" $(pkg-config --cflags --libs sidestep) -Wl,-rpath,"$prefix/lib"
[ $# -gt 0 ] || set -- 'see you at eight' 'add me on wh4ts@pp +1 415 555 0132'
"$out/example" "$@"
