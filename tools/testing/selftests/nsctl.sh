#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nsctl: what it shows, what it sets, and what it says to wrong words; nothing
# is half done.
#
# guest: stock,uml-new timeout=120 programs=jq,setpriv,unshare
# shellcheck disable=SC2086,SC2012,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

# wrong STATUS PATTERN WORDS...: status, one line on standard error, nothing
# on standard output
wrong() {
	local wanted=$1 pattern=$2 status
	shift 2
	nsctl "$@" >/tmp/out 2>/tmp/err
	status=$?
	[ $status -eq "$wanted" ] || { echo "status $status"; cat /tmp/err; return 1; }
	[ ! -s /tmp/out ] || { echo "printed:"; cat /tmp/out; return 1; }
	[ "$(wc -l </tmp/err)" = 1 ] || { echo "not one line:"; cat /tmp/err; return 1; }
	grep -q "^nsctl: .*$pattern" /tmp/err || { cat /tmp/err; return 1; }
}

snapshot() {
	nsctl link set netstack0 up
	# Those of IPv6 are tentative for a while.
	nsctl -4 -j addr
	nsctl -j route show all
	nsctl -j neigh | grep -v _ms
}

monitored() {
	nsctl monitor >/tmp/events 2>/tmp/monitor.err &
	local monitor=$!
	usleep 500000
	nsctl addr add 10.5.0.1/24 dev netstack0 noprobe &&
		await grep -q 'addr inet 10.5.0.1/24' /tmp/events &&
		nsctl addr del 10.5.0.1/24 dev netstack0 &&
		await grep -q 'deleted addr inet 10.5.0.1/24' /tmp/events &&
		nsctl link set netstack0 mtu 1400 &&
		await grep -q 'mtu 1400' /tmp/events &&
		nsctl link set netstack0 mtu 1500 &&
		nsctl neigh add 10.6.0.9 lladdr 02:00:00:00:00:09 dev netstack0 &&
		await grep -q 'neigh 10.6.0.9' /tmp/events &&
		nsctl neigh del 10.6.0.9 dev netstack0
	local status=$?
	kill $monitor
	wait $monitor 2>/dev/null
	return $status
}

# All hosts are always there; what is joined by command is told.
groups() {
	nsctl maddr | grep -qx 'inet 224.0.0.1 dev lo' || return 1
	nsctl monitor maddr >/tmp/events &
	local monitor=$!
	await eval 'nsctl maddr add 239.7.7.7 dev netstack0 &&
		nsctl maddr del 239.7.7.7 dev netstack0 &&
		grep -q "^deleted maddr inet 239.7.7.7" /tmp/events' || return 1
	kill $monitor
	wait $monitor 2>/dev/null
	nsctl maddr add 239.7.7.7 dev netstack0 &&
		json 'any(.[]; .address == "239.7.7.7" and .static == true and
			.family == "inet" and .mode == "exclude") and
			any(.[]; .address == "01:00:5e:07:07:07" and
			.family == "link")' maddr show dev netstack0 &&
		expect 2 nsctl maddr add 239.7.7.7 dev netstack0 &&
		nsctl maddr del 239.7.7.7 dev netstack0 &&
		expect 2 nsctl maddr del 239.7.7.7 dev netstack0 &&
		expect 2 nsctl maddr add 10.0.0.1 dev netstack0 &&
		expect 1 nsctl maddr add 239.7.7.7 &&
		nsctl maddr add 01:00:5e:01:02:03 dev netstack0 &&
		nsctl maddr | grep -qx \
			'link 01:00:5e:01:02:03 dev netstack0 static' &&
		expect 2 nsctl maddr add 01:00:5e:01:02:03 dev netstack0 &&
		nsctl maddr del 01:00:5e:01:02:03 dev netstack0 &&
		expect 2 nsctl maddr add 02:00:5e:01:02:03 dev netstack0
}

