#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The net_device: made, shown, moved, switched and removed with ip(8) and
# ethtool(8).
#
# guest: stock timeout=120 programs=ethtool,jq,ping,taskset
# shellcheck disable=SC2086,SC2012,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

stack_link() {
	nsctl ${2:+-n "$2"} link show "$1"
}

several_links() {
	local i
	for i in 1 2 3 4; do
		ip link add "box$i" type netstack &&
			ip link set "box$i" up &&
			ip addr add "10.9.$i.1/24" dev "box$i" &&
			nsctl addr add "10.9.$i.2/24" dev "box$i" noprobe ||
			return 1
	done
	for i in 1 2 3 4; do
		ping -q -c 1 -W 3 "10.9.$i.2" || return 1
	done
	# Strong host model: an address answers on its own link only.
	ip route add 10.9.2.2/32 dev box1
	refused ping -q -c 1 -W 1 10.9.2.2 || return 1
	ip route del 10.9.2.2/32 dev box1
}

same_index() {
	[ "$(cat /sys/class/net/box1/ifindex)" = \
		"$(stack_link box1 | sed -n '1s/:.*//p')" ]
}

carrier_follows_stack() {
	nsctl link set box1 down &&
		[ "$(cat /sys/class/net/box1/carrier)" = 0 ] &&
		nsctl link set box1 up &&
		[ "$(cat /sys/class/net/box1/carrier)" = 1 ]
}

carrier_follows_host() {
	ip link set box1 down
	! stack_link box1 | grep -q carrier || return 1
	ip link set box1 up
	stack_link box1 | grep -q carrier &&
		await ping -q -c 1 -W 1 10.9.1.2
}

# The device's MTU and the stack's are set apart; what the host sends over
# the stack's MTU is taken.
independent_mtus() {
	ip link set box1 mtu 9000 &&
		stack_link box1 | grep -q 'mtu 1500 ' &&
		nsctl link set box1 mtu 1280 &&
		[ "$(cat /sys/class/net/box1/mtu)" = 9000 ] &&
		ping -q -c 1 -W 3 -M do -s 8000 10.9.1.2 &&
		ip link set box1 mtu 65535 &&
		nsctl link set box1 mtu 65535 &&
		refused ip link set box1 mtu 65536 &&
		refused ip link set box1 mtu 67
}

# The stack's end stays where the device was born.
move_away() {
	ip netns add away &&
		ip link set box2 netns away &&
		ip -n away addr add 10.9.2.1/24 dev box2 &&
		ip -n away link set box2 up &&
		ip -n away link set lo up &&
		refused stack_link box2 away &&
		stack_link box2 &&
		await ip netns exec away ping -q -c 1 -W 1 10.9.2.2
}

move_back() {
	ip -n away link set box2 netns 1 && stack_link box2
}

# While box2 is away its name and number stay taken here.
number_stays_taken() {
	local numbers
	ip link add away1 type netstack && ip link add away2 type netstack ||
		return 1
	numbers=$(nsctl -j link | grep -o '"index": *[0-9]*')
	ip link del away1 && ip link del away2 &&
		[ "$(sort <<<"$numbers")" = "$(sort -u <<<"$numbers")" ] &&
		refused ip link add box2 type netstack
}

# The stack's namespace goes: the device that was moved out of it too.
stack_dies() {
	ip netns add born && ip -n born link add t2 type netstack &&
		ip -n born link set t2 netns 1 && ip netns del born &&
		await refused ip link show dev t2
}

# A namespace that dies takes along the device that it holds.
namespace_dies_with_device() {
	ip link set box3 netns away && ip netns del away &&
		await refused stack_link box3
}

remove_under_traffic() {
	ping -q -f -s 1400 10.9.1.2 >/dev/null 2>&1 &
	ping -q -f -s 9000 10.9.1.2 >/dev/null 2>&1 &
	usleep 500000
	ip link del box1
	kill %- %+ 2>/dev/null
	wait
	refused stack_link box1 && ! nsctl addr | grep -q 10.9.1.2
}

# Every CPU sends, each by a queue of its own.
queues() {
	ip link add q4 numtxqueues 4 numrxqueues 4 type netstack &&
		[ "$(ls -d /sys/class/net/q4/queues/tx-* | wc -l)" = 4 ] &&
		[ "$(ls -d /sys/class/net/q4/queues/rx-* | wc -l)" = 4 ] &&
		ip link set q4 up && ip addr add 10.9.5.1/24 dev q4 &&
		nsctl addr add 10.9.5.2/24 dev q4 noprobe &&
		taskset -c 0 ping -q -f -c 200 -s 20000 10.9.5.2 &&
		taskset -c 1 ping -q -f -c 200 -s 20000 10.9.5.2 &&
		ip link del q4
}

queue_for_each_cpu() {
	[ "$(ls -d /sys/class/net/netstack0/queues/tx-* | wc -l)" = \
		"$(nproc)" ]
}

