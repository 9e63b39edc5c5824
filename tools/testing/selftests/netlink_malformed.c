// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to the netlink family "netstack" that no client of good will
 * sends. Each is a request that would be carried out, with one flaw; it is
 * refused, with a sentence that says why, and has changed nothing.
 *
 * guest: stock,uml-new timeout=120
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/netstack.h>

#include "kselftest_harness.h"

#define UNKNOWN_ATTRIBUTE	100
#define UNKNOWN_COMMAND		200
#define MUTATIONS		20000
#define MUTATION_SEED		0x6e737430

struct message {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	uint8_t attrs[1024];
};

struct answer {
	int error;		/* negative errno, or 0 */
	char text[256];		/* of the extended acknowledgment */
};

static uint16_t family_id;

/* Another network namespace, where pipes lead. */
static int elsewhere = -1;

static struct nlattr *tail(struct message *m)
{
	return (struct nlattr *)((uint8_t *)m + NLMSG_ALIGN(m->nl.nlmsg_len));
}

static void begin(struct message *m, uint8_t command, uint16_t flags)
{
	memset(m, 0, sizeof(*m));
	m->nl.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	m->nl.nlmsg_type = family_id;
	m->nl.nlmsg_flags = NLM_F_REQUEST | flags;
	m->genl.cmd = command;
	m->genl.version = NETSTACK_GENL_VERSION;
}

static struct nlattr *put(struct message *m, uint16_t type, const void *data,
			  size_t len)
{
	struct nlattr *attr = tail(m);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy((uint8_t *)attr + NLA_HDRLEN, data, len);
	m->nl.nlmsg_len = (uint8_t *)attr - (uint8_t *)m +
			  NLA_ALIGN(attr->nla_len);
	return attr;
}

static void put_u8(struct message *m, uint16_t type, uint8_t value)
{
	put(m, type, &value, sizeof(value));
}

static void put_u16(struct message *m, uint16_t type, uint16_t value)
{
	put(m, type, &value, sizeof(value));
}

static void put_u32(struct message *m, uint16_t type, uint32_t value)
{
	put(m, type, &value, sizeof(value));
}

static void put_address(struct message *m, uint16_t type, const char *text)
{
	struct in_addr address;

	inet_pton(AF_INET, text, &address);
	put(m, type, &address, sizeof(address));
}

/* The object's nest is the first attribute. */
static struct nlattr *nest(struct message *m)
{
	return (struct nlattr *)m->attrs;
}

static void nest_end(struct message *m)
{
	nest(m)->nla_len = (uint8_t *)m + m->nl.nlmsg_len - m->attrs;
}

static void request_family(struct message *m, uint8_t command, uint16_t type)
{
	begin(m, command, NLM_F_ACK);
	put(m, type | NLA_F_NESTED, "", 0);
}

static uint32_t wire(void)
{
	return if_nametoindex("netstack0");
}

static void link_get(struct message *m)
{
	put(m, NETSTACK_A_LINK_NAME, "netstack0", sizeof("netstack0"));
}

static void link_set(struct message *m)
{
	put(m, NETSTACK_A_LINK_NAME, "netstack0", sizeof("netstack0"));
	put_u32(m, NETSTACK_A_LINK_MTU, 1400);
}

static void put_string(struct message *m, uint16_t type, const char *text)
{
	put(m, type, text, strlen(text) + 1);
}

static void new_pipe(struct message *m, const char *name)
{
	put_string(m, NETSTACK_A_LINK_KIND, "pipe");
	put_string(m, NETSTACK_A_LINK_NAME, name);
	put_string(m, NETSTACK_A_LINK_PEER_NAME, name);
	put_u32(m, NETSTACK_A_LINK_PEER_NETNS_FD, elsewhere);
}

static void link_new(struct message *m)
{
	new_pipe(m, "pipe1");
}

static void link_del(struct message *m)
{
	put_string(m, NETSTACK_A_LINK_NAME, "pipe0");
}

