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

# start_inspircd NAME LIBRARY ON_ERROR [REJECT_AT]
start_inspircd() {
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

say 'with packs: delivered, stopped, reload'
use_packs good
start_inspircd packs "$prefix/lib/libsidestep.so.1" deliver
wait_for_line "$work/packs.log" 'packs loaded'
talk normal
use_packs broken
kill -HUP "${started[-1]}"
wait_for_line "$work/packs.log" 'packs refused, the packs before go on'
wait_for_line "$work/packs.log" 'did you mean `weight`'
talk still-old
use_packs next
kill -HUP "${started[-1]}"
wait_for_line "$work/packs.log" 'packs loaded' 2
talk new
has_lines "$work/packs.log" 'flagged block: .*rejected, rules diversion.test.whatsapp' || fail 'no line in the log for a stopped message'
! grep -q '555 0132' "$work/packs.log" || fail 'a message stands in the log'
stop_all

say 'library missing: logs and delivers'
start_inspircd nolib /nowhere/libsidestep.so.1 deliver
wait_for_line "$work/nolib.log" 'the library cannot be used, messages are delivered unchecked'
talk unchecked
stop_all

say 'packs broken from the start, onerror reject: logs and refuses'
use_packs broken
start_inspircd closed "$prefix/lib/libsidestep.so.1" reject
wait_for_line "$work/closed.log" 'no packs, messages are rejected'
talk refused
stop_all
say 'the shipped packs: delivered, stopped'
start_inspircd shipped "$prefix/lib/libsidestep.so.1" deliver review
wait_for_line "$work/shipped.log" 'packs loaded'
talk shipped
stop_all
echo 'inspircd: all passed'
