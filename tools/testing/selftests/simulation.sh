#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Transfers over impaired links in virtual time: the stack with itself over lo,
# and with the host's TCP in both roles, up to three connections on a link.
# simulate.c tells what a run is.
#
#	"box": the stack 10.9.0.2 == eth0 == 10.9.0.1 the host's TCP: "far"
#
#	simulation.sh [-n RUNS] [-s SEED] [-v]
#
# guest: uml-time memory=1024 timeout=600
ip netns add box && ip netns add far &&
	ip -n box link add eth0 type netstack &&
	ip -n box link set eth0 netns far &&
	ip -n far link set eth0 up &&
	ip -n far addr add 10.9.0.1/24 dev eth0 &&
	nsctl -n box addr add 10.9.0.2/24 dev eth0 noprobe || exit 1
# A packet of the host is what the wire carries.
ip netns exec far ethtool -K eth0 tso off gso off gro off >/dev/null 2>&1
exec simulate "$@"