static void address(struct message *m, const char *text)
{
	put_u32(m, NETSTACK_A_ADDR_LINK, wire());
	put_u16(m, NETSTACK_A_ADDR_FAMILY, AF_INET);
	put_address(m, NETSTACK_A_ADDR_ADDRESS, text);
	put_u8(m, NETSTACK_A_ADDR_PREFIX_LEN, 24);
}

static void addr_new(struct message *m)
{
	address(m, "10.1.2.3");
	put(m, NETSTACK_A_ADDR_NO_PROBE, "", 0);
}

static void addr_del(struct message *m)
{
	address(m, "10.9.8.7");
}

static void route(struct message *m, const char *prefix)
{
	put_u16(m, NETSTACK_A_ROUTE_FAMILY, AF_INET);
	put_address(m, NETSTACK_A_ROUTE_DST, prefix);
	put_u8(m, NETSTACK_A_ROUTE_PREFIX_LEN, 16);
	put_u32(m, NETSTACK_A_ROUTE_LINK, wire());
}

static void route_get(struct message *m)
{
	put_address(m, NETSTACK_A_ROUTE_DST, "127.0.0.1");
	put(m, NETSTACK_A_ROUTE_LOOKUP, "", 0);
}

static void route_new(struct message *m)
{
	route(m, "10.200.0.0");
}

static void route_del(struct message *m)
{
	route(m, "10.201.0.0");
}

static void neigh(struct message *m, const char *text)
{
	put_u32(m, NETSTACK_A_NEIGH_LINK, wire());
	put_u16(m, NETSTACK_A_NEIGH_FAMILY, AF_INET);
	put_address(m, NETSTACK_A_NEIGH_DST, text);
}

static void neigh_new(struct message *m)
{
	static const uint8_t station[6] = { 2, 0, 0, 0, 0, 9 };

	neigh(m, "10.9.8.9");
	put(m, NETSTACK_A_NEIGH_LLADDR, station, sizeof(station));
	put_u16(m, NETSTACK_A_NEIGH_STATE, NUD_PERMANENT);
}

static void neigh_del(struct message *m)
{
	neigh(m, "10.9.8.8");
}

static void impair_new(struct message *m)
{
	put_u32(m, NETSTACK_A_IMPAIR_LINK, wire());
	put_u32(m, NETSTACK_A_IMPAIR_LOSS, 100000);
}

static void impair_del(struct message *m)
{
	put_u32(m, NETSTACK_A_IMPAIR_LINK, wire());
}

