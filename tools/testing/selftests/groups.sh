#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Groups of both families with the host at the other end: as member, as sender,
# and, with a bridge, as the querier that believes what it is told.
#
# guest: stock timeout=300 programs=jq,bridge kmods=bridge
# shellcheck disable=SC2086,SC2153,SC2154,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

PORT=4000

# A bridge that asks every second, and forgets within four.
bridge_up() {
	ip link add br0 type bridge mcast_snooping 1 mcast_querier 1 \
		mcast_igmp_version 3 mcast_mld_version 2 \
		mcast_query_interval 100 mcast_startup_query_interval 100 \
		mcast_query_response_interval 50 \
		mcast_membership_interval 400 \
		mcast_last_member_interval 20 mcast_query_use_ifaddr 1 &&
		sysctl -q -w net.ipv6.conf.br0.accept_dad=0 &&
		ip link set netstack0 master br0 &&
		ip addr add $HOST/24 dev br0 &&
		ip addr add fd77::1/64 dev br0 nodad &&
		ip link set netstack0 up && ip link set br0 up &&
		nsctl addr add $STACK/24 dev netstack0 noprobe &&
		nsctl addr add fd77::2/64 dev netstack0 noprobe &&
		await ping -c 1 -W 1 $STACK && await ping -c 1 -W 1 fd77::2
}

# The words of the cases, for one family.
ipv4() {
	host=$HOST group=239.7.7.7 foreign=10.77.0.99
	host_link=$HOST stack_link=$STACK
	queries='Igmp InQueries' reports='Igmp OutReports'
	leaves='Igmp OutLeaves' old='mcast_igmp_version 2'
}

ipv6() {
	host=fd77::1 group=ff05::7:7 foreign=fd77::99
	host_link=br0 stack_link=netstack0
	queries='Icmp6 InGroupMembQueries'
	reports='Icmp6 OutGroupMembResponses'
	leaves='Icmp6 OutGroupMembReductions' old='mcast_mld_version 1'
}

# member FILE OPTIONS...: a member of the stack, which writes to FILE; $member
member() {
	local file=$1
	shift
	group_member "$@" $stack_link $group $PORT >$file 2>&1 &
	member=$!
	await grep -q joined $file
}

leave() {
	kill $member
	wait $member 2>/dev/null
	true
}

host_sends() { group_member -H -t "$1" $host_link $group $PORT; }

known() { bridge mdb show dev br0 | grep -q "port netstack0 grp $group"; }
unknown() { ! known; }

# Sent again until it has come: the bridge looks at its list first.
heard() {
	host_sends hello && grep -q " hello" /tmp/member
}

host_to_member() {
	member /tmp/member || return 1
	await known && await heard && grep -qx "$host hello" /tmp/member
	local status=$?
	leave
	return $status
}

# The option, not the end of the socket.
leaving() {
	member /tmp/member -n 1 || return 1
	await known && await heard && await grep -qx left /tmp/member &&
		await unknown && kill -0 $member
	local status=$?
	leave
	return $status
}

member_to_host() {
	group_member -H $host_link $group $PORT >/tmp/host &
	local receiver=$!
	await eval "group_member -t world $stack_link $group $PORT &&
		grep -q world /tmp/host"
	local status=$?
	kill $receiver
	wait $receiver 2>/dev/null
	return $status
}

# Only the first member wants the host.
sources_hold() {
	member /tmp/wants -s $host || return 1
	local first=$member status
	member /tmp/shuns -s $foreign || return 1
	await eval "host_sends one; grep -qx '$host one' /tmp/wants"
	status=$?
	grep -q one /tmp/shuns && status=1
	leave
	member=$first
	leave
	return $status
}

# The source list is what the bridge was told.
sources_are_told() {
	member /tmp/member -s $host -s $foreign || return 1
	await eval 'bridge -d mdb show dev br0 | grep "grp $group" |
		grep "filter_mode include" | grep "$host" | grep -q $foreign'
	local status=$?
	leave
	return $status
}

# asked NUMBER: more queries came than so many
asked() { [ "$(counter $queries)" -gt $1 ]; }

errors() { echo "$(counter Igmp InErrors) $(counter Icmp6 InErrors)"; }

# Longer than what nobody answers for is remembered.
queries_are_answered() {
	local before errors
	# The bridge's first query of IPv6 may have no link-local source.
	before=$(counter $queries) errors=$(errors)
	member /tmp/member || return 1
	await known || return 1
	await asked $((before + 6))
	known && [ "$(errors)" = "$errors" ]
	local status=$?
	leave
	await unknown && return $status
}

link_flaps() {
	member /tmp/member || return 1
	await known || return 1
	nsctl link set netstack0 down && await unknown &&
		nsctl link set netstack0 up && await known
	local status=$?
	leave
	return $status
}

by_nsctl() {
	nsctl maddr add $group dev netstack0 && await known &&
		nsctl maddr del $group dev netstack0 && await unknown
}

older_querier() {
	local asked said left
	ip link set br0 type bridge $old || return 1
	# The first query of the other version.
	asked=$(counter $queries)
	await asked $((asked + 1))
	said=$(counter $reports) left=$(counter $leaves)
	member /tmp/member || return 1
	await known || return 1
	asked=$(counter $queries)
	await asked $((asked + 5))
	known || return 1
	leave
	await unknown && [ "$(counter $reports)" -gt "$said" ] &&
		[ "$(counter $leaves)" -gt "$left" ]
}

check 'a bridge between the stack and the host' bridge_up
for family in ipv4 ipv6; do
	$family
	check "$family: what the host sends to a group is received" \
		host_to_member
	check "$family: leaving is told" leaving
	check "$family: what the stack sends to a group is received" \
		member_to_host
	check "$family: a member gets what its sources send" sources_hold
	check "$family: the querier knows the sources" sources_are_told
	check "$family: queries are answered, and leaving ends it" \
		queries_are_answered
	check "$family: a link that was down is reported anew" link_flaps
	check "$family: nsctl joins" by_nsctl
	check "$family: an older querier" older_querier
done
finish
