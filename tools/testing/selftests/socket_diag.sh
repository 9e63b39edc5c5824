#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nsctl socket, and sock_diag behind it: which sockets are shown and what of
# them, filters, processes, timers; the end of a socket, who may end it, and
# what its owner and its peer hear.
#
# guest: stock cpus=1 timeout=300 programs=jq,setpriv
# shellcheck disable=SC2086,SC2012,SC1010,SC2317 # constants; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

MANY=10000
NOBODY=10.77.0.99

# wrong PATTERN WORDS...: refused with one sentence, nothing printed
wrong() {
	local pattern=$1 status
	shift
	nsctl socket "$@" >/tmp/out 2>/tmp/err
	status=$?
	[ $status -eq 1 ] && [ ! -s /tmp/out ] &&
		[ "$(wc -l </tmp/err)" = 1 ] &&
		grep -q -- "$pattern" /tmp/err || {
			echo "status $status: $*"
			cat /tmp/out /tmp/err
			return 1
		}
}

# owner WORDS...: a program with sockets; ready when this returns. What it
# says is in /tmp/owner; it goes when descriptor 8 is closed.
owner() {
	rm -f /tmp/stop /tmp/owner
	mkfifo /tmp/stop
	socket_diag_owner "$@" </tmp/stop >/tmp/owner 2>&1 &
	owner=$!
	exec 8>/tmp/stop
	await grep -q ready /tmp/owner || { cat /tmp/owner; return 1; }
}

owner_goes() {
	exec 8>&-
	wait $owner
}

# shown COUNT WORDS...: so many sockets pass
shown() {
	local count=$1 got
	shift
	got=$(nsctl socket -H "$@" | wc -l)
	[ "$got" = "$count" ] && return
	echo "$got instead of $count: $*"
	nsctl socket "$@"
	return 1
}

states_and_filters() {
	owner pairs 127.0.0.1 2000 5 || return 1
	local status=0 near
	near=$(nsctl -j socket -t state established dport = 2000 |
		jq '.[0].local_port')
	# 5 pairs and the listener
	shown 11 -t && shown 1 -tl && shown 1 -t listening &&
		shown 10 -t state established &&
		shown 10 -t state connected && shown 10 -t exclude listening &&
		shown 0 -t state time-wait && shown 11 -t state all &&
		shown 1 -t state listening state syn-recv &&
		shown 10 -t state synchronized && shown 0 -t state bucket &&
		shown 11 -t state big && shown 0 -u sport = 2000 &&
		shown 11 -tu '( sport = :2000 or dport = :2000 )' &&
		shown 6 sport = 2000 && shown 5 dport eq :2000 &&
		shown 1 "sport=:$near" && shown 2 "sport=:$near or dport=:$near" &&
		shown 5 sport != 2000 dport != 0 &&
		shown 5 -t dport '>=' 2000 and dport '<=' 2000 &&
		shown 0 -t dport '<' 2000 and dport '>' 0 &&
		shown 5 -t dport gt 2000 and not dport le 2000 &&
		shown 10 dst 127.0.0.0/8 &&
		shown 0 dst 10.0.0.0/8 and dport = 2000 &&
		shown 11 -t not dst 10.0.0.0/8 &&
		shown 11 src 127.0.0.1 and '!' src 127.0.0.1:9 &&
		shown 5 dst 127.0.0.1:2000 && shown 6 src = '*:2000' &&
		shown 5 '( dport = :22 or sport >= :1024 ) and dst 127.0.0.0/8' \
			and dport = 2000 &&
		shown 0 dev netstack0 && shown 11 -t not dev netstack0 &&
		shown 11 -4 -t && shown 0 -6 -t ||
		status=1
	owner_goes
	return $status
}

both_families() {
	echo-server ::1 2001 &
	await listening 2001 && shown 1 -6 -t && shown 0 -4 -t sport = 2001 &&
		shown 1 src ::1 && shown 1 src '[::1]:2001' &&
		shown 0 src '[::1]:2002' && shown 1 src ::/64 and sport = 2001 &&
		shown 0 src 0.0.0.0/0 and sport = 2001 &&
		[ "$(nsctl -6 -j socket -t | jq length)" = 1 ]
	local status=$?
	kill $!
	wait $! 2>/dev/null
	return $status
}

each_kind() {
	echo-server -u 127.0.0.1 2002 &
	local server=$!
	await bound 2002 && shown 1 -u && shown 1 udp sport = 2002 &&
		shown 1 -ua state closed && shown 0 -w && shown 0 ping &&
		shown 1 -w udp
	local status=$?
	kill $server
	wait $server 2>/dev/null
	return $status
}

