// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that are wrong by chance, received by a stack that is in the middle
 * of conversations: nothing is told by the kernel's checkers, nobody else's
 * clone changes, no page is kept, what the stack sends is well formed, and it
 * still answers.
 *
 * A round is all there is to a seed: the module's parameters fuzz_seed and
 * fuzz_rounds say which are run, fuzz_packet is received in place of the
 * packets of the first round (make fuzz).
 */
#include <linux/module.h>
#include <linux/panic.h>
#include <net/tcp_states.h>

#include "../netstack/compat.h"
#include "fuzz_traffic.h"
#include "sock_fixture.h"
#include "transport_probe.h"

#define SLICES		8		/* cases, each with its own time limit */
#define PACKETS		2000		/* of a round */
#define PROGRAM_EVERY	32		/* packets, then the programs run */
#define HEALTH_CLIENT	40999
#define LINE		400		/* octets of a packet in a line */

static unsigned int fuzz_seed = 1;
module_param(fuzz_seed, uint, 0);
MODULE_PARM_DESC(fuzz_seed, "seed of the first round of the suite fuzz");

static unsigned int fuzz_rounds = SLICES;
module_param(fuzz_rounds, uint, 0);
MODULE_PARM_DESC(fuzz_rounds, "rounds of the suite fuzz");

static bool fuzz_trace;
module_param(fuzz_trace, bool, 0);
MODULE_PARM_DESC(fuzz_trace, "print each packet of the suite fuzz before it is received");

/* Of a packet, what is before its octets. */
#define CLAIMS		offsetof(struct nst_fuzz_packet, octets)

static struct nst_fuzz_packet replayed;

static int packet_set(const char *value, const struct kernel_param *param)
{
	size_t i, length = strcspn(value, "\n") / 2;
	u8 *at = (u8 *)&replayed;

	if (length <= CLAIMS || length > sizeof(replayed))
		return -EINVAL;
	for (i = 0; i < length; i++)
		if (sscanf(value + 2 * i, "%2hhx", at + i) != 1)
			return -EINVAL;
	if (replayed.length != length - CLAIMS ||
	    replayed.head > replayed.length || !replayed.piece)
		return -EINVAL;
	return 0;
}

static const struct kernel_param_ops packet_ops = {
	.set = packet_set,
};

module_param_cb(fuzz_packet, &packet_ops, NULL, 0);
MODULE_PARM_DESC(fuzz_packet, "packet of the suite fuzz, as a failure prints it");

static struct nst_fuzz_traffic traffic;
static struct nst_fuzz_corpus corpus;
static struct nst_fuzz_packet packet;
static struct nst_fuzz_pages pages;

static const u32 slices[SLICES] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static void slice_name(const u32 *slice, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "slice %u", *slice);
}

KUNIT_ARRAY_PARAM(slice, slices, slice_name);

/* ---- What has gone wrong ---- */

static void print_packet(void)
{
	static char text[2 * LINE + 1];
	const u8 *at = (const u8 *)&packet;
	unsigned int i, length, left = CLAIMS + packet.length;

	for (; left; left -= length) {
		length = min_t(unsigned int, left, LINE);
		for (i = 0; i < length; i++)
			sprintf(text + 2 * i, "%02x", *at++);
		pr_info("fuzz: packet %s\n", text);
	}
}

static void fail(struct kunit *test, u32 seed, const char *what)
{
	KUNIT_FAIL(test, "%s: make fuzz N=1 SEED=%u", what, seed);
	if (packet.length) {
		pr_info("fuzz: or the last packet alone, make fuzz N=1 SEED=%u PACKET= these lines as one:\n",
			seed);
		print_packet();
	}
}

/* The checkers have complained. */
static bool tainted(void)
{
	return test_taint(TAINT_WARN) || test_taint(TAINT_BAD_PAGE) ||
	       test_taint(TAINT_DIE);
}

/* ---- The packets ---- */

static bool clone_differs(const struct sk_buff *clone)
{
	static u8 octets[NST_FUZZ_PACKET_MAX];

	return clone->len != packet.length ||
	       skb_copy_bits(clone, 0, octets, packet.length) ||
	       memcmp(octets, packet.octets, packet.length);
}

/* What the stack has sent so far is judged and forgotten. */
static void judge(struct kunit *test, u32 seed)
{
	struct nst_wire *wire = traffic.wire;
	struct sk_buff *skb;
	const char *fault;

	while ((skb = skb_dequeue(&wire->sent))) {
		fault = nst_fuzz_judge(wire->link, skb);
		if (fault) {
			pr_info("fuzz: the stack has sent %s: %*ph\n", fault,
				(int)min(skb->len, 64U), skb->data);
			fail(test, seed, fault);
		}
		kfree_skb(skb);
	}
}

