// SPDX-License-Identifier: GPL-2.0
/*
 * sock_diag (control/diag.c, diag_message.c), asked over netlink by a kernel
 * thread: what is told of each kind of socket, which ones a request means,
 * what it means to end one, and requests that are none.
 */
#include <linux/netstack.h>
#include <linux/netstack_diag.h>
#include <linux/sock_diag.h>

#include "../netstack/transport/tcp/info.h"
#include "netlink_client.h"
#include "sock_fixture.h"
#include "tcp_fixture.h"

#define ALL_STATES	0xffe
#define ALL_SHOWN	(NETSTACK_DIAG_SHOW(NETSTACK_DIAG_MEMINFO) |	\
			 NETSTACK_DIAG_SHOW(NETSTACK_DIAG_TCP_INFO) |	\
			 NETSTACK_DIAG_SHOW(NETSTACK_DIAG_CONGESTION) |	\
			 NETSTACK_DIAG_SHOW(NETSTACK_DIAG_MARK) |	\
			 NETSTACK_DIAG_SHOW(NETSTACK_DIAG_CGROUP_ID))
#ifdef CONFIG_SOCK_CGROUP_DATA
#define NOT_SHOWN	0
#else
#define NOT_SHOWN	NETSTACK_DIAG_SHOW(NETSTACK_DIAG_CGROUP_ID)
#endif
#define FIN_ACK		(NST_TCP_FIN | NST_TCP_ACK)
#define RST_ACK		(NST_TCP_RST | NST_TCP_ACK)
#define MESSAGES	8

/**
 * struct question - a request
 * @nlh: netlink's header
 * @request: its own
 * @attributes: room for them
 */
struct question {
	struct nlmsghdr nlh;
	struct netstack_diag_req request;
	u8 attributes[64];
};

/**
 * struct answer - what came back
 * @error: of the request
 * @count: sockets that were told
 * @msg: the first of them
 * @info: TCP_INFO of the last, zero without it
 * @attributes: bits of the attributes of the last
 */
struct answer {
	int error;
	unsigned int count;
	struct netstack_diag_msg msg[MESSAGES];
	struct nst_tcp_info info;
	u32 attributes;
};

static struct question question(u16 type, u16 flags)
{
	return (struct question) {
		.nlh = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct netstack_diag_req)),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags,
		},
		.request = {
			.family = nst_family,
			.states = ALL_STATES,
		},
	};
}

static void put(struct question *q, u16 type, const void *data, u16 len)
{
	struct nlattr *attr = (void *)q + q->nlh.nlmsg_len;

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy((void *)attr + NLA_HDRLEN, data, len);
	q->nlh.nlmsg_len += NLA_ALIGN(attr->nla_len);
}

static void read_attributes(const struct nlmsghdr *nlh, struct answer *answer)
{
	const struct nlattr *attr;
	int rest;

	memset(&answer->info, 0, sizeof(answer->info));
	answer->attributes = 0;
	nlmsg_for_each_attr(attr, nlh, sizeof(struct netstack_diag_msg), rest) {
		answer->attributes |= BIT(nla_type(attr));
		if (nla_type(attr) == NETSTACK_DIAG_TCP_INFO)
			nla_memcpy(&answer->info, attr, sizeof(answer->info));
	}
}

/* Return: there is more to come. */
static bool read_message(const struct nlmsghdr *nlh, struct answer *answer)
{
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
	case NLMSG_DONE:
		/* Both begin with an errno. */
		answer->error = *(int *)nlmsg_data(nlh);
		return false;
	case SOCK_DIAG_BY_FAMILY:
		if (answer->count < MESSAGES)
			memcpy(&answer->msg[answer->count], nlmsg_data(nlh),
			       sizeof(answer->msg[0]));
		answer->count++;
		read_attributes(nlh, answer);
		return true;
	}
	answer->error = -EPROTO;
	return false;
}

