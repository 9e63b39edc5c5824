// SPDX-License-Identifier: GPL-2.0
/*
 * Port spaces of a stack: who may bind what, and which ephemeral port a
 * connection gets.
 *
 * A port that is held has a struct nst_port with the list of its owners, in
 * a table by port number; the bucket's lock protects both. Whether two
 * owners get along is the host's rule, for each transport.
 */
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/tcp_states.h>

#include "ports.h"

#define PORT_BUCKETS		1024
#define PERTURB_ENTRIES		4096

/* RFC 6056 3.3.4: the starting point itself moves, as fast as the host's. */
#define SHUFFLE_PERIOD		(10 * HZ)

/**
 * struct nst_port - a port that is held
 * @node: in its bucket
 * @owners: sockets that hold it, by port_node
 * @timewaits: connections in TIME-WAIT that keep it
 * @binds: owners that asked for it with bind(); the others share it by
 *	having different remote ends
 * @port: host order
 *
 * Freed with the last owner. All under the bucket's lock.
 */
struct nst_port {
	struct hlist_node node;
	struct hlist_head owners;
	struct hlist_head timewaits;
	unsigned int binds;
	u16 port;
};

struct port_bucket {
	struct hlist_head ports;
	spinlock_t lock; /* ports and their owners */
};

struct port_space {
	struct port_bucket bucket[PORT_BUCKETS];
};

enum { SPACE_TCP, SPACE_UDP, SPACES };

/**
 * struct nst_ports - the port spaces of a stack
 * @space: one for each transport
 * @perturb: RFC 6056 3.3.4 table of counters
 * @secret: key of the hash of 3.3.4
 */
struct nst_ports {
	struct port_space space[SPACES];
	u32 perturb[PERTURB_ENTRIES];
	siphash_key_t secret;
};

static struct port_bucket *bucket_of(const struct nst_stack *stack,
				     u16 protocol, u16 port)
{
	struct nst_ports *ports = stack->ports;
	unsigned int space = protocol == IPPROTO_TCP ? SPACE_TCP : SPACE_UDP;

	return &ports->space[space].bucket[port % PORT_BUCKETS];
}

static struct port_bucket *sock_bucket(const struct sock *sk, u16 port)
{
	return bucket_of(nst_sk(sk)->stack, sk->sk_protocol, port);
}

static struct nst_port *port_find(struct port_bucket *bucket, u16 port)
{
	struct nst_port *found;

	lockdep_assert_held(&bucket->lock);
	hlist_for_each_entry(found, &bucket->ports, node) {
		if (found->port == port)
			return found;
	}
	return NULL;
}

static void port_put_if_unused(struct nst_port *port)
{
	if (!hlist_empty(&port->owners) || !hlist_empty(&port->timewaits))
		return;
	hlist_del(&port->node);
	kfree(port);
}

static void owner_add(struct nst_port *port, struct sock *sk, bool bind)
{
	struct nst_sock *nst = nst_sk(sk);

	nst->port = port;
	nst->port_bind = bind;
	port->binds += bind;
	hlist_add_head(&nst->port_node, &port->owners);
}

static void owner_del(struct nst_sock *nst)
{
	struct nst_port *port = nst->port;

	port->binds -= nst->port_bind;
	hlist_del_init(&nst->port_node);
	nst->port = NULL;
	port_put_if_unused(port);
}

/* What of a socket, or of its TIME-WAIT, decides who else may bind. */
struct port_claim {
	union nst_address address;
	int link_index;
	kuid_t uid;
	u8 family;
	bool v6only;
	bool reuse;
	bool reuseport;
	bool listen;
	bool timewait;
};

static void claim_of_sock(struct port_claim *claim, const struct sock *sk)
{
	const struct nst_sock *nst = nst_sk(sk);

	claim->address = nst_address_any(&nst->bound_address) ?
			 nst->flow.laddr : nst->bound_address;
	claim->family = READ_ONCE(nst->flow.family);
	claim->v6only = READ_ONCE(nst->v6->only);
	claim->link_index = READ_ONCE(sk->sk_bound_dev_if);
	claim->uid = READ_ONCE(sk->sk_uid);
	claim->reuse = sk->sk_reuse;
	claim->reuseport = sk->sk_reuseport;
	claim->listen = READ_ONCE(sk->sk_state) == TCP_LISTEN;
	claim->timewait = false;
}

