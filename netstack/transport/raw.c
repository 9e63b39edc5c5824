// SPDX-License-Identifier: GPL-2.0
/*
 * Raw sockets: their table, packets and ICMP errors that come in. A packet is
 * seen by raw sockets first, then by its transport, and a protocol that has a
 * raw socket is not unreachable.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/init.h>
#include <linux/slab.h>
#include <net/tcp_states.h>

#include "../network/ipv6.h"
#include "../network/pseudo_sum.h"
#include "membership.h"
#include "raw.h"
#include "udp.h"

#define ICMPV6_FIXED	4	/* type, code, checksum: RFC 4443 2.1 */

/* The default of RFC 3542 3.1: where the checksum of ICMPv6 is. */
static void init_checksum(struct nst_raw_sock *raw)
{
	if (raw->nst.family != AF_INET6)
		return;
	switch (raw->nst.sk.sk_protocol) {
	case IPPROTO_ICMPV6:
		raw->checksum_offset = offsetof(struct icmp6hdr, icmp6_cksum);
		break;
	case IPPROTO_MH:	/* RFC 6275 6.1.1 */
		raw->checksum_offset = 4;
		break;
	default:
		return;
	}
	raw->checksum = true;
}

static void raw_destruct(struct sock *sk)
{
	nst_raw_uncork(sk);
	nst_sock_destruct(sk);
}

static int raw_init_sock(struct sock *sk)
{
	struct nst_raw_sock *raw = nst_raw_sk(sk);
	struct nst_stack *stack = raw->nst.stack;
	struct nst_sock_table *table = &stack->raw->table;

	sk->sk_destruct = raw_destruct;
	sk->sk_reuse = SK_CAN_REUSE;
	raw->header_included = sk->sk_protocol == IPPROTO_RAW;
	init_checksum(raw);
	/* Packets of the other family are another socket's. */
	if (raw->nst.family == AF_INET6)
		nst_sock_ipv6(&raw->nst)->only = true;
	raw->nst.flow.lport = htons(sk->sk_protocol);

	spin_lock_bh(&table->lock);
	__nst_sock_table_add(table, &raw->nst, sk->sk_protocol);
	WRITE_ONCE(stack->raw_sockets, stack->raw_sockets + 1);
	spin_unlock_bh(&table->lock);
	return 0;
}

static void raw_close(struct sock *sk, long timeout)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_sock_table *table = &stack->raw->table;

	spin_lock_bh(&table->lock);
	__nst_sock_table_del(table, nst_sk(sk));
	WRITE_ONCE(stack->raw_sockets, stack->raw_sockets - 1);
	spin_unlock_bh(&table->lock);
	nst_plain_close(sk);
}

/* The place in the table depends on the protocol alone. */
static int raw_hash(struct sock *sk)
{
	nst_sk(sk)->flow.link_index = sk->sk_bound_dev_if;
	return 0;
}

static void raw_unhash(struct sock *sk)
{
}

/* SO_BINDTODEVICE; locked. */
static void raw_rehash(struct sock *sk)
{
	nst_path_release(&nst_sk(sk)->path);
	nst_sk(sk)->flow.link_index = sk->sk_bound_dev_if;
}

/* ICMP_FILTER and ICMPV6_FILTER: is the message not wanted? */
static bool is_filtered(const struct nst_raw_sock *raw,
			const struct sk_buff *skb)
{
	u8 buffer[sizeof(struct icmphdr)];
	const u8 *type;

	switch (raw->nst.sk.sk_protocol) {
	case IPPROTO_ICMP:
		if (raw->nst.family != AF_INET)
			return false;
		type = skb_header_pointer(skb, 0, sizeof(struct icmphdr),
					  buffer);
		/* It speaks of 32 types; the others are wanted. */
		return !type || (*type < 32 && READ_ONCE(raw->filter[0]) &
				 BIT(*type));
	case IPPROTO_ICMPV6:
		if (raw->nst.family != AF_INET6)
			return false;
		type = skb_header_pointer(skb, 0, ICMPV6_FIXED, buffer);
		return !type || READ_ONCE(raw->filter[*type >> 5]) &
				BIT(*type & 31);
	}
	return false;
}

/* IPV6_CHECKSUM, RFC 3542 3.1: a packet whose sum is wrong is not delivered. */
static bool checksum_wrong(const struct nst_raw_sock *raw,
			   const struct sk_buff *skb,
			   const struct nst_flow_key *key)
{
	if (!READ_ONCE(raw->checksum) || nst_packet_checksum_trusted(skb))
		return false;
	return csum_fold(skb_checksum(skb, 0, skb->len,
				      nst_pseudo_sum(AF_INET6, &key->raddr,
						     &key->laddr, skb->len,
						     raw->nst.sk.sk_protocol)));
}

static void deliver(struct nst_raw_sock *raw, struct sk_buff *skb,
		    const struct nst_flow_key *key)
{
	struct sk_buff *copy;

	if (is_filtered(raw, skb))
		return;
	if (checksum_wrong(raw, skb, key)) {
		atomic_inc(&raw->nst.sk.sk_drops);
		return;
	}
	copy = skb_clone(skb, GFP_ATOMIC);
	if (!copy) {
		atomic_inc(&raw->nst.sk.sk_drops);
		return;
	}
	/* IPv4's header is the program's to see; IPv6's is not: RFC 3542 3. */
	if (key->family == AF_INET)
		__skb_push(copy, -skb_network_offset(copy));
	nst_plain_queue(&raw->nst, copy);
}

