// SPDX-License-Identifier: GPL-2.0
/*
 * TCP connections over the scripted wire: see tcp_fixture.h.
 */
#include <kunit/resource.h>
#include <linux/netstack.h>
#include <linux/uio.h>

#include "../netstack/compat.h"
#include "../netstack/network/pseudo_sum.h"
#include "../netstack/socket/socket.h"
#include "tcp_fixture.h"
#include "wire_ipv6.h"

/* ---- What is released when the test ends ---- */

static int track_init(struct kunit_resource *resource, void *context)
{
	resource->data = context;
	return 0;
}

/* Unless the test has closed it: a RST is the end of it. */
static void socket_free(struct kunit_resource *resource)
{
	struct socket *sock = resource->data;

	if (!sock)
		return;
	sock_no_linger(sock->sk);
	sock_release(sock);
}

static void sk_free_reference(struct kunit_resource *resource)
{
	sock_put(resource->data);
}

static void track(struct kunit *test, void *object, kunit_resource_free_t free)
{
	KUNIT_ASSERT_NOT_NULL(test, kunit_alloc_resource(test, track_init, free,
							 GFP_KERNEL, object));
}

static bool is_socket(struct kunit *test, struct kunit_resource *resource,
		      void *data)
{
	return resource->free == socket_free && resource->data == data;
}

static void socket_close(struct kunit *test, struct socket *sock)
{
	struct kunit_resource *resource = kunit_find_resource(test, is_socket,
							      sock);

	KUNIT_ASSERT_NOT_NULL(test, resource);
	resource->data = NULL;
	kunit_remove_resource(test, resource);
	kunit_put_resource(resource);
	sock_release(sock);
}

/* ---- Setting up ---- */

static struct nst_tcp_test *connection_alloc(struct kunit *test)
{
	struct nst_tcp_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->test = test;
	t->offer.mss = NST_TCP_TEST_MSS;
	t->window = 65535;
	t->tsval = 100;
	return t;
}

static void adopt(struct nst_tcp_test *t, struct socket *sock)
{
	t->sock = sock;
	t->sk = sock->sk;
	t->tp = nst_tcp_sk(t->sk);
}

static int init_passive(struct kunit *test, u8 family)
{
	struct nst_tcp_test *t = connection_alloc(test);

	nst_tcp_clock_hold(test);
	t->family = family;
	t->wire = family == AF_INET6 ? nst_wire_create_ipv6(test) :
				       nst_wire_create_ipv4(test);
	/* Windows that can be told without a calculator. */
	t->wire->stack->config.tcp_congestion_control = &nst_reno;
	/* Segment by segment, whatever the rate. */
	t->wire->stack->config.tcp_min_tso_segs = 1;
	t->port = NST_TCP_TEST_CLIENT;
	t->local_port = NST_TCP_TEST_PORT;
	test->priv = t;
	return 0;
}

int nst_tcp_test_init_passive(struct kunit *test)
{
	return init_passive(test, AF_INET);
}

int nst_tcp_test_init_passive6(struct kunit *test)
{
	return init_passive(test, AF_INET6);
}

static int init(struct kunit *test, u8 family)
{
	struct nst_tcp_test *t;

	init_passive(test, family);
	t = test->priv;
	t->port = NST_TCP_TEST_PORT;
	t->local_port = 0;
	/* Segments of plain length, unless a test wants more. */
	nst_tcp_test_set_offer(t, &t->offer);
	adopt(t, nst_tcp_test_socket(t));
	return 0;
}

int nst_tcp_test_init(struct kunit *test)
{
	return init(test, AF_INET);
}

int nst_tcp_test_init6(struct kunit *test)
{
	return init(test, AF_INET6);
}

struct nst_tcp_test *nst_tcp_test_another(struct nst_tcp_test *t)
{
	struct nst_tcp_test *another = connection_alloc(t->test);

	while (t->next)
		t = t->next;
	t->next = another;
	another->wire = t->wire;
	another->family = t->family;
	another->listener = t->listener;
	another->port = t->port + 1;
	another->local_port = t->local_port;
	return another;
}