neighbours_as_json() {
	nsctl neigh add 10.6.0.9 lladdr 02:00:00:00:00:09 dev netstack0 &&
		json 'tostring | contains("10.6.0.9") and
			contains("02:00:00:00:00:09")' neigh &&
		nsctl neigh replace 10.6.0.9 lladdr 02:00:00:00:00:0a \
			dev netstack0 nud stale &&
		json 'tostring | contains("02:00:00:00:00:0a")' neigh &&
		nsctl neigh flush dev netstack0 &&
		json '. == []' neigh
}

sockets_as_json() {
	echo-server 127.0.0.1 7 &
	local server=$!
	await listening 7 && json '.[0].protocol == "tcp" and
		.[0].state == "LISTEN" and .[0].local == "127.0.0.1" and
		.[0].local_port == 7' socket show tcp listening
	local status=$?
	kill $server
	wait $server 2>/dev/null
	return $status
}

# One event a line; of the object that was asked for only.
events_as_json() {
	nsctl -j monitor addr >/tmp/events 2>&1 &
	local monitor=$!
	usleep 500000
	nsctl link set netstack0 mtu 1400 &&
		nsctl addr add 10.5.0.1/24 dev netstack0 noprobe &&
		nsctl addr del 10.5.0.1/24 dev netstack0 &&
		nsctl link set netstack0 mtu 1500 &&
		await grep -q '"del"' /tmp/events &&
		[ "$(jq -r .event /tmp/events | xargs)" = 'new del' ] &&
		jq -e .addr /tmp/events >/dev/null
	local status=$?
	[ $status -eq 0 ] || cat /tmp/events
	kill $monitor
	wait $monitor 2>/dev/null
	return $status
}

# Root of a user namespace rules the stack of its own network namespace, and
# no other.
own_namespace() {
	setpriv --reuid 1000 --regid 1000 --clear-groups unshare -r -n sh -c '
		ip link add eth0 type netstack && ip link set eth0 up &&
		nsctl addr add 10.1.0.2/24 dev eth0 noprobe &&
		nsctl route add default via 10.1.0.1 &&
		nsctl link set lo mtu 1400 && nsctl addr | grep 10.1.0.2' &&
		! nsctl addr | grep 10.1.0.2
}

routes() {
	nsctl route add 192.0.2.0/24 via 10.6.0.1 metric 5 &&
		nsctl route add 192.0.2.0/24 via 10.6.0.2 metric 9 &&
		nsctl route get 192.0.2.7 | grep -q 'via 10.6.0.1 ' &&
		nsctl route replace 192.0.2.0/24 via 10.6.0.3 metric 5 &&
		nsctl route get 192.0.2.7 | grep -q 'via 10.6.0.3 ' &&
		nsctl route del 192.0.2.0/24 metric 5 &&
		nsctl route get 192.0.2.7 | grep -q 'via 10.6.0.2 ' &&
		nsctl route add blackhole 192.0.2.128/25 &&
		wrong 2 'EINVAL' route get 192.0.2.200 &&
		nsctl route flush &&
		wrong 2 'ENETUNREACH' route get 192.0.2.7 &&
		nsctl route | grep -q '^10.6.0.0/24'
}

flush_addresses() {
	nsctl addr add 10.8.0.1/24 dev netstack0 noprobe &&
		nsctl addr add 10.8.0.2/24 dev netstack0 noprobe &&
		nsctl addr show netstack0 | grep -q '10.8.0.2/24 .*secondary' &&
		nsctl addr flush dev netstack0 &&
		[ -z "$(nsctl addr show netstack0)" ] &&
		nsctl addr | grep -q 127.0.0.1
}


unprivileged() {
	setpriv --reuid 1000 --clear-groups nsctl link set lo down 2>&1 |
		grep -q EPERM &&
		setpriv --reuid 1000 --clear-groups nsctl link &&
		nsctl link show lo | grep -q '<up'
}

ip link set netstack0 up
nsctl addr add 10.6.0.5/24 dev netstack0 noprobe
before=$(snapshot)

