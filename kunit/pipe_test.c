// SPDX-License-Identifier: GPL-2.0
/*
 * The pipe: the stack of the wire joined to a second one of the same
 * namespace. What needs namespaces is in tools/testing/selftests/pipe.sh.
 */
#include <kunit/resource.h>
#include <linux/rtnetlink.h>

#include "../netstack/link/queue.h"
#include "../netstack/network/address.h"
#include "packet_builder.h"
#include "wire.h"

#define NEAR	"near0"
#define FAR	"far0"
#define PAYLOAD	3000

/**
 * struct joined - two stacks and their pipe
 * @wire: the near stack's
 * @far: the other stack
 * @ends: the pipe, near end first; NULL when it was removed
 */
struct joined {
	struct nst_wire *wire;
	struct nst_stack *far;
	struct nst_link *ends[2];
};

static void pipe_end(struct joined *joined)
{
	rtnl_lock();
	if (joined->ends[0])
		joined->ends[0]->ops->remove(joined->ends[0]);
	joined->ends[0] = NULL;
	joined->ends[1] = NULL;
	rtnl_unlock();
}

static int joined_init(struct kunit_resource *resource, void *context)
{
	struct joined *joined = kzalloc(sizeof(*joined), GFP_KERNEL);

	if (!joined)
		return -ENOMEM;
	rtnl_lock();
	joined->far = nst_stack_create(&init_net);
	rtnl_unlock();
	if (IS_ERR(joined->far)) {
		kfree(joined);
		return -ENOMEM;
	}
	joined->far->config.disable_ipv6 = 1;
	resource->data = joined;
	return 0;
}

static void joined_free(struct kunit_resource *resource)
{
	struct joined *joined = resource->data;

	pipe_end(joined);
	synchronize_net();
	nst_stack_destroy(joined->far);
	rcu_barrier();
	kfree(joined);
}

static int create(struct joined *joined, const char *name,
		  struct nst_stack *peer, const char *peer_name, u32 mtu)
{
	int err;

	rtnl_lock();
	err = nst_pipe_create(joined->wire->stack, name, peer, peer_name, mtu,
			      NULL);
	rtnl_unlock();
	return err;
}

static struct nst_link *find(struct nst_stack *stack, const char *name)
{
	struct nst_link *link;

	rcu_read_lock();
	link = nst_link_by_name_rcu(stack, name);
	rcu_read_unlock();
	return link;
}

/* Two stacks without a pipe. */
static struct joined *stacks_create(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct joined *joined;

	joined = kunit_alloc_resource(test, joined_init, joined_free,
				      GFP_KERNEL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, joined);
	joined->wire = wire;
	return joined;
}

static struct joined *joined_create(struct kunit *test)
{
	struct joined *joined = stacks_create(test);

	KUNIT_ASSERT_EQ(test, create(joined, NEAR, joined->far, FAR, 0), 0);
	joined->ends[0] = find(joined->wire->stack, NEAR);
	joined->ends[1] = find(joined->far, FAR);
	KUNIT_ASSERT_NOT_NULL(test, joined->ends[0]);
	KUNIT_ASSERT_NOT_NULL(test, joined->ends[1]);
	return joined;
}

static void switch_end(struct nst_link *link, bool up)
{
	mutex_lock(&link->stack->config_mutex);
	nst_link_set_flags(link, up ? NST_LINK_UP : 0, NST_LINK_UP);
	mutex_unlock(&link->stack->config_mutex);
}

/* The carrier follows the other end, by a work item. */
static bool becomes_operational(const struct nst_link *link, bool wanted)
{
	return nst_wire_becomes(nst_link_operational(link) == wanted);
}

/* A frame from the near end to the far one, of no protocol. */
static struct sk_buff *frame(struct kunit *test, struct joined *joined)
{
	struct sk_buff *skb = nst_build_pattern(test, PAYLOAD, 0);

	nst_ethernet_push(skb, joined->ends[0], joined->ends[1]->address,
			  htons(ETH_P_LOOPBACK));
	return skb;
}

