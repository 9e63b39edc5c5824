#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: stock cpus=1 programs=ping,traceroute,tracepath timeout=240
# ping, traceroute and tracepath as they are, on the stack by nsctl exec: with
# ping sockets where the group may have them, else with raw ones.
. ./lib.sh

both_ends || exit 1
ip -6 addr add fd00:77::1/64 dev netstack0 nodad
nsctl addr add fd00:77::2/64 dev netstack0 noprobe

permit() { sysctl -qw "net.netstack.ping_group_range=$1"; }

# pinged BY TO: every request is answered; they are counted if BY is 'ping'
pinged() {
	local before after
	before=$(($(counter Icmp OutEchos) + $(counter Icmp6 OutEchos)))
	nsctl exec ping -n -c 3 -i 0.2 -W 10 "$2" || return 1
	after=$(($(counter Icmp OutEchos) + $(counter Icmp6 OutEchos)))
	[ $((after - before)) -eq "$([ "$1" = ping ] && echo 3 || echo 0)" ]
}

# hops TO COMMAND...: the one hop that there is answers
hops() {
	local to=$1
	shift
	nsctl exec "$@" "$to" >/tmp/hops && grep -q "^ *1[: ] .*$to" /tmp/hops ||
		{ cat /tmp/hops; return 1; }
}

check 'nobody has ping sockets: ping takes raw ones' pinged raw "$HOST"
check 'and over IPv6' pinged raw fd00:77::1
check 'a group is permitted' permit '0 0'
check 'ping has a ping socket' pinged ping "$HOST"
check 'and over IPv6' pinged ping fd00:77::1
check 'over lo' pinged ping 127.0.0.1
check 'in fragments' nsctl exec ping -n -c 1 -W 10 -s 4000 "$HOST"
check 'nobody answers' expect 1 nsctl exec ping -n -c 1 -W 1 10.77.0.99
check 'traceroute by UDP' hops "$HOST" traceroute -n -q 1 -w 10
check 'traceroute by ICMP' hops "$HOST" traceroute -n -q 1 -w 10 -I
check 'traceroute by ICMP over IPv6' hops fd00:77::1 \
	traceroute -6 -n -q 1 -w 10 -I
check 'tracepath' hops "$HOST" tracepath -n -m 3
check 'no socket is left' eval '! nsctl socket show | grep -q "^\(ping\|raw\) "'
finish
