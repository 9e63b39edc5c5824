#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Checksum and segmentation offload of netstack0, switched in every
# combination: whatever is off is done in software, and nothing is lost.
#
# guest: stock timeout=240 programs=curl,ethtool,sha256sum,socat
# shellcheck disable=SC2086,SC2012,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

mkdir -p /srv
dd if=/dev/urandom of=/srv/data bs=64k count=16 status=none
sum=$(sha256sum </srv/data)

# feature NAME...: what each is
feature() {
	ethtool -k netstack0 | awk -v names="$*" '
	{ value[$1] = $2 }
	END {
		count = split(names, name, " ")
		for (i = 1; i <= count; i++)
			printf "%s%s", value[name[i] ":"], i < count ? " " : "\n"
	}'
}

# Both ways over TCP, and datagrams that are cut.
transfer() {
	[ "$(curl -s --max-time 20 http://$STACK/data | sha256sum)" = "$sum" ] ||
		{ echo "from the stack: not the same"; return 1; }
	[ "$(http-client $HOST 8080 /data | sha256sum)" = "$sum" ] ||
		{ echo "to the stack: not the same"; return 1; }
	udp_echo 3000 || { echo "UDP: not the same"; return 1; }
}

combination() {
	ethtool -K netstack0 tx "$1" sg "$2" tso "$3" rx "$4" rx-gro-hw "$5" \
		>/dev/null 2>&1
	[ "$(feature tx-checksumming rx-checksumming)" = "$1 $4" ] || return 1
	transfer
}

# The stack's end says what it may hand over.
stack_features() {
	nsctl link show netstack0 | grep 'features'
}

check 'both ends get an address' both_ends
http-server $STACK 80 /srv &
echo-server -u $STACK 7 &
httpd -f -p $HOST:8080 -h /srv &
check 'the servers come up' eval \
	"await listening 80 && await bound 7 && await curl -s http://$HOST:8080/"
check 'super-packets are on at first' eval \
	'[ "$(feature tcp-segmentation-offload)" = on ]'
for tx in on off; do
	for sg in on off; do
		for tso in on off; do
			for rx in on off; do
				for gro in on off; do
					check "tx $tx sg $sg tso $tso rx $rx rx-gro-hw $gro" \
						combination $tx $sg $tso $rx $gro
				done
			done
		done
	done
done
ethtool -K netstack0 tx on sg on tso on rx off >/dev/null 2>&1
check 'without rx checksum the stack sums by itself' eval \
	'! stack_features | grep -q checksum'
ethtool -K netstack0 rx on rx-gro-hw on >/dev/null 2>&1
check 'everything on again' eval 'stack_features | grep -q tcp-segmentation'
check 'no checksum was wrong' eval \
	'[ "$(counter Tcp InCsumErrors)$(counter Udp InCsumErrors)" = 00 ]'
finish
