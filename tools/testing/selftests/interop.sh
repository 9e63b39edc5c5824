#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The stack and the host talk over netstack0 with programs as they are.
#
#	host stack 10.77.0.1 == netstack0 == netstack 10.77.0.2
#
# guest: stock timeout=240 programs=curl,ping,socat,sha256sum,jq,tracepath,traceroute
# shellcheck disable=SC2086,SC2012,SC1010,SC2317,SC2153 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

mkdir -p /srv
echo 'a page' >/srv/index.html
dd if=/dev/urandom of=/srv/data bs=64k count=64 status=none
sum=$(sha256sum </srv/data)

same() {
	local got
	got=$("$@" | sha256sum)
	[ "$got" = "$sum" ] || { echo "got $got, not $sum"; return 1; }
}

fetch() {
	curl -s --max-time 20 "http://$STACK/$1"
}

# Fifty at a time, three times over.
many_connections() {
	local round i before after pages=()
	for i in {1..50}; do
		pages+=(-o "/tmp/page.$i" "http://$STACK/index.html")
	done
	before=$(counter Tcp PassiveOpens)
	for round in 1 2 3; do
		rm -f /tmp/page.*
		curl -s --max-time 20 -Z --parallel-immediate \
			--parallel-max 50 "${pages[@]}" ||
			{ echo "round $round failed"; return 1; }
		for i in {1..50}; do
			cmp "/tmp/page.$i" /srv/index.html || return 1
		done
	done
	after=$(counter Tcp PassiveOpens)
	[ $((after - before)) -eq 150 ] ||
		{ echo "there were $((after - before))"; return 1; }
}

# the_end FAMILY ADDRESS: traceroute by UDP and by echoes, and tracepath: the
# stack is the end, one hop away. One probe each: errors are limited by
# destination, and later cases wait for some.
the_end() {
	local method
	for method in -U -I; do
		traceroute $1 -n $method -q 1 -w 2 -m 1 $2 >/tmp/trace
		grep -Eq "^ *1 +$2 " /tmp/trace ||
			{ echo "$method:"; cat /tmp/trace; return 1; }
	done
	tracepath $1 -n -m 1 $2 >/tmp/trace
	grep -q "^ *1: *$2 .*reached" /tmp/trace || { cat /tmp/trace; return 1; }
}

HOST6=2001:db8:77::1
STACK6=2001:db8:77::2

both_ends_of_ipv6() {
	ip -6 addr add $HOST6/64 dev netstack0 nodad &&
		nsctl addr add $STACK6/64 dev netstack0 nodad
}

udp_echo_ipv6() {
	head -c "$1" /tmp/digits |
		socat -b 65536 -t 3 - "UDP6:[$STACK6]:7,readbytes=$1" |
		cmp - <(head -c "$1" /tmp/digits)
}

# Both MTUs in every order: fragments one way, whole the other.
transfer_with_mtus() {
	ip link set netstack0 mtu "$1" && nsctl link set netstack0 mtu "$2" &&
		same fetch data &&
		same http-client $HOST 8080 /data &&
		ping -q -c 2 -W 3 -s 4000 $STACK &&
		udp_echo 3000
}

no_error_left() {
	local name value
	for name in Ip:InHdrErrors Ip:InDiscards IpExt:InCsumErrors \
		Ip6:InHdrErrors \
		Icmp6:InErrors Tcp:InErrs Tcp:InCsumErrors Udp:InCsumErrors Udp:InErrors; do
		value=$(counter "${name%:*}" "${name#*:}")
		[ "$value" = 0 ] || { echo "$name is $value"; return 1; }
	done
}

established() { nsctl socket show tcp | grep -q ESTAB; }

# What a connection measures: as text in ss's manner, and every field as JSON.
socket_details() {
	exec 3<>"/dev/tcp/$STACK/7" && await established &&
		nsctl socket -tmi >/tmp/details &&
		grep -q "$(printf '\t') skmem:(r0,rb[0-9]*,t.* ts sack cubic wscale:[0-9]*,[0-9]* rto:.* cwnd:10 " \
			/tmp/details &&
		json '[.[] | select(.state == "ESTAB") | .tcp_info |
			select(.snd_cwnd == 10 and .snd_mss > 0 and
				.total_rto == 0 and .rcv_wnd > 0)] |
			length == 1' socket -ti &&
		json '.[0] | has("meminfo") | not' socket show tcp
	local status=$?
	exec 3>&-
	[ $status -eq 0 ] || cat /tmp/details
	return $status
}