static struct answer ask(struct kunit *test, struct question *q)
{
	struct socket *sock = netlink_client(test, NETLINK_SOCK_DIAG);
	struct answer answer = {};
	const struct nlmsghdr *nlh;
	bool more = true;
	void *buffer;
	int length;

	buffer = kunit_kzalloc(test, NETLINK_CLIENT_ROOM, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buffer);
	netlink_client_send(test, sock, &q->nlh);
	while (more) {
		length = netlink_client_receive(sock, buffer);
		KUNIT_ASSERT_GT(test, length, 0);
		for (nlh = buffer; more && nlmsg_ok(nlh, length);
		     nlh = nlmsg_next(nlh, &length))
			more = read_message(nlh, &answer);
	}
	return answer;
}

static struct answer dump(struct kunit *test, u32 states)
{
	struct question q = question(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);

	q.request.states = states;
	q.request.show = ALL_SHOWN;
	return ask(test, &q);
}

/* There is one socket in these states. */
static struct answer only(struct kunit *test, u32 states)
{
	struct answer answer = dump(test, states);

	KUNIT_ASSERT_EQ(test, 1U, answer.count);
	return answer;
}

/* A question about the socket that was told. */
static struct question about(u16 type, const struct netstack_diag_msg *msg)
{
	struct question q = question(type, 0);

	q.request.protocol = msg->protocol;
	q.request.type = msg->type;
	q.request.address_family = msg->address_family;
	q.request.states = BIT(msg->state);
	q.request.id = msg->id;
	return q;
}

static int destroy(struct kunit *test, const struct netstack_diag_msg *msg)
{
	struct question q = about(SOCK_DESTROY, msg);

	return ask(test, &q).error;
}

/* ---- what is told ---- */

static void dump__tells_each_kind(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *udp = sock_make(test, SOCK_DGRAM);
	struct socket *ping, *tcp;
	struct answer answer;
	u64 cookie;

	wire->stack->config.ping_group_range[0] = 0;
	tcp = sock_make(test, SOCK_STREAM);
	ping = sock_make_protocol(test, SOCK_DGRAM, IPPROTO_ICMP);
	sock_make_protocol(test, SOCK_RAW, 200);
	KUNIT_ASSERT_EQ(test, 0, sock_bind(tcp, 0, 80));
	KUNIT_ASSERT_EQ(test, 0, tcp->ops->listen(tcp, 7));
	KUNIT_ASSERT_EQ(test, 0, sock_bind(udp, NST_WIRE_LOCAL, 53));
	KUNIT_ASSERT_EQ(test, 0, sock_connect(udp, NST_WIRE_PEER, 54));
	KUNIT_ASSERT_EQ(test, 0, sock_bind(ping, 0, 99));

	answer = dump(test, ALL_STATES);
	KUNIT_EXPECT_EQ(test, 0, answer.error);
	KUNIT_ASSERT_EQ(test, 4U, answer.count);

	KUNIT_EXPECT_EQ(test, nst_family, (int)answer.msg[0].family);
	KUNIT_EXPECT_EQ(test, SOCK_STREAM, (int)answer.msg[0].type);
	KUNIT_EXPECT_EQ(test, IPPROTO_TCP, (int)answer.msg[0].protocol);
	KUNIT_EXPECT_EQ(test, AF_INET, (int)answer.msg[0].address_family);
	KUNIT_EXPECT_EQ(test, TCP_LISTEN, (int)answer.msg[0].state);
	KUNIT_EXPECT_EQ(test, 80, (int)ntohs(answer.msg[0].id.sport));
	KUNIT_EXPECT_EQ(test, 0U, answer.msg[0].rqueue);
	KUNIT_EXPECT_EQ(test, 7U, answer.msg[0].wqueue);
	KUNIT_EXPECT_EQ(test, NETSTACK_DIAG_TIMER_OFF,
			(int)answer.msg[0].timer);
	cookie = (u64)answer.msg[0].id.cookie[1] << 32 |
		 answer.msg[0].id.cookie[0];
	KUNIT_EXPECT_EQ(test, (u64)atomic64_read(&tcp->sk->sk_cookie), cookie);

	KUNIT_EXPECT_EQ(test, IPPROTO_UDP, (int)answer.msg[1].protocol);
	KUNIT_EXPECT_EQ(test, TCP_ESTABLISHED, (int)answer.msg[1].state);
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, ntohl(answer.msg[1].id.src[0]));
	KUNIT_EXPECT_EQ(test, NST_WIRE_PEER, ntohl(answer.msg[1].id.dst[0]));
	KUNIT_EXPECT_EQ(test, 53, (int)ntohs(answer.msg[1].id.sport));
	KUNIT_EXPECT_EQ(test, 54, (int)ntohs(answer.msg[1].id.dport));

	KUNIT_EXPECT_EQ(test, IPPROTO_ICMP, (int)answer.msg[2].protocol);
	KUNIT_EXPECT_EQ(test, 99, (int)ntohs(answer.msg[2].id.sport));
	KUNIT_EXPECT_EQ(test, TCP_CLOSE, (int)answer.msg[2].state);

	KUNIT_EXPECT_EQ(test, SOCK_RAW, (int)answer.msg[3].type);
	KUNIT_EXPECT_EQ(test, 200, (int)answer.msg[3].protocol);
	KUNIT_EXPECT_TRUE(test, answer.attributes &
				BIT(NETSTACK_DIAG_MEMINFO));
	KUNIT_EXPECT_FALSE(test, answer.attributes &
				 BIT(NETSTACK_DIAG_TCP_INFO));
}

