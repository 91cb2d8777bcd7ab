# What the tests of the hosts share. Sourced: gives $repo, $work (this host's scratch folder), $prefix (libsidestep installed) and the functions below.
# Every wait is bounded and waits for something, never for a time.
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1
host=$(basename "$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)")
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$repo/target}
prefix=$target/hosts/prefix
work=$target/hosts/$host
rm -rf "$work"
mkdir -p "$work"
started=()

stop_all() {
    local pid
    for pid in "${started[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${started[@]}"; do
        timeout 15 tail --pid="$pid" -f /dev/null 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
    done
    started=()
}
trap stop_all EXIT

say() { printf -- '-- %s\n' "$*"; }

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    for log in "$work"/*.log; do [ -f "$log" ] && { echo "== $log"; tail -n 40 "$log"; } >&2; done
    exit 1
}

# install_packages NAME...: Debian packages, without starting what they bring. 77: not installable here.
install_packages() {
    local missing=()
    for name in "$@"; do dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name"); done
    [ "${#missing[@]}" = 0 ] && return
    [ "$(id -u)" = 0 ] || { echo "skipped: needs ${missing[*]}"; exit 77; }
    [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d; }
    timeout 300 apt-get -qq update || true
    DEBIAN_FRONTEND=noninteractive timeout 600 apt-get -qq install -y --no-install-recommends "${missing[@]}" >"$work/apt.log" 2>&1 ||
        { echo "skipped: cannot install ${missing[*]}"; exit 77; }
}

# build_library: libsidestep as an administrator installs it.
build_library() { "$repo/capi/install.sh" "$prefix" "${PROFILE:-dev}"; }

# use_packs NAME: puts one of the test packs where the server looks, in one step.
use_packs() {
    rm -rf "$work/packs.new"
    cp -r "$repo/hosts/test-packs/$1" "$work/packs.new"
    mkdir -p "$work/packs"
    mv -f "$work/packs.new/test.toml" "$work/packs/test.toml"
    rmdir "$work/packs.new"
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
    local tries=$(($1 * 10))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

# wait_for_line FILE PATTERN [COUNT]: until so many lines of the file match.
has_lines() { [ "$(grep -cE -- "$2" "$1" 2>/dev/null || true)" -ge "${3:-1}" ]; }
wait_for_line() { wait_for "${SECONDS_TO_WAIT:-60}" has_lines "$@" || fail "no line like '$2' in $1"; }

# free_port: one that nobody listens on.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# check_host: what every host must do. Its test gives
#   start_server NAME LIBRARY ON_ERROR [REJECT_AT]   with the packs in $work/packs, or the shipped ones where NAME is `shipped`; logs to $work/NAME.log
#   reload_packs    makes it read the packs anew (nothing where it watches them)
#   talk CASE       lets two users talk and checks what the receiver saw
#   $library, $no_library   what LIBRARY is where libsidestep is there, and where it is not
#   $stopped        what its log says of a message that is not delivered
check_host() {
    say 'with packs: delivered, stopped, reload'
    use_packs good
    start_server packs "$library" deliver
    wait_for_line "$work/packs.log" 'packs loaded'
    talk normal
    use_packs broken
    reload_packs
    wait_for_line "$work/packs.log" 'packs refused, the packs before go on'
    wait_for_line "$work/packs.log" 'did you mean `weight`'
    talk still-old
    use_packs next
    reload_packs
    wait_for_line "$work/packs.log" 'packs loaded' 2
    talk new
    has_lines "$work/packs.log" "$stopped" || fail 'no line in the log for a stopped message'
    ! grep -q '555 0132' "$work/packs.log" || fail 'a message stands in the log'
    stop_all

    say 'library missing: logs and delivers'
    start_server nolib "$no_library" deliver
    wait_for_line "$work/nolib.log" 'the library cannot be used, messages are delivered unchecked'
    talk unchecked
    stop_all

    say 'packs broken from the start, to reject on errors: logs and refuses'
    use_packs broken
    start_server closed "$library" reject
    wait_for_line "$work/closed.log" 'no packs, messages are rejected'
    talk refused
    stop_all

    say 'the shipped packs: delivered, stopped'
    start_server shipped "$library" deliver review
    wait_for_line "$work/shipped.log" 'packs loaded'
    talk shipped
    stop_all
    echo "$host: all passed"
}
