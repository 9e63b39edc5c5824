// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to the generic netlink family, and its errors with the kernel's
 * own sentence.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/genetlink.h>

#include "nsctl.h"

static struct mnl_socket *sock;
static uint16_t family_id;
static uint32_t events_group;
static uint32_t sequence;
static uint8_t request_buffer[8192];
static uint8_t reply_buffer[65536];

/* What the kernel said of the last request that it refused. */
static char sentence[512];

struct exchange {
	receive_t receive;
	void *data;
};

static int copy_attr(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;

	tb[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

struct parse {
	const struct nlattr **tb;
	int max;
};

static int copy_known(const struct nlattr *attr, void *data)
{
	struct parse *parse = data;

	if (mnl_attr_get_type(attr) <= parse->max)
		copy_attr(attr, parse->tb);
	return MNL_CB_OK;
}

void nest_parse(const struct nlattr *nest, const struct nlattr **tb, int max)
{
	struct parse parse = { tb, max };

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_parse_nested(nest, copy_known, &parse);
}

/* The sentence of an extended acknowledgment. */
static void read_sentence(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*err);
	const struct nlattr *attr;

	sentence[0] = 0;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += mnl_nlmsg_get_payload_len(&err->msg);
	mnl_attr_for_each(attr, nlh, offset)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(sentence, sizeof(sentence), "%s",
				 mnl_attr_get_str(attr));
}

static int on_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);

	(void)data;
	if (!err->error)
		return MNL_CB_STOP;
	read_sentence(nlh);
	errno = -err->error;
	return MNL_CB_ERROR;
}

/* A dump may end with an error instead of zero. */
static int on_done(const struct nlmsghdr *nlh, void *data)
{
	const int *err = mnl_nlmsg_get_payload(nlh);

	(void)data;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err) || !*err)
		return MNL_CB_STOP;
	errno = -*err;
	return MNL_CB_ERROR;
}

static mnl_cb_t control_callbacks[NLMSG_MIN_TYPE] = {
	[NLMSG_ERROR] = on_error,
	[NLMSG_DONE] = on_done,
};

static int on_message(const struct nlmsghdr *nlh, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct exchange *exchange = data;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		if (exchange->receive &&
		    exchange->receive(genl->cmd, attr, exchange->data))
			return MNL_CB_STOP;
	return MNL_CB_OK;
}

int netlink_exchange(struct mnl_socket *with, struct nlmsghdr *nlh,
		     mnl_cb_t callback, void *data)
{
	unsigned int portid = mnl_socket_get_portid(with);
	ssize_t size;
	int status;

	sentence[0] = 0;
	if (mnl_socket_sendto(with, nlh, nlh->nlmsg_len) < 0)
		return errno;
	do {
		size = mnl_socket_recvfrom(with, reply_buffer,
					   sizeof(reply_buffer));
		if (size < 0)
			return errno;
		status = mnl_cb_run2(reply_buffer, size, nlh->nlmsg_seq,
				     portid, callback, data,
				     control_callbacks, NLMSG_MIN_TYPE);
	} while (status > MNL_CB_STOP);
	return status < 0 ? errno : 0;
}

static int on_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *group, *field;

	(void)data;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			family_id = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		/* There is one group. */
		mnl_attr_for_each_nested(group, attr)
			mnl_attr_for_each_nested(field, group)
				if (mnl_attr_get_type(field) ==
				    CTRL_ATTR_MCAST_GRP_ID)
					events_group = mnl_attr_get_u32(field);
	}
	return MNL_CB_OK;
}

static struct nlmsghdr *message_begin(uint16_t type, int flags, uint8_t cmd,
				      uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request_buffer);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++sequence;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

struct mnl_socket *netlink_open(int protocol)
{
	struct mnl_socket *opened = mnl_socket_open(protocol);
	int on = 1;

	if (!opened || mnl_socket_bind(opened, 0, MNL_SOCKET_AUTOPID) < 0)
		exit(kernel_error("cannot open a netlink socket: %s (%s)",
				  strerror(errno), strerrorname_np(errno)));
	mnl_socket_setsockopt(opened, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(opened, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return opened;
}

static void open_socket(void)
{
	static const char not_loaded[] =
		"the netstack module is not loaded: modprobe netstack, or insmod netstack.ko";
	struct nlmsghdr *nlh;
	int err;

	sequence = time(NULL);
	sock = netlink_open(NETLINK_GENERIC);
	nlh = message_begin(GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NETSTACK_GENL_NAME);
	err = netlink_exchange(sock, nlh, on_family, NULL);
	if (err == ENOENT)
		exit(kernel_error("%s (ENOENT)", not_loaded));
	if (err)
		exit(kernel_error("cannot find the netstack family: %s (%s)",
				  strerror(err), strerrorname_np(err)));
}

struct nlmsghdr *request_begin(int cmd, int flags)
{
	if (!sock)
		open_socket();
	return message_begin(family_id, flags, cmd, NETSTACK_GENL_VERSION);
}

int request_try(struct nlmsghdr *nlh, receive_t receive, void *data)
{
	struct exchange exchange = { receive, data };

	return netlink_exchange(sock, nlh, on_message, &exchange);
}

int request_send(struct nlmsghdr *nlh, receive_t receive, void *data,
		 const char *what)
{
	int err = request_try(nlh, receive, data);

	if (!err)
		return EXIT_OK;
	if (err == EINTR)
		return kernel_error("cannot %s: the table changed meanwhile, try again (EINTR)",
				    what);
	return kernel_error("cannot %s: %s (%s)", what,
			    sentence[0] ? sentence : strerror(err),
			    strerrorname_np(err));
}

int request_dump(int cmd, receive_t receive, void *data, const char *what)
{
	return request_send(request_begin(cmd, NLM_F_DUMP), receive, data,
			    what);
}

int request_show(struct nlmsghdr *nlh, receive_t receive, void *data,
		 const char *what)
{
	int status;

	output_begin();
	status = request_send(nlh, receive, data, what);
	if (!status)
		output_end();
	return status;
}

int receive_events(receive_t receive, void *data)
{
	struct exchange exchange = { receive, data };
	ssize_t size;
	int group;

	request_begin(NETSTACK_CMD_INFO_GET, 0);
	group = events_group;
	if (mnl_socket_setsockopt(sock, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) < 0)
		return kernel_error("cannot listen to events: %s (%s)",
				    strerror(errno), strerrorname_np(errno));
	for (;;) {
		size = mnl_socket_recvfrom(sock, reply_buffer,
					   sizeof(reply_buffer));
		if (size < 0 && errno == ENOBUFS) {
			fputs("nsctl: events were lost: the reader is too slow\n",
			      stderr);
			continue;
		}
		if (size < 0)
			return kernel_error("cannot read events: %s (%s)",
					    strerror(errno),
					    strerrorname_np(errno));
		if (mnl_cb_run(reply_buffer, size, 0, 0, on_message,
			       &exchange) < 0)
			return kernel_error("cannot read events: %s (%s)",
					    strerror(errno),
					    strerrorname_np(errno));
	}
}