static void dump__tells_what_a_connection_measures(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct answer answer;

	nst_tcp_test_establish_passive(t);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 300);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 301, 0);
	nst_tcp_test_send(t, 500, 0);
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, 1, 301, 500);
	answer = only(test, TCPF_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, 300U, answer.msg[0].rqueue);
	KUNIT_EXPECT_EQ(test, 500U, answer.msg[0].wqueue);
	KUNIT_EXPECT_EQ(test, 1U, answer.info.head.tcpi_unacked);
	KUNIT_EXPECT_EQ(test, 300ULL, answer.info.head.tcpi_bytes_received);
	KUNIT_EXPECT_EQ(test, ALL_SHOWN & ~NOT_SHOWN,
			answer.attributes & ~BIT(NETSTACK_DIAG_PAD));
}

static void dump__tells_the_timer(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct answer answer;

	nst_tcp_test_establish_passive(t);
	answer = only(test, TCPF_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, NETSTACK_DIAG_TIMER_OFF,
			(int)answer.msg[0].timer);

	nst_tcp_test_send(t, 500, 0);
	nst_wire_discard(t->wire);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expire_rtx(t);
	nst_wire_discard(t->wire);
	answer = dump(test, TCPF_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, NETSTACK_DIAG_TIMER_ON,
			(int)answer.msg[0].timer);
	KUNIT_EXPECT_EQ(test, (int)t->tp->retransmits,
			(int)answer.msg[0].retrans);
	KUNIT_EXPECT_EQ(test, jiffies_to_msecs(nst_tcp_test_rtx_due(t)),
			answer.msg[0].expires);

	/* All is acknowledged, and the window is closed. */
	t->window = 0;
	nst_tcp_test_ack(t, 501);
	nst_tcp_test_send(t, 500, 0);
	answer = dump(test, TCPF_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, NETSTACK_DIAG_TIMER_PERSIST,
			(int)answer.msg[0].timer);

	t->window = 1000;
	nst_tcp_test_ack(t, 501);
	nst_wire_discard(t->wire);
	nst_tcp_test_ack(t, 1001);
	t->tp->keepalive_time = 10 * HZ;
	lock_sock(t->sk);
	t->sk->sk_prot->keepalive(t->sk, 1);
	sock_set_flag(t->sk, SOCK_KEEPOPEN);
	release_sock(t->sk);
	answer = dump(test, TCPF_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, NETSTACK_DIAG_TIMER_KEEPALIVE,
			(int)answer.msg[0].timer);
	KUNIT_EXPECT_EQ(test, 10000U, answer.msg[0].expires);
}

