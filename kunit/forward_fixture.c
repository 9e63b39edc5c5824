// SPDX-License-Identifier: GPL-2.0
/*
 * A router between two wires. Described in forward_fixture.h.
 */
#include <linux/err.h>

#include "forward_fixture.h"

const struct in6_addr forward_near6 = IN6(0x20010db8, 0x00010000, 0, 1);
const struct in6_addr forward_far6 = IN6(0x20010db8, 0x00010000, 0, 2);
const struct in6_addr forward_gone6 = IN6(0x20010db8, 0x00010000, 0, 9);
const struct in6_addr forward_beyond6 = IN6(0x20010db8, 0x00020000, 0, 1);

/**
 * struct far_link - the second link
 * @link: link; the structure is freed with it
 * @forward: router
 * @sent: frames that no one has looked at
 * @seen: frames that the test took
 */
struct far_link {
	struct nst_link link;
	struct forward forward;
	struct sk_buff_head sent;
	struct sk_buff_head seen;
};

static int far_xmit(struct nst_link *link, struct sk_buff *skb)
{
	struct far_link *far = container_of(link, struct far_link, link);
	struct sk_buff *copy = skb_copy(skb, GFP_ATOMIC);

	consume_skb(skb);
	if (!copy)
		return -ENOBUFS;
	skb_reset_mac_header(copy);
	__skb_pull(copy, ETH_HLEN);
	skb_reset_network_header(copy);
	skb_queue_tail(&far->sent, copy);
	return 0;
}

static void far_changed(struct nst_link *link)
{
}

static void far_destroy(struct nst_link *link)
{
	kfree(container_of(link, struct far_link, link));
}

static const struct nst_link_ops far_ops = {
	.kind = "far",
	.xmit = far_xmit,
	.admin_changed = far_changed,
	.destroy = far_destroy,
};

static struct far_link *far_create(struct kunit *test, struct nst_wire *wire)
{
	struct far_link *far = kzalloc(sizeof(*far), GFP_KERNEL);
	struct nst_link *link;

	KUNIT_ASSERT_NOT_NULL(test, far);
	link = &far->link;
	skb_queue_head_init(&far->sent);
	skb_queue_head_init(&far->seen);
	far->forward.wire = wire;
	far->forward.second = link;
	KUNIT_ASSERT_EQ(test, 0, nst_link_setup(link, wire->stack, &far_ops));
	link->index = NST_SECOND_INDEX;
	link->flags = NST_LINK_UP | NST_LINK_CARRIER;
	link->mtu = NST_WIRE_MTU;
	strscpy(link->name, "far0", IFNAMSIZ);
	ether_addr_copy(link->address, nst_wire_other_mac);
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_link_register(link));
	mutex_unlock(&wire->stack->config_mutex);
	test->priv = far;
	return far;
}

void forward_add_neighbour(struct nst_link *link, u8 family,
			   const union nst_address *address)
{
	struct nst_neighbour *neighbour;

	neighbour = nst_neighbour_lookup(link, family, address, true);
	if (IS_ERR_OR_NULL(neighbour))
		return;
	nst_neighbour_update(neighbour, nst_wire_peer_mac, NUD_PERMANENT,
			     NST_NEIGHBOUR_ADMIN | NST_NEIGHBOUR_OVERRIDE);
	nst_neighbour_put(neighbour);
}

struct forward *forward_create(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct far_link *far = far_create(test, wire);
	union nst_address address;

	wire->quiet = true;
	nst_wire_add_address(wire, NST_WIRE_LOCAL, NST_WIRE_PREFIX_LEN);
	address = ipv4(NST_WIRE_PEER);
	forward_add_neighbour(wire->link, AF_INET, &address);
	KUNIT_ASSERT_EQ(test, 0, address_add(&far->link, FORWARD_NEAR, 24,
					     RT_SCOPE_UNIVERSE));
	KUNIT_ASSERT_EQ(test, 0, nst_wire_add_address6(&far->link,
						       &forward_near6, 64,
						       false));
	address = ipv4(FORWARD_FAR);
	forward_add_neighbour(&far->link, AF_INET, &address);
	address = nst_address_v6(&forward_far6);
	forward_add_neighbour(&far->link, AF_INET6, &address);
	wire->stack->config.ip_forward = 1;
	wire->stack->config.ipv6_forwarding = 1;
	nst_wire_discard(wire);
	skb_queue_purge(&far->sent);
	return &far->forward;
}

void forward_exit(struct kunit *test)
{
	struct far_link *far = test->priv;

	if (!far)
		return;
	test->priv = NULL;
	mutex_lock(&far->link.stack->config_mutex);
	nst_link_unregister(&far->link);
	mutex_unlock(&far->link.stack->config_mutex);
	skb_queue_purge(&far->sent);
	skb_queue_purge(&far->seen);
	nst_link_put(&far->link);
}

/* What the links say of their own addresses comes at times of its own. */
static bool is_noise(const struct sk_buff *skb)
{
	return eth_hdr(skb)->h_proto == htons(ETH_P_ARP) ||
	       is_multicast_ether_addr(eth_hdr(skb)->h_dest);
}

static struct sk_buff *next_frame(struct far_link *far)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&far->sent))) {
		if (!is_noise(skb))
			return skb;
		kfree_skb(skb);
	}
	return NULL;
}

struct sk_buff *forward_expect(struct kunit *test, u16 ethertype)
{
	struct far_link *far = test->priv;
	struct sk_buff *skb = next_frame(far);

	KUNIT_ASSERT_NOT_NULL_MSG(test, skb, "nothing left the second link");
	skb_queue_tail(&far->seen, skb);
	KUNIT_ASSERT_EQ(test, (int)ethertype, (int)ntohs(eth_hdr(skb)->h_proto));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(eth_hdr(skb)->h_source,
						 far->link.address));
	if (ethertype == ETH_P_IP)
		KUNIT_EXPECT_EQ(test, 0,
				(__force int)ip_fast_csum(ip_hdr(skb),
							  ip_hdr(skb)->ihl));
	return skb;
}

void forward_expect_nothing(struct kunit *test)
{
	struct sk_buff *skb = next_frame(test->priv);

	KUNIT_EXPECT_NULL(test, skb);
	kfree_skb(skb);
}

void forward_neighbour_fails(struct kunit *test, u8 family,
			     const union nst_address *address)
{
	struct far_link *far = test->priv;
	struct nst_neighbour *neighbour;
	unsigned int i;

	neighbour = nst_neighbour_lookup(&far->link, family, address, false);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(neighbour));
	for (i = 0; i < 10 && neighbour->state != NUD_FAILED; i++) {
		rcu_read_lock();
		nst_wire_expire(&neighbour->timer);
		rcu_read_unlock();
	}
	KUNIT_EXPECT_EQ(test, NUD_FAILED, (int)neighbour->state);
	nst_neighbour_put(neighbour);
}
