#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ports: one end of a veth is given to the stack, the host's own TCP/IP is at
# the other end, in a namespace of its own. Traffic of both families both ways,
# what the device tells of itself, how it comes and goes, and what is refused.
#
# guest: stock cpus=1 timeout=300 kmods=veth,bridge,dummy,8021q,macvlan programs=ethtool,iperf3,jq,ping,setpriv,socat,sha256sum
# shellcheck disable=SC2086,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

NEAR=10.90.0.1
NEAR6=fd90::1
FAR=10.90.0.2
FAR6=fd90::2

peer() { ip netns exec far "$@"; }

# What the host would say by itself on the device would be answered to the
# stack: it says nothing.
cabled() {
	ip netns add far &&
		ip link add plug0 type veth peer name socket0 netns far &&
		sysctl -q net.ipv6.conf.plug0.disable_ipv6=1 &&
		ip link set plug0 up &&
		ip -n far link set lo up &&
		ip -n far addr add $FAR/24 dev socket0 &&
		ip -n far addr add $FAR6/64 dev socket0 nodad &&
		ip -n far link set socket0 up
}

addressed() {
	nsctl addr add $NEAR/24 dev plug0 noprobe &&
		nsctl addr add $NEAR6/64 dev plug0 nodad
}

made() {
	nsctl link add plug0 type port && addressed &&
		[ "$(nsctl -j link show plug0 | jq -r '.[0].address')" = \
			"$(cat /sys/class/net/plug0/address)" ] &&
		[ "$(nsctl -j link show plug0 | jq -r '.[0].index')" = \
			"$(cat /sys/class/net/plug0/ifindex)" ] &&
		json '.[0].kind == "port" and .[0].mtu == 1500 and
			(.[0].features | index("tcp-segmentation"))' \
			link show plug0 &&
		await has_carrier
}

has_carrier() { nsctl link show plug0 | grep -q '[<,]carrier'; }

pings() {
	await peer ping -q -c 1 -W 1 $NEAR &&
		peer ping -q -c 3 -i 0.2 -s 4000 -W 2 $NEAR &&
		await peer ping -q -c 1 -W 1 $NEAR6 &&
		peer ping -q -c 3 -i 0.2 -s 4000 -W 2 $NEAR6
}

# The host's own protocols hear nothing of the device.
host_is_deaf() {
	ip addr add 10.90.0.9/24 dev plug0 || return 1
	refused peer ping -q -c 1 -W 1 10.90.0.9
	local status=$?
	ip addr del 10.90.0.9/24 dev plug0
	return $status
}

# reached ADDRESS: the stack's server answers the host
reached() {
	[ "$(peer socat -t 5 - "TCP:$1:7" <<<'several words')" = \
		'several words' ]
}

# bulk ADDRESS: to the stack's echo server and back
bulk() {
	head -c 8000000 /dev/urandom >/tmp/sent
	peer socat -b 65536 -t 20 - "TCP:$1:7" </tmp/sent >/tmp/back
	cmp /tmp/sent /tmp/back
}

# answered ADDRESS: the host's server answers the stack
answered() { [ "$(echo-client $1 7 'other words')" = 'other words' ]; }

far_listens() { peer grep -q ":0007 .* 0A " /proc/net/tcp6; }

# With the device's segmentation, and in software.
segmented() {
	local status
	bulk $NEAR && bulk "[$NEAR6]" || return 1
	ethtool -K plug0 tso off >/dev/null || return 1
	json '.[0].features | index("tcp-segmentation") | not' \
		link show plug0 && bulk $NEAR
	status=$?
	ethtool -K plug0 tx off >/dev/null
	json '.[0].features | index("checksum") | not' link show plug0 &&
		bulk "[$NEAR6]" || status=1
	ethtool -K plug0 tx on tso on >/dev/null
	return $status
}

# GRO makes packets of many, in chains too, which are taken apart.
coalesced() {
	local status=0
	ethtool -K plug0 gro on >/dev/null &&
		peer ethtool -K socket0 tso off gso off tx off >/dev/null ||
		return 1
	bulk $NEAR || status=1
	ethtool -K plug0 rx-gro-list on >/dev/null 2>&1 && bulk $NEAR ||
		status=1
	ethtool -K plug0 rx-gro-list off gro off >/dev/null
	peer ethtool -K socket0 tx on tso on gso on >/dev/null
	return $status
}