static void dump__tells_half_open_and_time_wait(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct answer answer;

	nst_tcp_test_listen(t, 1);
	nst_tcp_test_half_open(t);
	answer = only(test, TCPF_SYN_RECV);
	KUNIT_EXPECT_EQ(test, NETSTACK_DIAG_NOCOOKIE,
			answer.msg[0].id.cookie[0]);
	KUNIT_EXPECT_EQ(test, NETSTACK_DIAG_TIMER_ON,
			(int)answer.msg[0].timer);
	KUNIT_EXPECT_EQ(test, 1000U, answer.msg[0].expires);
	KUNIT_EXPECT_EQ(test, 0U, answer.msg[0].inode);

	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0);
	nst_tcp_test_accept(t);
	nst_tcp_test_close(t);
	nst_tcp_test_out(t, FIN_ACK, 1, 1, 0);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 2, 0);
	answer = dump(test, TCPF_FIN_WAIT2);
	KUNIT_EXPECT_EQ(test, 1U, answer.count);
	nst_tcp_test_in(t, FIN_ACK, 1, 2, 0);
	nst_wire_discard(t->wire);
	answer = only(test, TCPF_TIME_WAIT);
	KUNIT_EXPECT_EQ(test, NETSTACK_DIAG_TIMER_TIMEWAIT,
			(int)answer.msg[0].timer);
	KUNIT_EXPECT_EQ(test, 60000U, answer.msg[0].expires);
	KUNIT_EXPECT_EQ(test, 0U, dump(test, TCPF_FIN_WAIT2).count);
}

/* ---- which ones ---- */

static unsigned int count(struct kunit *test, struct question *q)
{
	struct answer answer = ask(test, q);

	KUNIT_EXPECT_EQ(test, 0, answer.error);
	return answer.count;
}

static unsigned int count_with(struct kunit *test, u16 type, const void *data,
			       u16 len)
{
	struct question q = question(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);

	put(&q, type, data, len);
	return count(test, &q);
}

static unsigned int count_ports(struct kunit *test, u16 type, u16 first,
				u16 last)
{
	const struct netstack_diag_ports ports = { first, last };

	return count_with(test, type, &ports, sizeof(ports));
}

static unsigned int count_prefix(struct kunit *test, u16 type, u32 address,
				 u8 length)
{
	const struct netstack_diag_prefix prefix = {
		.address_family = AF_INET,
		.length = length,
		.address = { htonl(address) },
	};

	return count_with(test, type, &prefix, sizeof(prefix));
}

