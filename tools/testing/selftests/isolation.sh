#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the host configures does not reach the stack, nor the other way round.
#
# guest: stock timeout=120 programs=nft,socat,ping kmods=nf_tables,nft_ct
# shellcheck disable=SC2086,SC2012,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

own_echo() {
	echo-client 127.0.0.1 7 hello | grep -qx hello
}

host_echo() {
	echo hello | socat -t 2 - TCP:127.0.0.1:8 | grep -qx hello
}

# The port is taken on the one side, and free on the other.
ports_are_apart() {
	socat TCP-LISTEN:7,bind=127.0.0.1,reuseaddr,fork EXEC:cat &
	await eval 'grep -q ":0007 .* 0A " /proc/net/tcp' || return 1
	local server=$!
	own_echo
	local status=$?
	kill $server
	wait $server 2>/dev/null
	return $status
}

# What only waits for its end (06) is an earlier test's.
invisible_to_host() {
	! awk '$2 ~ /:0007$/ && $4 != "06"' /proc/net/tcp /proc/net/udp |
		grep .
}

# A firewall of the host that drops everything.
nft_does_not_reach() {
	nft -f - <<-END || return 1
	table ip block {
		chain in { type filter hook input priority 0; policy drop; }
		chain out { type filter hook output priority 0; policy drop; }
	}
	END
	own_echo && refused ping -q -c 1 -W 1 $STACK
	local status=$?
	nft delete table ip block
	return $status
}

host_routes_do_not_reach() {
	ip route add blackhole 198.51.100.0/24
	! nsctl route show all | grep -q 198.51.100 || return 1
	nsctl route add 203.0.113.0/24 via $HOST || return 1
	! ip route show table all | grep -q 203.0.113 || return 1
	ip route del blackhole 198.51.100.0/24
	nsctl route del 203.0.113.0/24
}

host_neighbours_do_not_reach() {
	ip neigh add 10.77.0.50 lladdr 02:00:00:00:00:50 dev netstack0
	! nsctl neigh | grep -q 10.77.0.50 || return 1
	nsctl neigh add 10.77.0.51 lladdr 02:00:00:00:00:51 dev netstack0
	! ip neigh | grep -q 10.77.0.51
}

sysctls_are_apart() {
	echo 17 >/proc/sys/net/ipv4/ip_default_ttl
	[ "$(cat /proc/sys/net/netstack/ip_default_ttl)" = 64 ] || return 1
	ping -c 1 -W 3 $STACK | grep -q 'ttl=64' || return 1
	echo 99 >/proc/sys/net/netstack/ip_default_ttl
	ping -c 1 -W 3 $STACK | grep -q 'ttl=99' || return 1
	[ "$(cat /proc/sys/net/ipv4/ip_default_ttl)" = 17 ] || return 1
	echo 64 >/proc/sys/net/ipv4/ip_default_ttl
	echo 64 >/proc/sys/net/netstack/ip_default_ttl
}

# Traffic within the stack moves no counter of the host's TCP/IP.
counters_are_apart() {
	local before
	before=$(grep -E '^(Ip|Tcp|Udp|Icmp):' /proc/net/snmp)
	own_echo || return 1
	[ "$before" = "$(grep -E '^(Ip|Tcp|Udp|Icmp):' /proc/net/snmp)" ]
}

# A limit that one stack has used up is none of another's.
stacks_are_apart() {
	ip netns add one && ip -n one link add eth0 type netstack || return 1
	ip netns exec one sh -c 'echo 0 >/proc/sys/net/netstack/socket_max'
	ip netns exec one echo-client 127.0.0.1 7 x 2>&1 |
		grep -q 'No buffer space' || return 1
	own_echo || return 1
	[ "$(counter Tcp ActiveOpens one)" = 0 ] || return 1
	ip netns del one
}

check 'both ends get an address' both_ends
echo-server 127.0.0.1 7 &
socat TCP-LISTEN:8,bind=127.0.0.1,reuseaddr,fork EXEC:cat &
check 'the servers come up' eval 'await listening 7 && await host_echo'
check 'ports are apart' ports_are_apart
check 'the host does not see the sockets' invisible_to_host
check 'nft rules of the host do not reach the stack' nft_does_not_reach
check 'routes are apart' host_routes_do_not_reach
check 'neighbours are apart' host_neighbours_do_not_reach
check 'sysctls are apart' sysctls_are_apart
check 'counters are apart' counters_are_apart
check 'stacks are apart' stacks_are_apart
check 'the host still works' host_echo
finish
