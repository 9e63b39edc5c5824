/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets for unit tests, built from the inside out: payload first, then one
 * header after the other pushed in front of it. Every header comes out
 * correct, checksums included, unless a knob says otherwise:
 *
 *	skb = nst_build_payload(test, "hello", 5);
 *	nst_build_udp(skb, &(struct nst_build_udp){ .dport = 7 });
 *	nst_build_ipv4(skb, &(struct nst_build_ipv4){ .protocol = IPPROTO_UDP });
 *	nst_build_ethernet(skb, &(struct nst_build_ethernet){});
 *
 * A field of zero means its default: from the peer to the stack. Numbers and
 * IPv4 addresses are in host order.
 */
#ifndef NST_KUNIT_PACKET_BUILDER_H
#define NST_KUNIT_PACKET_BUILDER_H

#include <kunit/test.h>
#include <linux/icmp.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "../netstack/transport/tcp/segment.h"
#include "wire.h"

/*
 * An sk_buff with headroom for all headers; aborts the test without memory.
 * Also with BHs disabled.
 */
struct sk_buff *nst_build_payload(struct kunit *test, const void *data,
				  unsigned int len);

/* @len octets counting up from @first. */
struct sk_buff *nst_build_pattern(struct kunit *test, unsigned int len,
				  u8 first);

/**
 * struct nst_build_ethernet - an Ethernet header
 * @destination: default nst_wire_local_mac
 * @source: default nst_wire_peer_mac
 * @ethertype: default ETH_P_IP
 */
struct nst_build_ethernet {
	const u8 *destination;
	const u8 *source;
	u16 ethertype;
};

void nst_build_ethernet(struct sk_buff *skb,
			const struct nst_build_ethernet *header);

/**
 * struct nst_build_arp - an ARP packet for Ethernet and IPv4
 * @operation: default ARPOP_REQUEST
 * @sender_mac: default nst_wire_peer_mac
 * @sender: default NST_WIRE_PEER
 * @sender_any: sender is 0.0.0.0: a probe (RFC 5227)
 * @target_any: target is 0.0.0.0: the answer to a probe
 * @target_mac: default zero
 * @target: default NST_WIRE_LOCAL
 * @hardware: default ARPHRD_ETHER
 * @protocol: default ETH_P_IP
 * @hardware_len: default 6
 * @protocol_len: default 4
 */
struct nst_build_arp {
	u16 operation;
	const u8 *sender_mac;
	u32 sender;
	bool sender_any;
	bool target_any;
	const u8 *target_mac;
	u32 target;
	u16 hardware;
	u16 protocol;
	u8 hardware_len;
	u8 protocol_len;
};

/* The ARP packet itself, without Ethernet header. */
struct sk_buff *nst_build_arp(struct kunit *test,
			      const struct nst_build_arp *arp);

/**
 * struct nst_build_ipv4 - an IPv4 header
 * @saddr: default NST_WIRE_PEER; use @source_any for 0.0.0.0
 * @daddr: default NST_WIRE_LOCAL
 * @source_any: source is 0.0.0.0
 * @protocol: IPPROTO_*
 * @ttl: default 64; use @ttl_zero for 0
 * @ttl_zero: TTL is 0
 * @tos: type of service
 * @id: identification
 * @fragment: flags and offset field as it is (IP_DF, IP_MF, offset / 8)
 * @options: options, copied
 * @options_len: bytes, a multiple of 4
 * @version: default 4
 * @ihl: header length field instead of the right one, if not zero
 * @total_len: total length field instead of the right one, if not zero
 * @bad_checksum: header checksum is off by one
 */
struct nst_build_ipv4 {
	u32 saddr;
	u32 daddr;
	bool source_any;
	u8 protocol;
	u8 ttl;
	bool ttl_zero;
	u8 tos;
	u16 id;
	u16 fragment;
	const u8 *options;
	u8 options_len;
	u8 version;
	u8 ihl;
	u16 total_len;
	bool bad_checksum;
};

void nst_build_ipv4(struct sk_buff *skb, const struct nst_build_ipv4 *header);

/**
 * struct nst_build_icmp - an ICMP header; skb holds what follows it
 * @type: ICMP_*
 * @code: code
 * @rest: the second word of the header: id and sequence, gateway, MTU...
 * @bad_checksum: checksum is off by one
 */
struct nst_build_icmp {
	u8 type;
	u8 code;
	u32 rest;
	bool bad_checksum;
};

void nst_build_icmp(struct sk_buff *skb, const struct nst_build_icmp *header);

/**
 * struct nst_build_udp - a UDP header
 * @saddr: for the checksum, default NST_WIRE_PEER
 * @daddr: for the checksum, default NST_WIRE_LOCAL
 * @sport: source port
 * @dport: destination port
 * @length: length field instead of the right one, if not zero
 * @no_checksum: checksum field zero
 * @bad_checksum: checksum is off by one
 */
