// SPDX-License-Identifier: GPL-2.0
/*
 * What all sockets of the family have in common: how they are made,
 * inherited, orphaned and destroyed, the cached path, and the header fields
 * that their options ask for.
 */
#include <linux/memcontrol.h>
#include <linux/netstack.h>
#include <linux/security.h>
#include <linux/slab.h>

#include <net/inet_ecn.h>

#include "../network/path_mtu.h"
#include "sock.h"

int nst_family __read_mostly = AF_NETSTACK;

static struct lock_class_key stream_slock_key, stream_lock_key;
static struct lock_class_key datagram_slock_key, datagram_lock_key;

/*
 * net/core names socket locks after the family number, which is not ours by
 * name: own names make a lockdep report readable, and streams, whose
 * listeners nest, are told from datagrams.
 */
static void lock_init(struct sock *sk)
{
	if (sk->sk_type == SOCK_STREAM)
		sock_lock_init_class_and_name(sk,
					      "slock-AF_NETSTACK-STREAM",
					      &stream_slock_key,
					      "sk_lock-AF_NETSTACK-STREAM",
					      &stream_lock_key);
	else
		sock_lock_init_class_and_name(sk,
					      "slock-AF_NETSTACK-DGRAM",
					      &datagram_slock_key,
					      "sk_lock-AF_NETSTACK-DGRAM",
					      &datagram_lock_key);
}

/* The host's defaults: ip(7). */
static void options_init(struct nst_sock *nst)
{
	nst->ip_mtu_discover =
		READ_ONCE(nst->stack->config.ip_no_pmtu_disc) ?
		IP_PMTUDISC_DONT : IP_PMTUDISC_WANT;
	nst->ttl = -1;
	nst->multicast_ttl = 1;
	nst->multicast_loop = true;
	/* AF_INET6's begin without it, as the host's do. */
	nst->multicast_all = nst->family == AF_INET;
}

struct sock *nst_sock_alloc(struct nst_stack *stack, struct proto *prot,
			    int type, int protocol, u8 family, bool user,
			    gfp_t gfp)
{
	const struct nst_sock_ipv6 *v6 = &nst_sock_ipv6_none;
	struct nst_sock *nst;
	struct sock *sk;

	if (atomic_inc_return(&stack->sockets) >
	    READ_ONCE(stack->config.socket_max)) {
		atomic_dec(&stack->sockets);
		return ERR_PTR(-ENOBUFS);
	}

	if (family == AF_INET6) {
		v6 = nst_sock_ipv6_alloc(stack, gfp);
		if (!v6) {
			atomic_dec(&stack->sockets);
			return ERR_PTR(-ENOMEM);
		}
	}
	/*
	 * As a kernel socket, so that net/core does not pin the namespace
	 * until the last orphan is gone; see nst_sock_put_net().
	 */
	sk = sk_alloc(stack->net, nst_family, gfp, prot, 1);
	if (!sk) {
		nst_sock_ipv6_free(v6);
		atomic_dec(&stack->sockets);
		return ERR_PTR(-ENOMEM);
	}
	sock_init_data(NULL, sk);
	sk->sk_type = type;
	lock_init(sk);
	sock_set_flag(sk, SOCK_RCU_FREE);
	sk->sk_protocol = protocol;
	sk->sk_destruct = nst_sock_destruct;

	nst = nst_sk(sk);
	nst->stack = stack;
	nst->counted = true;
	nst->flow.kind = NST_ENDPOINT_SOCK;
	nst->flow.family = family;
	nst->family = family;
	nst->v6 = v6;
	nst->identification = siphash_2u64((unsigned long)sk, jiffies,
					   &stack->secret);
	options_init(nst);
	if (user) {
		get_net(stack->net);
		nst->net_held = true;
	}
	return sk;
}