static int send(struct joined *joined, struct sk_buff *skb)
{
	int err;

	local_bh_disable();
	rcu_read_lock();
	err = nst_link_xmit(joined->ends[0], skb);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

static unsigned long far_drops(struct joined *joined,
			       enum nst_drop_reason reason)
{
	return nst_drop_read(joined->far, reason);
}

static bool far_drops_reach(struct joined *joined, enum nst_drop_reason reason,
			    unsigned long wanted)
{
	return nst_wire_becomes(far_drops(joined, reason) == wanted);
}

static void create__joins_two_stacks(struct kunit *test)
{
	struct joined *joined = joined_create(test);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		const struct nst_link *end = joined->ends[i];

		KUNIT_EXPECT_STREQ(test, end->ops->kind, "pipe");
		KUNIT_EXPECT_TRUE(test, nst_link_operational(end));
		KUNIT_EXPECT_EQ(test, end->mtu, (u32)ETH_DATA_LEN);
		KUNIT_EXPECT_TRUE(test, is_valid_ether_addr(end->address));
		KUNIT_EXPECT_PTR_EQ(test, end->ops->peer(end),
				    (const struct nst_link *)joined->ends[!i]);
	}
}

static void create__gives_both_ends_the_mtu(struct kunit *test)
{
	struct joined *joined = stacks_create(test);

	KUNIT_ASSERT_EQ(test, create(joined, NEAR, joined->far, FAR, 9000), 0);
	joined->ends[0] = find(joined->wire->stack, NEAR);
	joined->ends[1] = find(joined->far, FAR);
	KUNIT_EXPECT_EQ(test, joined->ends[0]->mtu, 9000U);
	KUNIT_EXPECT_EQ(test, joined->ends[1]->mtu, 9000U);
}

/* What is refused leaves nothing in either stack. */
static void create__refuses_what_cannot_be(struct kunit *test)
{
	struct joined *joined = stacks_create(test);
	struct nst_stack *near = joined->wire->stack;

	KUNIT_EXPECT_EQ(test, create(joined, NEAR, near, FAR, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, create(joined, "a/b", joined->far, FAR, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, create(joined, NEAR, joined->far, "", 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, create(joined, NST_WIRE_NAME, joined->far, FAR, 0),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, create(joined, NEAR, joined->far, "lo", 0),
			-EEXIST);
	joined->far->config.link_max = 1;
	KUNIT_EXPECT_EQ(test, create(joined, NEAR, joined->far, FAR, 0),
			-ENOBUFS);
	KUNIT_EXPECT_NULL(test, find(near, NEAR));
	KUNIT_EXPECT_NULL(test, find(joined->far, FAR));
}

static void xmit__is_received_by_the_other_end(struct kunit *test)
{
	unsigned long before;
	struct joined *joined = joined_create(test);
	struct rtnl_link_stats64 sent = {}, taken = {};

	before = far_drops(joined, NST_DROP_LINK_PROTOCOL);
	KUNIT_EXPECT_EQ(test, send(joined, frame(test, joined)), 0);
	KUNIT_EXPECT_TRUE(test, far_drops_reach(joined, NST_DROP_LINK_PROTOCOL,
						before + 1));
	nst_link_stats_read(joined->ends[0], &sent);
	nst_link_stats_read(joined->ends[1], &taken);
	KUNIT_EXPECT_GE(test, sent.tx_packets, 1ULL);
	KUNIT_EXPECT_EQ(test, taken.rx_dropped, 1ULL);
}

static unsigned int released;

static void count_release(struct sk_buff *skb)
{
	released++;
}

/*
 * What crosses is a super-packet still, and says nothing of the stack that it
 * comes from. Its owner pays until it is delivered.
 */
static void xmit__keeps_the_segments_and_scrubs_the_rest(struct kunit *test)
{
	struct joined *joined = joined_create(test);
	struct sk_buff *skb = frame(test, joined);
	struct skb_shared_info *info = skb_shinfo(skb);
	unsigned long before;

	before = far_drops(joined, NST_DROP_LINK_PROTOCOL);
	released = 0;
	skb->mark = 7;
	skb->priority = 7;
	skb->dev = init_net.loopback_dev;
	skb->tstamp = 7;
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + ETH_HLEN + 20;
	skb->csum_offset = 16;
	info->gso_type = SKB_GSO_TCPV4;
	info->gso_size = 1000;
	info->gso_segs = 3;
	skb->destructor = count_release;
	skb_get(skb);

	local_bh_disable();
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, nst_link_xmit(joined->ends[0], skb), 0);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, skb->mark, 0U);
	KUNIT_EXPECT_EQ(test, skb->priority, 0U);
	KUNIT_EXPECT_NULL(test, skb->dev);
	KUNIT_EXPECT_EQ(test, skb->tstamp, 0LL);
	KUNIT_EXPECT_EQ(test, released, 0U);
	local_bh_enable();

	KUNIT_EXPECT_TRUE(test, far_drops_reach(joined, NST_DROP_LINK_PROTOCOL,
						before + 1));
	KUNIT_EXPECT_EQ(test, released, 1U);
	KUNIT_EXPECT_EQ(test, skb->len, (unsigned int)PAYLOAD);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_PARTIAL);
	KUNIT_EXPECT_EQ(test, info->gso_size, 1000);
	KUNIT_EXPECT_EQ(test, info->gso_type, (unsigned int)SKB_GSO_TCPV4);
	kfree_skb(skb);
}

