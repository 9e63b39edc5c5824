// SPDX-License-Identifier: GPL-2.0
/*
 * The calls, and a sequence of them in one world: sockets of AF_INET and
 * AF_INET6 over the host's lo, or of AF_NETSTACK over the stack's.
 *
 * The guest's time is the instructions that it has executed, and its sleep takes
 * none of ours: before each call a quarter of a second passes, in which all that
 * was on its way has arrived and what was delayed has been sent. So neither
 * world is asked before it has come to rest, and a run repeats exactly.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netstack.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "sequence.h"

#define SETTLE_MS	263	/* over 40 and 200 ms, and a multiple of neither */
#define PATIENCE_MS	2100	/* of a call that waits */
#define PIECES		4

static unsigned char data[DATA_MAX];
static int signals[NSIG];	/* atomic */

void note(struct world *world, const char *what, long long value)
{
	struct transcript *to = world->transcript;

	if (to->count == RECORDS_MAX)
		return;
	to->records[to->count++] = (struct record) {
		.call = world->now,
		.what = what,
		.value = value,
	};
}

/* Return: @result */
long note_result(struct world *world, long result)
{
	note(world, "return", result < 0 ? -errno : result);
	return result;
}

/* Up to eight bytes as they are, others by a hash (FNV-1a). */
void note_bytes(struct world *world, const char *what, const void *bytes,
		size_t len)
{
	unsigned long long hash = 0xcbf29ce484222325ULL;
	const unsigned char *byte = bytes;
	long long value = 0;
	size_t i;

	if (len <= sizeof(value)) {
		memcpy(&value, bytes, len);
		note(world, what, value);
		return;
	}
	for (i = 0; i < len; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3ULL;
	note(world, what, hash);
}

/* ---- sockets ---- */

static void pass_ms(unsigned int ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

static void take_slot(struct world *world, long at, int fd,
		      const struct socket_kind *kind)
{
	struct slot *slot = &world->slots[at];

	if (slot->fd >= 0)
		close(slot->fd);
	slot->fd = fd;
	slot->kind = kind;
}

/* socket SOCKET KIND FLAGS */
static void run_socket(struct world *world, const long *args)
{
	const struct socket_kind *kind = &socket_kinds[args[1]];
	int fd;

	if (world->stack)
		fd = socket(AF_NETSTACK, kind->type | args[2],
			    kind->protocol | (kind->six ? NETSTACK_IPV6 : 0));
	else
		fd = socket(kind->six ? AF_INET6 : AF_INET,
			    kind->type | args[2], kind->protocol);
	note_result(world, fd < 0 ? fd : 0);
	take_slot(world, args[0], fd, kind);
}

/* bind SOCKET HOST PORT SHAPE */
static void run_bind(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	struct sockaddr_storage room[2];
	const void *address;
	socklen_t len;

	len = build_address(world, slot, args[1], args[2], args[3], room,
			    &address);
	note_result(world, bind(slot->fd, address, len));
}

/* connect SOCKET HOST PORT SHAPE */
static void run_connect(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	struct sockaddr_storage room[2];
	const void *address;
	socklen_t len;

	len = build_address(world, slot, args[1], args[2], args[3], room,
			    &address);
	note_result(world, connect(slot->fd, address, len));
}

/* listen SOCKET BACKLOG */
static void run_listen(struct world *world, const long *args)
{
	note_result(world, listen(world->slots[args[0]].fd, args[1]));
}

/* accept4 SOCKET SOCKET FLAGS LENGTH */
static void run_accept4(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	struct sockaddr_storage address[2] = {};
	socklen_t len = args[3];
	int fd;

	fd = accept4(slot->fd, (struct sockaddr *)address, &len, args[2]);
	note_result(world, fd < 0 ? fd : 0);
	if (fd < 0)
		return;
	note(world, "length", (int)len);
	note_address(world, address, args[3] < len ? args[3] : len);
	note(world, "status flags", fcntl(fd, F_GETFL));
	note(world, "descriptor flags", fcntl(fd, F_GETFD));
	take_slot(world, args[1], fd, slot->kind);
}

/* shutdown SOCKET HOW */
static void run_shutdown(struct world *world, const long *args)
{
	note_result(world, shutdown(world->slots[args[0]].fd, args[1]));
}

/* close SOCKET */
static void run_close(struct world *world, const long *args)
{
	struct slot *slot = &world->slots[args[0]];

	note_result(world, close(slot->fd));
	slot->fd = -1;
}

/* dup SOCKET SOCKET */
static void run_dup(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	int fd = dup(slot->fd);

	note_result(world, fd < 0 ? fd : 0);
	if (fd >= 0)
		take_slot(world, args[1], fd, slot->kind);
}

/* getsockname SOCKET LENGTH, getpeername SOCKET LENGTH */
static void run_name(struct world *world, const long *args,
		     int (*name)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_storage address[2] = {};
	socklen_t len = args[1];

	if (note_result(world, name(world->slots[args[0]].fd,
				    (struct sockaddr *)address, &len)))
		return;
	note(world, "length", (int)len);
	note_address(world, address, args[1] < len ? args[1] : len);
}

static int get_name(int fd, struct sockaddr *address, socklen_t *len)
{
	return getsockname(fd, address, len);
}

static int get_peer(int fd, struct sockaddr *address, socklen_t *len)
{
	return getpeername(fd, address, len);
}

static void run_getsockname(struct world *world, const long *args)
{
	run_name(world, args, get_name);
}

static void run_getpeername(struct world *world, const long *args)
{
	run_name(world, args, get_peer);
}

/* ---- sending ---- */

/* send SOCKET LENGTH FLAGS */
static void run_send(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	size_t len = build_data(world, slot, data, args[1]);

	note_result(world, send(slot->fd, data, len, args[2]));
}

/* sendto SOCKET LENGTH FLAGS HOST PORT SHAPE */
static void run_sendto(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	size_t len = build_data(world, slot, data, args[1]);
	struct sockaddr_storage room[2];
	const void *address;
	socklen_t size;

	size = build_address(world, slot, args[3], args[4], args[5], room,
			     &address);
	note_result(world, sendto(slot->fd, data, len, args[2], address, size));
}

/* @data in pieces of different lengths */
static void build_pieces(struct iovec *pieces, size_t count, size_t len)
{
	size_t i, at = 0;

	for (i = 0; i < count; i++) {
		size_t piece = i == count - 1 ? len - at : (len - at) / 3;

		pieces[i] = (struct iovec) {
			.iov_base = data + at,
			.iov_len = piece,
		};
		at += piece;
	}
}

/* sendmsg SOCKET LENGTH FLAGS PIECES CONTROL HOST PORT SHAPE */
static void run_sendmsg(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	size_t len = build_data(world, slot, data, args[1]);
	union {
		struct cmsghdr aligned;
		char room[256];
	} control;
	struct sockaddr_storage room[2];
	struct iovec pieces[PIECES];
	const void *address;
	struct msghdr msg = {
		.msg_iov = pieces,
		.msg_iovlen = args[3] % (PIECES + 1),
		.msg_control = &control,
		.msg_controllen = build_control(slot, args[4], &control),
	};

	build_pieces(pieces, msg.msg_iovlen, len);
	msg.msg_namelen = build_address(world, slot, args[5], args[6], args[7],
					room, &address);
	msg.msg_name = (void *)address;
	note_result(world, sendmsg(slot->fd, &msg, args[2]));
}

/* writev SOCKET LENGTH PIECES */
static void run_writev(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	size_t len = build_data(world, slot, data, args[1]);
	struct iovec pieces[PIECES];
	size_t count = args[2] % (PIECES + 1);

	build_pieces(pieces, count, len);
	note_result(world, writev(slot->fd, pieces, count));
}

/* sendmmsg SOCKET LENGTH FLAGS MESSAGES HOST PORT SHAPE */
static void run_sendmmsg(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	size_t len = build_data(world, slot, data, args[1]);
	size_t i, count = args[3] % (PIECES + 1);
	struct mmsghdr messages[PIECES] = {};
	struct iovec pieces[PIECES];
	struct sockaddr_storage room[2];
	const void *address;
	socklen_t size;
	long done;

	size = build_address(world, slot, args[4], args[5], args[6], room,
			     &address);
	for (i = 0; i < count; i++) {
		pieces[i] = (struct iovec){ data, i < len ? len - i : 0 };
		messages[i].msg_hdr = (struct msghdr) {
			.msg_name = (void *)address,
			.msg_namelen = size,
			.msg_iov = &pieces[i],
			.msg_iovlen = 1,
		};
	}
	done = note_result(world, sendmmsg(slot->fd, messages, count, args[2]));
	for (i = 0; (long)i < done; i++)
		note(world, "message length", messages[i].msg_len);
}

/* ---- receiving ---- */

static void note_received(struct world *world, const struct slot *slot,
			  int flags, long got, size_t room)
{
	if (note_result(world, got) < 0)
		return;
	note_data(world, slot, flags, data, (size_t)got < room ? got : room);
}

/* recv SOCKET LENGTH FLAGS */
static void run_recv(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];

	memset(data, 0, args[1]);
	note_received(world, slot, args[2],
		      recv(slot->fd, data, args[1], args[2]), args[1]);
}

/* recvfrom SOCKET LENGTH FLAGS LENGTH */
static void run_recvfrom(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	struct sockaddr_storage address[2] = {};
	socklen_t len = args[3];
	long got;

	memset(data, 0, args[1]);
	got = recvfrom(slot->fd, data, args[1], args[2],
		       (struct sockaddr *)address, &len);
	note_received(world, slot, args[2], got, args[1]);
	if (got < 0)
		return;
	note(world, "length", (int)len);
	note_address(world, address, args[3] < len ? args[3] : len);
}

/* recvmsg SOCKET LENGTH FLAGS PIECES ROOM LENGTH */
static void run_recvmsg(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	struct sockaddr_storage address[2] = {};
	struct iovec pieces[PIECES];
	union {
		struct cmsghdr aligned;
		char room[512];
	} control = {};
	struct msghdr msg = {
		.msg_name = address,
		.msg_namelen = args[5],
		.msg_iov = pieces,
		.msg_iovlen = args[3] % (PIECES + 1),
		.msg_control = &control,
		.msg_controllen = args[4],
	};
	long got;

	memset(data, 0, args[1]);
	build_pieces(pieces, msg.msg_iovlen, args[1]);
	got = recvmsg(slot->fd, &msg, args[2]);
	note_received(world, slot, args[2], got, msg.msg_iovlen ? args[1] : 0);
	if (got < 0)
		return;
	note(world, "flags", msg.msg_flags);
	note_address(world, address, msg.msg_namelen);
	note_control(world, slot->kind, &msg);
}

/* readv SOCKET LENGTH PIECES */
static void run_readv(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	size_t count = args[2] % (PIECES + 1);
	struct iovec pieces[PIECES];

	memset(data, 0, args[1]);
	build_pieces(pieces, count, args[1]);
	note_received(world, slot, 0, readv(slot->fd, pieces, count),
		      count ? args[1] : 0);
}

/* recvmmsg SOCKET LENGTH FLAGS MESSAGES LENGTH */
static void run_recvmmsg(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	struct sockaddr_storage addresses[PIECES] = {};
	size_t i, count = args[3] % (PIECES + 1);
	size_t room = args[1] < DATA_MAX / PIECES ? args[1] : DATA_MAX / PIECES;
	struct mmsghdr messages[PIECES] = {};
	struct iovec pieces[PIECES];
	long got;

	memset(data, 0, room * PIECES);
	for (i = 0; i < count; i++) {
		pieces[i] = (struct iovec){ data + room * i, room };
		messages[i].msg_hdr = (struct msghdr) {
			.msg_name = &addresses[i],
			.msg_namelen = args[4] < (long)sizeof(*addresses) ?
				       args[4] : (long)sizeof(*addresses),
			.msg_iov = &pieces[i],
			.msg_iovlen = 1,
		};
	}
	got = note_result(world, recvmmsg(slot->fd, messages, count, args[2],
					  NULL));
	for (i = 0; (long)i < got; i++) {
		size_t len = messages[i].msg_len;

		note(world, "message length", len);
		note(world, "flags", messages[i].msg_hdr.msg_flags);
		note_data(world, slot, args[2], pieces[i].iov_base,
			  len < room ? len : room);
		note_address(world, &addresses[i],
			     messages[i].msg_hdr.msg_namelen);
	}
}

/* ---- splicing ---- */

/* splice-to SOCKET WAY LENGTH: sendfile(), or by a pipe */
static void run_splice_to(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	size_t len = build_data(world, slot, data,
				args[2] < 60000 ? args[2] : 60000);
	off_t from = 0;
	int file;

	if (args[1]) {
		len = write(world->pipe_fds[1], data, len);
		note_result(world, splice(world->pipe_fds[0], NULL, slot->fd,
					  NULL, len, SPLICE_F_NONBLOCK |
					  (args[1] == 2 ? SPLICE_F_MORE : 0)));
		/* What is left is not the next call's. */
		while (read(world->pipe_fds[0], data, sizeof(data)) > 0)
			;
		return;
	}
	file = memfd_create("data", 0);
	if (file < 0 || write(file, data, len) != (ssize_t)len) {
		perror("memfd");
		exit(1);
	}
	note_result(world, sendfile(slot->fd, file, &from, len));
	note(world, "offset", from);
	close(file);
}

/* splice-from SOCKET LENGTH */
static void run_splice_from(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	long got, there;

	got = note_result(world, splice(slot->fd, NULL, world->pipe_fds[1],
					NULL, args[1], SPLICE_F_NONBLOCK));
	for (; got > 0; got -= there) {
		there = read(world->pipe_fds[0], data, sizeof(data));
		if (there <= 0)
			return;
		note_data(world, slot, 0, data, there);
	}
}

/* ---- readiness ---- */

/* poll SOCKET EVENTS */
static void run_poll(struct world *world, const long *args)
{
	struct pollfd of = {
		.fd = world->slots[args[0]].fd,
		.events = args[1],
	};

	note_result(world, poll(&of, 1, 0));
	note(world, "revents", of.revents);
}

/* epoll-ctl SOCKET OPERATION EVENTS */
static void run_epoll_ctl(struct world *world, const long *args)
{
	struct epoll_event event = {
		.events = args[2],
		.data.u32 = args[0],
	};

	note_result(world, epoll_ctl(world->epoll_fd, args[1],
				     world->slots[args[0]].fd, &event));
}

/* epoll-wait MAXIMUM: in the order of the sockets, which has no meaning */
static void run_epoll_wait(struct world *world, const long *args)
{
	struct epoll_event events[SLOTS * 2];
	uint32_t of[SLOTS] = {};
	long i, got;

	got = note_result(world, epoll_wait(world->epoll_fd, events,
					    COUNT(events), 0));
	for (i = 0; i < got; i++)
		of[events[i].data.u32] |= events[i].events;
	for (i = 0; i < SLOTS; i++)
		note(world, "events", of[i]);
}

/* ioctl SOCKET REQUEST */
static void run_ioctl(struct world *world, const long *args)
{
	int fd = world->slots[args[0]].fd, value = 12345;

	switch (args[1]) {
	case -1:
	case -2:
		value = args[1] == -1;
		note_result(world, ioctl(fd, FIOASYNC, &value));
		return;
	case -3:
		note_result(world, fcntl(fd, F_SETOWN, getpid()));
		return;
	}
	if (!note_result(world, ioctl(fd, args[1], &value)))
		note(world, "answer", args[1] == SIOCGPGRP ? value == getpid() :
		     value);
}

/* nonblock SOCKET SWITCH, by ioctl() */
static void run_nonblock(struct world *world, const long *args)
{
	int fd = world->slots[args[0]].fd, value = args[1];

	note_result(world, ioctl(fd, FIONBIO, &value));
	note(world, "status flags", fd < 0 ? 0 : fcntl(fd, F_GETFL));
}

static void set_privilege(bool on)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct of[2];

	if (syscall(SYS_capget, &header, of)) {
		perror("capget");
		exit(1);
	}
	of[0].effective = on ? of[0].permitted : 0;
	of[1].effective = on ? of[1].permitted : 0;
	if (syscall(SYS_capset, &header, of)) {
		perror("capset");
		exit(1);
	}
}