/*
 * As on the host: a socket of IPv4 wants a group or not; one of IPv6 that is
 * bound to an address of its own takes groups as well, if it wants them.
 */
static bool takes(const struct nst_sock *nst, const struct nst_flow_key *key,
		  bool group)
{
	if (nst_sock_table_takes(nst, key, true))
		return true;
	if (key->family != AF_INET6 || !group ||
	    nst->flow.family != AF_INET6 ||
	    !nst_membership_admits_rcu(nst, key))
		return false;
	return (!nst->sk.sk_bound_dev_if ||
		(u32)nst->sk.sk_bound_dev_if == key->link_index) &&
	       (nst_address_any(&nst->flow.raddr) ||
		nst_address_equal(&nst->flow.raddr, &key->raddr));
}

/* A packet, skb->data at its transport header. Return: is it some socket's? */
static bool receive(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	bool group = cb->flags & NST_PACKET_MULTICAST;
	const struct nst_flow_key key = {
		.laddr = nst_packet_daddr(skb),
		.raddr = nst_packet_saddr(skb),
		.family = cb->family,
		.link_index = cb->link->index,
	};
	struct hlist_nulls_node *node;
	struct nst_sock *nst;
	bool taken = false;

	hlist_nulls_for_each_entry_rcu(nst, node,
				       nst_sock_table_head(&stack->raw->table,
							   cb->protocol),
				       sk.sk_nulls_node) {
		if (nst->bound_hash != cb->protocol ||
		    !takes(nst, &key, group))
			continue;
		taken = true;
		if (group && key.family == AF_INET &&
		    !nst_membership_admits_rcu(nst, &key))
			continue;
		deliver(nst_raw_sk(&nst->sk), skb, &key);
	}
	return taken;
}

/*
 * raw(7): errors go to connected sockets, hard ones only, and to those that
 * ask by IP_RECVERR or IPV6_RECVERR.
 */
static void report(struct nst_sock *nst, struct sk_buff *skb,
		   unsigned int header, const struct nst_icmp_error *error)
{
	bool recverr = nst_sock_recverr(nst, error->family);
	u8 discover = nst_sock_mtu_discover(nst, error->family);
	struct sock *sk = &nst->sk;
	bool hard = error->hard;

	if (error->errno == EMSGSIZE) {
		/* One's own errors come with the socket locked. */
		if (!error->local)
			nst_udp_learn_mtu(sk, error, 0);
		hard = error->family == AF_INET6 ?
		       discover == IPV6_PMTUDISC_DO :
		       discover != IP_PMTUDISC_DONT;
	}
	if (recverr) {
		if (!nst_raw_sk(sk)->header_included)
			header = 0;
		__skb_push(skb, header);
		nst_sock_queue_icmp_error(sk, skb, error, 0);
		__skb_pull(skb, header);
	} else if (!hard || READ_ONCE(sk->sk_state) != TCP_ESTABLISHED) {
		return;
	}
	WRITE_ONCE(sk->sk_err, error->errno);
	sk_error_report(sk);
}

static void receive_error(struct nst_stack *stack, struct sk_buff *skb,
			  u8 protocol, unsigned int header,
			  const struct nst_icmp_error *error)
{
	const struct nst_flow_key key = {
		.laddr = error->saddr,
		.raddr = error->daddr,
		.family = error->family,
		.link_index = error->link_index,
	};
	struct hlist_nulls_node *node;
	struct nst_sock *nst;

	hlist_nulls_for_each_entry_rcu(nst, node,
				       nst_sock_table_head(&stack->raw->table,
							   protocol),
				       sk.sk_nulls_node)
		if (nst->bound_hash == protocol &&
		    nst_sock_table_takes(nst, &key, true))
			report(nst, skb, header, error);
}

static const struct nst_raw_user user = {
	.receive = receive,
	.error = receive_error,
};

/* Without an owner, as UDP's; and without an account of memory, as the host's. */
struct proto nst_raw_prot = {
	.name		= "NETSTACK-RAW",
	.close		= raw_close,
	.disconnect	= nst_udp_disconnect,
	.diag_destroy	= nst_udp_abort,
	.init		= raw_init_sock,
	.hash		= raw_hash,
	.unhash		= raw_unhash,
	.rehash		= raw_rehash,
	.put_port	= raw_unhash,
	.obj_size	= sizeof(struct nst_raw_sock),
};

/* Context: process. Return: 0 or -ENOMEM. */
int nst_raw_init(struct nst_stack *stack)
{
	struct nst_raw *raw = kzalloc(sizeof(*raw), GFP_KERNEL);

	if (!raw)
		return -ENOMEM;
	nst_sock_table_init(&raw->table);
	stack->raw = raw;
	return 0;
}

/* Every socket is closed: each held the namespace. */
void nst_raw_exit(struct nst_stack *stack)
{
	kfree(stack->raw);
	stack->raw = NULL;
}

int __init nst_raw_register(void)
{
	nst_raw_user_register(&user);
	return proto_register(&nst_raw_prot, 1);
}

/* Waits for the memory of the last sockets. */
void nst_raw_unregister(void)
{
	rcu_barrier();
	proto_unregister(&nst_raw_prot);
}
