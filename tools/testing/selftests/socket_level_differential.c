// SPDX-License-Identifier: GPL-2.0
/*
 * Options of SOL_SOCKET, and names that are second ones: what they do, the same
 * on AF_INET and on AF_NETSTACK, over the lo of each.
 *
 * guest: stock timeout=180
 */
#define _GNU_SOURCE
#define EVERY_FORM
#include "datagram_differential.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "bpf.h"

#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK		72
#endif
#ifndef SO_RESERVE_MEM
#define SO_RESERVE_MEM		73
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE		71
#endif

#define TIMEOUT_MS	150

static long set_int(int fd, int option, int value)
{
	return setsockopt(fd, SOL_SOCKET, option, &value, sizeof(value));
}

static void note_int(struct side *side, const char *what, int fd, int option)
{
	socklen_t len = sizeof(int);
	int value = -1;

	if (!call(side, what, getsockopt(fd, SOL_SOCKET, option, &value, &len)))
		note(side, "  %d, %u bytes\n", value, len);
}

static int receiver(struct side *side)
{
	int fd = udp(side);

	call(side, "bind", bind_to(fd, "127.0.0.1", PORT));
	return fd;
}

static void stream_pair(struct side *side, int fds[2])
{
	int listener = endpoint_socket(side->family, SOCK_STREAM, 0);

	set_int(listener, SO_REUSEADDR, 1);
	call(side, "bind", bind_to(listener, "127.0.0.1", PORT));
	call(side, "listen", listen(listener, 1));
	fds[0] = endpoint_socket(side->family, SOCK_STREAM, 0);
	call(side, "connect", connect_to(fds[0], "127.0.0.1", PORT));
	fds[1] = accept(listener, NULL, NULL);
	worked(side, "accept", fds[1]);
	close(listener);
}

static void close_pair(int fds[2])
{
	struct linger reset = { .l_onoff = 1 };

	setsockopt(fds[0], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fds[0]);
	close(fds[1]);
}

static long milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void note_duration(struct side *side, long start)
{
	long took = milliseconds() - start;

	note(side, "  as long as it should: %d\n",
	     took >= TIMEOUT_MS - 10 && took < 40 * TIMEOUT_MS);
}

/* Both names of a timeout are for one value. */
static void timeouts(struct side *side)
{
	static const int receive[] = { SO_RCVTIMEO_OLD, SO_RCVTIMEO_NEW };
	static const int transmit[] = { SO_SNDTIMEO_OLD, SO_SNDTIMEO_NEW };
	long long value[2] = { 0, TIMEOUT_MS * 1000 }, got[2];
	static char data[1 << 16];
	int fd = receiver(side), fds[2], i;
	socklen_t len;
	long start;

	for (i = 0; i < 2; i++) {
		value[1] = (TIMEOUT_MS + 8 * i) * 1000;
		call(side, "set", setsockopt(fd, SOL_SOCKET, receive[i], value,
					     sizeof(value)));
		len = sizeof(got);
		call(side, "get", getsockopt(fd, SOL_SOCKET, receive[!i], got,
					     &len));
		note(side, "  %lld %lld, %u bytes\n", got[0], got[1], len);
		start = milliseconds();
		call(side, "recv", recv(fd, data, 1, 0));
		note_duration(side, start);
	}
	close(fd);

	stream_pair(side, fds);
	set_int(fds[0], SO_SNDBUF, 1 << 16);
	for (i = 0; i < 2; i++) {
		value[1] = (TIMEOUT_MS + 8 * i) * 1000;
		call(side, "set", setsockopt(fds[0], SOL_SOCKET, transmit[i],
					     value, sizeof(value)));
		len = sizeof(got);
		call(side, "get", getsockopt(fds[0], SOL_SOCKET, transmit[!i],
					     got, &len));
		note(side, "  %lld %lld, %u bytes\n", got[0], got[1], len);
		/* Nobody reads. */
		do
			start = milliseconds();
		while (send(fds[0], data, sizeof(data), 0) > 0);
		call(side, "send", -1);
		note_duration(side, start);
	}
	close_pair(fds);
}