static void claim_of_timewait(struct port_claim *claim,
			      const struct nst_port_timewait *timewait)
{
	claim->address = timewait->address;
	claim->family = timewait->family;
	claim->v6only = true;
	claim->link_index = timewait->link_index;
	claim->uid = INVALID_UID;
	claim->reuse = timewait->reuse;
	claim->reuseport = timewait->reuseport;
	claim->listen = false;
	claim->timewait = true;
}

/* Is it the wildcard that stands for both families? */
static bool claims_both_families(const struct port_claim *claim)
{
	return claim->family == AF_INET6 && !claim->v6only &&
	       nst_address_any(&claim->address);
}

/* May one packet be for both? */
static bool addresses_overlap(const struct port_claim *a,
			      const struct port_claim *b)
{
	if (unlikely(a->family != b->family))
		return claims_both_families(a) || claims_both_families(b);
	return nst_address_any(&a->address) || nst_address_any(&b->address) ||
	       nst_address_equal(&a->address, &b->address);
}

/*
 * Does @mine clash with @other, who holds the port already? socket(7): a
 * port is shared when the links or the addresses differ, when both set
 * SO_REUSEADDR (and, for streams, the other does not listen), or when both
 * set SO_REUSEPORT and belong to one user. A port that nobody asked for by
 * number (@chosen) is not shared on the strength of the options alone.
 */
static bool claims_clash(const struct port_claim *mine,
			 const struct port_claim *other, bool chosen)
{
	if (mine->link_index && other->link_index &&
	    mine->link_index != other->link_index)
		return false;
	if (!addresses_overlap(mine, other))
		return false;
	if (chosen)
		return true;
	if (mine->reuse && other->reuse && !other->listen)
		return false;
	return !mine->reuseport || !other->reuseport ||
	       (!other->timewait && !uid_eq(mine->uid, other->uid));
}

static bool port_clashes(const struct nst_port *port, const struct sock *sk,
			 bool chosen)
{
	const struct nst_port_timewait *timewait;
	struct port_claim mine, other;
	const struct nst_sock *nst;

	claim_of_sock(&mine, sk);
	/* Who brings a program of its own joins no group, as on AF_INET. */
	mine.reuseport &= !rcu_access_pointer(sk->sk_reuseport_cb);
	hlist_for_each_entry(nst, &port->owners, port_node) {
		if (&nst->sk == sk)
			continue;
		claim_of_sock(&other, &nst->sk);
		if (claims_clash(&mine, &other, chosen))
			return true;
	}
	hlist_for_each_entry(timewait, &port->timewaits, node) {
		claim_of_timewait(&other, timewait);
		if (claims_clash(&mine, &other, chosen))
			return true;
	}
	return false;
}

/*
 * Hold @port for @sk unless that clashes. @spare is used when the port has
 * no owner yet, and then cleared.
 */
static int port_take(struct sock *sk, u16 port, bool chosen,
		     struct nst_port **spare)
{
	struct port_bucket *bucket = sock_bucket(sk, port);
	struct nst_port *held;
	int err = 0;

	spin_lock_bh(&bucket->lock);
	held = port_find(bucket, port);
	if (held) {
		if (port_clashes(held, sk, chosen))
			err = -EADDRINUSE;
	} else {
		held = *spare;
		*spare = NULL;
		held->port = port;
		hlist_add_head(&held->node, &bucket->ports);
	}
	if (!err)
		owner_add(held, sk, true);
	spin_unlock_bh(&bucket->lock);
	return err;
}

/*
 * First and last port to choose from: the stack's range, narrowed by the
 * socket's where the two agree (ip(7), IP_LOCAL_PORT_RANGE).
 */
static void port_range(const struct nst_sock *nst, u32 *low, u32 *high)
{
	u32 least = READ_ONCE(nst->stack->config.ip_local_port_range[0]);
	u32 most = READ_ONCE(nst->stack->config.ip_local_port_range[1]);
	u32 own_least = READ_ONCE(nst->port_range[0]);
	u32 own_most = READ_ONCE(nst->port_range[1]);

	*low = own_least >= least && own_least <= most ? own_least : least;
	*high = own_most >= least && own_most <= most ? own_most : most;
	if (*high < *low)
		*high = *low;
}

