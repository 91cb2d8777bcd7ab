#!/usr/bin/env bash
# Starts the real Prosody on loopback with the module, lets two users talk, and checks what the receiver saw. 77: Prosody cannot be installed here.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

install_packages prosody lua5.4 liblua5.4-dev pkg-config
build_library
mkdir -p "$work/lua" "$work/modules" "$work/data"
make --silent -C "$repo/capi/examples/lua" PREFIX="$prefix" OUT="$work/lua/sidestep.so" --always-make
cp "$repo/hosts/prosody/mod_sidestep.lua" "$work/modules/"
port=$(free_port)

# start_server NAME LUA_FOLDER ON_ERROR [REJECT_AT]
start_server() {
    local name=$1 lua=$2 on_error=$3 reject_at=${4:-block} packs="\"$work/packs\"" builtin=false
    [ "$name" != shipped ] || packs="" builtin=true
    cat >"$work/$name.cfg.lua" <<LUA
plugin_paths = { "$work/modules" }
data_path = "$work/data"
pidfile = "$work/$name.pid"
log = { { to = "file", filename = "$work/$name.log", levels = { min = "info" } } }
prosody_user, prosody_group = nil, nil
run_as_root = true
interfaces, c2s_ports = { "127.0.0.1" }, { $port }
c2s_require_encryption, allow_unencrypted_plain_auth = false, true
modules_disabled = { "s2s", "tls" }
modules_enabled = { "roster", "saslauth", "disco", "posix", "sidestep" }
authentication = "internal_plain"
sidestep_packs, sidestep_builtin, sidestep_on_error, sidestep_reject_at = { $packs }, $builtin, "$on_error", "$reject_at"
VirtualHost "localhost"
Component "rooms.localhost" "muc"
LUA
    for user in alice:secret-a bob:secret-b; do
        PROSODY_DATADIR=$work/data prosodyctl --root --config "$work/$name.cfg.lua" register "${user%%:*}" localhost "${user#*:}" >"$work/register.log" 2>&1 ||
            fail "cannot register $user"
    done
    : >"$work/$name.log" # what prosodyctl itself logged
    LUA_CPATH="$lua/?.so;;" prosody --root -F --config "$work/$name.cfg.lua" >"$work/$name.out.log" 2>&1 &
    started+=($!)
    wait_for 60 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" || fail "Prosody did not start ($name)"
}

talk() { timeout 120 python3 "$repo/hosts/xmpp_talk.py" "$port" rooms.localhost "$@" || fail "$*"; }
reload_packs() { kill -HUP "${started[-1]}"; }

library=$work/lua
no_library=/nowhere
stopped='flagged block: .*rejected, rules diversion.test.whatsapp'
check_host
