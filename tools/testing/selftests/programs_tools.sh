#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tools that look at a network, one with a ring of io_uring, and a program of Go
# without libc, under nsctl exec, as programs.sh has servers.
#
#	host stack 10.77.0.1 == netstack0 == netstack 10.77.0.2
#
# guest: stock cpus=2 memory=2048 timeout=600 packages=nmap,traceroute,qemu-utils,dnsmasq-base,bind9-dnsutils,curl make=go_server
# shellcheck disable=SC2317,SC2016 # called by name; expanded elsewhere
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

mkdir -p /srv
echo 'a page' >/srv/index.html

x() {
	timeout 200 nsctl exec -- "$@"
}

# Of three ports one is open, on the stack and on the host.
nmap_scans() {
	local server outside address status=1
	nsctl exec -- httpd -f -p 80 -h /srv &
	server=$!
	httpd -f -p "$HOST:80" -h /srv &
	outside=$!
	await listening 80 && await curl -s "http://$HOST/" &&
		for address in 127.0.0.1 "$STACK" "$HOST"; do
			x nmap -sT -Pn -n -p 79-81 -oG - "$address" \
				>/tmp/scan 2>&1 &&
				grep -q ' 79/closed/.* 80/open/.* 81/closed/' \
					/tmp/scan || break
			[ "$address" != "$HOST" ] || status=0
		done
	[ "$status" -eq 0 ] || cat /tmp/scan
	kill "$server" "$outside"
	wait "$server" "$outside" 2>/dev/null
	return "$status"
}

# hops COMMAND...: the only line of hops is one of who was asked
hops() {
	"$@" >/tmp/hops 2>&1 && [ "$(grep -c ' ms' /tmp/hops)" -eq 1 ] &&
		grep -q "^ *1 *${*: -1} .* ms" /tmp/hops ||
		{ cat /tmp/hops; return 1; }
}

traceroute_finds() {
	hops x traceroute.db -n "$HOST" && hops x traceroute.db -n 127.0.0.1 &&
		hops x traceroute.db -n -6 ::1 &&
		hops x traceroute.db -n -T -p 81 "$HOST" &&
		hops x traceroute.db -n -I "$HOST"
}

dnsmasq_answers() {
	local server status
	nsctl exec -- dnsmasq --no-daemon --no-resolv --no-hosts --user=root \
		--listen-address=127.0.0.1 --bind-interfaces \
		--address=/web.test/10.1.2.3 >/tmp/server 2>&1 &
	server=$!
	await eval 'x dig +short +time=1 +tries=1 @127.0.0.1 web.test |
		grep 10.1.2.3' &&
		[ "$(x dig +short +tcp @127.0.0.1 web.test)" = 10.1.2.3 ]
	status=$?
	[ "$status" -eq 0 ] || cat /tmp/server
	kill "$server"
	wait "$server" 2>/dev/null
	return "$status"
}

go_serves() {
	local server status
	head -c 100000 /dev/urandom >/srv/data
	nsctl exec -- go_server /srv 8000 >/tmp/server 2>&1 &
	server=$!
	await grep -q ready /tmp/server &&
		x curl -sf http://127.0.0.1:8000/data | cmp - /srv/data &&
		curl -sf "http://$STACK:8000/data" | cmp - /srv/data
	status=$?
	[ "$status" -eq 0 ] || cat /tmp/server
	kill "$server"
	wait "$server" 2>/dev/null
	[ "$status" -eq 0 ] && version Go head -n 1 /tmp/server >/tmp/go_version
}

# It takes no other way when there is no ring.
rings_are_used() {
	x qemu-img create -q -f raw /tmp/image 4M &&
		x qemu-img bench -f raw -i io_uring -w -c 500 -d 16 \
			--pattern=90 /tmp/image >/tmp/bench &&
		x qemu-img bench -f raw -i io_uring -c 500 -d 16 /tmp/image \
			>>/tmp/bench &&
		[ "$(grep -c '^Run completed' /tmp/bench)" -eq 2 ] &&
		[ "$(head -c 1000 /tmp/image | tr -d Z | wc -c)" -eq 0 ]
}

version() {
	echo "# version $1 $("${@:2}" 2>&1 | grep -Eo '[0-9]+[.][0-9]+([.][0-9]+)?' |
		head -n 1)"
}
version nmap nmap -V
version traceroute traceroute.db -V
version dnsmasq dnsmasq -v
version qemu-img qemu-img -V

check 'the guest is ready' both_ends
check 'nmap: connect scan of lo, the link and the host' nmap_scans
check 'traceroute: by UDP, TCP and ICMP, IPv4 and IPv6' traceroute_finds
check 'dnsmasq: inside, dig by UDP and TCP' dnsmasq_answers
check 'qemu-img: 1000 requests by io_uring' rings_are_used
check 'Go: a static server, 300 requests, 100 at once' go_serves
cat /tmp/go_version
finish
