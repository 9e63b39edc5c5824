#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nsctl exec: programs as they are have the stack's sockets, and no others.
#
#	host stack 10.77.0.1 == netstack0 == netstack 10.77.0.2
#
# guest: stock cpus=1 timeout=500 programs=curl
# shellcheck disable=SC2317,SC2016 # called by name; expanded elsewhere
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

cp exec_probe_static /tmp/set_user_id
chmod 4755 /tmp/set_user_id
echo 'one two' >/tmp/hosts
mkdir -p /srv
echo 'a page' >/srv/index.html

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# said STATUS PATTERN COMMAND...: one line on standard error that matches
said() {
	local wanted=$1 pattern=$2
	shift 2
	expect "$wanted" "$@" 2>/tmp/said || { cat /tmp/said; return 1; }
	[ "$(wc -l </tmp/said)" -eq 1 ] && grep -q -- "$pattern" /tmp/said ||
		{ cat /tmp/said; return 1; }
}

# The number of the supervisor; there is one at a time.
supervisor() {
	local name
	for name in /proc/[0-9]*/comm; do
		if [ "$(cat "$name" 2>/dev/null)" = nsctl-exec ]; then
			basename "${name%/comm}"
			return
		fi
	done
	return 1
}

no_supervisor() {
	! supervisor
}

# prints WANTED COMMAND...: what it prints is that
prints() {
	local wanted=$1 got
	shift
	got=$("$@")
	[ "$got" = "$wanted" ] || { echo "got $got, not $wanted"; return 1; }
}

fetched() {
	prints 'a page' curl -s --max-time 20 "$@"
}

# A server in the stack, a client outside; then the other way, then inside.
pages() {
	local server outside status
	nsctl exec -- httpd -f -p 80 -h /srv &
	server=$!
	httpd -f -p "$HOST:80" -h /srv &
	outside=$!
	await listening 80 && await curl -s "http://$HOST/" &&
		fetched "http://$STACK/" &&
		prints 'a page' nsctl exec curl -s --max-time 20 "http://$HOST/" &&
		prints 'a page' nsctl exec curl -s --max-time 20 http://127.0.0.1/ &&
		! curl -s --max-time 5 http://127.0.0.1/
	status=$?
	kill "$server" "$outside"
	wait "$server" "$outside" 2>/dev/null
	return "$status"
}

same_process() {
	local stat
	read -r -a stat <"/proc/$BASHPID/stat"
	exec nsctl exec -- exec_probe surroundings "$BASHPID" "${stat[4]}" \
		"${stat[5]}"
}

killed_by_signal() {
	expect 143 nsctl exec -- bash -c 'kill -TERM $$' &&
		expect 137 nsctl exec -- bash -c 'kill -KILL $$' &&
		expect 7 nsctl exec -- bash -c 'exit 7'
}

# What holds the output open holds up who reads it.
output_ends() {
	prints hello timeout 20 nsctl exec -- echo hello
}

# begin COMMAND...: it runs under nsctl exec once 'go' is called
begin() {
	rm -f /tmp/gate
	mkfifo /tmp/gate
	nsctl exec -- bash -c 'read -r _ </tmp/gate; exec "$@"' bash "$@" \
		>/tmp/output 2>&1 &
	program=$!
	await supervisor
}

go() {
	echo go >/tmp/gate
}

calls_socket() {
	[ "$(cut -d ' ' -f 1 "/proc/$program/syscall")" = 41 ]
}

# The main process has ended; what it started opens sockets yet.
daemon_outlives() {
	rm -f /tmp/gate /tmp/output
	mkfifo /tmp/gate
	nsctl exec -- bash -c '(
		read -r _ </tmp/gate
		exec_probe kinds && echo fine >/tmp/output) >/dev/null 2>&1 &' &&
		await supervisor && go && await grep fine /tmp/output &&
		await no_supervisor
}

killed_while_it_waits() {
	begin exec_probe kinds && kill -STOP "$(supervisor)" && go &&
		await calls_socket && kill -KILL "$program" &&
		expect 137 wait "$program" 2>/dev/null &&
		kill -CONT "$(supervisor)" && await no_supervisor
}

asked_to_end() {
	begin exec_probe kinds || return
	local signal
	for signal in TERM INT HUP QUIT; do
		kill "-$signal" "$(supervisor)"
	done
	go && expect 0 wait "$program"
}