void nst_tcp_test_set_offer(struct nst_tcp_test *t,
			    const struct nst_build_tcp_options *offer)
{
	struct nst_config *config = &t->wire->stack->config;

	t->offer = *offer;
	config->tcp_sack = offer->sack_ok;
	config->tcp_timestamps = offer->has_ts;
	config->tcp_window_scaling = offer->has_wscale;
}

/* ---- Segments ---- */

static unsigned int write_options(struct nst_tcp_test *t, u8 *octets,
				  const struct nst_tcp_segment *segment)
{
	struct nst_build_tcp_options options = {};
	bool syn = segment->flags & NST_TCP_SYN;
	unsigned int i, len;

	if (segment->options)
		options = *segment->options;
	else if (syn)
		options = t->offer;
	if (!options.has_ts && (syn ? t->offer.has_ts : t->ts))
		options.has_ts = true;
	if (options.has_ts) {
		options.tsval = options.tsval ?: t->tsval;
		options.tsecr = options.tsecr ?: t->tsecr;
	}
	for (i = 0; i < options.sack_count; i++) {
		options.sack[i].left += t->iss;
		options.sack[i].right += t->iss;
	}
	len = nst_build_tcp_options(octets, &options);
	KUNIT_ASSERT_LE_MSG(t->test, len, 40U, "bytes of options");
	return len;
}

static union nst_address peer_address(const struct nst_tcp_test *t)
{
	return t->family == AF_INET6 ? nst_address_v6(&nst_wire_peer6) :
				       nst_address_v4(htonl(NST_WIRE_PEER));
}

static __wsum pseudo_sum(const struct nst_tcp_test *t, unsigned int length)
{
	union nst_address saddr = peer_address(t);
	union nst_address daddr = nst_address_v4(htonl(NST_WIRE_LOCAL));

	if (t->family == AF_INET6)
		daddr = nst_address_v6(&nst_wire_local6);
	return nst_pseudo_sum(t->family, &saddr, &daddr, length, IPPROTO_TCP);
}

/* What is below TCP. */
static void build_lower(struct nst_tcp_test *t, struct sk_buff *skb, u8 tos)
{
	struct tcphdr *th = (struct tcphdr *)skb->data;

	if (t->family == AF_INET6) {
		if (skb->ip_summed != CHECKSUM_PARTIAL) {
			th->check = 0;
			th->check = csum_fold(skb_checksum(skb, 0, skb->len,
							   pseudo_sum(t, skb->len)));
		}
		nst_build_ipv6_frame(skb, &(struct nst_build_ipv6){
			.nexthdr = IPPROTO_TCP,
			.tos = tos,
		});
		return;
	}
	nst_build_ipv4(skb, &(struct nst_build_ipv4){
		.protocol = IPPROTO_TCP,
		.tos = tos,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet){});
}

/* The TCP segment @skb becomes a super-packet: its checksum is left to do. */
static void make_super(struct nst_tcp_test *t, struct sk_buff *skb,
		       const struct nst_tcp_segment *segment)
{
	struct tcphdr *th = (struct tcphdr *)skb->data;

	th->check = ~csum_fold(pseudo_sum(t, skb->len));
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb->data - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb_shinfo(skb)->gso_size = segment->gso_size;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(segment->len,
						 segment->gso_size);
	skb_shinfo(skb)->gso_type = segment->gso_type |
				    (t->family == AF_INET6 ? SKB_GSO_TCPV6 :
							     SKB_GSO_TCPV4);
	t->wire->link->flags |= NST_LINK_TRUSTED_PEER;
}

void nst_tcp_test_inject(struct nst_tcp_test *t,
			 const struct nst_tcp_segment *segment)
{
	u8 options[NST_BUILD_TCP_OPTIONS];
	u16 window = segment->window ?: t->window;
	struct nst_build_tcp tcp = {
		.sport = t->port,
		.dport = t->local_port,
		.seq = NST_TCP_TEST_IRS + segment->seq,
		.flags = segment->flags,
		.window = window,
		.window_zero = segment->window_zero || !window,
		.urgent = segment->urgent,
		.options = options,
		.options_len = write_options(t, options, segment),
	};
	struct sk_buff *skb;

	if (segment->flags & NST_TCP_ACK)
		tcp.ack = t->iss + segment->ack;
	if (segment->flags & NST_TCP_SYN)
		t->ts = t->offer.has_ts;

	skb = nst_build_pattern(t->test, segment->len, segment->seq);
	nst_build_tcp(skb, &tcp);
	if (segment->gso_size)
		make_super(t, skb, segment);
	build_lower(t, skb, segment->tos);
	nst_wire_inject(t->wire, skb);
}