static void note_stamps(struct side *side, int fd)
{
	char data[8], control[256];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	long long seconds;

	call(side, "recvmsg", recvmsg(fd, &msg, 0));
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		memcpy(&seconds, CMSG_DATA(cmsg), sizeof(seconds));
		note(side, "  level %d type %d length %zu, of today: %d\n",
		     cmsg->cmsg_level, cmsg->cmsg_type, cmsg->cmsg_len,
		     seconds && llabs(seconds - time(NULL)) < 5);
	}
}

static void timestamps(struct side *side)
{
	static const int options[] = {
		SO_TIMESTAMP_OLD, SO_TIMESTAMPNS_OLD, SO_TIMESTAMPING_OLD,
		SO_TIMESTAMP_NEW, SO_TIMESTAMPNS_NEW, SO_TIMESTAMPING_NEW,
	};
	int fd = receiver(side), keeper = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned int i, j;
	int value;

	/* The host begins to look at its clock some time after it was asked. */
	set_int(keeper, SO_TIMESTAMP, 1);
	usleep(200000);
	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		value = i % 3 < 2 ? 1 : SOF_TIMESTAMPING_RX_SOFTWARE |
					SOF_TIMESTAMPING_SOFTWARE;
		note(side, "option %d\n", options[i]);
		call(side, "set", set_int(fd, options[i], value));
		for (j = 0; j < sizeof(options) / sizeof(*options); j++)
			note_int(side, "get", fd, options[j]);
		send_to(fd, "x", 1, 0, "127.0.0.1", PORT);
		note_stamps(side, fd);
		call(side, "off", set_int(fd, options[i], 0));
		send_to(fd, "x", 1, 0, "127.0.0.1", PORT);
		note_stamps(side, fd);
	}
	close(fd);
	close(keeper);
}

/* What the filter lets through of two datagrams, of 1 and of 100 bytes. */
static void note_filtered(struct side *side, int fd)
{
	char data[128] = "";

	send_to(fd, data, 1, 0, "127.0.0.1", PORT);
	send_to(fd, data, 100, 0, "127.0.0.1", PORT);
	await_delivery(side);
	call(side, "recv", recv(fd, data, sizeof(data), MSG_DONTWAIT));
	call(side, "recv", recv(fd, data, sizeof(data), MSG_DONTWAIT));
}

static void filters(struct side *side)
{
	/* More than 50 bytes, UDP's header included. */
	struct sock_filter long_ones[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 50, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { 4, long_ones };
	struct sock_filter got[8] = {};
	socklen_t count;
	int fd = receiver(side);

	note_filtered(side, fd);
	call(side, "attach", setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER,
					&program, sizeof(program)));
	note_filtered(side, fd);
	count = 0;
	call(side, "how long", getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL,
					  &count));
	note(side, "  %u\n", count);
	count = 2;
	call(side, "short", getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, got,
				       &count));
	count = 8;
	call(side, "get", getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, got,
				     &count));
	note(side, "  %u, the same: %d\n", count,
	     !memcmp(got, long_ones, sizeof(long_ones)));
	call(side, "detach", set_int(fd, SO_DETACH_FILTER, 0));
	note_filtered(side, fd);
	call(side, "detach again", set_int(fd, SO_DETACH_FILTER, 0));

	note_int(side, "locked", fd, SO_LOCK_FILTER);
	call(side, "attach", setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER,
					&program, sizeof(program)));
	call(side, "lock", set_int(fd, SO_LOCK_FILTER, 1));
	note_int(side, "locked", fd, SO_LOCK_FILTER);
	call(side, "detach", set_int(fd, SO_DETACH_FILTER, 0));
	call(side, "unlock", set_int(fd, SO_LOCK_FILTER, 0));
	call(side, "attach", setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER,
					&program, sizeof(program)));
	note_filtered(side, fd);
	close(fd);
}