wrong_words() {
	wrong "no option -z" -tz && wrong "no option -:" - &&
		wrong "'frob' is not one of" frob &&
		wrong "state 'frob' is not one of" state frob &&
		wrong "'state' needs a value" state &&
		wrong "needs a port" dport && wrong "needs a port" dport '<' &&
		wrong "not a number from 0" sport = 65536 &&
		wrong "no number and no service" sport = frob-svc &&
		wrong "not an ADDRESS" dst 10.0.0.0.0 &&
		wrong "prefix length" dst 10.0.0.0/33 &&
		wrong "says nothing" dst '*' &&
		wrong "is equal to an address" src '<' 10.0.0.1 &&
		wrong "has no link 'frob'" dev frob &&
		wrong "is not closed" '( dport = 1' &&
		wrong "closes nothing" 'dport = 1 )' &&
		wrong "ends too early" dport = 1 or &&
		wrong "ends too early" not &&
		wrong "nested too deeply" "$(printf '(%.0s' $(seq 200))" &&
		wrong "more than 1000 conditions" dev lo \
			"$(printf ' or dev lo%.0s' $(seq 1000))" &&
		shown 0 dev lo "$(printf ' or dev lo%.0s' $(seq 999))" &&
		wrong "longer than 127 characters" \
			"dport = $(printf '1%.0s' $(seq 128))" &&
		wrong "-K ends sockets" -K && wrong "-K ends sockets" -Kt
}

processes_are_found() {
	owner pairs 127.0.0.1 2003 1 || return 1
	nsctl socket -tp state listening >/tmp/found
	grep -q "users:((\"socket_diag_own\",pid=$owner,fd=3))" /tmp/found &&
		json ".[0].processes == [{ name: \"socket_diag_own\",
			pid: $owner, fd: 3 }]" socket -tp state listening &&
		json 'all(.[]; has("processes") | not)' socket -t
	local status=$?
	[ $status -eq 0 ] || cat /tmp/found
	owner_goes
	return $status
}

# Bytes that a terminal would obey are not printed.
names_are_masked() {
	cp "$(command -v socket_diag_owner)" "$(printf '/tmp/e\033[2Jvil')" ||
		return 1
	mkfifo /tmp/hold
	"$(printf '/tmp/e\033[2Jvil')" pairs 127.0.0.1 2013 1 \
		</tmp/hold >/tmp/owner 2>&1 &
	exec 9>/tmp/hold
	await grep -q ready /tmp/owner &&
		nsctl socket -tp state listening sport = 2013 >/tmp/found &&
		grep -q '(("e?\[2Jvil",' /tmp/found
	local status=$?
	exec 9>&-
	wait $!
	rm -f /tmp/hold
	[ $status -eq 0 ] || cat -v /tmp/found
	return $status
}

memory_information_timers() {
	owner pairs 127.0.0.1 2004 1 || return 1
	nsctl socket -tmioe dport = 2004 >/tmp/found
	grep -q "$(printf '\t') skmem:(r0,rb[0-9]*,t0,tb[0-9]*,f[0-9]*,w0,o[0-9]*,bl0,d0)" \
		/tmp/found &&
		grep -q ' cubic .* rto:.* rtt:.* mss:.* cwnd:' /tmp/found &&
		grep -q ' uid:0 ino:[0-9]* sk:[0-9a-f]* .*<->$' /tmp/found &&
		json '.[0] | has("meminfo") and has("tcp_info") and
			.congestion == "cubic" and .cgroup > 0' \
			socket -tmie dport = 2004 &&
		json '.[0] | has("meminfo") or has("tcp_info") | not' \
			socket -t dport = 2004
	local status=$?
	[ $status -eq 0 ] || cat /tmp/found
	owner_goes
	return $status
}

# Nobody answers the SYN.
timer_of_a_syn() {
	nsctl neigh add $NOBODY lladdr 02:00:00:00:00:99 dev netstack0 ||
		return 1
	socket_diag_owner connect $NOBODY 9 >/dev/null 2>&1 &
	local client=$!
	await eval 'nsctl socket -to state syn-sent |
		grep -q "timer:(on,.*[0-9]m*s[ec]*,[0-9])"' &&
		json '.[0].timer | .kind == "on" and .expires_ms > 0' \
			socket -to state syn-sent
	local status=$?
	[ $status -eq 0 ] || nsctl socket -to
	kill $client
	wait $client 2>/dev/null
	nsctl neigh del $NOBODY dev netstack0
	return $status
}

time_wait() {
	await shown 1 -t state time-wait sport = 2005 &&
		nsctl socket -to state time-wait sport = 2005 |
			grep -q 'timer:(timewait,[0-9.min]*sec,0)' &&
		nsctl socket -K state time-wait sport = 2005 |
			grep -q TIME-WAIT && shown 0 sport = 2005
}

# The server closes first.
time_wait_is_ended() {
	mkdir -p /tmp/www && echo page >/tmp/www/index.html
	http-server 127.0.0.1 2005 /tmp/www &
	local server=$!
	await listening 2005 &&
		http-client 127.0.0.1 2005 /index.html >/dev/null
	kill $server
	wait $server 2>/dev/null
	time_wait
}