static void dump__filters(struct kunit *test)
{
	struct question q = question(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
	const u32 wire_index = NST_WIRE_INDEX;
	struct socket *udp[2], *tcp;

	nst_wire_create_ipv4(test);
	tcp = sock_make(test, SOCK_STREAM);
	udp[0] = sock_make(test, SOCK_DGRAM);
	udp[1] = sock_make(test, SOCK_DGRAM);
	KUNIT_ASSERT_EQ(test, 0, sock_bind(tcp, 0, 80));
	KUNIT_ASSERT_EQ(test, 0, tcp->ops->listen(tcp, 1));
	KUNIT_ASSERT_EQ(test, 0, sock_bind(udp[0], NST_WIRE_LOCAL, 53));
	udp[1]->sk->sk_bound_dev_if = NST_WIRE_INDEX;
	KUNIT_ASSERT_EQ(test, 0, sock_bind(udp[1], 0, 5300));
	KUNIT_ASSERT_EQ(test, 0, sock_connect(udp[1], NST_WIRE_PEER, 54));

	KUNIT_EXPECT_EQ(test, 3U, count(test, &q));
	q.request.states = TCPF_LISTEN;
	KUNIT_EXPECT_EQ(test, 1U, count(test, &q));
	q.request.states = 0;
	KUNIT_EXPECT_EQ(test, 0U, count(test, &q));
	q.request.states = ALL_STATES;
	q.request.protocol = IPPROTO_UDP;
	KUNIT_EXPECT_EQ(test, 2U, count(test, &q));
	q.request.type = SOCK_RAW;
	KUNIT_EXPECT_EQ(test, 0U, count(test, &q));
	q.request.protocol = 0;
	q.request.type = SOCK_STREAM;
	KUNIT_EXPECT_EQ(test, 1U, count(test, &q));
	q.request.type = 0;
	q.request.address_family = AF_INET6;
	KUNIT_EXPECT_EQ(test, 0U, count(test, &q));

	KUNIT_EXPECT_EQ(test, 2U,
			count_ports(test, NETSTACK_DIAG_REQ_SPORT, 53, 80));
	KUNIT_EXPECT_EQ(test, 1U,
			count_ports(test, NETSTACK_DIAG_REQ_SPORT, 81, 65535));
	KUNIT_EXPECT_EQ(test, 1U,
			count_ports(test, NETSTACK_DIAG_REQ_DPORT, 54, 54));
	KUNIT_EXPECT_EQ(test, 2U,
			count_ports(test, NETSTACK_DIAG_REQ_DPORT, 0, 0));
	KUNIT_EXPECT_EQ(test, 2U,
			count_prefix(test, NETSTACK_DIAG_REQ_SRC,
				     NST_WIRE_LOCAL, 32));
	KUNIT_EXPECT_EQ(test, 3U,
			count_prefix(test, NETSTACK_DIAG_REQ_SRC, 0, 0));
	KUNIT_EXPECT_EQ(test, 1U,
			count_prefix(test, NETSTACK_DIAG_REQ_DST,
				     NST_WIRE_OTHER, 24));
	KUNIT_EXPECT_EQ(test, 0U,
			count_prefix(test, NETSTACK_DIAG_REQ_DST,
				     NST_WIRE_OTHER, 32));
	KUNIT_EXPECT_EQ(test, 1U,
			count_with(test, NETSTACK_DIAG_REQ_LINK, &wire_index,
				   sizeof(wire_index)));
}

/* As many as no message holds. */
static void dump__goes_on_over_many_messages(struct kunit *test)
{
	struct question q = question(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
	struct socket *sock;
	unsigned int i;

	nst_wire_create_ipv4(test);
	for (i = 0; i < 600; i++) {
		sock = sock_make(test, SOCK_DGRAM);
		KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, 0, 1000 + i));
	}
	q.request.show = ALL_SHOWN;
	KUNIT_EXPECT_EQ(test, 600U, count(test, &q));
}

static void get__the_one_with_the_cookie(struct kunit *test)
{
	struct answer all, one;
	struct socket *sock;
	struct question q;
	unsigned int i;

	nst_wire_create_ipv4(test);
	for (i = 0; i < 3; i++) {
		sock = sock_make(test, SOCK_DGRAM);
		sock->sk->sk_reuseport = 1;
		KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, 0, 53));
	}
	all = dump(test, ALL_STATES);
	KUNIT_ASSERT_EQ(test, 3U, all.count);
	for (i = 0; i < 3; i++) {
		q = about(SOCK_DIAG_BY_FAMILY, &all.msg[i]);
		one = ask(test, &q);
		KUNIT_EXPECT_EQ(test, 0, one.error);
		KUNIT_ASSERT_EQ(test, 1U, one.count);
		KUNIT_EXPECT_EQ(test, 0, memcmp(&one.msg[0].id, &all.msg[i].id,
						sizeof(one.msg[0].id)));
	}
	q.request.id.cookie[0] ^= 0x4000;
	KUNIT_EXPECT_EQ(test, -ENOENT, ask(test, &q).error);
	q.request.id.cookie[0] = NETSTACK_DIAG_NOCOOKIE;
	q.request.id.cookie[1] = NETSTACK_DIAG_NOCOOKIE;
	KUNIT_EXPECT_EQ(test, 1U, ask(test, &q).count);
	q.request.states = TCPF_ESTABLISHED;
	KUNIT_EXPECT_EQ(test, -ENOENT, ask(test, &q).error);
	q.request.states = ALL_STATES;
	q.request.id.sport = htons(54);
	KUNIT_EXPECT_EQ(test, -ENOENT, ask(test, &q).error);
}

