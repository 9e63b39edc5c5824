#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the guest: run flows through a bottleneck and tell what their congestion
# windows did.
#
#	record.sh SEED <RUNS	a run is a line: NAME OPTION-OR-FLOW...
#
# Prints, microseconds from the beginning of the run:
#
#	run NAME
#	cwnd FLOW US CWND SSTHRESH SRTT_US	(the tracepoint, the stack's flows)
#	sample FLOW US CWND OCTETS_ACKED SRTT_US	(TCP_INFO, all flows)
set -u
cd /selftests || exit 1
# shellcheck source=tools/testing/selftests/path.sh
. ./path.sh
tracing=/sys/kernel/tracing

path_up || exit 1
[ -e $tracing/trace ] || mount -t tracefs tracefs $tracing || exit 1
echo mono >$tracing/trace_clock
echo 65536 >$tracing/buffer_size_kb
echo 1 >$tracing/events/netstack/netstack_tcp_cwnd/enable || exit 1
while read -r name words; do
	echo "run $name"
	echo >$tracing/trace
	# shellcheck disable=SC2086 # words
	bottleneck -s "$1" -i 50 $words >/tmp/samples || exit 1
	# The sender's end is the one whose peer has the flow's port.
	awk '
		FILENAME != last { last = FILENAME; file++ }
		file == 1 && $1 == "begin" { begin = $2 }
		file == 1 && $1 == "sample" {
			print "sample", $2, $3 * 1000, $4, $7, $6
		}
		file == 2 && match($0, /[0-9.]+: netstack_tcp_cwnd: /) {
			split(substr($0, RSTART), time, ":")
			for (i = 1; i <= NF; i++)
				if (split($i, pair, "=") == 2)
					value[pair[1]] = pair[2]
			if (value["rport"] >= 5000 && value["rport"] < 5008)
				printf "cwnd %d %.0f %d %s %d\n",
				       value["rport"] - 5000,
				       time[1] * 1000000 - begin, value["cwnd"],
				       value["ssthresh"], value["srtt"]
		}' /tmp/samples $tracing/trace
done
