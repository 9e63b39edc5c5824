#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The stack as the router between two hosts: a namespace of the host behind
# each of its two links, with TCP, UDP, ping and what a router answers itself.
#
# guest: stock cpus=1 timeout=240 programs=ping,socat,sha256sum,jq,tracepath,traceroute,iperf3 kmods=bridge,veth
# shellcheck disable=SC2086,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

EAST=10.82.0.2
EAST6=fd82::2

in_west() { ip netns exec west "$@"; }
in_east() { ip netns exec east "$@"; }

# host SIDE NET: the link to-SIDE, bridged to a namespace that has the router
# for its default
host() {
	ip link add to-$1 type netstack &&
		ip link add br-$1 type bridge &&
		ip netns add $1 &&
		ip link add veth-$1 type veth peer name eth0 netns $1 &&
		ip link set to-$1 master br-$1 &&
		ip link set veth-$1 master br-$1 &&
		ip link set to-$1 up && ip link set veth-$1 up &&
		ip link set br-$1 up &&
		nsctl addr add 10.$2.0.1/24 dev to-$1 noprobe &&
		nsctl addr add fd$2::1/64 dev to-$1 noprobe &&
		ip -n $1 link set lo up && ip -n $1 link set eth0 up &&
		ip -n $1 addr add 10.$2.0.2/24 dev eth0 &&
		ip -n $1 addr add fd$2::2/64 dev eth0 nodad &&
		ip -n $1 route add default via 10.$2.0.1 &&
		ip -n $1 -6 route add default via fd$2::1
}

hosts() {
	host west 81 && host east 82
}

is_off() {
	refused in_west ping -q -c 1 -W 1 $EAST &&
		refused in_west ping -6 -q -c 1 -W 1 $EAST6 &&
		[ "$(counter Ip ForwDatagrams)" = 0 ]
}

turned_on() {
	sysctl -q net.netstack.ip_forward=1 net.netstack.ipv6_forwarding=1 &&
		await in_west ping -q -c 1 -W 1 $EAST &&
		await in_west ping -6 -q -c 1 -W 1 $EAST6
}

# hop FAMILY ADDRESS ROUTER: who answers when the hop limit ends at the router
hop() {
	in_west ping $1 -c 1 -W 2 -t 1 $2 >/tmp/hop
	grep -qi "from $3.*exceeded" /tmp/hop || { cat /tmp/hop; return 1; }
}

# transfer FAMILY ADDRESS: 20 MB each way in large writes
transfer() {
	[ -e /tmp/large ] || head -c 20000000 /dev/urandom >/tmp/large
	in_east socat -b 262144 TCP$1-LISTEN:7,reuseaddr SYSTEM:'cat >/tmp/there; cat /tmp/large' &
	local server=$!
	await eval "ip netns exec east grep -q ':0007 .* 0A ' /proc/net/tcp /proc/net/tcp6" ||
		return 1
	in_west socat -b 262144 -t 60 - TCP$1:$2:7 </tmp/large >/tmp/back ||
		return 1
	wait $server
	cmp /tmp/large /tmp/there && cmp /tmp/large /tmp/back
}

# datagrams FAMILY ADDRESS: one that is cut into fragments, and its echo
datagrams() {
	in_east socat UDP$1-RECVFROM:7 EXEC:cat &
	await eval "ip netns exec east grep -q ':0007 ' /proc/net/udp /proc/net/udp6" ||
		return 1
	head -c 5000 /tmp/large | base64 -w 0 | head -c 5000 >/tmp/datagram
	in_west socat -b 65536 -t 3 - "UDP$1:$2:7,readbytes=5000" \
		</tmp/datagram >/tmp/echo
	cmp /tmp/echo /tmp/datagram
}

# traced FAMILY ADDRESS ROUTER: by UDP and by echoes, first the router, then the end
traced() {
	local method
	for method in -U -I; do
		in_west traceroute $1 -n $method -q 1 -w 2 -m 2 $2 >/tmp/trace
		grep -Eq "^ *1 +$3 " /tmp/trace &&
			grep -Eq "^ *2 +$2 " /tmp/trace ||
			{ echo "$method:"; cat /tmp/trace; return 1; }
	done
}

# path_told FAMILY ADDRESS ROUTER MTU: what tracepath finds out
path_told() {
	in_west tracepath $1 -n -m 2 $2 >/tmp/trace
	grep -q "^ *1: *$3 " /tmp/trace &&
		grep -q "^ *2: *$2 .*reached" /tmp/trace &&
		grep -q "Resume: pmtu $4 hops 2" /tmp/trace ||
		{ cat /tmp/trace; return 1; }
}

# measured FAMILY ADDRESS [-u]: iperf3 in each direction. It does not wait for
# what is on its way at the end, and a loaded guest may lose datagrams.
measured() {
	local direction server words=(-n 8M) least=1000000
	[ "${3-}" != -u ] || { words=(-u -b 5M -l 1200 -n 500K); least=100000; }
	for direction in '' -R; do
		in_east iperf3 -s -1 >/dev/null 2>&1 &
		server=$!
		await eval "ip netns exec east grep -q ':1451 .* 0A ' /proc/net/tcp /proc/net/tcp6" ||
			return 1
		in_west iperf3 $1 -c $2 "${words[@]}" $direction -J \
			>/tmp/iperf ||
			{ kill $server; cat /tmp/iperf; return 1; }
		wait $server
		jq -e '.end | (.sum_received // .sum).bytes >= '$least \
			/tmp/iperf >/dev/null || { cat /tmp/iperf; return 1; }
	done
}

