#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Groups with the host at the other end: as member, as sender, and, with a
# bridge, as the querier that believes what it is told.
#
# guest: stock timeout=180 programs=socat,jq,bridge kmods=bridge
# shellcheck disable=SC2086,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

GROUP=239.7.7.7
PORT=4000

# A bridge that asks every second, and forgets within four.
bridge_up() {
	ip link add br0 type bridge mcast_snooping 1 mcast_querier 1 \
		mcast_igmp_version 3 mcast_query_interval 100 \
		mcast_startup_query_interval 100 \
		mcast_query_response_interval 50 \
		mcast_membership_interval 400 \
		mcast_last_member_interval 20 mcast_query_use_ifaddr 1 &&
		ip link set netstack0 master br0 &&
		ip addr add $HOST/24 dev br0 &&
		ip link set netstack0 up && ip link set br0 up &&
		nsctl addr add $STACK/24 dev netstack0 noprobe &&
		await ping -c 1 -W 1 $STACK
}

# member FILE OPTIONS...: a member of the stack, which writes to FILE; $member
member() {
	local file=$1
	shift
	group_member "$@" $STACK $GROUP $PORT >$file 2>&1 &
	member=$!
	await grep -q joined $file
}

leave() {
	kill $member
	wait $member 2>/dev/null
	true
}

host_sends() {
	printf '%s' "$1" | socat -u - \
		UDP4-DATAGRAM:$GROUP:$PORT,ip-multicast-if=$HOST,ip-multicast-ttl=2
}

known() { bridge mdb show dev br0 | grep -q "port netstack0 grp $GROUP"; }
unknown() { ! known; }

host_to_member() {
	member /tmp/member || return 1
	await known || return 1
	host_sends hello
	await grep -qx "$HOST hello" /tmp/member
	local status=$?
	leave
	return $status
}

member_to_host() {
	socat -u UDP4-RECV:$PORT,ip-add-membership=$GROUP:$HOST \
		OPEN:/tmp/host,creat,append &
	local receiver=$!
	await eval "group_member -t world $STACK $GROUP $PORT &&
		grep -q world /tmp/host"
	local status=$?
	kill $receiver
	wait $receiver 2>/dev/null
	return $status
}

# Only the first member wants the host.
sources_hold() {
	member /tmp/wants -s $HOST || return 1
	local first=$member status
	member /tmp/shuns -s 10.77.0.99 || return 1
	await eval "host_sends one; grep -qx '$HOST one' /tmp/wants"
	status=$?
	grep -q one /tmp/shuns && status=1
	leave
	member=$first
	leave
	return $status
}

# The source list is what the bridge was told.
sources_are_told() {
	member /tmp/member -s $HOST -s 10.77.0.99 || return 1
	await eval 'bridge -d mdb show dev br0 | grep "grp $GROUP" |
		grep "filter_mode include" | grep "$HOST" | grep -q 10.77.0.99'
	local status=$?
	leave
	return $status
}

queries_are_answered() {
	member /tmp/member || return 1
	local before
	before=$(counter Igmp InQueries)
	await known || return 1
	sleep 6
	known && [ "$(counter Igmp InQueries)" -gt "$before" ] &&
		[ "$(counter Igmp InErrors)" = 0 ]
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

# asked NUMBER: more queries came than so many
asked() { [ "$(counter Igmp InQueries)" -gt $1 ]; }

version_2() {
	local reports leaves
	ip link set br0 type bridge mcast_igmp_version 2 || return 1
	# The first query of the other version.
	local queries
	queries=$(counter Igmp InQueries)
	await asked $((queries + 1))
	reports=$(counter Igmp OutReports) leaves=$(counter Igmp OutLeaves)
	member /tmp/member || return 1
	await known && sleep 5 && known || return 1
	leave
	await unknown && [ "$(counter Igmp OutReports)" -gt "$reports" ] &&
		[ "$(counter Igmp OutLeaves)" -gt "$leaves" ]
}

check 'a bridge between the stack and the host' bridge_up
check 'what the host sends to a group is received' host_to_member
check 'what the stack sends to a group is received' member_to_host
check 'a member gets what its sources send' sources_hold
check 'the querier knows the sources' sources_are_told
check 'queries are answered, and leaving ends it' queries_are_answered
check 'a link that was down is reported anew' link_flaps
check 'nsctl joins' eval "nsctl maddr add $GROUP dev netstack0 && await known &&
	nsctl maddr del $GROUP dev netstack0 && await unknown"
check 'a querier of version 2' version_2
finish