static void receive(struct kunit *test, u32 seed)
{
	struct sk_buff *clone = NULL, *skb = nst_fuzz_skb(&packet, &pages);
	struct nst_link *link = traffic.wire->link;
	bool before = tainted();

	KUNIT_ASSERT_NOT_NULL(test, skb);
	if (packet.cloned)
		clone = skb_clone(skb, GFP_KERNEL);
	WRITE_ONCE(link->flags, packet.trusted ?
				link->flags | NST_LINK_TRUSTED_PEER :
				link->flags & ~NST_LINK_TRUSTED_PEER);
	if (fuzz_trace)
		print_packet();
	nst_wire_inject(traffic.wire, skb);
	judge(test, seed);
	if (!before && tainted())
		fail(test, seed, "the kernel complained");
	if (clone && clone_differs(clone))
		fail(test, seed, "somebody else's clone was written to");
	kfree_skb(clone);
}

/* ---- Depth ---- */

/**
 * struct depth - a place that packets must reach
 * @item: counter of it
 * @least: that many of PACKETS, whatever the seed
 */
struct depth {
	enum nst_mib_item item;
	unsigned int least;
};

static const struct depth depths[] = {
	{ NST_MIB_IP_IN_DELIVERS, 200 },
	{ NST_MIB_IP6_IN_DELIVERS, 200 },
	{ NST_MIB_TCP_IN_SEGS, 200 },
	{ NST_MIB_TCP_OUT_SEGS, 100 },
	{ NST_MIB_UDP_IN_DATAGRAMS, 20 },
	{ NST_MIB_ICMP_IN_MSGS, 40 },
	{ NST_MIB_ICMP6_IN_MSGS, 60 },
	{ NST_MIB_IP_REASM_REQDS, 40 },
	{ NST_MIB_IP6_REASM_REQDS, 30 },
	{ NST_MIB_IGMP_IN_QUERIES, 1 },
	{ NST_MIB_ICMP6_IN_GROUP_MEMB_QUERIES, 1 },
	{ NST_MIB_ARP_IN_REQUESTS, 1 },
};

static unsigned long depth_reached[ARRAY_SIZE(depths)];

static void depth_begin(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(depths); i++)
		depth_reached[i] = nst_mib_read(traffic.wire->stack,
						depths[i].item);
}

static void depth_end(struct kunit *test, u32 seed)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(depths); i++) {
		unsigned long reached = nst_mib_read(traffic.wire->stack,
						     depths[i].item) -
					depth_reached[i];

		KUNIT_EXPECT_GE_MSG(test, reached,
				    (unsigned long)depths[i].least,
				    "seed %u: %s.%s is not reached", seed,
				    nst_mib_names[depths[i].item].group,
				    nst_mib_names[depths[i].item].name);
	}
}

/* ---- Health ---- */

/* What the stack has sent since and is of @protocol, the newest; or NULL. */
static struct sk_buff *sent(u16 ethertype, u8 protocol)
{
	struct sk_buff *skb;

	skb_queue_reverse_walk(&traffic.wire->sent, skb) {
		const u8 *ip = skb->data + ETH_HLEN;

		if (skb->len >= ETH_HLEN + 40 &&
		    skb->protocol != htons(ETH_P_ARP) &&
		    get_unaligned_be16(skb->data + 12) == ethertype &&
		    (ethertype == ETH_P_IP ? ip[9] : ip[6]) == protocol)
			return skb;
	}
	return NULL;
}

static void inject(u8 *frame, unsigned int length)
{
	struct sk_buff *skb;

	nst_fuzz_repair(frame, length);
	skb = nst_build_payload(traffic.test, frame + ETH_HLEN,
				length - ETH_HLEN);
	memcpy(skb_push(skb, ETH_HLEN), frame, ETH_HLEN);
	nst_wire_discard(traffic.wire);
	nst_wire_inject(traffic.wire, skb);
}

/* A header of the network layer from the peer, and its length. */
static unsigned int headers(u8 *frame, u8 family, u8 protocol)
{
	u8 *ip = frame + ETH_HLEN;

	ether_addr_copy(frame, nst_wire_local_mac);
	ether_addr_copy(frame + ETH_ALEN, nst_wire_peer_mac);
	if (family == AF_INET6) {
		put_unaligned_be16(ETH_P_IPV6, frame + 12);
		ip[0] = 0x60;
		ip[6] = protocol;
		ip[7] = 64;
		memcpy(ip + 8, &nst_wire_peer6, 16);
		memcpy(ip + 24, &nst_wire_local6, 16);
		return ETH_HLEN + 40;
	}
	put_unaligned_be16(ETH_P_IP, frame + 12);
	ip[0] = 0x45;
	ip[8] = 64;
	ip[9] = protocol;
	put_unaligned_be32(NST_WIRE_PEER, ip + 12);
	put_unaligned_be32(NST_WIRE_LOCAL, ip + 16);
	return ETH_HLEN + 20;
}

