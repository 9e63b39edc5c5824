#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: stock cpus=2 memory=1024 programs=ping,ethtool,curl,sha256sum timeout=240
#
# The device that joins a stack to the host, as an administrator sees it.
#
#	initial namespace              namespace "there"
#	  stack, link t0 10.9.0.2  ---  net_device t0 10.9.0.1
#
# The device is born in the initial namespace and moves; its stack stays.
set -u

total=11 count=0 failed=0
ok() { # ok NAME STATUS
	count=$((count + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $count $1"
	else
		echo "not ok $count $1"
		failed=1
	fi
}

# within 5 seconds
eventually() {
	for _ in $(seq 50); do
		"$@" && return
		sleep 0.1
	done
	return 1
}

there() { ip netns exec there "$@"; }
has_device() { ip link show dev "$1" >/dev/null 2>&1; }
no_device() { ! ip -n "$1" link show dev "$2" >/dev/null 2>&1; }
no_link() { ! nsctl link show "$1" >/dev/null 2>&1; }
reachable() { there ping -c 1 -W 1 10.9.0.2 >/dev/null; }
no_carrier() { there cat /sys/class/net/t0/carrier | grep -qx 0; }

cleanup() {
	kill "${server-}" 2>/dev/null
	ip link del t0 2>/dev/null
	ip netns del there 2>/dev/null
	ip netns del other 2>/dev/null
	rm -rf "$dir"
}
dir=$(mktemp -d)
trap cleanup EXIT

echo "1..$total"
ip netns add there

add() {
	ip link add t0 type netstack && has_device t0 &&
		nsctl link show t0 | grep -q t0
}
add; ok "add: the device and its link are there" $?

describe() {
	ethtool -i t0 | grep -qx 'driver: netstack' &&
		ethtool -S t0 | grep -q LinkOtherHost: &&
		ethtool -k t0 | grep -qx 'rx-gro-hw: on' &&
		ip -d link show t0 | grep -qw netstack
}
describe; ok "ethtool and ip tell what it is" $?

move() {
	ip link set t0 netns there && ! has_device t0 &&
		nsctl link show t0 | grep -q t0 &&
		there ip link set lo up &&
		there ip addr add 10.9.0.1/24 dev t0 &&
		there ip link set t0 up &&
		nsctl addr add 10.9.0.2/24 dev t0 && eventually reachable
}
move; ok "move: the link stays and reaches the device" $?

again() {
	ip link add type netstack && ip link add t1 type netstack || return
	local numbers
	numbers=$(nsctl -j link | grep -o '"index": *[0-9]*' | sort)
	[ "$numbers" = "$(sort -u <<<"$numbers")" ]
	local status=$?
	! ip link add t0 type netstack 2>/dev/null || status=1
	local name
	name=$(ip -o link show type netstack | sed -n 's/^[0-9]*: \(netstack[1-9][0-9]*\):.*/\1/p')
	for name in $name t1; do
		ip link del "$name" || status=1
	done
	return $status
}
again; ok "names and numbers of links that have moved are not given twice" $?

carrier() {
	nsctl link set t0 down && eventually no_carrier && ! reachable &&
		nsctl link set t0 up && eventually reachable &&
		there ip link set t0 down && there ip link set t0 up &&
		eventually reachable
}
carrier; ok "carrier: either end down stops traffic, both up pass it" $?

mtu() {
	there ip link set t0 mtu 65535 &&
		! there ip link set t0 mtu 65536 2>/dev/null &&
		! there ip link set t0 mtu 67 2>/dev/null &&
		there ping -M 'do' -s 60000 -c 1 -W 2 10.9.0.2 >/dev/null &&
		nsctl link show t0 | grep -qw 1500 &&
		there ip link set t0 mtu 1500
}
mtu; ok "mtu: frames above the stack's are taken" $?

# Every combination of what the host may leave to the device, and the device
# to the host; the same file both ways.
head -c 300000 /dev/urandom >"$dir/page"
sum=$(sha256sum <"$dir/page")
http-server 10.9.0.2 80 "$dir" >/dev/null 2>&1 &
server=$!
fetch() {
	there curl -sS -m 10 http://10.9.0.2/page | sha256sum
}
eventually there curl -s -o /dev/null -m 1 http://10.9.0.2/page
features() {
	local tx sg tso rx gro status=0
	for tx in on off; do for sg in on off; do for tso in on off; do
	for rx in on off; do for gro in on off; do
		there ethtool -K t0 tx $tx sg $sg tso $tso rx $rx \
			rx-gro-hw $gro >/dev/null 2>&1
		[ "$(fetch)" = "$sum" ] || {
			echo "# tx $tx sg $sg tso $tso rx $rx rx-gro-hw $gro"
			status=1
		}
	done; done; done; done; done
	there ethtool -K t0 tx on sg on tso on rx on rx-gro-hw on >/dev/null
	return $status
}
features; ok "features: every combination carries a page" $?

count_bad() {
	there ethtool -S t0 | sed -n 's/.*LinkCsum: //p' | grep -qx 0
}
count_bad; ok "features: no frame of the host had wrong offload fields" $?
kill "$server"; wait "$server" 2>/dev/null; unset server

stack_goes() {
	ip netns add other && ip -n other link add t2 type netstack &&
		ip -n other link set t2 netns there || return
	! no_device there t2 && ip netns del other &&
		eventually no_device there t2
}
stack_goes; ok "namespace of the stack gone: the moved device goes too" $?

flood() {
	there ping -f -w 3 10.9.0.2 >/dev/null 2>&1 &
	sleep 0.5
	there ip link del t0 && no_link t0
	local status=$?
	wait $!
	return $status
}
flood; ok "delete while traffic flows" $?

device_goes() {
	ip link add t3 type netstack && ip link set t3 netns there &&
		ip netns del there && eventually no_link t3
}
device_goes; ok "namespace of the device gone: the link goes too" $?

exit $failed
