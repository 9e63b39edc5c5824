// SPDX-License-Identifier: GPL-2.0
/*
 * Demultiplexing: tables of the test's own, with endpoints that are not
 * sockets in the flow table and sockets of a stack among the bound ones.
 */
#include <linux/filter.h>
#include <net/tcp_states.h>

#include "../netstack/transport/reuseport.h"
#include "sock_fixture.h"

#define LOCAL	0x0a000001
#define PEER	0x0a000002

struct flow {
	struct nst_endpoint endpoint;
	unsigned int freed;
};

static void flow_free(struct nst_endpoint *endpoint)
{
	container_of(endpoint, struct flow, endpoint)->freed++;
}

static void demux_free(struct kunit_resource *resource)
{
	nst_demux_exit(resource->data);
	kfree(resource->data);
}

static int demux_init(struct kunit_resource *resource, void *context)
{
	struct nst_demux *demux = kzalloc(sizeof(*demux), GFP_KERNEL);

	if (!demux || nst_demux_init(demux, 4, 4)) {
		kfree(demux);
		return -ENOMEM;
	}
	resource->data = demux;
	return 0;
}

static struct nst_demux *demux_make(struct kunit *test)
{
	struct nst_demux *demux;

	demux = kunit_alloc_resource(test, demux_init, demux_free,
				     GFP_KERNEL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, demux);
	return demux;
}

static void flow_init(struct flow *flow, u16 lport, u16 rport)
{
	*flow = (struct flow) {
		.endpoint = {
			.free = flow_free,
			.kind = NST_ENDPOINT_REQUEST,
			.family = AF_INET,
			.lport = htons(lport),
			.rport = htons(rport),
			.laddr = nst_address_v4(htonl(LOCAL)),
			.raddr = nst_address_v4(htonl(PEER)),
		},
	};
	refcount_set(&flow->endpoint.refs, 1);
}

static struct nst_flow_key key_make(u32 laddr, u16 lport, u32 raddr,
				    u16 rport, u32 link_index)
{
	return (struct nst_flow_key) {
		.laddr = nst_address_v4(htonl(laddr)),
		.raddr = nst_address_v4(htonl(raddr)),
		.lport = htons(lport),
		.rport = htons(rport),
		.family = AF_INET,
		.link_index = link_index,
	};
}

static struct nst_endpoint *lookup(struct nst_demux *demux,
				   const struct nst_flow_key *key)
{
	struct nst_endpoint *endpoint;

	rcu_read_lock();
	endpoint = nst_demux_flow_lookup_rcu(demux, key);
	rcu_read_unlock();
	return endpoint;
}

static void flow__found_by_addresses_and_ports(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct nst_flow_key other;
	struct flow flow;

	flow_init(&flow, 80, 5000);
	KUNIT_ASSERT_EQ(test, 0,
			nst_demux_flow_add(demux, &flow.endpoint, NULL));
	KUNIT_EXPECT_PTR_EQ(test, &flow.endpoint, lookup(demux, &key));

	other = key_make(LOCAL + 1, 80, PEER, 5000, 1);
	KUNIT_EXPECT_NULL(test, lookup(demux, &other));
	other = key_make(LOCAL, 81, PEER, 5000, 1);
	KUNIT_EXPECT_NULL(test, lookup(demux, &other));
	other = key_make(LOCAL, 80, PEER + 1, 5000, 1);
	KUNIT_EXPECT_NULL(test, lookup(demux, &other));
	other = key_make(LOCAL, 80, PEER, 5001, 1);
	KUNIT_EXPECT_NULL(test, lookup(demux, &other));
	other = key;
	other.family = AF_INET6;
	KUNIT_EXPECT_NULL(test, lookup(demux, &other));

	KUNIT_EXPECT_TRUE(test, nst_demux_flow_del(demux, &flow.endpoint));
	KUNIT_EXPECT_NULL(test, lookup(demux, &key));
}

