#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the system tests share: cases in KTAP, both ends of netstack0.
#
#	. ./lib.sh
#	check 'ping is answered' ping -c 1 -W 2 "$STACK"
#	finish
set -u

# What the callers use.
HOST=10.77.0.1
STACK=10.77.0.2
export HOST STACK

cases=0
failures=0

# check NAME COMMAND...: one case; what the command printed explains a failure
check() {
	local name=$1 said status
	shift
	cases=$((cases + 1))
	said=$("$@" 2>&1)
	status=$?
	if [ $status -eq 0 ]; then
		echo "ok $cases $name"
	else
		echo "not ok $cases $name"
		echo "# status $status: ${said//$'\n'/$'\n# '}"
		failures=$((failures + 1))
	fi
}

# The command must end with one status: expect 2 nsctl ...
expect() {
	local wanted=$1 status
	shift
	"$@"
	status=$?
	[ $status -eq "$wanted" ] || {
		echo "status $status instead of $wanted: $*"
		return 1
	}
}

# The command must fail: refused rmmod netstack
refused() {
	if "$@"; then
		echo "was not refused: $*"
		return 1
	fi
}

# Until a command succeeds, at most 20 s.
await() {
	local try
	for ((try = 0; try < 200; try++)); do
		if "$@" >/dev/null 2>&1; then
			return 0
		fi
		usleep 100000 2>/dev/null || sleep 0.1
	done
	echo "waited 20 s in vain for: $*"
	return 1
}

finish() {
	# A server's own death is no news.
	local job
	for job in $(jobs -p); do
		kill "$job" 2>/dev/null
		wait "$job" 2>/dev/null
	done
	echo "1..$cases"
	exit $((failures > 0))
}

# Both ends of netstack0 get their address.
both_ends() {
	ip link set netstack0 up &&
		ip addr add $HOST/24 dev netstack0 &&
		nsctl addr add $STACK/24 dev netstack0 noprobe
}

# udp_echo BYTES: a datagram of random digits comes back from port 7 of the
# stack. socat ends with the last byte of it, or when the time is over.
udp_echo() {
	[ -e /tmp/digits ] || head -c 40000 /dev/urandom |
		od -An -tx1 -v | tr -d ' \n' >/tmp/digits
	head -c "$1" /tmp/digits |
		socat -b 65536 -t 3 - "UDP:$STACK:7,readbytes=$1" |
		cmp - <(head -c "$1" /tmp/digits)
}

# json FILTER WORDS...: the output is JSON for which the filter holds
json() {
	local filter=$1
	shift
	nsctl -j "$@" >/tmp/json && jq -e "$filter" </tmp/json >/dev/null ||
		{ cat /tmp/json; return 1; }
}

# listening PORT: the stack has a TCP listener there
listening() {
	nsctl socket show tcp listening | grep -q ":$1 "
}

# bound PORT: the stack has a UDP socket there
bound() {
	nsctl socket show udp | grep -q ":$1 "
}

# counter GROUP NAME [NETNS]: value of one counter
counter() {
	nsctl ${3:+-n "$3"} stat show "$1" all |
		awk -v name="$1$2" '$1 == name { print $2 }'
}

# used NAME: how much of a limit is used
used() {
	nsctl info | awk -v name="$1" '$1 == name { print $2 }'
}