# Through the stack, from the host's other device, each way.
iperf() {
	local way server
	ip link set netstack0 up && ip addr add 10.77.0.1/24 dev netstack0 &&
		nsctl addr add 10.77.0.2/24 dev netstack0 noprobe &&
		sysctl -q net.netstack.ip_forward=1 &&
		ip route add 10.90.0.0/24 via 10.77.0.2 &&
		ip -n far route add 10.77.0.0/24 via $NEAR || return 1
	for way in '' -R; do
		peer iperf3 -s -1 >/dev/null 2>&1 &
		server=$!
		await peer grep -q ':1451 .* 0A ' /proc/net/tcp6 || return 1
		iperf3 -c $FAR -n 32M $way -J >/tmp/iperf 2>&1 ||
			{ kill $server; cat /tmp/iperf; return 1; }
		wait $server
		jq -e '.end.sum_received.bytes >= 30000000' /tmp/iperf \
			>/dev/null || { cat /tmp/iperf; return 1; }
	done
	ip route del 10.90.0.0/24
}

mtu_follows() {
	ip link set plug0 mtu 9000 && ip -n far link set socket0 mtu 9000 &&
		nsctl link show plug0 | grep -q 'mtu 9000 ' &&
		peer ping -q -c 1 -M do -s 8900 -W 2 $NEAR &&
		ip link set plug0 mtu 1400 &&
		nsctl link show plug0 | grep -q 'mtu 1400 ' &&
		ip -n far link set socket0 mtu 1400 && bulk $NEAR &&
		ip link set plug0 mtu 1500 && ip -n far link set socket0 mtu 1500
}

# knows ADDRESS STATION: the host has it in its neighbour cache
knows() { ip -n far neigh show "$1" dev socket0 | grep -q "$2"; }

# The host is told: it had another station's address.
station_follows() {
	peer ping -q -c 1 -W 2 $NEAR && peer ping -q -c 1 -W 2 $NEAR6 &&
		ip link set plug0 address 02:00:00:00:00:77 &&
		nsctl link show plug0 | grep -q 02:00:00:00:00:77 &&
		await knows $NEAR 02:00:00:00:00:77 &&
		await knows $NEAR6 02:00:00:00:00:77 &&
		peer ping -q -c 1 -W 2 $NEAR && peer ping -q -c 1 -W 2 $NEAR6
}

carrier_follows() {
	ip -n far link set socket0 down && await refused has_carrier &&
		ip -n far link set socket0 up &&
		ip -n far addr replace $FAR6/64 dev socket0 nodad &&
		await has_carrier && await peer ping -q -c 1 -W 1 $NEAR
}

down_follows() {
	ip link set plug0 down && refused has_carrier &&
		ip link set plug0 up && await has_carrier &&
		await peer ping -q -c 1 -W 1 $NEAR
}

# Before 6.2 a device that is up keeps its name.
name_follows() {
	ip link set plug0 down && ip link set plug0 name plug7 &&
		nsctl link show plug7 && refused nsctl link show plug0 &&
		ip link set plug7 name plug0 && nsctl link show plug0 &&
		ip link set plug0 up && await has_carrier
}

# promiscuous N: how many want it to be
promiscuous() {
	[ "$(ip -j -d link show plug0 | jq '.[0].promiscuity')" = "$1" ]
}

filter_follows() {
	promiscuous 0 && nsctl link set plug0 promisc on && promiscuous 1 &&
		nsctl link set plug0 promisc off && promiscuous 0 &&
		ip maddr show dev plug0 | grep -q 01:00:5e:00:00:01 &&
		ip maddr show dev plug0 | grep -q 33:33:ff:00:00:01
}

# What it refuses is one line that says why.
wrong() {
	local wanted=$1 pattern=$2
	shift 2
	expect $wanted "$@" 2>/tmp/err || { cat /tmp/err; return 1; }
	[ "$(wc -l </tmp/err)" = 1 ] && grep -q "$pattern" /tmp/err ||
		{ cat /tmp/err; return 1; }
}

in_a_bridge() {
	ip link add br0 type bridge && ip link add plug1 type dummy &&
		ip link set plug1 master br0 &&
		wrong 2 'has a master' nsctl link add plug1 type port &&
		ip link set plug1 nomaster &&
		nsctl link add plug1 type port &&
		refused ip link set plug1 master br0 &&
		refused ip link add link plug1 name v5 type vlan id 5 &&
		refused ip link add link plug1 name m5 type macvlan &&
		nsctl link del plug1 && ip link set plug1 master br0 &&
		ip link del plug1 && ip link del br0
}

under_a_vlan() {
	ip link add plug1 type dummy &&
		ip link add link plug1 name v5 type vlan id 5 &&
		wrong 2 'on top of this one' nsctl link add plug1 type port &&
		ip link del v5 && nsctl link add plug1 type port &&
		ip link del plug1 && refused nsctl link show plug1
}

unprivileged() {
	setpriv --reuid 1000 --clear-groups --inh-caps=-all \
		nsctl link add plug0 type port 2>&1 | grep -q EPERM &&
		setpriv --reuid 1000 --clear-groups --inh-caps=-all \
			nsctl link del plug0 2>&1 | grep -q EPERM &&
		nsctl link show plug0
}

