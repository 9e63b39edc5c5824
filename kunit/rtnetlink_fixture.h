/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to rtnetlink(7) of a stack and what comes back, for the suites of
 * control/rtnetlink*.c.
 */
#ifndef NST_KUNIT_RTNETLINK_FIXTURE_H
#define NST_KUNIT_RTNETLINK_FIXTURE_H

#include <linux/netstack.h>
#include <linux/rtnetlink.h>

#include "../netstack/network/route.h"
#include "netlink_client.h"
#include "wire.h"

#define FAR		0x0a020000	/* 10.2.0.0 */

/**
 * struct question - a request
 * @nlh: netlink's header
 * @body: what follows
 */
struct question {
	struct nlmsghdr nlh;
	u8 body[128];
};

/**
 * struct answer - what came back
 * @error: of the request
 * @count: messages
 * @flags: NLM_F_* of all of them
 * @done: NLM_F_* of the end of a dump
 * @first: the first message
 */
struct answer {
	int error;
	unsigned int count;
	u16 flags;
	u16 done;
	union {
		struct nlmsghdr nlh;
		u8 bytes[2048];
	} first;
};

static inline struct question question(u16 type, u16 flags,
				       const void *header, u16 size)
{
	struct question q = {
		.nlh = {
			.nlmsg_len = NLMSG_LENGTH(size),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | flags,
		},
	};

	memcpy(q.body, header, size);
	return q;
}

static inline void put(struct question *q, u16 type, const void *data,
		       u16 len)
{
	struct nlattr *attr = (void *)q + NLMSG_ALIGN(q->nlh.nlmsg_len);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy((void *)attr + NLA_HDRLEN, data, len);
	q->nlh.nlmsg_len = (u8 *)attr - (u8 *)q + NLA_ALIGN(attr->nla_len);
}

static inline void put_u32(struct question *q, u16 type, u32 value)
{
	put(q, type, &value, sizeof(value));
}

static inline void put_ipv4(struct question *q, u16 type, u32 address)
{
	__be32 value = htonl(address);

	put(q, type, &value, sizeof(value));
}

/* Return: there is more to come. */
static inline bool read_message(const struct nlmsghdr *nlh,
				struct answer *answer, bool dump)
{
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		/* Both begin with an errno. */
		answer->error = *(int *)nlmsg_data(nlh);
		answer->done = nlh->nlmsg_flags;
		return false;
	}
	if (!answer->count++ && nlh->nlmsg_len <= sizeof(answer->first))
		memcpy(&answer->first, nlh, nlh->nlmsg_len);
	answer->flags |= nlh->nlmsg_flags;
	return dump;
}

static inline void listen_for(struct kunit *test, struct socket *sock,
			      bool dump, struct answer *answer)
{
	void *buffer = kunit_kzalloc(test, NETLINK_CLIENT_ROOM, GFP_KERNEL);
	const struct nlmsghdr *nlh;
	bool more = true;
	int length;

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	while (more) {
		length = netlink_client_receive(sock, buffer);
		KUNIT_ASSERT_GT(test, length, 0);
		for (nlh = buffer; more && nlmsg_ok(nlh, length);
		     nlh = nlmsg_next(nlh, &length))
			more = read_message(nlh, answer, dump);
	}
}

static inline struct socket *client(struct kunit *test)
{
	return netlink_client(test, NETLINK_NETSTACK);
}

static inline void set_option(struct kunit *test, struct socket *sock,
			      int name, int value)
{
	KUNIT_ASSERT_EQ(test, 0,
			sock->ops->setsockopt(sock, SOL_NETLINK, name,
					      KERNEL_SOCKPTR(&value),
					      sizeof(value)));
}

static inline struct answer *ask_by(struct kunit *test, struct socket *sock,
				    struct question *q)
{
	struct answer *answer = kunit_kzalloc(test, sizeof(*answer),
					      GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, answer);
	netlink_client_send(test, sock, &q->nlh);
	listen_for(test, sock, q->nlh.nlmsg_flags & NLM_F_DUMP, answer);
	return answer;
}

static inline struct answer *ask(struct kunit *test, struct question *q)
{
	return ask_by(test, client(test), q);
}

static inline struct answer *ask_strictly(struct kunit *test,
					  struct question *q)
{
	struct socket *sock = client(test);

	set_option(test, sock, NETLINK_GET_STRICT_CHK, 1);
	return ask_by(test, sock, q);
}

/* An attribute of the first message, or NULL. */
static inline const struct nlattr *told(const struct answer *answer,
					size_t header, int type)
{
	return nlmsg_find_attr(&answer->first.nlh, header, type);
}

#define EXPECT_U32(answer, header, type, value) do {			\
	const struct nlattr *attr_ = told(answer, sizeof(header), type);\
									\
	KUNIT_ASSERT_NOT_NULL(test, attr_);				\
	KUNIT_EXPECT_EQ(test, (u32)(value), nla_get_u32(attr_));	\
} while (0)

#define EXPECT_IPV4(answer, header, type, value) \
	EXPECT_U32(answer, header, type, (__force u32)htonl(value))

#define EXPECT_STRING(answer, header, type, value) do {			\
	const struct nlattr *attr_ = told(answer, sizeof(header), type);\
									\
	KUNIT_ASSERT_NOT_NULL(test, attr_);				\
	KUNIT_EXPECT_STREQ(test, (const char *)(value),			\
			   (const char *)nla_data(attr_));		\
} while (0)

#define EXPECT_BYTES(answer, header, type, value, size) do {		\
	const struct nlattr *attr_ = told(answer, sizeof(header), type);\
									\
	KUNIT_ASSERT_NOT_NULL(test, attr_);				\
	KUNIT_ASSERT_EQ(test, (int)(size), nla_len(attr_));		\
	KUNIT_EXPECT_EQ(test, 0, memcmp(nla_data(attr_), value, size));	\
} while (0)

static inline void add_route(struct kunit *test, struct nst_wire *wire,
			     struct nst_route_config config)
{
	config.family = AF_INET;
	config.type = config.type ?: RTN_UNICAST;
	config.protocol = RTPROT_STATIC;
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_route_add(wire->stack, &config, false,
					       NULL));
	mutex_unlock(&wire->stack->config_mutex);
}

static inline struct nst_route_config far_route(void)
{
	return (struct nst_route_config) {
		.prefix_len = 16,
		.metric = 7,
		.metrics = { .mtu = 1400, .mtu_lock = true, .hop_limit = 9 },
		.destination = nst_address_v4(htonl(FAR)),
		.gateway = nst_address_v4(htonl(NST_WIRE_PEER)),
	};
}

#endif /* NST_KUNIT_RTNETLINK_FIXTURE_H */
