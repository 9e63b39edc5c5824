#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SO_PRIORITY and SO_MARK of what a program sends, as the host's traffic control
# sees them on netstack0: while the device is in the namespace of the stack, and
# nothing of them elsewhere.
#
# guest: stock cpus=1 timeout=180 programs=tc kmods=dummy,sch_prio,sch_ingress,act_mirred,cls_matchall,cls_fw
# shellcheck disable=SC2086,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

MARK=7
at=

# What is marked goes to marked0, all else of IPv4 to queues0, by priority: 6 is
# in the first band there, 0 in the second.
sorted() {
	# They say nothing of their own.
	$at sysctl -q -w net.ipv6.conf.default.disable_ipv6=1 &&
		$at ip link add marked0 type dummy &&
		$at ip link add queues0 type dummy &&
		$at ip link set marked0 up && $at ip link set queues0 up &&
		$at tc qdisc add dev queues0 root handle 1: prio &&
		$at tc qdisc add dev netstack0 clsact &&
		$at tc filter add dev netstack0 ingress pref 1 protocol ip \
			handle $MARK fw \
			action mirred egress redirect dev marked0 &&
		$at tc filter add dev netstack0 ingress pref 2 protocol ip \
			matchall action mirred egress redirect dev queues0 &&
		$at sysctl -q -w net.ipv6.conf.default.disable_ipv6=0
}

# A datagram of the stack: MARK PRIORITY
datagram() { send_marked $1 $2 $HOST 9; }

marked() { $at cat /sys/class/net/marked0/statistics/tx_packets; }

# band NUMBER: packets that it had
band() {
	$at tc -s class show dev queues0 classid 1:$1 |
		awk '$1 == "Sent" { print $4 }'
}

# is COMMAND WORD VALUE
is() { [ "$($1 $2)" = "$3" ]; }

seen() {
	datagram $MARK 0 && await is marked '' 1 &&
		datagram 0 6 && await is band 1 1 &&
		datagram 0 0 && await is band 2 1 &&
		is marked '' 1
}

moved() {
	tc qdisc del dev netstack0 clsact && ip netns add away && ip link set netstack0 netns away &&
		ip -n away link set netstack0 up &&
		ip -n away addr add $HOST/24 dev netstack0
}

hidden() {
	datagram $MARK 0 && await is band 2 1 &&
		datagram 0 6 && await is band 2 2 &&
		is band 1 0 && is marked '' 0
}

check 'both ends' both_ends
check 'traffic control sorts what comes from the stack' sorted
check 'mark and priority are seen at home' seen
check 'the device is in another namespace' moved
at='ip netns exec away'
check 'it sorts there' sorted
check 'mark and priority are not seen there' hidden
finish
