#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SO_TXTIME and SCM_TXTIME: sch_fq of a port's device holds a datagram of the
# stack until its time; where there is no queue discipline it goes at once. And
# the time at which the host meant to send a segment is not its time of arrival.
#
# guest: stock cpus=1 timeout=180 programs=tc,socat kmods=veth,sch_fq
# shellcheck disable=SC2086,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

NEAR=10.90.0.1
FAR=10.90.0.2

# The host is at the other end of the cable.
cabled() {
	ip link add plug0 type veth peer name socket0 &&
		sysctl -q net.ipv6.conf.plug0.disable_ipv6=1 &&
		ip link set plug0 up && ip link set socket0 up &&
		ip addr add $FAR/24 dev socket0 &&
		nsctl link add plug0 type port &&
		nsctl addr add $NEAR/24 dev plug0 noprobe &&
		await send_timed 0 $FAR udp
}

# takes MILLISECONDS ADDRESS KIND LEAST MOST
takes() {
	local took
	took=$(send_timed $1 $2 $3) || return 1
	echo "$took ms"
	[ $took -ge $4 ] && [ $took -lt $5 ]
}

held() { tc qdisc replace dev plug0 root fq; }

check 'both ends of netstack0' both_ends
check 'a port with the host behind it' cabled
check 'without a queue discipline it goes at once' \
	takes 1500 $FAR udp 0 700
check 'netstack0 has none' takes 1500 $HOST udp 0 700
check 'fq is put there' held
check 'it is held until then' takes 1500 $FAR udp 1450 3000
check 'one of a raw socket too' takes 1500 $FAR raw 1450 3000
check 'and all fragments of a long one' takes 1500 $FAR long 1450 3000
check 'what has no time to wait for is not held' takes 0 $FAR udp 0 700
check 'segments of the host have the time of their arrival' \
	arrival_time $STACK
finish
