// SPDX-License-Identifier: GPL-2.0
/*
 * The scripted wire for IPv6. Described in wire_ipv6.h.
 */
#include <linux/err.h>

#include "../netstack/network/address.h"
#include "../netstack/network/neighbour.h"
#include "../netstack/network/pseudo_sum.h"
#include "wire_ipv6.h"

const struct in6_addr nst_wire_local6 = IN6(0x20010db8, 0, 0, 1);
const struct in6_addr nst_wire_peer6 = IN6(0x20010db8, 0, 0, 2);
const struct in6_addr nst_wire_local_ll = IN6(0xfe800000, 0, 0, 1);
const struct in6_addr nst_wire_peer_ll = IN6(0xfe800000, 0, 0, 2);
const struct in6_addr nst_wire_any6 = IN6(0, 0, 0, 0);
const struct in6_addr nst_wire_all_nodes = IN6(0xff020000, 0, 0, 1);

int nst_wire_add_address6(struct nst_link *link,
			  const struct in6_addr *address, u8 prefix_len,
			  bool probe)
{
	struct nst_address_config config = {
		.family = AF_INET6,
		.prefix_len = prefix_len,
		.no_probe = !probe,
		.address = nst_address_v6(address),
	};
	int err;

	mutex_lock(&link->stack->config_mutex);
	err = nst_address_add(link, &config, NULL);
	mutex_unlock(&link->stack->config_mutex);
	return err;
}

void nst_wire_add_neighbour6(struct nst_wire *wire,
			     const struct in6_addr *address)
{
	union nst_address peer = nst_address_v6(address);
	struct nst_neighbour *neighbour;

	neighbour = nst_neighbour_lookup(wire->link, AF_INET6, &peer, true);
	KUNIT_ASSERT_FALSE(wire->test, IS_ERR_OR_NULL(neighbour));
	nst_neighbour_update(neighbour, nst_wire_peer_mac, NUD_PERMANENT,
			     NST_NEIGHBOUR_ADMIN | NST_NEIGHBOUR_OVERRIDE);
	nst_neighbour_put(neighbour);
}

struct nst_wire *nst_wire_create_ipv6_bare(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	wire->stack->config.disable_ipv6 = 0;
	/* What is told of groups is told once, not in mid-test again. */
	wire->stack->config.mld_qrv = 1;
	return wire;
}

struct nst_wire *nst_wire_create_ipv6(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6_bare(test);

	KUNIT_ASSERT_EQ(test, 0, nst_wire_add_address6(wire->link,
						       &nst_wire_local6, 64,
						       false));
	KUNIT_ASSERT_EQ(test, 0, nst_wire_add_address6(wire->link,
						       &nst_wire_local_ll, 64,
						       false));
	nst_wire_add_neighbour6(wire, &nst_wire_peer6);
	nst_wire_add_neighbour6(wire, &nst_wire_peer_ll);
	nst_wire_discard(wire);
	return wire;
}

void nst_build_ipv6(struct sk_buff *skb, const struct nst_build_ipv6 *header)
{
	unsigned int length = skb->len;
	struct ipv6hdr *ip6 = skb_push(skb, sizeof(*ip6));

	*(__be32 *)ip6 = htonl((header->version ?: 6) << 28 |
			       (u32)header->tos << 20 | header->flow);
	ip6->payload_len = htons(header->payload_len ?: length);
	ip6->nexthdr = header->nexthdr;
	ip6->hop_limit = header->hop_limit_zero ? 0 : header->hop_limit ?: 64;
	ip6->saddr = *(header->saddr ?: &nst_wire_peer6);
	ip6->daddr = *(header->daddr ?: &nst_wire_local6);
	skb_reset_network_header(skb);
}

void nst_build_ipv6_frame(struct sk_buff *skb,
			  const struct nst_build_ipv6 *header)
{
	u8 group[ETH_ALEN];
	struct nst_build_ethernet ethernet = { .ethertype = ETH_P_IPV6 };

	nst_build_ipv6(skb, header);
	if (header->daddr && nst_ipv6_is_group(header->daddr)) {
		nst_ethernet_ipv6_group(group, header->daddr);
		ethernet.destination = group;
	}
	nst_build_ethernet(skb, &ethernet);
}

