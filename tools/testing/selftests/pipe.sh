#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Pipes: two stacks joined directly, made and removed with nsctl, with traffic
# between them, impaired and cut; what nsctl refuses.
#
# guest: stock cpus=1 timeout=180 programs=jq,ping,setpriv,socat,sha256sum
# shellcheck disable=SC2086,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

FAR=10.89.0.2
FAR6=fd89::2

made() {
	ip netns add far &&
		nsctl link add near0 type pipe peer far0 netns far &&
		json '.[0].kind == "pipe" and .[0].mtu == 1500 and
			(.[0].flags | index("carrier"))' link show near0 &&
		nsctl -n far link show far0 | grep -q 'kind pipe .*peer [0-9]'
}

addressed() {
	nsctl addr add 10.89.0.1/24 dev near0 noprobe &&
		nsctl addr add fd89::1/64 dev near0 nodad &&
		nsctl -n far addr add $FAR/24 dev far0 noprobe &&
		nsctl -n far addr add $FAR6/64 dev far0 nodad
}

# The host reaches the far stack through this one.
forwarded() {
	ip link set netstack0 up &&
		ip addr add 10.77.0.1/24 dev netstack0 &&
		nsctl addr add 10.77.0.2/24 dev netstack0 noprobe &&
		ip route add 10.89.0.0/24 via 10.77.0.2 &&
		nsctl -n far route add 10.77.0.0/24 via 10.89.0.1 &&
		sysctl -q net.netstack.ip_forward=1 &&
		await ping -q -c 1 -W 1 $FAR &&
		ping -q -c 3 -i 0.2 -s 3000 -W 2 $FAR
}

server() {
	await far_listening $FAR && await far_listening "$FAR6"
}

far_listening() {
	nsctl -n far socket show tcp listening | grep -q "$1.*:7 "
}

# echoed ADDRESS: words come back from there
echoed() { [ "$(echo-client $1 7 'several words')" = 'several words' ]; }

# The host's connection through both stacks: super-packets are forwarded.
transfer() {
	head -c 4000000 /dev/urandom >/tmp/sent
	socat -b 65536 -t 20 - TCP:$FAR:7 </tmp/sent >/tmp/back
	cmp /tmp/sent /tmp/back
}

impaired() {
	local status
	nsctl impair set near0 tx loss 100% || return 1
	refused ping -q -c 1 -W 1 $FAR
	status=$?
	nsctl impair del near0
	[ $status = 0 ] && ping -q -c 1 -W 2 $FAR
}

has_carrier() { nsctl ${2:+-n "$2"} link show "$1" | grep -q '[<,]carrier'; }

carrier() {
	nsctl link set near0 down && await refused has_carrier far0 far &&
		refused ping -q -c 1 -W 1 $FAR &&
		nsctl link set near0 up && await has_carrier far0 far &&
		await ping -q -c 1 -W 1 $FAR
}

# What it refuses is one line that says why.
wrong() {
	local wanted=$1 pattern=$2
	shift 2
	expect $wanted nsctl "$@" 2>/tmp/err || { cat /tmp/err; return 1; }
	[ "$(wc -l </tmp/err)" = 1 ] && grep -q "$pattern" /tmp/err ||
		{ cat /tmp/err; return 1; }
}

unprivileged() {
	setpriv --reuid 1000 --clear-groups --inh-caps=-all \
		nsctl link del near0 2>&1 | grep -q EPERM &&
		nsctl link show near0
}

removed() {
	nsctl -n far link del far0 && refused nsctl link show near0 &&
		refused nsctl -n far link show far0
}

namespace_dies() {
	ip netns add gone &&
		nsctl link add near1 type pipe peer far1 netns gone &&
		ip netns del gone && await refused nsctl link show near1
}

under_traffic() {
	local status flood
	nsctl link add near0 type pipe peer far0 netns far && addressed &&
		nsctl -n far route add 10.77.0.0/24 via 10.89.0.1 || return 1
	ping -q -f -s 3000 $FAR >/dev/null 2>&1 &
	flood=$!
	usleep 300000
	nsctl link del near0
	status=$?
	kill $flood 2>/dev/null
	wait $flood 2>/dev/null
	[ $status = 0 ] && refused nsctl -n far link show far0
}

check 'made: both ends are there, with carrier' made
check 'addresses' addressed
check 'packets cross, and are forwarded to it' forwarded
ip netns exec far echo-server $FAR 7 >/dev/null 2>&1 &
ip netns exec far echo-server $FAR6 7 >/dev/null 2>&1 &
check 'servers in the far stack' server
check 'connections cross' echoed $FAR
check 'connections of IPv6 cross' echoed $FAR6
check 'a large transfer through both stacks' transfer
check 'an impairment is one of the pipe' impaired
check 'the carrier follows the other end' carrier
check 'a name that is taken' \
	wrong 2 'has a link of this name' \
	link add near0 type pipe peer x netns far
check 'the same stack' wrong 2 'two stacks' \
	link add near9 type pipe peer x netns /proc/self/ns/net
check 'no namespace' wrong 2 'network namespace nowhere' \
	link add near9 type pipe peer x netns nowhere
check 'no peer' wrong 1 'needs peer' link add near9 type pipe
check 'no type' wrong 1 'needs a type' link add near9
check 'a type that is none' wrong 1 type link add near9 type tube
check 'lo stays' wrong 2 'goes with' link del lo
check 'a link to the host goes with its device' \
	wrong 2 'goes with' link del netstack0
check 'only for the administrator' unprivileged
check 'one end is removed: both go' removed
check 'the namespace of one end goes: so does the other' namespace_dies
check 'removed under traffic' under_traffic
finish
