// SPDX-License-Identifier: GPL-2.0
/*
 * socket(2) for AF_NETSTACK: which types and protocols there are.
 */
#include <linux/module.h>
#include <linux/netstack.h>

#include "../transport/capture.h"
#include "../transport/ping.h"
#include "../transport/raw.h"
#include "../transport/tcp/tcp.h"
#include "../transport/udp.h"
#include "socket.h"

#define ANY_PROTOCOL	(-1)

/* One combination of type, protocol and family. */
struct kind {
	int type;
	int protocol;
	u8 family; /* AF_INET, AF_INET6, or AF_UNSPEC: both */
	struct proto *prot;
	const struct proto_ops *ops;
};

static const struct kind kinds[] = {
	{ SOCK_STREAM, IPPROTO_TCP, AF_UNSPEC, &nst_tcp_prot, &nst_stream_ops },
	{ SOCK_DGRAM, IPPROTO_UDP, AF_UNSPEC, &nst_udp_prot,
	  &nst_datagram_ops },
	{ SOCK_DGRAM, IPPROTO_ICMP, AF_INET, &nst_ping_prot, &nst_ping_ops },
	{ SOCK_DGRAM, IPPROTO_ICMPV6, AF_INET6, &nst_ping_prot,
	  &nst_ping_ops },
	{ SOCK_RAW, ANY_PROTOCOL, AF_UNSPEC, &nst_raw_prot, &nst_raw_ops },
	{ SOCK_RAW, NETSTACK_CAPTURE, AF_INET, &nst_capture_prot,
	  &nst_capture_ops },
};

/* The protocol of a raw socket, unlike others', cannot be left open. */
static bool is_of_protocol(const struct kind *kind, int protocol)
{
	if (kind->protocol == ANY_PROTOCOL)
		return protocol > 0 && protocol < IPPROTO_MAX;
	return kind->protocol == protocol ||
	       (!protocol && kind->type != SOCK_RAW);
}

/* Return: the kind, or ERR_PTR() of the host's errno. */
static const struct kind *kind_find(int type, int protocol, u8 family)
{
	int err = -ESOCKTNOSUPPORT;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].type != type)
			continue;
		if (is_of_protocol(&kinds[i], protocol) &&
		    (!kinds[i].family || kinds[i].family == family))
			return &kinds[i];
		err = -EPROTONOSUPPORT;
	}
	return ERR_PTR(err);
}

static int socket_create(struct net *net, struct socket *sock, int protocol,
			 int kern)
{
	const struct kind *kind;
	struct nst_stack *stack;
	u8 family = AF_INET;
	struct sock *sk;
	int err;

	/* The caller holds the namespace, and with it the stack. */
	rcu_read_lock();
	stack = nst_stack_rcu(net);
	rcu_read_unlock();
	if (!stack || READ_ONCE(stack->dying))
		return -EAFNOSUPPORT;
	if (protocol >= 0 && protocol & NETSTACK_IPV6) {
		family = AF_INET6;
		protocol &= ~NETSTACK_IPV6;
	}
	if (protocol < 0 ||
	    (protocol >= IPPROTO_MAX &&
	     (sock->type != SOCK_RAW || protocol != NETSTACK_CAPTURE)))
		return -EINVAL;
	kind = kind_find(sock->type, protocol, family);
	if (IS_ERR(kind))
		return PTR_ERR(kind);

	if (kind->type == SOCK_RAW && !kern &&
	    !ns_capable(net->user_ns, CAP_NET_RAW))
		return -EPERM;

	if (kind->protocol != ANY_PROTOCOL)
		protocol = kind->protocol;
	sk = nst_sock_alloc(stack, kind->prot, kind->type, protocol, family,
			    !kern, GFP_KERNEL);
	if (IS_ERR(sk))
		return PTR_ERR(sk);
	sock->state = SS_UNCONNECTED;
	sock->ops = kind->ops;
	nst_socket_mark(sock);
	sock_graft(sk, sock);
	if (sk->sk_prot->init) {
		err = sk->sk_prot->init(sk);
		if (err) {
			sk->sk_prot->close(sk, 0);
			sock->sk = NULL;
			return err;
		}
	}
	return 0;
}

static struct net_proto_family family_ops = {
	.create	= socket_create,
	.owner	= THIS_MODULE,
};

/**
 * nst_family_register() - make socket(2) know the family
 * @family: its number
 *
 * Context: module initialisation.
 * Return: 0, -EINVAL (no family number), -ENOBUFS (too large for this
 * kernel) or -EEXIST (taken).
 */
int nst_family_register(int family)
{
	if (family <= AF_UNSPEC)
		return -EINVAL;
	nst_family = family;
	family_ops.family = family;
	return sock_register(&family_ops);
}

void nst_family_unregister(void)
{
	sock_unregister(nst_family);
}