supervisor_dies() {
	begin exec_probe orphan && kill -KILL "$(supervisor)" &&
		await no_supervisor && go && expect 0 wait "$program" ||
		{ cat /tmp/output; return 1; }
}

supervisor_dies_while_it_is_asked() {
	begin exec_probe orphan && kill -STOP "$(supervisor)" && go &&
		await calls_socket && kill -KILL "$(supervisor)" &&
		expect 0 wait "$program" || { cat /tmp/output; return 1; }
}

# Four descriptors: /dev/null and the listener; and root's to look at.
supervisor_is_closed() {
	local pid
	begin exec_probe kinds && pid=$(supervisor) &&
		await eval "[ \$(ls /proc/$pid/fd | wc -l) -eq 4 ]" &&
		prints /dev/null readlink "/proc/$pid/fd/0" &&
		prints /dev/null readlink "/proc/$pid/fd/1" &&
		prints /dev/null readlink "/proc/$pid/fd/2" &&
		prints / readlink "/proc/$pid/cwd" &&
		refused as_nobody readlink "/proc/$pid/cwd"
	local status=$?
	go
	wait "$program"
	return "$status"
}

# A thousand rings were made: nothing of them is left in it, and no child.
supervisor_keeps_no_ring() {
	local pid
	rm -f /tmp/made
	begin bash -c 'exec_ring_probe threads && touch /tmp/made
		read -r _ </tmp/gate' &&
		pid=$(supervisor) && go && await test -e /tmp/made &&
		prints 4 eval "ls /proc/$pid/fd | wc -l" &&
		prints '' eval "cat /proc/$pid/task/*/children"
	local status=$?
	[ "$status" -eq 0 ] || cat /tmp/output
	go
	wait "$program" && return "$status"
}

without_rings() {
	[ -e /proc/sys/kernel/io_uring_disabled ] || return 0
	local status
	sysctl -q -w kernel.io_uring_disabled=2
	nsctl exec exec_ring_probe errno 1 &&
		sysctl -q -w kernel.io_uring_disabled=1 &&
		nsctl exec exec_ring_probe works &&
		as_nobody nsctl exec exec_ring_probe errno 1 &&
		nsctl exec setpriv --reuid=65534 --regid=65534 --clear-groups \
			exec_ring_probe errno 1
	status=$?
	sysctl -q -w kernel.io_uring_disabled=0
	return "$status"
}

# The groups that count are the program's, if they are those at the start.
ping_sockets() {
	sysctl -q -w net.netstack.ping_group_range='65534 65534' &&
		expect 0 nsctl exec exec_probe ping 13 &&
		expect 0 as_nobody nsctl exec exec_probe ping 0 &&
		sysctl -q -w net.netstack.ping_group_range='0 0' &&
		expect 0 nsctl exec exec_probe ping 0 &&
		expect 0 nsctl exec setpriv --reuid=65534 --regid=65534 \
			--clear-groups exec_probe ping 13
}

set_user_id() {
	prints 0 as_nobody /tmp/set_user_id uid &&
		prints 65534 as_nobody nsctl exec /tmp/set_user_id uid
}

files() {
	nsctl exec --hosts /tmp/hosts --resolv-conf /tmp/hosts -- \
		cmp /etc/hosts /tmp/hosts &&
		nsctl exec --resolv-conf /tmp/hosts -- \
			cmp /etc/resolv.conf /tmp/hosts &&
		refused cmp -s /etc/hosts /tmp/hosts &&
		refused cmp -s /etc/resolv.conf /tmp/hosts
}

names() {
	local server status
	echo "$HOST web.test" >/tmp/names
	httpd -f -p "$HOST:80" -h /srv &
	server=$!
	await curl -s "http://$HOST/" &&
		prints 'a page' nsctl exec --hosts /tmp/names \
			curl -s --max-time 20 http://web.test/
	status=$?
	kill "$server"
	wait "$server" 2>/dev/null
	return "$status"
}

