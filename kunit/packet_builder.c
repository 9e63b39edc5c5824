// SPDX-License-Identifier: GPL-2.0
/*
 * Packets for unit tests: see packet_builder.h.
 */
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>

#include "../netstack/compat.h"
#include "../netstack/transport/tcp/accecn.h"
#include "packet_builder.h"

#define HEADROOM	192	/* Ethernet, IPv4 and TCP with all options */

/* One bit more or less makes a wrong sum of any right one. */
static __sum16 checksum_spoil(__sum16 sum, bool bad)
{
	return bad ? sum ^ (__force __sum16)htons(1) : sum;
}

struct sk_buff *nst_build_payload(struct kunit *test, const void *data,
				  unsigned int len)
{
	struct sk_buff *skb = alloc_skb(HEADROOM + len, GFP_ATOMIC);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, HEADROOM);
	if (len)
		skb_put_data(skb, data, len);
	return skb;
}

struct sk_buff *nst_build_pattern(struct kunit *test, unsigned int len,
				  u8 first)
{
	struct sk_buff *skb = alloc_skb(HEADROOM + len, GFP_ATOMIC);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, HEADROOM);
	for (i = 0; i < len; i++)
		skb_put_u8(skb, first + i);
	return skb;
}

void nst_build_ethernet(struct sk_buff *skb,
			const struct nst_build_ethernet *header)
{
	struct ethhdr *eth = skb_push(skb, ETH_HLEN);

	ether_addr_copy(eth->h_dest, header->destination ?:
				     nst_wire_local_mac);
	ether_addr_copy(eth->h_source, header->source ?: nst_wire_peer_mac);
	eth->h_proto = htons(header->ethertype ?: ETH_P_IP);
}

struct sk_buff *nst_build_arp(struct kunit *test,
			      const struct nst_build_arp *arp)
{
	struct {
		struct arphdr header;
		u8 sender_mac[ETH_ALEN];
		__be32 sender;
		u8 target_mac[ETH_ALEN];
		__be32 target;
	} __packed packet = {
		.header = {
			.ar_hrd = htons(arp->hardware ?: ARPHRD_ETHER),
			.ar_pro = htons(arp->protocol ?: ETH_P_IP),
			.ar_hln = arp->hardware_len ?: ETH_ALEN,
			.ar_pln = arp->protocol_len ?: 4,
			.ar_op = htons(arp->operation ?: ARPOP_REQUEST),
		},
		.sender = arp->sender_any ? 0 : htonl(arp->sender ?:
						      NST_WIRE_PEER),
		.target = arp->target_any ? 0 : htonl(arp->target ?:
						      NST_WIRE_LOCAL),
	};

	memcpy(packet.sender_mac, arp->sender_mac ?: nst_wire_peer_mac,
	       ETH_ALEN);
	if (arp->target_mac)
		memcpy(packet.target_mac, arp->target_mac, ETH_ALEN);
	return nst_build_payload(test, &packet, sizeof(packet));
}

void nst_build_ipv4(struct sk_buff *skb, const struct nst_build_ipv4 *header)
{
	unsigned int header_len = sizeof(struct iphdr) + header->options_len;
	struct iphdr *ip = skb_push(skb, header_len);

	memset(ip, 0, sizeof(*ip));
	ip->version = header->version ?: 4;
	ip->ihl = header->ihl ?: header_len / 4;
	ip->tos = header->tos;
	ip->tot_len = htons(header->total_len ?: skb->len);
	ip->id = htons(header->id);
	ip->frag_off = htons(header->fragment);
	ip->ttl = header->ttl_zero ? 0 : header->ttl ?: 64;
	ip->protocol = header->protocol;
	ip->saddr = header->source_any ? 0 : htonl(header->saddr ?:
						   NST_WIRE_PEER);
	ip->daddr = htonl(header->daddr ?: NST_WIRE_LOCAL);
	if (header->options_len)
		memcpy(ip + 1, header->options, header->options_len);
	ip->check = checksum_spoil(csum_fold(csum_partial(ip, header_len, 0)),
				   header->bad_checksum);
	skb_reset_network_header(skb);
}

void nst_build_icmp(struct sk_buff *skb, const struct nst_build_icmp *header)
{
	struct icmphdr *icmp = skb_push(skb, sizeof(*icmp));

	icmp->type = header->type;
	icmp->code = header->code;
	icmp->checksum = 0;
	icmp->un.gateway = htonl(header->rest);
	icmp->checksum =
		checksum_spoil(csum_fold(csum_partial(icmp, skb->len, 0)),
			       header->bad_checksum);
}

static __sum16 transport_checksum(const struct sk_buff *skb, u32 saddr,
				  u32 daddr, u8 protocol, bool bad)
{
	__wsum sum = csum_partial(skb->data, skb->len, 0);

	return checksum_spoil(csum_tcpudp_magic(htonl(saddr ?: NST_WIRE_PEER),
						htonl(daddr ?: NST_WIRE_LOCAL),
						skb->len, protocol, sum), bad);
}

