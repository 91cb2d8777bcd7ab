#!/usr/bin/env bash
# Tests the C ABI from C: builds the library (debug), installs it into a folder of its own, and runs capi/tests against it: plainly, under valgrind
# and, where the compiler has it, under the address sanitizer. Every run is bounded in time.
set -euo pipefail
cd "$(dirname "$0")/.."
work=${CARGO_TARGET_DIR:-$PWD/target}/capi-test
mkdir -p "$work"
export PKG_CONFIG_PATH=$work/prefix/lib/pkgconfig LD_LIBRARY_PATH=$work/prefix/lib
capi/install.sh "$work/prefix" "${PROFILE:-dev}"

say() { printf -- '-- %s\n' "$*"; }
run() { say "$*"; timeout 300 "$@"; }

warnings=(-Wall -Wextra -Werror -pedantic -Wshadow -Wconversion)
# shellcheck disable=SC2207 # pkg-config's answer is words
library=($(pkg-config --cflags --libs sidestep))

say 'every function of the header is called by tests/api.c'
missing=0
for name in $(grep -o 'sidestep_[a-z0-9_]*(' capi/include/sidestep.h | grep -v '^sidestep_filter_new(options' | tr -d '(' | sort -u); do
    grep -q "$name(" capi/tests/api.c || { echo "not called: $name"; missing=1; }
done
[ "$missing" = 0 ]

say 'no other symbol leaves the library'
nm -D --defined-only "$work/prefix/lib/libsidestep.so" | awk '$3 !~ /^sidestep_/ && $2 ~ /[TDB]/ {print; bad = 1} END {exit bad}'

for name in api threads; do
    cc -std=c99 -O1 -g "${warnings[@]}" -o "$work/$name" "capi/tests/$name.c" "${library[@]}" -lpthread
done
c++ -std=c++17 "${warnings[@]}" -o "$work/header-cpp" capi/tests/header.cpp "${library[@]}"
cc -std=c99 "${warnings[@]}" -o "$work/api-static" capi/tests/api.c -I "$work/prefix/include" "$work/prefix/lib/libsidestep.a" -lpthread -ldl -lm

run "$work/api"
run "$work/api-static"
run "$work/threads"
run "$work/header-cpp"

if ! command -v valgrind >/dev/null && [ "$(id -u)" = 0 ]; then
    timeout 300 apt-get -qq install -y --no-install-recommends valgrind >/dev/null 2>&1 || true
fi
if command -v valgrind >/dev/null; then
    run valgrind --leak-check=full --num-callers=60 --show-leak-kinds=definite,indirect,possible --suppressions=capi/tests/valgrind.supp \
        --errors-for-leak-kinds=definite,indirect,possible --error-exitcode=9 "$work/api" --small 2>"$work/valgrind.log" ||
        { cat "$work/valgrind.log"; exit 1; }
    grep -E 'lost:|ERROR SUMMARY|no leaks' "$work/valgrind.log"
else
    say 'valgrind is not here: skipped'
fi

if echo 'int main(void){return 0;}' | cc -fsanitize=address,undefined -x c - -o "$work/probe" 2>/dev/null && "$work/probe"; then
    # Leaks are valgrind's business above: the sanitizer does not know the table that is kept for the process.
    export ASAN_OPTIONS=detect_leaks=0
    cc -std=c99 -g -fsanitize=address,undefined -fno-sanitize-recover "${warnings[@]}" -o "$work/api-asan" capi/tests/api.c "${library[@]}"
    run "$work/api-asan"
else
    say 'no address sanitizer here: skipped'
fi
echo 'capi: all passed'
