#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What arrives over one path, in virtual time: the stack against the host's
# TCP with the same losses, reordering without loss, and two flows at one
# bottleneck. bottleneck.c makes the path. The table of Documentation/tcp.rst is
# in what this prints: selftests-run -v throughput
#
# guest: uml-time timeout=300
# shellcheck disable=SC2317 # called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh
# shellcheck source=tools/testing/selftests/path.sh
. ./path.sh

# flows OPTION... FLOW...: "KBIT SEGMENTS RETRANSMITTED", a line for a flow
flows() { bottleneck "$@" | awk '$1 == "flow" { print $4, $5, $6 }'; }

# goodput FLOW OPTION...: kbit/s over four seeds
goodput() {
	local flow=$1 seed
	shift
	for seed in 1 2 3 4; do
		flows "$@" -s "$seed" "$flow"
	done | awk '{ sum += $1 } END { if (NR != 4) exit 1; print int(sum / 4) }'
}

# at_least SHARE CONTROLLER OPTION...: of the host's goodput, in per cent
at_least() {
	local share=$1 controller=$2 host ours
	shift 2
	host=$(goodput "host-host:$controller" "$@") || return 1
	ours=$(goodput "ours-ours:$controller" "$@") || return 1
	echo "# $controller $*: ours $ours kbit/s, host $host kbit/s" >&3
	[ $((ours * 100)) -ge $((host * share)) ]
}

# One cell of the table: within what is stated of the host's.
cell() {
	local rate=$1 rtt=$2 loss=$3 host ours
	local words=(-r "$rate" -d "$rtt" -l "$loss" -t 15)
	read -r host _ <<<"$(flows "${words[@]}" host-host:cubic)"
	read -r ours _ <<<"$(flows "${words[@]}" ours-ours:cubic)"
	printf '# %6d kbit/s %4d ms %3d.%02d%% %6d %6d\n' "$rate" "$rtt" \
		$((loss / 100)) $((loss % 100)) "$ours" "$host" >&3
	[ "$host" -gt 0 ] && [ $((ours * 100)) -ge $((host * 80)) ]
}

# works FLOW: it fills most of a clean path
works() {
	local kbit
	read -r kbit _ <<<"$(flows -t 5 "$1")"
	[ "$kbit" -ge 8000 ] || { echo "$kbit kbit/s of 10000"; return 1; }
}

# No queue that overflows: what is sent again was not lost.
spurious() {
	local segments again
	read -r _ segments again \
		<<<"$(flows -o 300 -q 100000000 -t 10 "ours-ours:$1")"
	echo "# $1: $again of $segments segments were sent again" >&3
	[ "$segments" -gt 1000 ] && [ $((again * 100)) -le "$segments" ]
}

# black_hole PROBING: a path of 1200 octets that tells nobody; prints kbit/s.
black_hole() {
	local probing=/proc/sys/net/netstack/tcp_mtu_probing kbit
	ip netns exec box-a sh -c "echo $1 >$probing" &&
		read -r kbit _ <<<"$(flows -m 1200 -t 30 ours-ours:cubic)" &&
		ip netns exec box-a sh -c "echo 0 >$probing" &&
		echo "# black hole, tcp_mtu_probing $1: $kbit kbit/s" >&3 &&
		echo "$kbit"
}
holds() { [ "$(black_hole 0)" -eq 0 ]; }
escapes() { [ "$(black_hole "$1")" -ge "$2" ]; }

# jain SHARE FLOW FLOW: index of fairness, in per cent
jain() {
	flows -r 5000 -t 60 -w 20 "$2" "$3@1000" | awk -v share="$1" '
		{ sum += $1; squares += $1 * $1; said = said " " $1 }
		END {
			if (NR != 2 || !squares)
				exit 1
			index_ = 100 * sum * sum / (NR * squares)
			printf "#%s kbit/s: %.1f%%\n", said, index_ >"/dev/fd/3"
			exit index_ < share
		}'
}

exec 3>&1
path_up || exit 1
for flow in host-host ours-ours ours-host host-ours; do
	check "$flow fills a path" works $flow:cubic
done
check 'cubic: no less than the host with one per cent lost' \
	at_least 100 cubic -r 20000 -d 50 -l 100 -t 30
check 'reno: near the host with one per cent lost' \
	at_least 98 reno -r 20000 -d 50 -l 100 -t 30
check 'cubic: few are sent again for reordering' spurious cubic
check 'reno: few are sent again for reordering' spurious reno
check 'a black hole is one without probes' holds
check 'a suspected black hole is left' escapes 1 2000
check 'always probing, a black hole is none' escapes 2 8000
check 'two flows share' jain 95 ours-ours:cubic ours-ours:cubic
check 'a flow of the host shares' jain 75 ours-ours:cubic host-host:cubic
for rate in 1000 10000; do
	for rtt in 10 50 200; do
		for loss in 0 100; do
			check "cubic: $rate kbit/s $rtt ms loss $loss" \
				cell $rate $rtt $loss
		done
	done
done
finish
