/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A router on the scripted wire: advertisements in the words of a test, and
 * what the stack made of them.
 */
#ifndef NST_KUNIT_ROUTER_FIXTURE_H
#define NST_KUNIT_ROUTER_FIXTURE_H

#include "../netstack/compat.h"
#include "../netstack/network/address.h"
#include "../netstack/network/icmpv6.h"
#include "../netstack/network/ndp.h"
#include "../netstack/network/neighbour.h"
#include "../netstack/network/route.h"
#include "../netstack/network/router.h"
#include "wire_ipv6.h"

#define ADVERT_OPTIONS	160

/**
 * struct advert_words - a router advertisement
 * @router: who sends it, default nst_wire_peer_ll
 * @hop_limit: current hop limit
 * @flags: flags octet: preference in bits 3 and 4
 * @lifetime: router lifetime, s
 * @reachable: ms
 * @retrans: ms
 * @outer_hop_limit: of the packet, default 255
 * @options: options
 * @length: their bytes
 */
struct advert_words {
	const struct in6_addr *router;
	u8 hop_limit;
	u8 flags;
	u16 lifetime;
	u32 reachable;
	u32 retrans;
	u8 outer_hop_limit;
	u8 options[ADVERT_OPTIONS];
	unsigned int length;
};

static inline void advert_put(struct advert_words *words, const void *option,
			      unsigned int length)
{
	memcpy(words->options + words->length, option, length);
	words->length += length;
}

static inline void advert_prefix(struct advert_words *words,
				 const struct in6_addr *prefix, u8 len,
				 u8 flags, u32 valid, u32 preferred)
{
	u8 option[32] = { NST_NDP_PREFIX, 4, len, flags };

	put_unaligned_be32(valid, option + 4);
	put_unaligned_be32(preferred, option + 8);
	memcpy(option + 16, prefix, 16);
	advert_put(words, option, sizeof(option));
}

static inline struct sk_buff *advert(struct kunit *test,
				     const struct advert_words *words)
{
	struct sk_buff *skb = nst_build_pattern(test, 8 + words->length, 0);

	put_unaligned_be32(words->reachable, skb->data);
	put_unaligned_be32(words->retrans, skb->data + 4);
	memcpy(skb->data + 8, words->options, words->length);
	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = NST_ICMPV6_ROUTER_ADVERT,
		.rest = (u32)words->hop_limit << 24 |
			(u32)words->flags << 16 | words->lifetime,
		.saddr = words->router ?: &nst_wire_peer_ll,
		.daddr = &nst_wire_all_nodes });
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_ICMPV6,
		.hop_limit = words->outer_hop_limit ?: 255,
		.saddr = words->router ?: &nst_wire_peer_ll,
		.daddr = &nst_wire_all_nodes });
	return skb;
}

/* All that came and all that is due is dealt with. */
static inline void settle(struct nst_wire *wire)
{
	nst_router_wake(wire->stack);
	flush_delayed_work(&wire->stack->routers->work);
	/* What it did may have woken it once more. */
	flush_delayed_work(&wire->stack->routers->work);
}

static inline void advertise(struct nst_wire *wire,
			     const struct advert_words *words)
{
	nst_wire_inject(wire, advert(wire->test, words));
	settle(wire);
}

#endif /* NST_KUNIT_ROUTER_FIXTURE_H */