/* Every command with an object, as a request that would be carried out. */
static const struct command {
	const char *name;
	uint8_t command;
	uint16_t nest;
	bool changes;
	void (*fill)(struct message *m);
	uint64_t required;	/* attributes that it cannot do without */
} commands[] = {
	{ "LINK_GET", NETSTACK_CMD_LINK_GET, NETSTACK_A_LINK, false, link_get,
	  1ULL << NETSTACK_A_LINK_NAME },
	{ "LINK_SET", NETSTACK_CMD_LINK_SET, NETSTACK_A_LINK, true, link_set,
	  1ULL << NETSTACK_A_LINK_NAME },
	{ "ADDR_NEW", NETSTACK_CMD_ADDR_NEW, NETSTACK_A_ADDR, true, addr_new,
	  1ULL << NETSTACK_A_ADDR_LINK | 1ULL << NETSTACK_A_ADDR_ADDRESS },
	{ "ADDR_DEL", NETSTACK_CMD_ADDR_DEL, NETSTACK_A_ADDR, true, addr_del,
	  1ULL << NETSTACK_A_ADDR_LINK | 1ULL << NETSTACK_A_ADDR_ADDRESS },
	{ "ROUTE_GET", NETSTACK_CMD_ROUTE_GET, NETSTACK_A_ROUTE, false,
	  route_get, 1ULL << NETSTACK_A_ROUTE_DST |
		     1ULL << NETSTACK_A_ROUTE_LOOKUP },
	{ "ROUTE_NEW", NETSTACK_CMD_ROUTE_NEW, NETSTACK_A_ROUTE, true,
	  route_new, 1ULL << NETSTACK_A_ROUTE_LINK },
	{ "ROUTE_DEL", NETSTACK_CMD_ROUTE_DEL, NETSTACK_A_ROUTE, true,
	  route_del, 0 },
	{ "NEIGH_NEW", NETSTACK_CMD_NEIGH_NEW, NETSTACK_A_NEIGH, true,
	  neigh_new, 1ULL << NETSTACK_A_NEIGH_LINK |
		     1ULL << NETSTACK_A_NEIGH_DST },
	{ "NEIGH_DEL", NETSTACK_CMD_NEIGH_DEL, NETSTACK_A_NEIGH, true,
	  neigh_del, 1ULL << NETSTACK_A_NEIGH_LINK |
		     1ULL << NETSTACK_A_NEIGH_DST },
	{ "IMPAIR_NEW", NETSTACK_CMD_IMPAIR_NEW, NETSTACK_A_IMPAIR, true,
	  impair_new, 1ULL << NETSTACK_A_IMPAIR_LINK },
	{ "IMPAIR_DEL", NETSTACK_CMD_IMPAIR_DEL, NETSTACK_A_IMPAIR, true,
	  impair_del, 1ULL << NETSTACK_A_IMPAIR_LINK },
	{ "LINK_NEW", NETSTACK_CMD_LINK_NEW, NETSTACK_A_LINK, true, link_new,
	  1ULL << NETSTACK_A_LINK_NAME | 1ULL << NETSTACK_A_LINK_KIND |
	  1ULL << NETSTACK_A_LINK_PEER_NAME |
	  1ULL << NETSTACK_A_LINK_PEER_NETNS_FD },
	{ "LINK_DEL", NETSTACK_CMD_LINK_DEL, NETSTACK_A_LINK, true, link_del,
	  1ULL << NETSTACK_A_LINK_NAME },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const uint8_t dumps[] = {
	NETSTACK_CMD_LINK_GET, NETSTACK_CMD_ADDR_GET, NETSTACK_CMD_ROUTE_GET,
	NETSTACK_CMD_NEIGH_GET, NETSTACK_CMD_STAT_GET, NETSTACK_CMD_IMPAIR_GET,
};

static void valid(struct message *m, const struct command *command)
{
	request_family(m, command->command, command->nest);
	command->fill(m);
	nest_end(m);
}

static int open_netlink(void)
{
	struct timeval patience = { .tv_sec = 5 };
	int one = 1;
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* The sentence is behind @at bytes of the message. */
static void read_text(const struct nlmsghdr *nl, size_t at,
		      struct answer *answer)
{
	if (!(nl->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	at = NLMSG_HDRLEN + NLMSG_ALIGN(at);
	while (at + NLA_HDRLEN <= nl->nlmsg_len) {
		const struct nlattr *attr =
			(const void *)((const uint8_t *)nl + at);

		if (attr->nla_len < NLA_HDRLEN)
			return;
		if ((attr->nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG)
			snprintf(answer->text, sizeof(answer->text), "%s",
				 (const char *)attr + NLA_HDRLEN);
		at += NLA_ALIGN(attr->nla_len);
	}
}

/* Until the end of the answer. False: there was none. */
static bool listen_for(int fd, struct answer *answer,
		       void (*each)(const struct nlmsghdr *nl, void *context),
		       void *context)
{
	static uint8_t buffer[65536];

	memset(answer, 0, sizeof(*answer));
	for (;;) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
		struct nlmsghdr *nl = (struct nlmsghdr *)buffer;

		if (got <= 0)
			return false;
		for (; NLMSG_OK(nl, got); nl = NLMSG_NEXT(nl, got)) {
			if (nl->nlmsg_type == NLMSG_ERROR) {
				struct nlmsgerr *error = NLMSG_DATA(nl);

				answer->error = error->error;
				read_text(nl, sizeof(*error), answer);
				return true;
			}
			if (nl->nlmsg_type == NLMSG_DONE) {
				answer->error = *(int *)NLMSG_DATA(nl);
				read_text(nl, sizeof(int), answer);
				return true;
			}
			if (each)
				each(nl, context);
		}
	}
}

static bool ask(int fd, const struct message *m, struct answer *answer)
{
	return send(fd, m, m->nl.nlmsg_len, 0) == (ssize_t)m->nl.nlmsg_len &&
	       listen_for(fd, answer, NULL, NULL);
}

static void find_id(const struct nlmsghdr *nl, void *id)
{
	const uint8_t *at = (const uint8_t *)nl + NLMSG_HDRLEN + GENL_HDRLEN;
	const uint8_t *end = (const uint8_t *)nl + nl->nlmsg_len;

	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attr = (const void *)at;

		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(id, at + NLA_HDRLEN, sizeof(uint16_t));
		at += NLA_ALIGN(attr->nla_len);
	}
}

struct snapshot {
	size_t len;
	uint8_t bytes[65536];
};

static bool changes_by_itself(uint16_t nest, uint16_t type)
{
	if (nest == NETSTACK_A_LINK)
		return type >= NETSTACK_A_LINK_RX_PACKETS &&
		       type <= NETSTACK_A_LINK_TX_DROPPED;
	if (nest == NETSTACK_A_IMPAIR)
		return type >= NETSTACK_A_IMPAIR_PASSED;
	return nest == NETSTACK_A_NEIGH && type >= NETSTACK_A_NEIGH_USED_MS;
}

static void add_to_snapshot(const struct nlmsghdr *nl, void *context)
{
	const struct nlattr *nest = (const void *)
		((const uint8_t *)nl + NLMSG_HDRLEN + GENL_HDRLEN);
	const uint8_t *end = (const uint8_t *)nest + nest->nla_len;
	const uint8_t *at = (const uint8_t *)nest + NLA_HDRLEN;
	struct snapshot *snapshot = context;

	while (at < end) {
		const struct nlattr *attr = (const void *)at;
		uint16_t type = attr->nla_type & NLA_TYPE_MASK;

		if (!changes_by_itself(nest->nla_type & NLA_TYPE_MASK, type) &&
		    snapshot->len + attr->nla_len <= sizeof(snapshot->bytes)) {
			memcpy(snapshot->bytes + snapshot->len, attr,
			       attr->nla_len);
			snapshot->len += attr->nla_len;
		}
		at += NLA_ALIGN(attr->nla_len);
	}
}

/* What requests can change: links, addresses, routes, neighbours, impairments */
static void take(int fd, struct snapshot *snapshot)
{
	static const uint8_t shown[] = {
		NETSTACK_CMD_LINK_GET, NETSTACK_CMD_ADDR_GET,
		NETSTACK_CMD_ROUTE_GET, NETSTACK_CMD_NEIGH_GET,
		NETSTACK_CMD_IMPAIR_GET,
	};
	struct answer answer;
	struct message m;

	memset(snapshot, 0, sizeof(*snapshot));
	for (size_t i = 0; i < sizeof(shown); i++) {
		begin(&m, shown[i], NLM_F_DUMP);
		if (send(fd, &m, m.nl.nlmsg_len, 0) < 0 ||
		    !listen_for(fd, &answer, add_to_snapshot, snapshot))
			exit(KSFT_FAIL);
	}
}

/* A namespace that lives as long as its descriptor. */
static int namespace_open(void)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int fd = -1;

	if (home >= 0 && !unshare(CLONE_NEWNET)) {
		fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		if (setns(home, CLONE_NEWNET))
			exit(KSFT_FAIL);
	}
	close(home);
	return fd;
}

FIXTURE(malformed)
{
	int fd;
	struct snapshot *before;
	struct snapshot *after;
};

/* Something to delete for every command that deletes. */
FIXTURE_SETUP(malformed)
{
	static const char *const prepare[] = {
		"ip link set netstack0 up",
		/* Its own address is soon no longer tentative. */
		"nsctl addr flush dev netstack0",
		"nsctl addr flush dev pipe0",
		"nsctl addr add 10.9.8.7/24 dev netstack0 noprobe",
		"nsctl route add 10.201.0.0/16 dev netstack0",
		"nsctl neigh replace 10.9.8.8 lladdr 02:00:00:00:00:08 dev netstack0 nud permanent",
		"nsctl impair set netstack0 loss 1",
	};
	struct answer answer;
	struct message m;

	self->fd = open_netlink();
	ASSERT_LE(0, self->fd);
	family_id = GENL_ID_CTRL;
	begin(&m, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	put(&m, CTRL_ATTR_FAMILY_NAME, NETSTACK_GENL_NAME,
	    sizeof(NETSTACK_GENL_NAME));
	ASSERT_LT(0, send(self->fd, &m, m.nl.nlmsg_len, 0));
	ASSERT_TRUE(listen_for(self->fd, &answer, find_id, &family_id));
	ASSERT_EQ(0, answer.error);
	ASSERT_NE(GENL_ID_CTRL, family_id);

	elsewhere = namespace_open();
	ASSERT_LE(0, elsewhere);
	request_family(&m, NETSTACK_CMD_LINK_NEW, NETSTACK_A_LINK);
	new_pipe(&m, "pipe0");
	nest_end(&m);
	ASSERT_TRUE(ask(self->fd, &m, &answer));
	ASSERT_EQ(0, answer.error);
	for (size_t i = 0; i < sizeof(prepare) / sizeof(*prepare); i++) {
		ASSERT_EQ(0, system(prepare[i])) {
			TH_LOG("%s", prepare[i]);
		}
	}
	self->before = malloc(sizeof(*self->before));
	self->after = malloc(sizeof(*self->after));
	take(self->fd, self->before);
	ASSERT_LT(0, self->before->len);
}

FIXTURE_TEARDOWN(malformed)
{
	EXPECT_EQ(0, system("nsctl addr flush dev netstack0;"
			    "nsctl route flush dev netstack0;"
			    "nsctl neigh del 10.9.8.8 dev netstack0 2>/dev/null;"
			    "nsctl neigh del 10.9.8.9 dev netstack0 2>/dev/null;"
			    "nsctl impair del netstack0 2>/dev/null;"
			    "nsctl link del pipe0 2>/dev/null;"
			    "nsctl link del pipe1 2>/dev/null;"
			    "nsctl link set netstack0 mtu 1500"));
	free(self->before);
	free(self->after);
	close(elsewhere);
	close(self->fd);
}

static bool unchanged(int fd, const struct snapshot *before,
		      struct snapshot *after)
{
	take(fd, after);
	return before->len == after->len &&
	       !memcmp(before->bytes, after->bytes, before->len);
}

#define EXPECT_REFUSED(wanted, m, what) do {				\
	struct answer _answer;						\
									\
	ASSERT_TRUE(ask(self->fd, (m), &_answer))			\
		TH_LOG("%s: no answer", (what));			\
	if ((wanted) ? _answer.error != -(wanted) : !_answer.error)	\
		TH_LOG("%s: error %d, %s", (what), _answer.error,	\
		       _answer.text);					\
	EXPECT_TRUE((wanted) ? _answer.error == -(wanted) :		\
			       _answer.error < 0);			\
	EXPECT_TRUE(unchanged(self->fd, self->before, self->after))	\
		TH_LOG("%s: was refused, but changed something",	\
		       (what));						\
} while (0)

/* Refused with a sentence. */
#define EXPECT_EXPLAINED(wanted, m, what) do {				\
	struct answer _told;						\
									\
	EXPECT_REFUSED(wanted, m, what);				\
	ASSERT_TRUE(ask(self->fd, (m), &_told));			\
	EXPECT_NE(0, _told.text[0])					\
		TH_LOG("%s: error %d without a sentence", (what),	\
		       _told.error);					\
} while (0)

/* Without this the others prove nothing. */
TEST_F(malformed, without_a_flaw__is_carried_out)
{
	struct answer answer;
	struct message m;

	for (size_t i = 0; i < COMMANDS; i++) {
		valid(&m, &commands[i]);
		ASSERT_TRUE(ask(self->fd, &m, &answer));
		EXPECT_EQ(0, answer.error)
			TH_LOG("%s: %s", commands[i].name, answer.text);
	}
	EXPECT_FALSE(unchanged(self->fd, self->before, self->after));
}

TEST_F(malformed, unknown_attribute__is_refused)
{
	struct message m;

	for (size_t i = 0; i < COMMANDS; i++) {
		valid(&m, &commands[i]);
		put_u32(&m, UNKNOWN_ATTRIBUTE, 1);
		nest_end(&m);
		EXPECT_EXPLAINED(EINVAL, &m, commands[i].name);

		valid(&m, &commands[i]);
		put_u32(&m, UNKNOWN_ATTRIBUTE, 1);
		EXPECT_EXPLAINED(EINVAL, &m, commands[i].name);
	}
	for (size_t i = 0; i < sizeof(dumps); i++) {
		begin(&m, dumps[i], NLM_F_DUMP);
		put_u32(&m, UNKNOWN_ATTRIBUTE, 1);
		EXPECT_EXPLAINED(EINVAL, &m, "a dump");
	}
}

/* Copy @attr of the request with @by bytes more or fewer. */
static bool resized(struct message *m, const struct command *command,
		    unsigned int index, int by)
{
	struct message from;
	uint8_t value[64];

	valid(&from, command);
	request_family(m, command->command, command->nest);
	for (uint8_t *at = from.attrs + NLA_HDRLEN;
	     at < (uint8_t *)&from + from.nl.nlmsg_len;
	     index--) {
		struct nlattr *attr = (struct nlattr *)at;
		int len = attr->nla_len - NLA_HDRLEN;

		memset(value, 1, sizeof(value));
		memcpy(value, at + NLA_HDRLEN, len);
		at += NLA_ALIGN(attr->nla_len);
		if (!index)
			len += by;
		if (len < 0)
			return resized(m, command, index + 1, by);
		put(m, attr->nla_type, value, len);
	}
	nest_end(m);
	return (int)index < 0;
}

static unsigned int attributes(const struct command *command)
{
	unsigned int count = 0;
	struct message m;

	valid(&m, command);
	for (uint8_t *at = m.attrs + NLA_HDRLEN;
	     at < (uint8_t *)&m + m.nl.nlmsg_len; count++)
		at += NLA_ALIGN(((struct nlattr *)at)->nla_len);
	return count;
}

static struct nlattr *attribute(struct message *m, unsigned int index)
{
	uint8_t *at = m->attrs + NLA_HDRLEN;

	while (index--)
		at += NLA_ALIGN(((struct nlattr *)at)->nla_len);
	return (struct nlattr *)at;
}

static bool is_string(const struct command *command, const struct nlattr *attr)
{
	return command->nest == NETSTACK_A_LINK &&
	       (attr->nla_type == NETSTACK_A_LINK_NAME ||
		attr->nla_type == NETSTACK_A_LINK_PEER_NAME ||
		attr->nla_type == NETSTACK_A_LINK_KIND);
}

TEST_F(malformed, attribute_of_another_length__is_refused)
{
	struct message m;

	for (size_t i = 0; i < COMMANDS; i++) {
		for (unsigned int j = 0; j < attributes(&commands[i]); j++) {
			struct nlattr *attr;

			valid(&m, &commands[i]);
			attr = attribute(&m, j);
			if (attr->nla_len > NLA_HDRLEN) {
				ASSERT_TRUE(resized(&m, &commands[i], j, -1));
				EXPECT_EXPLAINED(0, &m, commands[i].name);
			}
			/* What follows the end of a string does not count. */
			if (is_string(&commands[i], attr))
				continue;
			ASSERT_TRUE(resized(&m, &commands[i], j, 1));
			EXPECT_EXPLAINED(0, &m, commands[i].name);
		}
	}
}

TEST_F(malformed, attribute_missing__is_refused)
{
	struct message from, m;

	for (size_t i = 0; i < COMMANDS; i++) {
		for (unsigned int j = 0; j < attributes(&commands[i]); j++) {
			valid(&from, &commands[i]);
			if (!(commands[i].required >>
			      attribute(&from, j)->nla_type & 1))
				continue;
			request_family(&m, commands[i].command,
				       commands[i].nest);
			for (unsigned int k = 0; k < attributes(&commands[i]);
			     k++) {
				struct nlattr *attr = attribute(&from, k);

				if (k != j)
					put(&m, attr->nla_type,
					    (uint8_t *)attr + NLA_HDRLEN,
					    attr->nla_len - NLA_HDRLEN);
			}
			nest_end(&m);
			EXPECT_EXPLAINED(EINVAL, &m, commands[i].name);
		}
		begin(&m, commands[i].command, NLM_F_ACK);
		EXPECT_EXPLAINED(EINVAL, &m, commands[i].name);
	}
}

TEST_F(malformed, length_beyond_its_surroundings__is_refused)
{
	struct message m;

	for (size_t i = 0; i < COMMANDS; i++) {
		unsigned int last = attributes(&commands[i]) - 1;

		valid(&m, &commands[i]);
		attribute(&m, last)->nla_len += 100;
		EXPECT_EXPLAINED(EINVAL, &m, commands[i].name);

		valid(&m, &commands[i]);
		nest(&m)->nla_len += 100;
		EXPECT_EXPLAINED(EINVAL, &m, commands[i].name);

		/* shorter than its own header */
		valid(&m, &commands[i]);
		attribute(&m, last)->nla_len = NLA_HDRLEN - 1;
		EXPECT_EXPLAINED(EINVAL, &m, commands[i].name);
	}
}

TEST_F(malformed, nest_not_marked_as_one__is_refused)
{
	struct message m;

	for (size_t i = 0; i < COMMANDS; i++) {
		valid(&m, &commands[i]);
		nest(&m)->nla_type &= ~NLA_F_NESTED;
		EXPECT_EXPLAINED(EINVAL, &m, commands[i].name);

		/* an object of another command */
		valid(&m, &commands[i]);
		nest(&m)->nla_type = NLA_F_NESTED |
			(commands[i].nest == NETSTACK_A_LINK ?
			 NETSTACK_A_ADDR : NETSTACK_A_LINK);
		EXPECT_EXPLAINED(0, &m, commands[i].name);
	}
}

TEST_F(malformed, reserved_field_of_the_header__must_be_zero)
{
	struct message m;

	for (size_t i = 0; i < COMMANDS; i++) {
		valid(&m, &commands[i]);
		m.genl.reserved = 1;
		EXPECT_EXPLAINED(EINVAL, &m, commands[i].name);
	}
	for (size_t i = 0; i < sizeof(dumps); i++) {
		begin(&m, dumps[i], NLM_F_DUMP);
		m.genl.reserved = 0x8000;
		EXPECT_EXPLAINED(EINVAL, &m, "a dump");
	}
	begin(&m, NETSTACK_CMD_INFO_GET, NLM_F_ACK);
	m.genl.reserved = 1;
	EXPECT_EXPLAINED(EINVAL, &m, "INFO_GET");
}

TEST_F(malformed, unknown_command__is_refused)
{
	static const uint8_t unknown[] = {
		NETSTACK_CMD_UNSPEC, __NETSTACK_CMD_MAX, UNKNOWN_COMMAND,
	};
	struct message m;

	for (size_t i = 0; i < sizeof(unknown); i++) {
		begin(&m, unknown[i], NLM_F_ACK);
		EXPECT_REFUSED(EOPNOTSUPP, &m, "an unknown command");
		begin(&m, unknown[i], NLM_F_DUMP);
		EXPECT_REFUSED(EOPNOTSUPP, &m, "an unknown dump");
	}
}

TEST_F(malformed, dump_of_what_has_none__is_refused)
{
	struct message m;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (!commands[i].changes)
			continue;
		valid(&m, &commands[i]);
		m.nl.nlmsg_flags |= NLM_F_DUMP;
		EXPECT_REFUSED(EOPNOTSUPP, &m, commands[i].name);
	}
	begin(&m, NETSTACK_CMD_ADDR_GET, NLM_F_ACK);
	EXPECT_REFUSED(EOPNOTSUPP, &m, "ADDR_GET without NLM_F_DUMP");
}