struct nst_build_udp {
	u32 saddr;
	u32 daddr;
	u16 sport;
	u16 dport;
	u16 length;
	bool no_checksum;
	bool bad_checksum;
};

void nst_build_udp(struct sk_buff *skb, const struct nst_build_udp *header);

/**
 * struct nst_build_tcp - a TCP header
 * @saddr: for the checksum, default NST_WIRE_PEER
 * @daddr: for the checksum, default NST_WIRE_LOCAL
 * @sport: source port
 * @dport: destination port
 * @seq: sequence number
 * @ack: acknowledgement number
 * @flags: NST_TCP_*
 * @window: window field, default 65535; use @window_zero for 0
 * @window_zero: window is 0
 * @urgent: urgent pointer
 * @options: options, copied and padded with zeroes to a multiple of 4
 * @options_len: bytes, up to 40
 * @data_offset: data offset field instead of the right one, if not zero
 * @bad_checksum: checksum is off by one
 */
struct nst_build_tcp {
	u32 saddr;
	u32 daddr;
	u16 sport;
	u16 dport;
	u32 seq;
	u32 ack;
	u16 flags;
	u16 window;
	bool window_zero;
	u16 urgent;
	const u8 *options;
	u8 options_len;
	u8 data_offset;
	bool bad_checksum;
};

void nst_build_tcp(struct sk_buff *skb, const struct nst_build_tcp *header);

/**
 * struct nst_build_sack - a block of the SACK option (RFC 2018 3)
 * @left: its first sequence number
 * @right: one past its last
 */
struct nst_build_sack {
	u32 left;
	u32 right;
};

#define NST_BUILD_SACKS		4		/* RFC 2018 3: that many fit */
#define NST_BUILD_COOKIE	16		/* RFC 7413 2: longest */
#define NST_BUILD_TCP_OPTIONS	96		/* bytes that may come out */

/**
 * struct nst_build_tcp_options - options of a segment, to build or as read
 * @mss: maximum segment size, 0: no option
 * @has_wscale: there is a window scale option
 * @wscale: its shift
 * @sack_ok: SACK permitted
 * @has_ts: there is a timestamps option
 * @tsval: its TSval
 * @tsecr: its TSecr
 * @sack_count: blocks in @sack; 0: no option
 * @sack: SACK blocks, in the order on the wire
 * @uto: field of the user timeout option, 0: none
 * @accecn: kind of the AccECN option, 0: none
 * @accecn_len: its length, from 2 on; 0 to build: all @accecn_fields
 * @accecn_fields: its fields, in the order on the wire; to build, what is
 *	beyond them in a longer option is 0xff
 * @has_fastopen: there is a Fast Open option
 * @cookie_len: bytes of @cookie
 * @cookie: its cookie
 */
struct nst_build_tcp_options {
	u16 mss;
	bool has_wscale;
	u8 wscale;
	bool sack_ok;
	bool has_ts;
	u32 tsval;
	u32 tsecr;
	u8 sack_count;
	struct nst_build_sack sack[NST_BUILD_SACKS];
	u16 uto;
	u8 accecn;
	u8 accecn_len;
	u32 accecn_fields[3];
	bool has_fastopen;
	u8 cookie_len;
	u8 cookie[NST_BUILD_COOKIE];
};

/**
 * nst_build_tcp_options() - options for struct nst_build_tcp.options
 * @octets: NST_BUILD_TCP_OPTIONS bytes of room
 * @options: what to build, padded with NOPs to words
 *
 * Return: bytes; more than 40 do not fit into a segment.
 */
unsigned int nst_build_tcp_options(u8 *octets,
				   const struct nst_build_tcp_options *options);

/**
 * nst_read_tcp_options() - the options of a segment
 * @skb: segment, linear, its TCP header at skb_transport_header()
 * @options: what was found
 *
 * Independent of the stack's own parser, and strict: each option at most
 * once and with exactly its length, padding only after the last.
 *
 * Return: false if the options are malformed or of an unknown kind.
 */
bool nst_read_tcp_options(const struct sk_buff *skb,
			  struct nst_build_tcp_options *options);

/* Whole frames from the peer to the stack, for the common case. */
struct sk_buff *nst_build_frame_icmp(struct kunit *test,
				     const struct nst_build_icmp *icmp,
				     const void *data, unsigned int len);
struct sk_buff *nst_build_frame_udp(struct kunit *test, u16 sport, u16 dport,
				    const void *data, unsigned int len);
struct sk_buff *nst_build_frame_tcp(struct kunit *test,
				    const struct nst_build_tcp *tcp,
				    const void *data, unsigned int len);
struct sk_buff *nst_build_frame_arp(struct kunit *test,
				    const struct nst_build_arp *arp);

#endif /* NST_KUNIT_PACKET_BUILDER_H */