other_stack() {
	local server status=1
	nsctl exec --stack-of box -- httpd -f -p 88 -h /srv &
	server=$!
	await eval 'nsctl -n box socket show tcp | grep -q :88' &&
		! listening 88 &&
		prints 'a page' nsctl exec --stack-of box \
			curl -s --max-time 20 http://127.0.0.1:88/ &&
		prints 'a page' nsctl exec --stack-of /run/netns/box \
			curl -s --max-time 20 http://127.0.0.1:88/ &&
		prints "$(readlink /proc/self/ns/net)" nsctl exec \
			--stack-of box readlink /proc/self/ns/net &&
		prints "$(ip netns exec box readlink /proc/self/ns/net)" \
			nsctl -n box exec readlink /proc/self/ns/net
	status=$?
	kill "$server"
	wait "$server" 2>/dev/null
	return "$status"
}

failures_tell() {
	said 125 'needs a command' nsctl exec &&
		said 125 'no option .--frob' nsctl exec --frob &&
		said 125 'needs a value' nsctl exec --hosts &&
		said 127 'No such file' nsctl exec nothing-of-that-name &&
		said 126 'ENOEXEC\|EACCES' nsctl exec /etc/passwd &&
		said 125 'network namespace none' nsctl exec --stack-of none true &&
		said 125 'has no stack' nsctl exec --stack-of empty true &&
		said 125 'has no stack' ip netns exec empty nsctl exec true &&
		said 125 'CAP_SYS_ADMIN' as_nobody nsctl exec --stack-of box true &&
		said 125 'file /none' nsctl exec --hosts /none true &&
		said 125 'already' nsctl exec nsctl exec true &&
		await no_supervisor
}

# ip COMMAND...: what ip(8) prints in there
inside() {
	nsctl exec -- ip "$@"
}

# The stack's, and nothing of the host's.
shown() {
	inside -o addr show dev netstack0 >/tmp/shown || return
	grep -q "inet $STACK/24" /tmp/shown && ! grep -q "$HOST" /tmp/shown ||
		{ cat /tmp/shown; return 1; }
	nsctl route add 10.99.0.0/16 via "$HOST" &&
		nsctl neigh add 10.77.0.9 lladdr 02:00:00:00:00:09 \
			dev netstack0 nud permanent &&
		nsctl rule add from 10.99.0.0/16 lookup 99 &&
		inside route | grep -q "^10.99.0.0/16 via $HOST" &&
		inside route get 10.99.0.1 | grep -q "via $HOST" &&
		inside neigh | grep -q '^10.77.0.9 .*PERMANENT' &&
		inside rule | grep -q 'from 10.99.0.0/16 lookup 99' &&
		inside -6 route | grep -q '^fe80::/64 dev netstack0' &&
		inside -s link show lo | grep -q LOOPBACK &&
		! ip route | grep -q '^10.99' &&
		! ip neigh | grep -q '^10.77.0.9'
}

not_changed() {
	refused inside route add 10.98.0.0/16 dev netstack0 &&
		refused inside addr add 10.98.0.1/16 dev netstack0 &&
		refused inside route flush table all &&
		refused as_nobody nsctl exec ip route add 10.98.0.0/16 \
			dev netstack0 &&
		! ip route | grep -q '^10.98' &&
		! nsctl route show | grep -q '^10.98'
}

monitored() {
	local monitor status
	nsctl exec -- ip monitor >/tmp/monitored 2>&1 &
	monitor=$!
	# It is there when it hears of something.
	await eval 'nsctl addr add 10.98.0.1/24 dev netstack0 noprobe;
		nsctl addr del 10.98.0.1/24 dev netstack0;
		grep -q "inet 10.98.0.1/24" /tmp/monitored' &&
		await grep -q 'Deleted.*inet 10.98.0.1/24' /tmp/monitored &&
		ip addr add 10.97.0.1/24 dev netstack0 &&
		ip addr del 10.97.0.1/24 dev netstack0 &&
		nsctl addr add 10.96.0.1/24 dev netstack0 noprobe &&
		await grep -q 'inet 10.96.0.1/24' /tmp/monitored &&
		nsctl addr del 10.96.0.1/24 dev netstack0 &&
		! grep -q 10.97 /tmp/monitored
	status=$?
	[ "$status" -eq 0 ] || cat /tmp/monitored
	kill "$monitor"
	wait "$monitor" 2>/dev/null
	return "$status"
}

configured() {
	nsctl exec -- ifconfig netstack0 >/tmp/shown &&
		grep -q "inet addr:$STACK " /tmp/shown &&
		ifconfig foreign >/dev/null &&
		refused nsctl exec -- ifconfig foreign
}

