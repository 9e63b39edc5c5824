// SPDX-License-Identifier: GPL-2.0
/*
 * Ping sockets: who may have one, their identifiers, requests sent, answers
 * and errors taken. A socket sees the ICMP header and what follows it; what
 * is not an answer to its identifier it does not see.
 */
#include <linux/bitmap.h>
#include <linux/cred.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/init.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/uidgid.h>
#include <net/tcp_states.h>

#include "../network/icmpv6.h"
#include "ping.h"
#include "plain.h"
#include "udp.h"

#define IDS	(U16_MAX + 1)

/* Of the caller's groups, is one in ping_group_range? */
static bool is_permitted(const struct nst_stack *stack)
{
	const int *range = stack->config.ping_group_range;
	kgid_t low = KGIDT_INIT(READ_ONCE(range[0]));
	kgid_t high = KGIDT_INIT(READ_ONCE(range[1]));
	struct group_info *groups;
	kgid_t group = current_egid();
	bool found;
	int i;

	if (gid_lte(low, group) && gid_lte(group, high))
		return true;
	groups = get_current_groups();
	found = false;
	for (i = 0; i < groups->ngroups && !found; i++)
		found = gid_lte(low, groups->gid[i]) &&
			gid_lte(groups->gid[i], high);
	put_group_info(groups);
	return found;
}

static int ping_init_sock(struct sock *sk)
{
	/* The host's programs share an identifier unless one objects. */
	sk->sk_reuse = SK_CAN_REUSE;
	/* ICMPv6 answers to IPv6 alone. */
	if (nst_sk(sk)->family == AF_INET6)
		nst_sock_ipv6(nst_sk(sk))->only = true;
	return is_permitted(nst_sk(sk)->stack) ? 0 : -EACCES;
}

/* May @sk hold @id beside those that do? Context: table lock. */
static bool may_share(struct nst_ping *ping, const struct sock *sk, u16 id)
{
	const struct hlist_nulls_node *node;
	const struct nst_sock *other;

	hlist_nulls_for_each_entry(other, node,
				   nst_sock_table_head(&ping->table, id),
				   sk.sk_nulls_node)
		if (other->bound_hash == id &&
		    !(sk->sk_reuse && other->sk.sk_reuse))
			return false;
	return true;
}

/* Return: an identifier that is free, or 0. Context: table lock. */
static u16 choose(const struct nst_ping *ping)
{
	unsigned int start = 1 + get_random_u32() % (IDS - 1);
	unsigned int id;

	id = find_next_zero_bit(ping->used, IDS, start);
	if (id < IDS)
		return id;
	id = find_next_zero_bit(ping->used, start, 1);
	return id < start ? id : 0;
}

int nst_ping_take(struct sock *sk, u16 id)
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_ping *ping = nst->stack->ping;
	int err = -EADDRINUSE;

	spin_lock_bh(&ping->table.lock);
	if (!id)
		id = choose(ping);
	else if (!may_share(ping, sk, id))
		id = 0;
	if (id) {
		__set_bit(id, ping->used);
		nst->flow.lport = htons(id);
		__nst_sock_table_add(&ping->table, nst, id);
		err = 0;
	}
	spin_unlock_bh(&ping->table.lock);
	return err;
}

/* Give the identifier back; others may go on with it. Idempotent. */
static void give_back(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_ping *ping = nst->stack->ping;
	const struct hlist_nulls_node *node;
	const struct nst_sock *other;
	u16 id = nst->bound_hash;

	spin_lock_bh(&ping->table.lock);
	if (hlist_nulls_unhashed(&nst->sk.sk_nulls_node))
		goto unlock;
	__nst_sock_table_del(&ping->table, nst);
	hlist_nulls_for_each_entry(other, node,
				   nst_sock_table_head(&ping->table, id),
				   sk.sk_nulls_node)
		if (other->bound_hash == id)
			goto unlock;
	__clear_bit(id, ping->used);
unlock:
	spin_unlock_bh(&ping->table.lock);
}

/* The place in the table depends on the identifier alone. */
static int ping_hash(struct sock *sk)
{
	nst_sk(sk)->flow.link_index = sk->sk_bound_dev_if;
	return 0;
}