static void ebpf_filters(struct side *side)
{
	struct bpf_insn program[] = { SET(BPF_REG_0, 0), EXIT() };
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (unsigned long)program,
		.insn_cnt = sizeof(program) / sizeof(*program),
		.license = (unsigned long)"GPL",
	};
	int fd = receiver(side), loaded = bpf(BPF_PROG_LOAD, &load);
	socklen_t count = 0;

	worked(side, "load", loaded);
	call(side, "attach nothing", set_int(fd, SO_ATTACH_BPF, -1));
	call(side, "attach", set_int(fd, SO_ATTACH_BPF, loaded));
	note_filtered(side, fd);
	/* It has no instructions of the classic kind. */
	call(side, "get", getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL,
				     &count));
	call(side, "detach", set_int(fd, SO_DETACH_BPF, 0));
	note_filtered(side, fd);
	call(side, "detach again", set_int(fd, SO_DETACH_BPF, 0));
	note_int(side, "extensions", fd, SO_BPF_EXTENSIONS);
	close(loaded);
	close(fd);
}

static void names(struct side *side)
{
	union endpoint name = {}, peer = {};
	socklen_t len = sizeof(peer);
	int fds[2];

	stream_pair(side, fds);
	call(side, "name", getsockopt(fds[0], SOL_SOCKET, SO_PEERNAME, &name,
				      &len));
	call(side, "too long", getsockopt(fds[0], SOL_SOCKET, SO_PEERNAME,
					  &name, &(socklen_t){ 100 }));
	len = form == OVER_IPV4 ? sizeof(name.in) : sizeof(name.in6);
	call(side, "name", getsockopt(fds[0], SOL_SOCKET, SO_PEERNAME, &name,
				      &len));
	note_address(side, "  SO_PEERNAME", &name, len);
	len = sizeof(peer);
	getpeername(fds[0], (void *)&peer, &len);
	note(side, "the same: %d\n", !memcmp(&name, &peer, len));
	close_pair(fds);

	fds[0] = udp(side);
	len = sizeof(name.in);
	call(side, "none", getsockopt(fds[0], SOL_SOCKET, SO_PEERNAME, &name,
				      &len));
	close(fds[0]);
}

/* Nobody is at the other end of a connection that could be named. */
static void credentials(struct side *side)
{
	struct ucred peer = {};
	socklen_t len = sizeof(peer);
	int fds[2];

	stream_pair(side, fds);
	call(side, "get", getsockopt(fds[0], SOL_SOCKET, SO_PEERCRED, &peer,
				     &len));
	note(side, "  %u bytes: pid %d uid %d gid %d\n", len, peer.pid,
	     peer.uid, peer.gid);
	close_pair(fds);
}

static unsigned long long cookie(struct side *side, int fd, int option)
{
	unsigned long long value = 0;
	socklen_t len = sizeof(value);

	call(side, "cookie", getsockopt(fd, SOL_SOCKET, option, &value, &len));
	note(side, "  %u bytes, there is one: %d\n", len, !!value);
	return value;
}

static void identities(struct side *side)
{
	int one = udp(side), two = udp(side), again = dup(one);
	unsigned long long value = cookie(side, one, SO_COOKIE);
	socklen_t len = sizeof(int);
	int domain = -1;

	note(side, "stays: %d\n", cookie(side, one, SO_COOKIE) == value);
	note(side, "of a copy: %d\n", cookie(side, again, SO_COOKIE) == value);
	note(side, "of another: %d\n", cookie(side, two, SO_COOKIE) == value);
	/* Of one namespace both families have the same. */
	note(side, "of the namespace: %llu\n",
	     cookie(side, one, SO_NETNS_COOKIE));
	getsockopt(one, SOL_SOCKET, SO_DOMAIN, &domain, &len);
	note(side, "of its family: %d\n",
	     domain == side->family ||
	     (side->family == AF_INET && form != OVER_IPV4 &&
	      domain == AF_INET6));
	send_to(one, "x", 1, 0, "127.0.0.1", PORT);
	note_int(side, "queue of a device", one, SO_INCOMING_NAPI_ID);
	note_int(side, "frame check sequence", one, SO_NOFCS);
	note_int(side, "reserved", one, SO_RESERVE_MEM);
	call(side, "reserve without a memory cgroup",
	     set_int(one, SO_RESERVE_MEM, 4096));
	close(one);
	close(two);
	close(again);
}