# ended WORDS WORDS... of the owner: what -K showed is in /tmp/killed
ended() {
	local filter=$1
	shift
	owner "$@" || return 1
	nsctl socket -K $filter >/tmp/killed || return 1
	owner_goes
	cat /tmp/killed /tmp/owner
}

connection_is_ended() {
	ended 'dport = 2006' wait 127.0.0.1 2006 >/tmp/said || return 1
	grep -q '^ECONNABORTED ECONNRESET$' /tmp/owner &&
		[ "$(grep -c ESTAB /tmp/killed)" = 1 ] &&
		shown 0 dport = 2006 or sport = 2006 || {
			cat /tmp/said
			return 1
		}
}

datagram_socket_is_ended() {
	ended '-u dport = 2007' datagram 127.0.0.1 2007 >/tmp/said || return 1
	grep -q '^ECONNABORTED$' /tmp/owner &&
		[ "$(grep -c ESTAB /tmp/killed)" = 1 ] || {
			cat /tmp/said
			return 1
		}
}

listener_is_ended() {
	echo-server 127.0.0.1 2008 >/tmp/server 2>&1 &
	local server=$!
	await listening 2008 || return 1
	nsctl socket -Kt listening sport = 2008 | grep -q LISTEN &&
		shown 0 sport = 2008 && await eval "! kill -0 $server"
	local status=$?
	kill $server 2>/dev/null
	wait $server 2>/dev/null
	return $status
}

others_may_look_only() {
	owner pairs 127.0.0.1 2009 1 || return 1
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		nsctl socket -te dport = 2009 >/tmp/found &&
		grep -q ESTAB /tmp/found &&
		expect 2 setpriv --reuid 65534 --regid 65534 --clear-groups \
			nsctl socket -K dport = 2009 2>/tmp/err &&
		grep -q EPERM /tmp/err && shown 1 dport = 2009
	local status=$?
	[ $status -eq 0 ] || cat /tmp/found /tmp/err
	owner_goes
	return $status
}

other_namespaces_see_nothing() {
	ip netns add other && ip -n other link add eth0 type netstack || return 1
	owner pairs 127.0.0.1 2010 1 || return 1
	[ "$(nsctl -n other socket -H | wc -l)" = 0 ] &&
		nsctl -n other socket -K state all >/tmp/killed &&
		[ "$(wc -l </tmp/killed)" = 1 ] &&
		shown 3 sport = 2010 or dport = 2010
	local status=$?
	owner_goes
	ip netns del other
	ip netns add bare &&
		expect 2 nsctl -n bare socket 2>/tmp/err &&
		grep -q ENODEV /tmp/err || { status=1; cat /tmp/err; }
	ip netns del bare
	return $status
}

cookies_are_those_of_the_sockets() {
	owner cookies 127.0.0.1 2011 50 || return 1
	nsctl -j socket -u sport = 2011 | jq '.[].cookie' | sort >/tmp/told
	owner_goes
	grep -v ready /tmp/owner | sort | diff - /tmp/told
}

# A dump of so many takes hundreds of messages.
many_sockets() {
	sysctl -qw net.netstack.socket_max=$((3 * MANY)) 2>/dev/null
	owner pairs 127.0.0.1 2012 $((MANY / 2)) || return 1
	nsctl -j socket -t state established >/tmp/many
	jq '.[].cookie' /tmp/many | sort -u >/tmp/first
	nsctl -j socket -t state established |
		jq '.[].cookie' | sort -u >/tmp/second
	local status=0
	[ "$(jq length /tmp/many)" = $MANY ] &&
		[ "$(wc -l </tmp/first)" = $MANY ] &&
		cmp /tmp/first /tmp/second &&
		[ "$(nsctl socket -HK state established sport = 2012 |
			wc -l)" = $((MANY / 2)) ] ||
		status=1
	owner_goes
	return $status
}

check 'both ends get an address' both_ends
check 'states, ports, addresses and links' states_and_filters
check 'both families' both_families
check 'each kind' each_kind
check 'wrong words' wrong_words
check 'processes are found' processes_are_found
check 'names of processes are masked' names_are_masked
check 'memory and information' memory_information_timers
check 'the timer of a SYN' timer_of_a_syn
check 'TIME-WAIT is ended' time_wait_is_ended
check 'a connection is ended' connection_is_ended
check 'a datagram socket is ended' datagram_socket_is_ended
check 'a listener is ended' listener_is_ended
check 'others may look only' others_may_look_only
check 'other namespaces see nothing' other_namespaces_see_nothing
check 'cookies are those of the sockets' cookies_are_those_of_the_sockets
check "$MANY sockets are told, each once" many_sockets
finish
