#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What only time shows, in virtual time: addresses are probed for before they
# are used (RFC 5227), neighbours age (RFC 4861), connections outlive an idle
# hour, TIME-WAIT ends after a minute, keepalive finds out that a peer is gone.
#
#	host stack 10.77.0.1 == netstack0 == netstack 10.77.0.2
#
# guest: uml-time timeout=120 programs=nc,socat
# shellcheck disable=SC2086,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

states() { nsctl socket show tcp | awk '{ print $2 }'; }

# Three probes of one to two seconds, then two for nobody to object.
probed_for() {
	nsctl addr add $STACK/24 dev netstack0 &&
		nsctl addr show netstack0 | grep -q tentative || return 1
	refused echo-client $HOST 7 x || return 1
	sleep 8
	nsctl addr show netstack0
	refused eval 'nsctl addr show netstack0 | grep -q tentative'
}

# The host has the address already, and says so.
duplicate_is_found() {
	nsctl addr add $HOST/24 dev netstack0 || return 1
	sleep 8
	nsctl addr show netstack0 | grep -q "$HOST/24.*duplicate" || return 1
	refused http-server $HOST 80 /root || return 1
	nsctl addr del $HOST/24 dev netstack0
}

# The host learns of the stack by its announcement alone.
announced() {
	ip neigh flush dev netstack0
	echo 1 >/proc/sys/net/ipv4/conf/netstack0/arp_accept
	nsctl addr del $STACK/24 dev netstack0
	nsctl addr add $STACK/24 dev netstack0 || return 1
	sleep 12
	ip neigh show dev netstack0
	ip neigh show dev netstack0 | grep -q "^$STACK lladdr"
}

# Reachable for half to one and a half times 30 s, then stale; asked again
# when it is used.
neighbour_ages() {
	echo-client $HOST 7 x || return 1
	nsctl neigh | grep "^$HOST" | grep -q reachable || return 1
	sleep 60
	nsctl neigh | grep "^$HOST"
	nsctl neigh | grep "^$HOST" | grep -q stale || return 1
	echo-client $HOST 7 x || return 1
	sleep 10
	nsctl neigh | grep "^$HOST" | grep -q reachable
}

# A connection without traffic lives on: nothing of it ends by itself.
idle_hour() {
	local got
	got=$({ echo before; sleep 3600; echo after; } |
		nc -w 7200 $STACK 7 2>&1 | head -n 2 | xargs)
	[ "$got" = 'before after' ] || { echo "got '$got'"; return 1; }
}

# The side that closes first waits, for a minute.
time_wait_ends() {
	echo-client $HOST 7 x || return 1
	states | grep -q TIME-WAIT || { states; return 1; }
	sleep 55
	states | grep -q TIME-WAIT || return 1
	sleep 10
	refused eval 'states | grep -q TIME-WAIT'
}

check 'the link is up' eval \
	"ip link set netstack0 up && ip addr add $HOST/24 dev netstack0"
check 'an address is probed for, then used' probed_for
check 'an address that the host has is a duplicate' duplicate_is_found
check 'an address is announced' announced
echo-server $STACK 7 &
socat TCP-LISTEN:7,bind=$HOST,reuseaddr,fork EXEC:cat &
check 'the servers come up' eval \
	'await listening 7 && await grep -q ":0007 .* 0A " /proc/net/tcp'
check 'a neighbour becomes stale, and is asked for again' neighbour_ages
check 'a connection that is idle for an hour lives' idle_hour
check 'TIME-WAIT lasts a minute' time_wait_ends
finish