static void options_inherit(struct nst_sock *child,
			    const struct nst_sock *listener)
{
	child->ip_mtu_discover = listener->ip_mtu_discover;
	child->tos = listener->tos;
	child->ttl = listener->ttl;
	child->min_ttl = READ_ONCE(listener->min_ttl);
	child->multicast_ttl = listener->multicast_ttl;
	child->multicast_loop = listener->multicast_loop;
	child->multicast_all = READ_ONCE(listener->multicast_all);
	child->multicast_link = listener->multicast_link;
	child->multicast_address = listener->multicast_address;
	child->unicast_link = listener->unicast_link;
	child->cmsg_flags = READ_ONCE(listener->cmsg_flags);
	child->recverr = listener->recverr;
	child->freebind = listener->freebind;
	child->transparent = listener->transparent;
	child->bind_no_port = listener->bind_no_port;
	if (unlikely(listener->family == AF_INET6)) {
		struct nst_sock_ipv6 *v6 = nst_sock_ipv6(child);

		*v6 = *listener->v6;
		v6->flow_label = 0;
		v6->flow_tclass = 0;
		v6->flow_hash_label = 0;
		v6->path_mtu = NULL;
	}
	child->port_range[0] = listener->port_range[0];
	child->port_range[1] = listener->port_range[1];
}

/*
 * A child is made in softirq, where net/core finds no process whose memory
 * cgroup it could charge: the listener's is. Nothing is charged to it yet.
 */
static void memcg_inherit(struct sock *child, const struct sock *listener)
{
#ifdef CONFIG_MEMCG
	struct mem_cgroup *memcg = listener->sk_memcg;

	if (!mem_cgroup_sockets_enabled || child->sk_memcg == memcg)
		return;
	if (child->sk_memcg)
		css_put(&child->sk_memcg->css);
	if (memcg)
		css_get(&memcg->css);
	child->sk_memcg = memcg;
#endif
}

void nst_sock_inherit(struct sock *child, const struct sock *listener)
{
	sock_copy_flags(child, listener);
	sock_reset_flag(child, SOCK_DONE);
	sock_reset_flag(child, SOCK_DEAD);
	sock_set_flag(child, SOCK_RCU_FREE);
	if (child->sk_flags & SK_FLAGS_TIMESTAMP)
		net_enable_timestamp();

	child->sk_reuse = listener->sk_reuse;
	child->sk_reuseport = listener->sk_reuseport;
	child->sk_bound_dev_if = READ_ONCE(listener->sk_bound_dev_if);
	child->sk_mark = READ_ONCE(listener->sk_mark);
	child->sk_rcvbuf = READ_ONCE(listener->sk_rcvbuf);
	child->sk_sndbuf = READ_ONCE(listener->sk_sndbuf);
	child->sk_rcvlowat = READ_ONCE(listener->sk_rcvlowat);
	child->sk_rcvtimeo = READ_ONCE(listener->sk_rcvtimeo);
	child->sk_sndtimeo = READ_ONCE(listener->sk_sndtimeo);
	child->sk_lingertime = READ_ONCE(listener->sk_lingertime);
	child->sk_userlocks = listener->sk_userlocks;
	child->sk_no_check_tx = listener->sk_no_check_tx;
	child->sk_no_check_rx = listener->sk_no_check_rx;
	child->sk_tsflags = READ_ONCE(listener->sk_tsflags);
	child->sk_max_pacing_rate = READ_ONCE(listener->sk_max_pacing_rate);
	child->sk_pacing_rate = READ_ONCE(listener->sk_pacing_rate);
	child->sk_pacing_status = READ_ONCE(listener->sk_pacing_status);
	child->sk_uid = READ_ONCE(listener->sk_uid);
#ifdef CONFIG_NET_RX_BUSY_POLL
	child->sk_ll_usec = READ_ONCE(listener->sk_ll_usec);
	child->sk_prefer_busy_poll = READ_ONCE(listener->sk_prefer_busy_poll);
	child->sk_busy_poll_budget = READ_ONCE(listener->sk_busy_poll_budget);
#endif
	security_sk_clone(listener, child);
	memcg_inherit(child, listener);

	options_inherit(nst_sk(child), nst_sk(listener));
}

void nst_sock_put_net(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);

	if (nst->net_held) {
		nst->net_held = false;
		put_net(sock_net(sk));
	}
}

void nst_sock_detach(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);

	nst_path_release(&nst->path);
	if (nst->counted) {
		nst->counted = false;
		atomic_dec(&nst->stack->sockets);
	}
}