static void flow__deleted_once_loses_one_reference(struct kunit *test)
{
	struct nst_demux *demux = demux_make(test);
	struct flow flow;

	flow_init(&flow, 80, 5000);
	nst_demux_flow_add(demux, &flow.endpoint, NULL);
	KUNIT_EXPECT_EQ(test, 2u, refcount_read(&flow.endpoint.refs));
	KUNIT_EXPECT_TRUE(test, nst_demux_flow_del(demux, &flow.endpoint));
	KUNIT_EXPECT_FALSE(test, nst_demux_flow_del(demux, &flow.endpoint));
	KUNIT_EXPECT_EQ(test, 1u, refcount_read(&flow.endpoint.refs));
	KUNIT_EXPECT_EQ(test, 0u, flow.freed);
	nst_endpoint_put(&flow.endpoint);
	KUNIT_EXPECT_EQ(test, 1u, flow.freed);
}

static void flow__has_one_owner(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct flow first, second;

	flow_init(&first, 80, 5000);
	flow_init(&second, 80, 5000);
	nst_demux_flow_add(demux, &first.endpoint, NULL);
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			nst_demux_flow_add(demux, &second.endpoint, NULL));
	KUNIT_EXPECT_FALSE(test, second.endpoint.hashed);
	KUNIT_EXPECT_EQ(test, 1u, refcount_read(&second.endpoint.refs));
	KUNIT_EXPECT_PTR_EQ(test, &first.endpoint, lookup(demux, &key));
	nst_demux_flow_del(demux, &first.endpoint);
}

static void flow__of_two_links_are_two(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct flow first, second, any;

	flow_init(&first, 80, 5000);
	first.endpoint.link_index = 1;
	flow_init(&second, 80, 5000);
	second.endpoint.link_index = 2;
	flow_init(&any, 80, 5000);
	nst_demux_flow_add(demux, &first.endpoint, NULL);
	KUNIT_EXPECT_EQ(test, 0,
			nst_demux_flow_add(demux, &second.endpoint, NULL));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			nst_demux_flow_add(demux, &any.endpoint, NULL));

	KUNIT_EXPECT_PTR_EQ(test, &first.endpoint, lookup(demux, &key));
	key.link_index = 2;
	KUNIT_EXPECT_PTR_EQ(test, &second.endpoint, lookup(demux, &key));
	key.link_index = 3;
	KUNIT_EXPECT_NULL(test, lookup(demux, &key));
	nst_demux_flow_del(demux, &first.endpoint);
	nst_demux_flow_del(demux, &second.endpoint);
}

static void flow__replaced_in_one_step(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct flow first, second;

	flow_init(&first, 80, 5000);
	flow_init(&second, 80, 5000);
	nst_demux_flow_add(demux, &first.endpoint, NULL);
	KUNIT_EXPECT_EQ(test, 0,
			nst_demux_flow_add(demux, &second.endpoint,
					   &first.endpoint));
	KUNIT_EXPECT_PTR_EQ(test, &second.endpoint, lookup(demux, &key));
	KUNIT_EXPECT_FALSE(test, first.endpoint.hashed);
	/* The table's reference passed to the caller. */
	KUNIT_EXPECT_EQ(test, 2u, refcount_read(&first.endpoint.refs));
	KUNIT_EXPECT_FALSE(test, nst_demux_flow_del(demux, &first.endpoint));
	nst_demux_flow_del(demux, &second.endpoint);
	KUNIT_EXPECT_NULL(test, lookup(demux, &key));
}

static void flow__replaced_among_others(struct kunit *test)
{
	struct nst_demux *demux = demux_make(test);
	struct flow flows[64], other;
	struct nst_flow_key key;
	unsigned int i;

	/* More flows than buckets: some have neighbours on both sides. */
	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		flow_init(&flows[i], 80, 5000 + i);
		nst_demux_flow_add(demux, &flows[i].endpoint, NULL);
	}
	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		flow_init(&other, 80, 5000 + i);
		KUNIT_ASSERT_EQ(test, 0,
				nst_demux_flow_add(demux, &other.endpoint,
						   &flows[i].endpoint));
		key = key_make(LOCAL, 80, PEER, 5000 + i, 1);
		KUNIT_EXPECT_PTR_EQ(test, &other.endpoint,
				    lookup(demux, &key));
		KUNIT_ASSERT_EQ(test, 0,
				nst_demux_flow_add(demux, &flows[i].endpoint,
						   &other.endpoint));
	}
	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		key = key_make(LOCAL, 80, PEER, 5000 + i, 1);
		KUNIT_EXPECT_PTR_EQ(test, &flows[i].endpoint,
				    lookup(demux, &key));
		nst_demux_flow_del(demux, &flows[i].endpoint);
		KUNIT_EXPECT_NULL(test, lookup(demux, &key));
	}
}