int nst_port_bind(struct sock *sk, u16 port)
{
	struct nst_sock *nst = nst_sk(sk);
	u32 low, high, count, offset, i;
	struct nst_port *spare;
	int err;

	if (WARN_ON_ONCE(nst->port))
		return -EADDRINUSE;
	spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	if (!spare)
		return -ENOMEM;

	if (port) {
		err = port_take(sk, port, false, &spare);
	} else {
		/* RFC 6056 3.3.1: random, and every port is tried once. */
		port_range(nst, &low, &high);
		count = high - low + 1;
		offset = get_random_u32() % count;
		err = -EADDRINUSE;
		for (i = 0; i < count && err; i++) {
			err = port_take(sk, low + (offset + i) % count, true,
					&spare);
			cond_resched();
		}
	}
	kfree(spare);
	if (err)
		return err;
	nst->flow.lport = htons(nst->port->port);
	nst->user_port = port;
	return 0;
}

/* Give the port up again that a failed claim leaves. */
static void port_untake(struct sock *sk, u16 port)
{
	struct port_bucket *bucket = sock_bucket(sk, port);

	spin_lock_bh(&bucket->lock);
	owner_del(nst_sk(sk));
	spin_unlock_bh(&bucket->lock);
}

/* Does another socket or request have the flow that @sk wants? */
static bool flow_taken(const struct nst_demux *demux, const struct sock *sk)
{
	const struct nst_sock *nst = nst_sk(sk);
	const struct nst_flow_key key = {
		.laddr = nst->flow.laddr,
		.raddr = nst->flow.raddr,
		.lport = nst->flow.lport,
		.rport = nst->flow.rport,
		.family = nst->flow.family,
		.link_index = sk->sk_bound_dev_if,
	};
	const struct nst_endpoint *endpoint;
	bool taken;

	rcu_read_lock();
	endpoint = nst_demux_flow_lookup_rcu(demux, &key);
	/* Whether TIME-WAIT may be taken over is the transport's to say. */
	taken = endpoint && endpoint->kind != NST_ENDPOINT_TIMEWAIT;
	rcu_read_unlock();
	return taken;
}

/*
 * Share @port, or be its first owner, for a connection. Ports that anyone
 * asked for with bind() are left alone.
 */
static int port_share(struct sock *sk, const struct nst_demux *demux, u16 port,
		      struct nst_port **spare)
{
	struct port_bucket *bucket = sock_bucket(sk, port);
	struct nst_sock *nst = nst_sk(sk);
	struct nst_port *held;
	int err = 0;

	nst->flow.lport = htons(port);
	spin_lock_bh(&bucket->lock);
	held = port_find(bucket, port);
	if (held) {
		if (held->binds || flow_taken(demux, sk))
			err = -EADDRNOTAVAIL;
	} else {
		held = *spare;
		*spare = NULL;
		held->port = port;
		hlist_add_head(&held->node, &bucket->ports);
	}
	if (!err)
		owner_add(held, sk, false);
	spin_unlock_bh(&bucket->lock);
	return err;
}

/*
 * RFC 6056 3.3.4: F() and G() of whom a socket connects to, a half of the bits
 * each. Both move with time: the counters have no meaning beyond one offset.
 */
static u64 peer_hash(const struct nst_endpoint *flow, const siphash_key_t *key)
{
	struct {
		union nst_address laddr;
		union nst_address raddr;
		u64 to;
	} __aligned(SIPHASH_ALIGNMENT) input;
	u64 to = (u64)(__force u32)flow->rport << 32 |
		 (u32)(jiffies / SHUFFLE_PERIOD);

	if (likely(flow->family == AF_INET))
		return siphash_2u64((u64)(__force u32)flow->laddr.v4 << 32 |
				    (__force u32)flow->raddr.v4, to, key);

	input.laddr = flow->laddr;
	input.raddr = flow->raddr;
	input.to = to;
	return siphash(&input, sizeof(input), key);
}

int nst_port_connect(struct sock *sk, struct nst_demux *demux,
		     int (*claim)(struct sock *sk))
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_ports *ports = nst->stack->ports;
	u32 low, high, count, i;
	struct nst_port *spare = NULL;
	int err = -EADDRNOTAVAIL;
	u32 *counter, offset;
	u64 hash;

	if (WARN_ON_ONCE(nst->port))
		return -EADDRNOTAVAIL;

	/*
	 * RFC 6056 3.3.4: F() gives the offset, G() picks the counter. The
	 * counter takes random steps (3.3.5), so that who sees one port learns
	 * little of the number of connections made in between.
	 */
	hash = peer_hash(&nst->flow, &ports->secret);
	counter = &ports->perturb[(hash >> 32) % PERTURB_ENTRIES];
	offset = (u32)hash + READ_ONCE(*counter);

	port_range(nst, &low, &high);
	count = high - low + 1;
	for (i = 0; i < count; i++) {
		u16 port = low + (offset + i) % count;

		if (!spare) {
			spare = kzalloc(sizeof(*spare),
					GFP_KERNEL_ACCOUNT);
			if (!spare) {
				err = -ENOMEM;
				break;
			}
		}
		err = port_share(sk, demux, port, &spare);
		if (!err) {
			err = claim(sk);
			if (!err)
				break;
			port_untake(sk, port);
			if (err != -EADDRNOTAVAIL)
				break;
		}
		cond_resched();
	}
	kfree(spare);
	if (err) {
		nst->flow.lport = 0;
		return err;
	}
	WRITE_ONCE(*counter, *counter + i + 1 + (get_random_u32() & 7));
	return 0;
}

