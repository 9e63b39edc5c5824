// SPDX-License-Identifier: GPL-2.0
/*
 * NETLINK_SOCK_DIAG for the family (sock_diag(7)): everything that the
 * demultiplexers know, half-open connections and TIME-WAIT included, and the
 * end of one of them.
 *
 * net/core finds the handler by the number of the family and keeps the module
 * while it runs. It is registered while the family is.
 */
#include <linux/module.h>
#include <linux/sock_diag.h>
#include <net/net_namespace.h>

#include "../transport/ping.h"
#include "../transport/raw.h"
#include "../transport/tcp/listen.h"
#include "../transport/udp.h"
#include "control.h"
#include "diag.h"

/* Bits of the states that there are: 1 to TCP_CLOSING. */
#define STATES	(BIT(TCP_CLOSING + 1) - 2)

/**
 * struct diag_end - which addresses and ports one end may have
 * @prefix: of the address; address_family 0: any
 * @ports: of the port
 */
struct diag_end {
	struct netstack_diag_prefix prefix;
	struct netstack_diag_ports ports;
};

/**
 * struct diag_request - a request, checked
 * @head: its header
 * @local: local end
 * @remote: the peer's
 * @link_index: link that the socket is bound to, or 0
 */
struct diag_request {
	const struct netstack_diag_req *head;
	struct diag_end local;
	struct diag_end remote;
	u32 link_index;
};

static const struct nla_policy policy[NETSTACK_DIAG_REQ_MAX + 1] = {
	[NETSTACK_DIAG_REQ_SRC] =
		NLA_POLICY_EXACT_LEN(sizeof(struct netstack_diag_prefix)),
	[NETSTACK_DIAG_REQ_DST] =
		NLA_POLICY_EXACT_LEN(sizeof(struct netstack_diag_prefix)),
	[NETSTACK_DIAG_REQ_SPORT] =
		NLA_POLICY_EXACT_LEN(sizeof(struct netstack_diag_ports)),
	[NETSTACK_DIAG_REQ_DPORT] =
		NLA_POLICY_EXACT_LEN(sizeof(struct netstack_diag_ports)),
	[NETSTACK_DIAG_REQ_LINK] = { .type = NLA_U32 },
};

static bool is_address_family(u8 family)
{
	return family == AF_INET || family == AF_INET6;
}

/* A message is not as well aligned as the type. */
static union nst_address address_of(const __be32 *words)
{
	union nst_address address;

	memcpy(&address, words, sizeof(address));
	return address;
}

/* Return: 0 or -EINVAL. */
static int read_end(const struct nlattr *prefix, const struct nlattr *ports,
		    struct diag_end *end)
{
	end->ports.last = U16_MAX;
	if (prefix) {
		nla_memcpy(&end->prefix, prefix, sizeof(end->prefix));
		if (!is_address_family(end->prefix.address_family) ||
		    end->prefix.length >
			    nst_address_bits(end->prefix.address_family) ||
		    end->prefix.reserved)
			return -EINVAL;
	}
	if (ports) {
		nla_memcpy(&end->ports, ports, sizeof(end->ports));
		if (end->ports.first > end->ports.last)
			return -EINVAL;
	}
	return 0;
}

static bool id_given(const struct netstack_diag_id *id)
{
	return memchr_inv(id, 0, sizeof(*id));
}

/*
 * One socket is asked for, or all that pass. Return: 0 or a negative errno.
 */
static int request_parse(const struct nlmsghdr *nlh,
			 struct diag_request *request)
{
	struct nlattr *tb[NETSTACK_DIAG_REQ_MAX + 1];
	const struct netstack_diag_req *head;
	bool dump = nlh->nlmsg_type == SOCK_DIAG_BY_FAMILY &&
		    nlh->nlmsg_flags & NLM_F_DUMP;
	int err;

	memset(request, 0, sizeof(*request));
	err = nlmsg_parse(nlh, sizeof(*head), tb, NETSTACK_DIAG_REQ_MAX,
			  policy, NULL);
	if (err)
		return err;
	head = nlmsg_data(nlh);
	request->head = head;
	if (head->states & ~STATES ||
	    head->show >= NETSTACK_DIAG_SHOW(__NETSTACK_DIAG_MAX) ||
	    (head->address_family && !is_address_family(head->address_family)))
		return -EINVAL;
	if (dump ? id_given(&head->id) :
		   !head->protocol || !head->type || !head->address_family)
		return -EINVAL;
	err = read_end(tb[NETSTACK_DIAG_REQ_SRC], tb[NETSTACK_DIAG_REQ_SPORT],
		       &request->local);
	if (!err)
		err = read_end(tb[NETSTACK_DIAG_REQ_DST],
			       tb[NETSTACK_DIAG_REQ_DPORT], &request->remote);
	if (tb[NETSTACK_DIAG_REQ_LINK])
		request->link_index = nla_get_u32(tb[NETSTACK_DIAG_REQ_LINK]);
	return err;
}