# The host has the device again, as if nothing had been.
removed() {
	nsctl link del plug0 && refused nsctl link show plug0 &&
		! ip maddr show dev plug0 | grep -q 33:33:ff:00:00:01 &&
		ip addr add $NEAR/24 dev plug0 &&
		await peer ping -q -c 1 -W 1 $NEAR &&
		ip addr del $NEAR/24 dev plug0
}

# The device leaves for another namespace: the port ends.
moved() {
	ip netns add away && nsctl link add plug0 type port &&
		ip link set plug0 netns away &&
		refused nsctl link show plug0 &&
		refused nsctl -n away link show plug0 &&
		nsctl -n away link add plug0 type port &&
		ip -n away link set plug0 up &&
		nsctl -n away addr add $NEAR/24 dev plug0 noprobe &&
		await peer ping -q -c 1 -W 1 $NEAR
}

# In the stack of a namespace that dies; the veth dies with it.
namespace_dies() {
	ip netns del away && await refused ip -n far link show dev socket0
}

# Unregistered, taken away, and its other end unregistered, while both send.
under_traffic() {
	local round flood
	for round in 1 2 3; do
		ip link add plug0 type veth peer name socket0 netns far &&
			sysctl -q net.ipv6.conf.plug0.disable_ipv6=1 &&
			ip link set plug0 up && ip -n far link set socket0 up &&
			ip -n far addr add $FAR/24 dev socket0 &&
			nsctl link add plug0 type port && addressed &&
			await has_carrier &&
			await peer ping -q -c 1 -W 1 $NEAR || return 1
		peer ping -q -f -s 3000 $NEAR >/dev/null 2>&1 &
		flood=$!
		usleep 300000
		case $round in
		1) ip link del plug0 ;;
		2) nsctl link del plug0 && ip link del plug0 ;;
		3) ip -n far link del socket0 ;;
		esac || return 1
		kill $flood 2>/dev/null
		wait $flood 2>/dev/null
		refused nsctl link show plug0 || return 1
	done
}

# A module that goes gives back what it has; a socket keeps it.
unloaded() {
	ip link add plug0 type veth peer name socket0 netns far &&
		ip link set plug0 up && ip -n far link set socket0 up &&
		ip -n far addr add $FAR/24 dev socket0 &&
		nsctl link add plug0 type port && addressed || return 1
	echo-server $NEAR 9 >/dev/null 2>&1 &
	await listening 9 && refused rmmod netstack || return 1
	kill $!
	wait $! 2>/dev/null
	await rmmod netstack && ip addr add $NEAR/24 dev plug0 &&
		await peer ping -q -c 1 -W 1 $NEAR
}

check 'a cable' cabled
check 'one end of it becomes a port' made
check 'pings of both families' pings
check 'the host hears nothing by the device' host_is_deaf
echo-server $NEAR 7 >/dev/null 2>&1 &
servers=$!
echo-server $NEAR6 7 >/dev/null 2>&1 &
servers="$servers $!"
peer socat TCP6-LISTEN:7,fork,reuseaddr EXEC:cat >/dev/null 2>&1 &
servers="$servers $!"
check 'servers at both ends' eval 'await listening 7 && await far_listens'
check 'connections from the host' eval "reached $NEAR && reached '[$NEAR6]'"
check 'connections to the host' eval "answered $FAR && answered $FAR6"
check 'much, cut by the device and in software' segmented
check 'much, put together by GRO' coalesced
check 'iperf3 through the stack, each way' iperf
check 'the MTU is that of the device' mtu_follows
check 'a new station address is followed, and told' station_follows
check 'the carrier is that of the device' carrier_follows
check 'a device that is down has none' down_follows
check 'the name is that of the device' name_follows
check 'the device takes what the link does' filter_follows
check 'the address is not set here' \
	wrong 2 'of its device' nsctl link set plug0 address 02:00:00:00:00:01
check 'nor is the MTU' wrong 2 'of its device' nsctl link set plug0 mtu 1400
check 'a port already' wrong 2 'port already' nsctl link add plug0 type port
check 'no device' wrong 2 'no such device' nsctl link add plug9 type port
check 'lo' wrong 2 'Ethernet' nsctl link add lo type port
check 'a device of netstack' \
	wrong 2 'to a stack already' nsctl link add netstack0 type port
check "words of a pipe's" \
	wrong 1 "pipe's" nsctl link add plug0 type port peer x
check 'a device with a master, and none while it is a port' in_a_bridge
check 'a device below another' under_a_vlan
check 'only for the administrator' unprivileged
kill $servers 2>/dev/null
wait $servers 2>/dev/null
check 'removed: the host has the device again' removed
check 'the device moves to another namespace, and becomes a port there' moved
check 'that namespace dies' namespace_dies
check 'unregistered under traffic' under_traffic
check 'the module is unloaded with a port' unloaded
finish