check 'both ends get an address' both_ends
http-server $STACK 80 /srv &
echo-server -u $STACK 7 &
echo-server $STACK 7 &
httpd -f -p $HOST:8080 -h /srv &
check 'the servers come up' eval \
	'await listening 80 && await listening 7 && await bound 7'
check 'the host server comes up' await curl -s "http://$HOST:8080/index.html"

check 'ping is answered' ping -q -c 3 -i 0.2 -W 3 $STACK
check 'a ping of 20000 bytes is answered' ping -q -c 3 -i 0.2 -W 3 -s 20000 $STACK
check 'a ping of 65507 bytes is answered' ping -q -c 1 -W 3 -s 65507 $STACK
check 'record route is answered' eval \
	"ping -c 1 -W 3 -R $STACK | grep -q 'RR:.*$HOST'"
check 'traceroute and tracepath end at the stack' the_end -4 $STACK
check 'a page is fetched from the stack' eval "fetch index.html | grep -q 'a page'"
check '4 MiB come whole from the stack' same fetch data
check '4 MiB come whole to the stack' same http-client $HOST 8080 /data
check '150 connections' many_connections
check 'a TCP echo' eval "echo-client $STACK 7 hello | grep -qx hello"
check 'details of sockets' socket_details
check 'UDP: one byte comes back' udp_echo 1
check 'UDP: 1472 bytes come back' udp_echo 1472
check 'UDP: fragments come back' udp_echo 9000
check 'UDP: the largest datagram comes back' udp_echo 60000
check 'UDP: nobody there is told (to the stack)' eval \
	"echo-client -u $HOST 9 x 2>&1 | grep -q 'Connection refused'"
check 'UDP: nobody there is told (to the host)' eval \
	"echo x | socat -t 2 - UDP:$STACK:9 2>&1 | grep -q 'Connection refused'"
check 'TCP: nobody there is told (to the stack)' eval \
	"echo-client $HOST 9 x 2>&1 | grep -q 'Connection refused'"
check 'TCP: nobody there is told (to the host)' eval \
	"echo x | socat - TCP:$STACK:9 2>&1 | grep -q 'Connection refused'"
check 'no route is told' eval \
	"echo-client 192.0.2.1 9 x 2>&1 | grep -q 'Network is unreachable'"
check 'no neighbour is told' eval \
	"echo-client 10.77.0.99 9 x 2>&1 | grep -q 'No route to host'"
for mtus in '576 1500' '1500 576' '9000 1500' '1500 9000' '65535 65535'; do
	# shellcheck disable=SC2086 # two words
	check "MTU of host and stack $mtus" transfer_with_mtus $mtus
done
ip link set netstack0 mtu 1500 && nsctl link set netstack0 mtu 1500
check 'both ends get an IPv6 address' both_ends_of_ipv6
http-server $STACK6 80 /srv &
echo-server -u $STACK6 7 &
httpd -f -p "[$HOST6]:8086" -h /srv &
check 'the IPv6 servers come up' eval 'await curl -s "http://[$STACK6]/index.html" &&
	await curl -s "http://[$HOST6]:8086/index.html"'
check 'IPv6: 4 MiB come whole from the stack' same \
	curl -s --max-time 20 "http://[$STACK6]/data"
check 'IPv6: 4 MiB come whole to the stack' same http-client $HOST6 8086 /data
check 'IPv6: a ping of 20000 bytes is answered' \
	ping -6 -q -c 3 -i 0.2 -W 3 -s 20000 $STACK6
check 'IPv6: traceroute and tracepath end at the stack' the_end -6 $STACK6
check 'IPv6: fragments of UDP come back' udp_echo_ipv6 9000
check 'IPv6: nobody there is told (to the stack)' eval \
	"echo-client -u $HOST6 9 x 2>&1 | grep -q 'Connection refused' &&
	 echo-client $HOST6 9 x 2>&1 | grep -q 'Connection refused'"
check 'IPv6: nobody there is told (to the host)' eval \
	"echo x | socat -t 2 - 'UDP6:[$STACK6]:9' 2>&1 | grep -q 'Connection refused'"
check 'no packet was taken for a bad one' no_error_left
finish