void nst_build_extension(struct sk_buff *skb, u8 nexthdr, const u8 *data,
			 unsigned int length)
{
	u8 *header = skb_push(skb, 2 + length);

	header[0] = nexthdr;
	header[1] = (2 + length) / 8 - 1;
	memcpy(header + 2, data, length);
}

void nst_build_fragment(struct sk_buff *skb, u8 nexthdr, u16 place,
			u32 identification)
{
	struct nst_ipv6_fragment_header *header = skb_push(skb,
							   sizeof(*header));

	header->nexthdr = nexthdr;
	header->reserved = 0;
	header->frag_off = htons(place);
	header->identification = htonl(identification);
}

void nst_build_icmpv6(struct sk_buff *skb,
		      const struct nst_build_icmpv6 *header)
{
	union nst_address saddr, daddr;
	struct icmp6hdr *icmp = skb_push(skb, sizeof(*icmp));

	saddr = nst_address_v6(header->saddr ?: &nst_wire_peer6);
	daddr = nst_address_v6(header->daddr ?: &nst_wire_local6);
	icmp->icmp6_type = header->type;
	icmp->icmp6_code = header->code;
	icmp->icmp6_dataun.un_data32[0] = htonl(header->rest);
	icmp->icmp6_cksum = 0;
	icmp->icmp6_cksum =
		csum_fold(skb_checksum(skb, 0, skb->len,
				       nst_pseudo_sum(AF_INET6, &saddr, &daddr,
						      skb->len,
						      IPPROTO_ICMPV6)));
	if (header->bad_checksum)
		icmp->icmp6_cksum = (__force __sum16)
				    ((__force u16)icmp->icmp6_cksum ^ 1);
}

static bool has_checksum(const struct sk_buff *skb, u8 nexthdr)
{
	return skb->ip_summed != CHECKSUM_PARTIAL &&
	       (nexthdr == IPPROTO_ICMPV6 || nexthdr == IPPROTO_TCP ||
		nexthdr == IPPROTO_UDP);
}

struct sk_buff *nst_wire_expect_ipv6(struct nst_wire *wire, u8 nexthdr)
{
	struct sk_buff *skb = nst_wire_expect_ethertype(wire, ETH_P_IPV6);
	union nst_address saddr, daddr;
	struct kunit *test = wire->test;
	struct ipv6hdr *ip6;
	__wsum sum;

	__skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	KUNIT_ASSERT_GE(test, skb->len, (unsigned int)sizeof(*ip6));
	ip6 = ipv6_hdr(skb);
	KUNIT_ASSERT_EQ(test, (int)ip6->version, 6);
	KUNIT_ASSERT_LE(test, sizeof(*ip6) + ntohs(ip6->payload_len),
			(size_t)skb->len);
	KUNIT_ASSERT_EQ_MSG(test, ip6->nexthdr, nexthdr, "next header");
	skb_trim(skb, sizeof(*ip6) + ntohs(ip6->payload_len));
	__skb_pull(skb, sizeof(*ip6));
	skb_reset_transport_header(skb);
	if (!has_checksum(skb, nexthdr))
		return skb;
	saddr = nst_address_v6(&ip6->saddr);
	daddr = nst_address_v6(&ip6->daddr);
	sum = nst_pseudo_sum(AF_INET6, &saddr, &daddr, skb->len, nexthdr);
	KUNIT_EXPECT_EQ_MSG(test,
			    (__force int)csum_fold(csum_partial(skb->data,
								skb->len,
								sum)),
			    0, "transport checksum");
	return skb;
}

struct sk_buff *nst_wire_expect_icmpv6(struct nst_wire *wire, u8 type)
{
	struct sk_buff *skb = nst_wire_expect_ipv6(wire, IPPROTO_ICMPV6);

	KUNIT_ASSERT_GE(wire->test, skb->len,
			(unsigned int)sizeof(struct icmp6hdr));
	KUNIT_ASSERT_EQ_MSG(wire->test, icmp6_hdr(skb)->icmp6_type, type,
			    "ICMPv6 type");
	return skb;
}