void nst_tcp_test_icmp(struct nst_tcp_test *t, u32 seq,
		       struct nst_icmp_error *error)
{
	struct tcphdr th = {
		.source = t->tp->nst.flow.lport,
		.dest = t->tp->nst.flow.rport,
		.seq = htonl(t->tp->iss + seq),
	};
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(t->test, skb);
	error->family = t->family;
	error->saddr = t->tp->nst.flow.laddr;
	error->daddr = t->tp->nst.flow.raddr;
	error->link_index = NST_WIRE_INDEX;
	/* No more than an error must quote (RFC 792). */
	skb_put_data(skb, &th, 8);
	local_bh_disable();
	rcu_read_lock();
	nst_tcp_error(t->wire->stack, skb, error);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
}

void nst_tcp_test_ack(struct nst_tcp_test *t, u32 ack)
{
	nst_tcp_test_in(t, NST_TCP_ACK, 1, ack, 0);
}

static void expect_sack(struct nst_tcp_test *t,
			const struct nst_build_tcp_options *want)
{
	struct kunit *test = t->test;
	unsigned int i;

	KUNIT_ASSERT_EQ_MSG(test, t->seen.sack_count, want->sack_count,
			    "SACK blocks");
	for (i = 0; i < want->sack_count; i++) {
		KUNIT_EXPECT_EQ_MSG(test,
				    t->seen.sack[i].left - NST_TCP_TEST_IRS,
				    want->sack[i].left,
				    "begin of SACK block %u", i);
		KUNIT_EXPECT_EQ_MSG(test,
				    t->seen.sack[i].right - NST_TCP_TEST_IRS,
				    want->sack[i].right,
				    "end of SACK block %u", i);
	}
}

static void expect_options(struct nst_tcp_test *t, const struct sk_buff *skb,
			   const struct nst_tcp_segment *segment)
{
	const struct nst_build_tcp_options *want = segment->options;
	struct kunit *test = t->test;

	KUNIT_ASSERT_TRUE_MSG(test, nst_read_tcp_options(skb, &t->seen),
			      "options are malformed: %*ph",
			      (int)(tcp_hdrlen(skb) - sizeof(struct tcphdr)),
			      tcp_hdr(skb) + 1);
	if (t->seen.has_ts)
		t->tsecr = t->seen.tsval;
	if (!want) {
		if (segment->flags & (NST_TCP_SYN | NST_TCP_RST))
			return;
		/* RFC 7323 3.2: on all segments, or on none. */
		KUNIT_EXPECT_EQ_MSG(test, t->seen.has_ts, t->ts, "timestamps");
		KUNIT_EXPECT_EQ_MSG(test, t->seen.sack_count, 0, "SACK blocks");
		return;
	}
	KUNIT_EXPECT_EQ_MSG(test, t->seen.mss, want->mss, "MSS");
	KUNIT_EXPECT_EQ_MSG(test, t->seen.has_wscale, want->has_wscale,
			    "window scale option");
	KUNIT_EXPECT_EQ_MSG(test, t->seen.wscale, want->wscale,
			    "window scale");
	KUNIT_EXPECT_EQ_MSG(test, t->seen.sack_ok, want->sack_ok,
			    "SACK permitted");
	KUNIT_EXPECT_EQ_MSG(test, t->seen.has_ts, want->has_ts || t->ts,
			    "timestamps");
	if (want->tsval)
		KUNIT_EXPECT_EQ_MSG(test, t->seen.tsval, want->tsval, "TSval");
	if (want->tsecr)
		KUNIT_EXPECT_EQ_MSG(test, t->seen.tsecr, want->tsecr, "TSecr");
	expect_sack(t, want);
}