static void flow__replaces_only_what_is_there(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct flow first, second;

	flow_init(&first, 80, 5000);
	flow_init(&second, 80, 5000);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			nst_demux_flow_add(demux, &second.endpoint,
					   &first.endpoint));
	KUNIT_EXPECT_FALSE(test, second.endpoint.hashed);
	KUNIT_EXPECT_NULL(test, lookup(demux, &key));
}

static void flow__get_refuses_the_dying(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct nst_endpoint *got;
	struct flow flow;

	flow_init(&flow, 80, 5000);
	nst_demux_flow_add(demux, &flow.endpoint, NULL);
	got = nst_demux_flow_get(demux, &key);
	KUNIT_EXPECT_PTR_EQ(test, &flow.endpoint, got);
	KUNIT_EXPECT_EQ(test, 3u, refcount_read(&flow.endpoint.refs));

	refcount_set(&flow.endpoint.refs, 0);
	KUNIT_EXPECT_NULL(test, nst_demux_flow_get(demux, &key));
	refcount_set(&flow.endpoint.refs, 2);
	nst_demux_flow_del(demux, &flow.endpoint);
}

static void hash__depends_on_the_stack(struct kunit *test)
{
	struct nst_demux *a = demux_make(test), *b = demux_make(test);
	const union nst_address laddr = nst_address_v4(htonl(LOCAL));
	const union nst_address raddr = nst_address_v4(htonl(PEER));
	unsigned int same = 0, i;

	for (i = 0; i < 8; i++)
		same += nst_flow_hash(a, &laddr, htons(80), &raddr,
				      htons(i)) ==
			nst_flow_hash(b, &laddr, htons(80), &raddr, htons(i));
	KUNIT_EXPECT_LT(test, same, 8u);
}

/*
 * Attack 26: what an attacker has made for one bucket of a stack that he knows
 * is spread over those of another.
 */
static void hash__crafted_collisions_spread(struct kunit *test)
{
	struct nst_demux *known = demux_make(test), *victim = demux_make(test);
	const union nst_address laddr = nst_address_v4(htonl(LOCAL));
	unsigned int found = 0, longest = 0, i;
	const u32 buckets = 256;
	u8 *lengths;

	lengths = kunit_kzalloc(test, buckets, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, lengths);
	for (i = 0; found < buckets; i++) {
		union nst_address raddr = nst_address_v4(htonl(PEER + i));
		u32 bucket;

		if (nst_flow_hash(known, &laddr, htons(80), &raddr, htons(7)) %
		    buckets)
			continue;
		found++;
		bucket = nst_flow_hash(victim, &laddr, htons(80), &raddr,
				       htons(7)) % buckets;
		longest = max_t(unsigned int, longest, ++lengths[bucket]);
	}
	/* One for each on average; 16 by chance: once in 10^11 keys. */
	KUNIT_EXPECT_LT(test, longest, 16u);
}

static void hash__takes_in_all_of_a_long_address(struct kunit *test)
{
	union nst_address a = {
		.word = { cpu_to_be32(1), cpu_to_be32(2), cpu_to_be32(3),
			  cpu_to_be32(4) },
	};
	const __be16 lport = htons(1), rport = htons(2);
	union nst_address b = a;
	struct nst_demux *demux = demux_make(test);
	unsigned int i;
	u32 hash;

	hash = nst_flow_hash(demux, &a, lport, &a, rport);
	KUNIT_EXPECT_EQ(test, hash,
			nst_flow_hash(demux, &b, lport, &a, rport));
	for (i = 0; i < 4; i++) {
		b = a;
		b.word[i] ^= cpu_to_be32(1);
		KUNIT_EXPECT_NE(test, hash,
				nst_flow_hash(demux, &b, lport, &a, rport));
		KUNIT_EXPECT_NE(test, hash,
				nst_flow_hash(demux, &a, lport, &b, rport));
	}
}

