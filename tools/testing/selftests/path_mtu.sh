#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A path that is narrow behind a router: what the host's sockets and the
# stack's make of it must be the same, in all modes of IP_MTU_DISCOVER.
#
#	host's client 10.1.0.2 == 10.1.0.1 router 10.9.0.1 == 10.9.0.2 far
#	stack         10.2.0.2 == 10.2.0.1        10.8.0.1 == 10.8.0.2 farther
#
# From the router, 10.9.0.0/24 takes 1000 bytes and 10.8.0.0/24 takes 400.
#
# guest: stock timeout=240 kmods=veth programs=jq
# shellcheck disable=SC2086,SC2012,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

# veth NAMESPACE ADDRESS NET MTU: from the router's 10.NET.0.1 to it; the far
# end announces an MSS for 1500
veth() {
	ip -n router link add "to-$3" type veth peer name "from-$3" netns "$1" &&
		ip -n router addr add "10.$3.0.1/24" dev "to-$3" &&
		ip -n "$1" addr add "$2/24" dev "from-$3" &&
		ip -n router link set "to-$3" up mtu "$4" &&
		ip -n "$1" link set "from-$3" up
}

topology() {
	local name
	for name in router client far farther box; do
		ip netns add $name && ip -n $name link set lo up || return 1
	done
	ip netns exec router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward' &&
		veth client 10.1.0.2 1 1500 &&
		veth far 10.9.0.2 9 1000 &&
		veth farther 10.8.0.2 8 400 &&
		ip -n client route add default via 10.1.0.1 &&
		ip -n far route add default via 10.9.0.1 &&
		ip -n farther route add default via 10.8.0.1 &&
		ip -n box link add eth0 type netstack &&
		ip -n box link set eth0 netns router &&
		ip -n router link set eth0 up &&
		ip -n router addr add 10.2.0.1/24 dev eth0 &&
		nsctl -n box addr add 10.2.0.2/24 dev eth0 noprobe &&
		nsctl -n box route add default via 10.2.0.1
}

serves() {
	ip netns exec "$1" grep -q ':0007 .* 0A ' /proc/net/tcp
}

# transcript SIDE SCENARIO ADDRESS: in /tmp/SIDE
transcript() {
	case $1 in
	inet) ip netns exec client ./path_mtu_client inet "$2" "$3" \
		'ip route flush cache' ;;
	netstack) ip netns exec box ./path_mtu_client netstack "$2" "$3" \
		'nsctl route flush cache' ;;
	esac >"/tmp/$1" 2>&1
}

# alike SCENARIO ADDRESS: both sides say the same
alike() {
	transcript inet "$@" && transcript netstack "$@" &&
		diff /tmp/inet /tmp/netstack
}

# said TEXT: the last transcript has it; what says nothing compares well
said() {
	grep -q "$1" /tmp/netstack || { cat /tmp/netstack; return 1; }
}

narrow() {
	alike "$1" 10.9.0.2 && said "$2"
}

below_the_floor() {
	alike "$1" 10.8.0.2 && said "$2"
}

locked() {
	ip -n client route replace 10.9.0.0/24 via 10.1.0.1 mtu lock 1400 &&
		nsctl -n box route replace 10.9.0.0/24 via 10.2.0.1 \
			mtu lock 1400 &&
		alike others 10.9.0.2 && said 'IP_MTU: 1400' &&
		! grep -q 'IP_MTU: 1000' /tmp/netstack &&
		ip -n client route del 10.9.0.0/24 &&
		nsctl -n box route del 10.9.0.0/24
}

ages() {
	ip netns exec client sysctl -q net.ipv4.route.mtu_expires=1 &&
		ip netns exec box sysctl -q net.netstack.ip_route_mtu_expires=1 &&
		alike ageing 10.9.0.2 && said 'IP_MTU: 1000' &&
		grep -q "stream's IP_MTU: 1500" /tmp/netstack &&
		ip netns exec client sysctl -q net.ipv4.route.mtu_expires=600 &&
		ip netns exec box sysctl -q net.netstack.ip_route_mtu_expires=600
}

# learn ADDRESS: the stack hears of its MTU
learn() {
	ip netns exec box ./path_mtu_client netstack others "$1" true >/dev/null
}

shown() {
	nsctl -n box route flush cache && learn 10.9.0.2 && learn 10.8.0.2 &&
		nsctl -n box route get 10.9.0.2 | tr -d '\n' | grep -qE \
			'^10.9.0.2 via 10.2.0.1 dev eth0 src 10.2.0.2    cache expires [0-9]+sec mtu 1000$' &&
		nsctl -n box route get 10.8.0.2 | grep -q 'sec mtu lock 552' &&
		nsctl -n box route get 10.8.0.3 | refused grep -q expires &&
		[ "$(nsctl -n box route show cache | grep -c expires)" = 2 ] &&
		nsctl -n box route show cache 10.9.0.2 | tr -d '\n' | grep -qE \
			'^10.9.0.2 via 10.2.0.1 dev eth0    cache expires [0-9]+sec mtu 1000$' &&
		nsctl -n box -j route show cache | jq -e 'length == 2 and
			all(.expires > 500 and .expires <= 600 and
				.gateway == "10.2.0.1")' >/dev/null &&
		nsctl -n box -6 route show cache | refused grep -q . &&
		nsctl -n box info | grep -qE '^ *path-mtus +2 '
}

flushed() {
	nsctl -n box -6 route flush cache &&
		[ "$(nsctl -n box route show cache | grep -c expires)" = 2 ] &&
		nsctl -n box route flush cache 10.8.0.2 &&
		[ "$(nsctl -n box -j route show cache | jq -r '.[].dst')" = 10.9.0.2 ] &&
		nsctl -n box route flush cache dev lo &&
		[ "$(nsctl -n box route show cache | grep -c expires)" = 1 ] &&
		nsctl -n box route flush cache dev eth0 &&
		nsctl -n box route show cache | refused grep -q . &&
		expect 1 nsctl -n box route flush cache nowhere
}

check 'a router between the namespaces' topology
for name in far farther; do
	ip netns exec $name ./path_mtu_client server &
done
check 'the servers come up' eval 'await serves far && await serves farther'
check 'datagrams in all modes' narrow datagrams 'info 1000'
check 'connected sockets notice what another learns' narrow others 'IP_MTU: 1000'
check 'connections in all modes' narrow streams 'IP_MTU: 1000'
check 'datagrams on a path below the floor' below_the_floor datagrams 'IP_MTU: 552'
check 'connections on a path below the floor' below_the_floor streams 'IP_MTU: 552'
check 'a locked MTU' locked
check 'what is old is forgotten' ages
check 'the cache is shown' shown
check 'the cache is flushed' flushed
finish
