// SPDX-License-Identifier: GPL-2.0
/*
 * A sequence of a seed: scenes that bring sockets into a state, and between
 * and behind them calls with any arguments, more often those that fit.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "sequence.h"

/**
 * struct drawing - a sequence that grows
 * @sequence: it
 * @state: of the generator of random numbers (SplitMix64)
 * @kinds: what is thought to be in each slot; -1: nothing
 * @listens: likewise
 */
struct drawing {
	struct sequence *sequence;
	uint64_t state;
	int kinds[SLOTS];
	bool listens[SLOTS];
	unsigned int used_ports;
};

static uint64_t next(struct drawing *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static unsigned int below(struct drawing *d, unsigned int limit)
{
	return next(d) % limit;
}

static bool one_in(struct drawing *d, unsigned int n)
{
	return !below(d, n);
}

static size_t word_count(const struct domain *domain)
{
	size_t count = 0;

	while (domain->words && domain->words[count].name)
		count++;
	return count;
}

static long draw_flags(struct drawing *d, const struct domain *domain)
{
	unsigned int left = one_in(d, 3) ? 0 : 1 + below(d, 3);
	size_t count = word_count(domain);
	long flags = 0;

	while (left--)
		flags |= domain->words[below(d, count)].value;
	return flags;
}

static long draw_value(struct drawing *d, const struct domain *domain)
{
	size_t words = word_count(domain);
	unsigned int at;

	if (domain->flags)
		return draw_flags(d, domain);
	at = below(d, words + domain->sample_count);
	return at < words ? domain->words[at].value :
	       domain->samples[at - words];
}

static long draw_slot(struct drawing *d, bool live)
{
	unsigned int try, slot = 0;
	bool lives;

	for (try = 0; try < 8; try++) {
		slot = below(d, SLOTS);
		lives = d->kinds[slot] >= 0;
		if (lives == live)
			break;
	}
	return slot;
}

/* Any value, but more often one with which the call may succeed. */
static long draw_argument(struct drawing *d, const struct domain *domain)
{
	if (domain == &slot_domain)
		return draw_slot(d, !one_in(d, 50));
	if (domain == &shape_domain)
		return one_in(d, 6) ? draw_value(d, domain) : SHAPE_RIGHT;
	if (domain == &host_domain)
		return one_in(d, 2) ? draw_value(d, domain) : HOST_LO;
	if (domain == &option_length_domain)
		return one_in(d, 4) ? draw_value(d, domain) : -1;
	if (domain == &address_length_domain)
		return one_in(d, 4) ? draw_value(d, domain) : 128;
	if (domain == &control_domain)
		return one_in(d, 2) ? draw_value(d, domain) : 0;
	if (domain == &length_domain && one_in(d, 2))
		return 1 + below(d, 300);
	if (domain == &poll_domain && one_in(d, 2))
		return POLLIN | POLLOUT | POLLPRI | POLLRDHUP | POLLRDNORM |
		       POLLWRNORM | POLLRDBAND | POLLWRBAND;
	if (domain == &accept_domain)
		return one_in(d, 8) ? draw_value(d, domain) : SOCK_NONBLOCK;
	if (domain == &wait_domain)
		return one_in(d, 10) ? draw_value(d, domain) : 500;
	return draw_value(d, domain);
}

static struct call *add(struct drawing *d, const char *name)
{
	struct call *call = &d->sequence->calls[d->sequence->count];

	if (d->sequence->count == CALLS_MAX)
		call--;
	else
		d->sequence->count++;
	memset(call, 0, sizeof(*call));
	call->kind = call_kind_named(name);
	return call;
}

#define ADD(d, name, ...) \
	memcpy(add(d, name)->args, ((const long[]){ __VA_ARGS__ }), \
	       sizeof((const long[]){ __VA_ARGS__ }))

/* ---- scenes ---- */

static long new_socket(struct drawing *d, int kind)
{
	long slot = draw_slot(d, false);

	ADD(d, "socket", slot, kind, one_in(d, 12) ? 0 : SOCK_NONBLOCK);
	d->kinds[slot] = kind;
	d->listens[slot] = false;
	return slot;
}

static void any_option(struct drawing *d, long slot)
{
	struct call *call = add(d, "setsockopt");
	unsigned int i;

	for (i = 1; i < argument_count(call->kind); i++)
		call->args[i] = draw_argument(d, call->kind->arguments[i].domain);
	call->args[0] = slot;
}

static long next_port(struct drawing *d)
{
	return one_in(d, 4) ? PORT_NONE :
	       PORT_FIXED + d->used_ports++ % FIXED_PORTS;
}

static void stream_pair(struct drawing *d)
{
	int kind = one_in(d, 2) ? STREAM_4 : STREAM_6;
	int other = kind == STREAM_6 && one_in(d, 4) ? STREAM_4 : kind;
	enum host host = other != kind ? HOST_ANY : kind == STREAM_6 &&
			 one_in(d, 4) ? HOST_MAPPED_LO : HOST_LO;
	long listener = new_socket(d, kind), client, server;

	ADD(d, "bind", listener, host, next_port(d), SHAPE_RIGHT);
	if (one_in(d, 3))
		any_option(d, listener);
	ADD(d, "listen", listener, 5);
	d->listens[listener] = true;
	client = new_socket(d, other);
	if (one_in(d, 3))
		any_option(d, client);
	ADD(d, "connect", client, other != kind ? HOST_LO : host,
	    PORT_OF_SLOT + listener, SHAPE_RIGHT);
	if (one_in(d, 10))
		return;
	server = draw_slot(d, false);
	if (server == client)
		return;
	ADD(d, "accept4", listener, server, SOCK_NONBLOCK, 128);
	d->kinds[server] = kind;
	d->listens[server] = false;
	if (one_in(d, 2)) {
		ADD(d, "close", listener);
		d->kinds[listener] = -1;
	}
}

static void datagram_pair(struct drawing *d)
{
	static const int kinds[] = {
		DATAGRAM_4, DATAGRAM_6, DATAGRAM_4, DATAGRAM_6, PING_4, PING_6,
		RAW_4, RAW_6, ICMP_4, ICMP_6,
	};
	int kind = kinds[below(d, COUNT(kinds))];
	long one = new_socket(d, kind), two;

	ADD(d, "bind", one, HOST_LO, next_port(d), SHAPE_RIGHT);
	if (one_in(d, 2))
		any_option(d, one);
	two = new_socket(d, kind);
	if (one_in(d, 3))
		any_option(d, two);
	if (one_in(d, 2))
		ADD(d, "bind", two, HOST_LO, next_port(d), SHAPE_RIGHT);
	if (!one_in(d, 4))
		ADD(d, "connect", two, HOST_LO, PORT_OF_SLOT + one, SHAPE_RIGHT);
	if (one_in(d, 2))
		ADD(d, "connect", one, HOST_LO, PORT_OF_SLOT + two, SHAPE_RIGHT);
}

static void lone_socket(struct drawing *d)
{
	int kind = one_in(d, 2) ? (int)below(d, DATAGRAM_6 + 1) :
		   (int)below(d, socket_kind_count);

	new_socket(d, kind);
}

/* ---- any call ---- */

static const struct {
	const char *name;
	unsigned int weight;
} weights[] = {
	{ "bind", 3 }, { "connect", 4 }, { "listen", 2 }, { "accept4", 4 },
	{ "shutdown", 3 }, { "close", 2 }, { "dup", 1 }, { "getsockname", 3 },
	{ "getpeername", 2 }, { "setsockopt", 16 }, { "getsockopt", 8 },
	{ "send", 7 }, { "sendto", 6 }, { "sendmsg", 6 }, { "writev", 1 },
	{ "sendmmsg", 2 }, { "recv", 6 }, { "recvfrom", 5 }, { "recvmsg", 8 },
	{ "readv", 1 }, { "recvmmsg", 2 }, { "splice-to", 2 },
	{ "splice-from", 2 }, { "poll", 8 }, { "epoll-ctl", 3 },
	{ "epoll-wait", 3 }, { "ioctl", 5 }, { "nonblock", 1 },
	{ "privilege", 1 }, { "wait", 1 },
};

static const char *draw_name(struct drawing *d)
{
	unsigned int all = 0, at;
	size_t i;

	for (i = 0; i < COUNT(weights); i++)
		all += weights[i].weight;
	at = below(d, all);
	for (i = 0; at >= weights[i].weight; i++)
		at -= weights[i].weight;
	return weights[i].name;
}

static void any_call(struct drawing *d)
{
	struct call *call = add(d, draw_name(d));
	unsigned int i;

	for (i = 0; i < argument_count(call->kind); i++)
		call->args[i] = draw_argument(d, call->kind->arguments[i].domain);
	if (!strcmp(call->kind->name, "accept4") && one_in(d, 4))
		call->args[1] = draw_slot(d, false);
	if (!strcmp(call->kind->name, "close"))
		d->kinds[call->args[0]] = -1;
	if (!strcmp(call->kind->name, "privilege") && one_in(d, 2))
		call->args[0] = 1;
}

static void scene(struct drawing *d)
{
	switch (below(d, 5)) {
	case 0:
	case 1:
		stream_pair(d);
		break;
	case 2:
	case 3:
		datagram_pair(d);
		break;
	default:
		lone_socket(d);
		break;
	}
}

void draw_sequence(struct sequence *sequence, uint64_t seed)
{
	struct drawing d = { .sequence = sequence, .state = seed * 77 + 1 };
	unsigned int i, count;

	sequence->count = 0;
	for (i = 0; i < SLOTS; i++)
		d.kinds[i] = -1;
	scene(&d);
	count = 6 + below(&d, 16);
	for (i = 0; i < count; i++)
		if (one_in(&d, 12))
			scene(&d);
		else
			any_call(&d);
}