/* A socket in @demux, bound to @address and @port; taken out by hand. */
static struct nst_sock *bound(struct kunit *test, struct nst_demux *demux,
			      u32 address, u16 port)
{
	struct nst_sock *nst = sock_nst(sock_make(test, SOCK_DGRAM));

	nst->bound_address = nst_address_v4(htonl(address));
	nst->flow.laddr = nst->bound_address;
	nst->flow.lport = htons(port);
	nst_demux_bound_add(demux, nst);
	return nst;
}

static struct nst_sock *best(struct nst_demux *demux,
			     const struct nst_flow_key *key)
{
	struct nst_sock *nst;

	rcu_read_lock();
	nst = nst_demux_bound_get(demux, key, NULL, 0);
	rcu_read_unlock();
	if (nst)
		sock_put(&nst->sk);
	return nst;
}

static void bound__exact_address_beats_wildcard(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct nst_sock *any, *exact;

	nst_wire_create(test);
	exact = bound(test, demux, LOCAL, 80);
	any = bound(test, demux, 0, 80);
	KUNIT_EXPECT_PTR_EQ(test, exact, best(demux, &key));
	key.laddr = nst_address_v4(htonl(LOCAL + 1));
	KUNIT_EXPECT_PTR_EQ(test, any, best(demux, &key));
	key.lport = htons(81);
	KUNIT_EXPECT_NULL(test, best(demux, &key));

	nst_demux_bound_del(demux, any);
	key.lport = htons(80);
	KUNIT_EXPECT_NULL(test, best(demux, &key));
	nst_demux_bound_del(demux, exact);
	nst_demux_bound_del(demux, exact);
}

static void bound__link_beats_none(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 7);
	struct nst_demux *demux = demux_make(test);
	struct nst_sock *free, *tied;

	nst_wire_create(test);
	tied = bound(test, demux, 0, 80);
	tied->sk.sk_bound_dev_if = 7;
	free = bound(test, demux, 0, 80);
	KUNIT_EXPECT_PTR_EQ(test, tied, best(demux, &key));
	key.link_index = 8;
	KUNIT_EXPECT_PTR_EQ(test, free, best(demux, &key));
	nst_demux_bound_del(demux, free);
	KUNIT_EXPECT_NULL(test, best(demux, &key));
	nst_demux_bound_del(demux, tied);
}

static void bound__connected_takes_its_peer_only(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct nst_sock *connected, *open;

	nst_wire_create(test);
	connected = bound(test, demux, LOCAL, 80);
	connected->flow.raddr = nst_address_v4(htonl(PEER));
	connected->flow.rport = htons(5000);
	KUNIT_EXPECT_PTR_EQ(test, connected, best(demux, &key));
	open = bound(test, demux, LOCAL, 80);
	KUNIT_EXPECT_PTR_EQ(test, connected, best(demux, &key));
	key.rport = htons(5001);
	KUNIT_EXPECT_PTR_EQ(test, open, best(demux, &key));
	nst_demux_bound_del(demux, open);
	KUNIT_EXPECT_NULL(test, best(demux, &key));
	nst_demux_bound_del(demux, connected);
}

static void bound__newest_of_equals(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct nst_sock *older, *newer;

	nst_wire_create(test);
	older = bound(test, demux, LOCAL, 80);
	newer = bound(test, demux, LOCAL, 80);
	KUNIT_EXPECT_PTR_EQ(test, newer, best(demux, &key));
	nst_demux_bound_del(demux, newer);
	KUNIT_EXPECT_PTR_EQ(test, older, best(demux, &key));
	nst_demux_bound_del(demux, older);
}