/* lo is 1 on both, and netstack0 has one number. */
static void bound_to_a_link(struct side *side)
{
	int fd = receiver(side), other = udp(side);
	char name[IFNAMSIZ] = "", byte;
	socklen_t len = sizeof(name);

	call(side, "no such link", set_int(fd, SO_BINDTOIFINDEX, 4711));
	call(side, "negative", set_int(fd, SO_BINDTOIFINDEX, -1));
	call(side, "another", set_int(fd, SO_BINDTOIFINDEX,
				      if_nametoindex("netstack0")));
	send_to(other, "x", 1, 0, "127.0.0.1", PORT);
	await_delivery(side);
	call(side, "recv", recv(fd, &byte, 1, MSG_DONTWAIT));
	call(side, "lo", set_int(fd, SO_BINDTOIFINDEX, 1));
	note_int(side, "which", fd, SO_BINDTOIFINDEX);
	call(side, "name", getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name,
				      &len));
	note(side, "  %s, %u bytes\n", name, len);
	send_to(other, "x", 1, 0, "127.0.0.1", PORT);
	call(side, "recv", recv(fd, &byte, 1, 0));
	call(side, "free", set_int(fd, SO_BINDTOIFINDEX, 0));
	send_to(other, "x", 1, 0, "127.0.0.1", PORT);
	call(side, "recv", recv(fd, &byte, 1, 0));
	close(other);
	close(fd);
}

/* How does the send buffer fare while a lot is sent and read? */
static void note_growth(struct side *side, int lock)
{
	static char data[1 << 16];
	int fds[2], before = 0, after = 0, i;
	socklen_t len = sizeof(int);

	stream_pair(side, fds);
	call(side, "lock", set_int(fds[0], SO_BUF_LOCK, lock));
	note_int(side, "locked", fds[0], SO_BUF_LOCK);
	getsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &before, &len);
	for (i = 0; i < 64; i++) {
		send(fds[0], data, sizeof(data), 0);
		recv(fds[1], data, sizeof(data), MSG_WAITALL);
	}
	getsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &after, &len);
	note(side, "grew: %d\n", after > before);
	close_pair(fds);
}

static void locked_buffers(struct side *side)
{
	int fd = udp(side), value;

	for (value = -1; value < 6; value++) {
		call(side, "lock", set_int(fd, SO_BUF_LOCK, value));
		note_int(side, "locked", fd, SO_BUF_LOCK);
	}
	call(side, "unlock", set_int(fd, SO_BUF_LOCK, 0));
	call(side, "buffer", set_int(fd, SO_RCVBUF, 8192));
	note_int(side, "locked", fd, SO_BUF_LOCK);
	call(side, "buffer", set_int(fd, SO_SNDBUF, 8192));
	note_int(side, "locked", fd, SO_BUF_LOCK);
	close(fd);
	note_growth(side, 0);
	note_growth(side, 1);
}

/* Has the signal, which is blocked, come? */
static bool signalled(int number)
{
	struct timespec now = {};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	return sigtimedwait(&set, NULL, &now) == number;
}

