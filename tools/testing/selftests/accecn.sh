#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Accurate ECN (RFC 9768) with a host that has it, in virtual time: agreed on in
# both roles, every mark told by the receiver and counted by the sender, with
# and without the option and when packets are lost; and what is agreed on when
# one of both has less. bottleneck.c makes the path, sets the marks and compares
# every octet.
#
# guest: uml-new-time timeout=300
# shellcheck disable=SC2317 # called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh
# shellcheck source=tools/testing/selftests/path.sh
. ./path.sh

NONE=0
CLASSIC=1
ACCURATE=2

# set_both STACK NAME VALUE: of both ends
ours() { for_each box-a box-b netstack "$@"; }
host() { for_each a b ipv4 "$@"; }
for_each() {
	local netns
	for netns in "$1" "$2"; do
		ip netns exec "$netns" \
			sh -c "echo $5 >/proc/sys/net/$3/$4" || return 1
	done
}

# ecn OPTION... FLOW: what both ends say of marks, after the word and number
ecn() { bottleneck -e 15000 -t 20 "$@" | awk '$1 == "ecn" { print $3, $4, $5, $6, $7, $8 }'; }

# marked SHARE OPTION... FLOW: both ends are in AccECN mode, and the sender
# knows of SHARE per cent of the marks: those of the last round trip are not
# told yet.
marked() {
	local share=$1 one two told got told_octets got_octets
	shift
	read -r one two told got told_octets got_octets <<<"$(ecn "$@")"
	echo "# $*: $told of $got segments, $told_octets of $got_octets octets" >&3
	echo "modes $one $two"
	[ "$one" -eq "$ACCURATE" ] && [ "$two" -eq "$ACCURATE" ] &&
		[ "$got" -ge 20 ] && [ "$told" -le "$got" ] &&
		[ $((told * 100)) -ge $((got * share)) ] &&
		[ "$told_octets" -le "$got_octets" ] || return 1
	# By the option, which tells octets, no less than by the field.
	[ "$option" -eq 0 ] ||
		[ $((told_octets * 100)) -ge $((got_octets * share)) ]
}

# agreed MODE FLOW OURS HOST: with these for tcp_ecn
agreed() {
	local one two
	ours tcp_ecn "$3" && host tcp_ecn "$4" || return 1
	read -r one two _ <<<"$(ecn -t 3 "$2")"
	echo "modes $one $two"
	[ "$one" -eq "$1" ] && [ "$two" -eq "$1" ]
}

exec 3>&1
path_up || exit 1
ours tcp_ecn 3 && host tcp_ecn 3 || exit 1
for option in 2 1 0; do
	ours tcp_ecn_option $option && host tcp_ecn_option $option || exit 1
	for flow in ours-host host-ours ours-ours; do
		check "$flow: marks are told, tcp_ecn_option $option" \
			marked 90 $flow:cubic
	done
done
option=2
ours tcp_ecn_option 2 && host tcp_ecn_option 2 || exit 1
# The host that is the server would look for it on the third ACK alone.
check 'host-ours: the option on a third ACK that is overtaken is found' \
	marked 90 -o 100 -s 1 host-ours:cubic
for flow in ours-host host-ours; do
	check "$flow: marks are told when packets are lost" \
		marked 90 -d 10 -e 6000 -l 50 $flow:cubic
	check "$flow: marks are told when packets are reordered" \
		marked 90 -o 100 -s 2 $flow:cubic
	check "$flow: marks are told to Reno" marked 90 $flow:reno
done
check 'asked for AccECN, the host has RFC 3168' \
	agreed $CLASSIC ours-host:cubic 3 1
check 'the host asks for AccECN of RFC 3168' \
	agreed $CLASSIC host-ours:cubic 1 3
check 'asked for RFC 3168, the host has AccECN' \
	agreed $CLASSIC ours-host:cubic 1 3
check 'the host asks for RFC 3168 of AccECN' \
	agreed $CLASSIC host-ours:cubic 3 1
check 'asked for AccECN, the host has no ECN' \
	agreed $NONE ours-host:cubic 3 0
check 'the host asks for AccECN without ECN' \
	agreed $NONE host-ours:cubic 0 3
finish
