#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Impairments of links: what nsctl says and refuses, and what happens to
# packets. Where time is virtual, times are exact.
#
# guest: uml-time timeout=180 programs=curl,jq,ping,setpriv
# shellcheck disable=SC2086,SC2046,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

# What is set, without the counters: a packet may pass at any time.
settings() { nsctl impair | grep -v '^ '; }

# wrong STATUS PATTERN WORDS...: status, one line on standard error, nothing
# on standard output, nothing changed
wrong() {
	local wanted=$1 pattern=$2 status
	shift 2
	nsctl "$@" >/tmp/out 2>/tmp/err
	status=$?
	[ $status -eq "$wanted" ] || { echo "status $status"; cat /tmp/err; return 1; }
	[ ! -s /tmp/out ] || { echo "printed:"; cat /tmp/out; return 1; }
	[ "$(wc -l </tmp/err)" = 1 ] || { echo "not one line:"; cat /tmp/err; return 1; }
	grep -q "^nsctl: .*$pattern" /tmp/err || { cat /tmp/err; return 1; }
	[ "$(settings)" = "$before" ] || { echo "changed:"; nsctl impair; return 1; }
}

set_impair() { nsctl impair set netstack0 "$@"; }

# The same, and nothing in the other direction.
only() { nsctl impair del netstack0 2>/dev/null; set_impair "$@"; }

# of KEY [DIRECTION [LINK]]: a number of the impairment
of() {
	nsctl -j impair show "${3-netstack0}" | jq ".[] | select(.direction ==
		\"${2-tx}\") | .$1"
}

# rtt MIN MAX: all of five round trips are within, in ms
rtt() {
	ping -c 5 -i 0.3 -W 5 "${3-$STACK}" >/tmp/ping || { cat /tmp/ping; return 1; }
	sed -n 's/.*time=\([0-9.]*\) ms/\1/p' /tmp/ping |
		awk -v min="$1" -v max="$2" '
			$1 < min || $1 > max { print "round trip " $1; bad = 1 }
			END { exit bad || NR != 5 }'
}

# received COUNT [ARGUMENTS]: so many of twenty pings are answered
received() {
	local wanted=$1
	shift
	ping -q -c 20 -i 0.02 -W 1 "$@" $STACK >/tmp/ping
	grep -q " $wanted received" /tmp/ping || { cat /tmp/ping; return 1; }
}

is_shown() {
	local words='loss 5% delay 10ms jitter 1.5ms distribution normal unordered reorder 25% gap 3 duplicate 1% corrupt 0.01% rate 10mbit limit 50 bytelimit 100000 seed 77'
	set_impair tx $words || return 1
	[ "$(nsctl impair show netstack0 | head -n 1)" = "netstack0 tx $words" ] ||
		{ nsctl impair; return 1; }
	# What is shown can be said.
	set_impair tx $(nsctl impair | sed -n '1s/[^ ]* [^ ]* //p') &&
		[ "$(of loss_ppm)" = 50000 ] && [ "$(of delay_ns)" = 10000000 ] &&
		[ "$(of jitter_ns)" = 1500000 ] && [ "$(of gap)" = 3 ] &&
		[ "$(of corrupt_ppm)" = 100 ] && [ "$(of seed)" = 77 ] &&
		[ "$(of rate_bit)" = 10000000 ] && [ "$(of limit_bytes)" = 100000 ] &&
		[ "$(of unordered)" = true ] && [ -z "$(of seed rx)" ]
}

# A mean length and a share, or the four shares of Gilbert and Elliott.
bursts() {
	set_impair loss 20% burst 4 &&
		[ "$(of burst_begin_ppm)" = 62500 ] &&
		[ "$(of burst_end_ppm)" = 250000 ] &&
		[ "$(of burst_loss_ppm)" = 1000000 ] && [ "$(of loss_ppm)" = 0 ] &&
		set_impair gemodel 1% 10% 50% 0.1% &&
		[ "$(of burst_begin_ppm)" = 10000 ] &&
		[ "$(of burst_end_ppm)" = 100000 ] &&
		[ "$(of burst_loss_ppm)" = 500000 ] && [ "$(of loss_ppm)" = 1000 ] &&
		set_impair gemodel 1% 10% &&
		[ "$(of burst_loss_ppm)" = 1000000 ]
}

both_directions_and_one() {
	set_impair delay 1ms && [ "$(of delay_ns)" = 1000000 ] &&
		[ "$(of delay_ns rx)" = 1000000 ] &&
		[ "$(of seed)" = "$(of seed rx)" ] &&
		nsctl impair del netstack0 rx && [ -z "$(of seed rx)" ] &&
		[ -n "$(of seed tx)" ] && nsctl impair del netstack0 &&
		[ -z "$(nsctl impair)" ] &&
		set_impair rx delay 1ms && [ -z "$(of seed tx)" ]
}

