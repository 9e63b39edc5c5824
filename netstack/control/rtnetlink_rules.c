// SPDX-License-Identifier: GPL-2.0
/*
 * Rules as rtnetlink(7) has them: RTM_GETRULE.
 */
#include "../network/rule.h"
#include "rtnetlink.h"

/*
 * The name of a link that a rule is about. The stack goes by the number: the
 * link may have left. Return: 0 or -EMSGSIZE.
 */
static int put_link(struct sk_buff *skb, struct nst_stack *stack, int attr,
		    u32 index, u32 detached, u32 *flags)
{
	const struct nst_link *link;
	char name[IFNAMSIZ];

	if (!index)
		return 0;
	link = nst_link_by_index_rcu(stack, index);
	if (link)
		return nla_put_string(skb, attr, link->name);
	*flags |= detached;
	snprintf(name, sizeof(name), "if%u", index);
	return nla_put_string(skb, attr, name);
}

static int put_prefix(struct sk_buff *skb, int attr, u8 family, u8 bits,
		      const union nst_address *address)
{
	return bits ? nla_put(skb, attr, nst_address_bytes(family), address) :
		      0;
}

static int put_u32(struct sk_buff *skb, int attr, u32 value)
{
	return value ? nla_put_u32(skb, attr, value) : 0;
}

static int put_attributes(struct sk_buff *skb,
			  const struct nst_rule_config *config)
{
	/* No rule of a stack looks at the length of a prefix. */
	if (nla_put_u32(skb, FRA_TABLE, config->table) ||
	    nla_put_u32(skb, FRA_SUPPRESS_PREFIXLEN, ~0U) ||
	    nla_put_u8(skb, FRA_PROTOCOL, config->protocol) ||
	    put_u32(skb, FRA_PRIORITY, config->priority) ||
	    put_u32(skb, FRA_FWMARK, config->mark) ||
	    put_u32(skb, FRA_FWMASK, config->mark_mask) ||
	    put_prefix(skb, FRA_SRC, config->family, config->source_len,
		       &config->source) ||
	    put_prefix(skb, FRA_DST, config->family, config->destination_len,
		       &config->destination))
		return -EMSGSIZE;
	return config->ip_protocol ?
		nla_put_u8(skb, FRA_IP_PROTO, config->ip_protocol) : 0;
}

int nst_rtnl_fill_rule(struct sk_buff *skb, const struct nst_rtnl_head *head,
		       const void *item)
{
	const struct nst_rule_config *config =
		&((const struct nst_rule *)item)->config;
	struct fib_rule_hdr *rule;
	struct nlmsghdr *nlh;
	u32 flags = 0;

	nlh = nst_rtnl_begin(skb, head, sizeof(*rule));
	if (!nlh)
		return -EMSGSIZE;
	rule = nlmsg_data(nlh);
	rule->family = config->family;
	rule->dst_len = config->destination_len;
	rule->src_len = config->source_len;
	rule->tos = config->tos;
	rule->table = config->table < 256 ? config->table : RT_TABLE_COMPAT;
	rule->action = config->action;
	if (config->invert)
		flags = FIB_RULE_INVERT;
	if (put_attributes(skb, config) ||
	    put_link(skb, head->stack, FRA_IIFNAME, config->iif,
		     FIB_RULE_IIF_DETACHED, &flags) ||
	    put_link(skb, head->stack, FRA_OIFNAME, config->oif,
		     FIB_RULE_OIF_DETACHED, &flags)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	rule->flags = flags;
	nlmsg_end(skb, nlh);
	return 0;
}

static int check_strict(const struct nst_rtnl_request *request)
{
	const struct fib_rule_hdr *rule = nlmsg_data(request->nlh);

	if (nlmsg_len(request->nlh) != sizeof(*rule)) {
		NL_SET_ERR_MSG(request->extack,
			       "a dump of rules has a header and no attributes");
		return -EINVAL;
	}
	if (rule->dst_len || rule->src_len || rule->tos || rule->table ||
	    rule->res1 || rule->res2 || rule->action || rule->flags) {
		NL_SET_ERR_MSG(request->extack,
			       "a field of the header must be 0");
		return -EINVAL;
	}
	return 0;
}

static int dump(const struct nst_rtnl_request *request,
		struct nst_rtnl_dump *dump)
{
	u8 family = nst_rtnl_family(request);
	struct nst_rule *rule = NULL;
	int err = 0;

	if (request->strict)
		err = check_strict(request);
	if (!err && family != AF_UNSPEC && family != AF_INET &&
	    family != AF_INET6)
		err = -EAFNOSUPPORT;
	while (!err && (rule = nst_rule_next_rcu(request->stack, rule)))
		if (!family || rule->config.family == family)
			err = nst_rtnl_dump_one(dump, nst_rtnl_fill_rule,
						rule);
	return err;
}

const struct nst_rtnl_kind nst_rtnl_rules = {
	.request = RTM_GETRULE,
	.answer = RTM_NEWRULE,
	.dump = dump,
};