/* ---- the end of one ---- */

static void destroy__resets_the_connection(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct answer answer;
	u8 data[10];

	nst_tcp_test_establish_passive(t);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, sizeof(data));
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 11, 0);
	answer = only(test, TCPF_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, 0, destroy(test, &answer.msg[0]));
	nst_tcp_test_out(t, RST_ACK, 1, 11, 0);
	KUNIT_EXPECT_EQ(test, ECONNABORTED, t->sk->sk_err);
	KUNIT_EXPECT_EQ(test, TCP_CLOSE, (int)t->sk->sk_state);
	KUNIT_EXPECT_EQ(test, -ENOENT, destroy(test, &answer.msg[0]));
	nst_wire_expect_nothing(t->wire);
}

/* It is the next one that accept() gives. */
static void destroy__connection_that_waits_for_accept(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct answer answer;

	nst_tcp_test_listen(t, 1);
	nst_tcp_test_handshake(t);
	answer = only(test, TCPF_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, 0, destroy(test, &answer.msg[0]));
	nst_tcp_test_out(t, RST_ACK, 1, 1, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, ECONNABORTED, t->sk->sk_err);
	KUNIT_EXPECT_EQ(test, TCP_CLOSE, (int)t->sk->sk_state);
}

static void destroy__orphan(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct answer answer;

	nst_tcp_test_establish_passive(t);
	nst_tcp_test_close(t);
	nst_tcp_test_out(t, FIN_ACK, 1, 1, 0);
	answer = only(test, TCPF_FIN_WAIT1);
	KUNIT_EXPECT_EQ(test, 0U, answer.msg[0].inode);
	KUNIT_EXPECT_EQ(test, 0, destroy(test, &answer.msg[0]));
	nst_tcp_test_out(t, RST_ACK, 2, 1, 0);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->wire->stack->tcp->orphans));
	KUNIT_EXPECT_EQ(test, 0U, dump(test, ALL_STATES & ~TCPF_LISTEN).count);
}

static void destroy__listener_and_half_open(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct answer answer;

	nst_tcp_test_listen(t, 4);
	nst_tcp_test_half_open(t);
	answer = only(test, TCPF_SYN_RECV);
	KUNIT_EXPECT_EQ(test, 0, destroy(test, &answer.msg[0]));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->wire->stack->tcp->requests));
	KUNIT_EXPECT_EQ(test, -ENOENT, destroy(test, &answer.msg[0]));

	answer = only(test, TCPF_LISTEN);
	KUNIT_EXPECT_EQ(test, 0, destroy(test, &answer.msg[0]));
	KUNIT_EXPECT_EQ(test, TCP_CLOSE, (int)t->listener->sk->sk_state);
	KUNIT_EXPECT_EQ(test, ECONNABORTED, t->listener->sk->sk_err);
	KUNIT_EXPECT_EQ(test, 0U, dump(test, ALL_STATES).count);
	/* Nobody listens any more. */
	nst_tcp_test_syn(t);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->wire->stack->tcp->requests));
	nst_wire_discard(t->wire);
}

static void destroy__time_wait(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct answer answer;

	nst_tcp_test_establish_passive(t);
	nst_tcp_test_close(t);
	nst_tcp_test_in(t, FIN_ACK, 1, 2, 0);
	nst_wire_discard(t->wire);
	answer = only(test, TCPF_TIME_WAIT);
	KUNIT_EXPECT_EQ(test, 0, destroy(test, &answer.msg[0]));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->wire->stack->tcp->timewaits));
	nst_wire_expect_nothing(t->wire);
}