monitored() {
	nsctl monitor impair >/tmp/events 2>/tmp/monitor.err &
	local monitor=$! status
	usleep 500000
	set_impair tx loss 3% seed 5 &&
		await grep -q '^impair netstack0 tx loss 3% seed 5' /tmp/events &&
		nsctl impair del netstack0 tx &&
		await grep -q '^deleted impair netstack0 tx' /tmp/events
	status=$?
	kill $monitor
	wait $monitor 2>/dev/null
	[ $status = 0 ] || cat /tmp/events
	return $status
}

unprivileged() {
	setpriv --reuid 1000 --clear-groups nsctl impair set netstack0 loss 1% 2>&1 |
		grep -q EPERM && setpriv --reuid 1000 --clear-groups nsctl impair
}

# fates SEED: which of 40 pings are answered
fates() {
	only tx loss 40% seed $1 &&
		ping -c 40 -i 0.01 -W 1 $STACK |
		sed -n 's/.*icmp_seq=\([0-9]*\).*/\1/p'
}

replayed() {
	local one two other
	one=$(fates 11) && two=$(fates 11) && other=$(fates 12) &&
		[ -n "$one" ] && [ "$one" = "$two" ] && [ "$one" != "$other" ] ||
		{ echo $one - $two - $other; return 1; }
}

# Damage is for the receiver to see: nothing is answered wrongly.
corrupted() {
	local before after
	only rx corrupt 100% || return 1
	before=$(of corrupted rx)
	received 0 && after=$(of corrupted rx) && [ $((after - before)) = 20 ] &&
		[ $(($(counter Drop IcmpChecksum) + $(counter Drop IpChecksum))) -gt 5 ]
}

duplicated() {
	# ping leaves with the fifth reply, before the copy of that.
	only tx duplicate 100% &&
		ping -c 5 -i 0.1 -W 1 $STACK >/tmp/ping
	grep -q '+4 duplicates' /tmp/ping || { cat /tmp/ping; return 1; }
}

# Each third reply skips the delay, and comes before the two ahead of it.
reordered() {
	only tx delay 500ms reorder 100% gap 3 &&
		ping -c 6 -i 0.2 -W 3 $STACK >/tmp/ping
	sed -n 's/.*icmp_seq=\([0-9]*\).*/\1/p' /tmp/ping | awk '
		{ at[$1] = NR }
		END { exit NR != 6 || at[3] > at[1] || at[6] > at[4] ||
			at[1] > at[2] || at[2] > at[4] || at[4] > at[5] }' ||
		{ cat /tmp/ping; return 1; }
}

# download MIN MAX: seconds that 100,000 bytes take
download() {
	local from to
	read -r from _ </proc/uptime
	curl -s -m 60 http://$STACK/data >/tmp/data || return 1
	read -r to _ </proc/uptime
	cmp /tmp/data /srv/data || return 1
	awk -v from="$from" -v to="$to" -v min="$1" -v max="$2" 'BEGIN {
		print to - from " s"
		exit to - from < min || to - from > max }'
}

drained() { [ "$(of queued)" = 0 ]; }

# The sender sees nothing, the queue drops at its tail, all arrives.
overflows() {
	only tx rate 1mbit limit 5 && download 0.8 20 &&
		[ "$(of overflowed)" -gt 0 ] && await drained
}

# Segments, not super-packets, are what is lost and counted.
cut() {
	only tx loss 0% && download 0 10 && [ "$(of passed)" -ge 69 ]
}

# 1000 packets of 100 bytes, held for a while; the stack's limit says how many.
limited() {
	only rx delay 20s &&
		sysctl -qw net.netstack.impair_packets_max=30 || return 1
	ping -q -c 50 -i 0.01 -W 1 $STACK >/tmp/ping
	[ "$(used impaired-packets)" = 30 ] && [ "$(of queued rx)" = 30 ] &&
		[ "$(of overflowed rx)" = 20 ] || { nsctl impair; nsctl info; return 1; }
	nsctl link set netstack0 down && [ "$(used impaired-packets)" = 0 ] &&
		[ "$(used impaired-bytes)" = 0 ] && [ "$(of queued rx)" = 0 ] &&
		nsctl link set netstack0 up &&
		sysctl -qw net.netstack.impair_packets_max=65536
}

# What is held when the device or the namespace goes.
leaves() {
	ip link add gone type netstack && ip link set gone up &&
		ip addr add 10.78.0.1/24 dev gone &&
		nsctl addr add 10.78.0.2/24 dev gone noprobe &&
		nsctl impair set gone delay 60s || return 1
	ping -q -c 5 -i 0.01 -W 1 10.78.0.2 >/dev/null
	[ "$(used impaired-packets)" -gt 0 ] && ip link del gone &&
		[ "$(used impaired-packets)" = 0 ] || return 1
	ip netns add dying && ip -n dying link add inner type netstack &&
		ip -n dying link set inner up &&
		ip -n dying addr add 10.78.0.1/24 dev inner &&
		nsctl -n dying addr add 10.78.0.2/24 dev inner noprobe &&
		nsctl -n dying impair set inner delay 60s duplicate 100% || return 1
	ip netns exec dying ping -q -c 5 -i 0.01 -W 1 10.78.0.2 >/dev/null
	ip netns del dying
}