static void expect_payload(struct nst_tcp_test *t, const struct sk_buff *skb,
			   u32 seq)
{
	const u8 *data = skb->data + tcp_hdrlen(skb);
	unsigned int len = skb->len - tcp_hdrlen(skb);
	unsigned int i;

	for (i = 0; i < len; i++) {
		if (data[i] == (u8)(seq - 1 + i))
			continue;
		KUNIT_FAIL(t->test, "octet %u of %u is %u", i, len, data[i]);
		return;
	}
}

struct sk_buff *nst_tcp_test_expect(struct nst_tcp_test *t,
				    const struct nst_tcp_segment *segment)
{
	struct sk_buff *skb = t->family == AF_INET6 ?
			      nst_wire_expect_ipv6(t->wire, IPPROTO_TCP) :
			      nst_wire_expect_ipv4(t->wire, IPPROTO_TCP);
	const struct tcphdr *th = tcp_hdr(skb);
	struct kunit *test = t->test;

	KUNIT_ASSERT_GE(test, skb->len, (unsigned int)sizeof(*th));
	KUNIT_ASSERT_GE(test, skb->len, th->doff * 4U);
	KUNIT_ASSERT_GE(test, (int)th->doff, 5);
	if (th->syn && !t->iss_known) {
		t->iss = ntohl(th->seq);
		t->iss_known = true;
	}
	KUNIT_EXPECT_EQ(test, ntohs(th->source), t->local_port);
	KUNIT_EXPECT_EQ(test, ntohs(th->dest), t->port);
	KUNIT_EXPECT_EQ_MSG(test, get_unaligned_be16((const u8 *)th + 12) &
				  0x0fff, segment->flags, "flags");
	KUNIT_EXPECT_EQ_MSG(test, ntohl(th->seq) - t->iss, segment->seq,
			    "sequence number");
	if (segment->flags & NST_TCP_ACK)
		KUNIT_EXPECT_EQ_MSG(test, ntohl(th->ack_seq) - NST_TCP_TEST_IRS,
				    segment->ack, "acknowledgment number");
	else
		KUNIT_EXPECT_EQ(test, ntohl(th->ack_seq), 0U);
	KUNIT_EXPECT_EQ_MSG(test, skb->len - tcp_hdrlen(skb), segment->len,
			    "bytes of payload");
	if (segment->window || segment->window_zero)
		KUNIT_EXPECT_EQ_MSG(test, ntohs(th->window), segment->window,
				    "window");
	if (segment->urgent)
		KUNIT_EXPECT_EQ_MSG(test, ntohs(th->urg_ptr), segment->urgent,
				    "urgent pointer");
	expect_options(t, skb, segment);
	expect_payload(t, skb, segment->seq);
	return skb;
}

/* ---- Opening ---- */

int nst_tcp_test_connect(struct nst_tcp_test *t)
{
	const struct nst_sockaddr peer = {
		.family = t->family,
		.address = peer_address(t),
		.port = htons(t->port),
	};
	int err;

	lock_sock(t->sk);
	err = nst_tcp_connect(t->sk, &peer);
	if (!err) {
		t->local_port = ntohs(t->tp->nst.flow.lport);
		t->iss = t->tp->iss;
		t->iss_known = true;
	}
	release_sock(t->sk);
	return err;
}

void nst_tcp_test_establish(struct nst_tcp_test *t)
{
	KUNIT_ASSERT_EQ(t->test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	nst_tcp_test_wait(t, t->rtt_us);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 1, 0);
	KUNIT_ASSERT_EQ(t->test, t->sk->sk_state, TCP_ESTABLISHED);
	if (t->rtt_us)
		return;
	lock_sock(t->sk);
	t->tp->srtt_us = 0;
	nst_tcp_rtt_sample(t->tp, 2 * USEC_PER_SEC);
	release_sock(t->sk);
}

struct socket *nst_tcp_test_listen(struct nst_tcp_test *t, int backlog)
{
	/* Family and port are at the same place in both, and :: is zero. */
	struct sockaddr_in6 address = {
		.sin6_family = t->family,
		.sin6_port = htons(NST_TCP_TEST_PORT),
	};

