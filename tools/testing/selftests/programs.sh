#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs of Debian's packages, as they are, on the stack: servers and clients
# under nsctl exec, over the stack's lo unless said otherwise. A case is named
# 'PROGRAM: what was done'; tools/testing/programs makes a table of them.
#
#	host stack 10.77.0.1 == netstack0 == netstack 10.77.0.2
#
# guest: stock cpus=2 memory=2048 timeout=1200 packages=nginx-light,redis-server,redis-tools,memcached,lighttpd,haproxy,stunnel4,dnsmasq-base,bind9-dnsutils,ncat,openssh-server,openssh-client,openssh-sftp-server,python3.11-minimal,libpython3.11-minimal,libpython3.11-stdlib,git,wget,rsync,iperf3,socat,curl,caddy,openssl,iputils-ping
# shellcheck disable=SC2317,SC2016,SC2086,SC2034 # called by name; expanded elsewhere; words
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

mkdir -p /srv /run/sshd /root/.ssh /var/log/nginx /var/lib/nginx /var/empty
chmod 700 /root/.ssh
chmod 755 /srv
echo 'a page' >/srv/index.html
head -c 10000000 /dev/urandom >/srv/data
printf '%s\n' 'www-data:x:33:33:www-data:/srv:/bin/false' \
	'sshd:x:100:65534:sshd:/run/sshd:/bin/false' >>/etc/passwd
echo 'www-data:x:33:' >>/etc/group

# begin COMMAND...: a server under nsctl exec, until end
begin() {
	nsctl exec -- "$@" >/tmp/server 2>&1 &
	servers+=($!)
}

# End what was begun, and say what the servers said if the case has failed.
# Daemons must have ended, too: the supervisor is the last.
end() {
	local status=$?
	[ $status -eq 0 ] || cat /tmp/server
	[ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null
	wait "${servers[@]}" 2>/dev/null
	servers=()
	return $status
}
servers=()

x() {
	timeout 200 nsctl exec -- "$@"
}

# same_data COMMAND...: it prints /srv/data
same_data() {
	"$@" | cmp - /srv/data
}

# prints WANTED COMMAND...: what it prints is that
prints() {
	local wanted=$1 got
	shift
	got=$("$@")
	[ "$got" = "$wanted" ] || { echo "got $got, not $wanted"; return 1; }
}

# --- nginx, and who fetches from it ---

cat >/tmp/nginx.conf <<'END'
user www-data;
worker_processes 2;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
	access_log off;
	keepalive_timeout 0;
	server { listen 80 reuseport; listen [::]:80 reuseport; root /srv; }
}
END

nginx_starts() {
	# It keeps its standard error.
	x nginx -c /tmp/nginx.conf >/tmp/server 2>&1 && await listening 80
}

nginx_serves_many() {
	timeout 400 nsctl exec exec_probe fetch 10000 50 &&
		[ "$(counter Tcp PassiveOpens)" -ge 10000 ]
}

nginx_reloads() {
	local old
	old=$(pgrep_nginx | sort)
	x nginx -c /tmp/nginx.conf -s reload &&
		await eval '[ "$(pgrep_nginx | sort)" != "'"$old"'" ]' &&
		prints 'a page' x curl -sf http://127.0.0.1/
}

pgrep_nginx() {
	local name
	for name in /proc/[0-9]*/comm; do
		[ "$(cat "$name" 2>/dev/null)" != nginx ] || echo "$name"
	done
}

nginx_stops() {
	x nginx -c /tmp/nginx.conf -s stop &&
		await eval '[ -z "$(pgrep_nginx)" ]' && ! listening 80
}

get() {
	same_data x curl -sf http://127.0.0.1/data &&
		same_data x curl -sf 'http://[::1]/data' &&
		same_data curl -sf "http://$STACK/data"
}

git_over_http() {
	rm -rf /tmp/clone
	x git -c http.lowSpeedTime=60 clone -q http://127.0.0.1/code.git \
		/tmp/clone && cmp /tmp/clone/file /srv/data
}

cat >/tmp/haproxy.cfg <<'END'
defaults
	mode http
	timeout connect 20s
	timeout client 60s
	timeout server 60s
frontend in
	bind 127.0.0.1:81
	default_backend out
backend out
	server one 127.0.0.1:80
	server two 127.0.0.1:80
END

haproxy_forwards() {
	begin haproxy -f /tmp/haproxy.cfg
	await listening 81 && same_data x curl -sf http://127.0.0.1:81/data &&
		x curl -sf -Z --parallel-max 20 -o /dev/null \
			"http://127.0.0.1:81/index.html?[1-100]" 2>/dev/null
	end
}

stunnel_encrypts() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -keyout /tmp/key -out /tmp/certificate -days 7 \
		-subj /CN=localhost 2>/dev/null || return
	cat /tmp/key /tmp/certificate >/tmp/both
	printf '%s\n' 'foreground = yes' 'pid =' '[https]' \
		'accept = 127.0.0.1:443' 'connect = 127.0.0.1:80' \
		'cert = /tmp/both' >/tmp/stunnel.conf
	begin stunnel4 /tmp/stunnel.conf
	await listening 443 && same_data x curl -sf --cacert /tmp/certificate \
		--resolve localhost:443:127.0.0.1 https://localhost/data
	end
}

