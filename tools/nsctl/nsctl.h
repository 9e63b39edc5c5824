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
#include <linux/netstack_diag.h>

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
 * @cmd: NETSTACK_CMD_* that it comes down to, when @run serves several
 * @flags: NLM_F_* with it
 * @what: for request_send()
 */
struct command {
	const char *name;
	int (*run)(const struct command *command, int argc, char **argv);
	int cmd;
	int flags;
	const char *what;
};

/**
 * struct object - one object of the grammar
 * @name: exact keyword
 * @usage: its part of the grammar, for help
 * @commands: ended by an empty one; the first is the default
 * @run: takes all words itself, instead of commands; returns an exit status
 */
struct object {
	const char *name;
	const char *usage;
	const struct command *commands;
	int (*run)(int argc, char **argv);
};

extern const struct object link_object, addr_object, route_object,
	rule_object, neigh_object, maddr_object, impair_object, socket_object,
	stat_object, info_object, monitor_object, exec_object, capture_object;

/* One-line errors: "nsctl: ...". Both return the exit status. */
int usage_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
int kernel_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* OBJECT COMMAND does not know this word. Returns EXIT_USAGE. */
int unknown_word(const char *object, const char *command, const char *word);

/*
 * A network namespace by its name of ip-netns(8) or a path. Returns a
 * descriptor, or -1: error printed.
 */
int open_namespace(const char *name);

/**
 * array_grow() - one element more
 * @array: address of the pointer to the elements, which may move
 * @count: how many there are
 * @size: bytes of each
 *
 * Return: the new element, zeroed. Exits without memory.
 */
void *array_grow(void *array, size_t *count, size_t size);

/* -4 and -6: AF_INET or AF_INET6, 0 for both. */
extern int only_family;

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

/* A socket of another netlink protocol. Exits when there is none. */
struct mnl_socket *netlink_open(int protocol);

/* A request and its answers, over either. Return: 0 or an errno. */
int netlink_exchange(struct mnl_socket *with, struct nlmsghdr *nlh,
		     mnl_cb_t callback, void *data);

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

/* Send a request and put out the objects that come back. */
int request_show(struct nlmsghdr *nlh, receive_t receive, void *data,
		 const char *what);

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

/* What an attribute holds, a number of any size; NULL puts nothing. */
uint64_t attr_number(const struct nlattr *attr);
void put_attr_string(struct json_object *object, const char *key,
		     const struct nlattr *attr);
void put_attr_number(struct json_object *object, const char *key,
		     const struct nlattr *attr);

/**
 * struct attr_key - a number, as netlink and as JSON know it
 */
struct attr_key {
	int attr;
	const char *key;
};

/* Those of @keys that are in @tb; ended by an empty one. */
void put_numbers(struct json_object *object, const struct nlattr **tb,
		 const struct attr_key *keys);

/* An address family, AF_INET without one; the second puts it as "family". */
int attr_family(const struct nlattr *attr);
int put_family(struct json_object *object, const struct nlattr *attr);

void put_true(struct json_object *object, const char *key);
/* The octets of an address; zero when there is none, or it is not whole. */
void get_address(const struct nlattr *attr, int family, uint8_t *address);
void put_address(struct json_object *object, const char *key, int family,
		 const struct nlattr *attr);
/* The same for the octets of one. */
void put_inet(struct json_object *object, const char *key, int family,
	      const void *address);
void put_station(struct json_object *object, const char *key,
		 const struct nlattr *attr);

/* names.c: names of the stack's links */

/* Read them, before a dump that needs them. Returns an exit status. */
int links_load(void);
#define IF_NAME_BYTES	16

/*
 * The name of a link; "#7" when there is none, put into @unknown, which has
 * IF_NAME_BYTES.
 */
const char *link_name(uint32_t index, char *unknown);
/* The links in turn, from 0 on; false when there are no more. */
bool link_at(size_t i, uint32_t *index, const char **name);
/* Is @attr link @index? Any one is when that is 0. */
bool is_link(const struct nlattr *attr, uint32_t index);
/* "lo" for 1; "#7" when the link is gone. */
void put_link(struct json_object *object, const char *key,
	      const struct nlattr *attr);
void put_link_index(struct json_object *object, const char *key,
		    uint32_t index);

const char *get_string(struct json_object *object, const char *key);
uint64_t get_number(struct json_object *object, const char *key);
bool has(struct json_object *object, const char *key);