/* A process that holds no lock has its packets received itself. */
static void send__of_a_process_ends_when_all_is_received(struct kunit *test)
{
	struct joined *joined = joined_create(test);
	unsigned long before;
	unsigned int i;
	bool process;

	before = far_drops(joined, NST_DROP_LINK_PROTOCOL);
	process = nst_link_send_begin();
	KUNIT_EXPECT_TRUE(test, process);
	/* More than it does itself: the rest is a poll's. */
	for (i = 0; i < NAPI_POLL_WEIGHT + 1; i++)
		nst_link_xmit(joined->ends[0], frame(test, joined));
	KUNIT_EXPECT_EQ(test, far_drops(joined, NST_DROP_LINK_PROTOCOL),
			before);
	nst_link_send_end(process);
	KUNIT_EXPECT_GE(test, far_drops(joined, NST_DROP_LINK_PROTOCOL),
			before + NAPI_POLL_WEIGHT);
	KUNIT_EXPECT_TRUE(test, far_drops_reach(joined, NST_DROP_LINK_PROTOCOL,
						before + NAPI_POLL_WEIGHT + 1));
}

/* The locks that keep BHs away are those that receivers take. */
static void send__under_a_lock_is_received_after_it(struct kunit *test)
{
	struct joined *joined = joined_create(test);
	unsigned long before;
	bool process;

	before = far_drops(joined, NST_DROP_LINK_PROTOCOL);
	local_bh_disable();
	process = nst_link_send_begin();
	KUNIT_EXPECT_FALSE(test, process);
	nst_link_xmit(joined->ends[0], frame(test, joined));
	nst_link_send_end(process);
	KUNIT_EXPECT_EQ(test, far_drops(joined, NST_DROP_LINK_PROTOCOL),
			before);
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, far_drops_reach(joined, NST_DROP_LINK_PROTOCOL,
						before + 1));
}

static void xmit__keeps_to_pipe_backlog(struct kunit *test)
{
	struct joined *joined = joined_create(test);
	struct rtnl_link_stats64 stats = {};
	unsigned long before, taken;

	joined->far->config.pipe_backlog = 1;
	taken = far_drops(joined, NST_DROP_LINK_PROTOCOL);
	before = nst_drop_read(joined->wire->stack, NST_DROP_LINK_BACKLOG);
	local_bh_disable();
	KUNIT_EXPECT_EQ(test, send(joined, frame(test, joined)), 0);
	KUNIT_EXPECT_EQ(test, send(joined, frame(test, joined)), -ENOBUFS);
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, far_drops_reach(joined, NST_DROP_LINK_PROTOCOL,
						taken + 1));
	nst_wire_expect_drop(joined->wire, LINK_BACKLOG, before);
	nst_link_stats_read(joined->ends[0], &stats);
	KUNIT_EXPECT_EQ(test, stats.tx_dropped, 1ULL);
	KUNIT_EXPECT_EQ(test, send(joined, frame(test, joined)), 0);
}

