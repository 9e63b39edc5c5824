// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that choose among the sockets of a SO_REUSEPORT group, the same
 * calls on AF_INET and AF_NETSTACK over the lo of each: which socket gets what
 * must be the same.
 *
 * guest: stock cpus=2 timeout=180
 */
#define _GNU_SOURCE
#define EVERY_FORM
#include "datagram_differential.h"

#include <linux/filter.h>
#include <sched.h>

#include "bpf.h"

#define MEMBERS	4

/* What follows the transport header: its first byte is the index. */
static struct sock_filter by_byte[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
	BPF_STMT(BPF_RET | BPF_A, 0),
};

static struct sock_filter by_cpu[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_CPU),
	BPF_STMT(BPF_RET | BPF_A, 0),
};

/* The source port, less PORT. */
static struct sock_filter by_port[] = {
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0),
	BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, PORT),
	BPF_STMT(BPF_RET | BPF_A, 0),
};

static struct sock_filter bad[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
};

#define PROGRAM(name) \
	((struct sock_fprog) { sizeof(name) / sizeof(*(name)), name })

static long attach(int fd, struct sock_fprog program)
{
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
			  sizeof(program));
}

static long detach(int fd)
{
	int unused = 0;

	return setsockopt(fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &unused,
			  sizeof(unused));
}

/* Before 6.3 SO_REUSEPORT of the family has another name. */
static long share(int fd, int family, int on)
{
	if (family == AF_NETSTACK)
		return setsockopt(fd, SOL_NETSTACK, NETSTACK_REUSEPORT, &on,
				  sizeof(on));
	return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
}

static int member(struct side *side, int type, const char *text)
{
	int fd = endpoint_socket(side->family, type | SOCK_NONBLOCK, 0);

	call(side, "share", share(fd, side->family, 1));
	call(side, "bind", bind_to(fd, text, PORT));
	if (type == SOCK_STREAM)
		call(side, "listen", listen(fd, 64));
	return fd;
}

static void members(struct side *side, int type, int fds[MEMBERS])
{
	int i;

	for (i = 0; i < MEMBERS; i++)
		fds[i] = member(side, type, "127.0.0.1");
}

static void close_all(const int *fds, int count)
{
	while (count--)
		close(fds[count]);
}

/* One datagram with @byte, from a port of its own. */
static void send_byte(struct side *side, unsigned char byte)
{
	int fd = udp(side);

	if (send_to(fd, &byte, 1, 0, "127.0.0.1", PORT) != 1)
		call(side, "send", -1);
	close(fd);
}

/* Which of the sockets got what */
static void note_datagrams(struct side *side, const int *fds, int count)
{
	unsigned char byte;
	int i;

	await_delivery(side);
	for (i = 0; i < count; i++) {
		note(side, "member %d:", i);
		while (recv(fds[i], &byte, 1, 0) == 1)
			note(side, " %u", byte);
		note(side, "\n");
	}
}

/* What is chosen by a hash differs, but not how many there are. */
static void note_sum(struct side *side, const int *fds, int count)
{
	unsigned char byte;
	int i, sum = 0;

	await_delivery(side);
	for (i = 0; i < count; i++)
		while (recv(fds[i], &byte, 1, 0) == 1)
			sum++;
	note(side, "datagrams: %d\n", sum);
}

static void send_all(struct side *side)
{
	unsigned int byte;

	for (byte = 0; byte < MEMBERS; byte++)
		send_byte(side, byte);
}

