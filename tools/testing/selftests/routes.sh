#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Routes and rules with the host as the far end of two links: several next
# hops, tables by source and mark, what TCP makes of the metrics, batches.
#
# guest: stock timeout=180 programs=jq,socat
# shellcheck disable=SC2086,SC2012,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

# The second link: 10.78.0.1 is the host's end. 192.0.2.0/24 is behind both.
two_links() {
	ip link add second0 type netstack && ip link set second0 up &&
		ip addr add 10.78.0.1/24 dev second0 &&
		nsctl addr add 10.78.0.2/24 dev second0 noprobe &&
		ip addr add 192.0.2.1/32 dev lo &&
		nsctl addr add 198.51.100.1/32 dev lo noprobe
}

ECMP='nexthop via 10.77.0.1 weight 1 nexthop via 10.78.0.1 dev second0 weight 1'

# link_of WORDS...: the link that route get names
link_of() {
	nsctl -j route get "$@" | jq -r '.[0].link'
}

# The links of a hundred flows, a line each.
links_of_flows() {
	local port
	for ((port = 1000; port < 1100; port++)); do
		echo "route get 192.0.2.1 ipproto 17 sport $port dport 7"
	done >/tmp/flows
	nsctl -batch /tmp/flows | grep -o 'dev [^ ]*'
}

# A half on each, give or take six standard deviations.
many_flows() {
	local first
	sysctl -q net.netstack.fib_multipath_hash_policy=1
	nsctl route add 192.0.2.0/24 $ECMP || return 1
	links_of_flows >/tmp/links
	first=$(grep -c netstack0 /tmp/links)
	[ "$(wc -l </tmp/links)" = 100 ] && [ $first -gt 20 ] &&
		[ $first -lt 80 ]
}

# sent LINK: packets
sent() {
	nsctl -j link show dev $1 | jq '.[0].tx_packets'
}

# Every answer comes, and not all by one link.
flows_are_answered() {
	local i first second
	first=$(sent netstack0) second=$(sent second0)
	socat TCP-LISTEN:7,reuseaddr,fork EXEC:cat &
	await eval 'grep -q ":0007 .* 0A " /proc/net/tcp' || return 1
	local server=$! status=0
	for ((i = 0; i < 12; i++)); do
		echo-client 192.0.2.1 7 hello | grep -qx hello || status=1
	done
	kill $server
	wait $server 2>/dev/null
	[ $(($(sent netstack0) - first)) -gt 5 ] &&
		[ $(($(sent second0) - second)) -gt 5 ] &&
		[ $status -eq 0 ]
}

link_fails() {
	ip link set second0 down || return 1
	links_of_flows | sort -u | grep -qx 'dev netstack0' || return 1
	ip link set second0 up
	await eval 'nsctl route | grep -A 2 ^192.0.2 | refused grep -q down'
	links_of_flows | cmp - /tmp/links
}

shown_as_ip_does() {
	nsctl route | grep -A 2 '^192.0.2.0/24' | grep -c nexthop | grep -qx 2 &&
		json '.[] | select(.dst == "192.0.2.0") | .nexthops |
			length == 2 and .[1].weight == 1 and
			.[1].gateway == "10.78.0.1"' route &&
		nsctl route del 192.0.2.0/24 &&
		! nsctl route | grep -q 192.0.2.0
}

by_source() {
	nsctl route add 192.0.2.0/24 via 10.77.0.1 &&
		nsctl route add 192.0.2.0/24 via 10.78.0.1 table 100 &&
		nsctl rule add from 198.51.100.0/24 table 100 &&
		[ "$(link_of 192.0.2.1)" = netstack0 ] &&
		[ "$(link_of 192.0.2.1 from 198.51.100.1)" = second0 ] &&
		nsctl rule | grep -qx '32765:.from 198.51.100.0/24 lookup 100' &&
		nsctl route show table 100 | grep -q 'dev second0 table 100' &&
		! nsctl route | grep -q 'table 100' &&
		nsctl rule del from 198.51.100.0/24 &&
		[ "$(link_of 192.0.2.1 from 198.51.100.1)" = netstack0 ]
}

by_mark() {
	nsctl rule add fwmark 0x10/0xf0 lookup 100 pref 50 &&
		[ "$(link_of 192.0.2.1 mark 0x1f)" = second0 ] &&
		[ "$(link_of 192.0.2.1 mark 0x2f)" = netstack0 ] &&
		nsctl rule add iif second0 prohibit pref 49 &&
		refused nsctl route get 192.0.2.1 iif second0 &&
		json '[ .[] | select(.family == "inet") | .priority ] ==
			[ 0, 49, 50, 32766, 32767 ]' rule &&
		nsctl rule flush &&
		refused nsctl route get 192.0.2.1 &&
		nsctl rule add lookup main pref 32766 &&
		nsctl rule add lookup default pref 32767 &&
		nsctl -6 rule add lookup main pref 32766 &&
		[ "$(link_of 192.0.2.1 mark 0x1f)" = netstack0 ]
}

types() {
	nsctl route add throw 203.0.113.0/24 &&
		refused nsctl route get 203.0.113.1 &&
		nsctl route add default via 10.78.0.1 table default &&
		[ "$(link_of 203.0.113.1)" = second0 ] &&
		nsctl route del throw 203.0.113.0/24 &&
		nsctl route flush table default &&
		refused nsctl route get 203.0.113.1
}

