#!/usr/bin/env bash
# Starts the real ejabberd on loopback with the module, lets two users talk, and checks what the receiver saw. 77: ejabberd cannot be installed here.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

install_packages ejabberd erlang-dev pkg-config curl
build_library
beams=$work/beams
mkdir -p "$beams"
make --silent -C "$repo/capi/examples/erlang" PREFIX="$prefix" OUT="$beams"
ejabberd=$(dirname "$(dpkg -L ejabberd | grep '/include/ejabberd_commands.hrl$')")
export ERL_LIBS
ERL_LIBS=$(dirname "$(dirname "$ejabberd")")
erlc -Werror -o "$beams" -I "$ejabberd" -pa "$(dirname "$ejabberd")/ebin" "$repo/hosts/ejabberd/mod_sidestep.erl"
port=$(free_port)
api=$(free_port)

# start_server NAME BEAMS ON_ERROR [REJECT_AT]: without a node name, so that no epmd is needed.
start_server() {
    local name=$1 code=$2 on_error=$3 reject_at=${4:-block} packs="[\"$work/packs\"]" builtin=false
    [ "$name" != shipped ] || packs=[] builtin=true
    cat >"$work/$name.yml" <<YAML
hosts: [localhost]
loglevel: info
hide_sensitive_log_data: true
listen:
  - {port: $port, ip: "127.0.0.1", module: ejabberd_c2s, max_stanza_size: 262144, starttls: false}
  - {port: $api, ip: "127.0.0.1", module: ejabberd_http, request_handlers: {/api: mod_http_api}}
api_permissions:
  test: {who: {access: {allow: [{ip: "127.0.0.1/8"}]}}, what: [register, sidestep_reload]}
auth_method: internal
auth_password_format: plain
certfiles: []
ca_file: /etc/ssl/certs/ca-certificates.crt
modules:
  mod_roster: {}
  mod_disco: {}
  mod_http_api: {}
  mod_muc: {access: all, access_create: all, default_room_options: {persistent: false}}
  mod_sidestep: {packs: $packs, builtin: $builtin, on_error: $on_error, reject_at: $reject_at}
YAML
    mkdir -p "$work/$name.db"
    EJABBERD_CONFIG_PATH=$work/$name.yml EJABBERD_LOG_PATH=$work/$name.log \
        erl -noinput -pa "$code" -mnesia dir "\"$work/$name.db\"" -s ejabberd >"$work/$name.out.log" 2>&1 &
    started+=($!)
    wait_for 60 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" || fail "ejabberd did not start ($name)"
    call_api register '{"user": "alice", "host": "localhost", "password": "secret-a"}' >/dev/null || fail 'cannot register'
    call_api register '{"user": "bob", "host": "localhost", "password": "secret-b"}' >/dev/null || fail 'cannot register'
}

call_api() { curl -sS --fail-with-body --max-time 60 -H 'Content-Type: application/json' -d "$2" "http://127.0.0.1:$api/api/$1"; }
talk() { timeout 120 python3 "$repo/hosts/xmpp_talk.py" "$port" conference.localhost "$@" || fail "$*"; }
reload_packs() { call_api sidestep_reload '{}' >"$work/reload.log" || true; }

library=$beams
no_library=$work/nolib
stopped='flagged block: .*rejected, rules diversion.test.whatsapp'
# The module without what binds it to the library.
mkdir "$no_library"
cp "$beams"/*.beam "$no_library/"
check_host
