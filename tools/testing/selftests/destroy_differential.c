// SPDX-License-Identifier: GPL-2.0
/*
 * guest: stock cpus=1 timeout=120 kmods=tcp_diag,udp_diag
 *
 * SOCK_DESTROY of sock_diag on AF_INET's sockets and on the stack's: what it
 * answers, and what programs and peers hear of it.
 */
#define _GNU_SOURCE
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/netstack_diag.h>
#include <linux/sock_diag.h>

#include "datagram_differential.h"

#define ALL_STATES	0xffe

/* The ends of a socket, and its cookie, changed by @flip. */
static void identify(int fd, int flip, struct netstack_diag_id *id)
{
	union endpoint end = {};
	socklen_t len = sizeof(end);
	uint64_t cookie = 0;

	memset(id, 0, sizeof(*id));
	getsockname(fd, (struct sockaddr *)&end, &len);
	id->sport = end.sin_port;
	memcpy(id->src, &end.sin_addr, sizeof(end.sin_addr));
	memset(&end, 0, sizeof(end));
	len = sizeof(end);
	if (!getpeername(fd, (struct sockaddr *)&end, &len)) {
		id->dport = end.sin_port;
		memcpy(id->dst, &end.sin_addr, sizeof(end.sin_addr));
	}
	len = sizeof(cookie);
	getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len);
	cookie ^= flip;
	id->cookie[0] = cookie;
	id->cookie[1] = cookie >> 32;
}

/* Return: -1 and errno, or 0. */
static int exchange(void *message, size_t length)
{
	struct {
		struct nlmsghdr nl;
		struct nlmsgerr error;
		char rest[512];
	} answer = {};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);

	if (send(fd, message, length, 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < 0)
		perror("sock_diag");
	close(fd);
	errno = -answer.error.error;
	return errno ? -1 : 0;
}