void nst_build_udp(struct sk_buff *skb, const struct nst_build_udp *header)
{
	struct udphdr *udp = skb_push(skb, sizeof(*udp));

	udp->source = htons(header->sport);
	udp->dest = htons(header->dport);
	udp->len = htons(header->length ?: skb->len);
	udp->check = 0;
	if (header->no_checksum)
		return;
	/* RFC 768: a sum of zero is sent as all ones. */
	udp->check = transport_checksum(skb, header->saddr, header->daddr,
					IPPROTO_UDP, header->bad_checksum) ?:
		     CSUM_MANGLED_0;
}

void nst_build_tcp(struct sk_buff *skb, const struct nst_build_tcp *header)
{
	unsigned int options_len = round_up(header->options_len, 4);
	unsigned int header_len = sizeof(struct tcphdr) + options_len;
	struct tcphdr *tcp = skb_push(skb, header_len);
	u8 *octets = (u8 *)tcp;

	memset(tcp, 0, header_len);
	tcp->source = htons(header->sport);
	tcp->dest = htons(header->dport);
	tcp->seq = htonl(header->seq);
	tcp->ack_seq = htonl(header->ack);
	octets[12] = (header->data_offset ?: header_len / 4) << 4;
	octets[12] |= header->flags >> 8;
	octets[13] = header->flags;
	tcp->window = header->window_zero ? 0 : htons(header->window ?:
						      U16_MAX);
	tcp->urg_ptr = htons(header->urgent);
	if (header->options_len)
		memcpy(tcp + 1, header->options, header->options_len);
	tcp->check = transport_checksum(skb, header->saddr, header->daddr,
					IPPROTO_TCP, header->bad_checksum);
}

#define TCPOPT_EOL		0
#define TCPOPT_NOP		1
#define TCPOPT_MSS		2
#define TCPOPT_WSCALE		3
#define TCPOPT_SACK_OK		4
#define TCPOPT_SACK		5
#define TCPOPT_TS		8
#define TCPOPT_FASTOPEN		34

/* RFC 9768 3.2.3 */
static u8 *build_accecn(u8 *p, const struct nst_build_tcp_options *options)
{
	unsigned int len = options->accecn_len ?: 11;
	unsigned int i;

	p[0] = options->accecn;
	p[1] = len;
	memset(p + 2, 0xff, len - 2);
	for (i = 0; i < 3 && 2 + (i + 1) * 3 <= len; i++)
		put_unaligned_be24(options->accecn_fields[i], p + 2 + i * 3);
	memset(p + len, TCPOPT_NOP, ALIGN(len, 4) - len);
	return p + ALIGN(len, 4);
}

unsigned int nst_build_tcp_options(u8 *octets,
				   const struct nst_build_tcp_options *options)
{
	u8 *p = octets;
	unsigned int i;

	if (options->mss) {
		*p++ = TCPOPT_MSS;
		*p++ = 4;
		put_unaligned_be16(options->mss, p);
		p += 2;
	}
	if (options->sack_ok) {
		*p++ = TCPOPT_NOP;
		*p++ = TCPOPT_NOP;
		*p++ = TCPOPT_SACK_OK;
		*p++ = 2;
	}
	if (options->has_ts) {
		*p++ = TCPOPT_NOP;
		*p++ = TCPOPT_NOP;
		*p++ = TCPOPT_TS;
		*p++ = 10;
		put_unaligned_be32(options->tsval, p);
		put_unaligned_be32(options->tsecr, p + 4);
		p += 8;
	}
	if (options->has_wscale) {
		*p++ = TCPOPT_NOP;
		*p++ = TCPOPT_WSCALE;
		*p++ = 3;
		*p++ = options->wscale;
	}
	if (options->has_fastopen) {
		*p++ = TCPOPT_FASTOPEN;
		*p++ = 2 + options->cookie_len;
		memcpy(p, options->cookie, options->cookie_len);
		p += options->cookie_len;
		while ((p - octets) % 4)
			*p++ = TCPOPT_NOP;
	}
	if (options->sack_count) {
		*p++ = TCPOPT_NOP;
		*p++ = TCPOPT_NOP;
		*p++ = TCPOPT_SACK;
		*p++ = 2 + 8 * options->sack_count;
	}
	for (i = 0; i < options->sack_count; i++) {
		put_unaligned_be32(options->sack[i].left, p);
		put_unaligned_be32(options->sack[i].right, p + 4);
		p += 8;
	}
	if (options->uto) {
		*p++ = NST_TCPOPT_UTO;
		*p++ = NST_TCPOLEN_UTO;
		put_unaligned_be16(options->uto, p);
		p += 2;
	}
	if (options->accecn)
		p = build_accecn(p, options);
	return p - octets;
}

static bool read_sack(const u8 *data, u8 len,
		      struct nst_build_tcp_options *options)
{
	unsigned int i;