static void answers(struct side *side, int type)
{
	int fd = endpoint_socket(side->family, type, 0);
	struct sock_fprog empty = { 0, by_byte };
	struct sock_fprog nowhere = { 1, (void *)1 };
	socklen_t len = sizeof(int);
	unsigned int none = -1;
	int value = 0;

	call(side, "attach, not shared", attach(fd, PROGRAM(by_byte)));
	call(side, "detach, not shared", detach(fd));
	call(side, "share", share(fd, side->family, 1));
	call(side, "detach nothing", detach(fd));
	call(side, "attach empty", attach(fd, empty));
	call(side, "attach nowhere", attach(fd, nowhere));
	call(side, "attach bad", attach(fd, PROGRAM(bad)));
	call(side, "attach short", setsockopt(fd, SOL_SOCKET,
					      SO_ATTACH_REUSEPORT_CBPF,
					      &value, sizeof(value)));
	call(side, "attach no file", setsockopt(fd, SOL_SOCKET,
						SO_ATTACH_REUSEPORT_EBPF,
						&none, sizeof(none)));
	call(side, "attach standard input",
	     setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &value,
			sizeof(value)));
	call(side, "attach a short", setsockopt(fd, SOL_SOCKET,
						SO_ATTACH_REUSEPORT_EBPF,
						&value, 2));
	call(side, "get", getsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
				     &value, &len));
	call(side, "get", getsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF,
				     &value, &len));
	call(side, "get", getsockopt(fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF,
				     &value, &len));
	call(side, "detach nothing", detach(fd));
	call(side, "attach", attach(fd, PROGRAM(by_byte)));
	call(side, "attach another", attach(fd, PROGRAM(by_cpu)));
	call(side, "detach", detach(fd));
	call(side, "detach again", detach(fd));
	call(side, "attach", attach(fd, PROGRAM(by_byte)));
	value = 1;
	call(side, "lock", setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &value,
				      sizeof(value)));
	call(side, "attach locked", attach(fd, PROGRAM(by_byte)));
	call(side, "detach locked", detach(fd));
	close(fd);

	/* Shared too late: it was bound alone. */
	fd = endpoint_socket(side->family, type, 0);
	call(side, "bind", bind_to(fd, "127.0.0.1", PORT));
	if (type == SOCK_STREAM)
		call(side, "listen", listen(fd, 1));
	call(side, "share", share(fd, side->family, 1));
	call(side, "attach", attach(fd, PROGRAM(by_byte)));
	call(side, "detach", detach(fd));
	close(fd);
}

static void datagram_answers(struct side *side)
{
	answers(side, SOCK_DGRAM);
}

static void stream_answers(struct side *side)
{
	answers(side, SOCK_STREAM);
}

static void payload_chooses(struct side *side)
{
	int fds[MEMBERS], i;

	members(side, SOCK_DGRAM, fds);
	/* Any member may speak for the group. */
	call(side, "attach", attach(fds[2], PROGRAM(by_byte)));
	for (i = 0; i < 3; i++)
		send_all(side);
	send_byte(side, 1);
	note_datagrams(side, fds, MEMBERS);

	/* No member has that index: the hash chooses. */
	for (i = 0; i < 20; i++)
		send_byte(side, MEMBERS + i);
	note_sum(side, fds, MEMBERS);

	call(side, "detach", detach(fds[1]));
	call(side, "detach again", detach(fds[2]));
	for (i = 0; i < 20; i++)
		send_byte(side, 0);
	note_sum(side, fds, MEMBERS);
	close_all(fds, MEMBERS);
}

static void who_leaves_gives_its_index_to_the_last(struct side *side)
{
	int fds[MEMBERS + 1];

	members(side, SOCK_DGRAM, fds);
	call(side, "attach", attach(fds[0], PROGRAM(by_byte)));
	close(fds[1]);
	send_byte(side, 0);
	send_byte(side, 1);
	send_byte(side, 2);
	note_datagrams(side, fds, 1);
	note_datagrams(side, fds + 2, 2);
	/* The program stays with who is left, whoever attached it. */
	close(fds[0]);
	fds[0] = member(side, SOCK_DGRAM, "127.0.0.1");
	send_byte(side, 0);
	send_byte(side, 1);
	send_byte(side, 2);
	note_datagrams(side, fds, 1);
	note_datagrams(side, fds + 2, 2);
	close(fds[0]);
	close_all(fds + 2, 2);
}

static int member_with_program(struct side *side, int type)
{
	int fd = endpoint_socket(side->family, type | SOCK_NONBLOCK, 0);

	call(side, "share", share(fd, side->family, 1));
	call(side, "attach", attach(fd, PROGRAM(by_byte)));
	call(side, "bind", bind_to(fd, "127.0.0.1", PORT));
	return fd;
}