static bool end_passes(const struct diag_end *end, u8 family,
		       const union nst_address *address, __be16 port)
{
	const union nst_address wanted = address_of(end->prefix.address);

	if (ntohs(port) < end->ports.first || ntohs(port) > end->ports.last)
		return false;
	return !end->prefix.address_family ||
	       (end->prefix.address_family == family &&
		nst_address_prefix_equal(address, &wanted,
					 end->prefix.length));
}

static bool passes(const struct diag_request *request,
		   const struct nst_endpoint *flow)
{
	const struct netstack_diag_req *head = request->head;

	return head->states & BIT(nst_diag_state(flow)) &&
	       (!head->protocol ||
		head->protocol == nst_diag_protocol(flow)) &&
	       (!head->type || head->type == nst_diag_type(flow)) &&
	       (!head->address_family ||
		head->address_family == flow->family) &&
	       (!request->link_index ||
		request->link_index == flow->link_index) &&
	       end_passes(&request->local, flow->family, &flow->laddr,
			  flow->lport) &&
	       end_passes(&request->remote, flow->family, &flow->raddr,
			  flow->rport);
}

/* The tables, in the order of the dump. */
enum { TABLE_TCP, TABLE_UDP, TABLE_PING, TABLE_RAW, TABLES };

typedef int (*visit_t)(struct nst_endpoint *flow, void *data);

static int walk(struct nst_stack *stack, long table, unsigned long *cursor,
		visit_t visit, void *data)
{
	switch (table) {
	case TABLE_TCP:
		return nst_demux_walk(&stack->tcp->demux, cursor, visit, data);
	case TABLE_UDP:
		return nst_demux_walk(&stack->udp->demux, cursor, visit, data);
	case TABLE_RAW:
		return nst_sock_table_walk(&stack->raw->table, cursor, visit,
					   data);
	default:
		return nst_sock_table_walk(&stack->ping->table, cursor, visit,
					   data);
	}
}

/* May the table have what is asked for? */
static bool table_serves(long table, const struct netstack_diag_req *head)
{
	static const struct {
		u8 type, protocol, other_protocol;
	} of[TABLES] = {
		[TABLE_TCP] = { SOCK_STREAM, IPPROTO_TCP, IPPROTO_TCP },
		[TABLE_UDP] = { SOCK_DGRAM, IPPROTO_UDP, IPPROTO_UDP },
		[TABLE_PING] = { SOCK_DGRAM, IPPROTO_ICMP, IPPROTO_ICMPV6 },
		[TABLE_RAW] = { SOCK_RAW },
	};

	return (!head->type || head->type == of[table].type) &&
	       (!head->protocol || !of[table].protocol ||
		head->protocol == of[table].protocol ||
		head->protocol == of[table].other_protocol);
}

/* The stack of who asks; his socket keeps the namespace. */
static struct nst_stack *stack_of(const struct sk_buff *skb)
{
	struct nst_stack *stack;

	rcu_read_lock();
	stack = nst_stack_rcu(sock_net(skb->sk));
	rcu_read_unlock();
	return stack;
}

/* What only the administrator is told is left out for others. */
static struct nst_diag_reader reader_of(struct sk_buff *skb,
					const struct nlmsghdr *nlh, u16 flags)
{
	const struct netstack_diag_req *head = nlmsg_data(nlh);
	struct nst_diag_reader reader = {
		.portid = NETLINK_CB(skb).portid,
		.seq = nlh->nlmsg_seq,
		.flags = flags,
		.show = head->show,
		.user_ns = sk_user_ns(NETLINK_CB(skb).sk),
	};

	if (!netlink_net_capable(skb, CAP_NET_ADMIN))
		reader.show &= ~NETSTACK_DIAG_SHOW(NETSTACK_DIAG_MARK);
	return reader;
}

/**
 * struct dump - a dump under way
 * @skb: where to
 * @request: which sockets
 * @reader: for whom
 */
struct dump {
	struct sk_buff *skb;
	struct diag_request request;
	struct nst_diag_reader reader;
};

static int dump_one(struct nst_endpoint *flow, void *data)
{
	struct dump *dump = data;

	if (!passes(&dump->request, flow))
		return 0;
	return nst_diag_fill(dump->skb, &dump->reader, flow);
}

static int dump_more(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nst_stack *stack = stack_of(cb->skb);
	struct dump dump = {
		.skb = skb,
		.reader = reader_of(cb->skb, cb->nlh, NLM_F_MULTI),
	};
	int err;

	err = request_parse(cb->nlh, &dump.request);
	if (err)
		return err;
	/* args[0]: the table, args[1]: the place in it */
	for (; cb->args[0] < TABLES; cb->args[0]++, cb->args[1] = 0) {
		if (!table_serves(cb->args[0], dump.request.head))
			continue;
		err = walk(stack, cb->args[0], (unsigned long *)&cb->args[1],
			   dump_one, &dump);
		if (err)
			break;
	}
	return skb->len ?: err;
}

/**
 * struct search - for the one socket that a request names
 * @request: request
 * @found: it, with a reference, or NULL
 */
struct search {
	const struct diag_request *request;
	struct nst_endpoint *found;
};