/* privilege SWITCH */
static void run_privilege(struct world *world, const long *args)
{
	set_privilege(args[0]);
}

/* wait MS */
static void run_wait(struct world *world, const long *args)
{
	pass_ms(args[0]);
}

#define SOCKET		{ "socket", &slot_domain }
#define FLAGS_OUT	{ "flags", &send_flags_domain }
#define FLAGS_IN	{ "flags", &receive_flags_domain }
#define LENGTH		{ "length", &length_domain }
#define PIECES_OF	{ "pieces", &count_domain }
#define HOST		{ "host", &host_domain }
#define PORT		{ "port", &port_domain }
#define SHAPE		{ "shape", &shape_domain }
#define ROOM_OF_ADDRESS	{ "room", &address_length_domain }

const struct call_kind call_kinds[] = {
	{ "socket", run_socket, false,
	  { SOCKET, { "kind", &kind_domain }, { "flags", &accept_domain } } },
	{ "bind", run_bind, false, { SOCKET, HOST, PORT, SHAPE } },
	{ "connect", run_connect, true, { SOCKET, HOST, PORT, SHAPE } },
	{ "listen", run_listen, false,
	  { SOCKET, { "backlog", &backlog_domain } } },
	{ "accept4", run_accept4, true,
	  { SOCKET, SOCKET, { "flags", &accept_domain }, ROOM_OF_ADDRESS } },
	{ "shutdown", run_shutdown, false,
	  { SOCKET, { "how", &how_domain } } },
	{ "close", run_close, true, { SOCKET } },
	{ "dup", run_dup, true, { SOCKET, SOCKET } },
	{ "getsockname", run_getsockname, false, { SOCKET, ROOM_OF_ADDRESS } },
	{ "getpeername", run_getpeername, false, { SOCKET, ROOM_OF_ADDRESS } },
	{ "setsockopt", run_setsockopt, false,
	  { SOCKET, { "option", &option_domain }, { "value", &value_domain },
	    { "second", &value_domain },
	    { "length", &option_length_domain } } },
	{ "getsockopt", run_getsockopt, false,
	  { SOCKET, { "option", &option_domain }, { "value", &value_domain },
	    { "second", &value_domain },
	    { "length", &option_length_domain } } },
	{ "send", run_send, true, { SOCKET, LENGTH, FLAGS_OUT } },
	{ "sendto", run_sendto, true,
	  { SOCKET, LENGTH, FLAGS_OUT, HOST, PORT, SHAPE } },
	{ "sendmsg", run_sendmsg, true,
	  { SOCKET, LENGTH, FLAGS_OUT, PIECES_OF,
	    { "control", &control_domain }, HOST, PORT, SHAPE } },
	{ "writev", run_writev, true, { SOCKET, LENGTH, PIECES_OF } },
	{ "sendmmsg", run_sendmmsg, true,
	  { SOCKET, LENGTH, FLAGS_OUT, { "messages", &count_domain },
	    HOST, PORT, SHAPE } },
	{ "recv", run_recv, true, { SOCKET, LENGTH, FLAGS_IN } },
	{ "recvfrom", run_recvfrom, true,
	  { SOCKET, LENGTH, FLAGS_IN, ROOM_OF_ADDRESS } },
	{ "recvmsg", run_recvmsg, true,
	  { SOCKET, LENGTH, FLAGS_IN, PIECES_OF,
	    { "control", &control_room_domain }, ROOM_OF_ADDRESS } },
	{ "readv", run_readv, true, { SOCKET, LENGTH, PIECES_OF } },
	{ "recvmmsg", run_recvmmsg, true,
	  { SOCKET, LENGTH, FLAGS_IN, { "messages", &count_domain },
	    ROOM_OF_ADDRESS } },
	{ "splice-to", run_splice_to, true,
	  { SOCKET, { "way", &splice_domain }, LENGTH } },
	{ "splice-from", run_splice_from, true, { SOCKET, LENGTH } },
	{ "poll", run_poll, false, { SOCKET, { "events", &poll_domain } } },
	{ "epoll-ctl", run_epoll_ctl, false,
	  { SOCKET, { "operation", &epoll_operation_domain },
	    { "events", &epoll_domain } } },
	{ "epoll-wait", run_epoll_wait, false, { } },
	{ "ioctl", run_ioctl, false, { SOCKET, { "request", &request_domain } } },
	{ "nonblock", run_nonblock, false,
	  { SOCKET, { "switch", &switch_domain } } },
	{ "privilege", run_privilege, false, { { "switch", &switch_domain } } },
	{ "wait", run_wait, false, { { "ms", &wait_domain } } },
};