static void ping_unhash(struct sock *sk)
{
}

/* SO_BINDTODEVICE; locked. */
static void ping_rehash(struct sock *sk)
{
	nst_path_release(&nst_sk(sk)->path);
	nst_sk(sk)->flow.link_index = sk->sk_bound_dev_if;
}

static void ping_close(struct sock *sk, long timeout)
{
	give_back(sk);
	nst_plain_close(sk);
}

/* As on the host the peer of a connected socket is not looked at. */
static struct nst_sock *lookup_rcu(struct nst_stack *stack,
				   const struct nst_flow_key *key)
{
	struct nst_sock_table *table = &stack->ping->table;
	u16 id = ntohs(key->lport);
	struct hlist_nulls_node *node;
	struct hlist_nulls_head *head;
	struct nst_sock *nst;

	head = nst_sock_table_head(table, id);
again:
	hlist_nulls_for_each_entry_rcu(nst, node, head, sk.sk_nulls_node)
		if (READ_ONCE(nst->bound_hash) == id &&
		    nst_sock_table_takes(nst, key, false))
			return nst;
	/* A socket that took another identifier led to another chain. */
	if (get_nulls_value(node) != head - table->heads)
		goto again;
	return NULL;
}

/* The identifier is at the same place in ICMP and ICMPv6. */
static __be16 echo_id(const struct sk_buff *skb)
{
	return ((const struct icmphdr *)skb->data)->un.echo.id;
}

static void receive_reply(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct nst_flow_key key = {
		.laddr = nst_packet_daddr(skb),
		.raddr = nst_packet_saddr(skb),
		.lport = echo_id(skb),
		.family = cb->family,
		.link_index = cb->link->index,
	};
	struct nst_sock *nst = lookup_rcu(stack, &key);

	if (!nst) {
		nst_drop(stack, skb, NST_DROP_ICMP_IGNORED);
		return;
	}
	nst_plain_queue(nst, skb);
}

/* Messages that ping sockets send: RFC 792, RFC 4443 4.1, RFC 8335 2. */
static bool is_request(u8 family, u8 type, u8 code)
{
	if (code)
		return false;
	if (family == AF_INET)
		return type == ICMP_ECHO || type == ICMP_EXT_ECHO;
	return type == ICMPV6_ECHO_REQUEST || type == ICMPV6_EXT_ECHO_REQUEST;
}

static void receive_error(struct nst_stack *stack, struct sk_buff *skb,
			  const struct nst_icmp_error *error)
{
	const struct icmphdr *icmp = (const struct icmphdr *)skb->data;
	const struct nst_flow_key key = {
		.laddr = error->saddr,
		.raddr = error->daddr,
		.lport = echo_id(skb),
		.family = error->family,
		.link_index = error->link_index,
	};
	struct nst_sock *nst;

	if (!is_request(error->family, icmp->type, icmp->code))
		return;
	nst = lookup_rcu(stack, &key);
	if (nst)
		nst_udp_report_error(nst, skb, error, 0);
}

static int read_header(struct sock *sk, struct msghdr *msg, size_t len,
		       struct icmphdr *header)
{
	if (len > 0xffff)
		return -EMSGSIZE;
	if (len < sizeof(*header))
		return -EINVAL;
	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (memcpy_from_msg(header, msg, sizeof(*header)))
		return -EFAULT;
	return is_request(nst_sk(sk)->family, header->type, header->code) ?
	       0 : -EINVAL;
}

static int read_address(struct sock *sk, const struct msghdr *msg,
			struct nst_sockaddr *to)
{
	bool v6 = nst_sk(sk)->family == AF_INET6;
	int err;

	if (msg->msg_namelen < (int)(v6 ? sizeof(struct sockaddr_in6) :
					  sizeof(struct sockaddr_in)))
		return -EINVAL;
	err = nst_sockaddr_parse(sk, msg->msg_name, msg->msg_namelen, to);
	if (err)
		return err;
	if (to->family == AF_UNSPEC)
		return -EAFNOSUPPORT;
	if (!v6)
		return 0;
	/* An IPv4-mapped address. */
	return to->family == AF_INET ? -EINVAL : 0;
}

