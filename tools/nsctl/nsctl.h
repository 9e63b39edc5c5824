/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nsctl: what its files share. Each object (link, addr, ...) is one file:
 * it turns the object's netlink nest into a JSON object, from which both
 * outputs are made, and implements the object's commands.
 */
#ifndef NSCTL_H
#define NSCTL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <json-c/json.h>
#include <libmnl/libmnl.h>
#include <linux/netstack.h>

/* Exit statuses. */
enum {
	EXIT_OK,
	EXIT_USAGE,	/* the command line is wrong */
	EXIT_REFUSED,	/* the kernel refused, or is not there */
};

/**
 * struct command - one command of an object
 * @name: exact keyword
 * @run: @argc words follow the keyword; returns an exit status
 */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
};

/**
 * struct object - one object of the grammar
 * @name: exact keyword
 * @usage: its part of the grammar, for help
 * @commands: ended by an empty one; the first is the default
 */
struct object {
	const char *name;
	const char *usage;
	const struct command *commands;
};

extern const struct object link_object, addr_object, route_object,
	neigh_object, socket_object, stat_object, info_object, monitor_object;

/* One-line errors: "nsctl: ...". Both return the exit status. */
int usage_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
int kernel_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* netlink.c */

/**
 * request_begin() - start a request
 * @cmd: NETSTACK_CMD_*
 * @flags: NLM_F_* beside NLM_F_REQUEST
 *
 * Opens the socket on first use. Exits with EXIT_REFUSED and a sentence when
 * the module is not loaded. There is one request at a time.
 */
struct nlmsghdr *request_begin(int cmd, int flags);

/* Called with the nest of each object that comes back. Non-zero stops. */
typedef int (*receive_t)(int cmd, const struct nlattr *nest, void *data);

/**
 * request_send() - send it and take all answers
 * @receive: may be NULL
 * @what: for the error message: "nsctl: cannot WHAT: ..."
 *
 * Return: EXIT_OK or EXIT_REFUSED, error printed.
 */
int request_send(struct nlmsghdr *nlh, receive_t receive, void *data,
		 const char *what);

/* As request_send(), but an errno comes back without a message. */
int request_try(struct nlmsghdr *nlh, receive_t receive, void *data);

/* Dump one kind of object. */
int request_dump(int cmd, receive_t receive, void *data, const char *what);

/* Join the events group and pass every notification on, until a signal. */
int receive_events(receive_t receive, void *data);

/* The attributes of a nest, by type; missing ones are NULL. */
void nest_parse(const struct nlattr *nest, const struct nlattr **tb, int max);

/* output.c */
extern bool json_output;

/* Objects are collected or printed at once, as the output asks. */
void output_begin(void);
void output_object(struct json_object *object,
		   void (*text)(struct json_object *object));
void output_end(void);

void put_string(struct json_object *object, const char *key,
		const char *value);
void put_number(struct json_object *object, const char *key, uint64_t value);
void put_true(struct json_object *object, const char *key);
void put_address(struct json_object *object, const char *key, int family,
		 const struct nlattr *attr);
void put_station(struct json_object *object, const char *key,
		 const struct nlattr *attr);

/* names.c: names of the stack's links */

/* Read them, before a dump that needs them. Returns an exit status. */
int links_load(void);
/* "lo" for 1; "#7" when the link is gone. */
void put_link(struct json_object *object, const char *key,
	      const struct nlattr *attr);

const char *get_string(struct json_object *object, const char *key);
uint64_t get_number(struct json_object *object, const char *key);
bool has(struct json_object *object, const char *key);

/* words.c: the words of the command line */

/**
 * struct words - what is left of the command line
 */
struct words {
	int count;
	char **at;
};

/* The next word, or NULL at the end. */
const char *word_next(struct words *words);
/* The value after keyword @key; prints the error when there is none. */
const char *word_value(struct words *words, const char *key);

/* Numbers and addresses. False: error printed. */
bool parse_number(const char *word, const char *what, uint64_t min,
		  uint64_t max, uint64_t *value);
bool parse_address(const char *word, const char *what, void *address);
/* ADDRESS[/LENGTH]; @length is 32 without one. "default" is 0.0.0.0/0. */
bool parse_prefix(const char *word, const char *what, void *address,
		  uint8_t *length);
bool parse_station(const char *word, const char *what, uint8_t *station);
/* Name of a link of the stack to its index; reads the names. */
bool parse_link(const char *word, uint32_t *index);

/**
 * struct keyword - a name for a number
 */
struct keyword {
	const char *name;
	uint32_t value;
};

bool parse_keyword(const char *word, const char *what,
		   const struct keyword *table, uint32_t *value);
const char *keyword_name(const struct keyword *table, uint32_t value);
void put_keyword(struct json_object *object, const char *key,
		 const struct keyword *table, uint32_t value);

#define IPV4_BYTES	4
#define STATION_BYTES	6

/* The objects, for monitor. */
struct json_object *link_json(const struct nlattr *nest);
struct json_object *addr_json(const struct nlattr *nest);
struct json_object *route_json(const struct nlattr *nest);
struct json_object *neigh_json(const struct nlattr *nest);
void link_text(struct json_object *object);
void addr_text(struct json_object *object);
void route_text(struct json_object *object);
void neigh_text(struct json_object *object);

#endif /* NSCTL_H */