other_host() {
	ethtool -S netstack0 | awk '$1 == "LinkOtherHost:" { print $2 }'
}

# What is for another station is refused, and ethtool says why.
other_station() {
	ip link set netstack0 up && ip addr add 10.9.9.1/24 dev netstack0 &&
		nsctl addr add 10.9.9.2/24 dev netstack0 noprobe &&
		ip neigh replace 10.9.9.2 lladdr 02:00:00:00:00:99 \
			dev netstack0 || return 1
	local before
	before=$(other_host)
	refused ping -q -c 3 -i 0.2 -W 1 10.9.9.2 || return 1
	[ "$(other_host)" -ge $((before + 3)) ] || return 1
	ip neigh del 10.9.9.2 dev netstack0
	ping -q -c 1 -W 3 10.9.9.2
}

# packets_in: what the stack's end of netstack0 has taken
packets_in() {
	nsctl -j link show netstack0 | jq '.[0].rx_packets'
}

# to_station ADDRESS: three frames with it as their destination, and how many
# the link has taken and refused: "3 0"
to_station() {
	local refused taken
	ip neigh replace 10.9.9.2 lladdr "$1" dev netstack0
	# The stack would ask for the host, and take the answer.
	nsctl neigh flush dev netstack0
	refused=$(other_host) taken=$(packets_in)
	ping -q -c 3 -i 0.2 -W 1 10.9.9.2 >/dev/null && echo answered
	ip neigh del 10.9.9.2 dev netstack0
	echo $(($(packets_in) - taken)) $(($(other_host) - refused))
}

# setting FLAG ADDRESS OFF ON: what happens without the flag and with it; the
# stack answers none of it
setting() {
	local flag=$1 address=$2 said
	shift 2
	# The host's own groups would count as well.
	echo 1 >/proc/sys/net/ipv6/conf/netstack0/disable_ipv6
	nsctl link set netstack0 "$flag" off
	said=$(to_station "$address")
	[ "$said" = "$1" ] || { echo "off: $said"; return 1; }
	nsctl link set netstack0 "$flag" on &&
		nsctl link show netstack0 | grep -qi "$flag" || return 1
	said=$(to_station "$address")
	nsctl link set netstack0 "$flag" off
	[ "$said" = "$2" ] || { echo "on: $said"; return 1; }
	! nsctl link show netstack0 | grep -qi "$flag"
}

counts() {
	local before after
	before=$(cat /sys/class/net/box4/statistics/tx_packets)
	ping -q -c 5 -i 0.2 -W 3 10.9.4.2 || return 1
	after=$(cat /sys/class/net/box4/statistics/tx_packets)
	[ $((after - before)) -ge 5 ] &&
		[ "$(cat /sys/class/net/box4/statistics/rx_bytes)" -gt 0 ] &&
		stack_link box4 | grep -q 'rx [1-9]'
}

check 'loading makes netstack0' test -e /sys/class/net/netstack0
check 'ip -d link says what it is' eval \
	"ip -d link show netstack0 | grep -qw netstack"
check 'ethtool -i names the driver' eval \
	"ethtool -i netstack0 | grep -qx 'driver: netstack'"
check 'ethtool -k shows the offloads' eval \
	"ethtool -k netstack0 | grep -qx 'tcp-segmentation-offload: on'"
check 'ethtool -S counts by reason' eval \
	"ethtool -S netstack0 | grep -q 'LinkOtherHost: 0'"
check 'ethtool -S counts frames for another station' other_station
# On a promiscuous link they are taken, and end there: both count.
check 'promisc: frames for another station' \
	setting promisc 02:00:00:00:00:99 '0 3' '3 3'
check 'promisc: frames for a group' \
	setting promisc 01:00:5e:00:00:63 '0 3' '3 0'
check 'allmulti: frames for a group' \
	setting allmulti 01:00:5e:00:00:63 '0 3' '3 0'
check 'allmulti: not those for another station' \
	setting allmulti 02:00:00:00:00:99 '0 3' '0 3'
check 'a queue for each CPU' queue_for_each_cpu
check 'several links, strong host model' several_links
check 'the number is the same on both sides' same_index
check 'a second device of the name is refused' \
	refused ip link add box1 type netstack
check 'the stack down: no carrier' carrier_follows_stack
check 'the device down: no carrier' carrier_follows_host
check 'MTUs are independent' independent_mtus
check 'counters on both sides' counts
check 'queues as asked for, with traffic' queues
check 'moved to another namespace, the stack stays' move_away
check 'name and number of what has moved stay taken' number_stays_taken
check 'moved back' move_back
check 'the namespace of the stack goes: so does the device' stack_dies
check 'a dying namespace takes its device along' namespace_dies_with_device
check 'removed under traffic' remove_under_traffic
check 'netstack0 can be removed' ip link del netstack0
check 'and a new one made' ip link add netstack0 type netstack
ip link del box2 2>/dev/null
ip link del box4 2>/dev/null
finish