void nst_sock_destruct(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);

	nst_sock_detach(sk);
	kfree(rcu_dereference_protected(nst->options, true));
	nst_sock_ipv6_free(nst->v6);

	__skb_queue_purge(&sk->sk_receive_queue);
	__skb_queue_purge(&sk->sk_error_queue);
	sk_mem_reclaim_final(sk);

	WARN_ON_ONCE(nst->port);
	WARN_ON_ONCE(rcu_access_pointer(nst->memberships));
	WARN_ON_ONCE(nst->flow.hashed);
	WARN_ON_ONCE(nst->net_held);
	WARN_ON_ONCE(atomic_read(&sk->sk_rmem_alloc));
	WARN_ON_ONCE(refcount_read(&sk->sk_wmem_alloc));
	WARN_ON_ONCE(sk->sk_wmem_queued);
	WARN_ON_ONCE(READ_ONCE(sk->sk_forward_alloc));
}

int nst_sock_recv_copy(const struct sk_buff *skb, u32 length,
		       struct msghdr *msg, size_t len)
{
	if (len < length) {
		msg->msg_flags |= MSG_TRUNC;
		length = len;
	}
	return skb_copy_datagram_msg(skb, 0, msg, length) ?: (int)length;
}

const struct nst_path *nst_sock_path_renew(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_route_key key = { };
	int err;

	nst_path_release(&nst->path);
	key.family = nst->flow.family;
	/* Routes are not chosen by the ECN bits of a connection. */
	key.tos = nst_sock_tos(nst, key.family);
	if (sk->sk_type == SOCK_STREAM)
		key.tos &= ~INET_ECN_MASK;
	key.protocol = sk->sk_protocol;
	key.preferences = nst_sock_preferences(nst);
	key.sport = nst->flow.lport;
	key.dport = nst->flow.rport;
	key.link_index = nst_sock_link(sk, key.family);
	key.mark = READ_ONCE(sk->sk_mark);
	key.daddr = nst->flow.raddr;
	key.saddr = nst->flow.laddr;
	if (unlikely(nst_address_multicast(key.family, &key.daddr)) &&
	    !key.link_index)
		key.link_index = key.family == AF_INET6 ?
				 nst->v6->multicast_link : nst->multicast_link;
	err = nst_route_output(nst->stack, &key, &nst->path);
	return err ? ERR_PTR(err) : &nst->path;
}

const struct nst_path *nst_sock_learn_mtu(struct sock *sk, u32 mtu)
{
	struct nst_sock *nst = nst_sk(sk);

	if (IS_ERR(nst_sock_path(sk)) ||
	    !nst_sock_believes_mtu(nst, nst->path.family))
		return NULL;
	nst_path_mtu_learn(nst->stack, &nst->path, mtu);
	return &nst->path;
}

void nst_sock_output(const struct sock *sk, u8 family,
		     struct nst_output *output)
{
	const struct nst_sock *nst = nst_sk(sk);
	u8 discover = READ_ONCE(nst->ip_mtu_discover);
	s16 ttl = READ_ONCE(nst->ttl);

	output->loop = false;
	output->stay = false;
	if (unlikely(family == AF_INET6)) {
		nst_sock_output6(sk, output);
		return;
	}
	output->protocol = sk->sk_protocol;
	output->tos = READ_ONCE(nst->tos);
	output->hop_limit = ttl < 0 ? 0 : ttl;
	/* What the host's TCP makes of IP_PMTUDISC_PROBE: ip(7) means UDP. */
	output->dont_fragment = (discover == IP_PMTUDISC_WANT &&
				 likely(!nst->path.mtu_lock)) ||
				discover == IP_PMTUDISC_DO ||
				(discover == IP_PMTUDISC_PROBE &&
				 sk->sk_type != SOCK_STREAM);
	output->identification = 0;
	output->may_fragment = discover == IP_PMTUDISC_WANT &&
			       sk->sk_type != SOCK_STREAM;
	output->options = rcu_dereference_check(nst->options,
						lockdep_sock_is_held(sk));
}