static int destroy_inet(const struct netstack_diag_id *id, int protocol)
{
	struct {
		struct nlmsghdr nl;
		struct inet_diag_req_v2 request;
	} message = {
		.nl = {
			.nlmsg_len = sizeof(message),
			.nlmsg_type = SOCK_DESTROY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.request = {
			.sdiag_family = AF_INET,
			.sdiag_protocol = protocol,
			.idiag_states = ALL_STATES,
		},
	};
	struct inet_diag_sockid *to = &message.request.id;

	to->idiag_sport = id->sport;
	to->idiag_dport = id->dport;
	memcpy(to->idiag_src, id->src, sizeof(id->src));
	memcpy(to->idiag_dst, id->dst, sizeof(id->dst));
	memcpy(to->idiag_cookie, id->cookie, sizeof(id->cookie));
	return exchange(&message, sizeof(message));
}

static int destroy_netstack(const struct netstack_diag_id *id, int protocol)
{
	struct {
		struct nlmsghdr nl;
		struct netstack_diag_req request;
	} message = {
		.nl = {
			.nlmsg_len = sizeof(message),
			.nlmsg_type = SOCK_DESTROY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.request = {
			.family = AF_NETSTACK,
			.protocol = protocol,
			.type = protocol == IPPROTO_TCP ? SOCK_STREAM :
							  SOCK_DGRAM,
			.address_family = AF_INET,
			.states = ALL_STATES,
			.id = *id,
		},
	};

	return exchange(&message, sizeof(message));
}

/* The socket that @id was made of; note the answer. */
static void destroy(struct side *side, const struct netstack_diag_id *id,
		    int protocol)
{
	call(side, "SOCK_DESTROY",
	     side->family == AF_INET ? destroy_inet(id, protocol) :
				       destroy_netstack(id, protocol));
}

static int stream(struct side *side)
{
	struct timeval patience = { .tv_sec = WAIT_MS / 1000 };
	int fd = endpoint_socket(side->family, SOCK_STREAM, 0), one = 1;

	if (fd < 0)
		call(side, "socket", fd);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return fd;
}

static int listener(struct side *side)
{
	int fd = stream(side);

	call(side, "bind", bind_to(fd, "127.0.0.1", PORT));
	call(side, "listen", listen(fd, 4));
	return fd;
}

static void note_error(struct side *side, int fd)
{
	socklen_t len = sizeof(int);
	int error = -1;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	note(side, "SO_ERROR: %s\n", error ? strerrorname_np(error) : "0");
}

static void note_end(struct side *side, int fd)
{
	char byte;

	note_poll(side, fd, POLLIN | POLLOUT | POLLRDHUP, WAIT_MS);
	call(side, "recv", recv(fd, &byte, 1, 0));
	call(side, "recv again", recv(fd, &byte, 1, 0));
	call(side, "send", send(fd, "x", 1, MSG_NOSIGNAL));
	note_names(side, fd);
	note_error(side, fd);
}

static void connection(struct side *side)
{
	int listening = listener(side), near = stream(side), far;
	struct netstack_diag_id id;

	call(side, "connect", connect_to(near, "127.0.0.1", PORT));
	far = accept(listening, NULL, NULL);
	call(side, "send", send(far, "data", 4, 0));
	note_poll(side, near, POLLIN, WAIT_MS);
	identify(near, 1 << 20, &id);
	destroy(side, &id, IPPROTO_TCP);
	identify(near, 0, &id);
	destroy(side, &id, IPPROTO_TCP);
	note_end(side, near);
	note_end(side, far);
	destroy(side, &id, IPPROTO_TCP);
	/* It may be used again. */
	call(side, "connect", connect_to(near, "127.0.0.1", PORT));
	call(side, "send", send(near, "x", 1, MSG_NOSIGNAL));
	close(near);
	close(far);
	close(listening);
}

static void waiting_connection(struct side *side)
{
	int listening = listener(side), near = stream(side), far;
	struct netstack_diag_id id;
	__be16 port;

	call(side, "connect", connect_to(near, "127.0.0.1", PORT));
	identify(near, 0, &id);
	/* Its other end, of which nobody has the cookie. */
	port = id.sport;
	id.sport = id.dport;
	id.dport = port;
	memset(id.cookie, 0xff, sizeof(id.cookie));
	destroy(side, &id, IPPROTO_TCP);
	note_end(side, near);
	far = accept(listening, NULL, NULL);
	worked(side, "accept", far);
	note_end(side, far);
	close(near);
	close(far);
	close(listening);
}

static void listening_socket(struct side *side)
{
	int listening = listener(side), near = stream(side);
	struct netstack_diag_id id;

	call(side, "connect", connect_to(near, "127.0.0.1", PORT));
	identify(listening, 0, &id);
	destroy(side, &id, IPPROTO_TCP);
	note_poll(side, listening, POLLIN | POLLOUT, 0);
	call(side, "accept", accept(listening, NULL, NULL));
	note_error(side, listening);
	note_names(side, listening);
	note_end(side, near);
	call(side, "connect", connect_to(near, "127.0.0.1", PORT));
	call(side, "listen", listen(listening, 4));
	close(near);
	close(listening);
}

static void bound_datagram(struct side *side)
{
	int fd = udp(side);
	struct netstack_diag_id id;

	call(side, "bind", bind_to(fd, "127.0.0.1", PORT));
	call(side, "connect", connect_to(fd, "127.0.0.1", PORT + 1));
	identify(fd, 0, &id);
	id.cookie[0] ^= 1 << 20;
	destroy(side, &id, IPPROTO_UDP);
	identify(fd, 0, &id);
	destroy(side, &id, IPPROTO_UDP);
	note_end(side, fd);
	call(side, "sendto",
	     send_to(fd, "x", 1, 0, "127.0.0.1", PORT));
	note_recv(side, fd, 10, 0);
	close(fd);
}

static void connected_datagram(struct side *side)
{
	int fd = udp(side);
	struct netstack_diag_id id;

	call(side, "connect", connect_to(fd, "127.0.0.1", PORT));
	identify(fd, 0, &id);
	destroy(side, &id, IPPROTO_UDP);
	note_end(side, fd);
	close(fd);
}

static void unconnected_datagram(struct side *side)
{
	int fd = udp(side);
	struct netstack_diag_id id;

	call(side, "bind", bind_to(fd, "127.0.0.1", PORT));
	identify(fd, 0, &id);
	destroy(side, &id, IPPROTO_UDP);
	note_end(side, fd);
	call(side, "sendto",
	     send_to(fd, "x", 1, 0, "127.0.0.1", PORT));
	note_recv(side, fd, 10, 0);
	close(fd);
}

/* The same, and not because both found nothing. */
#define COMPARE_ENDED(scenario) do {					\
	COMPARE(scenario);						\
	EXPECT_NE(NULL, strstr(netstack.text, "SOCK_DESTROY: 0\n"));	\
} while (0)

TEST(destroy__connection)
{
	COMPARE_ENDED(connection);
}

TEST(destroy__connection_that_waits_for_accept)
{
	COMPARE_ENDED(waiting_connection);
}

TEST(destroy__listener)
{
	COMPARE_ENDED(listening_socket);
}

TEST(destroy__datagram_socket)
{
	COMPARE_ENDED(bound_datagram);
	COMPARE_ENDED(connected_datagram);
	COMPARE_ENDED(unconnected_datagram);
}

TEST_HARNESS_MAIN
