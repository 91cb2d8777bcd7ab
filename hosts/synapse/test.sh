#!/usr/bin/env bash
# Starts the real Synapse on loopback with the module, lets two users talk, and checks what the receiver saw. 77: Synapse cannot be installed here.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

venv=$target/hosts/synapse-venv
if ! "$venv/bin/python" -c 'import synapse' 2>/dev/null; then
    say 'installing Synapse'
    python3 -m venv "$venv"
    timeout 900 "$venv/bin/pip" install --quiet matrix-synapse >"$work/pip.log" 2>&1 || { echo 'skipped: cannot install matrix-synapse'; exit 77; }
fi
# From copies: setuptools writes beside what it builds.
cp -r "$repo/capi/examples/python" "$repo/hosts/synapse" "$work/"
timeout 300 "$venv/bin/pip" install --quiet --force-reinstall --no-deps "$work/python" "$work/synapse" >"$work/pip.log" 2>&1 ||
    fail 'the module does not install'
build_library
port=$(free_port)

# start_server NAME LIBRARY ON_ERROR [REJECT_AT]: each start has a database of its own.
start_server() {
    local name=$1 library=$2 on_error=$3 reject_at=${4:-block} packs="[$work/packs]" builtin=false
    [ "$name" != shipped ] || packs=[] builtin=true
    cat >"$work/$name.yaml" <<YAML
server_name: localhost
pid_file: $work/$name.pid
report_stats: false
enable_registration: true
enable_registration_without_verification: true
macaroon_secret_key: test
form_secret: test
signing_key_path: $work/signing.key
trusted_key_servers: []
log_config: $work/$name.log.yaml
media_store_path: $work/media
database: {name: sqlite3, args: {database: $work/$name.db}}
listeners: [{port: $port, bind_addresses: [127.0.0.1], type: http, tls: false, resources: [{names: [client]}]}]
rc_message: {per_second: 1000, burst_count: 1000}
rc_registration: {per_second: 1000, burst_count: 1000}
modules:
  - module: sidestep_synapse.SidestepModule
    config: {packs: $packs, builtin: $builtin, library: $library, on_error: $on_error, reject_at: $reject_at, reload_seconds: 0.2}
YAML
    cat >"$work/$name.log.yaml" <<YAML
version: 1
disable_existing_loggers: false
formatters: {plain: {format: '%(levelname)s %(name)s %(message)s'}}
handlers: {file: {class: logging.FileHandler, filename: $work/$name.log, formatter: plain}}
root: {level: WARNING, handlers: [file]}
YAML
    [ -f "$work/signing.key" ] || "$venv/bin/python" -m synapse._scripts.generate_signing_key -o "$work/signing.key"
    "$venv/bin/python" -m synapse.app.homeserver -c "$work/$name.yaml" >"$work/$name.out.log" 2>&1 &
    started+=($!)
    wait_for 120 curl -sf "http://127.0.0.1:$port/_matrix/client/versions" || fail "Synapse did not start ($name)"
}

talk() { timeout 120 python3 "$repo/hosts/synapse/talk.py" "http://127.0.0.1:$port" "$work" "$@" || fail "$*"; }
reload_packs() { :; } # it watches them

library=$prefix/lib/libsidestep.so.1
no_library=/nowhere/libsidestep.so.1
stopped='flagged .*"rejected": true.*diversion.test.whatsapp'
check_host
