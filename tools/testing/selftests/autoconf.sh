#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# IPv6 with the host as neighbour and as router: link-local addresses, an
# advertised prefix, default route, MTU, name servers.
#
# guest: stock timeout=240 programs=ping,jq,sysctl
# shellcheck disable=SC2317,SC2086 # called by name; constants
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

PREFIX=2001:db8:77:1

link_local() {
	nsctl -6 -j addr show netstack0 | jq -re \
		'.[] | select(.scope == "link" and (.tentative | not)) | .address'
}

# An address of the prefix that is ready for use.
advertised() {
	nsctl -6 -j addr show netstack0 | jq -re --arg p "$PREFIX:" \
		'.[] | select((.address | startswith($p)) and (.tentative | not)) | .address'
}

host_ready() {
	ip -6 addr show dev netstack0 scope link -tentative | grep -q fe80
}

up() {
	sysctl -qw net.ipv6.conf.netstack0.accept_dad=0 &&
		ip link set netstack0 up && await host_ready &&
		await link_local
}

ping_link_local() {
	ping -6 -q -c 3 -i 0.2 -W 3 "$(link_local)%netstack0"
}

host_is_neighbour() {
	local host
	host=$(ip -6 -o addr show dev netstack0 scope link |
		awk '{ sub("/.*", "", $4); print $4 }')
	nsctl -6 neigh show netstack0 | grep -q "^$host "
}

advertise() {
	./router netstack0 1800 prefix $PREFIX:: 7200 3600 "$@"
}

configured() {
	local address
	advertise mtu 1400 && await advertised || return 1
	address=$(advertised) &&
		ip -6 addr add $PREFIX::1/64 dev netstack0 nodad &&
		ping -6 -q -c 3 -i 0.2 -W 3 "$address" &&
		ping -6 -q -c 1 -W 3 -s 4000 "$address"
}

default_route() {
	nsctl -6 route show | grep -q '^default inet6 via fe80:.* proto ra' ||
		{ nsctl -6 route show; return 1; }
	nsctl -6 route get 2001:db8:99::1 | grep -q 'mtu 1400' ||
		{ nsctl -6 route get 2001:db8:99::1; return 1; }
}

told() {
	nsctl monitor router >/tmp/told &
	sleep 0.5
	advertise rdnss $PREFIX::53 600 dnssl lab.example 300
	await grep -q dnssl /tmp/told
	kill %%
	grep -q "rdnss $PREFIX::53 lifetime 600 via fe80:.* dev netstack0" \
		/tmp/told && grep -q 'dnssl lab.example lifetime 300' /tmp/told ||
		{ cat /tmp/told; return 1; }
}

solicits() {
	local before
	before=$(counter Icmp6 OutRouterSolicits)
	nsctl link set netstack0 down && nsctl link set netstack0 up &&
		await link_local || return 1
	refused advertised || return 1
	more() {
		[ "$(counter Icmp6 OutRouterSolicits)" -gt "$before" ]
	}
	await more
}

duplicate() {
	local taken=$PREFIX::abcd
	ip -6 addr add $taken/64 dev netstack0 nodad &&
		nsctl addr add $taken/64 dev netstack0 || return 1
	is_duplicate() {
		nsctl -6 addr show netstack0 | grep "$taken" |
			grep -q duplicate
	}
	await is_duplicate
}

disabled() {
	sysctl -qw net.netstack.disable_ipv6=1
	json '[.[] | select(.family == "inet6")] | length == 0' addr ||
		return 1
	sysctl -qw net.netstack.disable_ipv6=0
	await link_local && nsctl -6 addr | grep -q '::1/128.*dev lo'
}

check 'link-local addresses at both ends' up
check 'the host pings the link-local address' ping_link_local
check 'the host is a neighbour' host_is_neighbour
check 'an advertised prefix makes an address' configured
check 'the host is the default router, with its MTU' default_route
check 'name servers and domains are told' told
check 'a link that comes up asks for routers' solicits
check 'a duplicate is found' duplicate
check 'disable_ipv6 takes all addresses away and gives them back' disabled
finish