ip netns add box
ip netns add empty
ip -n box link add inner type netstack
# A device of the host here, whose link is another stack's.
ip -n box link add foreign type netstack
ip -n box link set foreign netns 1
nsctl -n box link set lo up 2>/dev/null

check 'both ends get their address' both_ends
check 'pages are fetched both ways' pages
for probe in exec_probe exec_probe_static; do
	for name in kinds flags errors families netlink roads own_filter domain \
		options no_room children signals; do
		check "$probe: $name" nsctl exec -- $probe $name
	done
done
for probe in exec_probe exec_probe_static; do
	check "$probe: addresses" nsctl exec -- $probe addresses "$STACK" \
		"$HOST"
	check "$probe: interfaces" nsctl exec -- $probe interfaces "$STACK" \
		"$HOST" foreign
done
check 'ip shows what the stack has' shown
check 'ip changes nothing' not_changed
check 'ip hears of changes of the stack' monitored
check 'ifconfig shows what the stack has' configured
check 'without privilege: interfaces' as_nobody nsctl exec exec_probe \
	interfaces "$STACK" "$HOST" foreign
check 'a ring of the kernel opens sockets' exec_ring_probe opens_one
for name in works sockets errors; do
	check "a ring of the kernel: $name" exec_ring_probe $name
done
for name in works sockets errors no_sockets flags threads killed signals; do
	check "a ring: $name" nsctl exec exec_ring_probe $name
done
for name in works no_sockets; do
	check "without privilege: a ring: $name" as_nobody nsctl exec \
		exec_ring_probe $name
	check "privilege given up: a ring: $name" nsctl exec setpriv \
		--reuid=65534 --regid=65534 --clear-groups exec_ring_probe $name
	check "another user namespace: a ring: $name" nsctl exec unshare \
		--user --map-root-user exec_ring_probe $name
done
check 'memory of a ring: of root' nsctl exec exec_ring_probe locked 0
check 'memory of a ring: of the user' as_nobody nsctl exec \
	exec_ring_probe locked 12
check 'memory of a ring: privilege given up' nsctl exec setpriv --reuid=65534 \
	--regid=65534 --clear-groups exec_ring_probe locked 12
check 'memory of a ring: capabilities given up' nsctl exec setpriv \
	--bounding-set=-ipc_lock --inh-caps=-ipc_lock exec_ring_probe locked 12
check 'memory of a ring: another user namespace' nsctl exec unshare --user \
	--map-root-user exec_ring_probe locked 12
check 'a ring from outside' said 125 'descriptor 9 is a ring' \
	exec_ring_probe inherit nsctl exec true
check 'the supervisor keeps no ring' supervisor_keeps_no_ring
check 'rings are disabled' without_rings
check 'namespaces of its own' nsctl exec -- exec_probe namespaces
check 'a thousand threads' nsctl exec -- exec_probe threads 1000
check 'without privilege' as_nobody nsctl exec exec_probe kinds
check 'without privilege: options' as_nobody nsctl exec exec_probe options
check 'without privilege: a raw socket' as_nobody nsctl exec exec_probe raw 1
check 'a raw socket' nsctl exec exec_probe raw 0
check 'privilege given up: a raw socket' nsctl exec setpriv --reuid=65534 \
	--regid=65534 --clear-groups exec_probe raw 1
check 'ping sockets' ping_sockets
check 'set-user-ID is without effect' set_user_id
check 'it is the same process' eval '(same_process)'
check 'statuses are those of the program' killed_by_signal
check 'the output ends with the program' output_ends
check 'the supervisor ends with the last program' await no_supervisor
check 'a daemon outlives the command' daemon_outlives
check 'a program is killed while it waits' killed_while_it_waits
check 'the supervisor is asked to end' asked_to_end
check 'the supervisor dies' supervisor_dies
check 'the supervisor dies while it is asked' supervisor_dies_while_it_is_asked
check 'the supervisor holds nothing' supervisor_is_closed
check 'other files' files
check 'other files, without privilege' as_nobody nsctl exec \
	--hosts /tmp/hosts cmp /etc/hosts /tmp/hosts
check 'names are looked up in them' names
check 'the stack of another namespace' other_stack
check 'failures are told in a line' failures_tell
check 'nothing is left' await no_supervisor
finish
