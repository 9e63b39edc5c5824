#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# PostgreSQL on the stack, under nsctl exec, as programs.sh has smaller ones.
#
# guest: stock cpus=2 memory=2048 timeout=900 packages=postgresql-15,postgresql-client-15,openssh-server,openssh-client,openssh-sftp-server
# shellcheck disable=SC2317,SC2016 # called by name; expanded elsewhere
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

PATH=/usr/lib/postgresql/15/bin:$PATH
mkdir -p /srv /run/sshd /root/.ssh /var/empty /run/postgresql
chmod 700 /root/.ssh
echo 'postgres:x:101:101:postgres:/srv:/bin/sh' >>/etc/passwd
echo 'sshd:x:100:65534:sshd:/run/sshd:/bin/false' >>/etc/passwd
echo 'postgres:x:101:' >>/etc/group
mkdir /srv/base
chown -R 101:101 /srv/base /run/postgresql

# It does not run as root.
as_postgres() {
	setpriv --reuid 101 --regid 101 --clear-groups "$@"
}

postgres_starts() {
	as_postgres initdb -D /srv/base -A trust -U postgres --locale=C \
		--no-sync >/tmp/server 2>&1 || { cat /tmp/server; return 1; }
	as_postgres timeout 600 nsctl exec -- postgres -D /srv/base -F \
		-c listen_addresses=127.0.0.1,::1 -c jit=off \
		-c unix_socket_directories= >>/tmp/server 2>&1 &
	await ready || { cat /tmp/server; return 1; }
}

ready() {
	timeout 60 nsctl exec -- pg_isready -q -h 127.0.0.1
}

x() {
	timeout 300 nsctl exec -- "$@"
}

query() {
	local got
	got=$(x psql -U postgres -h "$1" -At -c 'SELECT sum(n) FROM
		generate_series(1, 1000) n') && echo "$got" &&
		[ "$got" = 500500 ]
}

bench() {
	x pgbench -q -U postgres -h 127.0.0.1 -i -s 1 postgres &&
		x pgbench -U postgres -h ::1 -c 4 -j 2 -t 50 postgres \
			>/tmp/bench && grep 'transactions actually processed: 200/200' \
			/tmp/bench
}

postgres_stops() {
	kill -INT "$(head -n 1 /srv/base/postmaster.pid)" &&
		await refused test -e /srv/base/postmaster.pid && refused ready
}

scp_copies_much() {
	local name=/root/.ssh/id_ed25519
	head -c 100000000 /dev/urandom >/srv/data
	ssh-keygen -q -t ed25519 -N '' -f "$name" </dev/null &&
		cp "$name.pub" /root/.ssh/authorized_keys &&
		ssh-keygen -q -t ed25519 -N '' -f /tmp/host_key || return
	printf '%s\n' 'HostKey /tmp/host_key' 'UsePAM no' \
		'ListenAddress 127.0.0.1' 'PermitRootLogin yes' \
		'Subsystem sftp /usr/lib/openssh/sftp-server' >/tmp/sshd_config
	nsctl exec -- /usr/sbin/sshd -D -e -f /tmp/sshd_config \
		>/tmp/server 2>&1 &
	local server=$! status
	await listening 22 && x scp -q -o StrictHostKeyChecking=no \
		127.0.0.1:/srv/data /srv/copy && cmp /srv/copy /srv/data
	status=$?
	kill "$server" && wait "$server" 2>/dev/null
	return "$status"
}

echo "# version PostgreSQL $(postgres -V | grep -Eo '[0-9]+[.][0-9]+' |
	head -n 1)"
echo "# version OpenSSH $(ssh -V 2>&1 | grep -Eo '[0-9]+[.][0-9]+p[0-9]+' |
	head -n 1)"
check 'the guest is ready' both_ends
check 'PostgreSQL: starts, with its processes' postgres_starts
check 'PostgreSQL: psql over IPv4' query 127.0.0.1
check 'PostgreSQL: psql over IPv6' query ::1
check 'PostgreSQL: pgbench, 4 clients' bench
check 'PostgreSQL: stop' postgres_stops
check 'OpenSSH: 100 MB by scp' scp_copies_much
finish
