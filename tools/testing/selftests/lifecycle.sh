#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Load, unload, reload; namespaces that come and go with open connections,
# orphans and running timers. What is left behind shows in the guest's own
# checks at the end: leaks, warnings, a module that cannot be unloaded.
#
# guest: stock,uml,uml-new timeout=240
# shellcheck disable=SC2086,SC2012,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

reload() {
	local _
	for _ in 1 2 3 4 5; do
		rmmod netstack && insmod /guest/netstack.ko || return 1
	done
	test -e /sys/class/net/netstack0
}

refused_while_open() {
	echo-server 127.0.0.1 7 &
	await listening 7 || return 1
	refused rmmod netstack || return 1
	kill %1
	wait
	await rmmod netstack && insmod /guest/netstack.ko
}

other_family() {
	rmmod netstack && insmod /guest/netstack.ko family=22 &&
		nsctl info | grep -q 'address family 22' &&
		rmmod netstack &&
		refused insmod /guest/netstack.ko family=1 &&
		insmod /guest/netstack.ko
}

other_netlink() {
	rmmod netstack && insmod /guest/netstack.ko netlink=30 &&
		nsctl exec ip -o addr show dev lo | grep -q 127.0.0.1 &&
		rmmod netstack &&
		refused insmod /guest/netstack.ko netlink=16 &&
		refused insmod /guest/netstack.ko netlink=32 &&
		refused insmod /guest/netstack.ko netlink=-1 &&
		insmod /guest/netstack.ko
}

no_stack_no_sockets() {
	ip netns add bare
	ip netns exec bare echo-client 127.0.0.1 7 x 2>&1 |
		grep -q 'not supported' || return 1
	expect 2 nsctl -n bare link || return 1
	ip netns del bare
}

# A listener, connections that are open, one whose peer was killed and one
# that its program closed: then the namespace goes, programs and all.
busy_namespace() {
	local _
	for _ in $(seq "$1"); do
		ip netns add busy &&
			ip -n busy link add eth0 type netstack &&
			ip -n busy link set eth0 up &&
			nsctl -n busy addr add 10.1.0.2/24 dev eth0 || return 1
		ip netns exec busy echo-server 127.0.0.1 7 &
		await eval 'nsctl -n busy socket | grep -q ":7 "' || return 1
		ip netns exec busy echo-client 127.0.0.1 7 hello || return 1
		ip netns exec busy sh -c \
			'echo-client 10.1.0.9 7 x & echo-client 10.1.0.8 7 y & usleep 50000'
		kill -9 $! 2>/dev/null
		wait $! 2>/dev/null
		ip netns del busy || return 1
	done
}

stack_starts_empty() {
	[ "$(used sockets)" = 0 ] && [ "$(used orphans)" = 0 ] &&
		[ "$(used links)" = 2 ]
}

check 'unload and reload' reload
check 'unload is refused while a socket is open' refused_while_open
check 'another family number' other_family
check 'another netlink protocol' other_netlink
check 'a namespace without a link has no stack' no_stack_no_sockets
check 'busy namespaces come and go' busy_namespace 5
check 'nothing is left' stack_starts_empty
finish