modes() {
	refused nsctl route change 203.0.113.0/24 via 10.77.0.1 &&
		nsctl route replace 203.0.113.0/24 via 10.77.0.1 &&
		nsctl route change 203.0.113.0/24 via 10.78.0.1 &&
		refused nsctl route append 203.0.113.0/24 via 10.78.0.1 &&
		nsctl route append 203.0.113.0/24 via 10.77.0.1 &&
		[ "$(link_of 203.0.113.1)" = second0 ] &&
		nsctl route del 203.0.113.0/24 via 10.78.0.1 &&
		[ "$(link_of 203.0.113.1)" = netstack0 ] &&
		nsctl route del 203.0.113.0/24
}

# A connection that stands, as the stack sees it.
metrics() {
	nsctl route replace 192.0.2.0/24 via 10.77.0.1 mtu 1200 advmss 700 \
		initcwnd 4 initrwnd 8 hoplimit 33 quickack 1 || return 1
	nsctl route | grep '^192.0.2.0/24' | grep -q \
		'mtu 1200 advmss 700 initcwnd 4 initrwnd 8 hoplimit 33 quickack 1' ||
		return 1
	socat TCP-LISTEN:9,reuseaddr EXEC:'sleep 20' &
	local server=$! status=1
	await eval 'grep -q ":0009 .* 0A " /proc/net/tcp' || return 1
	sleep 20 | echo-client 192.0.2.1 9 hello &
	local client=$!
	await eval 'nsctl socket show tcp | grep -q 192.0.2.1:9' &&
		nsctl socket -tmi | grep -A 3 192.0.2.1:9 \
			>/tmp/details && grep -q 'cwnd:4 ' /tmp/details &&
		grep -q 'advmss:6[89][08] ' /tmp/details && status=0
	[ $status -eq 0 ] || cat /tmp/details
	kill $client $server
	wait $client $server 2>/dev/null
	return $status
}

both_families() {
	nsctl -6 route add blackhole 2001:db8::/32 &&
		nsctl route add prohibit 2001:db8:1::/48 metric 7 &&
		nsctl -6 route | grep -qx \
			'prohibit 2001:db8:1::/48 proto static scope global metric 7' &&
		! nsctl -4 route | grep -q 2001 &&
		expect 2 nsctl route get 2001:db8:1::1 &&
		nsctl rule add from 2001:db8::/32 prohibit &&
		nsctl -6 rule | grep -q 'inet6 from 2001:db8::/32 prohibit' &&
		nsctl -6 rule del from 2001:db8::/32 &&
		nsctl -6 route flush &&
		! nsctl -6 route | grep -q 'proto static'
}

batch() {
	local i
	{
		echo '# a comment, and an empty line'
		echo
		for ((i = 0; i < 5000; i++)); do
			echo "route add 172.$((16 + i / 65536)).$((i / 256 % 256)).$((i % 256))/32 via 10.77.0.1"
		done
	} >/tmp/batch
	nsctl -batch /tmp/batch && [ "$(nsctl route | grep -c '^172')" = 5000 ] &&
		nsctl -4 route flush && ! nsctl route | grep -q '^172'
}

# It tells the line and stops there; -force goes on and remembers.
batch_fails() {
	printf '%s\n' 'route add blackhole 10.1.0.0/16' 'route add nonsense' \
		'route add blackhole 10.2.0.0/16' >/tmp/batch
	expect 1 nsctl -b /tmp/batch 2>/tmp/err && grep -q 'line 2' /tmp/err &&
		nsctl route | grep -q '10.1.0.0/16' &&
		! nsctl route | grep -q '10.2.0.0/16' &&
		nsctl route del blackhole 10.1.0.0/16 &&
		expect 1 nsctl -force -batch - </tmp/batch 2>/dev/null &&
		nsctl route | grep -q '10.2.0.0/16'
}

monitored() {
	nsctl monitor >/tmp/events 2>&1 &
	local monitor=$! status
	usleep 500000
	nsctl rule add to 203.0.113.0/24 prohibit &&
		await grep -q '^rule 32765:.*to 203.0.113.0/24 prohibit' \
			/tmp/events &&
		nsctl rule del to 203.0.113.0/24 &&
		await grep -q '^deleted rule 32765' /tmp/events
	status=$?
	kill $monitor
	wait $monitor 2>/dev/null
	return $status
}

link_leaves() {
	nsctl route add 203.0.113.0/24 $ECMP && ip link del second0 &&
		nsctl route | grep -A 2 '^203.0.113.0/24' | grep -q netstack0 &&
		[ "$(link_of 203.0.113.1)" = netstack0 ]
}

check 'both ends of netstack0' both_ends
check 'two links' two_links
check 'flows are shared by two links' many_flows
check 'each flow is answered' flows_are_answered
check 'a link fails and comes back' link_fails
check 'next hops are shown' shown_as_ip_does
check 'a rule by source' by_source
check 'rules by mark and arrival' by_mark
check 'throw and the last table' types
check 'add, change, replace, append' modes
check 'what TCP makes of metrics' metrics
check 'both families' both_families
check 'a batch' batch
check 'a batch that fails' batch_fails
check 'rules in the monitor' monitored
check 'a link leaves' link_leaves
finish