loopback() {
	nsctl impair set lo tx delay 50ms &&
		echo-client 127.0.0.1 7 hello | grep -qx hello &&
		[ "$(of passed tx lo)" -ge 5 ] && nsctl impair del lo
}

mkdir -p /srv
head -c 100000 /dev/zero | tr '\0' x >/srv/data
both_ends
http-server $STACK 80 /srv &
echo-server 127.0.0.1 7 &
await listening 80
await listening 7
ping -q -c 1 -W 2 $STACK >/dev/null

# Virtual time passes while programs sleep, and only then.
exact=2
slow=20
if grep -q time-travel /proc/cmdline; then
	exact=0.001 slow=0.001
fi

before=
check 'nothing is impaired at first' test -z "$(nsctl impair)"
check 'nothing to delete' wrong 2 'not impaired (ENOENT)' impair del netstack0
check 'no link named' wrong 1 'needs a link' impair set
check 'no such link' wrong 1 "no link 'nope'" impair set nope loss 1%
check 'nothing to set' wrong 1 'nothing to set' impair set netstack0 tx
check 'unknown word' wrong 1 "no word 'frob'" impair set netstack0 frob
check 'no value' wrong 1 "'loss' needs a value" impair set netstack0 loss
check 'a share above all' wrong 1 "loss '101%' is not" impair set netstack0 loss 101%
check 'a share too fine' wrong 1 "loss '0.00001%'" impair set netstack0 loss 0.00001%
check 'a time without unit' wrong 1 "delay '10' is not" impair set netstack0 delay 10
check 'a time too long' wrong 1 'from 0ns to 3600s' impair set netstack0 delay 3601s
check 'a rate too low' wrong 1 'from 1kbit to 1tbit' impair set netstack0 rate 999bit
check 'a limit of none' wrong 1 "limit '0'" impair set netstack0 rate 1mbit limit 0
check 'said twice' wrong 1 'said before' impair set netstack0 loss 1% loss 2%
check 'a burst without loss' wrong 1 'burst needs a loss' impair set netstack0 burst 3
check 'bursts too short' wrong 1 'too short' impair set netstack0 loss 90% burst 2
check 'a word too many' wrong 1 'too many' impair del netstack0 tx rx
before='' && only tx delay 7ms seed 3 && before=$(settings)
check 'jitter above the delay' wrong 2 'larger than the delay.*EINVAL' \
	impair set netstack0 delay 1ms jitter 2ms
check 'unordered without jitter' wrong 2 'give a jitter (EINVAL)' \
	impair set netstack0 delay 1ms unordered
check 'a distribution without jitter' wrong 2 'give a jitter (EINVAL)' \
	impair set netstack0 delay 1ms distribution normal
check 'reordering without delay' wrong 2 'give a delay (EINVAL)' \
	impair set netstack0 reorder 5%
check 'a gap without reordering' wrong 2 'give their share (EINVAL)' \
	impair set netstack0 delay 1ms gap 5
check 'a limit without rate' wrong 2 'give a rate (EINVAL)' \
	impair set netstack0 delay 1ms limit 5
check 'half a burst' wrong 2 'begin, end and lose (EINVAL)' \
	impair set netstack0 gemodel 1% 0%
check 'a change needs CAP_NET_ADMIN, a look does not' unprivileged
check 'what is set is shown' is_shown
check 'bursts' bursts
check 'both directions, or one' both_directions_and_one
check 'monitor' monitored
nsctl impair del netstack0 2>/dev/null

only delay 100ms
check 'a delay each way' rtt 200 $(awk "BEGIN { print 200 + $slow }")
only tx delay 100ms
check 'a delay one way' rtt 100 $(awk "BEGIN { print 100 + $slow }")
only tx delay 50ms jitter 20ms
check 'a delay with jitter' rtt 30 $(awk "BEGIN { print 70 + $slow }")
only loss 100%
check 'all is lost' received 0
only tx loss 0%
check 'none is lost' received 20
check 'the same seed, the same losses' replayed
check 'duplicates' duplicated
check 'damage is seen' corrupted
check 'reordering' reordered
only tx rate 1mbit
# 100,000 bytes of data with headers of 66 bytes for each 1448.
check 'a rate takes its time' download 0.82 $(awk "BEGIN { print 0.9 + $exact }")
check 'a queue that is full drops' overflows
check 'super-packets are cut' cut
check 'the limit of the stack' limited
check 'lo' loopback
check 'the link or the namespace goes' leaves
nsctl impair del netstack0 2>/dev/null
check 'and all is as before' received 20
finish
