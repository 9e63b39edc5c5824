// SPDX-License-Identifier: GPL-2.0
/*
 * The network layer's face towards the transports: the registry by which a
 * packet finds its transport, and the choice of the family by which a
 * transport's packets and errors leave. Entry points: network.h.
 */
#include <linux/icmp.h>
#include <linux/module.h>

#include "../link/queue.h"
#include "icmp.h"
#include "icmpv6.h"
#include "ipv4.h"
#include "ipv6.h"
#include "network.h"
#include "transmit.h"

/* Bytes of a transport header that tell the owner of its packet. */
#define OWNER_HEADER	20

/* Filled while the module is initialised, constant afterwards. */
static const struct nst_transport_protocol *transports[256];
static const struct nst_echo_user *echo_user;
static const struct nst_raw_user *raw_user;

int nst_transport_register(const struct nst_transport_protocol *transport)
{
	if (transports[transport->protocol])
		return -EEXIST;
	transports[transport->protocol] = transport;
	return 0;
}

const struct nst_transport_protocol *nst_transport_find(u8 protocol)
{
	return transports[protocol];
}

void nst_echo_register(const struct nst_echo_user *user)
{
	echo_user = user;
}

void nst_echo_reply(struct nst_stack *stack, struct sk_buff *skb)
{
	echo_user->reply(stack, skb);
}

void nst_echo_error(struct nst_stack *stack, struct sk_buff *skb,
		    const struct nst_icmp_error *error)
{
	echo_user->error(stack, skb, error);
}

void nst_raw_user_register(const struct nst_raw_user *user)
{
	raw_user = user;
}

noinline bool nst_network_raw_receive(struct nst_stack *stack,
				      struct sk_buff *skb)
{
	return raw_user->receive(stack, skb);
}

void nst_network_raw_error(struct nst_stack *stack, struct sk_buff *skb,
			   u8 protocol, unsigned int header,
			   const struct nst_icmp_error *error)
{
	raw_user->error(stack, skb, protocol, header, error);
}

int nst_network_output_whole(struct nst_stack *stack, struct sk_buff *skb,
			     const struct nst_path *path, bool loop)
{
	bool group = path->type == RTN_MULTICAST ||
		     path->type == RTN_BROADCAST;
	bool process;
	int err;

	process = nst_link_send_begin();
	if (path->family == AF_INET) {
		NST_INC(stack, IP_OUT_REQUESTS);
		NST_ADD(stack, IP_OUT_OCTETS, skb->len);
	} else {
		NST_INC(stack, IP6_OUT_REQUESTS);
		NST_ADD(stack, IP6_OUT_OCTETS, skb->len);
	}
	if (loop && group)
		nst_transmit_loop_back(skb, path);
	err = nst_path_xmit(path, skb, skb->protocol);
	nst_link_send_end(process);
	return err;
}

atomic64_t *nst_transport_owner(struct nst_stack *stack, struct sk_buff *skb,
				unsigned int header)
{
	const struct nst_transport_protocol *transport =
		transports[nst_packet_cb(skb)->protocol];

	if (!transport || !transport->owner ||
	    skb_headlen(skb) < header + OWNER_HEADER)
		return NULL;
	return transport->owner(stack, skb, header);
}

int nst_network_output(struct nst_stack *stack, struct sk_buff *skb,
		       const struct nst_path *path,
		       const struct nst_output *output)
{
	if (likely(path->family == AF_INET))
		return nst_ipv4_output(stack, skb, path, output);
	return nst_ipv6_output(stack, skb, path, output);
}

void nst_network_port_unreachable(struct nst_stack *stack,
				  struct sk_buff *skb)
{
	struct nst_link *link = nst_packet_cb(skb)->link;

	if (likely(nst_packet_cb(skb)->family == AF_INET))
		nst_icmp_send_error(stack, skb, link, ICMP_DEST_UNREACH,
				    ICMP_PORT_UNREACH, 0);
	else
		nst_icmpv6_send_error(stack, skb, link, ICMPV6_DEST_UNREACH,
				      ICMPV6_PORT_UNREACH, 0);
}
