/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Short ways to what the suites of groups do all the time. A group is named
 * by its last octet, 239.1.0.N, and so is a source, 10.0.0.N.
 */
#ifndef NST_KUNIT_GROUP_FIXTURE_H
#define NST_KUNIT_GROUP_FIXTURE_H

#include <uapi/linux/igmp.h>

#include "../netstack/network/group_internal.h"
#include "../netstack/transport/membership.h"
#include "network_fixture.h"
#include "sock_fixture.h"

#define GROUP(n)	(0xef010000 + (n))
#define SOURCE(n)	(0x0a000000 + (n))
#define GROUP_PORT	4000

/* Groups of the wire's link; they live as long as the wire. */
static inline struct nst_group_link *groups_of(struct nst_wire *wire)
{
	struct nst_group_link *on;

	rcu_read_lock();
	on = nst_group_link_rcu(wire->link, AF_INET);
	rcu_read_unlock();
	return on;
}

/* A group that is there, or NULL. */
static inline struct nst_group *group_of(struct nst_wire *wire, u8 n)
{
	union nst_address address = ipv4(GROUP(n));
	struct nst_group *group;

	rcu_read_lock();
	group = nst_group_find(groups_of(wire), &address);
	rcu_read_unlock();
	return group;
}

static inline int group_option(struct socket *sock, int optname,
			       const void *value, unsigned int len)
{
	return nst_ip_setsockopt(sock->sk, SOL_IP, optname,
				 KERNEL_SOCKPTR((void *)value), len);
}

static inline int group_member(struct socket *sock, int optname, u32 group,
			       u32 link_index)
{
	struct ip_mreqn mreq = {
		.imr_multiaddr.s_addr = htonl(group),
		.imr_ifindex = link_index,
	};

	return group_option(sock, optname, &mreq, sizeof(mreq));
}

static inline int group_join(struct socket *sock, u8 n)
{
	return group_member(sock, IP_ADD_MEMBERSHIP, GROUP(n), NST_WIRE_INDEX);
}

static inline int group_leave(struct socket *sock, u8 n)
{
	return group_member(sock, IP_DROP_MEMBERSHIP, GROUP(n),
			    NST_WIRE_INDEX);
}

/* One of the options about one source. */
static inline int group_source(struct socket *sock, int optname, u8 n,
			       u8 source)
{
	struct ip_mreq_source mreq = {
		.imr_multiaddr = htonl(GROUP(n)),
		.imr_interface = htonl(NST_WIRE_LOCAL),
		.imr_sourceaddr = htonl(SOURCE(source)),
	};

	return group_option(sock, optname, &mreq, sizeof(mreq));
}

/* A datagram to a group, as it comes over the wire. */
static inline struct sk_buff *group_frame(struct kunit *test, u32 group,
					  u32 source, const char *text)
{
	const struct nst_build_udp udp = {
		.sport = 5000, .dport = GROUP_PORT,
		.saddr = source, .daddr = group,
	};
	struct sk_buff *skb = nst_build_payload(test, text, strlen(text));
	u8 station[ETH_ALEN];

	nst_build_udp(skb, &udp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			.protocol = IPPROTO_UDP,
			.saddr = source, .daddr = group });
	nst_ethernet_ipv4_group(station, htonl(group));
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {
			.destination = station });
	return skb;
}

static inline void group_inject(struct nst_wire *wire, u8 n, u8 source,
				const char *text)
{
	nst_wire_inject(wire, group_frame(wire->test, GROUP(n), SOURCE(source),
					  text));
}

static inline struct socket *group_receiver(struct kunit *test, u32 address)
{
	struct socket *sock = sock_make(test, SOCK_DGRAM);

	sock->sk->sk_reuse = 1;
	KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, address, GROUP_PORT));
	return sock;
}

/**
 * group_filter() - a filter in words
 * @test: test
 * @words: "-" for none, or "in" or "ex" and sources: "ex 7 8"
 *
 * Freed with the test.
 */
static inline struct nst_group_filter *group_filter(struct kunit *test,
						    const char *words)
{
	struct nst_group_filter *filter;
	unsigned int n;
	int used;

	if (*words == '-')
		return NULL;
	filter = kunit_kzalloc(test, struct_size(filter, sources, 400),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, filter);
	filter->mode = *words == 'i' ? MCAST_INCLUDE : MCAST_EXCLUDE;
	for (words += 2; sscanf(words, " %u%n", &n, &used) == 1; words += used)
		filter->sources[filter->count++] = ipv4(SOURCE(n));
	return filter;
}

static inline int group_change(struct nst_wire *wire, u8 n,
			       const struct nst_group_filter *old,
			       const struct nst_group_filter *new)
{
	union nst_address address = ipv4(GROUP(n));
	int err;

	mutex_lock(&wire->stack->config_mutex);
	err = nst_group_change(wire->link, AF_INET, &address, old, new);
	mutex_unlock(&wire->stack->config_mutex);
	return err;
}

/* The same in words. */
static inline void group_words(struct nst_wire *wire, u8 n, const char *old,
			       const char *new)
{
	KUNIT_EXPECT_EQ(wire->test, 0,
			group_change(wire, n, group_filter(wire->test, old),
				     group_filter(wire->test, new)));
}

static inline bool group_admits(struct nst_wire *wire, u8 n, u8 source)
{
	union nst_address address = ipv4(GROUP(n));
	union nst_address from = ipv4(SOURCE(source));
	bool admits;

	rcu_read_lock();
	admits = nst_group_admits_rcu(wire->link, AF_INET, &address, &from);
	rcu_read_unlock();
	return admits;
}

/*
 * lo's queue is emptied, by ksoftirqd when the machine is busy: what is to
 * come is waited for, what is not to come is given the time it would need.
 */
static inline void group_settle(void)
{
	nst_wire_wait(20);
}

#define group_expect_looped(test, sock, text) do {			\
	unsigned int tries_ = 500;					\
									\
	while (skb_queue_empty_lockless(&(sock)->sk->sk_receive_queue) && \
	       tries_--)						\
		nst_wire_wait(2);					\
	sock_expect(test, sock, text);					\
} while (0)

#endif /* NST_KUNIT_GROUP_FIXTURE_H */
