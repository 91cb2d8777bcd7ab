#!/usr/bin/env bash
# Starts the real InspIRCd on loopback with the module, lets two users talk, and checks what the receiver saw. 77: InspIRCd cannot be installed here.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

install_packages inspircd inspircd-dev
build_library
# All modules in one folder: those of Debian, and ours.
modules=$work/modules
mkdir -p "$modules"
cp -s /usr/lib/inspircd/modules/*.so "$modules/"
make --silent -C "$repo/hosts/inspircd" OUT="$modules/m_sidestep.so"
port=$(free_port)

# start_server NAME LIBRARY ON_ERROR [REJECT_AT]
start_server() {
    local name=$1 library=$2 on_error=$3 reject_at=${4:-block} packs=$work/packs builtin=no
    [ "$name" != shipped ] || packs="" builtin=yes
    cat >"$work/$name.conf" <<CONF
<server name="irc.test" description="test" network="test">
<admin name="a" nick="a" email="a@localhost">
<bind address="127.0.0.1" port="$port" type="clients">
<connect allow="*" timeout="60" threshold="1000" commandrate="100000" fakelag="no" pingfreq="120" localmax="50" globalmax="50" resolvehostnames="no" useident="no">
<path moduledir="$modules" datadir="$work" logdir="$work" runtimedir="$work">
<log method="file" type="m_sidestep STARTUP REHASH MODULE CONFIG" level="default" target="$work/$name.log" flush="1">
<pid file="$work/$name.pid">
<sidestep packs="$packs" builtin="$builtin" library="$library" onerror="$on_error" rejectat="$reject_at">
<module name="sidestep">
CONF
    inspircd --config="$work/$name.conf" --nofork --runasroot >"$work/$name.out.log" 2>&1 &
    started+=($!)
    wait_for 60 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" || fail "InspIRCd did not start ($name)"
}

talk() { timeout 120 python3 "$repo/hosts/inspircd/talk.py" "$port" "$@" || fail "$*"; }
reload_packs() { kill -HUP "${started[-1]}"; }

library=$prefix/lib/libsidestep.so.1
no_library=/nowhere/libsidestep.so.1
stopped='flagged block: .*rejected, rules diversion.test.whatsapp'
check_host