TEST_F(malformed, message_shorter_than_its_header__is_refused)
{
	struct message m;

	for (size_t i = 0; i < COMMANDS; i++) {
		valid(&m, &commands[i]);
		m.nl.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN - 1;
		EXPECT_REFUSED(EINVAL, &m, commands[i].name);
	}
}

TEST_F(malformed, value_out_of_range__is_refused)
{
	static const uint32_t mtus[] = { 0, 67, 65536, UINT32_MAX };
	struct message m;

	for (size_t i = 0; i < sizeof(mtus) / sizeof(mtus[0]); i++) {
		request_family(&m, NETSTACK_CMD_LINK_SET, NETSTACK_A_LINK);
		link_get(&m);
		put_u32(&m, NETSTACK_A_LINK_MTU, mtus[i]);
		nest_end(&m);
		EXPECT_EXPLAINED(ERANGE, &m, "MTU");
	}
	for (unsigned int bits = 33; bits < 256; bits += 100) {
		request_family(&m, NETSTACK_CMD_ROUTE_NEW, NETSTACK_A_ROUTE);
		put_address(&m, NETSTACK_A_ROUTE_DST, "10.0.0.0");
		put_u8(&m, NETSTACK_A_ROUTE_PREFIX_LEN, bits);
		put_u32(&m, NETSTACK_A_ROUTE_LINK, wire());
		nest_end(&m);
		EXPECT_EXPLAINED(0, &m, "prefix length");
	}
	request_family(&m, NETSTACK_CMD_ADDR_NEW, NETSTACK_A_ADDR);
	addr_new(&m);
	attribute(&m, 0);
	nest_end(&m);
	*(uint32_t *)(attribute(&m, 0) + 1) = 9999;
	EXPECT_EXPLAINED(ENODEV, &m, "a link that is not there");

	valid(&m, &commands[2]);
	*(uint16_t *)(attribute(&m, 1) + 1) = AF_APPLETALK;
	EXPECT_EXPLAINED(EAFNOSUPPORT, &m, "another family");

	request_family(&m, NETSTACK_CMD_IMPAIR_NEW, NETSTACK_A_IMPAIR);
	put_u32(&m, NETSTACK_A_IMPAIR_LINK, wire());
	put_u32(&m, NETSTACK_A_IMPAIR_LOSS, 1000001);
	nest_end(&m);
	EXPECT_EXPLAINED(ERANGE, &m, "more than all");
}

