#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nsctl capture: real traffic on lo, netstack0 and a pipe, read back with
# tcpdump; what is lost, cut and refused.
#
# guest: stock cpus=1 timeout=300 programs=tcpdump,ping,setpriv,socat,ethtool kmods=veth,8021q
# shellcheck disable=SC2086,SC2317 # words; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

FAR=10.89.0.2
FILE=/tmp/frames.pcapng

# begin WORDS...: a capture in the background, into FILE; in NETNS, if set.
# Nothing of it is missed once this returns.
NETNS=''
begin() {
	await no_captures || return 1
	rm -f $FILE /tmp/summary /tmp/pid
	sh -c 'echo $$ >/tmp/pid; exec nsctl "$@" >/dev/null 2>/tmp/summary' \
		sh ${NETNS:+-n $NETNS} capture -w $FILE "$@" &
	await one_capture
}
captures() { nsctl ${NETNS:+-n $NETNS} info | awk '$1 == "captures" { print $2 }'; }
no_captures() { [ "$(captures)" = 0 ]; }
one_capture() { [ "$(captures)" = 1 ]; }
summed_up() { grep -q 'packets captured' /tmp/summary; }

# end: it is told to end, and has written all
end() {
	kill -INT "$(cat /tmp/pid)" && await summed_up
}

# frames [OPTION]...: what tcpdump makes of FILE, a line for each frame
frames() { tcpdump -Z root -n -r $FILE "$@" 2>/dev/null; }

# counted [WORDS]: how many frames; nothing when tcpdump cannot read FILE
counted() { frames "$@" >/tmp/listed && wc -l </tmp/listed; }

# has COUNT [WORDS]: FILE has so many frames, by tcpdump and by the summary
has() {
	local wanted=$1
	shift
	[ "$(counted)" = "$wanted" ] && [ "$(counted "$@")" = "$wanted" ] &&
		grep -qx "$wanted packets captured, $wanted received by filter, 0 dropped by kernel" \
			/tmp/summary || { cat /tmp/summary; frames; return 1; }
}

echoed() { [ "$(echo-client "$1" 7 'several words')" = 'several words' ]; }

# A connection from SYN to the last ACK: once each, though sent and received.
tcp_on_lo() {
	begin -i lo tcp port 7 && echoed 127.0.0.1 &&
		ping_stack 127.0.0.1 && end || return 1
	[ "$(frames 'tcp[tcpflags] & tcp-syn != 0' | grep -c .)" -eq 2 ] &&
		[ "$(frames 'tcp[tcpflags] & tcp-fin != 0' | grep -c .)" -eq 2 ] &&
		[ "$(frames -A | grep -c 'several words')" -eq 2 ] &&
		has "$(frames tcp port 7 and host 127.0.0.1 | grep -c .)"
}

ping_stack() { nsctl exec ping -q -n -c 3 -i 0.2 -W 5 "$1"; }

# Of all links, with another protocol between.
icmp6_of_all_links() {
	begin icmp6 && ping_stack ::1 && ping_stack 127.0.0.1 && end &&
		has 6 'icmp6[0] == 128 or icmp6[0] == 129'
}

# What the host pings is in and out, with sums that are right.
ping_of_the_host() {
	begin -i netstack0 icmp and host $HOST &&
		ping -q -c 3 -i 0.2 -W 5 -s 1000 $STACK && end && has 6 &&
		[ "$(frames -v | grep -c 'ICMP echo request')" -eq 3 ] &&
		! frames -vv | grep -q 'wrong\|bad\|incorrect'
}

# Directions, as the kernel's filter and as the file's readers know them.
one_direction() {
	begin -i netstack0 icmp and outbound &&
		ping -q -c 3 -i 0.2 -W 5 $STACK && end && has 3 "src host $STACK"
}