static void bound__group_shares_flows(struct kunit *test)
{
	struct nst_demux *demux = demux_make(test);
	unsigned int hits[4] = {}, i, j;
	struct nst_sock *group[4], *nst;
	struct nst_flow_key key;

	nst_wire_create(test);
	for (i = 0; i < 4; i++) {
		group[i] = bound(test, demux, LOCAL, 80);
		group[i]->sk.sk_reuseport = 1;
	}
	for (i = 0; i < 1024; i++) {
		key = key_make(LOCAL, 80, PEER, 5000 + i, 1);
		nst = best(demux, &key);
		/* A flow stays where it is. */
		KUNIT_EXPECT_PTR_EQ(test, nst, best(demux, &key));
		for (j = 0; j < 4; j++)
			hits[j] += nst == group[j];
	}
	/* 256 each on average; half of that is ten deviations away. */
	for (j = 0; j < 4; j++) {
		KUNIT_EXPECT_GT(test, hits[j], 128u);
		nst_demux_bound_del(demux, group[j]);
	}
}

/* SO_INCOMING_CPU: who is better otherwise stays so. */
static void bound__cpu_decides_among_equals(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct nst_sock *group[3];
	unsigned int i;

	nst_wire_create(test);
	migrate_disable();
	for (i = 0; i < 3; i++) {
		group[i] = bound(test, demux, LOCAL, 80);
		group[i]->sk.sk_reuseport = 1;
		group[i]->sk.sk_incoming_cpu = raw_smp_processor_id() + i;
	}
	for (i = 0; i < 64; i++) {
		key = key_make(LOCAL, 80, PEER, 5000 + i, 1);
		KUNIT_EXPECT_PTR_EQ(test, group[0], best(demux, &key));
	}
	group[1]->sk.sk_bound_dev_if = 1;
	KUNIT_EXPECT_PTR_EQ(test, group[1], best(demux, &key));
	migrate_enable();
	for (i = 0; i < 3; i++)
		nst_demux_bound_del(demux, group[i]);
}

/* A member of a group on @address and port 80; taken out by hand. */
static struct nst_sock *grouped(struct kunit *test, struct nst_demux *demux,
				u32 address, int link_index)
{
	struct nst_sock *nst = sock_nst(sock_make(test, SOCK_DGRAM));

	nst->sk.sk_reuseport = 1;
	nst->sk.sk_bound_dev_if = link_index;
	nst->bound_address = nst_address_v4(htonl(address));
	nst->flow.laddr = nst->bound_address;
	nst->flow.lport = htons(80);
	KUNIT_EXPECT_EQ(test, 0, nst_demux_bound_add(demux, nst));
	return nst;
}

/* The first byte that follows the header is the index. */
static void choose_by_byte(struct kunit *test, struct nst_sock *member)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog_kern program = {
		.len = ARRAY_SIZE(filter),
		.filter = filter,
	};
	struct bpf_prog *prog;

	KUNIT_ASSERT_EQ(test, 0, bpf_prog_create(&prog, &program));
	KUNIT_ASSERT_EQ(test, 0, reuseport_attach_prog(&member->sk, prog));
}

#define HEADER	8

/* The best socket for a packet with @byte past a header. */
static struct nst_sock *best_for(struct kunit *test, struct nst_demux *demux,
				 const struct nst_flow_key *key, u8 byte)
{
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);
	struct nst_sock *nst;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, HEADER);
	skb_put_u8(skb, byte);
	rcu_read_lock();
	nst = nst_demux_bound_get(demux, key, skb, HEADER);
	rcu_read_unlock();
	if (nst)
		sock_put(&nst->sk);
	KUNIT_EXPECT_EQ(test, HEADER + 1u, skb->len);
	kfree_skb(skb);
	return nst;
}

static void program__chooses_by_what_follows_the_header(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct nst_sock *group[3], *hashed;
	unsigned int i;

	nst_wire_create(test);
	for (i = 0; i < 3; i++)
		group[i] = grouped(test, demux, LOCAL, 0);
	hashed = best(demux, &key);
	KUNIT_EXPECT_PTR_EQ(test, hashed, best_for(test, demux, &key, 0));
	choose_by_byte(test, group[1]);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_PTR_EQ(test, group[i],
				    best_for(test, demux, &key, i));
	/* An error that quotes a packet has nothing to look at. */
	KUNIT_EXPECT_PTR_EQ(test, hashed, best(demux, &key));
	/* Who leaves gives its index to the last. */
	nst_demux_bound_del(demux, group[0]);
	KUNIT_EXPECT_PTR_EQ(test, group[2], best_for(test, demux, &key, 0));
	KUNIT_EXPECT_PTR_EQ(test, group[1], best_for(test, demux, &key, 1));
	nst_demux_bound_del(demux, group[1]);
	nst_demux_bound_del(demux, group[2]);
	KUNIT_EXPECT_NULL(test, best_for(test, demux, &key, 0));
}