static void destroy__datagram_socket_is_disconnected(struct kunit *test)
{
	struct socket *bound, *other;
	struct answer answer;

	nst_wire_create_ipv4(test);
	bound = sock_make(test, SOCK_DGRAM);
	other = sock_make(test, SOCK_DGRAM);
	KUNIT_ASSERT_EQ(test, 0, sock_bind(bound, 0, 53));
	KUNIT_ASSERT_EQ(test, 0, sock_connect(bound, NST_WIRE_PEER, 54));
	KUNIT_ASSERT_EQ(test, 0, sock_connect(other, NST_WIRE_PEER, 54));
	answer = dump(test, TCPF_ESTABLISHED);
	KUNIT_ASSERT_EQ(test, 2U, answer.count);
	KUNIT_EXPECT_EQ(test, 0, destroy(test, &answer.msg[0]));
	KUNIT_EXPECT_EQ(test, 0, destroy(test, &answer.msg[1]));
	KUNIT_EXPECT_EQ(test, ECONNABORTED, bound->sk->sk_err);
	KUNIT_EXPECT_EQ(test, ECONNABORTED, other->sk->sk_err);
	/* The port that was asked for is still its own. */
	answer = only(test, ALL_STATES);
	KUNIT_EXPECT_EQ(test, 53, (int)ntohs(answer.msg[0].id.sport));
	KUNIT_EXPECT_EQ(test, TCP_CLOSE, (int)answer.msg[0].state);
}

static void destroy__raw_and_ping(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *ping, *raw;
	struct answer answer;

	wire->stack->config.ping_group_range[0] = 0;
	ping = sock_make_protocol(test, SOCK_DGRAM, IPPROTO_ICMP);
	raw = sock_make_protocol(test, SOCK_RAW, 200);
	KUNIT_ASSERT_EQ(test, 0, sock_connect(ping, NST_WIRE_PEER, 0));
	KUNIT_ASSERT_EQ(test, 0, sock_connect(raw, NST_WIRE_PEER, 0));
	answer = dump(test, TCPF_ESTABLISHED);
	KUNIT_ASSERT_EQ(test, 2U, answer.count);
	KUNIT_EXPECT_EQ(test, 0, destroy(test, &answer.msg[0]));
	KUNIT_EXPECT_EQ(test, 0, destroy(test, &answer.msg[1]));
	KUNIT_EXPECT_EQ(test, ECONNABORTED, ping->sk->sk_err);
	KUNIT_EXPECT_EQ(test, ECONNABORTED, raw->sk->sk_err);
	KUNIT_EXPECT_EQ(test, TCP_CLOSE, (int)ping->sk->sk_state);
	KUNIT_EXPECT_EQ(test, TCP_CLOSE, (int)raw->sk->sk_state);
}

/* ---- requests that are none ---- */

static void refused(struct kunit *test, struct question q, const char *what)
{
	struct answer answer = ask(test, &q);

	if (answer.error != -EINVAL)
		kunit_err(test, "%s: %d", what, answer.error);
	KUNIT_EXPECT_EQ(test, -EINVAL, answer.error);
	KUNIT_EXPECT_EQ(test, 0U, answer.count);
}