static void attached_before_bind(struct side *side)
{
	int fds[2];

	/* The first brings its program into the group; */
	fds[0] = member_with_program(side, SOCK_DGRAM);
	fds[1] = member(side, SOCK_DGRAM, "127.0.0.1");
	send_byte(side, 1);
	send_byte(side, 0);
	note_datagrams(side, fds, 2);
	close_all(fds, 2);

	/* who has one and comes later may not join. */
	fds[0] = member(side, SOCK_DGRAM, "127.0.0.1");
	fds[1] = member_with_program(side, SOCK_DGRAM);
	call(side, "detach", detach(fds[0]));
	call(side, "detach", detach(fds[1]));
	call(side, "bind", bind_to(fds[1], "127.0.0.1", PORT));
	call(side, "bind elsewhere", bind_to(fds[1], "127.0.0.1", PORT + 1));
	close_all(fds, 2);
}

static void listener_attached_before_bind(struct side *side)
{
	int fds[3];

	fds[0] = member_with_program(side, SOCK_STREAM);
	call(side, "listen", listen(fds[0], 64));
	fds[1] = member(side, SOCK_STREAM, "127.0.0.1");
	fds[2] = member_with_program(side, SOCK_STREAM);
	call(side, "detach", detach(fds[1]));
	call(side, "detach", detach(fds[1]));
	close_all(fds, 3);
}

static void group_is_of_one_address(struct side *side)
{
	int fds[MEMBERS];

	fds[0] = member(side, SOCK_DGRAM, "0.0.0.0");
	fds[1] = member(side, SOCK_DGRAM, "127.0.0.1");
	fds[2] = member(side, SOCK_DGRAM, "127.0.0.1");
	fds[3] = member(side, SOCK_DGRAM, "0.0.0.0");
	call(side, "attach", attach(fds[0], PROGRAM(by_byte)));
	send_byte(side, 0);
	send_byte(side, 1);
	note_datagrams(side, fds, 1);
	note_datagrams(side, fds + 3, 1);
	note_sum(side, fds + 1, 2);
	call(side, "attach", attach(fds[2], PROGRAM(by_byte)));
	send_byte(side, 0);
	send_byte(side, 1);
	note_datagrams(side, fds, MEMBERS);
	close_all(fds + 1, 2);
	/* What was for the others is for the wildcard now. */
	send_byte(side, 0);
	send_byte(side, 1);
	note_datagrams(side, fds, 1);
	note_datagrams(side, fds + 3, 1);
	close(fds[0]);
	close(fds[3]);
}

static void cpu_chooses(struct side *side)
{
	int fds[2], i;
	cpu_set_t set;

	fds[0] = member(side, SOCK_DGRAM, "127.0.0.1");
	fds[1] = member(side, SOCK_DGRAM, "127.0.0.1");
	call(side, "attach", attach(fds[0], PROGRAM(by_cpu)));
	for (i = 0; i < 6; i++) {
		CPU_ZERO(&set);
		CPU_SET(i % 2, &set);
		sched_setaffinity(0, sizeof(set), &set);
		send_byte(side, i);
	}
	CPU_SET(0, &set);
	CPU_SET(1, &set);
	sched_setaffinity(0, sizeof(set), &set);
	note_datagrams(side, fds, 2);
	close_all(fds, 2);
}

static void ebpf_chooses(struct side *side)
{
	/* As by_byte: BPF_LD_ABS looks at the packet whose context is r6. */
	struct bpf_insn program[] = {
		COPY(BPF_REG_6, BPF_REG_1),
		{ .code = BPF_LD | BPF_ABS | BPF_B },
		EXIT(),
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (unsigned long)program,
		.insn_cnt = sizeof(program) / sizeof(*program),
		.license = (unsigned long)"GPL",
	};
	int fds[MEMBERS], fd = bpf(BPF_PROG_LOAD, &load);

	worked(side, "load", fd);
	members(side, SOCK_DGRAM, fds);
	call(side, "attach", setsockopt(fds[0], SOL_SOCKET,
					SO_ATTACH_REUSEPORT_EBPF, &fd,
					sizeof(fd)));
	close(fd);
	send_all(side);
	send_byte(side, 2);
	note_datagrams(side, fds, MEMBERS);
	call(side, "detach", detach(fds[3]));
	close_all(fds, MEMBERS);
}