# --- other servers of pages ---

lighttpd_serves() {
	printf '%s\n' 'server.document-root = "/srv"' 'server.port = 82' \
		'index-file.names = ( "index.html" )' >/tmp/lighttpd.conf
	begin lighttpd -D -f /tmp/lighttpd.conf
	await listening 82 && same_data x curl -sf http://127.0.0.1:82/data
	end
}

go_serves() {
	begin env HOME=/tmp GOMAXPROCS=4 caddy file-server --listen :83 \
		--root /srv
	await listening 83 && same_data x curl -sf http://127.0.0.1:83/data &&
		x curl -sf -Z --parallel-max 20 -o /dev/null \
			"http://127.0.0.1:83/?[1-100]" 2>/dev/null
	end
}

busybox_serves() {
	begin httpd -f -p 84 -h /srv
	await listening 84 && same_data x /guest/applets/wget -q -O - \
		http://127.0.0.1:84/data
	end
}

python_serves() {
	begin python3.11 -m http.server -d /srv 85
	await listening 85 && same_data x python3.11 -c '
import sys, urllib.request
with urllib.request.urlopen("http://127.0.0.1:85/data") as page:
	sys.stdout.buffer.write(page.read())'
	end
}

cat >/tmp/many.py <<'END'
import asyncio, socket

async def echo(reader, writer):
    writer.write(await reader.readexactly(1000))
    await writer.drain()
    writer.close()

async def ask(number, port, host):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(bytes([number % 256]) * 1000)
    assert await reader.read() == bytes([number % 256]) * 1000
    writer.close()