TEST_F(malformed, without_privilege__changes_nothing)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		int fd;

		if (setgid(65534) || setuid(65534))
			_exit(100);
		fd = open_netlink();
		for (size_t i = 0; i < COMMANDS; i++) {
			struct answer answer;
			struct message m;

			valid(&m, &commands[i]);
			if (!ask(fd, &m, &answer))
				_exit(101);
			if (answer.error != (commands[i].changes ? -EPERM : 0))
				_exit(i + 1);
		}
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_TRUE(unchanged(self->fd, self->before, self->after));
}

/* xorshift64: the same requests in every run */
static uint64_t draw(void)
{
	static uint64_t state = MUTATION_SEED;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/*
 * Whatever happens to the bytes: every request is answered, and the stack is
 * there at the end. What it was changed to may be anything.
 */
TEST_F(malformed, mutated__is_answered)
{
	struct answer answer;
	struct message m;

	/* Links take their time to be made: none can, to this namespace. */
	elsewhere = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, elsewhere);
	TH_LOG("seed %#x, %d requests", MUTATION_SEED, MUTATIONS);
	for (int i = 0; i < MUTATIONS; i++) {
		unsigned int flips = 1 + draw() % 4;
		size_t payload;

		valid(&m, &commands[draw() % COMMANDS]);
		payload = m.nl.nlmsg_len - NLMSG_HDRLEN;
		while (flips--) {
			uint8_t *byte = (uint8_t *)&m + NLMSG_HDRLEN +
					draw() % payload;

			*byte = draw() % 2 ? draw() : *byte ^ 1 << draw() % 8;
		}
		if (!(draw() % 4))
			m.nl.nlmsg_len = NLMSG_HDRLEN + draw() % (payload + 1);
		ASSERT_TRUE(ask(self->fd, &m, &answer))
			TH_LOG("request %d was not answered", i);
	}
	begin(&m, NETSTACK_CMD_INFO_GET, NLM_F_ACK);
	ASSERT_TRUE(ask(self->fd, &m, &answer));
	EXPECT_EQ(0, answer.error);
}

TEST_HARNESS_MAIN
