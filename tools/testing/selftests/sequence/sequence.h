/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random sequences of socket calls: what a call is, how it is written, made
 * and compared.
 */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

enum {
	SLOTS = 6,		/* sockets of a sequence */
	FIXED_PORTS = 4,	/* ports of a sequence that it names */
	ARGUMENTS_MAX = 8,
	CALLS_MAX = 64,
	RECORDS_MAX = 4096,
	DATA_MAX = 70000,
};

/* ---- calls, as data ---- */

/* A name of a value; the table ends with a NULL. */
struct word {
	const char *name;
	long value;
};

/**
 * struct domain - what an argument may be
 * @words: names of values, or NULL
 * @flags: any of @words, or-ed
 * @open: other values, too
 * @simple: what minimising tries first
 * @samples: values to draw from beside @words, and how many
 * @sample_count: likewise
 */
struct domain {
	const struct word *words;
	bool flags;
	bool open;
	long simple;
	const long *samples;
	size_t sample_count;
};

struct world;

struct argument {
	const char *name;
	const struct domain *domain;
};

/**
 * struct call_kind - a call of the interface
 * @name: how it is written
 * @run: make it
 * @waits: may sleep until something comes
 * @arguments: as many as have a domain
 */
struct call_kind {
	const char *name;
	void (*run)(struct world *world, const long *args);
	bool waits;
	struct argument arguments[ARGUMENTS_MAX];
};

struct call {
	const struct call_kind *kind;
	long args[ARGUMENTS_MAX];
};

struct sequence {
	unsigned int count;
	struct call calls[CALLS_MAX];
};

extern const struct call_kind call_kinds[];
extern const size_t call_kind_count;

const struct call_kind *call_kind_named(const char *name);
unsigned int argument_count(const struct call_kind *kind);

/* ---- calls, as text ---- */

void print_call(FILE *to, const struct call *call);
bool parse_call(const char *text, struct call *call);

/* ---- domains ---- */

extern const struct domain slot_domain, kind_domain, host_domain, port_domain,
	shape_domain, send_flags_domain, receive_flags_domain, length_domain,
	count_domain, backlog_domain, how_domain, option_domain, value_domain,
	option_length_domain, address_length_domain, poll_domain, epoll_domain,
	epoll_operation_domain, request_domain, accept_domain, control_domain,
	control_room_domain, switch_domain, wait_domain, splice_domain;

/* The kinds of sockets, by the numbers of kind_domain. */
struct socket_kind {
	int type;
	int protocol;
	bool six;
	const char *name;
};

extern const struct socket_kind socket_kinds[];
extern const size_t socket_kind_count;

enum { /* of socket_kinds */
	STREAM_4, STREAM_6, DATAGRAM_4, DATAGRAM_6, PING_4, PING_6, RAW_4,
	RAW_6, ICMP_4, ICMP_6, HEADER_4, HEADER_6,
};

enum host {
	HOST_LO, HOST_ANY, HOST_LO2, HOST_MAPPED_LO, HOST_MAPPED_ANY,
	HOST_FOREIGN, HOST_BROADCAST, HOST_GROUP, HOST_LINK_LOCAL,
	HOST_SUBNET_BROADCAST,
};

/* A fixed port of the sequence is PORT_FIXED on, a slot's PORT_OF_SLOT on. */
enum { PORT_NONE = 0, PORT_FIXED = 1, PORT_PRIVILEGED = 20, PORT_OF_SLOT = 30 };

enum shape {
	SHAPE_RIGHT, SHAPE_NONE, SHAPE_EMPTY, SHAPE_TWO, SHAPE_SHORT,
	SHAPE_LONG, SHAPE_HUGE, SHAPE_NEGATIVE, SHAPE_OTHER_FAMILY,
	SHAPE_UNSPEC, SHAPE_BOGUS_FAMILY, SHAPE_SCOPED,
};

/* An option that the family has: see socket-options.rst. */
struct option_row {
	const char *name;
	int level;
	int number;
	bool set, get;
};

size_t option_rows(const struct option_row **rows);

/* ---- running ---- */

/**
 * struct record - one thing that a call let a program see
 * @call: its number in the sequence
 * @what: what it is
 * @value: the thing; negative errno of a call that failed
 */
struct record {
	unsigned int call;
	const char *what;
	long long value;
};

struct transcript {
	unsigned int count;
	struct record records[RECORDS_MAX];
};

struct slot {
	int fd;
	const struct socket_kind *kind;
};

/**
 * struct world - one of the two that a sequence is run in
 * @stack: AF_NETSTACK's, else AF_INET's
 * @base: first of the sequence's fixed ports
 * @now: the call that is made
 * @slots: its sockets
 * @epoll_fd: for all of them
 * @pipe_fds: what splice() goes through
 * @sent: messages so far, for data that differs
 * @named: bits of the ports of port_domain that a call has named
 * @port_count: ports that the kernel chose and that were seen
 * @ports: these, in the order in which they were seen
 * @transcript: what was seen
 */
struct world {
	bool stack;
	unsigned int base;
	unsigned int now;
	struct slot slots[SLOTS];
	int epoll_fd;
	int pipe_fds[2];
	unsigned int sent;
	unsigned int named;
	unsigned int port_count;
	uint16_t ports[256];
	struct transcript *transcript;
};

void note(struct world *world, const char *what, long long value);
long note_result(struct world *world, long result);
void note_bytes(struct world *world, const char *what, const void *data,
		size_t len);
void note_port(struct world *world, const char *what, uint16_t net_port);
void note_address(struct world *world, const void *address, socklen_t len);
void note_control(struct world *world, const struct socket_kind *kind,
		  struct msghdr *msg);

/* What came in, but for what is random in it. */
void note_data(struct world *world, const struct slot *slot, int flags,
	       unsigned char *data, size_t len);

socklen_t build_address(struct world *world, const struct slot *slot,
			long host, long port, long shape, void *room,
			const void **address);
size_t build_option(const struct world *world, const struct option_row *row,
		    bool six, long v1, long v2, unsigned char *room);
size_t build_control(const struct slot *slot, long which, void *room);
size_t build_data(struct world *world, const struct slot *slot,
		  unsigned char *data, size_t len);

void run_setsockopt(struct world *world, const long *args);
void run_getsockopt(struct world *world, const long *args);

void run_sequence(const struct sequence *sequence, bool stack,
		  unsigned int base, struct transcript *transcript);

/* ---- drawing, comparing, minimising ---- */

void draw_sequence(struct sequence *sequence, uint64_t seed);

/**
 * struct difference - the first that is not intended
 * @kind: the call's
 * @what: what differs; NULL: nothing does
 * @option: the call's second argument, which of an option's is its name
 * @host_value: what it is in the one world
 * @stack_value: and in the other
 */
struct difference {
	const struct call_kind *kind;
	const char *what;
	long option;
	long long host_value, stack_value;
};

struct difference compare(const struct sequence *sequence,
			  const struct transcript *host,
			  const struct transcript *stack);

/* Run it in both worlds. */
struct difference try_sequence(const struct sequence *sequence);
void minimise(struct sequence *sequence);
void report(FILE *to, const struct sequence *sequence);

#endif /* SEQUENCE_H */