# With the offload off the stack sums what it sends, and cuts it.
sums_of_tcp() {
	local status
	ethtool -K netstack0 rx off >/dev/null
	begin -i netstack0 "tcp and src host $STACK" && transfer && end
	status=$?
	ethtool -K netstack0 rx on >/dev/null
	[ $status -eq 0 ] && has "$(frames | grep -c .)" &&
		[ "$(frames -v | grep -c '(correct)')" -gt 10 ] &&
		! frames -v | grep -q '(incorrect' &&
		! frames greater 1515 | grep -q .
}

transfer() {
	[ -e /tmp/sent ] || head -c 200000 /dev/urandom >/tmp/sent
	socat -b 65536 -t 20 - TCP:$STACK:7 </tmp/sent >/tmp/back &&
		cmp /tmp/sent /tmp/back
}

# Both ends of a pipe see the same, in their own stack.
pipe() {
	begin -i near0 icmp && ping_stack $FAR && end && has 6 || return 1
	frames -t -e | sort >/tmp/near
	NETNS=far
	begin -i far0 icmp && ping_stack $FAR && end && has 6 &&
		[ "$(frames -t | sort | grep -c 'echo reply')" -eq 3 ] &&
		[ "$(grep -c 'echo reply' /tmp/near)" -eq 3 ]
}

# A device of the host's, as driver and device hand tags over.
plug() {
	ip netns add cable &&
		ip link add plug0 type veth peer name socket0 netns cable &&
		sysctl -q net.ipv6.conf.plug0.disable_ipv6=1 &&
		ip link set plug0 up &&
		ip -n cable link set socket0 up &&
		ip -n cable addr add 10.90.0.2/24 dev socket0 &&
		ip -n cable link add link socket0 name v5 type vlan id 5 &&
		ip -n cable link set v5 up &&
		ip -n cable addr add 10.91.0.2/24 dev v5 &&
		ip -n cable neigh add 10.91.0.1 dev v5 \
			lladdr "$(cat /sys/class/net/plug0/address)" &&
		nsctl link add plug0 type port &&
		nsctl addr add 10.90.0.1/24 dev plug0 noprobe &&
		await cable ping -q -c 1 -W 1 10.90.0.1
}
cable() { ip netns exec cable "$@"; }
port() {
	plug && begin -i plug0 'icmp or (vlan and icmp)' &&
		cable ping -q -c 3 -i 0.2 -W 5 10.90.0.1 &&
		refused cable ping -q -c 1 -W 1 10.91.0.1 && end &&
		has 7 'icmp or (vlan and icmp)' &&
		[ "$(counted -e vlan 5 and icmp)" = 1 ]
}

# A stack's captures see nothing of another's.
another_stack() {
	NETNS=far
	begin icmp && ping_stack 127.0.0.1 && end && has 0
}

# Octets that tcpdump finds in the first frame are those that were asked for.
cut_short() {
	begin -s 64 -i netstack0 -c 1 "icmp[0] == 8" &&
		ping -q -c 1 -W 5 -s 1000 $STACK && await summed_up &&
		has 1 && frames -xx | awk '/0x/ { for (i = 2; i <= NF; i++)
			octets += length($i) / 2 }
			END { exit octets != 64 }' &&
		[ $(($(stat -c %s $FILE) < 1000)) -eq 1 ]
}

# The reader sleeps: what has no room is counted, and the stack goes on.
loses_and_tells() {
	local dropped
	begin -B 1 -i netstack0 icmp || return 1
	kill -STOP "$(cat /tmp/pid)"
	ping -q -c 20 -i 0.01 -W 5 -s 1400 $STACK | grep -q ' 0% packet loss' ||
		return 1
	kill -CONT "$(cat /tmp/pid)"
	end || return 1
	dropped=$(sed -n 's/.* \([0-9]*\) dropped by kernel/\1/p' /tmp/summary)
	[ "$dropped" -gt 0 ] && grep -q '40 received by filter' /tmp/summary
}

# Through a pipe it comes at once; the reader ends it.
into_tcpdump() {
	await no_captures || return 1
	(nsctl capture -w - icmp | tcpdump -Z root -n -c 2 -r - >/tmp/piped) \
		>/dev/null 2>&1 &
	await one_capture && ping -q -c 2 -i 0.2 -W 5 $STACK &&
		await piped || return 1
	# Its next write is its end.
	await ended_by_pipe
}
piped() { [ "$(grep -c ICMP /tmp/piped)" -eq 2 ]; }
ended_by_pipe() {
	ping -q -c 1 -W 5 $STACK
	no_captures
}