static void program__out_of_range_leaves_it_to_the_hash(struct kunit *test)
{
	struct nst_demux *demux = demux_make(test);
	struct nst_sock *group[3], *nst;
	unsigned int hits[3] = {}, i, j;
	struct nst_flow_key key;

	nst_wire_create(test);
	for (i = 0; i < 3; i++)
		group[i] = grouped(test, demux, LOCAL, 0);
	choose_by_byte(test, group[0]);
	for (i = 0; i < 768; i++) {
		key = key_make(LOCAL, 80, PEER, 5000 + i, 1);
		nst = best_for(test, demux, &key, 3);
		/* A flow stays where it is. */
		KUNIT_EXPECT_PTR_EQ(test, nst,
				    best_for(test, demux, &key, 255));
		for (j = 0; j < 3; j++)
			hits[j] += nst == group[j];
	}
	/* 256 each on average; half of that is ten deviations away. */
	for (j = 0; j < 3; j++) {
		KUNIT_EXPECT_GT(test, hits[j], 128u);
		nst_demux_bound_del(demux, group[j]);
	}
}

static void program__is_of_one_address_and_link(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct nst_sock *any, *tied, *exact[2];

	nst_wire_create(test);
	any = grouped(test, demux, 0, 0);
	exact[0] = grouped(test, demux, LOCAL, 0);
	exact[1] = grouped(test, demux, LOCAL, 0);
	tied = grouped(test, demux, LOCAL, 7);
	choose_by_byte(test, exact[0]);
	KUNIT_EXPECT_PTR_EQ(test, exact[0], best_for(test, demux, &key, 0));
	KUNIT_EXPECT_PTR_EQ(test, exact[1], best_for(test, demux, &key, 1));
	/* One that suits better is not in the program's reach. */
	key.link_index = 7;
	KUNIT_EXPECT_PTR_EQ(test, tied, best_for(test, demux, &key, 0));
	/* A member that went to another link takes nothing of this one. */
	key.link_index = 1;
	exact[1]->sk.sk_bound_dev_if = 9;
	KUNIT_EXPECT_PTR_EQ(test, exact[0], best_for(test, demux, &key, 1));
	key.laddr = nst_address_v4(htonl(LOCAL + 1));
	KUNIT_EXPECT_PTR_EQ(test, any, best_for(test, demux, &key, 1));

	nst_demux_bound_del(demux, any);
	nst_demux_bound_del(demux, tied);
	nst_demux_bound_del(demux, exact[0]);
	nst_demux_bound_del(demux, exact[1]);
}

static void program__is_of_one_user(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct nst_sock *mine, *other;

	nst_wire_create(test);
	mine = grouped(test, demux, LOCAL, 0);
	nst_demux_bound_del(demux, mine);
	mine->sk.sk_uid = KUIDT_INIT(4711);
	nst_demux_bound_add(demux, mine);
	other = grouped(test, demux, LOCAL, 0);
	/* Each is the first of its own group. */
	choose_by_byte(test, mine);
	KUNIT_EXPECT_PTR_NE(test,
			    rcu_access_pointer(mine->sk.sk_reuseport_cb),
			    rcu_access_pointer(other->sk.sk_reuseport_cb));
	KUNIT_EXPECT_NOT_NULL(test, best_for(test, demux, &key, 1));
	nst_demux_bound_del(demux, mine);
	nst_demux_bound_del(demux, other);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(mine->sk.sk_reuseport_cb));
}

static void count_visit(struct nst_sock *nst, void *data)
{
	(*(unsigned int *)data)++;
}

