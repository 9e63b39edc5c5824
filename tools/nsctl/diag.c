// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about sockets: NETLINK_SOCK_DIAG, by the number of the family,
 * which generic netlink tells.
 */
#include <linux/sock_diag.h>
#include <string.h>
#include <time.h>

#include "nsctl.h"

static struct mnl_socket *sock;
static uint32_t family;
static uint32_t sequence;
static uint8_t request_buffer[1024];

static int read_family(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *attr;

	(void)cmd;
	(void)data;
	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == NETSTACK_A_INFO_FAMILY)
			family = mnl_attr_get_u32(attr);
	return 0;
}

struct nlmsghdr *diag_begin(int type, int flags,
			    struct netstack_diag_req **request)
{
	struct nlmsghdr *nlh;

	if (!sock) {
		request_try(request_begin(NETSTACK_CMD_INFO_GET, 0),
			    read_family, NULL);
		sock = netlink_open(NETLINK_SOCK_DIAG);
		sequence = time(NULL);
	}
	nlh = mnl_nlmsg_put_header(request_buffer);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++sequence;
	*request = mnl_nlmsg_put_extra_header(nlh, sizeof(**request));
	(*request)->family = family ? family : AF_NETSTACK;
	(*request)->states = STATES_ALL;
	return nlh;
}

/**
 * struct exchange - answers under way
 */
struct exchange {
	void (*receive)(const struct diag_socket *socket, void *data);
	void *data;
};

static int on_message(const struct nlmsghdr *nlh, void *data)
{
	const struct exchange *exchange = data;
	struct diag_socket socket = { mnl_nlmsg_get_payload(nlh), { NULL } };
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*socket.msg))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*socket.msg))
		if (mnl_attr_get_type(attr) <= NETSTACK_DIAG_MAX)
			socket.tb[mnl_attr_get_type(attr)] = attr;
	if (exchange->receive)
		exchange->receive(&socket, exchange->data);
	return MNL_CB_OK;
}

int diag_send(struct nlmsghdr *nlh,
	      void (*receive)(const struct diag_socket *socket, void *data),
	      void *data)
{
	struct exchange exchange = { receive, data };

	return netlink_exchange(sock, nlh, on_message, &exchange);
}