	if (options->sack_count || len < 10 || (len - 2) % 8)
		return false;
	options->sack_count = (len - 2) / 8;
	for (i = 0; i < options->sack_count; i++) {
		options->sack[i].left = get_unaligned_be32(data + 2 + 8 * i);
		options->sack[i].right = get_unaligned_be32(data + 6 + 8 * i);
	}
	return true;
}

static bool read_accecn(const u8 *data, u8 len,
			struct nst_build_tcp_options *options)
{
	unsigned int i;

	if (options->accecn || len > 11 || (len - 2) % 3)
		return false;
	options->accecn = data[0];
	options->accecn_len = len;
	for (i = 0; 2 + i * 3 < len; i++)
		options->accecn_fields[i] = get_unaligned_be24(data + 2 +
							       i * 3);
	return true;
}

/* @data is one option of @len bytes. */
static bool read_tcp_option(const u8 *data, u8 len,
			    struct nst_build_tcp_options *options)
{
	switch (data[0]) {
	case TCPOPT_MSS:
		if (options->mss || len != 4)
			return false;
		options->mss = get_unaligned_be16(data + 2);
		return options->mss;
	case TCPOPT_WSCALE:
		if (options->has_wscale || len != 3)
			return false;
		options->has_wscale = true;
		options->wscale = data[2];
		return true;
	case TCPOPT_SACK_OK:
		if (options->sack_ok || len != 2)
			return false;
		options->sack_ok = true;
		return true;
	case TCPOPT_SACK:
		return read_sack(data, len, options);
	case TCPOPT_TS:
		if (options->has_ts || len != 10)
			return false;
		options->has_ts = true;
		options->tsval = get_unaligned_be32(data + 2);
		options->tsecr = get_unaligned_be32(data + 6);
		return true;
	case NST_TCPOPT_UTO:
		if (options->uto || len != 4)
			return false;
		options->uto = get_unaligned_be16(data + 2);
		return true;
	case NST_TCPOPT_ACCECN0:
	case NST_TCPOPT_ACCECN1:
		return read_accecn(data, len, options);
	case TCPOPT_FASTOPEN:
		if (options->has_fastopen || len - 2 > NST_BUILD_COOKIE)
			return false;
		options->has_fastopen = true;
		options->cookie_len = len - 2;
		memcpy(options->cookie, data + 2, len - 2);
		return true;
	}
	return false;
}

bool nst_read_tcp_options(const struct sk_buff *skb,
			  struct nst_build_tcp_options *options)
{
	const u8 *data = skb_transport_header(skb) + sizeof(struct tcphdr);
	int left = tcp_hdrlen(skb) - (int)sizeof(struct tcphdr);

	memset(options, 0, sizeof(*options));
	while (left > 0) {
		u8 len;

		if (data[0] == TCPOPT_EOL)
			return !memchr_inv(data, TCPOPT_EOL, left);
		if (data[0] == TCPOPT_NOP) {
			data++;
			left--;
			continue;
		}
		if (left < 2)
			return false;
		len = data[1];
		if (len < 2 || len > left ||
		    !read_tcp_option(data, len, options))
			return false;
		data += len;
		left -= len;
	}
	return true;
}

struct sk_buff *nst_build_frame_icmp(struct kunit *test,
				     const struct nst_build_icmp *icmp,
				     const void *data, unsigned int len)
{
	struct sk_buff *skb = nst_build_payload(test, data, len);

	nst_build_icmp(skb, icmp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4){
		.protocol = IPPROTO_ICMP,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet){});
	return skb;
}

struct sk_buff *nst_build_frame_udp(struct kunit *test, u16 sport, u16 dport,
				    const void *data, unsigned int len)
{
	struct sk_buff *skb = nst_build_payload(test, data, len);

	nst_build_udp(skb, &(struct nst_build_udp){
		.sport = sport,
		.dport = dport,
	});
	nst_build_ipv4(skb, &(struct nst_build_ipv4){
		.protocol = IPPROTO_UDP,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet){});
	return skb;
}

struct sk_buff *nst_build_frame_tcp(struct kunit *test,
				    const struct nst_build_tcp *tcp,
				    const void *data, unsigned int len)
{
	struct sk_buff *skb = nst_build_payload(test, data, len);

	nst_build_tcp(skb, tcp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4){
		.saddr = tcp->saddr,
		.daddr = tcp->daddr,
		.protocol = IPPROTO_TCP,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet){});
	return skb;
}

struct sk_buff *nst_build_frame_arp(struct kunit *test,
				    const struct nst_build_arp *arp)
{
	static const u8 broadcast[ETH_ALEN] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	struct sk_buff *skb = nst_build_arp(test, arp);

	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.destination = arp->operation == ARPOP_REPLY ? NULL :
							       broadcast,
		.source = arp->sender_mac,
		.ethertype = ETH_P_ARP,
	});
	return skb;
}