static void owners(struct side *side)
{
	static const unsigned long set[] = { FIOSETOWN, SIOCSPGRP };
	static const unsigned long get[] = { FIOGETOWN, SIOCGPGRP };
	int fd, fds[2], pid, i;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGIO);
	sigaddset(&signals, SIGURG);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	for (i = 0; i < 2; i++) {
		fd = receiver(side);
		pid = 4711;
		call(side, "nobody", ioctl(fd, get[i], &pid));
		note(side, "  %d\n", pid);
		pid = getpid();
		call(side, "own", ioctl(fd, set[i], &pid));
		pid = 0;
		call(side, "owner", ioctl(fd, get[!i], &pid));
		note(side, "  oneself: %d\n", pid == getpid());
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC);
		send_to(fd, "x", 1, 0, "127.0.0.1", PORT);
		note_recv(side, fd, 1, 0);
		note(side, "  signalled: %d\n", signalled(SIGIO));
		close(fd);

		stream_pair(side, fds);
		call(side, "own", ioctl(fds[1], set[i], &(int){ getpid() }));
		call(side, "urgent", send(fds[0], "!", 1, MSG_OOB));
		note_poll(side, fds[1], POLLPRI, WAIT_MS);
		note(side, "  signalled: %d\n", signalled(SIGURG));
		close_pair(fds);
	}
}

/* A control message with an address of the socket's family. */
static void note_destination(struct side *side, int fd)
{
	char data[8], control[256];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	union endpoint to = {};
	struct cmsghdr *cmsg;

	call(side, "recvmsg", recvmsg(fd, &msg, 0));
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		note(side, "  level %d type %d length %zu\n", cmsg->cmsg_level,
		     cmsg->cmsg_type, cmsg->cmsg_len);
		if (cmsg->cmsg_type != IP_ORIGDSTADDR &&
		    cmsg->cmsg_type != IPV6_ORIGDSTADDR)
			continue;
		memcpy(&to, CMSG_DATA(cmsg), cmsg->cmsg_len - CMSG_LEN(0));
		note_address(side, "  to", &to, cmsg->cmsg_len - CMSG_LEN(0));
	}
}

/* Options that have one name for setting and one for the control message. */
static void second_names(struct side *side)
{
	static const unsigned char nops[] = { 1, 1, 1, 1 };
	int fd = receiver(side), on = 1;

	if (form != OVER_IPV4)
		call(side, "IPV6_ORIGDSTADDR",
		     setsockopt(fd, SOL_IPV6, IPV6_ORIGDSTADDR, &on,
				sizeof(on)));
	call(side, "IP_ORIGDSTADDR", setsockopt(fd, SOL_IP, IP_ORIGDSTADDR, &on,
						sizeof(on)));
	call(side, "IP_RECVRETOPTS", setsockopt(fd, SOL_IP, IP_RECVRETOPTS, &on,
						sizeof(on)));
	if (form == OVER_IPV4)
		call(side, "options", setsockopt(fd, SOL_IP, IP_OPTIONS, nops,
						 sizeof(nops)));
	send_to(fd, "x", 1, 0, "127.0.0.1", PORT);
	note_destination(side, fd);
	close(fd);
}

TEST_F(over, timeouts__have_two_names)
{
	COMPARE(timeouts);
}

TEST_F(over, timestamps__have_two_forms)
{
	COMPARE(timestamps);
}

TEST_F(over, filter__classic)
{
	COMPARE(filters);
}

TEST_F(over, filter__ebpf)
{
	COMPARE(ebpf_filters);
}

TEST_F(over, peer__has_a_name)
{
	COMPARE(names);
}

TEST_F(over, peer__has_no_credentials)
{
	COMPARE(credentials);
}

TEST_F(over, socket__has_an_identity)
{
	COMPARE(identities);
}

TEST_F(over, link__by_number)
{
	COMPARE(bound_to_a_link);
}

TEST_F(over, buffers__locked)
{
	COMPARE(locked_buffers);
}

TEST_F(over, owner__is_signalled)
{
	COMPARE(owners);
}

TEST_F(over, second_names__do_the_same)
{
	COMPARE(second_names);
}

TEST_HARNESS_MAIN
