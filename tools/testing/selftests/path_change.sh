#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Transfers over a path whose MTU changes while they run, in virtual time: the
# router says so, or longer packets vanish. When, and to what, is drawn from
# the seed. Every octet is compared (bottleneck.c).
#
#	path_change.sh [SEED]...	default: 1
#
# guest: uml-time timeout=300
# shellcheck disable=SC2086,SC2317 # no family is no word; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh
# shellcheck source=tools/testing/selftests/path.sh
. ./path.sh

RATE=3000	# kbit/s
TIME=20		# seconds

# draw LEAST SECONDS: $drawn is a change within the first SECONDS, to LEAST
# octets or up to 80 more. A subshell would have numbers of its own.
draw() {
	drawn=$((500 + RANDOM % ($2 * 1000 - 500))):$(($1 + RANDOM % 80))
}

# kbit OPTION... FLOW: what arrived
kbit() {
	ip -n a link set path mtu 1500 &&
		nsctl -n box-a route flush cache >/dev/null &&
		bottleneck -r $RATE -t $TIME "$@" |
		awk '$1 == "flow" { found = 1; print $4 } END { exit !found }'
}

probing() {
	ip netns exec box-a sh -c \
		"echo $1 >/proc/sys/net/netstack/tcp_mtu_probing"
}

# Of the rate at least so many per cent arrive: at_least SHARE OPTION... FLOW
at_least() {
	local share=$1 got
	shift
	got=$(kbit "$@") || return 1
	echo "# $*: $got kbit/s" >&3
	[ $((got * 100)) -ge $((RATE * share)) ]
}

# told FAMILY FLOW SEED: the router says each time what fits
told() {
	RANDOM=$3
	draw 1400 4
	at_least 85 $1 -c $drawn -c 5000:1420 -c 8000:1300 -c 12000:1500 "$2"
}

# vanish FAMILY FLOW SEED PROBING: a black hole opens in mid-transfer
vanish() {
	RANDOM=$3
	draw 1280 8
	probing "$4" && at_least 30 $1 -h $drawn "$2" && probing 0
}

# A router that speaks, and then one behind it that does not.
both() {
	RANDOM=$3
	draw 1400 3
	probing 1 && at_least 30 $1 -c $drawn \
		-h "5000:$((1280 + RANDOM % 80))" "$2" && probing 0
}

exec 3>&1
path_up && path6_up || exit 1
for seed in "${@:-1}"; do
	for family in '' -6; do
		for flow in ours-ours ours-host; do
			named="$flow${family:+ over IPv6}, seed $seed"
			check "told: $named" told "$family" $flow:cubic $seed
			check "a black hole opens, probing when suspected: $named" \
				vanish "$family" $flow:cubic $seed 1
			check "a black hole opens, probing always: $named" \
				vanish "$family" $flow:cubic $seed 2
			check "told, then a black hole: $named" \
				both "$family" $flow:cubic $seed
		done
	done
done
finish