async def main():
    server = await asyncio.start_server(echo, 'localhost', 0)
    for sock in server.sockets:
        assert sock.family in (socket.AF_INET, socket.AF_INET6)
        host, port = sock.getsockname()[:2]
        await asyncio.gather(*(ask(i, port, host) for i in range(200)))
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    class Echo(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport
        def datagram_received(self, data, address):
            self.transport.sendto(data.upper(), address)
    class Ask(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            transport.sendto(b'hello')
        def datagram_received(self, data, address):
            done.set_result(data)
    one, _ = await loop.create_datagram_endpoint(Echo,
                                                 local_addr=('127.0.0.1', 0))
    await loop.create_datagram_endpoint(
        Ask, remote_addr=one.get_extra_info('sockname'))
    assert await done == b'HELLO'

asyncio.run(asyncio.wait_for(main(), 100))
END

# --- stores ---

redis_serves() {
	x redis-server --daemonize yes --save '' --logfile /tmp/server \
		--bind 127.0.0.1 ::1 >/dev/null 2>&1 && await listening 6379 &&
		prints PONG x redis-cli ping &&
		prints OK x redis-cli -h ::1 set key value &&
		prints value x redis-cli get key &&
		x redis-benchmark -q -n 5000 -c 50 -t set,get,lpush,mset -P 4 \
			>/tmp/benchmark && ! grep -i error /tmp/benchmark &&
		x redis-cli shutdown nosave
	end
}

memcached_serves() {
	local answer
	begin memcached -u nobody -l 127.0.0.1 -p 11211 -U 11211
	await listening 11211 && answer=$(printf '%s\r\n' 'set key 0 0 5' \
		hello 'get key' quit | x socat -t 20 - TCP:127.0.0.1:11211 |
		tr -d '\r' | xargs) && echo "$answer" &&
		[ "$answer" = 'STORED VALUE key 0 5 hello END' ]
	end
}

# --- plain transfers ---

iperf_runs() {
	begin iperf3 -s -p 5201
	await listening 5201 || return
	local options
	for options in '' -R '-P 4' --bidir '-u -b 20M' '-u -R -b 20M' '-6 -c ::1'; do
		# shellcheck disable=SC2086 # words
		x iperf3 -c 127.0.0.1 -p 5201 -t 1 $options >/tmp/iperf ||
			{ echo "with $options:"; cat /tmp/iperf; false; end; return; }
	done
	end
}

socat_transfers() {
	begin socat -u OPEN:/srv/data TCP6-LISTEN:90
	await listening 90 && same_data x socat -u TCP:127.0.0.1:90 - || {
		end
		return
	}
	begin socat UDP-RECVFROM:91,fork EXEC:rev
	await bound 91 && prints olleh eval \
		'echo hello | x socat -t 20 - UDP:127.0.0.1:91,readbytes=6'
	end
}

ncat_sends() {
	nsctl exec -- ncat -l --send-only 92 </srv/data &
	servers+=($!)
	await listening 92 && same_data x ncat --recv-only 127.0.0.1 92
	end
}

rsync_copies() {
	printf '%s\n' 'use chroot = no' '[srv]' 'path = /srv' >/tmp/rsyncd.conf
	begin rsync --daemon --no-detach --config=/tmp/rsyncd.conf \
		--address=127.0.0.1 --port=873
	await listening 873 && rm -rf /tmp/copy &&
		x rsync -a rsync://127.0.0.1/srv/ /tmp/copy/ &&
		cmp /srv/data /tmp/copy/data
	end
}

git_daemon_serves() {
	begin git daemon --reuseaddr --export-all --base-path=/srv
	await listening 9418 && rm -rf /tmp/clone &&
		x git clone -q git://127.0.0.1/code.git /tmp/clone &&
		cmp /tmp/clone/file /srv/data
	end
}

ssh_works() {
	local name=/root/.ssh/id_ed25519
	ssh-keygen -q -t ed25519 -N '' -f $name </dev/null &&
		cp $name.pub /root/.ssh/authorized_keys &&
		ssh-keygen -q -t ed25519 -N '' -f /tmp/host_key || return
	printf '%s\n' 'HostKey /tmp/host_key' 'UsePAM no' \
		'ListenAddress 127.0.0.1' 'PermitRootLogin yes' \
		"Subsystem sftp /usr/lib/openssh/sftp-server" >/tmp/sshd_config
	begin /usr/sbin/sshd -D -e -f /tmp/sshd_config
	await listening 22 && prints hello x ssh -o StrictHostKeyChecking=no \
		-o LogLevel=ERROR 127.0.0.1 echo hello &&
		x scp -q -o StrictHostKeyChecking=no 127.0.0.1:/srv/data \
			/tmp/scp && cmp /tmp/scp /srv/data
	end
}

# dnsmasq runs outside, who asks it inside.
names() {
	dnsmasq --no-daemon --no-resolv --no-hosts --listen-address=$HOST \
		--bind-interfaces --address=/web.test/$STACK >/tmp/server 2>&1 &
	servers+=($!)
	echo "nameserver $HOST" >/tmp/resolv.conf
	await eval "dig +short +time=1 +tries=1 @$HOST web.test | grep $STACK" &&
		prints $STACK x dig +short @$HOST web.test &&
		prints $STACK x dig +short +tcp @$HOST web.test &&
		prints 'a page' nsctl exec --resolv-conf /tmp/resolv.conf \
			curl -sf --max-time 20 http://web.test/
	end
}

make_repository() {
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a \
		GIT_COMMITTER_EMAIL=a
	git init -q /tmp/code && cp /srv/data /tmp/code/file &&
		git -C /tmp/code add file && git -C /tmp/code commit -q -m one &&
		git clone -q --bare /tmp/code /srv/code.git &&
		git -C /srv/code.git update-server-info &&
		chmod -R a+rX /srv
}

pings() {
	sysctl -q -w net.netstack.ping_group_range='0 0' &&
		x ping -q -c 3 -i 0.2 127.0.0.1 && x ping -q -c 3 -i 0.2 ::1 &&
		x ping -q -c 3 -i 0.2 $HOST
}

version() {
	echo "# version $1 $("${@:2}" 2>&1 | grep -Eo '[0-9]+[.][0-9]+([.][0-9]+)?(p[0-9]+)?|20[0-9]{6}' |
		head -n 1)"
}
version nginx nginx -v
version curl curl -V
version wget wget -V
version haproxy haproxy -v
version stunnel stunnel4 -version
version lighttpd lighttpd -v
version caddy caddy version
version busybox /guest/busybox
version python python3.11 -V
version redis redis-server -v
version memcached memcached -V
version iperf3 iperf3 -v
version socat eval 'socat -V | grep version'
version ncat ncat --version
version rsync rsync --version
version git git --version
version OpenSSH ssh -V
version dig dig -v
version ping ping -V

check 'the guest is ready' eval 'both_ends && make_repository'
check 'nginx: starts two workers and goes to the background' nginx_starts
check 'curl: 10 MB over IPv4, IPv6, and from the host' get
check 'wget: 10 MB' same_data x wget -q -O - http://127.0.0.1/data
check 'nginx: 10,000 connections, 50 at a time' nginx_serves_many
check 'nginx: reload' nginx_reloads
check 'git: clone over HTTP' git_over_http
check 'haproxy: 10 MB and 100 requests' haproxy_forwards
check 'stunnel: 10 MB over TLS' stunnel_encrypts
check 'dig: a name by UDP and TCP, then by getaddrinfo()' names
check 'nginx: stop' nginx_stops
check 'lighttpd: 10 MB' lighttpd_serves
check 'caddy: a server in Go: 10 MB and 100 requests' go_serves
check 'busybox: httpd and wget, static: 10 MB' busybox_serves
check 'python: http.server and urllib: 10 MB' python_serves
check 'python: asyncio, 200 connections and datagrams' x python3.11 \
	/tmp/many.py
check 'redis: redis-cli and redis-benchmark, 50 clients' redis_serves
check 'memcached: set and get' memcached_serves
check 'iperf3: TCP, UDP, both ways, 4 streams, IPv6' iperf_runs
check 'socat: 10 MB, and a datagram' socat_transfers
check 'ncat: 10 MB' ncat_sends
check 'rsync: 10 MB from a daemon' rsync_copies
check 'git: clone from git daemon' git_daemon_serves
check 'ping: IPv4, IPv6, and the host' pings
check 'OpenSSH: a command, and 10 MB by scp' ssh_works
finish