	t->listener = nst_tcp_test_socket(t);
	KUNIT_ASSERT_EQ(t->test, 0, kernel_bind(t->listener, (void *)&address,
						sizeof(address)));
	KUNIT_ASSERT_EQ(t->test, 0, kernel_listen(t->listener, backlog));
	return t->listener;
}

void nst_tcp_test_syn(struct nst_tcp_test *t)
{
	nst_tcp_test_in(t, NST_TCP_SYN, 0, 0, 0);
}

void nst_tcp_test_half_open(struct nst_tcp_test *t)
{
	nst_tcp_test_syn(t);
	nst_tcp_test_out(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	t->ts = t->offer.has_ts && t->seen.has_ts;
}

void nst_tcp_test_handshake(struct nst_tcp_test *t)
{
	nst_tcp_test_half_open(t);
	nst_tcp_test_wait(t, t->rtt_us);
	nst_tcp_test_ack(t, 1);
}

struct socket *nst_tcp_test_accept(struct nst_tcp_test *t)
{
	struct socket *sock;

	KUNIT_ASSERT_EQ(t->test, 0,
			kernel_accept(t->listener, &sock, O_NONBLOCK));
	track(t->test, sock, socket_free);
	adopt(t, sock);
	return sock;
}

void nst_tcp_test_establish_passive(struct nst_tcp_test *t)
{
	if (!t->listener)
		nst_tcp_test_listen(t, 5);
	nst_tcp_test_handshake(t);
	nst_tcp_test_accept(t);
	KUNIT_ASSERT_EQ(t->test, t->sk->sk_state, TCP_ESTABLISHED);
}

/* ---- The program ---- */

struct socket *nst_tcp_test_socket(struct nst_tcp_test *t)
{
	struct socket *sock;

	KUNIT_ASSERT_EQ(t->test, 0, sock_create_kern(&init_net, nst_family,
						     SOCK_STREAM,
						     t->family == AF_INET6 ?
						     NETSTACK_IPV6 : 0,
						     &sock));
	track(t->test, sock, socket_free);
	return sock;
}

int nst_tcp_test_send(struct nst_tcp_test *t, unsigned int len, int flags)
{
	struct msghdr msg = { .msg_flags = flags | MSG_DONTWAIT };
	u32 from = t->tp->write_seq - t->tp->iss - 1;
	struct kvec vec = { .iov_len = len };
	unsigned int i;
	int ret;
	u8 *data;

	data = kvmalloc(max(len, 1U), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(t->test, data);
	for (i = 0; i < len; i++)
		data[i] = from + i;
	vec.iov_base = data;
	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, len);
	ret = nst_tcp_sendmsg(t->sk, &msg, len);
	kvfree(data);
	return ret;
}

int nst_tcp_test_recv(struct nst_tcp_test *t, void *data, size_t len,
		      int flags)
{
	struct kvec vec = { data, len };
	struct msghdr msg = {};

	return kernel_recvmsg(t->sock, &msg, &vec, 1, len,
			      flags | MSG_DONTWAIT);
}

void nst_tcp_test_close_listener(struct nst_tcp_test *t)
{
	socket_close(t->test, t->listener);
	t->listener = NULL;
}

void nst_tcp_test_close(struct nst_tcp_test *t)
{
	struct socket *sock = t->sock;

	t->sock = NULL;
	t->sk = NULL;
	t->tp = NULL;
	socket_close(t->test, sock);
}

void nst_tcp_test_close_program(struct nst_tcp_test *t)
{
	struct socket *sock = t->sock;

	sock_hold(t->sk);
	track(t->test, t->sk, sk_free_reference);
	t->sock = NULL;
	socket_close(t->test, sock);
}

/* ---- Time ---- */

/* As the timer wheel would call it, with the timer's reference. */
static void fire(struct timer_list *timer)
{
	local_bh_disable();
	if (timer_delete(timer))
		timer->function(timer);
	local_bh_enable();
}

static struct nst_endpoint *endpoint_get(const struct nst_tcp_test *t)
{
	const struct nst_flow_key key = {
		.laddr = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.raddr = nst_address_v4(htonl(NST_WIRE_PEER)),
		.lport = htons(t->local_port),
		.rport = htons(t->port),
		.family = AF_INET,
		.link_index = NST_WIRE_INDEX,
	};

	return nst_demux_flow_get(&t->wire->stack->tcp->demux, &key);
}

/* Timers of whatever has the flow. Return: how many. */
static unsigned int timers_of(struct nst_endpoint *endpoint,
			      struct timer_list *timers[3])
{
	struct nst_tcp_sock *tp;

	switch (endpoint->kind) {
	case NST_ENDPOINT_REQUEST:
		timers[0] = &container_of(endpoint, struct nst_tcp_request,
					  flow)->timer;
		return 1;
	case NST_ENDPOINT_SOCK:
		tp = container_of(endpoint, struct nst_tcp_sock, nst.flow);
		timers[0] = &tp->rtx_timer;
		timers[1] = &tp->delack_timer;
		timers[2] = &tp->nst.sk.sk_timer;
		return 3;
	}
	return 0;
}

/* The timer of this connection that is due first, if it is until @us. */
static struct timer_list *first_due(struct nst_endpoint *endpoint, u64 *us)
{
	struct timer_list *timers[3], *first = NULL;
	unsigned int i, count = timers_of(endpoint, timers);

	for (i = 0; i < count; i++) {
		u64 due;

		if (!timer_pending(timers[i]))
			continue;
		due = nst_tcp_clock_us_until(timers[i]->expires);
		if (due < *us || (due == *us && !first)) {
			*us = due;
			first = timers[i];
		}
	}
	return first;
}

/*
 * Move on to the next timer that is due within @us, and fire it. Return: how
 * much of @us is left, or -1 if none was due.
 */
static s64 fire_next(struct nst_tcp_test *root, u64 us)
{
	struct nst_endpoint *owner = NULL;
	struct timer_list *timer = NULL;
	struct nst_tcp_test *t;
	u64 when = us;

	for (t = root; t; t = t->next) {
		struct nst_endpoint *endpoint = endpoint_get(t);
		struct timer_list *candidate;
		u64 due = when;

		if (!endpoint)
			continue;
		candidate = first_due(endpoint, &due);
		if (!candidate || (timer && due >= when)) {
			nst_endpoint_put(endpoint);
			continue;
		}
		if (owner)
			nst_endpoint_put(owner);
		owner = endpoint;
		timer = candidate;
		when = due;
	}
	if (!timer)
		return -1;
	nst_tcp_clock_advance(when);
	fire(timer);
	nst_endpoint_put(owner);
	return us - when;
}

void nst_tcp_test_wait(struct nst_tcp_test *t, u64 us)
{
	struct nst_tcp_test *root = t->test->priv;
	s64 left;

	while ((left = fire_next(root, us)) >= 0)
		us = left;
	nst_tcp_clock_advance(us);
}

void nst_tcp_test_silence(struct nst_tcp_test *t, u64 us)
{
	nst_tcp_test_wait(t, us);
	nst_wire_expect_nothing(t->wire);
}

/* Whether it is pending or not. */
static void expire(struct nst_tcp_test *t, struct timer_list *timer)
{
	local_bh_disable();
	if (!timer_delete(timer))
		sock_hold(t->sk);
	timer->function(timer);
	local_bh_enable();
}

void nst_tcp_test_expire_rtx(struct nst_tcp_test *t)
{
	t->tp->rtx_timeout = nst_tcp_jiffies();
	expire(t, &t->tp->rtx_timer);
}

void nst_tcp_test_expire_delack(struct nst_tcp_test *t)
{
	t->tp->delack_timeout = nst_tcp_jiffies();
	expire(t, &t->tp->delack_timer);
}

void nst_tcp_test_expire_keepalive(struct nst_tcp_test *t)
{
	expire(t, &t->sk->sk_timer);
}

long nst_tcp_test_rtx_due(const struct nst_tcp_test *t)
{
	return (long)(t->tp->rtx_timeout - nst_tcp_jiffies());
}