static void malformed__header_is_refused(struct kunit *test)
{
	const struct question good = question(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
	struct question q;

	nst_wire_create_ipv4(test);
	q = good;
	q.nlh.nlmsg_len -= 4;
	refused(test, q, "short");
	q = good;
	q.request.states = 1;
	refused(test, q, "state 0");
	q = good;
	q.request.states = 0x1000;
	refused(test, q, "state 12");
	q = good;
	q.request.show = NETSTACK_DIAG_SHOW(__NETSTACK_DIAG_MAX);
	refused(test, q, "show");
	q = good;
	q.request.address_family = AF_NETLINK;
	refused(test, q, "address family");
	q = good;
	q.request.id.sport = htons(1);
	refused(test, q, "one of a dump");
	q = question(SOCK_DIAG_BY_FAMILY, 0);
	refused(test, q, "no one");
	q = question(SOCK_DESTROY, NLM_F_DUMP);
	refused(test, q, "end of all");
}

static void malformed__attribute_is_refused(struct kunit *test)
{
	const struct question good = question(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
	struct netstack_diag_prefix prefix = {
		.address_family = AF_INET,
		.length = 33,
	};
	const struct netstack_diag_ports ports = { 2, 1 };
	struct question q;
	u16 type;

	nst_wire_create_ipv4(test);
	q = good;
	put(&q, NETSTACK_DIAG_REQ_DST, &prefix, sizeof(prefix));
	refused(test, q, "prefix of 33 bits");
	q = good;
	prefix.address_family = AF_INET6;
	prefix.length = 129;
	put(&q, NETSTACK_DIAG_REQ_SRC, &prefix, sizeof(prefix));
	refused(test, q, "prefix of 129 bits");
	q = good;
	prefix.address_family = 0;
	prefix.length = 0;
	put(&q, NETSTACK_DIAG_REQ_SRC, &prefix, sizeof(prefix));
	refused(test, q, "prefix of no family");
	q = good;
	prefix.address_family = AF_INET;
	prefix.reserved = 1;
	put(&q, NETSTACK_DIAG_REQ_SRC, &prefix, sizeof(prefix));
	refused(test, q, "reserved field");
	q = good;
	put(&q, NETSTACK_DIAG_REQ_SPORT, &ports, sizeof(ports));
	refused(test, q, "ports from 2 to 1");
	q = good;
	put(&q, NETSTACK_DIAG_REQ_MAX + 1, &ports, sizeof(ports));
	refused(test, q, "unknown attribute");
	for (type = 1; type <= NETSTACK_DIAG_REQ_MAX; type++) {
		q = good;
		put(&q, type, &prefix, 2);
		KUNIT_EXPECT_LT(test, ask(test, &q).error, 0);
	}
}

static void refused__without_a_stack(struct kunit *test)
{
	struct question q = question(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
	struct nst_net *nn = nst_net(&init_net);
	struct nst_stack *stack;

	nst_wire_create_ipv4(test);
	stack = rcu_replace_pointer(nn->stack, NULL, true);
	KUNIT_EXPECT_EQ(test, -ENODEV, ask(test, &q).error);
	q = question(SOCK_DESTROY, 0);
	q.request.type = SOCK_STREAM;
	q.request.protocol = IPPROTO_TCP;
	q.request.address_family = AF_INET;
	KUNIT_EXPECT_EQ(test, -ENODEV, ask(test, &q).error);
	rcu_assign_pointer(nn->stack, stack);
}

static struct kunit_case wire_cases[] = {
	KUNIT_CASE(dump__tells_each_kind),
	KUNIT_CASE(dump__filters),
	KUNIT_CASE(dump__goes_on_over_many_messages),
	KUNIT_CASE(get__the_one_with_the_cookie),
	KUNIT_CASE(destroy__datagram_socket_is_disconnected),
	KUNIT_CASE(destroy__raw_and_ping),
	KUNIT_CASE(malformed__header_is_refused),
	KUNIT_CASE(malformed__attribute_is_refused),
	KUNIT_CASE(refused__without_a_stack),
	{}
};

static struct kunit_suite wire_suite = {
	.name = "netstack_diag",
	.test_cases = wire_cases,
};

static struct kunit_case tcp_cases[] = {
	KUNIT_CASE(dump__tells_what_a_connection_measures),
	KUNIT_CASE(dump__tells_the_timer),
	KUNIT_CASE(dump__tells_half_open_and_time_wait),
	KUNIT_CASE(destroy__resets_the_connection),
	KUNIT_CASE(destroy__connection_that_waits_for_accept),
	KUNIT_CASE(destroy__orphan),
	KUNIT_CASE(destroy__listener_and_half_open),
	KUNIT_CASE(destroy__time_wait),
	{}
};

static struct kunit_suite tcp_suite = {
	.name = "netstack_diag_tcp",
	.init = nst_tcp_test_init_passive,
	.test_cases = tcp_cases,
};

kunit_test_suites(&wire_suite, &tcp_suite);