/**
 * struct on_link - objects of which each belongs to a link
 * @cmd: NETSTACK_CMD_* that dumps them
 * @link: attribute that is the link's index
 * @family: attribute that is the address family, for -4 and -6
 * @json: makes JSON of one
 * @text: prints it
 * @what: for request_send()
 */
struct on_link {
	int cmd;
	int link;
	int family;
	struct json_object *(*json)(const struct nlattr *nest);
	void (*text)(struct json_object *object);
	const char *what;
};

/* [ [ dev ] LINK ]: show all, or those of one link. Exit status. */
int show_on_link(const struct on_link *kind, int argc, char **argv);

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
/* Nothing may follow. Returns an exit status. */
int words_end(const struct words *words);
/* All of them with a space between, to be freed. */
char *words_join(const struct words *words);
/*
 * The only words: [ [ dev ] LINK ]. The link's name, or its index; NULL and
 * 0 without one. Both return an exit status.
 */
int parse_dev_name(int argc, char **argv, const char **name);
int parse_dev(int argc, char **argv, uint32_t *link);

/**
 * struct unit - a unit of measure; in tables from small to large
 * @name: behind the number
 * @factor: how many of the smallest unit it is, a power of ten
 */
struct unit {
	const char *name;
	uint64_t factor;
};

/* Numbers and addresses. False: error printed. */
bool parse_number(const char *word, const char *what, uint64_t min,
		  uint64_t max, uint64_t *value);
/* "1.5ms", in the smallest unit. */
bool parse_quantity(const char *word, const char *what,
		    const struct unit *units, uint64_t min, uint64_t max,
		    uint64_t *value);
/* The same back, with the largest unit that is not above it. */
const char *quantity_text(const struct unit *units, uint64_t value);
#define INET_BYTES	16

/* What is in an address of @family, bytes. */
size_t inet_bytes(int family);

/*
 * Of either family: that of *@family, which is set when it is 0. @address has
 * INET_BYTES. A prefix is ADDRESS[/LENGTH], "default" or "all".
 */
bool parse_inet(const char *word, const char *what, int *family,
		uint8_t *address);
bool parse_inet_prefix(const char *word, const char *what, int *family,
		       uint8_t *address, uint8_t *length);

/* "main", "local", "default" or a number. */
bool parse_table(const char *word, uint32_t *table);
void put_table(struct json_object *object, const struct nlattr *attr);

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
		 const struct keyword *table, const struct nlattr *attr);

#define IPV4_BYTES	4
#define STATION_BYTES	6

/* diag.c: the sockets, over sock_diag */

#define STATES_ALL	0xffe	/* bits 1 << TCP_* */

/**
 * struct diag_socket - a socket that was told
 * @msg: header
 * @tb: attributes, by type; missing ones are NULL
 */
struct diag_socket {
	const struct netstack_diag_msg *msg;
	const struct nlattr *tb[NETSTACK_DIAG_MAX + 1];
};

/**
 * diag_begin() - start a request
 * @type: SOCK_DIAG_BY_FAMILY or SOCK_DESTROY
 * @flags: NLM_F_* beside NLM_F_REQUEST
 * @request: its header, to be filled: all states
 *
 * There is one request at a time. Exits when the module is not loaded.
 */
struct nlmsghdr *diag_begin(int type, int flags,
			    struct netstack_diag_req **request);

/* Send it; @receive sees each answer, and may be NULL. Return: 0 or errno. */
int diag_send(struct nlmsghdr *nlh,
	      void (*receive)(const struct diag_socket *socket, void *data),
	      void *data);

/* The objects, for monitor. */
struct json_object *link_json(const struct nlattr *nest);
struct json_object *addr_json(const struct nlattr *nest);
struct json_object *route_json(const struct nlattr *nest);
struct json_object *rule_json(const struct nlattr *nest);
struct json_object *neigh_json(const struct nlattr *nest);
struct json_object *maddr_json(const struct nlattr *nest);
struct json_object *impair_json(const struct nlattr *nest);
struct json_object *router_option_json(const struct nlattr *nest);
void link_text(struct json_object *object);
void addr_text(struct json_object *object);
void route_text(struct json_object *object);
void rule_text(struct json_object *object);
void neigh_text(struct json_object *object);
void maddr_text(struct json_object *object);
void impair_text(struct json_object *object);
void router_option_text(struct json_object *object);

#endif /* NSCTL_H */
