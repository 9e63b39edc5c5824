#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tracepoints: drops with their reason, TCP states, retransmissions,
# congestion windows.
#
# guest: stock timeout=60
# shellcheck disable=SC2086,SC2012,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

tracing=/sys/kernel/tracing
mountpoint -q $tracing || mount -t tracefs tracefs $tracing

seen() {
	grep -q "$1" $tracing/trace
}

check 'the events are there' eval \
	"ls $tracing/events/netstack | grep -q netstack_drop"
echo 1 >$tracing/events/netstack/enable
check 'both ends get an address' both_ends
echo-server 127.0.0.1 7 &
check 'the server comes up' await listening 7
echo-client 127.0.0.1 7 hello >/dev/null
echo-client 127.0.0.1 9 hello 2>/dev/null
check 'a connection becomes established' seen \
	'netstack_tcp_state: .*newstate=ESTABLISHED'
check 'and ends' seen 'netstack_tcp_state: .*newstate=CLOSE'
check 'a refused segment is a drop with its reason' seen \
	'netstack_drop: .*reason=TcpNoSocket'
# Nobody has the address: the SYN is sent again.
ip neigh add 10.77.0.99 lladdr 02:00:00:00:00:99 dev netstack0 2>/dev/null
nsctl neigh add 10.77.0.99 lladdr 02:00:00:00:00:99 dev netstack0
echo-client 10.77.0.99 7 x 2>/dev/null &
client=$!
check 'a retransmission is seen' await seen 'netstack_tcp_retransmit: .*state=SYN_SENT'
kill $client
check 'the window falls by the time-out' seen \
	'netstack_tcp_cwnd: .*oldcwnd=10 cwnd=1 .*castate=Loss'
echo 0 >$tracing/events/netstack/enable
finish