static void bound__each_that_takes_it_is_visited(struct kunit *test)
{
	struct nst_flow_key key = key_make(LOCAL, 80, PEER, 5000, 1);
	struct nst_demux *demux = demux_make(test);
	struct nst_sock *socks[5];
	unsigned int count = 0, i;

	nst_wire_create(test);
	socks[0] = bound(test, demux, LOCAL, 80);
	socks[1] = bound(test, demux, 0, 80);
	socks[2] = bound(test, demux, LOCAL + 1, 80);
	socks[3] = bound(test, demux, 0, 81);
	socks[4] = bound(test, demux, 0, 80);
	socks[4]->sk.sk_bound_dev_if = 9;
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, 2u,
			nst_demux_bound_each_rcu(demux, &key, count_visit,
						 &count));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, 2u, count);
	for (i = 0; i < 5; i++)
		nst_demux_bound_del(demux, socks[i]);
}

struct walk {
	unsigned int flows;
	unsigned int bound;
	unsigned int until;
};

static int walk_visit(struct nst_endpoint *flow, void *data)
{
	struct walk *walk = data;

	if (walk->flows + walk->bound == walk->until)
		return -EMSGSIZE;
	if (flow->kind == NST_ENDPOINT_SOCK)
		walk->bound++;
	else
		walk->flows++;
	return 0;
}

static void walk__resumes_where_it_stopped(struct kunit *test)
{
	struct nst_demux *demux = demux_make(test);
	struct walk walk = { .until = 1 };
	struct nst_sock *socks[20];
	unsigned long cursor = 0;
	unsigned int i, calls;
	struct flow flows[40];

	nst_wire_create(test);
	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		flow_init(&flows[i], 80, 5000 + i);
		nst_demux_flow_add(demux, &flows[i].endpoint, NULL);
	}
	for (i = 0; i < ARRAY_SIZE(socks); i++)
		socks[i] = bound(test, demux, 0, 100 + i);

	for (calls = 0; nst_demux_walk(demux, &cursor, walk_visit, &walk);
	     calls++)
		walk.until++;
	KUNIT_EXPECT_EQ(test, 40u, walk.flows);
	KUNIT_EXPECT_EQ(test, 20u, walk.bound);
	KUNIT_EXPECT_EQ(test, 59u, calls);

	for (i = 0; i < ARRAY_SIZE(flows); i++)
		nst_demux_flow_del(demux, &flows[i].endpoint);
	for (i = 0; i < ARRAY_SIZE(socks); i++)
		nst_demux_bound_del(demux, socks[i]);
}

static struct kunit_case demux_cases[] = {
	KUNIT_CASE(flow__found_by_addresses_and_ports),
	KUNIT_CASE(flow__deleted_once_loses_one_reference),
	KUNIT_CASE(flow__has_one_owner),
	KUNIT_CASE(flow__of_two_links_are_two),
	KUNIT_CASE(flow__replaced_in_one_step),
	KUNIT_CASE(flow__replaced_among_others),
	KUNIT_CASE(flow__replaces_only_what_is_there),
	KUNIT_CASE(flow__get_refuses_the_dying),
	KUNIT_CASE(hash__depends_on_the_stack),
	KUNIT_CASE(hash__crafted_collisions_spread),
	KUNIT_CASE(hash__takes_in_all_of_a_long_address),
	KUNIT_CASE(bound__exact_address_beats_wildcard),
	KUNIT_CASE(bound__link_beats_none),
	KUNIT_CASE(bound__connected_takes_its_peer_only),
	KUNIT_CASE(bound__newest_of_equals),
	KUNIT_CASE(bound__group_shares_flows),
	KUNIT_CASE(bound__cpu_decides_among_equals),
	KUNIT_CASE(program__chooses_by_what_follows_the_header),
	KUNIT_CASE(program__out_of_range_leaves_it_to_the_hash),
	KUNIT_CASE(program__is_of_one_address_and_link),
	KUNIT_CASE(program__is_of_one_user),
	KUNIT_CASE(bound__each_that_takes_it_is_visited),
	KUNIT_CASE(walk__resumes_where_it_stopped),
	{}
};

static struct kunit_suite demux_suite = {
	.name = "netstack_demux",
	.test_cases = demux_cases,
};

kunit_test_suite(demux_suite);
