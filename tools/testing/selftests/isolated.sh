#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A kernel without TCP/IP (CONFIG_INET=n) gains one by loading the module.
#
# guest: uml,uml-new timeout=120
# shellcheck disable=SC2086,SC2012,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

mkdir -p /srv
seq 200000 >/srv/numbers

stream_whole() {
	http-client 127.0.0.1 80 /numbers | cmp - /srv/numbers
}

check 'the kernel has no TCP/IP' test ! -e /proc/net/tcp
echo-server 127.0.0.1 7 &
echo-server -u 127.0.0.1 7 &
http-server 127.0.0.1 80 /srv &
check 'sockets can be had' eval \
	'await listening 7 && await bound 7 && await listening 80'
check 'TCP' eval 'echo-client 127.0.0.1 7 hello | grep -qx hello'
check 'UDP' eval 'echo-client -u 127.0.0.1 7 hello | grep -qx hello'
check 'a page of a megabyte' stream_whole
check 'nobody there is told' eval \
	"echo-client 127.0.0.1 9 x 2>&1 | grep -q 'Connection refused'"
finish