as_text() {
	await no_captures || return 1
	rm -f /tmp/text /tmp/summary
	nsctl capture -c 4 -i netstack0 icmp >/tmp/text 2>/tmp/summary &
	await one_capture && ping -q -c 2 -i 0.2 -W 5 -s 100 $STACK &&
		await summed_up || return 1
	[ "$(grep -c . /tmp/text)" -eq 4 ] &&
		grep -qE "^[0-9:]{8}\.[0-9]{9} netstack0 In IP $HOST > $STACK: ICMP echo request length 108$" \
			/tmp/text &&
		grep -qE " netstack0 Out IP $STACK > $HOST: ICMP echo reply length 108$" \
			/tmp/text || { cat /tmp/text; return 1; }
}

# says STATUS PATTERN WORDS...: refused in one line, and the file is as it was
says() {
	local status=$1 pattern=$2
	shift 2
	echo 'precious' >$FILE
	expect "$status" "$@" >/tmp/out 2>&1
	[ "$(grep -c . /tmp/out)" -eq 1 ] && grep -q "^nsctl: .*$pattern" /tmp/out &&
		[ "$(cat $FILE)" = precious ] || { cat /tmp/out; return 1; }
}

unprivileged() { setpriv --reuid 65534 --clear-groups "$@"; }

no_more_than() {
	local status
	sysctl -q net.netstack.capture_max=0
	says 2 'capture_max.*ENOBUFS' nsctl capture -w $FILE
	status=$?
	sysctl -q net.netstack.capture_max=16
	return $status
}

link_goes() {
	nsctl link del near0 && await summed_up &&
		grep -q 'link near0 is gone (ENETDOWN)' /tmp/summary &&
		frames | grep -q 'echo request'
}

both_ends || exit 1
ip netns add far
nsctl link add near0 type pipe peer far0 netns far
nsctl addr add 10.89.0.1/24 dev near0 noprobe
nsctl -n far addr add $FAR/24 dev far0 noprobe
sysctl -q net.netstack.ping_group_range='0 0'
echo-server 127.0.0.1 7 &
echo-server $STACK 7 &
await listening 7
# Neighbours are known from here on.
ping -q -c 1 -W 5 $STACK >/dev/null
ping_stack $FAR >/dev/null

check 'TCP on lo' tcp_on_lo
check 'icmp6 on all links' icmp6_of_all_links
check 'a ping of the host' ping_of_the_host
check 'one direction' one_direction
check 'sums of TCP without offload' sums_of_tcp
check 'both ends of a pipe' pipe
check 'a port' port
check 'another stack' another_stack
check 'cut short' cut_short
check 'loses and tells' loses_and_tells
check 'into tcpdump' into_tcpdump
check 'as text' as_text
check 'a wrong expression' says 1 "'tcp and ('.*syntax error" \
	nsctl capture -w $FILE 'tcp and ('
check 'a wrong name' says 1 "'frob'" nsctl capture -w $FILE ether host frob
check 'a wrong option' says 1 "no option '-x'" nsctl capture -x -w $FILE
check 'a count of nothing' says 1 count nsctl capture -c 0 -w $FILE
check 'no such link' says 1 "no link 'frob0'" nsctl capture -i frob0 -w $FILE
check 'no JSON' says 1 JSON nsctl -j capture -w $FILE
check 'no privilege' says 2 'CAP_NET_RAW.*EPERM' unprivileged nsctl capture \
	-w $FILE
check 'no room for the file' eval \
	"expect 2 nsctl capture -w /nowhere/file 2>&1 | grep -q ENOENT"
check 'no more than capture_max' no_more_than
check 'a capture to be ended' eval 'begin -i near0 icmp && ping_stack $FAR'
check 'the link goes' link_goes
check 'nothing is left' await no_captures
finish