narrow() {
	local device
	for device in to-east veth-east br-east; do
		ip link set $device mtu 1400 || return 1
	done
	nsctl link set to-east mtu 1400 && ip -n east link set eth0 mtu 1400
}

# What may be cut is; what may not is told how large it may be.
frag_needed() {
	in_west ping -q -c 1 -W 2 -M 'dont' -s 3000 $EAST || return 1
	in_west ping -c 1 -W 2 -M 'do' -s 1450 $EAST >/tmp/ping 2>&1
	grep -q '10.81.0.1.*mtu = 1400' /tmp/ping || { cat /tmp/ping; return 1; }
	ip -n west route get $EAST | grep -q 'mtu 1400'
}

packet_too_big() {
	in_west ping -6 -c 1 -W 2 -M 'do' -s 1400 $EAST6 >/tmp/ping 2>&1
	grep -q 'fd81::1.*mtu.1400' /tmp/ping || { cat /tmp/ping; return 1; }
	ip -n west -6 route get $EAST6 | grep -q 'mtu 1400'
}

# counts GROUP NAME COMMAND...: the command fails and the counter moves
counts() {
	local group=$1 name=$2 before
	before=$(counter $group $name)
	shift 2
	refused "$@" && [ "$(counter $group $name)" -gt $before ]
}

# Whoever sends in the name of a network that is not there.
spoofed() {
	nsctl link set to-west guard on &&
		ip -n west addr add 10.82.0.77/32 dev lo &&
		counts Drop IpReversePath \
			in_west ping -q -c 1 -W 1 -I 10.82.0.77 $EAST &&
		in_west ping -q -c 1 -W 2 $EAST &&
		ip -n west addr del 10.82.0.77/32 dev lo &&
		nsctl link set to-west guard off
}

link_local_stays() {
	ip -n west addr add 169.254.7.7/32 dev lo &&
		counts Drop IpScope \
			in_west ping -q -c 1 -W 1 -I 169.254.7.7 $EAST &&
		ip -n west addr del 169.254.7.7/32 dev lo
}

# Another host of the west's link is nearer than the router.
redirected() {
	ip -n west route add 10.83.0.0/24 via 10.81.0.1 &&
		nsctl route add 10.83.0.0/24 via 10.81.0.3 || return 1
	local before
	before=$(counter Icmp OutRedirects)
	in_west ping -q -c 1 -W 1 10.83.0.1
	[ "$(counter Icmp OutRedirects)" -gt $before ]
}

unreachable() {
	in_west ping -c 1 -W 2 10.99.0.1 >/tmp/ping
	grep -q 'From 10.81.0.1.*Net Unreachable' /tmp/ping &&
		in_west ping -6 -c 1 -W 2 fd99::1 >/tmp/ping
	grep -qi 'From fd81::1.*unreachable' /tmp/ping
}

turned_off() {
	sysctl -q net.netstack.ip_forward=0 net.netstack.ipv6_forwarding=0 &&
		refused in_west ping -q -c 1 -W 1 $EAST &&
		refused in_west ping -6 -q -c 1 -W 1 $EAST6
}

check 'two hosts, a link to each' hosts
check 'the stack is no router by itself' is_off
check 'the stack is a router when told to be' turned_on
check 'IPv4: the router answers when the TTL ends' hop -4 $EAST 10.81.0.1
check 'IPv6: the router answers when the hop limit ends' hop -6 $EAST6 fd81::1
check 'IPv4: 20 MB each way' transfer 4 $EAST
check 'IPv6: 20 MB each way' transfer 6 "[$EAST6]"
check 'IPv4: a datagram in fragments and its echo' datagrams 4 $EAST
check 'IPv6: a datagram in fragments and its echo' datagrams 6 "[$EAST6]"
check 'IPv4: traceroute names the router' traced -4 $EAST 10.81.0.1
check 'IPv6: traceroute names the router' traced -6 $EAST6 fd81::1
check 'IPv4: tracepath passes' path_told -4 $EAST 10.81.0.1 1500
check 'IPv6: tracepath passes' path_told -6 $EAST6 fd81::1 1500
check 'IPv4: iperf3 each way' measured -4 $EAST
check 'IPv6: iperf3 each way' measured -6 $EAST6
check 'IPv4: iperf3 of UDP each way' measured -4 $EAST -u
check 'IPv6: iperf3 of UDP each way' measured -6 $EAST6 -u
check 'an outgoing link of 1400 octets' narrow
check 'IPv4: packets are cut, or their sender told' frag_needed
check 'IPv6: the sender is told' packet_too_big
ip -n west route flush cache
ip -n west -6 route flush cache
check 'IPv4: tracepath finds the smaller MTU' path_told -4 $EAST 10.81.0.1 1400
check 'IPv6: tracepath finds the smaller MTU' path_told -6 $EAST6 fd81::1 1400
check 'IPv4: 20 MB each way to a smaller MTU' transfer 4 $EAST
check 'IPv6: 20 MB each way to a smaller MTU' transfer 6 "[$EAST6]"
check 'a guarded link takes no forged sources' spoofed
check 'link-local packets stay on their link' link_local_stays
check 'a shorter way is told' redirected
check 'what leads nowhere is told' unreachable
check 'and it is no router any more' turned_off
ip netns del west
ip netns del east
finish