/* A connection from a port, or -1. */
static int flow_from(struct side *side, int port)
{
	int fd = endpoint_socket(side->family, SOCK_STREAM, 0), on = 1;
	struct linger reset = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	if (bind_to(fd, "127.0.0.1", port) ||
	    connect_to(fd, "127.0.0.1", PORT)) {
		call(side, "flow", -1);
		close(fd);
		return -1;
	}
	return fd;
}

/* Which listener got which connection, by its peer's port. */
static void note_connections(struct side *side, const int *fds, int count)
{
	struct linger reset = { .l_onoff = 1 };
	union endpoint peer;
	socklen_t len;
	int i, fd;

	for (i = 0; i < count; i++) {
		note(side, "listener %d:", i);
		while (len = sizeof(peer),
		       (fd = accept(fds[i], (void *)&peer, &len)) >= 0) {
			note(side, " %u", ntohs(peer.sin_port));
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset,
				   sizeof(reset));
			close(fd);
		}
		note(side, "\n");
	}
}

/* A connection for each of the listeners. */
static void connect_all(struct side *side, const int *listeners, int count)
{
	int fds[3], i;

	for (i = 0; i < count; i++)
		fds[i] = flow_from(side, PORT + 10 + i);
	note_connections(side, listeners, count);
	close_all(fds, count);
}

static void listeners_are_chosen(struct side *side)
{
	/* The segment's ports are in front of what a program sees first. */
	struct sock_filter ports[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, SKF_NET_OFF +
			 (form == OVER_IPV6 ? 40 : 20)),
		BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, PORT + 10),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	int fds[3], i;

	for (i = 0; i < 3; i++)
		fds[i] = member(side, SOCK_STREAM, "127.0.0.1");
	call(side, "attach", attach(fds[1], PROGRAM(ports)));
	connect_all(side, fds, 3);

	/* Who stops listening leaves; who starts again is the last. */
	call(side, "shutdown", shutdown(fds[0], SHUT_RD));
	connect_all(side, fds + 1, 2);
	call(side, "listen", listen(fds[0], 64));
	connect_all(side, fds, 3);
	close(fds[2]);
	connect_all(side, fds, 2);
	close_all(fds, 2);
}

static void segment_past_its_header(struct side *side)
{
	int fds[2], i;

	/* A SYN has no byte there: the program returns 0. */
	for (i = 0; i < 2; i++)
		fds[i] = member(side, SOCK_STREAM, "127.0.0.1");
	call(side, "attach", attach(fds[1], PROGRAM(by_port)));
	connect_all(side, fds, 2);
	close_all(fds, 2);
}

static void connected_socket_has_no_group(struct side *side)
{
	int listener = member(side, SOCK_STREAM, "127.0.0.1");
	int fd = flow_from(side, PORT + 10), accepted;

	accepted = accept(listener, NULL, NULL);
	worked(side, "accept", accepted);
	call(side, "detach", detach(accepted));
	call(side, "share", share(fd, side->family, 1));
	call(side, "detach", detach(fd));
	close(fd);
	close(accepted);
	close(listener);
}

TEST_F(over, datagram__answers)
{
	COMPARE(datagram_answers);
}

TEST_F(over, stream__answers)
{
	COMPARE(stream_answers);
}

TEST_F(over, datagram__payload_chooses)
{
	COMPARE(payload_chooses);
}

TEST_F(over, datagram__who_leaves_gives_its_index_to_the_last)
{
	COMPARE(who_leaves_gives_its_index_to_the_last);
}

TEST_F(over, datagram__attached_before_bind)
{
	COMPARE(attached_before_bind);
}

TEST_F(over, datagram__group_is_of_one_address)
{
	COMPARE(group_is_of_one_address);
}

TEST_F(over, datagram__cpu_chooses)
{
	COMPARE(cpu_chooses);
}

TEST_F(over, datagram__ebpf_chooses)
{
	COMPARE(ebpf_chooses);
}

TEST_F(over, stream__listeners_are_chosen)
{
	COMPARE(listeners_are_chosen);
}

TEST_F(over, stream__attached_before_bind)
{
	COMPARE(listener_attached_before_bind);
}

TEST_F(over, stream__segment_past_its_header)
{
	COMPARE(segment_past_its_header);
}

TEST_F(over, stream__connected_socket_has_no_group)
{
	COMPARE(connected_socket_has_no_group);
}

TEST_HARNESS_MAIN
