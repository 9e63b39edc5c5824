#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The two ends of a path that bottleneck.c makes, each with the host's TCP and
# one of our stacks behind it. What IPv6 says of itself, at times of its own,
# would take draws of the path's seed; for who needs no draws, path6_up adds it:
#
#	box-a 10.1.0.2 == a 10.0.0.1 == path == 10.0.0.2 b == 10.2.0.2 box-b
#	box-a  fd01::2 == a  fd00::1 == path ==  fd00::2 b ==  fd02::2 box-b
#
#	. ./path.sh && path_up && bottleneck ours-ours:cubic
#	path6_up && bottleneck -6 ours-ours:cubic

path_end() {
	local end=$1 net=$2 peer=$3
	local other=$((3 - net))
	ip netns add "$end" && ip netns add "box-$end" &&
		ip -n "box-$end" link add eth0 type netstack &&
		ip -n "box-$end" link set eth0 netns "$end" &&
		ip -n "$end" link set eth0 up &&
		ip -n "$end" addr add "10.$net.0.1/24" dev eth0 &&
		nsctl -n "box-$end" addr add "10.$net.0.2/24" dev eth0 noprobe &&
		nsctl -n "box-$end" route add default via "10.$net.0.1" &&
		ip netns exec "$end" sh -c '
			echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6' &&
		ip -n "$end" tuntap add dev path mode tun &&
		ip -n "$end" link set path up txqueuelen 10000 mtu 1500 &&
		ip -n "$end" addr add "10.0.0.$net/24" dev path &&
		ip -n "$end" route add "10.$other.0.0/24" via "$peer" &&
		ip netns exec "$end" sh -c '
			echo 1 >/proc/sys/net/ipv4/ip_forward
			echo 1 >/proc/sys/net/ipv4/tcp_no_metrics_save'
}

path_up() {
	path_end a 1 10.0.0.2 && path_end b 2 10.0.0.1
}

path6_end() {
	local end=$1 net=$2
	local other=$((3 - net))
	nsctl -n "box-$end" addr add "fd0$net::2/64" dev eth0 noprobe &&
		nsctl -n "box-$end" route add default via "fd0$net::1" &&
		ip netns exec "$end" sh -c '
			echo 0 >/proc/sys/net/ipv6/conf/path/disable_ipv6
			echo 1 >/proc/sys/net/ipv6/conf/all/forwarding' &&
		ip -n "$end" addr add "fd0$net::1/64" dev eth0 nodad &&
		ip -n "$end" addr add "fd00::$net/64" dev path nodad &&
		ip -n "$end" route add "fd0$other::/64" via "fd00::$other"
}

path6_up() {
	path6_end a 1 && path6_end b 2
}