/* Identifier and checksum: RFC 792, RFC 4443 2.3. */
static void fill_header(const struct sock *sk, struct sk_buff *skb,
			const struct nst_path *path)
{
	struct icmphdr *icmp = (struct icmphdr *)skb->data;

	icmp->un.echo.id = nst_sk(sk)->flow.lport;
	if (path->family == AF_INET6) {
		nst_icmpv6_complete(skb, &path->saddr.v6, &path->daddr.v6);
		return;
	}
	icmp->checksum = 0;
	icmp->checksum = csum_fold(skb_checksum(skb, 0, skb->len, 0));
	skb->ip_summed = CHECKSUM_NONE;
}

static void count_sent(struct nst_stack *stack, const struct icmphdr *header)
{
	switch (header->type) {
	case ICMP_ECHO:
		NST_INC(stack, ICMP_OUT_ECHOS);
		fallthrough;
	case ICMP_EXT_ECHO:
		NST_INC(stack, ICMP_OUT_MSGS);
		break;
	case ICMPV6_ECHO_REQUEST:
		NST_INC(stack, ICMP6_OUT_ECHOS);
		fallthrough;
	default:
		NST_INC(stack, ICMP6_OUT_MSGS);
	}
}

static int send(struct sock *sk, struct msghdr *msg, size_t len,
		const struct icmphdr *header,
		const struct nst_plain_request *request,
		const struct nst_path *path)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct sk_buff *skb;

	skb = nst_plain_alloc(sk, len, sizeof(*header), request, path);
	if (IS_ERR(skb))
		return PTR_ERR(skb);
	memcpy(skb->data, header, sizeof(*header));
	if (skb_copy_datagram_from_iter(skb, sizeof(*header), &msg->msg_iter,
					len - sizeof(*header))) {
		kfree_skb(skb);
		return -EFAULT;
	}
	fill_header(sk, skb, path);
	count_sent(stack, header);
	return nst_plain_output(sk, skb, sk->sk_protocol, request, path);
}

int nst_ping_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct nst_plain_request request;
	struct nst_path path = {};
	struct nst_sockaddr to;
	struct icmphdr header;
	int err;

	err = read_header(sk, msg, len, &header);
	if (!err && msg->msg_name)
		err = read_address(sk, msg, &to);
	if (!err)
		err = nst_plain_request(sk, msg, msg->msg_name ? &to : NULL,
					&request);
	if (err)
		return err;
	/* Only connect() takes IPv6's wildcard for the loopback address. */
	if (request.to.family == AF_INET6 &&
	    nst_address_any(&request.to.address))
		return -ENETUNREACH;
	err = nst_plain_route(sk, &request, &path);
	if (err)
		return err;
	err = send(sk, msg, len, &header, &request, &path);
	nst_path_release(&path);
	return err ?: len;
}

static const struct nst_echo_user user = {
	.reply = receive_reply,
	.error = receive_error,
};

/* Without an owner, as UDP's; and without an account of memory, as the host's. */
struct proto nst_ping_prot = {
	.name		= "NETSTACK-PING",
	.close		= ping_close,
	.disconnect	= nst_udp_disconnect,
	.diag_destroy	= nst_udp_abort,
	.init		= ping_init_sock,
	.hash		= ping_hash,
	.unhash		= ping_unhash,
	.rehash		= ping_rehash,
	.put_port	= give_back,
	.obj_size	= sizeof(struct nst_sock),
};

/* Context: process. Return: 0 or -ENOMEM. */
int nst_ping_init(struct nst_stack *stack)
{
	struct nst_ping *ping = kvzalloc(sizeof(*ping), GFP_KERNEL);

	if (!ping)
		return -ENOMEM;
	nst_sock_table_init(&ping->table);
	stack->ping = ping;
	return 0;
}

/* Every socket is closed: each held the namespace. */
void nst_ping_exit(struct nst_stack *stack)
{
	kvfree(stack->ping);
	stack->ping = NULL;
}

int __init nst_ping_register(void)
{
	nst_echo_register(&user);
	return proto_register(&nst_ping_prot, 1);
}

/* Waits for the memory of the last sockets. */
void nst_ping_unregister(void)
{
	rcu_barrier();
	proto_unregister(&nst_ping_prot);
}