static bool answers_ping(u8 family)
{
	bool v6 = family == AF_INET6;
	u8 protocol = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	u8 frame[ETH_HLEN + 40 + 40] = {};
	unsigned int at = headers(frame, family, protocol);
	const struct sk_buff *skb;

	frame[at] = v6 ? 128 : ICMP_ECHO;
	frame[at + 4] = 0x77;
	inject(frame, at + 32);
	skb = sent(v6 ? ETH_P_IPV6 : ETH_P_IP, protocol);
	return skb && skb->len == at + 32 &&
	       skb->data[at] == (v6 ? 129 : ICMP_ECHOREPLY) &&
	       skb->data[at + 4] == 0x77;
}

static bool takes_connection(u8 family)
{
	bool v6 = family == AF_INET6;
	u8 frame[ETH_HLEN + 40 + 40] = {};
	unsigned int at = headers(frame, family, IPPROTO_TCP);
	u8 *th = frame + at;
	const struct sk_buff *skb;
	struct socket *sock;

	put_unaligned_be16(HEALTH_CLIENT, th);
	put_unaligned_be16(NST_FUZZ_HEALTH_PORT, th + 2);
	put_unaligned_be32(0x1000, th + 4);
	th[12] = 5 << 4;
	th[13] = NST_TCP_SYN;
	put_unaligned_be16(1000, th + 14);
	inject(frame, at + 20);
	skb = sent(v6 ? ETH_P_IPV6 : ETH_P_IP, IPPROTO_TCP);
	if (!skb || skb->data[at + 13] != (NST_TCP_SYN | NST_TCP_ACK))
		return false;
	put_unaligned_be32(0x1001, th + 4);
	put_unaligned_be32(get_unaligned_be32(skb->data + at + 4) + 1, th + 8);
	th[13] = NST_TCP_ACK;
	inject(frame, at + 20);
	if (kernel_accept(traffic.health[v6], &sock, O_NONBLOCK))
		return false;
	sock_release(sock);
	return true;
}

static void health(struct kunit *test, u32 seed)
{
	struct socket *sock;
	unsigned int i;

	packet.length = 0;
	WRITE_ONCE(traffic.wire->link->flags,
		   traffic.wire->link->flags & ~NST_LINK_TRUSTED_PEER);
	for (i = 0; i < 2; i++)
		while (!kernel_accept(traffic.health[i], &sock, O_NONBLOCK))
			sock_release(sock);
	if (!answers_ping(AF_INET))
		fail(test, seed, "no ping is answered");
	if (!answers_ping(AF_INET6))
		fail(test, seed, "no ping of IPv6 is answered");
	if (!takes_connection(AF_INET))
		fail(test, seed, "no connection is taken");
	if (!takes_connection(AF_INET6))
		fail(test, seed, "no connection of IPv6 is taken");
	nst_wire_discard(traffic.wire);
}

/* ---- Rounds ---- */

static void mutations(struct kunit *test, u32 seed)
{
	struct rnd_state random;
	unsigned int i;

	prandom_seed_state(&random, seed);
	for (i = 0; i < PACKETS; i++) {
		nst_fuzz_mutate(&corpus, &random, &packet);
		receive(test, seed);
		if (i % PROGRAM_EVERY == PROGRAM_EVERY - 1)
			nst_fuzz_traffic_go_on(&traffic,
					       prandom_u32_state(&random) %
					       1000);
		judge(test, seed);
	}
}

static void round(struct kunit *test, u32 seed)
{
	bool before = tainted();

	pr_info("fuzz: seed %u\n", seed);
	packet.length = 0;
	nst_fuzz_traffic_begin(test, &traffic, &corpus, seed);
	if (replayed.length) {
		packet = replayed;
		receive(test, seed);
	} else {
		depth_begin();
		mutations(test, seed);
		depth_end(test, seed);
	}
	nst_fuzz_traffic_go_on(&traffic, 1000);
	judge(test, seed);
	health(test, seed);
	nst_fuzz_traffic_end(&traffic);
	/* Sockets, links, and the stack. */
	kunit_cleanup(test);
	rcu_barrier();
	nst_probe_stop(test);
	if (nst_fuzz_pages_put(&pages))
		fail(test, seed, "pages of packets are still held");
	if (!before && tainted())
		fail(test, seed, "the kernel complained");
}

static void receive__survives_mutations(struct kunit *test)
{
	const u32 *slice = test->param_value;
	u32 i;

	for (i = *slice; i < fuzz_rounds; i += SLICES)
		round(test, fuzz_seed + i);
	KUNIT_SUCCEED(test);
}

static void fuzz_exit(struct kunit *test)
{
	nst_fuzz_traffic_end(&traffic);
	nst_probe_stop(test);
	nst_fuzz_pages_put(&pages);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(receive__survives_mutations, slice_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "fuzz",
	/* The protocol may be there of another suite: it is in any case. */
	.init = nst_probe_start,
	.exit = fuzz_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