/* A copy that was led back is not from oneself. */
static void receive__refuses_a_source_of_its_own(struct kunit *test)
{
	const struct nst_address_config config = {
		.family = AF_INET,
		.address = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.prefix_len = NST_WIRE_PREFIX_LEN,
		.scope = RT_SCOPE_UNIVERSE,
		.no_probe = true,
	};
	struct joined *joined = joined_create(test);
	struct sk_buff *skb = nst_build_pattern(test, 8, 0);
	unsigned long before;

	mutex_lock(&joined->far->config_mutex);
	KUNIT_EXPECT_EQ(test, nst_address_add(joined->ends[1], &config, NULL),
			0);
	mutex_unlock(&joined->far->config_mutex);
	before = far_drops(joined, NST_DROP_IP_MARTIAN_SOURCE);
	nst_build_udp(skb, &(struct nst_build_udp){ .saddr = NST_WIRE_LOCAL });
	nst_build_ipv4(skb, &(struct nst_build_ipv4){
		.saddr = NST_WIRE_LOCAL,
		.protocol = IPPROTO_UDP,
	});
	nst_ethernet_push(skb, joined->ends[0], joined->ends[1]->address,
			  htons(ETH_P_IP));
	KUNIT_EXPECT_EQ(test, send(joined, skb), 0);
	KUNIT_EXPECT_TRUE(test, far_drops_reach(joined,
						NST_DROP_IP_MARTIAN_SOURCE,
						before + 1));
}

static void carrier__follows_the_other_end(struct kunit *test)
{
	struct joined *joined = joined_create(test);
	struct nst_link *far = joined->ends[1];

	switch_end(joined->ends[0], false);
	KUNIT_EXPECT_TRUE(test, becomes_operational(far, false));
	KUNIT_EXPECT_EQ(test, far->flags & NST_LINK_UP, (u32)NST_LINK_UP);
	KUNIT_EXPECT_EQ(test, send(joined, frame(test, joined)), -ENETDOWN);
	switch_end(joined->ends[0], true);
	KUNIT_EXPECT_TRUE(test, becomes_operational(far, true));
	KUNIT_EXPECT_EQ(test, send(joined, frame(test, joined)), 0);
}

static void remove__takes_both_ends_away(struct kunit *test)
{
	struct joined *joined = joined_create(test);
	struct nst_link *far = joined->ends[1];

	nst_link_get(far);
	pipe_end(joined);
	KUNIT_EXPECT_NULL(test, find(joined->wire->stack, NEAR));
	KUNIT_EXPECT_NULL(test, find(joined->far, FAR));
	KUNIT_EXPECT_FALSE(test, nst_link_operational(far));
	nst_link_put(far);
}

static struct kunit_case pipe_cases[] = {
	KUNIT_CASE(create__joins_two_stacks),
	KUNIT_CASE(create__gives_both_ends_the_mtu),
	KUNIT_CASE(create__refuses_what_cannot_be),
	KUNIT_CASE(xmit__is_received_by_the_other_end),
	KUNIT_CASE(xmit__keeps_the_segments_and_scrubs_the_rest),
	KUNIT_CASE(send__of_a_process_ends_when_all_is_received),
	KUNIT_CASE(send__under_a_lock_is_received_after_it),
	KUNIT_CASE(xmit__keeps_to_pipe_backlog),
	KUNIT_CASE(receive__refuses_a_source_of_its_own),
	KUNIT_CASE(carrier__follows_the_other_end),
	KUNIT_CASE(remove__takes_both_ends_away),
	{}
};

static struct kunit_suite pipe_suite = {
	.name = "netstack_pipe",
	.test_cases = pipe_cases,
};

kunit_test_suite(pipe_suite);
