/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A netlink socket of a kernel thread, closed when the test ends.
 */
#ifndef NST_KUNIT_NETLINK_CLIENT_H
#define NST_KUNIT_NETLINK_CLIENT_H

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/net.h>
#include <net/netlink.h>
#include <net/sock.h>

#define NETLINK_CLIENT_ROOM	32768

/* With a file, whose opener's user namespace is asked for. */
static inline int netlink_client_init(struct kunit_resource *resource,
				      void *context)
{
	struct socket *sock;
	struct file *file;
	int err;

	err = sock_create_kern(&init_net, PF_NETLINK, SOCK_RAW,
			       *(int *)context, &sock);
	if (err)
		return err;
	file = sock_alloc_file(sock, 0, NULL);
	if (IS_ERR(file))
		return PTR_ERR(file);
	resource->data = sock;
	return 0;
}

static inline void netlink_client_free(struct kunit_resource *resource)
{
	fput(((struct socket *)resource->data)->file);
}

static inline struct socket *netlink_client(struct kunit *test, int protocol)
{
	struct socket *sock;

	sock = kunit_alloc_resource(test, netlink_client_init,
				    netlink_client_free, GFP_KERNEL, &protocol);
	KUNIT_ASSERT_NOT_NULL(test, sock);
	return sock;
}

static inline void netlink_client_send(struct kunit *test, struct socket *sock,
				       struct nlmsghdr *nlh)
{
	struct kvec iov = { .iov_base = nlh, .iov_len = nlh->nlmsg_len };
	struct msghdr msg = {};

	KUNIT_ASSERT_EQ(test, (int)nlh->nlmsg_len,
			kernel_sendmsg(sock, &msg, &iov, 1, iov.iov_len));
}

/* NETLINK_CLIENT_ROOM bytes at most; what is not there is not waited for. */
static inline int netlink_client_receive(struct socket *sock, void *buffer)
{
	struct kvec iov = {
		.iov_base = buffer,
		.iov_len = NETLINK_CLIENT_ROOM,
	};
	struct msghdr msg = {};

	return kernel_recvmsg(sock, &msg, &iov, 1, iov.iov_len, MSG_DONTWAIT);
}

#endif /* NST_KUNIT_NETLINK_CLIENT_H */