const size_t call_kind_count = COUNT(call_kinds);

/* ---- a world ---- */

static void on_signal(int number)
{
	__atomic_store_n(&signals[number], 1, __ATOMIC_RELAXED);
}

static void set_alarm(unsigned int ms)
{
	struct itimerval timer = {
		.it_value = { ms / 1000, ms % 1000 * 1000 },
		.it_interval = { ms / 1000, ms % 1000 * 1000 },
	};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void open_world(struct world *world, bool stack, unsigned int base,
		       struct transcript *transcript)
{
	static const int watched[] = { SIGALRM, SIGPIPE, SIGIO, SIGURG };
	struct sigaction action = { .sa_handler = on_signal };
	size_t i;

	*world = (struct world) {
		.stack = stack,
		.base = base,
		.transcript = transcript,
	};
	transcript->count = 0;
	for (i = 0; i < SLOTS; i++)
		world->slots[i].fd = -1;
	for (i = 0; i < COUNT(watched); i++) {
		__atomic_store_n(&signals[watched[i]], 0, __ATOMIC_RELAXED);
		sigaction(watched[i], &action, NULL);
	}
	world->epoll_fd = epoll_create1(0);
	if (world->epoll_fd < 0 || pipe2(world->pipe_fds, O_NONBLOCK)) {
		perror("a world");
		exit(1);
	}
	fcntl(world->pipe_fds[1], F_SETPIPE_SZ, 1 << 17);
}

/* Nothing of a sequence is there when the next one begins. */
static void close_world(struct world *world)
{
	struct linger at_once = { .l_onoff = 1 };
	struct slot *slot;

	set_privilege(true);
	close(world->epoll_fd);
	close(world->pipe_fds[0]);
	close(world->pipe_fds[1]);
	for (slot = world->slots; slot < world->slots + SLOTS; slot++) {
		if (slot->fd < 0)
			continue;
		setsockopt(slot->fd, SOL_SOCKET, SO_LINGER, &at_once,
			   sizeof(at_once));
		close(slot->fd);
	}
	pass_ms(SETTLE_MS);
}

static void run_call(struct world *world, const struct call *call)
{
	static const int told[] = { SIGPIPE, SIGIO, SIGURG };
	static const char * const names[] = { "SIGPIPE", "SIGIO", "SIGURG" };
	size_t i;

	pass_ms(SETTLE_MS);
	if (call->kind->waits)
		set_alarm(PATIENCE_MS);
	call->kind->run(world, call->args);
	if (call->kind->waits)
		set_alarm(0);
	for (i = 0; i < COUNT(told); i++)
		if (__atomic_exchange_n(&signals[told[i]], 0, __ATOMIC_RELAXED))
			note(world, names[i], 1);
}

/* @base: the first of the ports that the sequence names */
void run_sequence(const struct sequence *sequence, bool stack,
		  unsigned int base, struct transcript *transcript)
{
	struct world world;

	open_world(&world, stack, base, transcript);
	for (world.now = 0; world.now < sequence->count; world.now++)
		run_call(&world, &sequence->calls[world.now]);
	close_world(&world);
}