static bool is_named(const struct diag_request *request,
		     struct nst_endpoint *flow)
{
	const struct netstack_diag_id *id = &request->head->id;
	const union nst_address laddr = address_of(id->src);
	const union nst_address raddr = address_of(id->dst);

	if (!passes(request, flow) ||
	    id->sport != flow->lport || id->dport != flow->rport ||
	    id->link != flow->link_index ||
	    !nst_address_equal(&laddr, &flow->laddr) ||
	    !nst_address_equal(&raddr, &flow->raddr))
		return false;
	if (flow->kind != NST_ENDPOINT_SOCK)
		return id->cookie[0] == NETSTACK_DIAG_NOCOOKIE &&
		       id->cookie[1] == NETSTACK_DIAG_NOCOOKIE;
	return !sock_diag_check_cookie(&nst_endpoint_sock(flow)->sk,
				       id->cookie);
}

static int search_one(struct nst_endpoint *flow, void *data)
{
	struct search *search = data;

	if (!is_named(search->request, flow) ||
	    !nst_endpoint_get_unless_zero(flow))
		return 0;
	search->found = flow;
	return 1;
}

/* What has a flow is found by it, the rest by looking at all. */
static struct nst_endpoint *find(struct nst_stack *stack,
				 const struct diag_request *request)
{
	const struct netstack_diag_req *head = request->head;
	const struct nst_flow_key key = {
		.laddr = address_of(head->id.src),
		.raddr = address_of(head->id.dst),
		.lport = head->id.sport,
		.rport = head->id.dport,
		.family = head->address_family,
		.link_index = head->id.link,
	};
	struct search search = { .request = request };
	unsigned long cursor;
	long table;

	for (table = 0; table < TABLES && !search.found; table++) {
		if (!table_serves(table, head))
			continue;
		if (table == TABLE_TCP)
			search.found = nst_demux_flow_get(&stack->tcp->demux,
							  &key);
		else if (table == TABLE_UDP)
			search.found = nst_demux_flow_get(&stack->udp->demux,
							  &key);
		if (search.found && !is_named(request, search.found)) {
			nst_endpoint_put(search.found);
			search.found = NULL;
		}
		cursor = 0;
		if (!search.found)
			walk(stack, table, &cursor, search_one, &search);
	}
	return search.found;
}

static int answer_one(struct sk_buff *skb, const struct nlmsghdr *nlh,
		      const struct diag_request *request)
{
	const struct nst_diag_reader reader = reader_of(skb, nlh, 0);
	struct net *net = sock_net(skb->sk);
	struct nst_endpoint *flow;
	struct sk_buff *answer;
	int err;

	flow = find(stack_of(skb), request);
	if (!flow)
		return -ENOENT;
	answer = nlmsg_new(NST_DIAG_MESSAGE_SIZE, GFP_KERNEL);
	err = answer ? nst_diag_fill(answer, &reader, flow) : -ENOMEM;
	nst_endpoint_put(flow);
	if (err) {
		nlmsg_free(answer);
		return err;
	}
	return nlmsg_unicast(net->diag_nlsk, answer, reader.portid);
}

/* SOCK_DIAG_BY_FAMILY */
static int diag_dump(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	struct netlink_dump_control control = { .dump = dump_more };
	struct diag_request request;
	int err;

	err = request_parse(nlh, &request);
	if (err)
		return err;
	if (!stack_of(skb))
		return -ENODEV;
	if (nlh->nlmsg_flags & NLM_F_DUMP)
		return netlink_dump_start(sock_net(skb->sk)->diag_nlsk, skb,
					  nlh, &control);
	return answer_one(skb, nlh, &request);
}

/* SOCK_DESTROY */
static int diag_destroy(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	struct diag_request request;
	struct nst_endpoint *flow;
	int err;

	if (!netlink_net_capable(skb, CAP_NET_ADMIN))
		return -EPERM;
	err = request_parse(nlh, &request);
	if (err)
		return err;
	if (!stack_of(skb))
		return -ENODEV;
	flow = find(stack_of(skb), &request);
	if (!flow)
		return -ENOENT;
	if (flow->kind == NST_ENDPOINT_SOCK)
		err = sock_diag_destroy(&nst_endpoint_sock(flow)->sk,
					ECONNABORTED);
	else
		err = nst_tcp_drop(flow) ? 0 : -ENOENT;
	nst_endpoint_put(flow);
	return err;
}

static struct sock_diag_handler handler = {
	.owner = THIS_MODULE,
	.dump = diag_dump,
	.destroy = diag_destroy,
};

/**
 * nst_diag_register() - let sock_diag know the sockets
 *
 * The family is registered: its number is known.
 *
 * Context: module initialisation.
 * Return: 0, or -EBUSY when another module has handlers for that number.
 */
int __init nst_diag_register(void)
{
	handler.family = nst_family;
	return sock_diag_register(&handler);
}

/* No request runs any more: each held the module. */
void nst_diag_unregister(void)
{
	sock_diag_unregister(&handler);
}