check 'help is printed' eval "nsctl help | grep -q 'OBJECT :='"
for object in link addr route neigh maddr impair socket stat info monitor exec \
		capture; do
	check "$object help" eval "nsctl $object help | grep -q 'nsctl $object'"
done
for object in link addr route neigh maddr impair socket stat info; do
	check "$object is shown" nsctl $object
done
check 'links as JSON' json \
	'any(.[]; .name == "lo" and .mtu == 65535 and .flags[0] == "up")' link
check 'one link as JSON' json \
	'.[0].name == "netstack0" and length == 1' link show netstack0
check 'addresses as JSON' json 'any(.[]; .link == "netstack0" and
	.address == "10.6.0.5" and .prefix_len == 24)' addr
check 'routes as JSON' json 'tostring | contains("10.6.0.0")' route
check 'neighbours as JSON' neighbours_as_json
check 'sockets as JSON' sockets_as_json
check 'counters as JSON' json '.Ip.InReceives >= 0 and (.Tcp | has("RtoMin") or
	has("ActiveOpens"))' stat show all
check 'the stack as JSON' json '.family == 18 and
	any(.limits[]; .name == "sockets" and .max > 0)' info
check 'impairments as JSON' json . impair
check 'groups' groups
check 'events as JSON' events_as_json
check 'version' eval "nsctl -V | grep -q '^nsctl [0-9]'"
check 'no object' wrong 1 'no object'
check 'unknown object' wrong 1 "no object 'foo'" foo
check 'unknown option' wrong 1 'no option -x' -x link
check 'option without its value' wrong 1 'needs a value' -n
check 'unknown command' wrong 1 "no command 'frob'" link frob
check 'unknown word' wrong 1 "no word 'bar'" addr add 10.0.0.1/8 bar
check 'missing link' wrong 1 "needs 'dev LINK'" addr add 10.0.0.1/8
check 'unknown link' wrong 1 "no link 'nope'" addr add 10.0.0.1/8 dev nope
check 'bad address' wrong 1 'is not' addr add 300.1.1.1/8 dev netstack0
check 'bad prefix' wrong 1 'prefix length' addr add 10.0.0.1/33 dev netstack0
check 'bad station' wrong 1 'form' neigh add 10.6.0.9 lladdr zz dev netstack0
check 'bad MTU' wrong 1 'mtu' link set netstack0 mtu 67
check 'bad number' wrong 1 'metric' route add 10.9.0.0/16 via 10.6.0.1 metric x
check 'no such namespace' wrong 2 'ENOENT' -n nowhere link
check 'an address twice' wrong 2 'EEXIST' addr add 10.6.0.5/24 dev netstack0
check 'a group as address' wrong 2 'EINVAL' addr add 224.0.0.5/24 dev netstack0
check 'an address that is not there' wrong 2 'EADDRNOTAVAIL' \
	addr del 10.6.0.77/24 dev netstack0
check 'a gateway that is not there' wrong 2 'ENETUNREACH' \
	route add 192.0.2.0/24 via 172.16.0.1
check 'host bits in a prefix' wrong 2 'EINVAL' route add 192.0.2.1/24 via 10.6.0.1
check 'a route that is not there' wrong 2 'ESRCH' route del 192.0.2.0/24
check 'a group as neighbour' wrong 2 'EINVAL' \
	neigh add 10.6.0.9 lladdr 01:00:5e:00:00:01 dev netstack0
check 'a neighbour that is not there' wrong 2 'ENOENT' \
	neigh del 10.6.0.99 dev netstack0
check 'neighbours of lo' wrong 2 'EOPNOTSUPP' \
	neigh add 127.0.0.2 lladdr 02:00:00:00:00:01 dev lo
check 'a link that is not there' wrong 2 'ENODEV' link show nope
check 'what was refused has changed nothing' test "$before" = "$(snapshot)"
check 'a change needs CAP_NET_ADMIN, a look does not' unprivileged
check 'who owns a namespace rules its stack' own_namespace
check 'monitor' monitored
check 'routes' routes
check 'flush' flush_addresses
finish
