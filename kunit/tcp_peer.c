// SPDX-License-Identifier: GPL-2.0
/*
 * The other end of a TCP connection, by hand: see tcp_peer.h.
 */
#include <kunit/resource.h>

#include "../netstack/socket/socket.h"
#include "tcp_peer.h"

void nst_tcp_peer_init(struct nst_tcp_peer *peer, struct nst_wire *wire)
{
	*peer = (struct nst_tcp_peer) {
		.test = wire->test,
		.wire = wire,
		.port = NST_PEER_PORT,
		.local_port = NST_LOCAL_PORT,
		.seq = NST_PEER_ISS,
		.tsval = 100,
	};
}

static void send(struct nst_tcp_peer *peer, u32 seq, u8 flags,
		 unsigned int len, u8 *options, u8 options_len)
{
	struct nst_build_tcp tcp = {
		.sport = peer->port,
		.dport = peer->local_port,
		.seq = seq,
		.ack = flags & NST_TCP_ACK ? peer->ack : 0,
		.flags = flags,
		.options = options,
		.options_len = options_len,
	};
	struct sk_buff *skb = nst_build_pattern(peer->test, len, 0);

	nst_build_tcp(skb, &tcp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			       .protocol = IPPROTO_TCP });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject(peer->wire, skb);
}

static u8 put_timestamp(const struct nst_tcp_peer *peer, u8 *options)
{
	if (!peer->ts)
		return 0;
	return (u8 *)nst_tcp_options_write_ts((__be32 *)options, peer->tsval,
					      peer->tsecr) - options;
}

void nst_tcp_peer_send_at(struct nst_tcp_peer *peer, u32 seq, u8 flags,
			  unsigned int len)
{
	u8 options[40] __aligned(4);

	send(peer, seq, flags, len, options, put_timestamp(peer, options));
}

void nst_tcp_peer_send(struct nst_tcp_peer *peer, u8 flags, unsigned int len)
{
	nst_tcp_peer_send_at(peer, peer->seq, flags, len);
	peer->seq += len + !!(flags & NST_TCP_SYN) + !!(flags & NST_TCP_FIN);
}

void nst_tcp_peer_syn(struct nst_tcp_peer *peer)
{
	const struct nst_tcp_options syn = {
		.mss = 1460,
		.has_ts = peer->ts,
		.sack_ok = peer->sack,
		.tsval = peer->tsval,
		.tsecr = peer->tsecr,
	};
	u8 options[40] __aligned(4);
	u8 len = nst_tcp_options_write_syn((__be32 *)options, &syn);

	send(peer, peer->seq, NST_TCP_SYN, 0, options, len);
	peer->seq++;
}

const struct tcphdr *nst_tcp_peer_expect(struct nst_tcp_peer *peer, u8 flags)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(peer->wire, IPPROTO_TCP);
	const struct tcphdr *th = tcp_hdr(skb);
	struct kunit *test = peer->test;
	u8 got = ((const u8 *)th)[13];

	KUNIT_ASSERT_EQ(test, (u8)(got & ~NST_TCP_PSH), flags);
	KUNIT_EXPECT_EQ(test, ntohs(th->source), peer->local_port);
	KUNIT_EXPECT_EQ(test, ntohs(th->dest), peer->port);
	nst_tcp_options_parse(skb, &peer->options);
	if (peer->options.has_ts)
		peer->tsecr = peer->options.tsval;
	if (!(flags & NST_TCP_RST))
		peer->ack = ntohl(th->seq) + skb->len - tcp_hdrlen(skb) +
			    th->syn + th->fin;
	return th;
}

void nst_tcp_peer_connect(struct nst_tcp_peer *peer)
{
	const struct tcphdr *th;

	nst_tcp_peer_syn(peer);
	th = nst_tcp_peer_expect(peer, NST_TCP_SYN | NST_TCP_ACK);
	KUNIT_ASSERT_EQ(peer->test, ntohl(th->ack_seq), peer->seq);
	nst_tcp_peer_send(peer, NST_TCP_ACK, 0);
}

static int socket_init(struct kunit_resource *resource, void *context)
{
	struct socket *sock = context;

	if (!sock) {
		int err = sock_create_kern(&init_net, nst_family, SOCK_STREAM,
					   0, &sock);

		if (err)
			return err;
	}
	resource->data = sock;
	return 0;
}

static void socket_free(struct kunit_resource *resource)
{
	sock_release(resource->data);
}

static struct socket *socket_track(struct kunit *test, struct socket *made)
{
	struct socket *sock = kunit_alloc_resource(test, socket_init,
						   socket_free, GFP_KERNEL,
						   made);

	KUNIT_ASSERT_NOT_NULL(test, sock);
	return sock;
}

struct socket *nst_tcp_test_socket(struct kunit *test)
{
	return socket_track(test, NULL);
}

struct socket *nst_tcp_test_listener(struct kunit *test, int backlog)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(NST_LOCAL_PORT),
	};
	struct socket *sock = nst_tcp_test_socket(test);

	KUNIT_ASSERT_EQ(test, 0, kernel_bind(sock, (void *)&address,
					     sizeof(address)));
	KUNIT_ASSERT_EQ(test, 0, kernel_listen(sock, backlog));
	return sock;
}

struct socket *nst_tcp_test_accept(struct kunit *test, struct socket *listener)
{
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, 0, kernel_accept(listener, &sock, O_NONBLOCK));
	return socket_track(test, sock);
}

static bool socket_match(struct kunit *test, struct kunit_resource *resource,
			 void *data)
{
	return resource->free == socket_free && resource->data == data;
}

void nst_tcp_test_close(struct kunit *test, struct socket *sock)
{
	KUNIT_ASSERT_EQ(test, 0, kunit_destroy_resource(test, socket_match,
							sock));
}