int nst_port_listen(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);
	struct port_bucket *bucket;
	int err;

	if (!nst->port)
		return -EINVAL;
	bucket = sock_bucket(sk, nst->port->port);
	spin_lock_bh(&bucket->lock);
	err = port_clashes(nst->port, sk, false) ? -EADDRINUSE : 0;
	spin_unlock_bh(&bucket->lock);
	return err;
}

int nst_port_inherit(struct sock *child, const struct sock *listener)
{
	const struct nst_sock *parent = nst_sk(listener);
	u16 port = ntohs(parent->flow.lport);
	struct port_bucket *bucket = sock_bucket(listener, port);
	int err = -ENOENT;

	/* The listener may be closing on another CPU. */
	spin_lock_bh(&bucket->lock);
	if (parent->port) {
		owner_add(parent->port, child, parent->port_bind);
		err = 0;
	}
	spin_unlock_bh(&bucket->lock);
	return err;
}

void nst_port_release(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);

	if (nst->port)
		port_untake(sk, nst->port->port);
	nst->user_port = false;
}

void nst_port_timewait_add(struct nst_port_timewait *timewait,
			   const struct sock *sk)
{
	const struct nst_sock *nst = nst_sk(sk);
	struct nst_port *port = nst->port;
	struct port_bucket *bucket;

	timewait->port = port;
	if (!port)
		return;
	timewait->address = nst->flow.laddr;
	timewait->family = nst->flow.family;
	timewait->link_index = sk->sk_bound_dev_if;
	timewait->reuse = sk->sk_reuse;
	timewait->reuseport = sk->sk_reuseport;
	timewait->bind = nst->port_bind;

	bucket = sock_bucket(sk, port->port);
	spin_lock_bh(&bucket->lock);
	port->binds += timewait->bind;
	hlist_add_head(&timewait->node, &port->timewaits);
	spin_unlock_bh(&bucket->lock);
}

void nst_port_timewait_del(struct nst_stack *stack,
			   struct nst_port_timewait *timewait)
{
	struct nst_port *port = timewait->port;
	struct port_bucket *bucket;

	if (!port)
		return;
	timewait->port = NULL;
	bucket = bucket_of(stack, IPPROTO_TCP, port->port);
	spin_lock_bh(&bucket->lock);
	port->binds -= timewait->bind;
	hlist_del(&timewait->node);
	port_put_if_unused(port);
	spin_unlock_bh(&bucket->lock);
}

/* Context: process. Return: 0 or -ENOMEM. */
int nst_ports_init(struct nst_stack *stack)
{
	struct nst_ports *ports;
	unsigned int space, i;

	ports = kvzalloc(sizeof(*ports), GFP_KERNEL);
	if (!ports)
		return -ENOMEM;

	for (space = 0; space < SPACES; space++) {
		for (i = 0; i < PORT_BUCKETS; i++)
			spin_lock_init(&ports->space[space].bucket[i].lock);
	}
	get_random_bytes(ports->perturb, sizeof(ports->perturb));
	get_random_bytes(&ports->secret, sizeof(ports->secret));
	stack->ports = ports;
	return 0;
}

/* All owners have given their ports back. */
void nst_ports_exit(struct nst_stack *stack)
{
	const struct port_bucket *bucket;
	unsigned int space, i;

	if (!stack->ports)
		return;
	for (space = 0; space < SPACES; space++) {
		for (i = 0; i < PORT_BUCKETS; i++) {
			bucket = &stack->ports->space[space].bucket[i];
			WARN_ON_ONCE(!hlist_empty(&bucket->ports));
		}
	}
	kvfree(stack->ports);
	stack->ports = NULL;
}
