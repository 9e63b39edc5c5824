/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets for the suites of ports, demultiplexing and datagrams: made and
 * used by kernel threads, closed when the test ends.
 */
#ifndef NST_KUNIT_SOCK_FIXTURE_H
#define NST_KUNIT_SOCK_FIXTURE_H

#include <kunit/resource.h>
#include <linux/net.h>
#include <linux/udp.h>

#include "../netstack/socket/socket.h"
#include "../netstack/transport/ports.h"
#include "../netstack/transport/udp.h"
#include "packet_builder.h"
#include "wire.h"

static inline int sock_resource_init(struct kunit_resource *resource,
				     void *context)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(&init_net, nst_family, ((int *)context)[0],
			       ((int *)context)[1], &sock);
	if (err)
		return err;
	resource->data = sock;
	return 0;
}

static inline void sock_resource_free(struct kunit_resource *resource)
{
	sock_release(resource->data);
}

/* A socket of the wire's stack, SOCK_DGRAM or SOCK_STREAM. */
static inline struct socket *sock_make_protocol(struct kunit *test, int type,
						int protocol)
{
	int kind[2] = { type, protocol };
	struct socket *sock;

	sock = kunit_alloc_resource(test, sock_resource_init,
				    sock_resource_free, GFP_KERNEL, kind);
	KUNIT_ASSERT_NOT_NULL(test, sock);
	/* A test that waits for what does not come must end. */
	sock->sk->sk_rcvtimeo = HZ;
	return sock;
}

static inline struct socket *sock_make(struct kunit *test, int type)
{
	return sock_make_protocol(test, type, 0);
}

static inline struct nst_sock *sock_nst(const struct socket *sock)
{
	return nst_sk(sock->sk);
}

static inline struct sockaddr_in sock_address(u32 address, u16 port)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(address),
	};
}

static inline int sock_bind(struct socket *sock, u32 address, u16 port)
{
	struct sockaddr_in sin = sock_address(address, port);

	return sock->ops->bind(sock, (void *)&sin, sizeof(sin));
}

/* A datagram socket that is bound to a port. */
static inline struct socket *sock_bound(struct kunit *test, u16 port)
{
	struct socket *sock = sock_make(test, SOCK_DGRAM);

	KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, 0, port));
	return sock;
}

static inline int sock_connect(struct socket *sock, u32 address, u16 port)
{
	struct sockaddr_in sin = sock_address(address, port);

	return sock->ops->connect(sock, (void *)&sin, sizeof(sin), 0);
}

static inline int sock_disconnect(struct socket *sock)
{
	struct sockaddr sa = { .sa_family = AF_UNSPEC };

	return sock->ops->connect(sock, (void *)&sa, sizeof(sa), 0);
}

/* Send to @address, or to the peer when it is 0. */
static inline int sock_send(struct socket *sock, u32 address, u16 port,
			    const void *data, size_t len, int flags)
{
	struct sockaddr_in sin = sock_address(address, port);
	struct kvec iov = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = { .msg_flags = flags };

	if (address) {
		msg.msg_name = &sin;
		msg.msg_namelen = sizeof(sin);
	}
	return kernel_sendmsg(sock, &msg, &iov, 1, len);
}

static inline int sock_recv(struct socket *sock, void *data, size_t len,
			    int flags)
{
	struct kvec iov = { .iov_base = data, .iov_len = len };
	struct msghdr msg = {};

	return kernel_recvmsg(sock, &msg, &iov, 1, len, flags);
}

/* Nothing is there to be received. */
static inline void sock_expect_empty(struct kunit *test, struct socket *sock)
{
	char byte;

	KUNIT_EXPECT_EQ(test, -EAGAIN,
			sock_recv(sock, &byte, 1, MSG_DONTWAIT));
}

/* The next datagram is @text. */
#define sock_expect(test, sock, text) do {				\
	char got_[64] = "";						\
									\
	KUNIT_EXPECT_EQ(test, (int)strlen(text),			\
			sock_recv(sock, got_, sizeof(got_) - 1,		\
				  MSG_DONTWAIT));			\
	KUNIT_EXPECT_STREQ(test, text, (const char *)got_);		\
} while (0)

#endif /* NST_KUNIT_SOCK_FIXTURE_H */
